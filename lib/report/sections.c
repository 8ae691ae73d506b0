/* Sections: what is said, in which order; how it looks is the writer's business. */
#include "report/sections.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/pen.h"

#define DAYS_SHOWN    31
#define VOICES_SHOWN  20
#define SOURCES_SHOWN 20
#define TYPICAL_FIRST 3 /* posts of the most frequent label */
#define TYPICAL_SHOWN 2
#define GAPS_SHOWN    20
#define GAPS_NAMED    5 /* in the summary */

void section_title(struct pen *pen, const char *style)
{
    const struct report *r = pen->report;
    const struct digest *all = &r->digests[0];
    struct buf zone = {0}, span = {0};
    struct shown date = shown_date(all->day), weekday = shown_weekday(r->texts, all->day);
    struct shown now = shown_time(r->now, INT32_MIN), posts = shown_count(digest_now(all)->posts);
    struct shown end = shown_time(r->end, all->day);
    bool known = r->figures->day_known, data = all->days[all->day_count - 1].data;
    texts_say(r->texts, &pen->title,
              !known             ? "title.nodata"
              : pen_is_part(pen) ? "title.part"
                                 : "title",
              TEXT_ARGS({"date", date.text}, {"weekday", weekday.text}));
    safe_line(&zone, str_of(r->zone), PEN_NAME);
    texts_say(r->texts, &span, pen_is_part(pen) ? "span.part" : "span",
              TEXT_ARGS({"end", end.text}));
    if (known)
        texts_say(r->texts, &pen->subtitle, data ? "subtitle" : "subtitle.nodata",
                  TEXT_ARGS({"zone", buf_text(&zone)}, {"span", buf_text(&span)},
                            {"posts", posts.text}, {"now", now.text}));
    struct document document = {.title = buf_str(&pen->title),
                                .subtitle = buf_str(&pen->subtitle),
                                .lang = r->texts->lang == LANG_JA ? "ja" : "en",
                                .style = style};
    pen->writer->table->begin(pen->writer, &document);
    buf_free(&zone);
    buf_free(&span);
}

void section_open(struct pen *pen, const struct digest *d)
{
    pen->digest = d;
    struct str name = d->scope == 0 ? pen_text(pen, "scope.all") : pen_watch_name(pen, d->name);
    pen->writer->table->heading(pen->writer, 2, name);
}

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
    struct shown negative = shown_count(tone[PEN_NEGATIVE]);
    pen_say(pen,
            tone[TONE_UNKNOWN] < digest_hour(pen->digest, hour) ? "lead.peak"
                                                                : "lead.peak.unjudged",
            TEXT_ARGS({"hour", when.text}, {"count", count.text}, {"negative", negative.text}));
}

