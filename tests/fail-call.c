/*
 * For tests/faults and tests/dedupe-faults, as LD_PRELOAD: lets one call fail that makes
 * things last, the FAULT-th of the program (from 1), with ENOSPC. Those of sockets do not
 * count. FAULTS_LOG gets the call's name.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void note(const char *name)
{
    const char *path = getenv("FAULTS_LOG");
    FILE *log = path != NULL ? fopen(path, "w") : NULL;
    if (log != NULL) {
        fprintf(log, "%s\n", name);
        fclose(log);
    }
}

/* Is it this call's turn? */
static bool fails(const char *name)
{
    static long count;
    const char *wanted = getenv("FAULT");
    if (wanted == NULL || ++count != strtol(wanted, NULL, 10))
        return false;
    note(name);
    errno = ENOSPC;
    return true;
}

static bool is_file(int fd)
{
    struct stat about;
    return fd != STDERR_FILENO && fstat(fd, &about) == 0 && !S_ISSOCK(about.st_mode) &&
           (fd == STDOUT_FILENO || S_ISREG(about.st_mode) || S_ISDIR(about.st_mode));
}

/* The function that is stood in for. ISO C has no cast from void * to it. */
#define REAL(name)                                                                                 \
    __typeof__(name) *real;                                                                        \
    void *found = dlsym(RTLD_NEXT, #name);                                                         \
    memcpy(&real, &found, sizeof real)

ssize_t write(int fd, const void *bytes, size_t count)
{
    REAL(write);
    return is_file(fd) && fails("write") ? -1 : real(fd, bytes, count);
}

int fsync(int fd)
{
    REAL(fsync);
    return fails("fsync") ? -1 : real(fd);
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    return fails("fdatasync") ? -1 : real(fd);
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    return fails("rename") ? -1 : real(from, to);
}

int mkostemp(char *name, int flags)
{
    REAL(mkostemp);
    return fails("mkostemp") ? -1 : real(name, flags);
}

int fchmod(int fd, mode_t mode)
{
    REAL(fchmod);
    return fails("fchmod") ? -1 : real(fd, mode);
}

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    return fails("mkdir") ? -1 : real(path, mode);
}

/* Only those that make a file: whether others can be opened is not for us to say, since
 * libraries open what they can do without. */
int open(const char *path, int flags, ...)
{
    REAL(open);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return (flags & O_CREAT) != 0 && fails("open") ? -1 : real(path, flags, mode);
}
