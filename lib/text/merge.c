/*
 * An entry never wins where another of the same key is at least as cheap behind every
 * word and before every word: MeCab looks for the cheapest path, and what is to the left
 * and to the right of an entry is paid for by its context ids alone.
 */
#include "text/merge.h"

#include <stdlib.h>

#include "base/atomic.h"
#include "base/files.h"
#include "base/intern.h"
#include "base/mem.h"
#include "text/compiled.h"
#include "text/identity.h"
#include "text/layout.h"

/* A key of one of the dictionaries that become one. */
struct source {
    struct str key;
    const struct compiled *from;
    int32_t value;
};

/* What becomes one file. */
struct lexicon {
    struct buf key_text;
    struct source *sources;
    size_t source_count, source_cap;
    struct str *keys; /* the same, each once */
    uint32_t *first;  /* of key n the first source; one more at the end */
    size_t key_count;
    struct layout *layout;
    struct intern features;
    struct buf feature_text;
    uint32_t *feature_at; /* by number in `features` */
    size_t feature_cap;
    struct entry *entries;
    size_t entry_count, entry_cap;
    int32_t *values; /* by key */
};

/* Context ids of one side: how often they were met, their new numbers, and by how much
 * one may be dearer than another, by pairs. */
struct ids {
    uint64_t *met;
    uint16_t *number;
    int *dearer;
    size_t count;
};

struct merge {
    char *folder;
    struct compiled system, words, unknown_words;
    struct lexicon known, unknown;
    struct buf matrix;
    struct ids left, right;
};

/* Differences of costs are kept with this added, so that 0, which costs no memory until it
 * is written over, is one that was not looked for. */
#define DEARER_BIAS (1 << 20)

/* ---- keys ---- */

struct collector {
    struct lexicon *to;
    const struct compiled *from;
};

static void collect_key(void *data, struct str key, int32_t value)
{
    const struct collector *c = data;
    struct lexicon *l = c->to;
    MEM_GROW(l->sources, l->source_count, l->source_cap);
    struct source *s = &l->sources[l->source_count++];
    *s = (struct source){.key = {NULL, key.len}, .from = c->from, .value = value};
    buf_add_str(&l->key_text, key);
}

static bool collect_keys(struct lexicon *l, const struct compiled *from)
{
    return compiled_keys(from, collect_key, &(struct collector){l, from});
}

/* Of one key the system's entries stand before ours, as they did in two dictionaries. */
static int compare_sources(const void *a, const void *b)
{
    const struct source *x = a, *y = b;
    int order = str_compare(x->key, y->key);
    return order != 0 ? order
                      : (x->from->head.type > y->from->head.type) -
                            (x->from->head.type < y->from->head.type);
}

/* Keys are told by their text as soon as it moves no more. */
static void sort_keys(struct lexicon *l)
{
    const char *at = l->key_text.data;
    for (size_t i = 0; i < l->source_count; at += l->sources[i++].key.len)
        l->sources[i].key.ptr = at;
    if (l->source_count > 0)
        qsort(l->sources, l->source_count, sizeof *l->sources, compare_sources);
    l->keys = mem_alloc((l->source_count + 1) * sizeof *l->keys);
    l->first = mem_alloc((l->source_count + 1) * sizeof *l->first);
    for (size_t i = 0; i < l->source_count; i++)
        if (i == 0 || !str_equal(l->sources[i].key, l->sources[i - 1].key)) {
            l->first[l->key_count] = (uint32_t)i;
            l->keys[l->key_count++] = l->sources[i].key;
        }
    l->first[l->key_count] = (uint32_t)l->source_count;
    l->layout = layout_new(l->keys, l->key_count);
}

static void free_lexicon(struct lexicon *l)
{
    layout_free(l->layout);
    buf_free(&l->key_text);
    free(l->sources);
    free(l->keys);
    free(l->first);
    intern_free(&l->features);
    buf_free(&l->feature_text);
    free(l->feature_at);
    free(l->entries);
    free(l->values);
}

/* ---- reading ---- */

static bool read_file(struct buf *to, const char *folder, const char *name, struct err *e)
{
    struct buf path = {0};
    buf_addf(&path, "%s/%s", folder, name);
    bool ok = file_read(to, buf_text(&path), e);
    buf_free(&path);
    return ok;
}

