/*
 * A ring of jobs. Their numbers only grow: `given` by the owner, `started` by
 * whichever worker is free, `collected` in order. One lock suffices, since a job
 * is a chunk of some 250 KB and not a line.
 */
#include "base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

struct thread {
    pthread_t id;
    struct pool *pool;
    void *worker;
};

struct pool {
    struct pool_plan plan;
    struct thread *threads;
    size_t thread_count;
    pthread_t collector;
    bool collecting; /* the collector thread runs */
    bool *done;      /* by job: worked on, not yet collected */
    size_t given, started, collected;
    bool closing, stopped;
    pthread_mutex_t lock;
    pthread_cond_t job_there, job_done, job_free;
};

static void *pool_work(void *argument)
{
    struct thread *t = argument;
    struct pool *p = t->pool;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->started == p->given && !p->closing)
            pthread_cond_wait(&p->job_there, &p->lock);
        if (p->started == p->given)
            break;
        size_t slot = p->started++ % p->plan.job_count;
        bool skip = p->stopped;
        pthread_mutex_unlock(&p->lock);
        if (!skip)
            p->plan.work(t->worker, p->plan.jobs[slot]);
        pthread_mutex_lock(&p->lock);
        p->done[slot] = true;
        pthread_cond_signal(&p->job_done);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void *pool_collect(void *argument)
{
    struct pool *p = argument;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        size_t slot = p->collected % p->plan.job_count;
        bool there = p->collected < p->given;
        if (!there && p->closing)
            break;
        if (!there || !p->done[slot]) {
            pthread_cond_wait(&p->job_done, &p->lock);
            continue;
        }
        bool idle = p->collected + 1 == p->given;
        bool skip = p->stopped;
        pthread_mutex_unlock(&p->lock);
        bool on = skip || p->plan.collect(p->plan.context, p->plan.jobs[slot], idle);
        pthread_mutex_lock(&p->lock);
        p->stopped = p->stopped || !on;
        p->done[slot] = false;
        p->collected++;
        pthread_cond_signal(&p->job_free);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static int pool_start(struct pool *p)
{
    if (p->plan.threads == 0)
        return 0;
    int failure = pthread_create(&p->collector, NULL, pool_collect, p);
    p->collecting = failure == 0;
    for (; failure == 0 && p->thread_count < p->plan.threads; p->thread_count++) {
        struct thread *t = &p->threads[p->thread_count];
        *t = (struct thread){.pool = p, .worker = p->plan.workers[p->thread_count]};
        failure = pthread_create(&t->id, NULL, pool_work, t);
        if (failure != 0)
            break;
    }
    return failure;
}

struct pool *pool_new(const struct pool_plan *plan)
{
    struct pool *p = mem_zero(1, sizeof *p);
    p->plan = *plan;
    p->threads = mem_zero(plan->threads, sizeof *p->threads);
    p->done = mem_zero(plan->job_count, sizeof *p->done);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->job_there, NULL);
    pthread_cond_init(&p->job_done, NULL);
    pthread_cond_init(&p->job_free, NULL);
    int failure = pool_start(p);
    if (failure == 0)
        return p;
    pool_finish(p);
    errno = failure;
    return NULL;
}

void *pool_free_job(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    while (p->given - p->collected == p->plan.job_count && !p->stopped)
        pthread_cond_wait(&p->job_free, &p->lock);
    void *job = p->stopped ? NULL : p->plan.jobs[p->given % p->plan.job_count];
    pthread_mutex_unlock(&p->lock);
    return job;
}

void pool_give(struct pool *p)
{
    if (p->plan.threads == 0) {
        void *job = p->plan.jobs[p->given % p->plan.job_count];
        p->plan.work(p->plan.workers[0], job);
        p->stopped = !p->plan.collect(p->plan.context, job, true);
        p->given++;
        p->collected++;
        return;
    }
    pthread_mutex_lock(&p->lock);
    p->given++;
    pthread_cond_signal(&p->job_there);
    pthread_mutex_unlock(&p->lock);
}

void pool_finish(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->closing = true;
    pthread_cond_broadcast(&p->job_there);
    pthread_cond_broadcast(&p->job_done);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < p->thread_count; i++)
        pthread_join(p->threads[i].id, NULL);
    if (p->collecting)
        pthread_join(p->collector, NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->job_there);
    pthread_cond_destroy(&p->job_done);
    pthread_cond_destroy(&p->job_free);
    free(p->threads);
    free(p->done);
    free(p);
}
