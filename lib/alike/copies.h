/*
 * Which posts are copies of which: each post, in input order, is looked up among the
 * first ones, by id, by text and by likeness, and becomes a first one itself where it is
 * new. Owns all it keeps: of a first one its id, hashes and, for near copies, its text.
 *
 * With a window, first ones are forgotten by the times of posts. The clock is the latest
 * time of a post so far; what was last posted, itself or a copy of it, longer ago than
 * the window is as if it had never been. So what is said of a post depends on the posts
 * before it and on nothing else, and all that is kept can be saved and taken up again at
 * any place (copies_content): the answers are the same.
 */
#ifndef ALIKE_COPIES_H
#define ALIKE_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alike/note.h"
#include "alike/state.h"
#include "base/buf.h"

enum copy_how { COPY_SAME, COPY_NEAR, COPY_REPOST, COPY_QUOTE, COPY_WITHIN, COPY_HOWS };

/* "same", "near", "repost", "quote", "within" */
const char *copy_how_name(enum copy_how how);

/* A post found to be a copy. */
struct copy {
    enum copy_how how;
    uint32_t first; /* number of the first one; SEEN_NONE: not one that was seen */
    uint32_t own;   /* its own number, where it is a first one too; else SEEN_NONE */
    struct str of;  /* its id as JSON, until the next call; ptr NULL: null */
    double score;   /* Jaccard index, where `scored` */
    bool scored;
    bool own_words; /* it says more than what it copies, and is a first one too */
};

struct copies_counts {
    uint64_t posts, firsts, forgotten;
    uint64_t copies[COPY_HOWS];
    uint64_t candidates, verified; /* of the index of likeness */
    size_t kept;                   /* first ones held */
    size_t bytes;                  /* memory held */
};

struct copies;

/* The plan must live as long. */
struct copies *copies_new(const struct alike_plan *plan);
void copies_free(struct copies *c);

/* Says that the post of this note comes soon, so that memory is fetched ahead. */
void copies_expect(struct copies *c, struct str note);

/* Takes the next post with its note. True where it is a copy; where it is none, only
 * copy->own is set, unless it is too late to be remembered. */
bool copies_take(struct copies *c, const struct alike_post *post, struct str note,
                 struct copy *copy);

/* Adds the value of the `dup` member. */
void copy_write(const struct copy *copy, struct buf *to);

struct copies_counts copies_count(const struct copies *c);

/* When the post taken last counts as posted, and since when posts are remembered, in seconds
 * since 1970; 0: no time is known yet, and posts are remembered for ever. */
struct copies_moment {
    uint32_t time, horizon;
};

struct copies_moment copies_moment(const struct copies *c);

/* What a state holds of copies: for state_load() before any post is taken, behind which
 * copies_resume() must be called and the state stay open as long; or for state_save(). It lives
 * until the next call. */
const struct state_content *copies_content(struct copies *c);
void copies_resume(struct copies *c);

#endif
