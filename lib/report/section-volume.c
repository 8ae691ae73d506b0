/* How many posts there were, by hour and by day, and of which tone: two charts. */
#include "report/sections.h"

#include "report/pen.h"

#define DAYS_SHOWN 31

/* From the bottom up. */
static const enum fact_tone series[CHART_SERIES] = {FACT_NEGATIVE, FACT_NEUTRAL, FACT_POSITIVE,
                                                    FACT_UNJUDGED};

static void fill_bar(struct chart_bar *bar, const uint64_t tone[TONES])
{
    for (size_t i = 0; i < CHART_SERIES; i++)
        bar->values[i] = tone[series[i]];
}

static void draw(struct pen *pen, const char *key, const struct chart_bar *bars, size_t count)
{
    struct chart chart = {.title = pen_text(pen, key),
                          .description = buf_str(&pen->line),
                          .bars = bars,
                          .count = count};
    for (size_t i = 0; i < 3; i++)
        chart.series[i] = pen_label(pen, LABEL_TONE, str_of(fact_tones[series[i]]));
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
