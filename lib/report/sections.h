/*
 * The sections of a report: from digests to headings, sentences, tables, charts
 * and quotes, whatever the format; how it looks is the writer's business. They stand in
 * files section-NAME.c; sections.c puts them in order.
 */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include "report/digest.h"

struct pen; /* see pen.h */

void section_title(struct pen *pen, const char *style);
void section_open(struct pen *pen, const struct digest *d);
void section_summary(struct pen *pen);
void section_volume(struct pen *pen);
void section_voice(struct pen *pen);
void section_alerts(struct pen *pen);
void section_labels(struct pen *pen);
void section_words(struct pen *pen);
void section_spread(struct pen *pen);
void section_sources(struct pen *pen);
void section_urgent(struct pen *pen);
void section_help(struct pen *pen);
void section_notes(struct pen *pen);

#endif
