/* Checked output. */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

#define OUTPUT_ENOUGH ((size_t)512 * 1024)
#define PIPE_BYTES    (1024 * 1024) /* what Linux gives to anyone who asks */

bool output_hold_standard(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
            return false;
    return true;
}

/* The 64 KiB that a pipe has by itself are full before a chunk is written: writer and
 * reader would wake each other all the time. Where it cannot be had, it stays as it is. */
static void widen_pipe(int fd)
{
#ifdef F_SETPIPE_SZ
    int before = errno; /* a caller may yet have to tell why fd is none */
    int size = fcntl(fd, F_GETPIPE_SZ);
    if (size > 0 && size < PIPE_BYTES)
        (void)fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
    errno = before;
#else
    (void)fd;
#endif
}

void output_open(struct output *o, int fd, const char *name)
{
    widen_pipe(fd);
    *o = (struct output){.fd = fd, .name = name};
}

static void output_write(struct output *o, struct str bytes)
{
    while (bytes.len > 0 && o->error == 0) {
        ssize_t written = write(o->fd, bytes.ptr, bytes.len);
        if (written >= 0)
            bytes = str_from(bytes, (size_t)written);
        else if (errno == EAGAIN) /* whoever shares the descriptor made it non-blocking */
            poll(&(struct pollfd){.fd = o->fd, .events = POLLOUT}, 1, -1);
        else if (errno != EINTR)
            o->error = errno;
    }
}

/* Is it a file that is added to, and does it end amid a line? It can only be written by this
 * descriptor, so it is opened once more. */
static bool is_torn(int fd)
{
    struct stat info;
    char path[32], last = '\n';
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_APPEND) == 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) ||
        info.st_size == 0)
        return false;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDONLY | O_CLOEXEC);
    if (again < 0)
        return false;
    bool torn = pread(again, &last, 1, info.st_size - 1) == 1 && last != '\n';
    close(again);
    return torn;
}

bool output_create(struct output *o, const char *path, const char *option, struct err *e)
{
    if (strcmp(path, "-") == 0) /* which elsewhere is standard output: records go there */
        return err_set(e, "--%s: - names no file", option);
    if (file_is_open(path, STDOUT_FILENO))
        return err_set(e, "--%s: %s is also standard output", option, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return err_system(e, "cannot open %s", path);
    output_open(o, fd, path);
    return true;
}

void output_open_standard(struct output *o)
{
    output_open(o, STDOUT_FILENO, "standard output");
    if (is_torn(STDOUT_FILENO))
        output_add(o, STR("\n"));
}

void output_add(struct output *o, struct str bytes)
{
    if (o->pending.len + bytes.len >= OUTPUT_ENOUGH) {
        output_write(o, buf_str(&o->pending));
        buf_clear(&o->pending);
    }
    if (bytes.len >= OUTPUT_ENOUGH)
        output_write(o, bytes);
    else
        buf_add_str(&o->pending, bytes);
}

static bool output_status(const struct output *o, struct err *e)
{
    if (o->error == 0)
        return true;
    errno = o->error;
    return err_system(e, "cannot write %s", o->name);
}

bool output_flush(struct output *o, struct err *e)
{
    output_write(o, buf_str(&o->pending));
    buf_clear(&o->pending);
    return output_status(o, e);
}

bool output_close(struct output *o, struct err *e)
{
    output_write(o, buf_str(&o->pending));
    buf_free(&o->pending);
    if (o->fd >= 0 && close(o->fd) != 0 && o->error == 0)
        o->error = errno;
    o->fd = -1;
    return output_status(o, e);
}
