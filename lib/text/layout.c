/* States stand level by level, the children of one side by side. */
#include "text/layout.h"

#include <stdlib.h>

#include "base/mem.h"

#define NO_KEY UINT32_MAX
/* After so many places that do not fit, children go behind all that is there. */
#define TRIES 1024
/* A search may look at so many cells behind a base. */
#define REACH 257u

struct state {
    uint32_t left, right; /* the keys that pass through it */
    uint32_t children, child_count;
    uint32_t key; /* which ends here */
    uint16_t depth;
    unsigned char byte; /* that leads here */
    uint64_t visits;
};

struct layout {
    const struct str *keys;
    struct state *states;
    size_t count, capacity;
    uint32_t *of_key; /* the state in which a key ends */

    /* While cells are placed. */
    struct cell *cells;
    size_t room, used;    /* cells; those behind `used` are free */
    unsigned char *taken; /* bits of a cell: it holds something; it is a base */
    uint32_t *next;       /* free cells below `used`, in a ring with 0 */
    uint32_t *before;
};

enum { HOLDS = 1, BASE = 2 };

/* ---- states ---- */

static void add_child(struct layout *l, size_t parent, uint32_t left, uint32_t right)
{
    MEM_GROW(l->states, l->count, l->capacity);
    struct state *p = &l->states[parent];
    if (p->child_count++ == 0)
        p->children = (uint32_t)l->count;
    l->states[l->count++] = (struct state){.left = left,
                                           .right = right,
                                           .key = NO_KEY,
                                           .depth = (uint16_t)(p->depth + 1),
                                           .byte = (unsigned char)l->keys[left].ptr[p->depth]};
}

static void add_children(struct layout *l, size_t parent)
{
    struct state p = l->states[parent];
    uint32_t left = p.left;
    if (l->keys[left].len == p.depth) {
        l->states[parent].key = left;
        l->of_key[left++] = (uint32_t)parent;
    }
    while (left < p.right) {
        uint32_t right = left + 1;
        while (right < p.right && l->keys[right].ptr[p.depth] == l->keys[left].ptr[p.depth])
            right++;
        add_child(l, parent, left, right);
        left = right;
    }
}

struct layout *layout_new(const struct str *keys, size_t count)
{
    struct layout *l = mem_zero(1, sizeof *l);
    l->keys = keys;
    l->of_key = mem_zero(count + 1, sizeof *l->of_key);
    MEM_GROW(l->states, l->count, l->capacity);
    l->states[l->count++] = (struct state){.right = (uint32_t)count, .key = NO_KEY};
    for (size_t at = 0; at < l->count && count > 0; at++)
        add_children(l, at);
    return l;
}

void layout_free(struct layout *l)
{
    if (l == NULL)
        return;
    free(l->states);
    free(l->of_key);
    free(l);
}

/* ---- visits ---- */

