/*
 * The summary: first the day in a few sentences, with what could not be read or judged, then its
 * key figures as tiles.
 */
#include "report/sections.h"

#include <math.h>

#include "base/clock.h"
#include "report/pen.h"

#define GAPS_NAMED 5

static uint64_t with_author(const struct tally *t)
{
    return t->authors;
}

static uint64_t with_reach(const struct tally *t)
{
    return t->reach_known;
}

static void say_volume(struct pen *pen)
{
    const struct digest *d = pen->digest;
    const struct tally *now = digest_now(d);
    struct tally before = digest_before(d);
    struct shown posts = shown_count(now->posts), authors = shown_count(now->authors);
    const char *known = d->scope == 0 ? "lead.posts.all" : "lead.posts";
    const char *nobody = d->scope == 0 ? "lead.posts.all.nobody" : "lead.posts.nobody";
    pen_watch_name(pen, d->name);
    pen_say(pen, now->authors > 0 ? known : nobody,
            TEXT_ARGS({"watch", buf_text(&pen->name)}, {"posts", posts.text},
                      {"authors", authors.text}));
    double mean = pen_mean(before.posts, d->base_days);
    if (d->base_days > 0 && mean > 0) {
        struct shown days = shown_count(d->base_days), average = shown_decimal(mean);
        struct shown ratio = shown_decimal((double)now->posts / mean);
        pen_say(pen, pen_is_part(pen) ? "lead.base.part" : "lead.base",
                TEXT_ARGS({"days", days.text}, {"mean", average.text}, {"ratio", ratio.text}));
    }
    /* The mean of a fire is high long after it began to go down. */
    if (d->base_days > 1 && d->days[d->day_count - 2].data) {
        struct shown yesterday = shown_count(d->days[d->day_count - 2].tally.posts);
        pen_say(pen, "lead.yesterday", TEXT_ARGS({"posts", yesterday.text}));
    }
}

static void say_peak(struct pen *pen)
{
    size_t hour = pen_busiest_hour(pen->digest);
    struct shown when = shown_count(hour), count = shown_count(digest_hour(pen->digest, hour));
    const uint64_t *tone = pen->digest->hours[hour];
    struct shown negative = shown_count(tone[FACT_NEGATIVE]);
    pen_say(pen,
            tone[FACT_UNJUDGED] < digest_hour(pen->digest, hour) ? "lead.peak"
                                                                 : "lead.peak.unjudged",
            TEXT_ARGS({"hour", when.text}, {"count", count.text}, {"negative", negative.text}));
}

/* By how many points a tone has a larger share than before. */
static double points_more(const struct tally *now, const struct tally *before, size_t tone)
{
    return 100 * (pen_share(now->tone[tone], pen_judged(now)) -
                  pen_share(before->tone[tone], pen_judged(before)));
}

static void say_tone(struct pen *pen)
{
    const struct tally *now = digest_now(pen->digest);
    struct tally before = digest_before(pen->digest);
    struct shown share = shown_share(now->tone[FACT_NEGATIVE], pen_judged(now));
    struct shown old = shown_share(before.tone[FACT_NEGATIVE], pen_judged(&before));
    double points = points_more(now, &before, FACT_NEGATIVE);
    struct shown size = shown_decimal(fabs(points));
    const char *key = pen_judged(&before) == 0 ? "lead.tone"
                      : fabs(points) < 1       ? "lead.tone.same"
                      : points > 0             ? "lead.tone.up"
                                               : "lead.tone.down";
    pen_say(pen, key,
            TEXT_ARGS({"share", share.text}, {"before", old.text}, {"points", size.text}));
}

static void say_risk(struct pen *pen)
{
    const struct digest *d = pen->digest;
    const struct labels *l = pen->report->labels;
    size_t first = labels_first_bit(l, LABEL_RISK), end = labels_first_bit(l, LABEL_CONDUCT);
    size_t best = first;
    for (size_t bit = first; bit < end; bit++)
        if (d->labels[bit].now > d->labels[best].now)
            best = bit;
    if (first == end || d->labels[best].now == 0) {
        pen_say(pen, "lead.norisk", NULL);
        return;
    }
    buf_clear(&pen->name);
    buf_add_str(&pen->name, pen_label_of_bit(pen, best));
    struct shown count = shown_count(d->labels[best].now);
    size_t days = pen_days_known(d, pen_judged);
    struct shown mean = shown_decimal(pen_mean(d->labels[best].before, days));
    pen_say(pen, days > 0 ? "lead.risk" : "lead.risk.first",
            TEXT_ARGS({"risk", buf_text(&pen->name)}, {"count", count.text}, {"mean", mean.text}));
}

/* The sources that could not be read for some of the day; false: there are none. A gap that
 * names no watch may hide posts of any. */
