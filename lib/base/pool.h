/*
 * An ordered pool of worker threads. Jobs are given by one thread, worked on by
 * several, and collected in the order they were given by one more; so reading,
 * work and writing overlap. With no threads, giving a job does all three at once.
 * The pool owns neither jobs nor workers.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool;

struct pool_plan {
    size_t threads;       /* workers at once; 0: all in the caller's thread */
    void *const *workers; /* one for each thread (one when threads is 0) */
    void *const *jobs;    /* the jobs that go round and round */
    size_t job_count;     /* at least 1; more than threads, to keep them busy */
    void (*work)(void *worker, void *job);
    /* Called in order. idle: no other job is under way. False stops the pool. */
    bool (*collect)(void *context, void *job, bool idle);
    void *context;
};

/* NULL, with errno set, when threads cannot be started. */
struct pool *pool_new(const struct pool_plan *plan);

/* A job that is free to be filled; waits for one. NULL when the pool was stopped. */
void *pool_free_job(struct pool *p);

/* Hands in the job that pool_free_job() returned last. */
void pool_give(struct pool *p);

/* Waits until all that was given is collected, ends the threads and frees the pool. */
void pool_finish(struct pool *p);

#endif