static void say_tone(struct pen *pen)
{
    const struct tally *now = digest_now(pen->digest);
    struct tally before = digest_before(pen->digest);
    struct shown share = shown_share(now->tone[PEN_NEGATIVE], pen_judged(now));
    struct shown old = shown_share(before.tone[PEN_NEGATIVE], pen_judged(&before));
    double points = 100 * (pen_share(now->tone[PEN_NEGATIVE], pen_judged(now)) -
                           pen_share(before.tone[PEN_NEGATIVE], pen_judged(&before)));
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
    buf_add_str(&pen->name, labels_of_bit(l, best)->shown[pen->report->texts->lang]);
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
            buf_add_text(&names, pen->report->texts->lang == LANG_JA ? "、" : ", ");
        buf_add_str(&names, count++ == GAPS_NAMED
                                ? STR("…")
                                : pen_safe_name(pen, gap->source, "source.unknown"));
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
    size_t order[TIER_UNKNOWN + 1], count = 0;
    for (size_t tier = 0; tier <= TIER_UNKNOWN; tier++) {
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
        buf_add_str(&path, pen_tier_name(pen, order[i]));
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
    struct shown unjudged = shown_count(now->tone[TONE_UNKNOWN]);
    if (now->tone[TONE_UNKNOWN] > 0)
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
    double points = 100 * (pen_share(now->tone[tone], pen_judged(now)) -
                           pen_share(before.tone[tone], pen_judged(&before)));
    bool better = (points > 0) == (tone == PEN_POSITIVE);
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
    add_tone_tile(pen, &tiles, "tile.negative", PEN_NEGATIVE);
    add_tone_tile(pen, &tiles, "tile.positive", PEN_POSITIVE);
    add_judged_tile(pen, &tiles, "tile.urgent", now->urgent, before.urgent);
    add_judged_tile(pen, &tiles, "tile.help", now->help, before.help);
    write_tiles(pen, &tiles);
    if (d->scope == 0 && now->reach_known > 0)
        pen_paragraph(pen, PARAGRAPH_NOTE, "note.reach", NULL);
}

/* Series from the bottom up: negative, neutral, positive, not judged. */
static void fill_bar(struct chart_bar *bar, const uint64_t tone[TONES])
{
    bar->values[0] = tone[PEN_NEGATIVE];
    bar->values[1] = tone[PEN_NEUTRAL];
    bar->values[2] = tone[PEN_POSITIVE];
    bar->values[3] = tone[TONE_UNKNOWN];
}

static void draw(struct pen *pen, const char *key, const struct chart_bar *bars, size_t count)
{
    const struct report *r = pen->report;
    struct chart chart = {.title = pen_text(pen, key),
                          .description = buf_str(&pen->line),
                          .bars = bars,
                          .count = count};
    static const char *const tones[] = {"negative", "neutral", "positive"};
    for (size_t i = 0; i < 3; i++)
        chart.series[i] = labels_shown(r->labels, LABEL_TONE, str_of(tones[i]), r->texts->lang);
    for (size_t i = 0; i < count; i++)
        if (bars[i].values[3] > 0)
            chart.series[3] = pen_text(pen, "tone.unknown");
    pen->writer->table->chart(pen->writer, &chart);
    buf_clear(&pen->line);
}

static void draw_hours(struct pen *pen)
{
    const struct digest *d = pen->digest;
    struct chart_bar bars[24] = {0};
    bool missing = false;
    for (size_t hour = 0; hour < 24; hour++) {
        bars[hour].label = shown_count(hour);
        fill_bar(&bars[hour], d->hours[hour]);
        if (!report_lacks_hour(pen->report, d, hour))
            continue;
        bars[hour].missing = "hour.missing";
        missing = true;
    }
    size_t busiest = pen_busiest_hour(d);
    struct shown date = shown_date(d->day), hour = shown_count(busiest);
    struct shown count = shown_count(digest_hour(d, busiest));
    pen_say(pen, "chart.hours.text",
            TEXT_ARGS({"date", date.text}, {"hour", hour.text}, {"count", count.text}));
    draw(pen, "chart.hours", bars, 24);
    struct shown end = shown_time(pen->report->end, d->day);
    if (missing)
        pen_paragraph(pen, PARAGRAPH_NOTE, "note.hours", TEXT_ARGS({"end", end.text}));
}

static void draw_days(struct pen *pen)
{
    const struct digest *d = pen->digest;
    struct chart_bar bars[DAYS_SHOWN] = {0};
    size_t count = d->day_count > DAYS_SHOWN ? DAYS_SHOWN : d->day_count;
    bool missing = false;
    for (size_t i = 0; i < count; i++) {
        const struct day_figures *day = &d->days[d->day_count - count + i];
        struct shown date = shown_date(day->day);
        memcpy(bars[i].label.text, date.text + 5, 6);
        fill_bar(&bars[i], day->tally.tone);
        bars[i].missing = day->data ? NULL : "day.nodata";
        bars[i].strong = day->day == d->day;
        missing = missing || !day->data;
    }
    struct shown days = shown_count(count);
    pen_say(pen, "chart.days.text", TEXT_ARGS({"days", days.text}));
    draw(pen, "chart.days", bars, count);
    if (missing)
        pen_paragraph(pen, PARAGRAPH_NOTE, "note.nodata", NULL);
}

void section_volume(struct pen *pen)
{
    if (digest_now(pen->digest)->posts == 0 && pen->digest->day_count < 2)
        return;
    pen_heading(pen, 3, "section.volume");
    if (digest_now(pen->digest)->posts > 0)
        draw_hours(pen);
    if (pen->digest->day_count > 1)
        draw_days(pen);
}

static void add_voice(struct pen *pen, struct str name, const struct voice *voice, uint64_t whole)
{
    grid_add(&pen->grid, name, MOOD_NONE);
    pen_add_count(pen, voice->posts);
    grid_add_text(&pen->grid, shown_share(voice->posts, whole).text);
    grid_add_bar(&pen->grid, pen_share(voice->posts, whole), MOOD_NONE);
    if (voice->posts > 0 && voice->unjudged == voice->posts)
        grid_add_text(&pen->grid, "–");
    else
        pen_add_count(pen, voice->negative);
}

void section_voice(struct pen *pen)
{
    static const struct column columns[] = {{"column.watch", false},
                                            {"column.posts", true},
                                            {"column.share", true},
                                            {NULL, false},
                                            {"column.negative", true}};
    const struct report *r = pen->report;
    uint64_t whole = digest_now(pen->digest)->posts;
    struct voice rest = {.posts = 0};
    pen_heading(pen, 3, "section.voice");
    grid_start(&pen->grid, columns, 5);
    for (size_t i = 0; i < r->voice_count; i++) {
        const struct voice *voice = &r->voices[i];
        if (i >= VOICES_SHOWN) {
            rest.posts += voice->posts;
            rest.negative += voice->negative;
            rest.unjudged += voice->unjudged;
            continue;
        }
        struct str name = r->figures->watches.strings[voice->scope - 1];
        add_voice(pen, pen_watch_name(pen, name), voice, whole);
    }
    if (r->voice_count > VOICES_SHOWN) {
        struct shown count = shown_count(r->voice_count - VOICES_SHOWN);
        pen_say(pen, "voice.rest", TEXT_ARGS({"count", count.text}));
        add_voice(pen, buf_str(&pen->line), &rest, whole);
        buf_clear(&pen->line);
    }
    pen_table(pen);
    struct shown parts = shown_count(REPORT_WATCHES);
    pen_say(pen, "voice.note", NULL);
    if (r->voice_count > REPORT_WATCHES)
        pen_say(pen, "voice.parts", TEXT_ARGS({"count", parts.text}));
    pen_end_paragraph(pen, PARAGRAPH_NOTE);
}

static bool is_of_day(int64_t time, int32_t day)
{
    if (time == CLOCK_UNKNOWN)
        return false;
    int64_t at = clock_in_day(time, day);
    return at >= 0 && at < 86400;
}

static int compare_alerts(const void *a, const void *b)
{
    const struct alert *x = *(const struct alert *const *)a, *y = *(const struct alert *const *)b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

void section_alerts(struct pen *pen)
{
    static const struct column columns[] = {{"column.time", true},
                                            {"column.level", false},
                                            {"column.watch", false},
                                            {"column.stage", false},
                                            {"column.what", false}};
    const struct report *r = pen->report;
    const struct alert **alerts = mem_zero(r->figures->alert_count + 1, sizeof *alerts);
    size_t count = 0;
    for (size_t i = 0; i < r->figures->alert_count; i++) {
        const struct alert *alert = figures_alert(r->figures, i);
        if (is_of_day(alert->time, pen->digest->day))
            alerts[count++] = alert;
    }
    qsort(alerts, count, sizeof *alerts, compare_alerts);
    grid_start(&pen->grid, columns, 5);
    for (size_t i = 0; i < count; i++) {
        const struct alert *alert = alerts[i];
        char level[2] = {(char)('0' + alert->level), '\0'};
        grid_add_text(&pen->grid, shown_time(alert->time, pen->digest->day).text);
        grid_add(&pen->grid, labels_shown(r->labels, LABEL_LEVEL, str_of(level), r->texts->lang),
                 alert->level >= 2 ? MOOD_BAD : MOOD_NONE);
        grid_add(&pen->grid, pen_watch_name(pen, alert->watch), MOOD_NONE);
        struct str stage = labels_shown(r->labels, LABEL_STAGE, alert->stage, r->texts->lang);
        grid_add(&pen->grid, pen_safe_cell(pen, stage, SIZE_MAX), MOOD_NONE);
        grid_add(&pen->grid, pen_safe_cell(pen, alert->what, SIZE_MAX), MOOD_NONE);
    }
    if (count > 0) {
        pen_heading(pen, 3, "section.alerts");
        pen_table(pen);
    }
    free(alerts);
}

/* Bits of a kind that occur, most posts first. */
static size_t order_labels(struct pen *pen, enum label_kind kind, size_t *bits)
{
    const struct labels *l = pen->report->labels;
    size_t first = labels_first_bit(l, kind), count = 0;
    size_t end = first + l->first[kind + 1] - l->first[kind];
    const struct change *figures = pen->digest->labels;
    for (size_t bit = first; bit < end; bit++) {
        if (figures[bit].now == 0 && figures[bit].before == 0)
            continue;
        size_t place = count++;
        for (; place > 0 && figures[bits[place - 1]].now < figures[bit].now; place--)
            bits[place] = bits[place - 1];
        bits[place] = bit;
    }
    return count;
}

static enum mood label_mood(struct pen *pen, size_t bit)
{
    const struct label *label = labels_of_bit(pen->report->labels, bit);
    bool harmless = str_is(label->name, "question") || str_is(label->name, "request") ||
                    str_is(label->name, "hearsay");
    return str_is(label->name, "praise") ? MOOD_GOOD : harmless ? MOOD_NONE : MOOD_BAD;
}

static void label_table(struct pen *pen, const size_t *bits, size_t count)
{
    static const struct column columns[] = {{"column.label", false},
                                            {"column.now", true},
                                            {NULL, false},
                                            {"column.mean", true},
                                            {"column.change", true}};
    const struct digest *d = pen->digest;
    uint64_t most = d->labels[bits[0]].now;
    size_t days = pen_days_known(d, pen_judged);
    grid_start(&pen->grid, columns, 5);
    for (size_t i = 0; i < count; i++) {
        const struct label *label = labels_of_bit(pen->report->labels, bits[i]);
        enum mood mood = label_mood(pen, bits[i]);
        grid_add(&pen->grid, label->shown[pen->report->texts->lang], MOOD_NONE);
        pen_add_count(pen, d->labels[bits[i]].now);
        grid_add_bar(&pen->grid, pen_share(d->labels[bits[i]].now, most),
                     mood == MOOD_NONE ? MOOD_PLAIN : mood);
        pen_add_change(pen, d->labels[bits[i]], days, mood);
    }
    pen_table(pen);
}

/* Posts that were quoted already in this section: each is quoted once. */
struct quoted {
    uint32_t rows[LABEL_BITS * TYPICAL_FIRST];
    size_t count;
};

static bool quoted_before(struct quoted *q, uint32_t row)
{
    for (size_t i = 0; i < q->count; i++)
        if (q->rows[i] == row)
            return true;
    q->rows[q->count++] = row;
    return false;
}

static void typical_posts(struct pen *pen, size_t bit, size_t limit, struct quoted *quoted)
{
    struct post *const *posts = NULL;
    size_t count = digest_posts(pen->digest, SHELF_TYPICAL + bit, &posts), shown = 0;
    const struct label *label = labels_of_bit(pen->report->labels, bit);
    for (size_t i = 0; i < count && shown < limit; i++) {
        if (quoted_before(quoted, posts[i]->row))
            continue;
        if (shown++ == 0)
            pen->writer->table->heading(pen->writer, 4, label->shown[pen->report->texts->lang]);
        pen_say_reach(pen, posts[i]);
        pen_quote(pen, posts[i]);
    }
}

void section_labels(struct pen *pen)
{
    static const char *const names[] = {"group.risk", "group.intent", "group.conduct"};
    static const enum label_kind kinds[] = {LABEL_RISK, LABEL_INTENT, LABEL_CONDUCT};
    struct quoted quoted = {.count = 0};
    bool any = false;
    if (pen_judged(digest_now(pen->digest)) == 0)
        return;
    for (size_t i = 0; i < 3; i++) {
        size_t bits[LABEL_BITS];
        size_t count = order_labels(pen, kinds[i], bits);
        if (count == 0)
            continue;
        any = true;
        pen_heading(pen, 3, names[i]);
        label_table(pen, bits, count);
        for (size_t b = 0; b < count; b++)
            typical_posts(pen, bits[b], b == 0 ? TYPICAL_FIRST : TYPICAL_SHOWN, &quoted);
    }
    if (!any) {
        pen_heading(pen, 3, "section.labels");
        pen_paragraph(pen, PARAGRAPH_PLAIN, "labels.none", NULL);
    }
}

static void word_table(struct pen *pen)
{
    static const struct column columns[] = {{"column.word", false},
                                            {"column.day", true},
                                            {NULL, false},
                                            {"column.before", true},
                                            {"column.g2", true}};
    const struct digest *d = pen->digest;
    grid_start(&pen->grid, columns, 5);
    for (size_t i = 0; i < d->word_count; i++) {
        const struct word_figures *word = &d->words[i];
        grid_add(&pen->grid, pen_safe_name(pen, word->word, "source.unknown"), MOOD_NONE);
        pen_add_count(pen, word->posts.now);
        grid_add_bar(&pen->grid, word->g2 / d->words[0].g2, MOOD_NONE);
        pen_add_count(pen, word->posts.before);
        grid_add_text(&pen->grid, shown_decimal(word->g2).text);
    }
    pen_table(pen);
}

void section_words(struct pen *pen)
{
    const struct digest *d = pen->digest;
    struct shown now = shown_count(d->word_posts.now), before = shown_count(d->word_posts.before);
    if (digest_now(d)->posts == 0)
        return;
    pen_heading(pen, 3, "section.words");
    if (d->word_posts.now == 0) {
        pen_paragraph(pen, PARAGRAPH_PLAIN, "words.nowords", NULL);
    } else if (d->word_posts.before == 0) {
        pen_paragraph(pen, PARAGRAPH_PLAIN, "words.nobase", NULL);
    } else if (d->word_count == 0) {
        pen_paragraph(pen, PARAGRAPH_PLAIN, "words.none", NULL);
    } else {
        word_table(pen);
        pen_paragraph(pen, PARAGRAPH_NOTE, "words.note",
                      TEXT_ARGS({"now", now.text}, {"before", before.text}));
    }
}

static struct shown shown_known(int64_t number)
{
    return number < 0 ? (struct shown){"–"} : shown_count((uint64_t)number);
}

static void say_group_size(struct pen *pen, const struct spread_view *v)
{
    struct shown copies = shown_known(v->copies), authors = shown_known(v->authors);
    struct shown reach = shown_known(v->reach), share = {"–"};
    if (v->top10 >= 0)
        share = shown_share((uint64_t)(v->top10 * 10000 + 0.5), 10000);
    pen_say(pen,
            v->authors < 0      ? "group.all.nobody"
            : !v->authors_exact ? "group.all.about"
            : v->authors > 10   ? "group.all"
                                : "group.all.few",
            TEXT_ARGS({"copies", copies.text}, {"authors", authors.text}, {"share", share.text}));
    if (v->reach >= 0)
        pen_say(pen, "group.reach", TEXT_ARGS({"reach", reach.text}));
}

static void say_group_path(struct pen *pen, const struct spread_view *v)
{
    struct buf path = {0}, name = {0};
    for (size_t i = 0; i < v->place_count; i++) {
        const struct spread_place *p = &v->places[i];
        struct shown time = shown_time(p->time, pen->digest->day), posts = shown_known(p->posts);
        buf_clear(&name);
        buf_add_str(&name, p->source.len > 0 ? p->source : pen_text(pen, "source.unknown"));
        buf_add_text(&path, i > 0 ? " → " : "");
        texts_say(
            pen->report->texts, &path, "group.place",
            TEXT_ARGS({"source", buf_text(&name)}, {"time", time.text}, {"posts", posts.text}));
    }
    if (v->more_places)
        buf_add_text(&path, " → …");
    if (v->place_count > 1)
        pen_say(pen, "group.path", TEXT_ARGS({"path", buf_text(&path)}));
    buf_free(&path);
    buf_free(&name);
}

static void say_group_peak(struct pen *pen, const struct spread_view *v)
{
    struct shown hour = shown_time(v->peak_hour, pen->digest->day), peak = shown_known(v->peak);
    struct shown mean = shown_decimal(v->per_hour);
    if (v->peak > 1 && v->per_hour >= 0)
        pen_say(pen, "group.peak",
                TEXT_ARGS({"hour", hour.text}, {"peak", peak.text}, {"mean", mean.text}));
}

static void say_group_texts(struct pen *pen, const struct spread_view *v)
{
    struct buf texts = {0}, one = {0};
    struct shown count = shown_known(v->text_count);
    for (size_t i = 0; i < v->text_shown; i++) {
        struct shown posts = shown_known(v->texts[i].posts);
        buf_clear(&one);
        buf_add_str(&one, v->texts[i].text);
        if (i > 0)
            buf_add_text(&texts, pen->report->texts->lang == LANG_JA ? "、" : ", ");
        texts_say(pen->report->texts, &texts, "group.text",
                  TEXT_ARGS({"text", buf_text(&one)}, {"posts", posts.text}));
    }
    if (v->text_count > 1 && v->text_shown > 0)
        pen_say(pen, v->texts_exact ? "group.texts" : "group.texts.about",
                TEXT_ARGS({"count", count.text}, {"texts", buf_text(&texts)}));
    buf_free(&texts);
    buf_free(&one);
}

/* Or is it all said already? */
static bool tells_more(const struct spread_view *v, const struct spread_figures *s)
{
    return s->told || v->copies != (int64_t)s->copies || v->place_count > 1 || v->text_count > 1 ||
           v->peak > 1;
}

/* What a cluster record says of a group beyond the day. One that knows a part of the posts
 * would say a part for all. */
static void say_group(struct pen *pen, const struct spread_figures *s)
{
    struct spread_view view;
    if (s->group == NULL || !spread_is_whole(s->group, s->copies))
        return;
    spread_view_make(&view, s->group);
    if (tells_more(&view, s)) {
        say_group_size(pen, &view);
        say_group_path(pen, &view);
        say_group_peak(pen, &view);
        if (!s->deleted)
            say_group_texts(pen, &view);
        pen_end_paragraph(pen, PARAGRAPH_NOTE);
    }
    spread_view_free(&view);
}

/* Adds a part to the facts about the post that is quoted next. */
static void add_fact(struct pen *pen, const char *key, const struct text_arg *args)
{
    buf_add_text(&pen->line, pen->line.len > 0 ? " · " : "");
    texts_say(pen->report->texts, &pen->line, key, args);
}

static void say_spread(struct pen *pen, const struct spread_figures *s)
{
    struct shown copies = shown_count(s->copies), authors = shown_count(s->authors);
    struct shown count = shown_count(s->spread), reach = shown_count(s->reach);
    if (s->copies > 0)
        add_fact(pen, s->authors > 0 ? "spread.copies" : "spread.copies.nobody",
                 TEXT_ARGS({"copies", copies.text}, {"authors", authors.text}));
    if (s->spread > 0)
        add_fact(pen, "spread.metrics", TEXT_ARGS({"count", count.text}));
    if (s->reach > 0) /* 0: neither views nor followers are known */
        add_fact(pen, "spread.reach", TEXT_ARGS({"reach", reach.text}));
    if (s->post == NULL) {
        add_fact(pen, "spread.lost", NULL);
        pen_end_paragraph(pen, PARAGRAPH_PLAIN);
        return;
    }
    struct shown time =
        shown_time(s->read != NULL ? s->read->time : CLOCK_UNKNOWN, pen->digest->day);
    if (!s->first)
        add_fact(pen,
                 s->deleted        ? "spread.copyof.deleted"
                 : s->read != NULL ? "spread.copyof.read"
                                   : "spread.copyof",
                 TEXT_ARGS({"time", time.text}));
    pen_quote(pen, s->post);
}

void section_spread(struct pen *pen)
{
    const struct digest *d = pen->digest;
    if (digest_now(d)->posts == 0)
        return;
    pen_heading(pen, 3, "section.spread");
    if (d->spread_count == 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "spread.none", NULL);
    size_t half = (pen->report->figures->plan.top + 1) / 2;
    for (size_t i = 0; i < d->spread_count && i < half; i++) {
        say_spread(pen, &d->spread[i]);
        say_group(pen, &d->spread[i]);
    }
}

static void add_tones(struct pen *pen, const uint64_t tone[TONES])
{
    uint64_t known = tone[PEN_POSITIVE] + tone[PEN_NEUTRAL] + tone[PEN_NEGATIVE];
    grid_add_bar(&pen->grid, pen_share(tone[PEN_NEGATIVE], known), MOOD_BAD);
    grid_add_text(&pen->grid, shown_share(tone[PEN_NEGATIVE], known).text);
    grid_add_text(&pen->grid, shown_share(tone[PEN_POSITIVE], known).text);
}

static void add_source(struct pen *pen, struct str name, const struct source_figures *s)
{
    grid_add(&pen->grid, name, MOOD_NONE);
    pen_add_count(pen, s->posts.now);
    pen_add_change(pen, s->posts, pen->digest->base_days, MOOD_NONE);
    add_tones(pen, s->tone);
}

/* The sum of all sources from one on. */
static struct source_figures other_sources(const struct digest *d, size_t from)
{
    struct source_figures rest = {.posts = {0, 0}};
    for (size_t i = from; i < d->source_count; i++) {
        rest.posts.now += d->sources[i].posts.now;
        rest.posts.before += d->sources[i].posts.before;
        for (size_t tone = 0; tone < TONES; tone++)
            rest.tone[tone] += d->sources[i].tone[tone];
    }
    return rest;
}

static void source_table(struct pen *pen)
{
    static const struct column columns[] = {{"column.source", false}, {"column.posts", true},
                                            {"column.mean", true},    {"column.change", true},
                                            {"column.bar", false},    {"column.negative", true},
                                            {"column.positive", true}};
    const struct digest *d = pen->digest;
    size_t shown = d->source_count > SOURCES_SHOWN ? SOURCES_SHOWN : d->source_count;
    grid_start(&pen->grid, columns, 7);
    for (size_t i = 0; i < shown; i++) {
        struct str name = d->figures->sources.strings[d->sources[i].source];
        add_source(pen, pen_safe_name(pen, name, "source.unknown"), &d->sources[i]);
    }
    if (d->source_count > shown) {
        struct source_figures rest = other_sources(d, shown);
        struct shown count = shown_count(d->source_count - shown);
        pen_say(pen, "sources.rest", TEXT_ARGS({"count", count.text}));
        add_source(pen, buf_str(&pen->line), &rest);
        buf_clear(&pen->line);
    }
    pen_table(pen);
}

static void tier_table(struct pen *pen)
{
    static const struct column columns[] = {{"column.tier", false},
                                            {"column.posts", true},
                                            {"column.bar", false},
                                            {"column.negative", true},
                                            {"column.positive", true}};
    grid_start(&pen->grid, columns, 5);
    for (size_t tier = 0; tier <= TIER_UNKNOWN; tier++) {
        const uint64_t *tone = pen->digest->tiers[tier];
        uint64_t posts = tone[0] + tone[1] + tone[2] + tone[3];
        if (posts == 0)
            continue;
        grid_add(&pen->grid, pen_tier_name(pen, tier), MOOD_NONE);
        pen_add_count(pen, posts);
        add_tones(pen, tone);
    }
    pen_table(pen);
}

void section_sources(struct pen *pen)
{
    if (digest_now(pen->digest)->posts == 0)
        return;
    pen_heading(pen, 3, "section.sources");
    source_table(pen);
    tier_table(pen);
}

void section_urgent(struct pen *pen)
{
    const struct digest *d = pen->digest;
    struct post *const *posts = NULL;
    size_t number = digest_posts(d, SHELF_URGENT, &posts);
    if (pen_judged(digest_now(d)) == 0)
        return;
    pen_heading(pen, 3, "section.urgent");
    struct shown shown = shown_count(number);
    struct shown count = shown_count(digest_now(d)->urgent);
    if (digest_now(d)->urgent == 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "urgent.none", NULL);
    else
        pen_paragraph(pen, PARAGRAPH_NOTE, number == 0 ? "urgent.unquoted" : "urgent.note",
                      TEXT_ARGS({"shown", shown.text}, {"count", count.text}));
    for (size_t i = 0; i < number; i++) {
        pen_say_reach(pen, posts[i]);
        pen_quote(pen, posts[i]);
    }
}

void section_help(struct pen *pen)
{
    const struct digest *d = pen->digest;
    const struct report *r = pen->report;
    struct post *const *posts = NULL;
    size_t number = digest_posts(d, SHELF_HELP, &posts);
    if (pen_judged(digest_now(d)) == 0)
        return;
    pen_heading(pen, 3, "section.help");
    struct shown shown = shown_count(number);
    struct shown count = shown_count(digest_now(d)->help), now = shown_time(r->now, INT32_MIN);
    if (digest_now(d)->help == 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "help.none", NULL);
    else
        pen_paragraph(pen, PARAGRAPH_NOTE, number == 0 ? "help.unquoted" : "help.note",
                      TEXT_ARGS({"shown", shown.text}, {"count", count.text}, {"now", now.text}));
    for (size_t i = 0; i < number; i++) {
        struct shown waiting = shown_duration(r->texts, r->now - posts[i]->fact.time);
        texts_say(r->texts, &pen->line, "help.waiting", TEXT_ARGS({"time", waiting.text}));
        pen_quote(pen, posts[i]);
    }
}

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
    pen_safe_name(pen, gap->source, "source.unknown");
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
