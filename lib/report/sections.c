/* The order of the sections of a report: what is said of which scope. */
#include "report/sections.h"

#include "report/pen.h"

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
