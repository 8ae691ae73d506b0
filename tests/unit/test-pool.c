/* lib/base/pool: collected in the order given, whatever the threads do; stopping. */
#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/pool.h"

struct job {
    unsigned number;
    unsigned long square;
};

struct sink {
    unsigned next, stop_at;
    size_t idle;
    bool in_order;
};

static void square(void *worker, void *given)
{
    unsigned *done = worker;
    struct job *job = given;
    if (job->number % 7 == 0)
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    job->square = (unsigned long)job->number * job->number;
    (*done)++;
}

static bool collect(void *context, void *given, bool idle)
{
    struct sink *sink = context;
    const struct job *job = given;
    sink->in_order = sink->in_order && job->number == sink->next &&
                     job->square == (unsigned long)job->number * job->number;
    sink->next++;
    sink->idle += idle;
    return sink->next != sink->stop_at;
}

/* Gives `count` jobs; returns how many could be given. */
static unsigned run(size_t threads, size_t job_count, unsigned count, struct sink *sink)
{
    unsigned done[16] = {0};
    struct job jobs[32];
    void *workers[16], *list[32];
    for (size_t i = 0; i < 16; i++)
        workers[i] = &done[i];
    for (size_t i = 0; i < job_count; i++)
        list[i] = &jobs[i];
    struct pool *p = pool_new(&(struct pool_plan){.threads = threads,
                                                  .workers = workers,
                                                  .jobs = list,
                                                  .job_count = job_count,
                                                  .work = square,
                                                  .collect = collect,
                                                  .context = sink});
    assert_non_null(p);
    unsigned given = 0;
    for (; given < count; given++) {
        struct job *job = pool_free_job(p);
        if (job == NULL)
            break;
        job->number = given;
        pool_give(p);
    }
    pool_finish(p);
    return given;
}

static void keeps_order(void **state)
{
    (void)state;
    static const size_t plans[][2] = {{0, 1}, {1, 1}, {1, 2}, {2, 2}, {2, 6}, {8, 18}, {16, 32}};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        for (unsigned count = 0; count < 700; count = count * 3 + 1) {
            struct sink sink = {.in_order = true, .stop_at = UINT32_MAX};
            assert_int_equal(run(plans[i][0], plans[i][1], count, &sink), count);
            assert_true(sink.in_order);
            assert_int_equal(sink.next, count);
            if (count > 0)
                assert_true(sink.idle > 0); /* the last one at least */
        }
}

static void stops_when_told(void **state)
{
    (void)state;
    for (size_t threads = 0; threads <= 8; threads += 4) {
        struct sink sink = {.in_order = true, .stop_at = 10};
        unsigned given = run(threads, threads > 0 ? 2 * threads + 2 : 1, 100000, &sink);
        assert_true(given < 100000);
        assert_int_equal(sink.next, 10); /* nothing is collected after that */
        assert_true(sink.in_order);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order),
        cmocka_unit_test(stops_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
