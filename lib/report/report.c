/* Making the digests of a report, and the order of its sections. */
#include "report/report.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/pen.h"
#include "report/sections.h"

#define DAY 86400

/* Posts end with --until, or else now. */
static int64_t find_end(const struct figures *f, int64_t now)
{
    int64_t until = f->plan.until, end = until != CLOCK_UNKNOWN && until < now ? until : now;
    return f->day_known && clock_in_day(end, f->day) < DAY ? end : CLOCK_UNKNOWN;
}

bool report_lacks_hour(const struct report *r, const struct digest *d, size_t hour)
{
    return r->end != CLOCK_UNKNOWN &&
           (int64_t)hour * 3600 >= clock_in_day(r->end, r->figures->day) &&
           digest_hour(d, hour) == 0;
}

void report_make(struct report *r, const struct figures *f, const struct texts *t, int64_t now,
                 const char *zone)
{
    *r = (struct report){.figures = f,
                         .labels = f->plan.labels,
                         .texts = t,
                         .now = now,
                         .end = find_end(f, now),
                         .zone = zone};
    r->voices = digest_voices(f, &r->voice_count);
    r->digest_count = 1 + (r->voice_count > REPORT_WATCHES ? REPORT_WATCHES : r->voice_count);
    r->digests = mem_zero(r->digest_count, sizeof *r->digests);
    digest_make(&r->digests[0], f, 0);
    for (size_t i = 1; i < r->digest_count; i++)
        digest_make(&r->digests[i], f, r->voices[i - 1].scope);
}

void report_free(struct report *r)
{
    for (size_t i = 0; i < r->digest_count; i++)
        digest_free(&r->digests[i]);
    free(r->digests);
    free(r->voices);
    *r = (struct report){0};
}

/* Where there are posts of watches, their parts have the details and the first part the whole.
 * What somebody should look at stands there, too: it may be of no watch, or of one without a
 * part. */
static void write_scope(struct pen *pen, const struct digest *d)
{
    const struct report *r = pen->report;
    bool overview = d->scope == 0;
    bool details = !overview || r->voice_count == 0 || r->voices[0].posts == 0;
    section_open(pen, d);
    section_summary(pen);
    section_volume(pen);
    if (overview && !details)
        section_voice(pen);
    if (overview)
        section_alerts(pen);
    if (details) {
        section_labels(pen);
        section_words(pen);
        section_spread(pen);
    }
    section_sources(pen);
    section_urgent(pen);
    section_help(pen);
}

void report_write(const struct report *r, struct writer *w, const char *style)
{
    struct pen pen = {.report = r, .writer = w};
    section_title(&pen, style);
    for (size_t i = 0; i < r->digest_count; i++)
        write_scope(&pen, &r->digests[i]);
    section_notes(&pen);
    w->table->end(w);
    pen_free(&pen);
}