static bool read_compiled(struct compiled *d, const char *folder, const char *name, struct err *e)
{
    struct buf path = {0};
    buf_addf(&path, "%s/%s", folder, name);
    bool ok = compiled_open(d, buf_text(&path), e);
    buf_free(&path);
    return ok;
}

static struct ids new_ids(size_t count)
{
    struct ids ids = {.count = count};
    ids.met = mem_zero(count + 1, sizeof *ids.met);
    ids.number = mem_zero(count + 1, sizeof *ids.number);
    ids.dearer = mem_zero(count * count + 1, sizeof *ids.dearer);
    return ids;
}

static void free_ids(struct ids *ids)
{
    free(ids->met);
    free(ids->number);
    free(ids->dearer);
}

static bool ids_fit(const struct merge *m, const struct compiled *d)
{
    bool fit = d->head.left_size == m->right.count && d->head.right_size == m->left.count;
    for (size_t i = 0; fit && i < d->entry_count; i++)
        fit = d->entries[i].left < m->left.count && d->entries[i].right < m->right.count;
    return fit;
}

/* The matrix goes by the right id of the word to the left, whence `left_size`. */
static bool fit_together(struct merge *m, const char *words, struct err *e)
{
    uint16_t sizes[2] = {0, 0};
    if (m->matrix.len >= sizeof sizes)
        memcpy(sizes, m->matrix.data, sizeof sizes);
    m->right = new_ids(sizes[0]);
    m->left = new_ids(sizes[1]);
    if (m->matrix.len != ((size_t)sizes[0] * sizes[1] + 2) * sizeof(int16_t) || sizes[0] == 0 ||
        sizes[1] == 0 || !ids_fit(m, &m->system) || !ids_fit(m, &m->unknown_words))
        return err_set(e, "the files of the dictionary in %s do not fit together", m->folder);
    return ids_fit(m, &m->words) ||
           err_set(e, "%s was not made for the dictionary in %s", words, m->folder);
}

static bool read_all(struct merge *m, const char *words, struct err *e)
{
    if (!read_compiled(&m->system, m->folder, "sys.dic", e) ||
        !read_compiled(&m->unknown_words, m->folder, "unk.dic", e) ||
        !compiled_open(&m->words, words, e) || !read_file(&m->matrix, m->folder, "matrix.bin", e) ||
        !fit_together(m, words, e))
        return false;
    return (collect_keys(&m->known, &m->system) && collect_keys(&m->known, &m->words) &&
            collect_keys(&m->unknown, &m->unknown_words)) ||
           err_set(e, "a dictionary has a key of more than %d bytes, or is broken",
                   COMPILED_KEY_BYTES);
}

struct merge *merge_new(const char *folder, const char *words, struct err *e)
{
    struct merge *m = mem_zero(1, sizeof *m);
    m->folder = mem_string(str_of(folder));
    if (!read_all(m, words, e)) {
        merge_free(m);
        return NULL;
    }
    sort_keys(&m->known);
    sort_keys(&m->unknown);
    return m;
}

void merge_free(struct merge *m)
{
    if (m == NULL)
        return;
    free_lexicon(&m->known);
    free_lexicon(&m->unknown);
    compiled_close(&m->system);
    compiled_close(&m->words);
    compiled_close(&m->unknown_words);
    buf_free(&m->matrix);
    free_ids(&m->left);
    free_ids(&m->right);
    free(m->folder);
    free(m);
}

/* ---- counting ---- */

void merge_look_up(struct merge *m, struct str text)
{
    layout_visit(m->known.layout, text);
}

void merge_weigh(struct merge *m, unsigned left, unsigned right)
{
    if (left < m->left.count && right < m->right.count) {
        m->left.met[left]++;
        m->right.met[right]++;
    }
}

/* ---- numbers ---- */

struct rank {
    uint64_t met;
    uint32_t which;
};

/* What was met most first, else in the old order. */
static int compare_ranks(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    if (x->met != y->met)
        return x->met > y->met ? -1 : 1;
    return x->which < y->which ? -1 : x->which > y->which;
}

/* Ids that are met often get low numbers; 0 stays what it is, the beginning and the end
 * of a sentence. */
