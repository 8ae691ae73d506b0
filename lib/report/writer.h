/*
 * One document, several formats. The sections of a report (sections.h) call these
 * functions in the order of reading; each format is one table of functions behind
 * them. Text given here is UTF-8 and safe (see safe.h), so a writer escapes only
 * what its own syntax asks for.
 */
#ifndef REPORT_WRITER_H
#define REPORT_WRITER_H

#include "report/shelf.h"
#include "report/texts.h"

#define GRID_COLUMNS 10
#define CHART_SERIES 4

/* What a piece of the page speaks of: gives it its colour. */
enum mood { MOOD_NONE, MOOD_GOOD, MOOD_PLAIN, MOOD_BAD, MOOD_FAINT };

enum paragraph { PARAGRAPH_LEAD, PARAGRAPH_PLAIN, PARAGRAPH_NOTE };

/* A key figure. */
struct tile {
    struct str name, value, change;
    enum mood mood; /* of the change */
};

/* Stacked columns over time. */
struct chart_bar {
    struct shown label;
    uint64_t values[CHART_SERIES];
    const char *missing; /* key of the text that says why there are no values, or NULL */
    bool strong;         /* the one that the report is about */
};

struct chart {
    struct str title, description;
    struct str series[CHART_SERIES]; /* drawn from the bottom up; all writers count on
                                        their moods: bad, plain, good, faint */
    const struct chart_bar *bars;
    size_t count;
};

/* A table, built cell by cell. */
struct column {
    const char *key; /* of its heading in texts; NULL for none */
    bool number;
};

struct cell {
    size_t at, len; /* in bytes */
    double share;   /* 0 to 1: a bar is drawn; negative: none */
    enum mood mood;
};

struct grid {
    struct str caption;
    struct column columns[GRID_COLUMNS];
    size_t column_count;
    struct cell *cells;
    size_t cell_count, cell_cap;
    struct buf bytes;
};

void grid_start(struct grid *g, const struct column *columns, size_t count);
void grid_add(struct grid *g, struct str text, enum mood mood);
void grid_add_text(struct grid *g, const char *text);
void grid_add_bar(struct grid *g, double share, enum mood mood); /* no text */
struct str grid_text(const struct grid *g, const struct cell *c);
void grid_free(struct grid *g);

/* A post with what is said about it. */
struct quote {
    const struct post *post;
    struct str badge; /* level, or empty */
    int level;
    struct str author, source;
    struct str when;  /* time */
    struct str facts; /* reach, waiting time and so on, may be empty */
    struct str labels;
};

struct document {
    struct str title, subtitle;
    const char *lang;
    const char *style; /* CSS, for HTML */
};

struct writer;

struct writer_table {
    void (*begin)(struct writer *w, const struct document *d);
    void (*heading)(struct writer *w, unsigned level, struct str title);
    void (*paragraph)(struct writer *w, enum paragraph kind, struct str text);
    void (*tiles)(struct writer *w, const struct tile *tiles, size_t count);
    void (*chart)(struct writer *w, const struct chart *c);
    void (*table)(struct writer *w, const struct grid *g);
    void (*quote)(struct writer *w, const struct quote *q);
    void (*end)(struct writer *w);
};

/* The caller fills table, out, texts and (for text) width and colour. */
struct writer {
    const struct writer_table *table;
    struct buf *out;
    const struct texts *texts;
    size_t width; /* columns of the terminal */
    bool colour;
    struct document document;
    struct buf body, contents; /* of HTML, until the end */
    unsigned level, headings;
};

extern const struct writer_table writer_text, writer_markdown, writer_html;

#endif
