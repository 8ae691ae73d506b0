/*
 * The records of kind "cluster" of the groups that have changed, and what clusters come to.
 */
#include <stdlib.h>

#include "alike/cluster-parts.h"
#include "base/clock.h"
#include "base/mem.h"
#include "record/write.h"

/* A group that is to be written. */
struct written {
    uint64_t rank; /* copies, or those of a later group of its id, if these are more */
    uint64_t id;   /* hash of the first post's */
    uint32_t number;
};

/* The most copies first; of two groups of one id the later one, which holds, comes last. */
static int compare_written(const void *a, const void *b)
{
    const struct written *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void put_record_id(struct json *j, const struct seed *seed, const char *json)
{
    struct str id = seed_id(seed, json);
    struct buf own = {0};
    json_key(j, "id");
    if (seed->post.id != 0) {
        bool quoted = *id.ptr == '"';
        buf_add_text(&own, "\"cluster:");
        buf_add_str(&own, str_from(id, quoted));
        buf_add_text(&own, quoted ? "" : "\"");
        json_raw(j, buf_str(&own));
    } else {
        json_null(j);
    }
    buf_free(&own);
}

static void write_cluster(struct clusters *c, const struct entry *entry, int64_t time,
                          struct buf *out)
{
    const struct seed *seed = clusters_seed_at(c, entry);
    const char *json = clusters_seed_json(c, seed);
    struct json j = {.out = out};
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "cluster");
    put_record_id(&j, seed, json);
    json_key(&j, "time");
    json_time(&j, time);
    json_key(&j, "first");
    json_raw(&j, (struct str){json, seed_length(seed)});
    group_write(c->groups[entry->group - 1], seed_words(seed, json).text, &j);
    json_close(&j, '}');
    buf_add_char(out, '\n');
}

static int compare_ids(const void *a, const void *b)
{
    const struct written *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Of groups of one id all but the last are forgotten ones, and none stands behind a later. */
static void rank_forgotten(struct written *written, size_t count)
{
    qsort(written, count, sizeof *written, compare_ids);
    for (size_t i = count; i-- > 1;) {
        struct written *before = &written[i - 1], *later = &written[i];
        if (later->id != 0 && before->id == later->id && before->rank < later->rank)
            before->rank = later->rank;
    }
}

/* Lists what is to be written; all counts as unchanged from here on. */
static void list_changed(struct clusters *c, uint64_t smallest)
{
    c->written = mem_zero(c->changed_count + 1, sizeof *c->written);
    c->written_count = c->written_next = 0;
    for (size_t i = 0; i < c->changed_count; i++) {
        struct entry *entry = clusters_entry_at(c, c->changed[i]);
        uint64_t copies = clusters_group_at_work(c, entry)->copies;
        entry->changed = 0;
        if (copies + 1 >= smallest)
            c->written[c->written_count++] = (struct written){
                .rank = copies, .id = clusters_seed_at(c, entry)->post.id, .number = c->changed[i]};
    }
    c->changed_count = 0;
    rank_forgotten(c->written, c->written_count);
    qsort(c->written, c->written_count, sizeof *c->written, compare_written);
}

bool clusters_write(struct clusters *c, int64_t time, uint64_t smallest, struct buf *out)
{
    if (c->written == NULL)
        list_changed(c, smallest);
    if (c->written_next == c->written_count) {
        free(c->written);
        c->written = NULL;
        return false;
    }
    const struct entry *entry = clusters_entry_at(c, c->written[c->written_next++].number);
    write_cluster(c, entry, time == CLOCK_UNKNOWN ? c->standing.latest : time, out);
    return true;
}

struct clusters_counts clusters_count(const struct clusters *c)
{
    struct clusters_counts counts = {.groups = c->standing.groups};
    counts.bytes = seen_bytes(&c->ids) + seen_bytes(&c->numbers) + c->members.cap + c->entries.cap +
                   c->seeds.cap + c->saved.cap + c->changed_cap * sizeof *c->changed +
                   c->group_cap * sizeof *c->groups;
    for (size_t i = 0; i < c->group_count; i++)
        if (c->groups[i] != NULL)
            counts.bytes += group_bytes(c->groups[i]);
    return counts;
}