static void number_ids(struct ids *ids)
{
    struct rank *ranks = mem_alloc(ids->count * sizeof *ranks);
    for (size_t i = 0; i < ids->count; i++)
        ranks[i] = (struct rank){i > 0 ? ids->met[i] : UINT64_MAX, (uint32_t)i};
    qsort(ranks, ids->count, sizeof *ranks, compare_ranks);
    for (size_t i = 0; i < ids->count; i++)
        ids->number[ranks[i].which] = (uint16_t)i;
    free(ranks);
}

/* ---- entries ---- */

/* An entry of a key, and the features that it points into. */
struct candidate {
    struct entry entry;
    const char *features;
};

static size_t gather_candidates(const struct lexicon *l, size_t key, struct candidate *to)
{
    size_t count = 0;
    for (uint32_t s = l->first[key]; s < l->first[key + 1]; s++) {
        const struct compiled *from = l->sources[s].from;
        uint32_t first = COMPILED_FIRST(l->sources[s].value);
        for (uint32_t i = 0; i < COMPILED_COUNT(l->sources[s].value); i++)
            to[count++] = (struct candidate){from->entries[first + i], from->features.ptr};
    }
    return count;
}

/* What it costs that a word of this right id stands before one of this left id. */
static int cost(const struct merge *m, size_t right, size_t left)
{
    const int16_t *costs = (const int16_t *)(const void *)m->matrix.data + 2;
    return costs[right + m->right.count * left];
}

/* By how much an entry of left id a may be dearer than one of b, whatever stands before. */
static int dearer_behind(struct merge *m, uint16_t a, uint16_t b)
{
    int *known = &m->left.dearer[a * m->left.count + b];
    for (size_t right = 0, more = *known == 0 ? m->right.count : 0; right < more; right++) {
        int biased = DEARER_BIAS + cost(m, right, a) - cost(m, right, b);
        *known = biased > *known ? biased : *known;
    }
    return *known - DEARER_BIAS;
}

/* The same of right ids, whatever follows. */
static int dearer_before(struct merge *m, uint16_t a, uint16_t b)
{
    int *known = &m->right.dearer[a * m->right.count + b];
    for (size_t left = 0, more = *known == 0 ? m->left.count : 0; left < more; left++) {
        int biased = DEARER_BIAS + cost(m, a, left) - cost(m, b, left);
        *known = biased > *known ? biased : *known;
    }
    return *known - DEARER_BIAS;
}

/* Of two entries of one key, does MeCab take `a` wherever they stand? Where they cost the
 * same it takes the first. */
static bool always_beats(struct merge *m, const struct candidate *a, const struct candidate *b)
{
    int dearer = a->entry.cost - b->entry.cost + dearer_behind(m, a->entry.left, b->entry.left) +
                 dearer_before(m, a->entry.right, b->entry.right);
    return dearer < 0 || (dearer == 0 && a < b);
}

static bool can_win(struct merge *m, const struct candidate *all, size_t count, size_t which)
{
    for (size_t i = 0; i < count; i++)
        if (i != which && always_beats(m, &all[i], &all[which]))
            return false;
    return true;
}

/* Features that are the same stand once. */
static uint32_t place_feature(struct lexicon *l, struct str feature)
{
    uint32_t known = l->features.count, number = intern_add(&l->features, feature);
    if (number == known) {
        MEM_GROW(l->feature_at, (size_t)number, l->feature_cap);
        l->feature_at[number] = (uint32_t)l->feature_text.len;
        buf_add_str(&l->feature_text, feature);
        buf_add_char(&l->feature_text, '\0');
    }
    return l->feature_at[number];
}

static void place_entry(const struct merge *m, struct lexicon *l, const struct candidate *c)
{
    struct entry entry = c->entry;
    entry.left = m->left.number[entry.left];
    entry.right = m->right.number[entry.right];
    entry.feature = place_feature(l, str_of(c->features + entry.feature));
    MEM_GROW(l->entries, l->entry_count, l->entry_cap);
    l->entries[l->entry_count++] = entry;
}

static bool place_key(struct merge *m, struct lexicon *l, size_t key, struct err *e)
{
    struct candidate all[2 * COMPILED_MOST]; /* a key has one or two sources */
    size_t count = gather_candidates(l, key, all), first = l->entry_count;
    for (size_t i = 0; i < count; i++)
        if (can_win(m, all, count, i))
            place_entry(m, l, &all[i]);
    size_t placed = l->entry_count - first;
    if (l->entry_count > COMPILED_ENTRIES)
        return err_set(e, "more than %u entries", COMPILED_ENTRIES);
    l->values[key] = COMPILED_VALUE((uint32_t)first, (uint32_t)placed);
    return placed <= COMPILED_MOST ||
           err_set(e, "more than %u words are written '%.*s'", COMPILED_MOST, (int)l->keys[key].len,
                   l->keys[key].ptr);
}

