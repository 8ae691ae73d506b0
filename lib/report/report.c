/* Making the digests of a report. */
#include "report/report.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

/* Posts end with --until, or else now. */
static int64_t find_end(const struct figures *f, int64_t now)
{
    int64_t until = f->plan.until, end = until != CLOCK_UNKNOWN && until < now ? until : now;
    return f->day_known && clock_in_day(end, f->day) < CLOCK_DAY ? end : CLOCK_UNKNOWN;
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
