/* Posts read before: an open-addressed table over an array that is kept in order. */
#include "source/known.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define DIGITS    24
#define UNDER_WAY '+' /* in front of the posts of a poll that is to go on */

static size_t slot_of(const struct known *k, uint64_t id, uint32_t content)
{
    uint64_t hash = id ^ id >> 32 ^ content * 2654435761u;
    size_t at = (size_t)hash & (k->slot_count - 1);
    for (; k->slots[at] != 0; at = (at + 1) & (k->slot_count - 1)) {
        const struct known_post *post = &k->posts[k->slots[at] - 1];
        if (post->id == id && post->content == content)
            break;
    }
    return at;
}

static void build_slots(struct known *k, size_t room)
{
    size_t count = 64;
    while (count < 2 * room)
        count *= 2;
    free(k->slots);
    k->slots = mem_zero(count, sizeof *k->slots);
    k->slot_count = count;
    for (size_t i = 0; i < k->count; i++)
        k->slots[slot_of(k, k->posts[i].id, k->posts[i].content)] = (uint32_t)i + 1;
}

bool known_note(struct known *k, uint64_t id, uint32_t content)
{
    if (2 * (k->count + 1) > k->slot_count)
        build_slots(k, 2 * (k->count + 1));
    size_t at = slot_of(k, id, content);
    bool fresh = k->slots[at] == 0;
    if (fresh) {
        MEM_GROW(k->posts, k->count, k->cap);
        k->posts[k->count] = (struct known_post){.id = id, .content = content};
        k->slots[at] = (uint32_t)++k->count;
    }
    struct known_post *post = &k->posts[k->slots[at] - 1];
    post->turn = k->turn;
    post->place = k->place++;
    return fresh;
}

void known_begin(struct known *k)
{
    if (k->whole) {
        k->turn++;
        k->place = 0;
    }
    k->whole = false;
}

void known_end(struct known *k)
{
    k->whole = true;
}

void known_mark(struct known *k)
{
    k->marked = k->count;
}

void known_undo(struct known *k)
{
    k->count = k->marked;
    build_slots(k, k->count);
}

static int by_turn(const void *a, const void *b)
{
    const struct known_post *x = a, *y = b;
    if (x->turn != y->turn)
        return x->turn < y->turn ? -1 : 1;
    return x->place > y->place ? -1 : x->place < y->place;
}

static int by_id(const void *a, const void *b)
{
    const struct known_post *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return by_turn(y, x);
}

/* Of a post that this poll saw, what it said before: should it say that again, it has been
 * edited again. */
static void forget_versions(struct known *k)
{
    size_t kept = 0, newest = 0; /* of the id */
    qsort(k->posts, k->count, sizeof *k->posts, by_id);
    for (size_t i = 0; i < k->count; i++) {
        const struct known_post *post = &k->posts[i];
        if (i == 0 || post->id != k->posts[kept - 1].id)
            newest = kept;
        else if (k->posts[newest].turn == k->turn && post->turn != k->turn)
            continue;
        k->posts[kept++] = *post;
    }
    k->count = kept;
}

static size_t count_seen(const struct known *k)
{
    size_t seen = 0;
    for (size_t i = 0; i < k->count; i++)
        seen += k->posts[i].turn == k->turn;
    return seen;
}

static void forget(struct known *k, size_t at, size_t count)
{
    k->count -= count;
    memmove(k->posts + at, k->posts + at + count, (k->count - at) * sizeof *k->posts);
}

/* Of a poll that is to go on nothing is forgotten that it may come by. Where it is too long
 * for that, it is what it did not see, and then its middle: the next poll comes by its first
 * pages, and itself by the last. */
static void trim_broken(struct known *k, size_t seen)
{
    size_t over = k->count > KNOWN_MOST ? k->count - KNOWN_MOST : 0;
    size_t unseen = k->count - seen < over ? k->count - seen : over;
    forget(k, 0, unseen);
    if (over > unseen)
        forget(k, KNOWN_LIMIT, over - unseen);
}

void known_trim(struct known *k)
{
    size_t seen = count_seen(k);
    size_t keep = seen > KNOWN_LIMIT ? seen : KNOWN_LIMIT;
    k->marked = 0;
    if (k->count == 0)
        return;
    if (k->whole && seen > 0)
        forget_versions(k);
    else if (k->loaded > keep) /* an answer without posts */
        keep = k->loaded;
    qsort(k->posts, k->count, sizeof *k->posts, by_turn);
    if (!k->whole)
        trim_broken(k, seen);
    else if (k->count > keep)
        forget(k, 0, k->count - keep);
    build_slots(k, k->count);
}

void known_free(struct known *k)
{
    free(k->posts);
    free(k->slots);
    *k = (struct known){0};
}

void known_write(const struct known *k, struct buf *to)
{
    char digits[DIGITS + 1];
    size_t seen = k->whole ? 0 : count_seen(k);
    buf_reserve(to, k->count * DIGITS + 1);
    for (size_t i = 0; i < k->count; i++) {
        if (seen > 0 && i == k->count - seen)
            buf_add_char(to, UNDER_WAY);
        snprintf(digits, sizeof digits, "%016llx%08x", (unsigned long long)k->posts[i].id,
                 (unsigned)k->posts[i].content);
        buf_add(to, digits, DIGITS);
    }
}

static bool read_hex(const char *text, size_t len, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && (c < 'a' || c > 'f'))
            return false;
        *value = *value << 4 | (uint64_t)(digit ? c - '0' : c - 'a' + 10);
    }
    return true;
}

bool known_read(struct known *k, struct str text)
{
    uint32_t under_way = 0;
    k->whole = true;
    while (text.len >= DIGITS) {
        uint64_t id, content;
        if (k->whole)
            k->turn++; /* so the order outlives the run */
        if (k->whole && text.ptr[0] == UNDER_WAY) {
            k->whole = false;
            text = str_from(text, 1);
            under_way = (uint32_t)(text.len / DIGITS);
        }
        if (text.len < DIGITS || !read_hex(text.ptr, 16, &id) ||
            !read_hex(text.ptr + 16, 8, &content))
            return false;
        text = str_from(text, DIGITS);
        k->place = (uint32_t)(text.len / DIGITS);
        known_note(k, id, (uint32_t)content);
    }
    k->place = under_way;
    k->turn += k->whole;
    k->loaded = k->count;
    return text.len == 0;
}
