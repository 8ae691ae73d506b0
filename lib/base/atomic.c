/*
 * Files that are replaced whole or not at all. What a path names may be a link, whose
 * file is the one to replace, or a device or a pipe, which is written to as it stands.
 */
#define _GNU_SOURCE /* mkostemp */
#include "base/atomic.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"

/* What a file that is being written has behind its name: no name that people would give, since
 * atomic_sweep() removes what has it. */
#define TEMPORARY ".new-XXXXXX"
#define CHANCE    (sizeof "XXXXXX" - 1)

static mode_t atomic_mode(const char *path)
{
    struct stat old;
    if (stat(path, &old) == 0)
        return old.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static void atomic_done(struct atomic *a)
{
    free(a->temporary);
    free(a->path);
    a->temporary = a->path = NULL;
}

/* A device, a pipe, or standard output: nothing to replace. */
static bool open_stream(struct atomic *a, const char *path)
{
    int fd = strcmp(path, "-") == 0 ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CLOEXEC);
    output_open(&a->out, fd, a->path);
    return fd >= 0;
}

static bool open_temporary(struct atomic *a)
{
    struct buf name = {0};
    buf_addf(&name, "%s" TEMPORARY, a->path);
    a->temporary = mem_string(buf_str(&name));
    buf_free(&name);
    int fd = mkostemp(a->temporary, O_CLOEXEC);
    output_open(&a->out, fd, a->path);
    if (fd >= 0 && fchmod(fd, atomic_mode(a->path)) == 0)
        return true;
    if (fd >= 0) {
        close(fd);
        unlink(a->temporary);
    }
    return false;
}

bool atomic_open(struct atomic *a, const char *path, struct err *e)
{
    struct stat old;
    bool there = stat(path, &old) == 0, folder = there && S_ISDIR(old.st_mode);
    bool stream = strcmp(path, "-") == 0 || (there && !S_ISREG(old.st_mode));
    *a = (struct atomic){.out.fd = -1};
    if (folder || *path == '\0') { /* what was written could not be put there in the end */
        errno = folder ? EISDIR : ENOENT;
        return err_system(e, "cannot write to '%s'", path);
    }
    *a =
        (struct atomic){.path = stream ? mem_string(str_of(path)) : file_place(path), .out.fd = -1};
    if (a->path != NULL && (stream ? open_stream(a, path) : open_temporary(a)))
        return true;
    err_system(e, stream ? "cannot open %s" : "cannot create a file beside %s", path);
    atomic_done(a);
    a->out.fd = -1;
    return false;
}

static bool atomic_sync_directory(const char *path, struct err *e)
{
    char *directory = file_folder(path);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    if (!synced)
        err_system(e, "cannot sync directory %s", directory);
    if (fd >= 0)
        close(fd);
    free(directory);
    return synced;
}

bool atomic_commit(struct atomic *a, struct err *e)
{
    bool replaces = a->temporary != NULL;
    bool written = output_flush(&a->out, e);
    if (written && replaces && fsync(a->out.fd) != 0)
        written = err_system(e, "cannot sync %s", a->path);
    struct err late;
    if (!output_close(&a->out, &late) && written) {
        *e = late;
        written = false;
    }
    if (written && replaces && rename(a->temporary, a->path) != 0)
        written = err_system(e, "cannot replace %s", a->path);
    if (replaces && !written)
        unlink(a->temporary);
    else if (replaces)
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
    if (a->temporary != NULL)
        unlink(a->temporary);
    atomic_done(a);
}

/* Is it the name of a file that was being written, as open_temporary() makes them? */
static bool is_left_over(struct str name, struct str ending)
{
    size_t fixed = strlen(TEMPORARY) - CHANCE, tail = ending.len + strlen(TEMPORARY);
    if (name.len <= tail)
        return false;
    struct str end = str_from(name, name.len - tail);
    if (!str_starts(end, ending))
        return false;
    end = str_from(end, ending.len);
    return str_starts(end, (struct str){TEMPORARY, fixed}) &&
           memchr(end.ptr + fixed, '.', CHANCE) == NULL;
}

void atomic_sweep(const char *folder, const char *ending)
{
    DIR *d = opendir(folder);
    struct dirent *entry;
    while (d != NULL && (entry = readdir(d)) != NULL)
        if (is_left_over(str_of(entry->d_name), str_of(ending)))
            unlinkat(dirfd(d), entry->d_name, 0);
    if (d != NULL)
        closedir(d);
}