static bool say_gaps(struct pen *pen, enum paragraph kind, const char *key)
{
    const struct figures *f = pen->report->figures;
    const struct digest *d = pen->digest;
    struct str named[GAPS_NAMED + 1];
    struct buf names = {0};
    size_t count = 0;
    for (size_t i = 0; i < f->gap_count && count <= GAPS_NAMED; i++) {
        const struct gap *gap = &f->gaps[i];
        size_t same = 0;
        if (!figures_gap_touches(gap, d->day, d->day) ||
            (f->sets[gap->watches].count > 0 && !figures_set_has(f, gap->watches, d->scope)))
            continue;
        while (same < count && str_compare(named[same], gap->source) != 0)
            same++;
        if (same < count)
            continue;
        named[count] = gap->source;
        if (count > 0)
            buf_add_text(&names, pen_comma(pen));
        buf_add_str(&names, count++ == GAPS_NAMED ? STR("…") : pen_safe_name(pen, gap->source));
    }
    if (count > 0)
        pen_paragraph(pen, kind, key, TEXT_ARGS({"sources", buf_text(&names)}));
    buf_free(&names);
    return count > 0;
}

/* Which kind of source spoke first of what somebody should look at, and who took it up. */
static void say_ladder(struct pen *pen)
{
    const struct digest *d = pen->digest;
    size_t order[FACT_TIER_UNKNOWN + 1], count = 0;
    for (size_t tier = 0; tier <= FACT_TIER_UNKNOWN; tier++) {
        if (d->tier_urgent[tier] == CLOCK_UNKNOWN)
            continue;
        size_t place = count++;
        for (; place > 0 && d->tier_urgent[order[place - 1]] > d->tier_urgent[tier]; place--)
            order[place] = order[place - 1];
        order[place] = tier;
    }
    struct buf path = {0};
    for (size_t i = 0; i < count; i++) {
        buf_add_text(&path, i > 0 ? " → " : "");
        buf_add_str(&path, pen_tier(pen, order[i]));
        buf_add_char(&path, ' ');
        buf_add_text(&path, shown_time(d->tier_urgent[order[i]], d->day).text);
    }
    if (count > 1)
        pen_say(pen, "lead.ladder", TEXT_ARGS({"path", buf_text(&path)}));
    buf_free(&path);
}

static void say_lead(struct pen *pen)
{
    const struct digest *d = pen->digest;
    const struct tally *now = digest_now(d);
    bool data = d->days[d->day_count - 1].data;
    struct shown end = shown_time(pen->report->end, d->day);
    if (data && pen_is_part(pen))
        pen_say(pen, "lead.part", TEXT_ARGS({"end", end.text}));
    if (now->posts == 0) {
        if (!data || !say_gaps(pen, PARAGRAPH_LEAD, "lead.none.gaps"))
            pen_paragraph(pen, PARAGRAPH_LEAD, data ? "lead.none" : "lead.nodata", NULL);
        if (!data)
            say_gaps(pen, PARAGRAPH_NOTE, "lead.gaps");
        return;
    }
    say_volume(pen);
    say_peak(pen);
    if (pen_judged(now) > 0) {
        say_tone(pen);
        say_risk(pen);
        struct shown urgent = shown_count(now->urgent), help = shown_count(now->help);
        if (now->urgent + now->help > 0)
            pen_say(pen, "lead.todo", TEXT_ARGS({"urgent", urgent.text}, {"help", help.text}));
        say_ladder(pen);
    }
    pen_end_paragraph(pen, PARAGRAPH_LEAD);
    say_gaps(pen, PARAGRAPH_NOTE, "lead.gaps");
    struct shown unjudged = shown_count(now->tone[FACT_UNJUDGED]);
    if (now->tone[FACT_UNJUDGED] > 0)
        pen_paragraph(pen, PARAGRAPH_NOTE, "lead.unjudged", TEXT_ARGS({"count", unjudged.text}));
}

/* A report of input that was cut or refused must not look whole. */
static void say_unread(struct pen *pen)
{
    const struct figures *f = pen->report->figures;
    struct shown lines = shown_count(f->rejected), files = shown_count(f->unread);
    if (f->rejected + f->unread > 0)
        pen_paragraph(pen, PARAGRAPH_NOTE, "lead.unread",
                      TEXT_ARGS({"lines", lines.text}, {"files", files.text}));
}

/* Tiles and the bytes that they point into. */
struct tiles {
    struct tile all[8];
    size_t ends[8][2];
    size_t count;
    struct buf bytes;
};

