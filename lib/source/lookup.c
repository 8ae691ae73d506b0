/* Objects found by their id, through one hash table. */
#include "source/lookup.h"

#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"

void lookup_add(struct lookup *x, struct arena *arena, struct str array, const char *key)
{
    struct walk w;
    struct str object;
    walk_begin(&w, array);
    while (walk_next(&w, NULL, &object)) {
        struct str id = arena_id(arena, value_member(object, key));
        if (id.len == 0)
            continue;
        size_t count = x->ids.count;
        uint32_t number = intern_add(&x->ids, id);
        if (number < count)
            continue;
        MEM_GROW(x->objects, count, x->cap);
        x->objects[number] = object;
    }
}

struct str lookup_find(const struct lookup *x, struct str id)
{
    uint32_t number = x->ids.count > 0 ? intern_find(&x->ids, id) : INTERN_NONE;
    return number != INTERN_NONE ? x->objects[number] : (struct str){NULL, 0};
}

void lookup_free(struct lookup *x)
{
    intern_free(&x->ids);
    free(x->objects);
}
