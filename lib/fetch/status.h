/*
 * What is known of each source, out of its memory: what was read and what it cost, how
 * far, when next. For people as a table, for programs as lines of JSON.
 */
#ifndef FETCH_STATUS_H
#define FETCH_STATUS_H

#include "fetch/plan.h"

/* Adds a table, times in the zone that clock_set_zone() has set. False, and e says why,
 * where a memory is damaged; what can be told is told. */
bool status_table(const struct plan *plan, const char *directory, int64_t now, struct buf *out,
                  struct err *e);

/* Adds one JSON object a source, a line each. */
bool status_json(const struct plan *plan, const char *directory, int64_t now, struct buf *out,
                 struct err *e);

#endif
