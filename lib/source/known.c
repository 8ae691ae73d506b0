/* Posts read before: an open-addressed table over an array that is kept in order. */
#include "source/known.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define DIGITS 24

static size_t slot_of(const struct known *k, uint64_t id)
{
    size_t at = (size_t)(id ^ id >> 32) & (k->slot_count - 1);
    while (k->slots[at] != 0 && k->posts[k->slots[at] - 1].id != id)
        at = (at + 1) & (k->slot_count - 1);
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
        k->slots[slot_of(k, k->posts[i].id)] = (uint32_t)i + 1;
}

enum known_verdict known_note(struct known *k, uint64_t id, uint32_t content)
{
    if (2 * (k->count + 1) > k->slot_count)
        build_slots(k, 2 * (k->count + 1));
    size_t at = slot_of(k, id);
    if (k->slots[at] == 0) {
        MEM_GROW(k->posts, k->count, k->cap);
        k->posts[k->count] = (struct known_post){id, content, k->turn};
        k->slots[at] = (uint32_t)++k->count;
        return KNOWN_NEW;
    }
    struct known_post *post = &k->posts[k->slots[at] - 1];
    if (k->slots[at] <= k->marked && post->content != content) {
        MEM_GROW(k->undo, k->undo_count, k->undo_cap);
        k->undo[k->undo_count++] = *post;
        k->undo[k->undo_count - 1].turn = k->slots[at] - 1;
    }
    bool same = post->content == content;
    post->content = content;
    post->turn = k->turn;
    return same ? KNOWN_SAME : KNOWN_CHANGED;
}

void known_begin(struct known *k)
{
    k->turn++;
}

void known_mark(struct known *k)
{
    k->marked = k->count;
    k->undo_count = 0;
}

void known_undo(struct known *k)
{
    while (k->undo_count > 0) {
        const struct known_post *old = &k->undo[--k->undo_count];
        k->posts[old->turn].content = old->content;
    }
    k->count = k->marked;
    build_slots(k, k->count);
}

static int by_turn(const void *a, const void *b)
{
    const struct known_post *x = a, *y = b;
    if (x->turn != y->turn)
        return x->turn < y->turn ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

void known_trim(struct known *k)
{
    size_t current = 0;
    for (size_t i = 0; i < k->count; i++)
        current += k->posts[i].turn == k->turn;
    size_t keep = current > KNOWN_LIMIT ? current : KNOWN_LIMIT;
    k->undo_count = k->marked = 0;
    if (k->count == 0)
        return;
    qsort(k->posts, k->count, sizeof *k->posts, by_turn);
    if (k->count > keep) {
        memmove(k->posts, k->posts + k->count - keep, keep * sizeof *k->posts);
        k->count = keep;
    }
    build_slots(k, k->count);
}

void known_free(struct known *k)
{
    free(k->posts);
    free(k->slots);
    free(k->undo);
    *k = (struct known){0};
}

void known_write(const struct known *k, struct buf *to)
{
    char digits[DIGITS + 1];
    buf_reserve(to, k->count * DIGITS);
    for (size_t i = 0; i < k->count; i++) {
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
    for (; text.len >= DIGITS; text = str_from(text, DIGITS)) {
        uint64_t id, content;
        if (!read_hex(text.ptr, 16, &id) || !read_hex(text.ptr + 16, 8, &content))
            return false;
        k->turn++; /* so the order outlives the run */
        known_note(k, id, (uint32_t)content);
    }
    return text.len == 0;
}
