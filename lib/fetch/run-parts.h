/*
 * What the parts of a run share, for run*.c of lib/fetch alone: what may be asked, and when
 * (run-limits.c), what people are told (run-say.c), how a task begins (run-begin.c), asks and takes
 * answers (run-exchange.c) and ends (run-end.c); the loop is in run.c. A task owns its memory, its
 * lines and its poll until task_close().
 */
#ifndef FETCH_RUN_PARTS_H
#define FETCH_RUN_PARTS_H

#include "fetch/http.h"
#include "fetch/memory.h"
#include "fetch/run.h"

struct refresh;

enum state { TASK_READY, TASK_ASKED, TASK_OVER };

struct task {
    struct run *run;
    struct planned *planned;
    struct memory memory;
    struct poll poll;
    struct buf lines;
    struct buf charset, base; /* of the answer, as the converter's settings point to them */
    struct http_exchange exchange;
    struct refresh *refresh; /* NULL: a poll */
    enum state state;
    int64_t ready; /* milliseconds of the steady clock */
    int64_t quiet; /* until when Retry-After asks for quiet; CLOCK_UNKNOWN: it does not */
    size_t tries, mends;
    bool dirty; /* the memory is not saved as it is */
};

struct run {
    const struct run_plan *plan;
    struct run_result *result;
    struct http *http;
    struct task *tasks;
    size_t count, over;
    size_t records;
    int64_t began; /* by the steady clock, as is shown */
    int64_t shown; /* when progress was */
    bool sync;     /* the output is a file */
    struct err fatal;
    bool stopped;
};

/* ---- run-limits.c ---- */

/* The time that counts as now; a run is long, and what a server says counts from when it
 * says it. */
int64_t run_now(const struct run *run);

/* value, plus or minus a quarter, so that clients do not come all at once. */
int64_t run_jittered(int64_t value);

/* Seconds to wait after so many runs that failed. */
int64_t run_growing_wait(int64_t failures);

/* Until when the service is not to be asked: it has said that nothing is left by then, or
 * that it wants quiet. CLOCK_UNKNOWN: it may be asked. */
int64_t task_quiet_until(const struct task *t);

/* Posts that may still be read this month, by one more request. */
size_t task_allowance(const struct task *t);

/* May the request that the network asks for be sent? */
bool task_is_affordable(const struct task *t);

/* ---- run-say.c ---- */

void run_clear_progress(const struct run *run);
void run_show_progress(struct run *run);

/* Puts something else in place of secrets. */
void task_hide_secrets(const struct task *t, struct buf *text);

/* Tells people something of the source. */
void task_say(struct task *t, const char *what);

/* Adds what an answer says that is no page. */
void task_describe(const struct task *t, struct buf *what);

/* ---- run-begin.c ---- */

/* Makes a task for a source; it is over at once where the source cannot be asked now. */
void task_begin(struct run *run, struct task *t, struct planned *planned, struct refresh *refresh);
void task_close(struct task *t);

/* ---- run-exchange.c ---- */

/* Sends the next request, if there is one and it may be sent; else the task waits or ends. */
void task_advance(struct task *t);

/* Takes the outcome of the request that was sent. */
void task_take_exchange(struct task *t);

/* ---- run-end.c ---- */

/* Ends the whole run; returns false. */
bool run_fail(struct run *run, const struct err *e);

/* Records out, as safe as their descriptor can be made. */
bool task_write_lines(struct task *t);

/* Saves the memory, if something is new in it. */
bool task_save(struct task *t);

/* Nothing more is asked. */
void task_end(struct task *t);

/* The source failed in this run. wait: seconds that the service wants, or -1. */
void task_give_up(struct task *t, const char *what, int64_t wait);

/* The run is done with the source, and nothing was wrong; whole: it was read to its
 * end. */
void task_succeed(struct task *t, bool whole);

/* The month's budget is spent: told once, with a gap that is open until the next. */
void task_stop_spent(struct task *t);

#endif
