/* Notes on the data: what was read, left out and missing, on which all other sections rest. */
#include "report/sections.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/pen.h"

#define GAPS_SHOWN 20

static void add_note(struct pen *pen, const char *key, uint64_t number, bool always)
{
    if (number == 0 && !always)
        return;
    grid_add(&pen->grid, pen_text(pen, key), MOOD_NONE);
    pen_add_count(pen, number);
}

static void note_table(struct pen *pen)
{
    static const struct column columns[] = {{"column.item", false}, {"column.posts", true}};
    const struct figures *f = pen->report->figures;
    const struct digest *all = &pen->report->digests[0];
    grid_start(&pen->grid, columns, 2);
    add_note(pen, "notes.records", f->records, true);
    add_note(pen, "notes.rejected", f->rejected, false);
    add_note(pen, "notes.unread", f->unread, false);
    add_note(pen, "notes.posts", f->posts, true);
    add_note(pen, "notes.reread", f->reread, true);
    add_note(pen, "notes.unjudged", f->unjudged, true);
    add_note(pen, "notes.words", f->without_words, false);
    add_note(pen, "notes.time", f->without_time, true);
    add_note(pen, "notes.future", f->future, false);
    add_note(pen, "notes.until", f->after_until, false);
    add_note(pen, "notes.watch", f->other_watch, false);
    add_note(pen, "notes.where", f->other_where, false);
    add_note(pen, "notes.deleted", f->deleted, false);
    add_note(pen, "notes.clusters", f->cluster_records, false);
    add_note(pen, "notes.suggests", f->suggests, false);
    add_note(pen, "notes.lost", f->words_left_out, false);
    add_note(pen, "notes.alerts", f->alerts_left_out, false);
    struct buf days = {0};
    buf_addf(&days, "%zu / %zu", all->base_days + all->days[all->day_count - 1].data,
             f->day_known ? all->day_count : 0);
    grid_add(&pen->grid, pen_text(pen, "notes.days"), MOOD_NONE);
    grid_add(&pen->grid, buf_str(&days), MOOD_NONE);
    buf_free(&days);
    pen_table(pen);
}

static void note_missing_days(struct pen *pen)
{
    const struct digest *all = &pen->report->digests[0];
    struct buf days = {0};
    size_t count = pen->report->figures->day_known ? all->day_count : 0;
    for (size_t i = 0; i < count; i++)
        if (!all->days[i].data && days.len < 400) {
            buf_add_text(&days, days.len > 0 ? ", " : "");
            buf_add_text(&days, shown_date(all->days[i].day).text);
        }
    if (days.len >= 400)
        buf_add_text(&days, ", …");
    if (days.len > 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "notes.missing", TEXT_ARGS({"days", buf_text(&days)}));
    buf_free(&days);
}

static void note_gap(struct pen *pen, const struct gap *gap)
{
    int32_t day = pen->report->digests[0].day;
    struct shown from = shown_time(gap->from, day), to = shown_time(gap->to, day);
    struct buf reason = {0};
    buf_add_str(&reason, gap->reason);
    pen_safe_name(pen, gap->source);
    pen_paragraph(pen, PARAGRAPH_PLAIN, "notes.gap",
                  TEXT_ARGS({"source", buf_text(&pen->name)}, {"from", from.text}, {"to", to.text},
                            {"reason", buf_text(&reason)}));
    buf_free(&reason);
}

/* Gaps of the day come first, then those of the days before it; the rest is counted only. */
static int gap_class(const struct report *r, const struct gap *gap)
{
    const struct digest *all = &r->digests[0];
    if (!r->figures->day_known)
        return 0;
    if (figures_gap_touches(gap, all->day, all->day))
        return 0;
    return figures_gap_touches(gap, all->day - r->figures->plan.days, all->day) ? 1 : 2;
}

struct placed_gap {
    const struct gap *gap;
    int class;
};

/* Newest first; one whose end is not known may go on. */
static int compare_gaps(const void *a, const void *b)
{
    const struct placed_gap *x = a, *y = b;
    int64_t ends[] = {x->gap->to == CLOCK_UNKNOWN ? INT64_MAX : x->gap->to,
                      y->gap->to == CLOCK_UNKNOWN ? INT64_MAX : y->gap->to};
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    if (ends[0] != ends[1])
        return ends[0] > ends[1] ? -1 : 1;
    return x->gap < y->gap ? -1 : x->gap > y->gap;
}

static void note_gaps(struct pen *pen)
{
    const struct figures *f = pen->report->figures;
    struct placed_gap *gaps = mem_zero(f->gap_count + 1, sizeof *gaps);
    size_t shown = 0, outside = 0;
    for (size_t i = 0; i < f->gap_count; i++) {
        gaps[i] = (struct placed_gap){&f->gaps[i], gap_class(pen->report, &f->gaps[i])};
        outside += gaps[i].class == 2;
    }
    qsort(gaps, f->gap_count, sizeof *gaps, compare_gaps);
    for (; shown < f->gap_count - outside && shown < GAPS_SHOWN; shown++)
        note_gap(pen, gaps[shown].gap);
    struct shown more = shown_count(f->gap_count - outside - shown + f->gaps_left_out);
    struct shown others = shown_count(outside);
    if (f->gap_count - outside - shown + f->gaps_left_out > 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "notes.gaps.more", TEXT_ARGS({"count", more.text}));
    if (outside > 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "notes.gaps.outside",
                      TEXT_ARGS({"count", others.text}));
    if (f->gap_count == 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "notes.nogaps", NULL);
    free(gaps);
}

void section_notes(struct pen *pen)
{
    pen_heading(pen, 2, "section.notes");
    note_table(pen);
    note_missing_days(pen);
    note_gaps(pen);
}
