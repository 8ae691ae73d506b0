/*
 * Requests and answers: the network's machine says what to ask next, and an answer is a page that
 * is taken in, something to try again, or the end of the task.
 */
#include "base/clock.h"
#include "fetch/refresh.h"
#include "fetch/run-parts.h"

#define MENDS    2                /* of a poll: sessions renewed, page tokens given up */
#define LONG_RUN (10 * 60 * 1000) /* milliseconds; by cron no page is asked for after that */

static void wait_for(struct task *t, int64_t milliseconds)
{
    t->state = TASK_READY;
    t->ready = clock_steady() + milliseconds;
}

static void send_request(struct task *t)
{
    struct memory *m = &t->memory;
    struct http_exchange *x = &t->exchange;
    bool conditional = t->planned->subject.network->conditional && t->refresh == NULL;
    x->request = &t->poll.request;
    x->etag = conditional && m->etag.len > 0 ? buf_text(&m->etag) : NULL;
    x->modified = conditional && m->modified.len > 0 ? buf_text(&m->modified) : NULL;
    x->private_ok = t->planned->private_ok;
    x->secret = t->planned->subject.secret;
    t->state = TASK_ASKED;
    http_send(t->run->http, x, run_now(t->run));
}

static enum step next_step(struct task *t, struct err *e)
{
    const struct network *n = t->planned->subject.network;
    t->poll.allowance = task_allowance(t);
    t->poll.unbilled = t->poll.preparing = false;
    if (t->refresh != NULL)
        return refresh_ask(t->refresh, &t->poll, e);
    return n->ask(&t->poll, e);
}

/* Has the run read its share of the source? Slow pages without end would keep the next
 * run from all the others. */
static bool is_enough(const struct task *t)
{
    const struct run *run = t->run;
    bool late = run->plan->cron && clock_steady() - run->began > LONG_RUN;
    return t->refresh == NULL &&
           (t->poll.pages >= t->planned->max_pages || (t->poll.pages > 0 && late));
}

void task_advance(struct task *t)
{
    struct err e;
    int64_t until = t->poll.pages > 0 ? task_quiet_until(t) : CLOCK_UNKNOWN;
    int64_t wait = until != CLOCK_UNKNOWN ? until - run_now(t->run) : 0;
    enum step step = next_step(t, &e);
    if (step == STEP_FAILED) {
        task_give_up(t, e.text, -1);
    } else if (step == STEP_DONE) {
        task_succeed(t, true);
    } else if (!task_is_affordable(t)) {
        task_stop_spent(t);
    } else if (is_enough(t)) {
        task_succeed(t, false);
    } else if (wait > t->run->plan->plan->patience) {
        t->run->result->waiting++;
        task_succeed(t, false);
    } else if (task_save(t)) {
        if (wait > 0)
            wait_for(t, wait * 1000 + 200);
        else
            send_request(t);
    }
}

static void note_limits(struct task *t)
{
    const struct http_limit *l = &t->exchange.limit;
    struct memory *m = &t->memory;
    int64_t now = run_now(t->run);
    m->limit = l->limit;
    m->remaining = l->remaining;
    m->reset = l->reset != CLOCK_UNKNOWN ? now + l->reset : CLOCK_UNKNOWN;
    t->quiet = l->retry_after != CLOCK_UNKNOWN ? now + l->retry_after : CLOCK_UNKNOWN;
}

/* What an answer cost, be it of use or not. */
static void note_cost(struct task *t)
{
    struct poll *p = &t->poll;
    size_t billed = p->billed > p->page.posts || p->unbilled ? p->billed : p->page.posts;
    t->memory.billed += (int64_t)billed;
    t->memory.all_billed += (int64_t)billed;
    p->billed = 0;
}

/* whole: nothing of it was rejected. What a server had cut off is asked for again, so it
 * is not to be told that we have it. */
static void note_page(struct task *t, bool whole)
{
    struct memory *m = &t->memory;
    struct poll *p = &t->poll;
    const struct answer *a = &t->exchange.answer;
    m->posts += (int64_t)p->page.fresh;
    m->all_posts += (int64_t)p->page.fresh;
    m->withheld += (int64_t)p->noted;
    p->noted = 0;
    buf_clear(&m->etag);
    buf_clear(&m->modified);
    if (whole) {
        buf_add_str(&m->etag, a->etag);
        buf_add_str(&m->modified, a->modified);
    }
}

/* An answer that was not taken, or not in whole, written at once: the run may be killed. What
 * came for a POST is about a login, and no one else's business. */
static void keep_answer(const struct task *t)
{
    struct output *rejects = t->run->plan->rejects;
    struct err e;
    if (rejects == NULL || t->poll.request.post || t->poll.request.body.len > 0)
        return;
    output_add(rejects, t->exchange.answer.body);
    output_add(rejects, STR("\n"));
    if (!output_flush(rejects, &e))
        run_fail(t->run, &e);
}

