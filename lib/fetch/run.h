/*
 * One run of hinoban-fetch: every source that is due is polled, all at once, page by
 * page. What a page brings is written and flushed, and only then the source's memory is
 * saved; so a kill at any moment repeats a page at most and never skips one. A source
 * that fails is told, waits ever longer, and stops no other.
 */
#ifndef FETCH_RUN_H
#define FETCH_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/output.h"
#include "fetch/plan.h"

struct run_plan {
    struct plan *plan;
    const char *directory; /* of the state */
    int64_t now;           /* CLOCK_UNKNOWN: the clock's */
    bool cron;             /* only sources whose time has come */
    char *const *names;    /* only these sources, where name_count > 0 */
    size_t name_count;
    bool progress;
    struct output *out;
    struct output *rejects;        /* pages that could not be taken in whole; NULL: nowhere */
    void (*say)(const char *text); /* one line for people */
};

struct run_result {
    size_t polled, failed, waiting; /* sources */
    size_t faulty;                  /* pages */
    size_t unread;                  /* ids that nothing could be read about */
};

/* False, and e says why, where the output or the state cannot be written: all ends. */
bool run_poll(const struct run_plan *plan, struct run_result *result, struct err *e);

/* Reads the posts that lines of ids name again (bare ids, or records with an id). */
bool run_refresh(const struct run_plan *plan, struct str ids, struct run_result *result,
                 struct err *e);

#endif
