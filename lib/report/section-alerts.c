/* The alerts of the day, in the order of time. */
#include "report/sections.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/pen.h"

static bool is_of_day(int64_t time, int32_t day)
{
    if (time == CLOCK_UNKNOWN)
        return false;
    int64_t at = clock_in_day(time, day);
    return at >= 0 && at < CLOCK_DAY;
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
        grid_add_text(&pen->grid, shown_time(alert->time, pen->digest->day).text);
        grid_add(&pen->grid, pen_level(pen, alert->level),
                 alert->level >= 2 ? MOOD_BAD : MOOD_NONE);
        grid_add(&pen->grid, pen_watch_name(pen, alert->watch), MOOD_NONE);
        struct str stage = pen_label(pen, LABEL_STAGE, alert->stage);
        grid_add(&pen->grid, pen_safe_cell(pen, stage, SIZE_MAX), MOOD_NONE);
        grid_add(&pen->grid, pen_safe_cell(pen, alert->what, SIZE_MAX), MOOD_NONE);
    }
    if (count > 0) {
        pen_heading(pen, 3, "section.alerts");
        pen_table(pen);
    }
    free(alerts);
}
