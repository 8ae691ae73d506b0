/* The watches of a record, kept as numbers of distinct sets, since posts share a few of them. */
#include "report/figures.h"

#include "base/mem.h"
#include "record/value.h"
#include "report/figures-parts.h"

#define WATCHES_MAX 10000
#define SET_WATCHES 64 /* of one post */

bool figures_wants_watch(const struct figures *f, struct str name)
{
    for (size_t i = 0; i < f->plan.only_count; i++)
        if (str_is(name, f->plan.only[i]))
            return true;
    return f->plan.only_count == 0;
}

/* Names that stand in records alone may be anything. */
static bool name_is_taken(const struct figures *f, struct str name)
{
    bool defined = f->plan.watches != NULL && watchlist_find(f->plan.watches, name) >= 0;
    return name.len > 0 && (name.len <= FIGURES_NAME || defined) && figures_wants_watch(f, name);
}

static void add_set_watch(struct figures *f, struct watch_set *set, struct str name)
{
    if (set->count == SET_WATCHES || !name_is_taken(f, name) ||
        (f->watches.count >= WATCHES_MAX && intern_find(&f->watches, name) == INTERN_NONE))
        return;
    uint32_t number = intern_add(&f->watches, name);
    for (uint32_t i = 0; i < set->count; i++)
        if (f->set_watches[set->at + i] == number)
            return;
    MEM_GROW(f->set_watches, f->set_watch_count, f->set_watch_cap);
    f->set_watches[f->set_watch_count++] = number;
    set->count++;
}

/* One may stand without a list. */
static void add_named_watches(struct figures *f, struct watch_set *set, struct str raw)
{
    struct walk w;
    walk_begin_list(&w, raw);
    while (walk_next(&w, NULL, &raw)) {
        buf_clear(&f->scratch);
        add_set_watch(f, set, value_string(raw, &f->scratch));
    }
}

static void add_matched_watches(struct figures *f, struct watch_set *set, uint64_t watched)
{
    for (size_t i = 0; watched >> i != 0; i++) {
        if (watched >> i & 1)
            add_set_watch(f, set, str_of(watchlist_name(f->plan.watches, i)));
        if (i == WATCHES - 1)
            break;
    }
}

/* The set that goes by this name; false: it is new, and has to be filled. */
static bool find_set(struct figures *f, struct str name, uint32_t *number)
{
    uint32_t known = f->set_names.count;
    *number = intern_add(&f->set_names, name);
    if (*number < known)
        return true;
    if (*number >= f->set_cap) {
        f->set_cap = f->set_cap < 16 ? 16 : f->set_cap * 2;
        f->sets = mem_resize(f->sets, f->set_cap, sizeof *f->sets);
    }
    f->sets[*number] = (struct watch_set){.at = (uint32_t)f->set_watch_count};
    return false;
}

uint32_t figures_watches_of(struct figures *f, const struct record *r, uint64_t watched)
{
    struct str raw = r->member[FACT_WATCH];
    if (value_type(raw) != VALUE_ARRAY && value_type(raw) != VALUE_STRING)
        raw = STR("[]");
    buf_clear(&f->scratch);
    if (watched != 0)
        buf_addf(&f->scratch, "matched %llx", (unsigned long long)watched); /* no JSON */
    uint32_t number;
    if (find_set(f, watched == 0 ? raw : buf_str(&f->scratch), &number))
        return number;
    if (watched == 0)
        add_named_watches(f, &f->sets[number], raw);
    else
        add_matched_watches(f, &f->sets[number], watched);
    return number;
}

uint32_t figures_unite_sets(struct figures *f, uint32_t first, uint32_t other)
{
    uint32_t both[] = {first, other}, number, more = 0;
    for (uint32_t i = 0; i < f->sets[other].count; i++)
        more += !figures_set_has(f, first, f->set_watches[f->sets[other].at + i] + 1);
    if (more == 0)
        return first;
    buf_clear(&f->scratch);
    buf_addf(&f->scratch, "both %x %x", first, other); /* no JSON */
    if (find_set(f, buf_str(&f->scratch), &number))
        return number;
    for (size_t n = 0; n < 2; n++)
        for (uint32_t i = 0; i < f->sets[both[n]].count; i++)
            add_set_watch(f, &f->sets[number],
                          f->watches.strings[f->set_watches[f->sets[both[n]].at + i]]);
    return number;
}

bool figures_in_scope(const struct figures *f, const struct row *row, uint32_t scope)
{
    return !row->empty && figures_set_has(f, row->watches, scope);
}

bool figures_set_has(const struct figures *f, uint32_t number, uint32_t scope)
{
    const struct watch_set *set = &f->sets[number];
    for (uint32_t i = 0; i < set->count && scope > 0; i++)
        if (f->set_watches[set->at + i] == scope - 1)
            return true;
    return scope == 0;
}
