/* Whole files, and the place of installed data. */
#define _GNU_SOURCE /* mkostemp */
#include "base/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#ifndef HINOBAN_DATADIR
#define HINOBAN_DATADIR "/usr/local/share/hinoban"
#endif

bool file_read(struct buf *to, const char *path, struct err *e)
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_system(e, "cannot open %s", path);
    ssize_t got;
    do {
        buf_reserve(to, (size_t)64 * 1024);
        got = read(fd, to->data + to->len, to->cap - to->len);
        if (got > 0)
            to->len += (size_t)got;
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (got < 0)
        err_system(e, "cannot read %s", path);
    if (fd != STDIN_FILENO)
        close(fd);
    return got == 0;
}

#define LINKS_MAX 40 /* as many as Linux follows */

char *file_place(const char *path)
{
    struct buf place = {0};
    char target[PATH_MAX];
    ssize_t length;
    buf_add_text(&place, path);
    for (int links = 0; (length = readlink(buf_text(&place), target, sizeof target)) > 0; links++) {
        if (links == LINKS_MAX)
            break;
        while (place.len > 0 && (*target == '/' || place.data[place.len - 1] != '/'))
            place.len--;
        buf_add(&place, target, (size_t)length);
    }
    char *found = length > 0 ? NULL : mem_string(buf_str(&place));
    buf_free(&place);
    errno = ELOOP;
    return found;
}

char *file_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? mem_string(STR("."))
                         : mem_string((struct str){path, (size_t)(slash - path) + 1});
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool file_is_beside(const char *a, const char *b)
{
    struct stat x, y;
    char *folder_a = file_folder(a), *folder_b = file_folder(b);
    bool one = stat(folder_a, &x) == 0 && stat(folder_b, &y) == 0 && is_same(&x, &y);
    free(folder_a);
    free(folder_b);
    return one;
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

bool file_is_one(const char *a, const char *b)
{
    struct stat x, y;
    bool x_there = stat(a, &x) == 0, y_there = stat(b, &y) == 0;
    if (x_there || y_there)
        return x_there && y_there && S_ISREG(x.st_mode) && is_same(&x, &y);
    char *place_a = file_place(a), *place_b = file_place(b);
    bool one = place_a != NULL && place_b != NULL &&
               strcmp(last_name(place_a), last_name(place_b)) == 0 &&
               file_is_beside(place_a, place_b);
    free(place_a);
    free(place_b);
    return one;
}

bool file_is_open(const char *path, int fd)
{
    struct stat file, other;
    return stat(path, &file) == 0 && S_ISREG(file.st_mode) && fstat(fd, &other) == 0 &&
           is_same(&file, &other);
}

bool file_is(const char *path, const char *operand)
{
    if (strcmp(operand, "-") == 0)
        return file_is_open(path, STDIN_FILENO);
    return access(operand, F_OK) == 0 && file_is_one(path, operand);
}

bool folder_make(const char *path, struct err *e)
{
    char *copy = mem_string(str_of(path));
    bool made = true;
    for (size_t length = strlen(copy); length > 1 && copy[length - 1] == '/';)
        copy[--length] = '\0'; /* or the last one would be made as those on the way are */
    for (char *slash = *copy == '\0' ? NULL : strchr(copy + 1, '/'); slash != NULL && made;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        made = mkdir(copy, 0777) == 0 || errno == EEXIST;
        if (!made)
            err_system(e, "cannot make folder %s", copy);
        *slash = '/';
    }
    if (made && mkdir(copy, 0700) != 0 && errno != EEXIST)
        made = err_system(e, "cannot make folder %s", copy);
    free(copy);
    return made;
}

int file_nameless(struct buf *path, struct err *e)
{
    const char *folder = getenv("TMPDIR");
    struct buf name = {0};
    buf_addf(&name, "%s/hinoban-XXXXXX", folder != NULL && *folder != '\0' ? folder : "/tmp");
    char *made = mem_string(buf_str(&name));
    int fd = mkostemp(made, O_CLOEXEC);
    if (fd < 0)
        err_system(e, "cannot make a temporary file %s", buf_text(&name));
    else
        unlink(made);
    buf_addf(path, "/proc/self/fd/%d", fd);
    buf_free(&name);
    free(made);
    return fd;
}

static bool own_directory(struct buf *path)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self);
    if (len <= 0 || (size_t)len >= sizeof self)
        return false;
    while (len > 0 && self[len - 1] != '/')
        len--;
    buf_add(path, self, (size_t)len);
    return true;
}

char *data_path(const char *name)
{
    struct buf path = {0};
    const char *set = getenv("HINOBAN_DATA");
    if (set != NULL && *set != '\0') {
        buf_addf(&path, "%s/%s", set, name);
    } else {
        if (own_directory(&path))
            buf_addf(&path, "../share/hinoban/%s", name);
        if (path.len == 0 || access(buf_text(&path), F_OK) != 0) {
            buf_clear(&path);
            buf_addf(&path, "%s/%s", HINOBAN_DATADIR, name);
        }
    }
    char *found = mem_string(buf_str(&path));
    buf_free(&path);
    return found;
}
