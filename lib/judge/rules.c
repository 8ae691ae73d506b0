/* Mapping the compiled rules. */
#define _GNU_SOURCE
#include "judge/rules.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/hash.h"

const char *group_name(enum group group)
{
    static const char *const names[GROUPS] = {
        "food",     "insect",  "staff",   "company",  "media",   "baseball", "sports",
        "game",     "fiction", "medical", "official", "weather", "politics", "horoscope",
        "jobad",    "quiz",    "shop",    "product",  "device",  "net",      "money",
        "delivery", "bot",     "news",    "own"};
    return names[group];
}

const char *cue_name(enum cue cue)
{
    static const char *const names[CUES] = {
        "intensifier", "diminisher", "negator",  "hypothetical", "contrast", "hearsay",
        "question",    "rhetorical", "sarcasm",  "reach",        "netmedia", "massmedia",
        "harm",        "uproar",     "emphasis", "carrier",      "many",     "mended"};
    return names[cue];
}

static bool rules_map(struct rules *r, const char *path, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_system(e, "cannot open %s", path);
    struct stat info;
    bool ok = fstat(fd, &info) == 0;
    if (ok) {
        r->map_size = (size_t)info.st_size;
        r->map = mmap(NULL, r->map_size, PROT_READ, MAP_PRIVATE, fd, 0);
        ok = r->map != MAP_FAILED;
    }
    if (!ok) {
        r->map = NULL;
        err_system(e, "cannot map %s", path);
    }
    close(fd);
    return ok;
}

/* Takes the next array out of the file; false where the file is too short. */
static bool take_array(const char **at, size_t *left, size_t count, size_t size, const void **array)
{
    if (count > *left / size)
        return false;
    *array = *at;
    *at += count * size;
    *left -= count * size;
    return true;
}

uint32_t rules_check(const struct rules_header *header)
{
    struct str before = {(const char *)header, offsetof(struct rules_header, check)};
    return (uint32_t)hash_bytes(before, 0);
}

static bool rules_read(struct rules *r)
{
    const struct rules_header *h = r->map;
    if (r->map_size < sizeof *h || h->magic != RULES_MAGIC || h->version != RULES_VERSION ||
        h->check != rules_check(h))
        return false;
    const char *at = (const char *)r->map + sizeof *h;
    size_t left = r->map_size - sizeof *h;
    if (hash_bytes((struct str){at, left}, 0) != h->hash)
        return false;
    const void *bits, *surface, *lemma, *rules, *postings, *slots, *parts, *hanging;
    const void *surface_tails, *lemma_tails, *strings;
    if (!take_array(&at, &left, 2 * KEY_BIT_WORDS, sizeof(uint64_t), &bits) ||
        !take_array(&at, &left, h->surface_openings, sizeof(struct key_opening), &surface) ||
        !take_array(&at, &left, h->lemma_openings, sizeof(struct key_opening), &lemma) ||
        !take_array(&at, &left, h->rule_count, sizeof(struct rule), &rules) ||
        !take_array(&at, &left, h->posting_count, sizeof(struct posting), &postings) ||
        !take_array(&at, &left, h->slot_count, sizeof(uint32_t), &slots) ||
        !take_array(&at, &left, h->part_count, sizeof(struct part), &parts) ||
        !take_array(&at, &left, h->hanging_count, sizeof(struct hanging), &hanging) ||
        !take_array(&at, &left, h->surface_bytes, 1, &surface_tails) ||
        !take_array(&at, &left, h->lemma_bytes, 1, &lemma_tails) ||
        !take_array(&at, &left, h->string_bytes, 1, &strings) || left > 0)
        return false;
    r->rules = rules;
    r->rule_count = h->rule_count;
    r->postings = postings;
    r->surface = (struct keyset){surface, bits, surface_tails, h->surface_openings};
    r->lemma = (struct keyset){lemma, (const uint64_t *)bits + KEY_BIT_WORDS, lemma_tails,
                               h->lemma_openings};
    r->slots = slots;
    r->parts = parts;
    r->part_count = h->part_count;
    r->hanging = hanging;
    r->strings = strings;
    snprintf(r->id, sizeof r->id, "%016llx", (unsigned long long)h->hash);
    return true;
}

bool rules_open(struct rules *r, struct err *e)
{
    *r = (struct rules){.map = NULL};
    char *path = data_path(RULES_FILE);
    bool ok = rules_map(r, path, e) &&
              (rules_read(r) ||
               err_set(e, "%s is no rule file of this version of hinoban, or damaged", path));
    free(path);
    if (!ok)
        rules_close(r);
    return ok;
}

void rules_close(struct rules *r)
{
    if (r->map != NULL)
        munmap(r->map, r->map_size);
    r->map = NULL;
}
