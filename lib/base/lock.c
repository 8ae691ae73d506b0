/* Locks by flock(2): the system takes them back from a program that was killed. */
#define _DEFAULT_SOURCE /* flock */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

bool lock_take(const char *path, bool *busy, struct err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    *busy = false;
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return true; /* the descriptor stays open as long as the program runs */
    *busy = fd >= 0 && errno == EWOULDBLOCK;
    if (*busy)
        err_set(e, "%s is in use by another program", path);
    else
        err_system(e, "cannot lock %s", path);
    if (fd >= 0)
        close(fd);
    return false;
}
