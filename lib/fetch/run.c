/*
 * The run: tasks, one a source, each a small machine of states (ready at a time, asked,
 * over), and one loop that starts what is ready and takes what has been answered.
 */
#define _GNU_SOURCE /* getrandom */
#include "fetch/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/http.h"
#include "fetch/memory.h"
#include "fetch/refresh.h"
#include "record/value.h"

#define MENDS        2  /* of a poll: sessions renewed, page tokens given up */
#define FIRST_WAIT   60 /* seconds after the first run that failed; doubled with each */
#define LONGEST_WAIT 3600
#define LONG_RUN     (10 * 60 * 1000) /* milliseconds; by cron no page is asked for after that */
#define DETAIL_BYTES 200              /* of what a server says of an error */

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

/* ---- time and chance ---- */

/* The time that counts as now; a run is long, and what a server says counts from when it
 * says it. */
static int64_t run_now(const struct run *run)
{
    int64_t told = run->plan->now;
    return told != CLOCK_UNKNOWN ? told + (clock_steady() - run->began) / 1000 : clock_now();
}

/* value, plus or minus a quarter, so that clients do not come all at once. */
static int64_t jittered(int64_t value)
{
    uint32_t chance = 1u << 31;
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != sizeof chance)
        chance = (uint32_t)clock_steady() * 2654435761u;
    return value - value / 4 + (int64_t)((double)value / 2 * chance / UINT32_MAX);
}

static int64_t growing_wait(int64_t failures)
{
    int64_t wait = FIRST_WAIT;
    for (int64_t i = 1; i < failures && wait < LONGEST_WAIT; i++)
        wait *= 2;
    return jittered(wait > LONGEST_WAIT ? LONGEST_WAIT : wait);
}

/* ---- what people are told ---- */

static void clear_progress(const struct run *run)
{
    if (run->plan->progress)
        fputs("\r\033[K", stderr);
}

static void show_progress(struct run *run)
{
    int64_t now = clock_steady();
    if (!run->plan->progress || now - run->shown < 100)
        return;
    run->shown = now;
    fprintf(stderr, "\r\033[K%zu of %zu sources, %zu records", run->over, run->count, run->records);
    fflush(stderr);
}

static void hide_secrets(const struct task *t, struct buf *text)
{
    plan_hide(t->run->plan->plan, &t->memory.session, text);
}

static void say(struct task *t, const char *what)
{
    struct buf text = {0};
    buf_addf(&text, "%s: %s", t->planned->subject.name, what);
    hide_secrets(t, &text);
    clear_progress(t->run);
    t->run->plan->say(buf_text(&text));
    buf_free(&text);
}

/* The server's own words about an error, out of the members that services use. */
static void add_detail(const struct task *t, struct buf *to, struct str body)
{
    static const char *const names[] = {"detail", "error_description", "message", "error", "title",
                                        "reason"};
    struct err ignored;
    struct buf text = {0};
    struct str json = poll_json(body, &ignored), raw = {NULL, 0}, first;
    struct walk w;
    for (int depth = 0; depth < 2 && raw.ptr == NULL && value_type(json) == VALUE_OBJECT; depth++) {
        for (size_t i = 0; i < sizeof names / sizeof *names && raw.ptr == NULL; i++)
            if (value_type(value_member(json, names[i])) == VALUE_STRING)
                raw = value_member(json, names[i]);
        struct str inner = value_member(json, "error");
        walk_begin(&w, value_member(json, "errors"));
        json = value_type(inner) == VALUE_OBJECT ? inner
               : walk_next(&w, NULL, &first)     ? first
                                                 : (struct str){NULL, 0};
    }
    if (raw.ptr != NULL) {
        value_add_string(&text, raw);
        hide_secrets(t, &text); /* before one is cut in two */
        struct str words = buf_str(&text);
        if (words.len > DETAIL_BYTES)
            words.len = DETAIL_BYTES;
        while (words.len > 0 && words.len == DETAIL_BYTES &&
               ((unsigned char)words.ptr[words.len - 1] & 0xC0) == 0x80)
            words.len--;
        buf_add_text(to, ": ");
        buf_add_str(to, words);
    }
    buf_free(&text);
}

/* ---- writing and saving ---- */

static bool fail_run(struct run *run, const struct err *e)
{
    run->fatal = *e;
    run->stopped = true;
    return false;
}

/* Records out, as safe as their descriptor can be made. */
static bool write_lines(struct task *t)
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
        return fail_run(run, &e);
    if (run->sync && fdatasync(run->plan->out->fd) != 0) {
        err_system(&e, "cannot sync standard output");
        return fail_run(run, &e);
    }
    return true;
}

