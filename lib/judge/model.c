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

enum { PART_QUESTIONS, PART_ANSWERS, PART_NUMERIC, PART_SLOTS, PART_WEIGHTS, PART_STRINGS, PARTS };

/* Where each part stands; false where they do not add up to the file. */
static bool lay_out(struct model *m)
{
    const struct model_header *h = m->map;
    const char *at = (const char *)m->map + sizeof *h;
    if (h->magic != MODEL_MAGIC || h->version != MODEL_VERSION || h->answers > MODEL_ANSWERS ||
        h->stride <= h->answers || h->stride > MODEL_ANSWERS || h->stride % 8 != 0 ||
        h->numerics != NUMERICS || h->slots == 0 || h->features > h->slots ||
        h->questions > MODEL_ANSWERS)
        return false;
    size_t sizes[PARTS] = {[PART_QUESTIONS] = h->questions * sizeof *m->questions,
                           [PART_ANSWERS] = h->answers * sizeof *m->answers,
                           [PART_NUMERIC] = (size_t)NUMERICS * h->answers * sizeof *m->numeric,
                           [PART_SLOTS] = h->slots * sizeof *m->slots,
                           [PART_WEIGHTS] = (size_t)h->features * h->stride,
                           [PART_STRINGS] = h->string_bytes};
    const char *parts[PARTS];
    for (size_t i = 0; i < PARTS; i++) {
        if (i == PART_WEIGHTS)
            at += model_padding((size_t)(at - (const char *)m->map));
        parts[i] = at;
        at += sizes[i];
    }
    m->header = h;
    m->questions = (const void *)parts[PART_QUESTIONS];
    m->answers = (const void *)parts[PART_ANSWERS];
    m->numeric = (const void *)parts[PART_NUMERIC];
    m->slots = (const void *)parts[PART_SLOTS];
    m->weights = (const void *)parts[PART_WEIGHTS];
    m->strings = parts[PART_STRINGS];
    return at == (const char *)m->map + m->size && h->string_bytes > 0 &&
           m->strings[h->string_bytes - 1] == '\0';
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
        if (feature_is_pair(m->slots[i].id))
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
    uint32_t slot = model_slot_of(m->header, feature);
    for (; m->slots[slot].id != 0; slot = model_slot_behind(m->header, slot))
        if (m->slots[slot].id == feature)
            return m->weights + (size_t)m->slots[slot].row * m->header->stride;
    return NULL;
}

typedef float floats4 __attribute__((vector_size(16)));

#define LANES 4

/* Adds what the rules found. Four answers at once, so that a row's last may be read with what
 * stands behind it in the file: there is always something, and it is not used. */
static void add_numbers(const struct model *m, const float *numbers, float *sums)
{
    uint32_t answers = m->header->answers;
    floats4 whole[MODEL_ANSWERS / LANES] = {{0}};
    for (uint32_t n = 0; n < NUMERICS; n++) {
        const float *row = m->numeric + (size_t)n * answers;
        if (numbers[n] == 0)
            continue;
        for (uint32_t a = 0; a < answers; a += LANES) {
            floats4 some;
            memcpy(&some, row + a, sizeof some);
            whole[a / LANES] += some * numbers[n];
        }
    }
    for (uint32_t a = 0; a < answers; a++)
        sums[a] += whole[a / LANES][a % LANES];
}

/* Bytes are weight times rarity: what is left is to divide by the vector's length. */
static float length_of(const struct model_total *total, float unseen)
{
    float squared = (float)(total->times * total->squares / (MODEL_RARITY * MODEL_RARITY));
    return sqrtf(squared + unseen);
}

/* What answers come to by the part that says most for each; -INFINITY: no part says a thing. */
static void best_parts(const struct model *m, const struct model_total *parts, size_t count,
                       float *best)
{
    uint32_t answers = m->header->answers;
    float chance = count > 1 ? MODEL_CHANCE * logf((float)count) : 0;
    for (uint32_t a = 0; a < answers; a++)
        best[a] = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        float length = length_of(&parts[i], 0);
        for (uint32_t a = 0; length > 0 && a < answers; a++) {
            float sum = (float)parts[i].sums[a] * m->answers[a].scale / length - chance;
            best[a] = sum > best[a] ? sum : best[a];
        }
    }
}

static bool has_parts(const struct model_answer *answer)
{
    return answer->unseen == 0; /* any number hold */
}

void model_sum(const struct model *m, const struct model_total *total,
               const struct model_total *parts, size_t part_count, const float *numbers,
               float *sums)
{
    float best[MODEL_ANSWERS], unseen = 0, length = length_of(total, 0);
    best_parts(m, parts, part_count, best);
    for (uint32_t a = 0; a < m->header->answers; a++) {
        const struct model_answer *answer = &m->answers[a];
        if (answer->unseen != unseen) {
            unseen = answer->unseen;
            length = length_of(total, unseen);
        }
        float words = length > 0 ? (float)total->sums[a] * answer->scale / length : 0;
        if (has_parts(answer) && isfinite(best[a]))
            words += MODEL_PART * (best[a] - words);
        sums[a] = answer->bias + words;
    }
    add_numbers(m, numbers, sums);
}

size_t model_best_part(const struct model *m, const struct model_total *total,
                       const struct model_total *parts, size_t part_count, uint32_t answer,
                       float *weight)
{
    size_t best = SIZE_MAX;
    float most = -INFINITY, whole = length_of(total, 0);
    for (size_t i = 0; has_parts(&m->answers[answer]) && i < part_count; i++) {
        float length = length_of(&parts[i], 0);
        float sum = length > 0 ? (float)parts[i].sums[answer] / length : -INFINITY;
        if (sum > most) {
            most = sum;
            best = i;
            *weight = 1 + MODEL_PART / (1 - MODEL_PART) * whole / length;
        }
    }
    return best;
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