static bool place_entries(struct merge *m, struct lexicon *l, struct err *e)
{
    struct rank *order = mem_alloc((l->key_count + 1) * sizeof *order);
    l->values = mem_zero(l->key_count + 1, sizeof *l->values);
    for (size_t i = 0; i < l->key_count; i++)
        order[i] = (struct rank){layout_found(l->layout, i), (uint32_t)i};
    qsort(order, l->key_count, sizeof *order, compare_ranks);
    bool ok = true;
    for (size_t i = 0; ok && i < l->key_count; i++)
        ok = place_key(m, l, order[i].which, e);
    free(order);
    return ok;
}

/* ---- writing ---- */

static bool open_out(struct atomic *a, const char *folder, const char *name, struct err *e)
{
    struct buf path = {0};
    buf_addf(&path, "%s/%s", folder, name);
    bool ok = atomic_open(a, buf_text(&path), e);
    buf_free(&path);
    return ok;
}

static bool write_file(const char *folder, const char *name, struct str content, struct err *e)
{
    struct atomic a;
    if (!open_out(&a, folder, name, e))
        return false;
    output_add(&a.out, content);
    return atomic_commit(&a, e);
}

static bool copy_file(const struct merge *m, const char *folder, const char *name, struct err *e)
{
    struct buf content = {0};
    bool ok =
        read_file(&content, m->folder, name, e) && write_file(folder, name, buf_str(&content), e);
    buf_free(&content);
    return ok;
}

static bool write_lexicon(struct merge *m, struct lexicon *l, const struct compiled *like,
                          const char *folder, const char *name, struct err *e)
{
    if (!place_entries(m, l, e))
        return false;
    size_t cells;
    struct cell *array = layout_cells(l->layout, l->values, &cells);
    struct compiled d = {.head = like->head,
                         .cells = array,
                         .cell_count = cells,
                         .entries = l->entries,
                         .entry_count = l->entry_count,
                         .features = buf_str(&l->feature_text)};
    struct atomic a;
    bool ok = open_out(&a, folder, name, e);
    if (ok) {
        compiled_write(&d, &a.out);
        ok = atomic_commit(&a, e);
    }
    free(array);
    return ok;
}

static bool write_matrix(const struct merge *m, const char *folder, struct err *e)
{
    int16_t *costs = mem_alloc(m->matrix.len);
    memcpy(costs, m->matrix.data, 2 * sizeof *costs);
    for (size_t left = 0; left < m->left.count; left++)
        for (size_t right = 0; right < m->right.count; right++)
            costs[2 + m->right.number[right] + m->right.count * m->left.number[left]] =
                (int16_t)cost(m, right, left);
    struct str content = {(const char *)costs, m->matrix.len};
    bool ok = write_file(folder, "matrix.bin", content, e);
    free(costs);
    return ok;
}

/* Tokens are those of the two dictionaries, and so is the identity: models that were
 * trained with the two go on. */
static bool write_identity(const struct merge *m, const char *folder, struct err *e)
{
    const struct compiled_head *parts[] = {&m->system.head, &m->words.head};
    uint64_t identity = 0;
    for (size_t i = 0; i < 2; i++)
        identity = identity_add(identity, parts[i]->size, parts[i]->left_size, parts[i]->right_size,
                                parts[i]->version);
    char text[IDENTITY_BYTES];
    identity_text(text, identity);
    return write_file(folder, IDENTITY_FILE, str_of(text), e);
}

bool merge_write(struct merge *m, const char *folder, struct err *e)
{
    number_ids(&m->left);
    number_ids(&m->right);
    return write_lexicon(m, &m->known, &m->system, folder, "sys.dic", e) &&
           write_lexicon(m, &m->unknown, &m->unknown_words, folder, "unk.dic", e) &&
           write_matrix(m, folder, e) && copy_file(m, folder, "char.bin", e) &&
           copy_file(m, folder, "dicrc", e) && write_identity(m, folder, e);
}