static bool save(struct task *t)
{
    struct err e;
    if (t->run->stopped)
        return false;
    if (!t->dirty)
        return true;
    if (!memory_save(&t->memory, t->planned->subject.name, &e))
        return fail_run(t->run, &e);
    t->dirty = false;
    return true;
}

static void write_gap(struct task *t, struct str reason, bool recovered)
{
    struct memory *m = &t->memory;
    struct buf clean = {0};
    buf_add_str(&clean, reason);
    hide_secrets(t, &clean);
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

/* ---- a task ends ---- */

static void end_task(struct task *t)
{
    size_t unread = t->refresh != NULL ? refresh_left(t->refresh) : 0;
    char what[64];
    if (unread > 0) {
        t->run->result->unread += unread;
        snprintf(what, sizeof what, "posts not read again: %zu", unread);
        say(t, what);
    }
    t->state = TASK_OVER;
    t->run->over++;
    http_done(&t->exchange);
}

static void keep_problem(struct task *t, const char *what)
{
    buf_clear(&t->memory.problem);
    buf_add_text(&t->memory.problem, what);
    hide_secrets(t, &t->memory.problem);
}

static void write_and_end(struct task *t)
{
    t->dirty = true;
    if (write_lines(t))
        save(t);
    end_task(t);
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
    save(t);
}

/* Until when the service is not to be asked: it has said that nothing is left by then, or
 * that it wants quiet. CLOCK_UNKNOWN: it may be asked. */
static int64_t quiet_until(const struct task *t)
{
    const struct memory *m = &t->memory;
    int64_t now = run_now(t->run), until = m->remaining == 0 ? m->reset : CLOCK_UNKNOWN;
    until = t->quiet > until ? t->quiet : until;
    return until > now ? until : CLOCK_UNKNOWN;
}

/* The source failed in this run. wait: seconds that the service wants, or -1. */
static void give_up(struct task *t, const char *what, int64_t wait)
{
    struct memory *m = &t->memory;
    int64_t own = 0, until = quiet_until(t);
    if (until != CLOCK_UNKNOWN && until - run_now(t->run) > wait)
        wait = until - run_now(t->run);
    say(t, what);
    t->run->result->failed++;
    if (t->refresh == NULL) {
        open_gap(t);
        keep_problem(t, what);
        m->failures++;
        m->tried = t->poll.now;
        own = growing_wait(m->failures);
    }
    if (wait > 0 || t->refresh == NULL) {
        m->ordered = wait > 0;
        m->next = run_now(t->run) + (wait > own ? wait : own);
    }
    if (t->refresh == NULL)
        write_gap(t, str_of(what), false);
    write_and_end(t);
}

/* The run is done with the source, and nothing was wrong; whole: it was read to its
 * end. */
static void succeed(struct task *t, bool whole)
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
    int64_t until = quiet_until(t);
    if (poll || until != CLOCK_UNKNOWN) {
        m->next = until;
        m->ordered = until != CLOCK_UNKNOWN;
    }
    write_and_end(t);
}

/* ---- budgets ---- */

static double cost_of(const struct budget *b, const struct memory *m)
{
    return budget_cost(b, m->billed, m->requests);
}

/* Posts that may still be read this month, by one more request. */
static size_t allowance(const struct task *t)
{
    const struct budget *b = &t->planned->budget;
    const struct memory *m = &t->memory;
    double left = (double)SIZE_MAX;
    if (b->posts != INT64_MAX)
        left = (double)(b->posts - m->billed);
    if (b->money >= 0 && b->price > 0) {
        double affordable = (b->money - cost_of(b, m) - b->request_price) / b->price + 1e-6;
        left = affordable < left ? affordable : left;
    }
    return left <= 0 ? 0 : left >= 1e15 ? SIZE_MAX : (size_t)left;
}

static bool has_budget(const struct task *t)
{
    return t->planned->budget.posts != INT64_MAX || t->planned->budget.money >= 0;
}

/* May the request that the network asks for be sent? */
static bool is_affordable(const struct task *t)
{
    const struct budget *b = &t->planned->budget;
    size_t least = t->refresh != NULL ? t->refresh->asked : t->planned->subject.network->least;
    if (!has_budget(t))
        return true;
    if (b->money >= 0 && cost_of(b, &t->memory) + b->request_price > b->money + 1e-9)
        return false;
    bool free = t->poll.unbilled || t->poll.preparing;
    return free || t->poll.allowance >= (least > 0 ? least : 1);
}

