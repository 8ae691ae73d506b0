/* A head of fixed size, then settings, standing and tables, each from a multiple of 8 on. */
#define _DEFAULT_SOURCE /* MAP_NORESERVE */
#include "alike/state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/hash.h"

#define MAGIC   "hinoban dedupe\n" /* with its NUL 16 bytes */
#define VERSION 7
#define ORDER   0x01020304u       /* spelled otherwise by machines of other byte order */
#define SLICES  (STATE_PARTS + 2) /* of a content */
#define ALL     (STATE_CONTENTS * SLICES)

struct head {
    char magic[16];
    uint32_t version, order;
    uint64_t lengths[ALL];
    uint64_t hashes[ALL];
    uint64_t hash; /* of all before it */
};

/* The slices of all contents, in their order in the file; those of one that is not there are
 * empty, and with them its settings. */
static void slices_of(const struct state_content *const contents[STATE_CONTENTS],
                      struct str slices[ALL])
{
    memset(slices, 0, ALL * sizeof *slices);
    for (size_t c = 0; c < STATE_CONTENTS; c++) {
        const struct state_content *content = contents[c];
        struct str *own = slices + c * SLICES;
        if (content == NULL)
            continue;
        own[0] = content->settings;
        own[1] = (struct str){content->standing, content->standing_len};
        for (size_t i = 0; i < content->part_count; i++)
            own[2 + i] = (struct str){content->parts[i]->data, content->parts[i]->len};
    }
}

static size_t padded(uint64_t length)
{
    return (size_t)(length + 7) & ~(size_t)7;
}

static uint64_t hash_slice(struct str slice, size_t number)
{
    return slice.len == 0 ? 0 : hash_bytes(slice, number);
}

static uint64_t hash_head(const struct head *head)
{
    return hash_bytes((struct str){(const char *)head, offsetof(struct head, hash)}, VERSION);
}

/* ---- reading ---- */

static bool say_damaged(const char *path, struct err *e)
{
    return err_set(e, "%s is damaged; move it away to begin anew", path);
}

static bool map_file(struct state *s, const char *path, int fd, struct err *e)
{
    struct stat file;
    if (fstat(fd, &file) != 0)
        return err_system(e, "cannot read %s", path);
    if (!S_ISREG(file.st_mode))
        return err_set(e, "%s is no file; move it away to begin anew", path);
    s->size = (size_t)file.st_size;
    if (s->size < sizeof(struct head))
        return say_damaged(path, e);
    s->map = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    if (s->map != MAP_FAILED)
        return true;
    s->map = NULL;
    return err_system(e, "cannot map %s", path);
}

/* Finds the slices in a mapping. False where it is not whole. */
static bool cut_slices(const struct state *s, const struct head *head, struct str slices[ALL])
{
    size_t at = sizeof *head;
    for (size_t i = 0; i < ALL; i++) {
        if (head->lengths[i] > s->size - at || padded(head->lengths[i]) > s->size - at)
            return false;
        slices[i] = (struct str){(const char *)s->map + at, (size_t)head->lengths[i]};
        if (hash_slice(slices[i], i) != head->hashes[i])
            return false;
        at += padded(head->lengths[i]);
    }
    return at == s->size;
}

/* Does the file hold what is wanted, made in the same way? */
static bool check_settings(const char *path, struct str made, const struct state_content *content,
                           struct err *e)
{
    struct str wanted = content != NULL ? content->settings : (struct str){NULL, 0};
    if (str_equal(made, wanted))
        return true;
    if (content == NULL)
        return err_set(e, "%s was made with %.*s, not without; use it again, or another --state",
                       path, (int)made.len, made.ptr);
    return err_set(e, "%s was made with %.*s, not with %.*s; use another --state", path,
                   (int)made.len, made.ptr, (int)wanted.len, wanted.ptr);
}

static void take_content(const struct state *s, const struct str slices[SLICES],
                         const struct state_content *content)
{
    memcpy(content->standing, slices[1].ptr, slices[1].len);
    for (size_t i = 0; i < content->part_count; i++) {
        struct str slice = slices[2 + i];
        *content->parts[i] = (struct extent){.data = (char *)s->map + (slice.ptr - (char *)s->map),
                                             .len = slice.len,
                                             .cap = slice.len,
                                             .mapped = true};
    }
}

static bool take_contents(const struct state *s, const char *path,
                          const struct state_content *const contents[STATE_CONTENTS], struct err *e)
{
    struct head head;
    struct str slices[ALL];
    memcpy(&head, s->map, sizeof head);
    if (memcmp(head.magic, MAGIC, sizeof head.magic) != 0)
        return err_set(e, "%s is no state of hinoban-dedupe", path);
    if (head.order != ORDER || head.version != VERSION)
        return err_set(e, "%s is of another version or kind of machine; move it away to begin anew",
                       path);
    if (head.hash != hash_head(&head) || !cut_slices(s, &head, slices))
        return say_damaged(path, e);
    for (size_t c = 0; c < STATE_CONTENTS; c++) {
        const struct str *own = slices + c * SLICES;
        if (c > 0 && own[0].len == 0)
            continue;
        if (!check_settings(path, own[0], contents[c], e))
            return false;
        if (own[1].len != contents[c]->standing_len)
            return say_damaged(path, e);
        take_content(s, own, contents[c]);
    }
    return true;
}

bool state_load(struct state *s, const char *path,
                const struct state_content *const contents[STATE_CONTENTS], struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || err_system(e, "cannot open %s", path);
    bool done = map_file(s, path, fd, e);
    close(fd);
    return done && take_contents(s, path, contents, e);
}

void state_close(struct state *s)
{
    if (s->map != NULL)
        munmap(s->map, s->size);
    *s = (struct state){0};
}

/* ---- writing ---- */

bool state_save(const char *path, const struct state_content *const contents[STATE_CONTENTS],
                struct err *e)
{
    static const char zeros[8];
    struct head head;
    struct str slices[ALL];
    struct atomic file;
    slices_of(contents, slices);
    memset(&head, 0, sizeof head);
    memcpy(head.magic, MAGIC, sizeof head.magic);
    head.version = VERSION;
    head.order = ORDER;
    for (size_t i = 0; i < ALL; i++) {
        head.lengths[i] = slices[i].len;
        head.hashes[i] = hash_slice(slices[i], i);
    }
    head.hash = hash_head(&head);
    if (!atomic_open(&file, path, e))
        return false;
    output_add(&file.out, (struct str){(const char *)&head, sizeof head});
    for (size_t i = 0; i < ALL; i++) {
        output_add(&file.out, slices[i]);
        output_add(&file.out, (struct str){zeros, padded(slices[i].len) - slices[i].len});
    }
    return atomic_commit(&file, e);
}
