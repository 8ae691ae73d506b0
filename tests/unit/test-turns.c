/* lib/base/turns: what becomes of the scheduling that a program was started with. */
#define _GNU_SOURCE /* SCHED_BATCH, SCHED_IDLE */
#include "unit.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/turns.h"

/* Runs a test in a process of its own, so that the others' scheduling stays. */
static void apart(void (*test)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        test();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define CHECK(holds)                                                                               \
    do {                                                                                           \
        if (!(holds))                                                                              \
            _exit(1);                                                                              \
    } while (false)

static void stays_nice(void)
{
    errno = 0;
    int niceness = nice(3);
    CHECK(errno == 0 && niceness > 0);
    turns_long();
    CHECK(errno == 0);
    CHECK(getpriority(PRIO_PROCESS, 0) == niceness);
    CHECK(sched_getscheduler(0) == SCHED_BATCH || sched_getscheduler(0) == SCHED_OTHER);
}

static void keeps_niceness(void **state)
{
    (void)state;
    apart(stays_nice);
}

static void stays_idle(void)
{
    struct sched_param none = {.sched_priority = 0};
    CHECK(sched_setscheduler(0, SCHED_IDLE, &none) == 0);
    turns_long();
    CHECK(sched_getscheduler(0) == SCHED_IDLE);
}

static void keeps_what_a_user_chose(void **state)
{
    (void)state;
    apart(stays_idle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_niceness),
        cmocka_unit_test(keeps_what_a_user_chose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
