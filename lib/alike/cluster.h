/*
 * Clusters: each first post with all that were found to be copies of it (copies.h), and
 * what they come to (group.h), written as records of kind "cluster". Of each first post a
 * seed is kept, since a copy may come later; a group is made when one does.
 *
 * A post belongs to the group of the post that it is a copy of. That one may itself be a
 * copy, or not have been read: a group then has a first post of which only the id is known.
 * A post whose id was read before is not counted again; it only brings the reach up to
 * date.
 *
 * With a window, a group is forgotten when neither its first post nor a copy was posted since
 * the horizon that copies.h tells: what comes later begins another. So, as there, what is
 * written depends on the posts before it and on nothing else, and all that is kept can be saved
 * and taken up again.
 */
#ifndef ALIKE_CLUSTER_H
#define ALIKE_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "alike/copies.h"
#include "alike/pack.h"
#include "base/buf.h"

#define CLUSTER_TEXT 200 /* characters of a text that are kept */

/* Raw members of a post; ptr NULL where it has none. */
struct cluster_post {
    struct str id, title, text, author, url, source, time, seen, tier, watch, metrics;
    struct str compared; /* no member, but note_compared() (note.h); read where there is a title */
};

/* Adds what clusters have to know of a post, for clusters_take(); in workers. A time after it was
 * seen counts as when it was seen. More than a day after `now` neither is believed. */
void cluster_note(const struct cluster_post *post, int64_t now, struct buf *scratch,
                  struct buf *to);

/* How many bytes of text cluster_note() put first into a note. */
size_t cluster_note_size(struct str note);

/* As of when the post of a note counts, or CLOCK_UNKNOWN. */
int64_t cluster_note_time(struct str note);

struct clusters;

/* The pack must live as long. by_number: the numbers of first ones stay what they are, so that a
 * first one without an id has a group too. They do not where a window forgets. */
struct clusters *clusters_new(const struct pack *pack, bool by_number);
void clusters_free(struct clusters *c);

/* What copies_take() has found of a post. It may be both. */
struct cluster_finding {
    bool copied;             /* it is a copy, of copy->of or else of copy->first */
    bool first;              /* others may be copies of it */
    const struct copy *copy; /* where it is no copy, only copy->own is set */
    struct copies_moment moment;
};

/* Takes the next post, with the hash of its text as it is compared. */
void clusters_take(struct clusters *c, struct str note, uint64_t form,
                   const struct cluster_finding *finding);

/* Does a post of this time begin a new period of `every` seconds? Then *end is when the one
 * before it ended. */
bool clusters_turn(struct clusters *c, int64_t time, int64_t every, int64_t *end);

/* Adds a line for the next of the groups of at least `smallest` posts that have changed since
 * they were last written, most copies first. False, and nothing is added, where all are
 * written. `time` is up to when the lines speak; CLOCK_UNKNOWN: up to the latest time read.
 * No post may be taken before all are written. */
bool clusters_write(struct clusters *c, int64_t time, uint64_t smallest, struct buf *out);

struct clusters_counts {
    uint64_t groups; /* that there were so far */
    size_t bytes;    /* memory held */
};

struct clusters_counts clusters_count(const struct clusters *c);

/* What a state holds of clusters, as copies_content() has it; what is not written yet, too. To be
 * called before any post is taken or when no more will be. */
const struct state_content *clusters_content(struct clusters *c);
void clusters_resume(struct clusters *c);

#endif
