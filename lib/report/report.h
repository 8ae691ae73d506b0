/*
 * A report: the digests of all scopes, with what writers need to say them. The
 * caller owns figures, labels and texts, which must outlive it.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "report/digest.h"
#include "report/writer.h"

#define REPORT_WATCHES 50 /* parts of their own; the others stand in the overview alone */

struct report {
    const struct figures *figures;
    const struct labels *labels;
    const struct texts *texts;
    int64_t now;            /* waiting times count to it */
    int64_t end;            /* the day is told up to it; CLOCK_UNKNOWN: all of the day */
    const char *zone;       /* as the user named it */
    struct digest *digests; /* 0: all; then the watches with most posts */
    size_t digest_count;
    struct voice *voices; /* watches, most posts first */
    size_t voice_count;
};

void report_make(struct report *r, const struct figures *f, const struct texts *t, int64_t now,
                 const char *zone);
void report_free(struct report *r);

/* Is an hour after the end? One that has posts nevertheless is not. */
bool report_lacks_hour(const struct report *r, const struct digest *d, size_t hour);

/* Writes the document through a writer; style is for HTML. */
void report_write(const struct report *r, struct writer *w, const char *style);

/* Adds all figures as one JSON object and a newline: see hinoban-report(1). */
void report_write_json(const struct report *r, struct buf *out);

#endif