static void add_tile(struct pen *pen, struct tiles *t, const char *key, const char *value,
                     enum mood mood)
{
    struct tile *tile = &t->all[t->count];
    tile->name = pen_text(pen, key);
    tile->mood = mood;
    buf_add_text(&t->bytes, value);
    t->ends[t->count][0] = t->bytes.len;
    t->ends[t->count++][1] = t->bytes.len; /* the change may follow */
}

static void add_tile_change(struct pen *pen, struct tiles *t, const char *key,
                            const struct text_arg *args)
{
    texts_say(pen->report->texts, &t->bytes, key, args);
    t->ends[t->count - 1][1] = t->bytes.len;
}

/* `days`: of which `before` is known; without a change where there are none. */
static void add_count_tile(struct pen *pen, struct tiles *t, const char *key, uint64_t now,
                           uint64_t before, size_t days)
{
    double mean = pen_mean(before, days);
    struct shown average = shown_decimal(mean);
    struct shown ratio = shown_decimal(mean > 0 ? (double)now / mean : 0);
    add_tile(pen, t, key, shown_count(now).text, MOOD_NONE);
    if (pen->digest->base_days == 0)
        add_tile_change(pen, t, "change.none", NULL);
    else if (days > 0)
        add_tile_change(pen, t, mean > 0 && !pen_is_part(pen) ? "change.mean" : "change.mean.only",
                        TEXT_ARGS({"mean", average.text}, {"ratio", ratio.text}));
}

static void add_tone_tile(struct pen *pen, struct tiles *t, const char *key, size_t tone)
{
    const struct tally *now = digest_now(pen->digest);
    struct tally before = digest_before(pen->digest);
    double points = points_more(now, &before, tone);
    bool better = (points > 0) == (tone == FACT_POSITIVE);
    bool comparable = pen_judged(now) > 0 && pen_judged(&before) > 0;
    enum mood mood = !comparable || fabs(points) < 1 ? MOOD_NONE : better ? MOOD_GOOD : MOOD_BAD;
    add_tile(pen, t, key, shown_share(now->tone[tone], pen_judged(now)).text, mood);
    struct shown size = shown_signed(fabs(points) < 0.05 ? 0 : points, "");
    if (comparable)
        add_tile_change(pen, t, "change.points", TEXT_ARGS({"points", size.text}));
}

static void write_tiles(struct pen *pen, struct tiles *t)
{
    size_t at = 0;
    for (size_t i = 0; i < t->count; i++) {
        t->all[i].value = (struct str){t->bytes.data + at, t->ends[i][0] - at};
        t->all[i].change =
            (struct str){t->bytes.data + t->ends[i][0], t->ends[i][1] - t->ends[i][0]};
        at = t->ends[i][1];
    }
    pen->writer->table->tiles(pen->writer, t->all, t->count);
    buf_free(&t->bytes);
}

/* A figure of the judgement; where nothing was judged, it is not known, which is not 0. */
static void add_judged_tile(struct pen *pen, struct tiles *t, const char *key, uint64_t now,
                            uint64_t before)
{
    if (pen_judged(digest_now(pen->digest)) == 0)
        add_tile(pen, t, key, "–", MOOD_NONE);
    else
        add_count_tile(pen, t, key, now, before, pen_days_known(pen->digest, pen_judged));
}

void section_summary(struct pen *pen)
{
    const struct digest *d = pen->digest;
    const struct tally *now = digest_now(d);
    struct tally before = digest_before(d);
    struct tiles tiles = {.count = 0};
    pen_heading(pen, 3, "section.summary");
    say_lead(pen);
    if (d->scope == 0)
        say_unread(pen);
    if (now->posts == 0)
        return;
    add_count_tile(pen, &tiles, "tile.posts", now->posts, before.posts, d->base_days);
    if (now->authors > 0)
        add_count_tile(pen, &tiles, "tile.authors", now->authors, before.authors,
                       pen_days_known(d, with_author));
    struct buf both = {0};
    buf_addf(&both, "%s / %s", shown_count(now->posts - now->copies).text,
             shown_count(now->copies).text);
    add_tile(pen, &tiles, "tile.originals", buf_text(&both), MOOD_NONE);
    buf_free(&both);
    if (now->reach_known > 0)
        add_count_tile(pen, &tiles, "tile.reach", now->reach, before.reach,
                       pen_days_known(d, with_reach));
    add_tone_tile(pen, &tiles, "tile.negative", FACT_NEGATIVE);
    add_tone_tile(pen, &tiles, "tile.positive", FACT_POSITIVE);
    add_judged_tile(pen, &tiles, "tile.urgent", now->urgent, before.urgent);
    add_judged_tile(pen, &tiles, "tile.help", now->help, before.help);
    write_tiles(pen, &tiles);
    if (d->scope == 0 && now->reach_known > 0)
        pen_paragraph(pen, PARAGRAPH_NOTE, "note.reach", NULL);
}
