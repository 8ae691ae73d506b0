/*
 * The run: tasks, one a source, each a small machine of states (ready at a time, asked,
 * over), and one loop that starts what is ready and takes what has been answered.
 */
#include "fetch/run.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/refresh.h"
#include "fetch/run-parts.h"

/* Starts what is ready; returns in how many milliseconds the next will be. */
static int start_ready(struct run *run)
{
    int64_t now = clock_steady(), soonest = now + 1000;
    for (size_t i = 0; i < run->count && !run->stopped; i++) {
        struct task *t = &run->tasks[i];
        if (t->state != TASK_READY)
            continue;
        if (t->ready > now) {
            soonest = t->ready < soonest ? t->ready : soonest;
            continue;
        }
        task_advance(t);
    }
    return (int)(soonest - now);
}

static void run_tasks(struct run *run)
{
    while (run->over < run->count && !run->stopped) {
        int timeout = start_ready(run);
        run_show_progress(run);
        if (run->stopped || run->over == run->count)
            break;
        struct http_exchange *x = http_wait(run->http, timeout);
        if (x != NULL)
            task_take_exchange(x->context);
    }
    run_clear_progress(run);
}

static bool open_run(struct run *run, const struct run_plan *plan, struct run_result *result,
                     size_t count, struct err *e)
{
    struct stat about;
    *result = (struct run_result){0};
    *run = (struct run){.plan = plan, .result = result, .count = count};
    run->http = http_new(&plan->plan->http, e);
    if (run->http == NULL)
        return false;
    run->tasks = mem_zero(count > 0 ? count : 1, sizeof *run->tasks);
    run->sync = fstat(plan->out->fd, &about) == 0 && S_ISREG(about.st_mode);
    run->began = clock_steady();
    return true;
}

static bool close_run(struct run *run, struct err *e)
{
    for (size_t i = 0; i < run->count; i++)
        task_close(&run->tasks[i]);
    free(run->tasks);
    http_free(run->http);
    if (run->stopped)
        *e = run->fatal;
    return !run->stopped;
}

static bool is_named(const struct run_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->name_count; i++)
        if (strcmp(plan->names[i], name) == 0)
            return true;
    return plan->name_count == 0;
}

bool run_poll(const struct run_plan *plan, struct run_result *result, struct err *e)
{
    struct run run;
    size_t count = 0;
    for (size_t i = 0; i < plan->plan->count; i++)
        count += is_named(plan, plan->plan->sources[i].subject.name);
    if (!open_run(&run, plan, result, count, e))
        return false;
    for (size_t i = 0, at = 0; i < plan->plan->count; i++) {
        struct planned *planned = &plan->plan->sources[i];
        if (is_named(plan, planned->subject.name))
            task_begin(&run, &run.tasks[at++], planned, NULL);
    }
    run_tasks(&run);
    return close_run(&run, e);
}

bool run_refresh(const struct run_plan *plan, struct str ids, struct run_result *result,
                 struct err *e)
{
    struct run run;
    size_t count;
    struct refresh *list = refresh_new(plan->plan, ids, &count);
    if (!open_run(&run, plan, result, count, e)) {
        refresh_free(list, count);
        return false;
    }
    result->unread = refresh_tell(list, count, plan->say);
    for (size_t i = 0; i < count; i++)
        task_begin(&run, &run.tasks[i], list[i].planned, &list[i]);
    run_tasks(&run);
    bool done = close_run(&run, e);
    refresh_free(list, count);
    return done;
}
