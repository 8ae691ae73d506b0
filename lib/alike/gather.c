/*
 * On one machine a key of the index holds the first ones alone. Which texts are first ones
 * is not known here; so under a crowded key those go first that are near to none before
 * them under this key, as first ones are; then the earliest of the others. The same pair
 * meets under many keys: a table of fixed size remembers what was sent lately.
 */
#include "alike/gather.h"

#include <stdlib.h>

#include "alike/index.h"
#include "alike/side.h"
#include "alike/texts.h"
#include "base/hash.h"
#include "base/mem.h"

#define LATELY ((size_t)1 << 20) /* pairs remembered, each where its lowest bits say */

struct forms {
    uint64_t *all;
    size_t count, cap;
};

struct gather {
    const struct alike_plan *plan;
    struct buf settings;
    struct buf key; /* the one under way; empty: none was yet */
    char kind;
    uint64_t hash;
    struct texts texts;  /* K, C */
    struct forms asking; /* A */
    struct buf own;      /* T; empty: it has not come */
    struct side asks, other;
    struct side *alone; /* texts under a crowded key that are near to none before them */
    uint64_t *lately;
    uint64_t lost; /* texts that have not come, or cannot be compared */
};

struct gather *gather_new(const struct alike_plan *plan)
{
    struct gather *g = mem_zero(1, sizeof *g);
    g->plan = plan;
    line_add_settings(plan, &g->settings);
    g->alone = mem_zero(INDEX_CROWD, sizeof *g->alone);
    g->lately = mem_zero(LATELY, sizeof *g->lately);
    return g;
}

void gather_free(struct gather *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < INDEX_CROWD; i++)
        side_free(&g->alone[i]);
    free(g->alone);
    side_free(&g->asks);
    side_free(&g->other);
    buf_free(&g->settings);
    buf_free(&g->key);
    buf_free(&g->own);
    texts_free(&g->texts);
    free(g->asking.all);
    free(g->lately);
    free(g);
}

/* ---- a key of the index ---- */

static void add_asking(void *gather, uint64_t form)
{
    struct forms *f = &((struct gather *)gather)->asking;
    MEM_GROW(f->all, f->count, f->cap);
    f->all[f->count++] = form;
}

