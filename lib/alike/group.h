/*
 * What a group of posts that are copies of each other comes to: how many, of whom, when,
 * where, seen by how many, in which words. Memory has a bound for any number of posts:
 * what is kept of a kind is so many of it, and what is not kept is counted.
 *
 * Owns its memory; {0} is an empty group.
 */
#ifndef ALIKE_GROUP_H
#define ALIKE_GROUP_H

#include "alike/census.h"
#include "alike/copies.h"
#include "base/buf.h"
#include "record/write.h"

#define GROUP_PLACES  32  /* networks, and tiers */
#define GROUP_HOURS   168 /* hours with posts */
#define GROUP_WATCHES 32
#define GROUP_AUTHORS 4096 /* counted exactly */
#define GROUP_TEXTS   64   /* counted exactly */

/* How many saw a post: views or, where they are not known, followers. */
#define REACH_UNKNOWN UINT64_MAX
#define REACH_VIEWS   ((uint64_t)1 << 63) /* views, not followers */
#define REACH_MOST    100000000000        /* what a post may say, so that no sum overflows */

/* What counts of a post. Plain bytes. */
struct group_post {
    uint64_t id, author, form; /* hashes; 0: unknown. form: of the text as it is compared */
    int64_t time;              /* CLOCK_UNKNOWN: not known, or not to be believed */
    uint64_t reach;
};

/* The words of a post, as JSON. */
struct group_words {
    struct str text; /* ptr NULL: that of the first post */
    struct str source, tier;
    struct str watches; /* a list as group_list_watch() makes it; empty: none */
};

struct group_places {
    struct group_place *all;
    char *names; /* as JSON, one behind another */
    uint32_t names_length, count, cap;
    uint64_t more; /* posts of others */
};

struct group {
    /* what is plain; it is saved as it is */
    uint64_t posts, copies, hows[COPY_HOWS];
    int64_t from, to; /* of posts with a time, if timed > 0 */
    uint64_t timed;
    uint64_t nameless;         /* posts of unknown authors */
    uint64_t earlier;          /* posts of hours before those that are kept */
    uint64_t reach, unreached; /* unreached: posts of unknown reach */
    int32_t peak_hour;         /* of the hours before those that are kept the one with most posts */
    uint32_t peak;             /* and how many */
    /* what owns memory */
    struct census authors, texts;
    struct group_places sources, tiers;
    struct buf watches;       /* names, as group_list_watch() lists them */
    struct group_hour *hours; /* ascending */
    uint32_t hour_count, hour_cap;
    struct group_variant *variants;
    uint32_t variant_count, variant_cap;
};

/* Counts a post. Its words are copied. */
void group_add(struct group *g, const struct group_post *post, const struct group_words *words);

/* Adds the name of a watch, as JSON, to the array that stands in `list` from `start` on (nothing
 * is an empty one), where it is not there yet. False, and it is not added, where there are
 * GROUP_WATCHES others. */
bool group_list_watch(struct buf *list, size_t start, struct str name);

/* A post's reach was `before`, and is now more. */
void group_reach_more(struct group *g, uint64_t before, uint64_t now);

/* Of what was read of a post's reach twice, which holds: views rather than followers, and
 * the larger. */
uint64_t group_reach_better(uint64_t one, uint64_t other);

/* Writes the members of a cluster record from `from` on. */
void group_write(const struct group *g, struct str first_text, struct json *j);

/* Adds a group to saved bytes. group_saved: the bytes of the group that stands at their front, as
 * they are (empty where they are damaged); group_load makes a group of them: false, and it is
 * empty, where they are damaged. */
void group_save(const struct group *g, struct extent *to);
struct str group_saved(struct str from);
bool group_load(struct group *g, struct str from);

size_t group_bytes(const struct group *g);
void group_free(struct group *g);

#endif