/* The month's budget is spent: told once, with a gap that is open until the next. */
static void stop_spent(struct task *t)
{
    static const char what[] = "the month's budget is spent";
    struct memory *m = &t->memory;
    if (!m->spent || t->refresh != NULL)
        say(t, what);
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

/* ---- asking ---- */

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
    t->poll.allowance = allowance(t);
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

static void advance(struct task *t)
{
    struct err e;
    int64_t until = t->poll.pages > 0 ? quiet_until(t) : CLOCK_UNKNOWN;
    int64_t wait = until != CLOCK_UNKNOWN ? until - run_now(t->run) : 0;
    enum step step = next_step(t, &e);
    if (step == STEP_FAILED) {
        give_up(t, e.text, -1);
    } else if (step == STEP_DONE) {
        succeed(t, true);
    } else if (!is_affordable(t)) {
        stop_spent(t);
    } else if (is_enough(t)) {
        succeed(t, false);
    } else if (wait > t->run->plan->plan->patience) {
        t->run->result->waiting++;
        succeed(t, false);
    } else if (save(t)) {
        if (wait > 0)
            wait_for(t, wait * 1000 + 200);
        else
            send_request(t);
    }
}

/* ---- answers ---- */

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
        fail_run(t->run, &e);
}

static void tell_fault(struct task *t)
{
    t->run->result->faulty++;
    say(t, t->poll.fault.text);
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
        give_up(t, e.text, -1);
        return;
    }
    note_page(t, whole);
    t->dirty = true;
    t->tries = 0;
    if (write_lines(t))
        advance(t);
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
        wait_for(t, wait > 0 ? wait * 1000 + 200 : jittered(own));
    else
        give_up(t, what, wait);
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

static void describe(const struct task *t, struct buf *what)
{
    const struct answer *a = &t->exchange.answer;
    struct str rest, host = a->url;
    ptrdiff_t slashes = str_find(host, STR("://"));
    host = str_from(host, slashes >= 0 ? (size_t)slashes + 3 : 0);
    host = str_cut(str_cut(host, '/', &rest), '?', &rest);
    buf_addf(what, "HTTP %d from %.*s", a->status, (int)host.len, host.ptr);
    add_detail(t, what, a->body);
}

