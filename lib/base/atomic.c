/* Files that are replaced whole or not at all. */
#define _GNU_SOURCE /* mkostemp */
#include "base/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static mode_t atomic_mode(const char *path)
{
    struct stat old;
    if (stat(path, &old) == 0)
        return old.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

bool atomic_open(struct atomic *a, const char *path, struct err *e)
{
    *a = (struct atomic){.path = mem_string(str_of(path))};
    struct buf name = {0};
    buf_addf(&name, "%s.XXXXXX", path);
    a->temporary = mem_string(buf_str(&name));
    buf_free(&name);
    int fd = mkostemp(a->temporary, O_CLOEXEC);
    if (fd >= 0 && fchmod(fd, atomic_mode(path)) == 0) {
        output_open(&a->out, fd, a->path);
        return true;
    }
    err_system(e, "cannot create a file beside %s", path);
    if (fd >= 0) {
        close(fd);
        unlink(a->temporary);
    }
    free(a->temporary);
    free(a->path);
    *a = (struct atomic){.out.fd = -1};
    return false;
}

static bool atomic_sync_directory(const char *path, struct err *e)
{
    const char *slash = strrchr(path, '/');
    char *directory = slash == NULL ? mem_string(STR("."))
                                    : mem_string((struct str){path, (size_t)(slash - path) + 1});
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    if (!synced)
        err_system(e, "cannot sync directory %s", directory);
    if (fd >= 0)
        close(fd);
    free(directory);
    return synced;
}

static void atomic_done(struct atomic *a)
{
    free(a->temporary);
    free(a->path);
    a->temporary = a->path = NULL;
}

bool atomic_commit(struct atomic *a, struct err *e)
{
    bool written = output_flush(&a->out, e);
    if (written && fsync(a->out.fd) != 0)
        written = err_system(e, "cannot sync %s", a->path);
    struct err late;
    if (!output_close(&a->out, &late) && written) {
        *e = late;
        written = false;
    }
    if (written && rename(a->temporary, a->path) != 0)
        written = err_system(e, "cannot replace %s", a->path);
    if (!written)
        unlink(a->temporary);
    else
        written = atomic_sync_directory(a->path, e);
    atomic_done(a);
    return written;
}

void atomic_abandon(struct atomic *a)
{
    struct err ignored;
    if (a->path == NULL)
        return;
    a->out.error = EIO; /* nothing more is written */
    output_close(&a->out, &ignored);
    unlink(a->temporary);
    atomic_done(a);
}
