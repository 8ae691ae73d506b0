/*
 * A task begins with what is remembered of its source: whether it still asks for the same, whether
 * its time has come, and whether its budget lets it.
 */
#include "base/clock.h"
#include "fetch/run-parts.h"

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
            task_say(t, "asks for something else now: begins anew");
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
    t->poll.allowance = task_allowance(t);
    if (!m->spent || !task_is_affordable(t))
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

void task_begin(struct run *run, struct task *t, struct planned *planned, struct refresh *refresh)
{
    struct err e;
    int64_t now = run_now(run);
    *t = (struct task){.run = run,
                       .planned = planned,
                       .exchange.context = t,
                       .refresh = refresh,
                       .quiet = CLOCK_UNKNOWN};
    t->poll.now = now;
    if (!memory_load(&t->memory, run->plan->directory, planned->subject.name, &e)) {
        task_say(t, e.text);
        run->result->failed++;
        task_end(t);
        return;
    }
    memory_turn_month(&t->memory, now);
    check_identity(t);
    if (refresh == NULL)
        check_spent(t);
    if (!is_due(t, now)) {
        run->result->waiting++;
        task_end(t);
        return;
    }
    run->result->polled++;
    if (!plan_secret(run->plan->plan, planned, &e) || !open_poll(t, now, &e))
        task_give_up(t, e.text, -1);
}

void task_close(struct task *t)
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
