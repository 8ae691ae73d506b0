/* Pairs in order of their forms, and a table of where those of a form begin. */
#include "alike/pairs.h"

#include <stdlib.h>

#include "alike/seen.h"
#include "base/input.h"
#include "base/mem.h"

#define LINE_MOST 65536 /* bytes; no pair comes near */

struct pairs {
    struct pair *all;
    size_t count, cap;
    struct seen begins;
};

struct reading {
    struct pairs *pairs;
    struct str settings;
};

static bool take_pair(void *data, struct str text, struct err *e)
{
    const struct reading *r = data;
    struct pairs *p = r->pairs;
    struct line line;
    if (!line_read(text, &line))
        return err_set(e, "not a pair of dedupe --grouped");
    if (line.kind != 'p')
        return err_set(e, "not yet a pair: to be sorted and given to dedupe --grouped first");
    if (line.settings.len < r->settings.len && str_starts(r->settings, line.settings))
        return err_set(e,
                       "a pair that is cut off, or of other settings of --shingle and --threshold");
    if (!str_equal(line.settings, r->settings))
        return err_set(e, "a pair of other settings of --shingle and --threshold");
    if (p->count == UINT32_MAX - 1)
        return err_set(e, "more than %u pairs", UINT32_MAX - 1);
    MEM_GROW(p->all, p->count, p->cap);
    p->all[p->count++] = line.pair;
    return true;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    if (x->form != y->form)
        return x->form < y->form ? -1 : 1;
    return x->other < y->other ? -1 : x->other > y->other;
}

/* Each once: a pair may have been found by several reducers. */
static void order(struct pairs *p)
{
    size_t kept = 0;
    if (p->count > 0)
        qsort(p->all, p->count, sizeof *p->all, compare_pairs);
    for (size_t i = 0; i < p->count; i++) {
        const struct pair *last = kept > 0 ? &p->all[kept - 1] : NULL;
        if (last != NULL && compare_pairs(last, &p->all[i]) == 0)
            continue;
        if (last == NULL || last->form != p->all[i].form)
            seen_new(&p->begins, p->all[i].form, (uint32_t)kept, SEEN_ANYWHERE);
        p->all[kept++] = p->all[i];
    }
    p->count = kept;
}

struct pairs *pairs_new(char *const *files, size_t count, const struct alike_plan *plan,
                        struct err *e)
{
    struct pairs *p = mem_zero(1, sizeof *p);
    struct buf settings = {0};
    p->begins = SEEN_EMPTY;
    line_add_settings(plan, &settings);
    struct reading reading = {p, buf_str(&settings)};
    bool done = input_each_line(files, count, LINE_MOST, take_pair, &reading, e);
    buf_free(&settings);
    order(p);
    if (!done) {
        pairs_free(p);
        return NULL;
    }
    return p;
}

void pairs_free(struct pairs *p)
{
    if (p == NULL)
        return;
    seen_free(&p->begins);
    free(p->all);
    free(p);
}

const struct pair *pairs_of(const struct pairs *p, uint64_t form, size_t *count)
{
    uint32_t begin = form == 0 ? SEEN_NONE : seen_find(&p->begins, form);
    size_t end = begin;
    *count = 0;
    if (begin == SEEN_NONE)
        return NULL;
    while (end < p->count && p->all[end].form == form)
        end++;
    *count = end - begin;
    return &p->all[begin];
}

size_t pairs_bytes(const struct pairs *p)
{
    return p->cap * sizeof *p->all + seen_bytes(&p->begins);
}
