/* The posts that may be quoted: racks, one a scope, of shelves, one a purpose (shelf.h). */
#include "report/figures.h"

#include <stdlib.h>

#include "base/mem.h"
#include "report/figures-parts.h"

#define COPIES_KEPT   256
#define TYPICAL_SHOWN 6
#define SPARE_LEAST   6

void figures_cut_racks(struct figures *f, size_t count)
{
    while (f->rack_count > count) {
        struct rack *rack = &f->racks[--f->rack_count];
        f->rack_of[rack->scope] = 0;
        for (size_t i = 0; i < SHELVES; i++)
            shelf_clear(&rack->shelves[i]);
    }
}

static int compare_racks(const void *a, const void *b)
{
    const struct rack *x = a, *y = b;
    if ((x->scope == 0) != (y->scope == 0))
        return x->scope == 0 ? -1 : 1;
    if (x->posts != y->posts)
        return x->posts > y->posts ? -1 : 1;
    return x->scope < y->scope ? -1 : x->scope > y->scope;
}

/* Of too many scopes those with most posts so far stay, so that a watch that comes late is
 * not left out for those that came early. */
static void make_room(struct figures *f)
{
    qsort(f->racks, f->rack_count, sizeof *f->racks, compare_racks);
    figures_cut_racks(f, RACKS);
    for (size_t i = 0; i < f->rack_count; i++)
        f->rack_of[f->racks[i].scope] = (uint32_t)i + 1;
}

static struct rack *need_rack(struct figures *f, uint32_t scope)
{
    if (scope >= f->rack_of_count) {
        size_t before = f->rack_of_count;
        f->rack_of_count = ((size_t)scope + 32) * 2;
        f->rack_of = mem_resize(f->rack_of, f->rack_of_count, sizeof *f->rack_of);
        memset(f->rack_of + before, 0, (f->rack_of_count - before) * sizeof *f->rack_of);
    }
    if (f->rack_of[scope] == 0) {
        if (f->rack_count == 2 * RACKS)
            make_room(f);
        MEM_GROW(f->racks, f->rack_count, f->rack_cap);
        f->racks[f->rack_count] = (struct rack){.scope = scope};
        f->rack_of[scope] = (uint32_t)++f->rack_count;
    }
    return &f->racks[f->rack_of[scope] - 1];
}

const struct shelf *figures_shelves(const struct figures *f, uint32_t scope)
{
    return scope >= f->rack_of_count || f->rack_of[scope] == 0
               ? NULL
               : f->racks[f->rack_of[scope] - 1].shelves;
}

size_t figures_shown(const struct figures *f, size_t shelf)
{
    return shelf == SHELF_COPIES    ? COPIES_KEPT
           : shelf >= SHELF_TYPICAL ? TYPICAL_SHOWN
                                    : f->plan.top;
}

/* Posts that are shown, and as many again that move up when one is withdrawn. */
static size_t shelf_limit(const struct figures *f, size_t shelf)
{
    size_t shown = figures_shown(f, shelf);
    size_t spare = shown < SPARE_LEAST ? SPARE_LEAST : shown;
    return shelf == SHELF_COPIES ? shown : shown + spare;
}

static bool shelf_wants(size_t shelf, const struct fact *fact)
{
    bool copy = fact->flags & POST_COPY;
    switch (shelf) {
    case SHELF_URGENT: return fact->level >= 2 && !copy;
    case SHELF_HELP: return (fact->flags & POST_SUPPORT) && !copy;
    case SHELF_SPREAD: return !copy;
    case SHELF_COPIES: return copy && fact->of != 0;
    default: return !copy && (fact->labels >> (shelf - SHELF_TYPICAL) & 1);
    }
}

static void offer_to_scope(struct figures *f, const struct record *r, const struct fact *fact,
                           uint32_t row, uint32_t scope, struct post **post)
{
    struct rack *rack = need_rack(f, scope);
    size_t shelves = SHELF_TYPICAL + labels_bits(f->plan.labels);
    if (fact->labels == 0)
        shelves = SHELF_TYPICAL;
    for (size_t i = 0; i < shelves; i++) {
        if (!shelf_wants(i, fact))
            continue;
        struct shelf *shelf = &rack->shelves[i];
        size_t limit = shelf_limit(f, i);
        size_t place = shelf_place(shelf, (enum shelf_purpose)i, limit, fact);
        if (place == SIZE_MAX)
            continue;
        if (*post == NULL)
            *post = post_new(r, fact, row);
        shelf_put(shelf, (enum shelf_purpose)i, place, limit, *post);
    }
}

void figures_offer(struct figures *f, const struct record *r, const struct fact *fact, uint32_t row,
                   uint32_t before, struct post *post)
{
    const struct watch_set *set = &f->sets[f->rows[row].watches];
    for (uint32_t i = 0; i <= set->count; i++) {
        uint32_t scope = i == 0 ? 0 : f->set_watches[set->at + i - 1] + 1;
        need_rack(f, scope)->posts +=
            before == FIGURES_NO_SET || !figures_set_has(f, before, scope);
        offer_to_scope(f, r, fact, row, scope, &post);
    }
    post_release(post);
}

struct post *figures_kept_post(const struct figures *f, uint32_t row)
{
    for (size_t n = 0; n < f->rack_count * SHELVES; n++) {
        const struct rack *rack = &f->racks[n / SHELVES];
        const struct shelf *shelf = &rack->shelves[n % SHELVES];
        if (shelf->count == 0 || !figures_in_scope(f, &f->rows[row], rack->scope))
            continue;
        for (size_t i = 0; i < shelf->count; i++)
            if (shelf->posts[i]->row == row) {
                shelf->posts[i]->references++;
                return shelf->posts[i];
            }
    }
    return NULL;
}

void figures_withdraw(struct figures *f, uint32_t row)
{
    for (size_t rack = 0; rack < f->rack_count; rack++)
        if (figures_in_scope(f, &f->rows[row], f->racks[rack].scope))
            for (size_t i = 0; i < SHELVES; i++)
                shelf_drop(&f->racks[rack].shelves[i], row);
}
