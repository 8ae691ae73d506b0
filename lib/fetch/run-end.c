/*
 * What a task leaves: records are written first, then its memory is saved; a source that cannot be
 * read leaves a gap, which is told when it opens and when it has been read after all.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "fetch/refresh.h"
#include "fetch/run-parts.h"

bool run_fail(struct run *run, const struct err *e)
{
    run->fatal = *e;
    run->stopped = true;
    return false;
}

bool task_write_lines(struct task *t)
{
    struct run *run = t->run;
    struct err e;
    if (run->stopped)
        return false;
    if (t->lines.len == 0)
        return true;
    for (size_t i = 0; i < t->lines.len; i++)
        run->records += t->lines.data[i] == '\n';
    output_add(run->plan->out, buf_str(&t->lines));
    buf_clear(&t->lines);
    if (!output_flush(run->plan->out, &e))
        return run_fail(run, &e);
    if (run->sync && fdatasync(run->plan->out->fd) != 0) {
        err_system(&e, "cannot sync standard output");
        return run_fail(run, &e);
    }
    return true;
}

bool task_save(struct task *t)
{
    struct err e;
    if (t->run->stopped)
        return false;
    if (!t->dirty)
        return true;
    if (!memory_save(&t->memory, t->planned->subject.name, &e))
        return run_fail(t->run, &e);
    t->dirty = false;
    return true;
}

static void write_gap(struct task *t, struct str reason, bool recovered)
{
    struct memory *m = &t->memory;
    struct buf clean = {0};
    buf_add_str(&clean, reason);
    task_hide_secrets(t, &clean);
    struct gap_note gap = {.name = t->planned->subject.name,
                           .from = m->gap,
                           .to = t->poll.now,
                           .seen = t->poll.now,
                           .retry = recovered ? CLOCK_UNKNOWN : m->next,
                           .recovered = recovered,
                           .reason = buf_str(&clean),
                           .watches = t->planned->watches,
                           .watch_count = t->planned->watch_count};
    gap_write(&t->lines, &gap);
    buf_free(&clean);
}

void task_end(struct task *t)
{
    size_t unread = t->refresh != NULL ? refresh_left(t->refresh) : 0;
    char what[64];
    if (unread > 0) {
        t->run->result->unread += unread;
        snprintf(what, sizeof what, "posts not read again: %zu", unread);
        task_say(t, what);
    }
    t->state = TASK_OVER;
    t->run->over++;
    http_done(&t->exchange);
}

static void keep_problem(struct task *t, const char *what)
{
    buf_clear(&t->memory.problem);
    buf_add_text(&t->memory.problem, what);
    task_hide_secrets(t, &t->memory.problem);
}

static void write_and_end(struct task *t)
{
    t->dirty = true;
    if (task_write_lines(t))
        task_save(t);
    task_end(t);
}

/* What cannot be read begins where the source was last read to its end. That is noted
 * before it is told, so that its end is told too, should the run end in between. */
static void open_gap(struct task *t)
{
    struct memory *m = &t->memory;
    bool known = m->succeeded != CLOCK_UNKNOWN && m->succeeded < t->poll.now;
    if (m->gap != CLOCK_UNKNOWN)
        return;
    m->gap = known ? m->succeeded : t->poll.now;
    t->dirty = true;
    task_save(t);
}

void task_give_up(struct task *t, const char *what, int64_t wait)
{
    struct memory *m = &t->memory;
    int64_t own = 0, until = task_quiet_until(t);
    if (until != CLOCK_UNKNOWN && until - run_now(t->run) > wait)
        wait = until - run_now(t->run);
    task_say(t, what);
    t->run->result->failed++;
    if (t->refresh == NULL) {
        open_gap(t);
        keep_problem(t, what);
        m->failures++;
        m->tried = t->poll.now;
        own = run_growing_wait(m->failures);
    }
    if (wait > 0 || t->refresh == NULL) {
        m->ordered = wait > 0;
        m->next = run_now(t->run) + (wait > own ? wait : own);
    }
    if (t->refresh == NULL)
        write_gap(t, str_of(what), false);
    write_and_end(t);
}

void task_succeed(struct task *t, bool whole)
{
    struct memory *m = &t->memory;
    bool poll = t->refresh == NULL;
    if (poll) {
        m->failures = 0;
        buf_clear(&m->problem);
        m->tried = t->poll.now;
    }
    if (whole && poll && !t->poll.unread) {
        if (m->gap != CLOCK_UNKNOWN)
            write_gap(t, STR("read after a pause"), true);
        m->gap = CLOCK_UNKNOWN;
        m->succeeded = t->poll.now;
        known_end(&m->known);
    }
    int64_t until = task_quiet_until(t);
    if (poll || until != CLOCK_UNKNOWN) {
        m->next = until;
        m->ordered = until != CLOCK_UNKNOWN;
    }
    write_and_end(t);
}

void task_stop_spent(struct task *t)
{
    static const char what[] = "the month's budget is spent";
    struct memory *m = &t->memory;
    if (!m->spent || t->refresh != NULL)
        task_say(t, what);
    if (t->refresh == NULL) {
        if (!m->spent)
            open_gap(t);
        m->tried = t->poll.now;
        m->next = memory_next_month(t->poll.now);
        m->ordered = false;
        keep_problem(t, what);
        if (!m->spent)
            write_gap(t, str_of(what), false);
        m->spent = true;
    }
    t->run->result->waiting++;
    write_and_end(t);
}
