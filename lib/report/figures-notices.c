/* Taking in what other programs tell of posts: alerts, gaps and clusters. */
#include "report/figures.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "record/value.h"
#include "report/figures-parts.h"

#define ALERTS_MAX 500
#define GAPS_MAX   500

/* Of the watches that a record names, the first that is asked for, raw; ptr NULL: none. */
static struct str wanted_watch(struct figures *f, const struct record *r)
{
    struct str one;
    struct walk w;
    walk_begin_list(&w, r->member[FACT_WATCH]);
    while (walk_next(&w, NULL, &one)) {
        buf_clear(&f->scratch);
        if (figures_wants_watch(f, value_string(one, &f->scratch)))
            return one;
    }
    return (struct str){NULL, 0};
}

/* Safe texts in one allocation, which is returned and the caller's to free. */
static char *keep_texts(const struct str *raw, struct str *texts, size_t count)
{
    struct buf out = {0};
    size_t ends[4] = {0};
    for (size_t i = 0; i < count; i++) {
        struct buf scratch = {0};
        safe_line(&out, value_string(raw[i], &scratch), 200);
        ends[i] = out.len;
        buf_free(&scratch);
    }
    char *kept = mem_string(buf_str(&out));
    buf_free(&out);
    for (size_t i = 0, from = 0; i < count; from = ends[i++])
        texts[i] = (struct str){kept + from, ends[i] - from};
    return kept;
}

/* Moves an alert to the end of the ring. */
static struct alert *move_last(struct figures *f, size_t at)
{
    size_t last = (f->alerts_left_out + f->alert_count - 1) % ALERTS_MAX;
    struct alert alert = f->alerts[at];
    for (size_t next; at != last; at = next) {
        next = (at + 1) % ALERTS_MAX;
        f->alerts[at] = f->alerts[next];
    }
    f->alerts[last] = alert;
    return &f->alerts[last];
}

/* The last place: for the same alert, if it was read before, or a new one. */
static struct alert *alert_place(struct figures *f, uint64_t id)
{
    for (size_t i = 0; i < f->alert_count && id != 0; i++)
        if (f->alerts[i].id == id)
            return move_last(f, i);
    if (f->alert_count == ALERTS_MAX) /* the oldest makes room */
        return &f->alerts[f->alerts_left_out++ % ALERTS_MAX];
    MEM_GROW(f->alerts, f->alert_count, f->alert_cap);
    struct alert *alert = &f->alerts[f->alert_count++];
    *alert = (struct alert){.number = 0};
    return alert;
}

void figures_add_alert(struct figures *f, const struct record *r, const struct fact *fact)
{
    struct str watch = wanted_watch(f, r);
    if (figures_is_after(f, fact->time) || (f->plan.only_count > 0 && watch.ptr == NULL))
        return;
    struct alert *alert = alert_place(f, fact->id);
    struct str texts[3];
    free(alert->texts);
    char *kept = keep_texts(
        (const struct str[]){watch, r->member[FACT_STAGE], r->member[FACT_WHAT]}, texts, 3);
    *alert = (struct alert){.id = fact->id,
                            .number = f->records,
                            .time = fact->time,
                            .level = fact_level(r->member[FACT_LEVEL]),
                            .texts = kept,
                            .watch = texts[0],
                            .stage = texts[1],
                            .what = texts[2]};
}

const struct alert *figures_alert(const struct figures *f, size_t i)
{
    return &f->alerts[(f->alerts_left_out + i) % ALERTS_MAX];
}

static void drop_gap(struct figures *f, size_t i)
{
    free(f->gaps[i].texts);
    f->gap_count--;
    memmove(f->gaps + i, f->gaps + i + 1, (f->gap_count - i) * sizeof *f->gaps);
}

/* A later record about a gap takes the place of an earlier one. */
static void forget_gap(struct figures *f, uint64_t id)
{
    for (size_t i = 0; i < f->gap_count && id != 0; i++) {
        if (f->gaps[i].id != id)
            continue;
        drop_gap(f, i);
        return;
    }
}

void figures_add_gap(struct figures *f, const struct record *r)
{
    uint64_t id = fact_hash(r->member[FACT_ID], &f->scratch);
    forget_gap(f, id);
    if (value_true(r->member[FACT_RECOVERED])) /* read since */
        return;
    if (!value_empty(r->member[FACT_WATCH]) && wanted_watch(f, r).ptr == NULL)
        return;
    if (f->gap_count == GAPS_MAX) { /* the oldest makes room */
        drop_gap(f, 0);
        f->gaps_left_out++;
    }
    MEM_GROW(f->gaps, f->gap_count, f->gap_cap);
    struct gap *gap = &f->gaps[f->gap_count++];
    struct str texts[2];
    char *kept =
        keep_texts((const struct str[]){r->member[FACT_SOURCE], r->member[FACT_REASON]}, texts, 2);
    *gap = (struct gap){.id = id,
                        .watches = figures_watches_of(f, r, 0),
                        .texts = kept,
                        .source = texts[0],
                        .reason = texts[1]};
    buf_clear(&f->scratch);
    clock_parse(value_string(r->member[FACT_FROM], &f->scratch), &gap->from);
    buf_clear(&f->scratch);
    clock_parse(value_string(r->member[FACT_TO], &f->scratch), &gap->to);
}

bool figures_gap_touches(const struct gap *gap, int32_t first, int32_t last)
{
    int64_t begin = (int64_t)first * CLOCK_DAY, end = ((int64_t)last + 1) * CLOCK_DAY;
    return (gap->to == CLOCK_UNKNOWN || gap->to + clock_zone_offset(gap->to) > begin) &&
           (gap->from == CLOCK_UNKNOWN || gap->from + clock_zone_offset(gap->from) < end);
}

void figures_add_cluster(struct figures *f, const struct record *r)
{
    int64_t to;
    f->cluster_records++;
    buf_clear(&f->scratch);
    clock_parse(value_string(r->member[FACT_TO], &f->scratch), &to);
    if (figures_is_after(f, to))
        return;
    const struct spread_group *known = spread_find(&f->clusters, spread_id(r, &f->scratch));
    uint32_t watches = figures_watches_of(f, r, 0);
    if (known != NULL)
        watches = figures_unite_sets(f, known->watches, watches);
    spread_add(&f->clusters, r, watches, f->day_known ? f->day : SPREAD_NO_DAY, &f->scratch);
}