static void tell_fault(struct task *t)
{
    t->run->result->faulty++;
    task_say(t, t->poll.fault.text);
    keep_answer(t);
    t->poll.faulty = false;
}

/* What HTTP says of a document: its charset, and what its addresses are relative to. */
static void tell_converter(struct task *t)
{
    const struct answer *a = &t->exchange.answer;
    buf_clear(&t->charset);
    buf_add_str(&t->charset, a->charset);
    buf_clear(&t->base);
    buf_add_str(&t->base, a->url);
    t->planned->settings.charset = a->charset.len > 0 ? buf_text(&t->charset) : NULL;
    t->planned->settings.base = buf_text(&t->base);
}

static void take_page(struct task *t)
{
    const struct network *n = t->planned->subject.network;
    struct err e;
    struct cursor before = {0};
    tell_converter(t);
    cursor_copy(&before, &t->memory.cursor);
    known_mark(&t->memory.known);
    t->poll.page = (struct page){.oldest = CLOCK_UNKNOWN};
    bool read = t->refresh != NULL ? refresh_read(t->refresh, &t->poll, &t->exchange.answer, &e)
                                   : n->read(&t->poll, &t->exchange.answer, &e);
    bool whole = !t->poll.faulty;
    t->poll.pages++;
    note_cost(t);
    if (!whole)
        tell_fault(t);
    else if (!read)
        keep_answer(t);
    if (!read) { /* as if it had not come */
        buf_clear(&t->lines);
        known_undo(&t->memory.known);
        cursor_copy(&t->memory.cursor, &before);
    }
    cursor_free(&before);
    if (!read) {
        task_give_up(t, e.text, -1);
        return;
    }
    note_page(t, whole);
    t->dirty = true;
    t->tries = 0;
    if (task_write_lines(t))
        task_advance(t);
}

/* Lets the same be asked again, as far as the budget goes by then, or gives the source
 * up. */
static void try_again(struct task *t, const char *what, int64_t wait)
{
    const struct plan *plan = t->run->plan->plan;
    int64_t own = (int64_t)1000 << t->tries; /* 1, 2, 4 … seconds */
    t->tries++;
    bool short_wait = wait <= plan->patience;
    if (t->tries < plan->tries && short_wait)
        wait_for(t, wait > 0 ? wait * 1000 + 200 : run_jittered(own));
    else
        task_give_up(t, what, wait);
}

/* How long the service wants to be left alone, in seconds; -1: it does not say. */
static int64_t wanted_wait(const struct task *t)
{
    const struct http_limit *l = &t->exchange.limit;
    if (l->retry_after != CLOCK_UNKNOWN)
        return l->retry_after;
    return l->reset != CLOCK_UNKNOWN && l->remaining <= 0 ? l->reset : -1;
}

static bool may_mend(struct task *t)
{
    const struct network *n = t->planned->subject.network;
    if (n->mend == NULL || t->mends >= MENDS)
        return false;
    t->mends++;
    return n->mend(&t->poll, &t->exchange.answer);
}

/* An answer that is no page. */
static void take_refusal(struct task *t, int status)
{
    struct buf what = {0};
    task_describe(t, &what);
    if (status == 304 && t->exchange.etag == NULL && t->exchange.modified == NULL) {
        task_give_up(t, buf_text(&what), -1);
    } else if (status == 304) {
        t->poll.pages++;
        task_advance(t);
    } else if (status >= 500 || status == 429 || status == 408 || status == 425) {
        try_again(t, buf_text(&what), wanted_wait(t));
    } else if (status >= 400 && may_mend(t)) {
        task_advance(t);
    } else {
        task_give_up(t, buf_text(&what), wanted_wait(t));
    }
    buf_free(&what);
}

static void take_answer(struct task *t)
{
    int status = t->exchange.answer.status;
    bool page = status == 200 || (status == 204 && t->planned->subject.network->may_be_void);
    note_limits(t);
    if (page || (t->refresh != NULL && refresh_is_missing(t->refresh, &t->exchange.answer)))
        take_page(t);
    else
        take_refusal(t, status);
}

void task_take_exchange(struct task *t)
{
    if (t->exchange.counts) {
        t->memory.requests++;
        t->memory.all_requests++;
        t->dirty = true;
    }
    switch (t->exchange.outcome) {
    case HTTP_ANSWERED: take_answer(t); break;
    case HTTP_FAILED: try_again(t, t->exchange.problem.text, -1); break;
    case HTTP_REFUSED: task_give_up(t, t->exchange.problem.text, -1); break;
    }
}