static int compare_forms(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* All that ask, kept texts too, each once. */
static void settle_asking(struct gather *g)
{
    struct forms *f = &g->asking;
    size_t kept = 0;
    for (size_t i = 0; i < g->texts.count; i++)
        add_asking(g, g->texts.all[i].form);
    qsort(f->all, f->count, sizeof *f->all, compare_forms);
    for (size_t i = 0; i < f->count; i++)
        if (kept == 0 || f->all[kept - 1] != f->all[i])
            f->all[kept++] = f->all[i];
    f->count = kept;
}

/* Is a text, unpacked in g->other, near to one of those that are alone? */
static bool is_near(struct gather *g, size_t alone)
{
    struct pair pair;
    for (size_t i = 0; i < alone; i++)
        if (side_near(&g->alone[i], &g->other, g->plan, &pair))
            return true;
    return false;
}

/* Brings those that are to be sent from a crowded key to the front. */
static void choose(struct gather *g)
{
    struct texts *t = &g->texts;
    struct texts_one *late = mem_resize(NULL, t->count, sizeof *late);
    size_t alone = 0, rest = 0;
    for (size_t i = 0; i < t->count; i++) {
        bool chosen = alone < INDEX_CROWD && side_fill(&g->other, g->plan, texts_text(t, i)) &&
                      !is_near(g, alone);
        if (chosen) {
            struct side free_one = g->alone[alone];
            g->alone[alone] = g->other;
            g->other = free_one;
            t->all[alone++] = t->all[i];
        } else {
            late[rest++] = t->all[i];
        }
    }
    memcpy(t->all + alone, late, rest * sizeof *late);
    free(late);
}

/* Of the texts of a key the first so many are sent. */
static size_t count_sent(const struct texts *t)
{
    size_t count = 0, bytes = 0;
    while (count < t->count && count < GATHER_MOST && bytes + t->all[count].len <= GATHER_BYTES)
        bytes += t->all[count++].len;
    return count;
}

static bool was_sent(struct gather *g, uint64_t form, uint64_t other)
{
    uint64_t both[2] = {form, other};
    uint64_t hash = hash_bytes((struct str){(const char *)both, sizeof both}, 0);
    uint64_t *place = &g->lately[hash % LATELY];
    bool was = *place == hash;
    *place = hash;
    return was;
}

/* Sends the texts of a key to one that asks. */
static void send(struct gather *g, uint64_t form, struct output *to)
{
    const struct texts *t = &g->texts;
    for (size_t i = 0; i < t->count; i++) {
        uint64_t other = t->all[i].form;
        if (form == other || was_sent(g, form, other))
            continue;
        line_add_candidate(&to->pending, form, t->all[i].time, other, texts_text(t, i));
        output_add(to, STR("")); /* which writes when enough has gathered */
    }
}

static void end_key(struct gather *g, struct output *to)
{
    struct texts *t = &g->texts;
    if (t->count == 0)
        return;
    texts_settle(t, add_asking, g);
    settle_asking(g);
    if (count_sent(t) < t->count)
        choose(g);
    t->count = count_sent(t);
    for (size_t i = 0; i < g->asking.count; i++)
        send(g, g->asking.all[i], to);
}

/* ---- a text ---- */

static void end_text(struct gather *g, struct output *to)
{
    struct texts *t = &g->texts;
    if (t->count == 0)
        return;
    if (!side_fill(&g->asks, g->plan, buf_str(&g->own))) {
        g->lost++;
        return;
    }
    texts_settle(t, add_asking, g);
    for (size_t i = 0; i < t->count && i < INDEX_TRIES; i++) {
        struct pair pair = {.form = g->hash, .other = t->all[i].form};
        if (!side_fill(&g->other, g->plan, texts_text(t, i))) {
            g->lost++;
            continue;
        }
        side_compare(&g->asks, &g->other, g->plan, &pair);
        if (pair.kinds != 0)
            line_add_pair(&to->pending, &pair, buf_str(&g->settings));
    }
}

/* ---- lines ---- */

static void end_group(struct gather *g, struct output *to)
{
    if (g->kind == 'k')
        end_key(g, to);
    else if (g->kind == 't')
        end_text(g, to);
    texts_clear(&g->texts);
    g->asking.count = 0;
    buf_clear(&g->own);
}

/* Goes on to the key of this line. */
static bool turn(struct gather *g, const struct line *line, struct output *to, struct err *e)
{
    struct str before = buf_str(&g->key);
    if (str_equal(before, line->key))
        return true;
    if (str_compare(before, line->key) > 0)
        return err_set(e, "its key stands before the last one: the lines are not sorted by bytes");
    end_group(g, to);
    buf_clear(&g->key);
    buf_add_str(&g->key, line->key);
    g->kind = line->kind;
    g->hash = line->hash;
    return true;
}

static void keep(struct gather *g, const struct line *line)
{
    struct texts_one one = {.form = line->form, .time = line->time};
    if (line->type == 'A') {
        add_asking(g, line->form);
    } else if (line->type == 'T') {
        buf_add_str(&g->own, line->text);
    } else if (line->type != 'P') {
        texts_add(&g->texts, &one, line->text, add_asking, g);
    }
}

bool gather_take(struct gather *g, struct str text, struct output *to, struct err *e)
{
    struct line line;
    if (!line_read(text, &line) || line.text.len > GATHER_BYTES)
        return err_set(e, "not a line of dedupe --keys");
    if (line.settings.ptr != NULL && !str_equal(line.settings, buf_str(&g->settings)))
        return err_set(e, "made with other settings of --shingle and --threshold");
    if (!turn(g, &line, to, e))
        return false;
    bool again = line.type == 'T' && g->own.len > 0; /* the same text, of another piece */
    if (line.kind == 'p') {
        output_add(to, text);
        output_add(to, STR("\n"));
    } else if (line.kind == 's' && !again)
        line_add_text(&to->pending, 't', line.hash, line.settings, line.text);
    if (!again)
        keep(g, &line);
    return true;
}

bool gather_end(struct gather *g, struct output *to, struct err *e)
{
    end_group(g, to);
    return g->lost == 0 ||
           err_set(e, "%llu texts are missing or damaged: not all lines of dedupe --keys are there",
                   (unsigned long long)g->lost);
}
