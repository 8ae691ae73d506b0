/*
 * What the parts of clusters share, for cluster*.c of lib/alike alone: notes (cluster-note.c), what
 * is kept, forgotten and saved (cluster-memory.c), taking posts (cluster.c) and writing
 * (cluster-write.c). Ids lead to members, members to entries, entries to a seed and, from the first
 * copy on, to a group. struct clusters owns them all.
 */
#ifndef ALIKE_CLUSTER_PARTS_H
#define ALIKE_CLUSTER_PARTS_H

#include "alike/cluster.h"
#include "alike/firsts.h"
#include "alike/group.h"
#include "alike/pack.h"
#include "alike/seen.h"

/* What a note begins with, and a seed. JSON follows: the first post, as a record has it, and a
 * list of its watches, if it has any. Of a seed that is kept the text is packed (pack.h), and the
 * brace behind it left out. */
struct seed {
    struct group_post post;
    uint32_t text_at; /* in the first post, where the text is; the last brace follows */
    uint32_t id_length;
    uint32_t source_at; /* in it, and the tier behind */
    uint16_t source_length, tier_length, text_length;
    uint16_t packed;  /* bytes of the text where it is kept */
    uint16_t watches; /* bytes of the list */
    bool read;        /* not only named by others */
};

struct entry {
    uint64_t seed;    /* where it stands */
    uint64_t saved;   /* where its group stands among the saved, from 1; 0: it does not */
    uint32_t group;   /* its number among those at work, from 1; 0: it is none of them */
    uint32_t last;    /* when it or a copy was last posted; 0: before any time was known */
    uint32_t changed; /* 1: since it was last written */
    uint32_t ended;   /* 1: forgotten for good, and kept until it is written */
};

/* A post with an id. */
struct member {
    uint32_t entry; /* to which copies of it belong; SEEN_NONE: not known yet */
    uint32_t also;  /* where it counts as a copy, if that is another one; with MEMBER_OWN */
    uint64_t reach; /* NOT_READ: it is only named by others */
};

#define NOT_READ   (REACH_UNKNOWN - 1)
#define MEMBER_OWN FIRSTS_MOST /* a bit: it has words of its own, and copies of it are of these */

/* What goes on from run to run beside the tables, and their sizes. */
struct standing {
    int64_t latest, period_end; /* CLOCK_UNKNOWN: no time was read yet */
    uint64_t groups;            /* that there were */
    uint64_t began;             /* the first time that was known of any post; 0: none is */
    uint64_t ids, id_homes, numbers, number_homes;
};

struct written; /* in cluster-write.c */

struct clusters {
    struct standing standing;
    struct seen ids, numbers; /* of members; of entries whose first post has no id */
    bool by_number;           /* these are known by the numbers of copies.h */
    struct extent seeds, entries, members;
    struct extent saved;   /* groups */
    struct group **groups; /* at work */
    size_t group_count, group_cap;
    size_t entries_kept; /* when it was last looked what to forget */
    struct copies_moment moment;
    uint32_t *changed; /* entries */
    size_t changed_count, changed_cap;
    struct written *written; /* NULL: none are being written */
    size_t written_count, written_next;
    const struct pack *pack;
    struct codes codes; /* scratch of seeds that are packed, as are these: */
    struct buf packed, json;
    struct buf scratch;
    struct state_content content;
};

static inline struct entry *clusters_entry_at(const struct clusters *c, uint32_t number)
{
    return (struct entry *)(void *)c->entries.data + number;
}

static inline struct member *clusters_member_at(const struct clusters *c, uint32_t number)
{
    return (struct member *)(void *)c->members.data + number;
}

static inline uint32_t member_also(const struct member *member)
{
    return member->also == SEEN_NONE ? SEEN_NONE : member->also & ~MEMBER_OWN;
}

/* Until the next one is added. */
static inline struct seed *clusters_seed_at(const struct clusters *c, const struct entry *entry)
{
    return (struct seed *)(void *)(c->seeds.data + entry->seed);
}

/* How long the JSON of the first post is. */
static inline size_t seed_length(const struct seed *seed)
{
    return (size_t)seed->text_at + seed->text_length + 1;
}

/* ---- cluster-note.c ---- */

/* The hash of a post's id, a raw text or number; 0: it has none. */
uint64_t cluster_hash_id(struct str raw, struct buf *scratch);

/* Adds the object that a record has as `first`; its text stands last. The seed is told where. */
void cluster_put_first(const struct cluster_post *post, int64_t time, struct buf *scratch,
                       struct buf *to, struct seed *seed);

/* The seed with which a note begins. */
struct seed seed_read(struct str note);

/* The id of a seed, raw, a slice of its JSON. */
struct str seed_id(const struct seed *seed, const char *json);

/* The words of a post, slices of its JSON. */
struct group_words seed_words(const struct seed *seed, const char *json);

/* ---- cluster-memory.c ---- */

/* Keeps a seed and its JSON; returns where. */
uint64_t clusters_keep_seed(struct clusters *c, const struct seed *seed, const char *json);

/* The JSON of a seed that is kept, until the next one is asked for. */
const char *clusters_seed_json(struct clusters *c, const struct seed *seed);

/* A new entry of a seed; returns its number. */
uint32_t clusters_add_entry(struct clusters *c, uint64_t seed);

/* Is there such an entry, which is not yet forgotten? */
bool clusters_remembers(const struct clusters *c, uint32_t number);

/* Says that a post of a group was posted. */
void clusters_touch(struct clusters *c, uint32_t number);

/* The member of an id, which is added if it was not there; new where it was forgotten. */
struct member *clusters_member_of(struct clusters *c, uint64_t id);

/* The group of an entry, NULL before its first copy. One that was saved is taken up. */
struct group *clusters_group_at_work(struct clusters *c, struct entry *entry);

/* The same, but it begins if it is not there, with the first post if that was read. */
struct group *clusters_group_of(struct clusters *c, uint32_t number);

/* Lists an entry among those that are to be written. */
void clusters_note_changed(struct clusters *c, uint32_t number);

/* Moves the clock on. Memory is given back when half may be of what is forgotten; nobody
 * sees when. */
void clusters_set_moment(struct clusters *c, struct copies_moment moment);

#endif
