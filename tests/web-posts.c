/*
 * The posts that simulated services give, out of tab-separated files that a test may add
 * to while the server runs.
 */
#include "web.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/files.h"
#include "base/mem.h"

static struct posts **known;
static size_t known_count, known_capacity;

int id_compare(struct str a, struct str b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return str_compare(a, b);
}

static int by_id(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return id_compare(x->id, y->id);
}

static int by_time(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return x->time != y->time ? (x->time < y->time ? -1 : 1) : id_compare(x->id, y->id);
}

/* Ids are slices of one text. */
static int by_place(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return x->id.ptr < y->id.ptr ? -1 : x->id.ptr > y->id.ptr;
}

static struct posts *posts_known(const char *path)
{
    for (size_t i = 0; i < known_count; i++)
        if (strcmp(known[i]->path, path) == 0)
            return known[i];
    MEM_GROW(known, known_count, known_capacity);
    struct posts *p = mem_zero(1, sizeof *p);
    p->path = mem_string(str_of(path));
    return known[known_count++] = p;
}

static void read_items(struct posts *p, bool two_fields)
{
    struct str rest = buf_str(&p->text);
    p->count = 0;
    for (ptrdiff_t end; (end = str_find(rest, STR("\n"))) >= 0;) {
        struct str line = {rest.ptr, (size_t)end}, fields;
        rest = str_from(rest, (size_t)end + 1);
        if (line.len == 0)
            continue;
        MEM_GROW(p->items, p->count, p->capacity);
        struct item *item = &p->items[p->count++];
        item->id = str_cut(line, '\t', &fields);
        struct str time = two_fields ? item->id : str_cut(fields, '\t', &item->text);
        if (two_fields)
            item->text = fields;
        item->time = strtoll(time.ptr, NULL, 10); /* a tab or the newline ends it */
    }
}

const struct posts *posts_of(const char *path, enum order order, struct err *e)
{
    struct posts *p = posts_known(path);
    if (version_changed(path, &p->version)) {
        buf_clear(&p->text);
        p->count = 0;
        if (!file_read(&p->text, path, e)) {
            p->version = (struct version){0};
            return NULL;
        }
        read_items(p, order == BY_PLACE_TWO);
        p->order = BY_PLACE;
    }
    if (p->count > 0 && p->order != order)
        qsort(p->items, p->count, sizeof *p->items,
              order == BY_ID     ? by_id
              : order == BY_TIME ? by_time
                                 : by_place);
    p->order = order;
    return p;
}
