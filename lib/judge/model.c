/* Reading a model and asking it. */
#include "judge/model.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"

static bool map_file(struct model *m, const char *path, struct err *e)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0) {
        err_system(e, "cannot open %s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    m->size = (size_t)about.st_size;
    m->map = m->size >= sizeof *m->header ? mmap(NULL, m->size, PROT_READ, MAP_PRIVATE, fd, 0)
                                          : MAP_FAILED;
    close(fd);
    if (m->map != MAP_FAILED)
        return true;
    m->map = NULL;
    return err_set(e, "%s is no model", path);
}

/* Where each part stands; false where they do not add up to the file. */
static bool lay_out(struct model *m)
{
    const struct model_header *h = m->map;
    const char *at = (const char *)m->map + sizeof *h;
    if (h->magic != MODEL_MAGIC || h->version != MODEL_VERSION || h->answers > MODEL_ANSWERS ||
        h->stride <= h->answers || h->stride > MODEL_ANSWERS || h->stride % 8 != 0 ||
        h->numerics != NUMERICS || h->slots == 0 || (h->slots & (h->slots - 1)) != 0 ||
        h->features > h->slots || h->questions > MODEL_ANSWERS)
        return false;
    size_t sizes[] = {h->questions * sizeof *m->questions,
                      h->answers * sizeof *m->answers,
                      (size_t)NUMERICS * h->answers * sizeof *m->numeric,
                      h->slots * sizeof *m->slots,
                      (size_t)h->features * h->stride,
                      h->string_bytes};
    size_t total = sizeof *h;
    const char *parts[6];
    for (size_t i = 0; i < 6; i++) {
        parts[i] = at;
        at += sizes[i];
        total += sizes[i];
    }
    m->header = h;
    m->questions = (const void *)parts[0];
    m->answers = (const void *)parts[1];
    m->numeric = (const void *)parts[2];
    m->slots = (const void *)parts[3];
    m->weights = (const void *)parts[4];
    m->strings = parts[5];
    return total == m->size && h->string_bytes > 0 && m->strings[h->string_bytes - 1] == '\0';
}

uint64_t model_hash(const struct model_header *header, struct str content)
{
    struct str before = {(const char *)header, offsetof(struct model_header, hash)};
    return hash_bytes(content, hash_bytes(before, 0));
}

static bool is_sound(const struct model *m)
{
    const struct model_header *h = m->header;
    struct str content = {(const char *)m->map + sizeof *h, m->size - sizeof *h};
    if (model_hash(h, content) != h->hash || h->made_from >= h->string_bytes)
        return false;
    for (uint32_t i = 0; i < h->questions; i++)
        if (m->questions[i].count == 0 || m->questions[i].count > h->answers ||
            m->questions[i].first > h->answers - m->questions[i].count ||
            m->questions[i].name >= h->string_bytes)
            return false;
    for (uint32_t i = 0; i < h->answers; i++)
        if (m->answers[i].name >= h->string_bytes)
            return false;
    bool any_free = false; /* where a search ends */
    for (uint32_t i = 0; i < h->slots; i++) {
        any_free = any_free || m->slots[i].id == 0;
        if (m->slots[i].id != 0 && m->slots[i].row >= h->features)
            return false;
    }
    return any_free;
}

void model_sieve(const struct model *m, struct sieve *sieve)
{
    for (uint32_t i = 0; i < m->header->slots; i++)
        if (m->slots[i].id != 0)
            sieve_add(sieve, m->slots[i].id);
}

bool model_open(struct model *m, const char *path, const char *rules, const char *tokens,
                struct err *e)
{
    *m = (struct model){.map = NULL};
    if (!map_file(m, path, e))
        return false;
    bool ok = true;
    if (!lay_out(m) || !is_sound(m))
        ok = err_set(e, "%s is no model of this version, or damaged", path);
    else if (strncmp(m->header->rules, rules, sizeof m->header->rules) != 0)
        ok = err_set(e, "%s (from %s) was made with other rules; train it anew", path,
                     model_text(m, m->header->made_from));
    else if (strncmp(m->header->tokens, tokens, sizeof m->header->tokens) != 0)
        ok = err_set(e, "%s (from %s) was made with another dictionary; train it anew", path,
                     model_text(m, m->header->made_from));
    if (!ok)
        model_close(m);
    return ok;
}

void model_close(struct model *m)
{
    if (m->map != NULL)
        munmap(m->map, m->size);
    *m = (struct model){.map = NULL};
}

const struct model_question *model_question(const struct model *m, const char *name)
{
    for (uint32_t i = 0; m->header != NULL && i < m->header->questions; i++)
        if (strcmp(model_text(m, m->questions[i].name), name) == 0)
            return &m->questions[i];
    return NULL;
}

const int8_t *model_row(const struct model *m, uint32_t feature)
{
    uint32_t mask = m->header->slots - 1, slot = model_slot_of(m->header, feature);
    for (; m->slots[slot].id != 0; slot = (slot + 1) & mask)
        if (m->slots[slot].id == feature)
            return m->weights + (size_t)m->slots[slot].row * m->header->stride;
    return NULL;
}

#define AHEAD 8

typedef int8_t bytes8 __attribute__((vector_size(8)));
typedef int16_t halves8 __attribute__((vector_size(16)));

#define ROWS_BETWEEN 256 /* so many bytes add up to no more than 16 bits hold */

/* Finds the row of each feature; what is far away in memory is asked for ahead. */
static void find_rows(const struct model *m, const struct features *f, const int8_t **rows)
{
    for (size_t i = 0; i < f->count; i++) {
        if (i + AHEAD < f->count)
            __builtin_prefetch(&m->slots[model_slot_of(m->header, f->list[i + AHEAD].id)]);
        rows[i] = model_row(m, f->list[i].id);
        if (rows[i] != NULL)
            __builtin_prefetch(rows[i]);
    }
}

/* Adds eight answers of some rows, from `at`, to *whole. */
static inline void add_eight(const int8_t *const *rows, size_t count, uint32_t at, int32_t *whole)
{
    halves8 sum = {0};
    int16_t sums[8];
    for (size_t i = 0; i < count; i++) {
        bytes8 eight;
        if (rows[i] == NULL)
            continue;
        memcpy(&eight, rows[i] + at, sizeof eight);
        sum += __builtin_convertvector(eight, halves8);
    }
    memcpy(sums, &sum, sizeof sums);
    for (uint32_t a = 0; a < 8; a++)
        whole[at + a] += sums[a];
}

/* The same for 32 answers at once: the shipped model has so many. */
static inline void add_thirtytwo(const int8_t *const *rows, size_t count, int32_t *whole)
{
    halves8 a = {0}, b = {0}, c = {0}, d = {0};
    int16_t sums[32];
    for (size_t i = 0; i < count; i++) {
        bytes8 eight[4];
        if (rows[i] == NULL)
            continue;
        memcpy(eight, rows[i], sizeof eight);
        a += __builtin_convertvector(eight[0], halves8);
        b += __builtin_convertvector(eight[1], halves8);
        c += __builtin_convertvector(eight[2], halves8);
        d += __builtin_convertvector(eight[3], halves8);
    }
    memcpy(sums, &a, sizeof a);
    memcpy(sums + 8, &b, sizeof b);
    memcpy(sums + 16, &c, sizeof c);
    memcpy(sums + 24, &d, sizeof d);
    for (uint32_t k = 0; k < 32; k++)
        whole[k] += sums[k];
}

/* Adds up rows; returns the sum of the squares of the rarities. */
static int32_t add_rows(const int8_t *const *rows, size_t count, uint32_t stride, int32_t *whole)
{
    int32_t squares = 0;
    for (size_t from = 0; from < count; from += ROWS_BETWEEN) {
        size_t some = count - from < ROWS_BETWEEN ? count - from : ROWS_BETWEEN;
        if (stride == 32)
            add_thirtytwo(rows + from, some, whole);
        for (uint32_t at = 0; stride != 32 && at < stride; at += 8)
            add_eight(rows + from, some, at, whole);
    }
    for (size_t i = 0; i < count; i++)
        squares += rows[i] != NULL ? rows[i][stride - 1] * rows[i][stride - 1] : 0;
    return squares;
}

/* Bytes are weight times rarity: what is left is to divide by the vector's length. */
void model_sum(const struct model *m, const struct features *f, float *sums, const int8_t **rows)
{
    const struct model_header *h = m->header;
    int32_t whole[MODEL_ANSWERS] = {0};
    find_rows(m, f, rows);
    int32_t squares = add_rows(rows, f->count, h->stride, whole);
    float squared = (float)squares / (MODEL_RARITY * MODEL_RARITY);
    for (uint32_t a = 0; a < h->answers; a++) {
        const struct model_answer *answer = &m->answers[a];
        float length = sqrtf(squared + answer->unseen);
        sums[a] = answer->bias + (length > 0 ? (float)whole[a] * answer->scale / length : 0);
    }
    for (uint32_t n = 0; n < NUMERICS; n++) {
        const float *row = m->numeric + (size_t)n * h->answers;
        if (f->numbers[n] == 0)
            continue;
        for (uint32_t a = 0; a < h->answers; a++)
            sums[a] += row[a] * f->numbers[n];
    }
}

void model_probabilities(const struct model *m, const struct model_question *q, const float *sums,
                         float *p)
{
    float total = 0;
    for (uint32_t i = 0; i < q->count; i++) {
        const struct model_answer *answer = &m->answers[q->first + i];
        p[i] = 1 / (1 + expf(-(answer->slope * sums[q->first + i] + answer->shift)));
        total += p[i];
    }
    for (uint32_t i = 0; q->exclusive && total > 0 && i < q->count; i++)
        p[i] /= total;
}