static struct state *find_child(struct layout *l, const struct state *parent, unsigned char byte)
{
    struct state *low = l->states + parent->children, *high = low + parent->child_count;
    while (low < high) {
        struct state *middle = low + (high - low) / 2;
        if (middle->byte == byte)
            return middle;
        if (middle->byte < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

void layout_visit(struct layout *l, struct str text)
{
    struct state *s = l->states;
    for (size_t at = 0; s != NULL; at++) {
        s->visits++;
        s = at < text.len ? find_child(l, s, (unsigned char)text.ptr[at]) : NULL;
    }
}

uint64_t layout_found(const struct layout *l, size_t key)
{
    return l->states[l->of_key[key]].visits;
}

/* ---- placing ---- */

static void link_free(struct layout *l, size_t from, size_t to)
{
    for (size_t at = from > 0 ? from : 1; at < to; at++) {
        uint32_t last = l->before[0];
        l->next[last] = (uint32_t)at;
        l->before[at] = last;
        l->next[at] = 0;
        l->before[0] = (uint32_t)at;
    }
}

static void make_room(struct layout *l, size_t wanted)
{
    if (wanted > l->room) {
        size_t room = wanted + wanted / 2;
        l->cells = mem_resize(l->cells, room, sizeof *l->cells);
        l->taken = mem_resize(l->taken, room, 1);
        l->next = mem_resize(l->next, room, sizeof *l->next);
        l->before = mem_resize(l->before, room, sizeof *l->before);
        memset(l->cells + l->room, 0, (room - l->room) * sizeof *l->cells);
        memset(l->taken + l->room, 0, room - l->room);
        l->room = room;
    }
    if (wanted > l->used) {
        link_free(l, l->used, wanted);
        l->used = wanted;
    }
}

static void take_cell(struct layout *l, size_t at, uint32_t check)
{
    l->taken[at] |= HOLDS;
    l->cells[at].check = check;
    l->next[l->before[at]] = l->next[at];
    l->before[l->next[at]] = l->before[at];
}

/* Where the cells of a state stand, from its base. */
static size_t codes_of(const struct layout *l, const struct state *s, uint16_t codes[257])
{
    size_t count = 0;
    if (s->key != NO_KEY)
        codes[count++] = 0;
    for (uint32_t i = 0; i < s->child_count; i++)
        codes[count++] = (uint16_t)(l->states[s->children + i].byte + 1u);
    return count;
}

static bool fits(const struct layout *l, size_t base, const uint16_t *codes, size_t count)
{
    if ((l->taken[base] & BASE) != 0)
        return false;
    for (size_t i = 1; i < count; i++)
        if (base + codes[i] < l->used && (l->taken[base + codes[i]] & HOLDS) != 0)
            return false;
    return true;
}

static size_t find_base(const struct layout *l, const uint16_t *codes, size_t count)
{
    uint32_t at = l->next[0];
    for (unsigned tries = 0; at != 0 && tries < TRIES; tries++, at = l->next[at])
        if (at > codes[0] && fits(l, at - codes[0], codes, count))
            return at - codes[0];
    return l->used;
}

static void place(struct layout *l, const struct state *s, uint32_t *bases)
{
    uint16_t codes[257];
    size_t count = codes_of(l, s, codes), base = find_base(l, codes, count);
    make_room(l, base + codes[count - 1] + 1);
    l->taken[base] |= BASE;
    for (size_t i = 0; i < count; i++)
        take_cell(l, base + codes[i], (uint32_t)base);
    bases[s - l->states] = (uint32_t)base;
}

/* The most visited first; those of like fate in the order of their keys. */
static int compare_states(const void *a, const void *b)
{
    const struct state *x = *(const struct state *const *)a, *y = *(const struct state *const *)b;
    if (x->visits != y->visits)
        return x->visits > y->visits ? -1 : 1;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    return x->depth < y->depth ? -1 : x->depth > y->depth;
}

static void place_all(struct layout *l, uint32_t *bases)
{
    const struct state **order = mem_alloc(l->count * sizeof *order);
    for (size_t i = 0; i < l->count; i++)
        order[i] = &l->states[i];
    qsort(order, l->count, sizeof *order, compare_states);
    for (size_t i = 0; i < l->count; i++)
        if (order[i]->child_count > 0 || order[i]->key != NO_KEY)
            place(l, order[i], bases);
    free(order);
}

static void fill_cells(struct layout *l, const uint32_t *bases, const int32_t *values)
{
    l->cells[0].base = (int32_t)bases[0];
    for (size_t i = 0; i < l->count; i++) {
        const struct state *s = &l->states[i];
        if (s->key != NO_KEY)
            l->cells[bases[i]].base = -1 - values[s->key];
        for (uint32_t c = 0; c < s->child_count; c++)
            l->cells[bases[i] + 1u + l->states[s->children + c].byte].base =
                (int32_t)bases[s->children + c];
    }
}

struct cell *layout_cells(struct layout *l, const int32_t *values, size_t *count)
{
    uint32_t *bases = mem_zero(l->count, sizeof *bases);
    l->cells = NULL;
    l->room = l->used = 0;
    l->taken = NULL;
    l->next = l->before = NULL;
    make_room(l, 1);
    l->next[0] = l->before[0] = 0;
    l->taken[0] = HOLDS | BASE;
    place_all(l, bases);
    make_room(l, l->used + REACH);
    fill_cells(l, bases, values);
    *count = l->used;
    free(bases);
    free(l->taken);
    free(l->next);
    free(l->before);
    return l->cells;
}
