/* Sorting now and then, and giving up the end. */
#include "alike/texts.h"

#include <stdlib.h>

#include "base/mem.h"

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_forms(const void *a, const void *b)
{
    const struct texts_one *x = a, *y = b;
    return x->form != y->form ? compare(x->form, y->form) : compare(x->time, y->time);
}

static int compare_times(const void *a, const void *b)
{
    const struct texts_one *x = a, *y = b;
    return x->time != y->time ? compare(x->time, y->time) : compare(x->form, y->form);
}

static void order(struct texts *t)
{
    size_t kept = 0;
    if (t->count < 2)
        return;
    qsort(t->all, t->count, sizeof *t->all, compare_forms);
    for (size_t i = 0; i < t->count; i++)
        if (kept == 0 || t->all[kept - 1].form != t->all[i].form)
            t->all[kept++] = t->all[i];
    t->count = kept;
    qsort(t->all, t->count, sizeof *t->all, compare_times);
}

/* Copies those that stay into new bytes. */
static void repack(struct texts *t)
{
    struct buf bytes = {0};
    for (size_t i = 0; i < t->count; i++) {
        struct str text = texts_text(t, i);
        t->all[i].at = bytes.len;
        buf_add_str(&bytes, text);
    }
    buf_free(&t->bytes);
    t->bytes = bytes;
}

void texts_settle(struct texts *t, void (*gone)(void *context, uint64_t form), void *context)
{
    size_t stay = 0, bytes = 0;
    order(t);
    while (stay < t->count && stay < TEXTS_MOST &&
           (stay < TEXTS_LEAST || bytes + t->all[stay].len <= TEXTS_BYTES))
        bytes += t->all[stay++].len;
    if (stay < t->count)
        t->first = t->all[stay];
    t->full = t->full || stay < t->count;
    for (size_t i = stay; i < t->count; i++)
        gone(context, t->all[i].form);
    t->count = stay;
}

void texts_add(struct texts *t, const struct texts_one *one, struct str text,
               void (*gone)(void *context, uint64_t form), void *context)
{
    if (t->count >= 2 * TEXTS_MOST || (t->bytes.len > 2 * TEXTS_BYTES && t->count > TEXTS_LEAST)) {
        texts_settle(t, gone, context);
        repack(t);
    }
    if (t->full && compare_times(one, &t->first) >= 0) {
        gone(context, one->form);
        return;
    }
    MEM_GROW(t->all, t->count, t->cap);
    t->all[t->count] = *one;
    t->all[t->count].at = t->bytes.len;
    t->all[t->count++].len = text.len;
    buf_add_str(&t->bytes, text);
}

struct str texts_text(const struct texts *t, size_t i)
{
    return (struct str){t->bytes.data + t->all[i].at, t->all[i].len};
}

void texts_clear(struct texts *t)
{
    t->count = 0;
    t->full = false;
    buf_clear(&t->bytes);
}

void texts_free(struct texts *t)
{
    buf_free(&t->bytes);
    free(t->all);
    *t = (struct texts){0};
}