/* An answer that is no page. */
static void take_refusal(struct task *t, int status)
{
    struct buf what = {0};
    describe(t, &what);
    if (status == 304 && t->exchange.etag == NULL && t->exchange.modified == NULL) {
        give_up(t, buf_text(&what), -1);
    } else if (status == 304) {
        t->poll.pages++;
        advance(t);
    } else if (status >= 500 || status == 429 || status == 408 || status == 425) {
        try_again(t, buf_text(&what), wanted_wait(t));
    } else if (status >= 400 && may_mend(t)) {
        advance(t);
    } else {
        give_up(t, buf_text(&what), wanted_wait(t));
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

static void take_exchange(struct task *t)
{
    if (t->exchange.counts) {
        t->memory.requests++;
        t->memory.all_requests++;
        t->dirty = true;
    }
    switch (t->exchange.outcome) {
    case HTTP_ANSWERED: take_answer(t); break;
    case HTTP_FAILED: try_again(t, t->exchange.problem.text, -1); break;
    case HTTP_REFUSED: give_up(t, t->exchange.problem.text, -1); break;
    }
}

/* ---- tasks begin ---- */

/* What a source asks for; a change of it makes its cursor meaningless. */
static void identity_of(const struct planned *planned, struct buf *to)
{
    const struct subject *s = &planned->subject;
    buf_addf(to, "%s %s", s->network->kind, s->base != NULL ? s->base : "");
    for (size_t i = 0; s->network->keys[i].name != NULL; i++) {
        if (s->values[i] != NULL && !s->network->keys[i].manner)
            buf_addf(to, "\n%s=%s", s->network->keys[i].name, s->values[i]);
    }
}

/* A source that begins anew reads back as far as `first`: an open gap within that is read
 * with it, as when an address has been put right. */
static bool reads_gap_again(const struct task *t)
{
    int64_t gap = t->memory.gap;
    return gap != CLOCK_UNKNOWN && gap >= t->poll.now - t->planned->subject.first;
}

static void check_identity(struct task *t)
{
    struct memory *m = &t->memory;
    struct buf identity = {0};
    identity_of(t->planned, &identity);
    if (!str_equal(buf_str(&identity), buf_str(&m->identity))) {
        if (m->identity.len > 0)
            say(t, "asks for something else now: begins anew");
        cursor_clear(&m->cursor);
        known_free(&m->known);
        buf_clear(&m->etag);
        buf_clear(&m->modified);
        m->tried = CLOCK_UNKNOWN;
        if (!reads_gap_again(t))
            m->gap = CLOCK_UNKNOWN;
        m->failures = 0;
        if (!m->ordered)
            m->next = CLOCK_UNKNOWN;
        buf_clear(&m->identity);
        buf_add_str(&m->identity, buf_str(&identity));
    }
    buf_free(&identity);
}

/* A budget that was raised is one to go on with. */
static void check_spent(struct task *t)
{
    struct memory *m = &t->memory;
    t->poll.allowance = allowance(t);
    if (!m->spent || !is_affordable(t))
        return;
    m->spent = false;
    m->next = CLOCK_UNKNOWN;
}

static bool is_due(const struct task *t, int64_t now)
{
    const struct memory *m = &t->memory;
    bool ahead = m->tried != CLOCK_UNKNOWN && m->tried > now; /* the clock was, when it was noted */
    bool waits = m->next != CLOCK_UNKNOWN && m->next > now && !ahead;
    if (waits && (t->run->plan->cron || m->ordered))
        return false;
    if (!t->run->plan->cron || m->tried == CLOCK_UNKNOWN || ahead || m->failures > 0)
        return true;
    return now - m->tried >= t->planned->every - 5; /* cron is not punctual */
}

static bool open_exprs(struct task *t, struct err *e)
{
    const struct network_key *keys = t->planned->subject.network->keys;
    for (size_t i = 0; keys[i].name != NULL; i++) {
        const char *text = t->planned->subject.values[i];
        if (keys[i].shape != KEY_EXPR || text == NULL)
            continue;
        t->poll.exprs[i] =
            t->planned->settings.now_told ? expr_new_at(text, t->poll.now, e) : expr_new(text, e);
        if (t->poll.exprs[i] == NULL)
            return false;
    }
    return true;
}

static bool open_poll(struct task *t, int64_t now, struct err *e)
{
    struct memory *m = &t->memory;
    t->planned->settings.now = now;
    t->planned->settings.now_told = t->run->plan->now != CLOCK_UNKNOWN;
    t->poll = (struct poll){.subject = &t->planned->subject,
                            .cursor = &m->cursor,
                            .session = &m->session,
                            .known = &m->known,
                            .lines = &t->lines,
                            .now = now,
                            .last = m->succeeded,
                            .gap = m->gap != CLOCK_UNKNOWN,
                            .refreshing = t->refresh != NULL};
    t->poll.source = source_new(&t->planned->settings, e);
    known_begin(&m->known);
    return t->poll.source != NULL && open_exprs(t, e);
}

/* Makes a task for a source; it is over at once where the source cannot be asked now. */
static void begin_task(struct run *run, struct task *t, struct planned *planned,
                       struct refresh *refresh)
{
    struct err e;
    int64_t now = run_now(run);
    *t = (struct task){.run = run, .planned = planned, .refresh = refresh, .quiet = CLOCK_UNKNOWN};
    t->poll.now = now;
    if (!memory_load(&t->memory, run->plan->directory, planned->subject.name, &e)) {
        say(t, e.text);
        run->result->failed++;
        end_task(t);
        return;
    }
    memory_turn_month(&t->memory, now);
    check_identity(t);
    if (refresh == NULL)
        check_spent(t);
    if (!is_due(t, now)) {
        run->result->waiting++;
        end_task(t);
        return;
    }
    run->result->polled++;
    if (!plan_secret(run->plan->plan, planned, &e) || !open_poll(t, now, &e))
        give_up(t, e.text, -1);
}

static void close_task(struct task *t)
{
    http_done(&t->exchange);
    request_free(&t->poll.request);
    source_free(t->poll.source);
    for (size_t i = 0; i < NETWORK_KEYS; i++)
        expr_free(t->poll.exprs[i]);
    buf_free(&t->lines);
    buf_free(&t->charset);
    buf_free(&t->base);
    memory_free(&t->memory);
}

/* ---- the loop ---- */

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
        advance(t);
    }
    return (int)(soonest - now);
}

static void run_tasks(struct run *run)
{
    while (run->over < run->count && !run->stopped) {
        int timeout = start_ready(run);
        show_progress(run);
        if (run->stopped || run->over == run->count)
            break;
        struct http_exchange *x = http_wait(run->http, timeout);
        if (x != NULL)
            take_exchange(x->context);
    }
    clear_progress(run);
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
        close_task(&run->tasks[i]);
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
        if (!is_named(plan, planned->subject.name))
            continue;
        begin_task(&run, &run.tasks[at], planned, NULL);
        run.tasks[at].exchange.context = &run.tasks[at];
        at++;
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
    for (size_t i = 0; i < count; i++) {
        begin_task(&run, &run.tasks[i], list[i].planned, &list[i]);
        run.tasks[i].exchange.context = &run.tasks[i];
    }
    run_tasks(&run);
    bool done = close_run(&run, e);
    refresh_free(list, count);
    return done;
}
