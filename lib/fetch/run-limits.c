/*
 * What may be asked of a service, and when: the clock of the run, waiting that grows, what the
 * service has said of its limits, and the month's budget.
 */
#define _GNU_SOURCE /* getrandom */
#include <sys/random.h>

#include "base/clock.h"
#include "fetch/refresh.h"
#include "fetch/run-parts.h"

#define FIRST_WAIT   60 /* seconds after the first run that failed; doubled with each */
#define LONGEST_WAIT 3600

int64_t run_now(const struct run *run)
{
    int64_t told = run->plan->now;
    return told != CLOCK_UNKNOWN ? told + (clock_steady() - run->began) / 1000 : clock_now();
}

int64_t run_jittered(int64_t value)
{
    uint32_t chance = 1u << 31;
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != sizeof chance)
        chance = (uint32_t)clock_steady() * 2654435761u;
    return value - value / 4 + (int64_t)((double)value / 2 * chance / UINT32_MAX);
}

int64_t run_growing_wait(int64_t failures)
{
    int64_t wait = FIRST_WAIT;
    for (int64_t i = 1; i < failures && wait < LONGEST_WAIT; i++)
        wait *= 2;
    return run_jittered(wait > LONGEST_WAIT ? LONGEST_WAIT : wait);
}

int64_t task_quiet_until(const struct task *t)
{
    const struct memory *m = &t->memory;
    int64_t now = run_now(t->run), until = m->remaining == 0 ? m->reset : CLOCK_UNKNOWN;
    until = t->quiet > until ? t->quiet : until;
    return until > now ? until : CLOCK_UNKNOWN;
}

static double cost_of(const struct budget *b, const struct memory *m)
{
    return budget_cost(b, m->billed, m->requests);
}

size_t task_allowance(const struct task *t)
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

bool task_is_affordable(const struct task *t)
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
