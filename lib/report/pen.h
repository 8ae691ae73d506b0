/*
 * The pen of a report's sections: what is being written, with room to build in, and the small
 * parts that more than one section is made of. Private to the sections (sections.h). The caller
 * owns report, writer and digest, which must outlive it; the rest is the pen's own.
 */
#ifndef REPORT_PEN_H
#define REPORT_PEN_H

#include "report/report.h"

#define PEN_NAME 40 /* characters of a name that are shown */

struct pen {
    const struct report *report;
    struct writer *writer;
    const struct digest *digest; /* of the scope under way */
    struct buf title, subtitle;  /* of the document */
    struct buf line, name;
    struct grid grid;
};

/* Gives back all that the pen owns. */
void pen_free(struct pen *pen);

/* The text of a key in the reader's language. */
struct str pen_text(const struct pen *pen, const char *key);

/* Adds a sentence to the line under way. */
void pen_say(struct pen *pen, const char *key, const struct text_arg *args);

/* Writes the line under way, if there is any, as a paragraph. */
void pen_end_paragraph(struct pen *pen, enum paragraph kind);

/* Both: a last or only sentence, and the paragraph. */
void pen_paragraph(struct pen *pen, enum paragraph kind, const char *key,
                   const struct text_arg *args);

/* Writes the text of a key as a heading. */
void pen_heading(struct pen *pen, unsigned level, const char *key);

/* Writes the grid as a table. */
void pen_table(struct pen *pen);

/* A text from the data, made safe for a cell of a spreadsheet, too, into which a
 * table may be pasted; valid until the next. */
struct str pen_safe_cell(struct pen *pen, struct str text, size_t limit);

/* The same of a name; where nothing is left of it, a text that says so. */
struct str pen_safe_name(struct pen *pen, struct str name);

/* What people call a watch; valid as long as a safe name. */
struct str pen_watch_name(struct pen *pen, struct str name);

/* What people call a label, one that has a bit, a level from 0 to 4, and a kind of source. */
struct str pen_label(const struct pen *pen, enum label_kind kind, struct str name);
struct str pen_label_of_bit(const struct pen *pen, size_t bit);
struct str pen_level(const struct pen *pen, int level);
struct str pen_tier(const struct pen *pen, size_t tier);

/* What stands between the parts of a list within a sentence. */
const char *pen_comma(const struct pen *pen);

/* Adds a cell with a number to the grid. */
void pen_add_count(struct pen *pen, uint64_t number);

/* Is the day not told to its end? Then it is not compared with whole days. */
bool pen_is_part(const struct pen *pen);

/* Adds two cells: mean of so many days before, and the change against it; a rise is bad, good or
 * neither. */
void pen_add_change(struct pen *pen, struct change c, size_t days, enum mood rise);

/* Adds a part to the facts about the post that is quoted next; the other one: how many could see
 * it, if that is known. */
void pen_add_fact(struct pen *pen, const char *key, const struct text_arg *args);
void pen_add_reach(struct pen *pen, const struct post *post);

/* Quotes a post with the facts about it. */
void pen_quote(struct pen *pen, const struct post *post);

/* The posts of which the tone is known. */
uint64_t pen_judged(const struct tally *t);

/* The days before of which a figure is known: those with a post of which it is, and those
 * without posts, which have none of it. */
size_t pen_days_known(const struct digest *d, uint64_t (*known)(const struct tally *));

/* Of so many days; 0 where there are none. */
double pen_mean(uint64_t before, size_t days);

/* From 0 to 1; 0 where the whole is 0. */
double pen_share(uint64_t part, uint64_t whole);

/* The hour of the day reported with most posts. */
size_t pen_busiest_hour(const struct digest *d);

#endif
