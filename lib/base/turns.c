/* Turns of the processor, as Linux knows them. */
#define _GNU_SOURCE /* syscall, SCHED_BATCH */
#include "base/turns.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined SYS_sched_setattr && defined SYS_sched_getattr && defined SCHED_BATCH

#define TURN_NS 20000000u /* the system's own are 3 ms, as a rule */

/* Of sched_getattr(2) and sched_setattr(2), for which the C library has no function. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

void turns_long(void)
{
    struct attributes own = {.size = sizeof own};
    int before = errno;
    if (syscall(SYS_sched_getattr, 0, &own, sizeof own, 0) == 0 && own.policy == SCHED_OTHER) {
        own.policy = SCHED_BATCH; /* the rest, such as what nice(1) set, stays */
        own.runtime = TURN_NS;
        (void)syscall(SYS_sched_setattr, 0, &own, 0);
    }
    errno = before;
}

#else

void turns_long(void)
{
}

#endif
