/* Mapping the compiled rules. */
#define _GNU_SOURCE
#include "judge/rules.h"

#include <fcntl.h>
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
        "intensifier", "diminisher", "negator", "hypothetical", "contrast",  "hearsay", "question",
        "rhetorical",  "sarcasm",    "reach",   "netmedia",     "massmedia", "harm",    "emphasis"};
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

static bool rules_read(struct rules *r)
{
    const struct rules_header *h = r->map;
    if (r->map_size < sizeof *h || h->magic != RULES_MAGIC || h->version != RULES_VERSION)
        return false;
    const char *at = (const char *)r->map + sizeof *h;
    size_t left = r->map_size - sizeof *h;
    if (hash_bytes((struct str){at, left}, 0) != h->hash)
        return false;
    const void *rules, *postings, *surface, *lemma, *strings;
    const void *surface_openings, *lemma_openings, *bits;
    if (!take_array(&at, &left, 2 * TRIE_OPENING_WORDS, sizeof(uint64_t), &bits) ||
        !take_array(&at, &left, h->surface_openings, sizeof(struct trie_opening),
                    &surface_openings) ||
        !take_array(&at, &left, h->lemma_openings, sizeof(struct trie_opening), &lemma_openings) ||
        !take_array(&at, &left, h->rule_count, sizeof(struct rule), &rules) ||
        !take_array(&at, &left, h->posting_count, sizeof(struct posting), &postings) ||
        !take_array(&at, &left, h->surface_count, sizeof(struct trie_node), &surface) ||
        !take_array(&at, &left, h->lemma_count, sizeof(struct trie_node), &lemma) ||
        !take_array(&at, &left, h->string_bytes, 1, &strings))
        return false;
    r->rules = rules;
    r->rule_count = h->rule_count;
    r->postings = postings;
    r->surface =
        (struct trie){surface, surface_openings, bits, h->surface_count, h->surface_openings};
    r->lemma = (struct trie){lemma, lemma_openings, (const uint64_t *)bits + TRIE_OPENING_WORDS,
                             h->lemma_count, h->lemma_openings};
    r->strings = strings;
    r->slot_count = h->slot_count;
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
