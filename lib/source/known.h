/*
 * Which posts of a source were read before, where its pages overlap: 96 bits a post,
 * a hash of its id and one of what it says, so that an edited post is told from a
 * known one. Entries of one id are told apart in the same way. As many are kept as
 * the last poll saw that was read to its end, and then the ones seen last, up to a limit.
 * While a poll is under way, be it over several runs, all that it saw and all from before
 * it are kept, up to another.
 */
#ifndef SOURCE_KNOWN_H
#define SOURCE_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define KNOWN_LIMIT 2000  /* posts kept, unless the last whole poll saw more */
#define KNOWN_MOST  50000 /* posts kept while a poll is under way */

struct known_post {
    uint64_t id;
    uint32_t content;
    uint32_t turn;  /* of the poll that saw it last */
    uint32_t place; /* among those that it saw */
};

struct known {
    struct known_post *posts;
    size_t count, cap;
    uint32_t *slots; /* post + 1; 0 = free */
    size_t slot_count;
    uint32_t turn, place;
    size_t marked; /* how many there were at the mark */
    size_t loaded; /* and when they were read back */
    bool whole;    /* the poll was read to its end */
};

/* Notes a post as seen in this turn. True where it is new, or says something else than it
 * did. */
bool known_note(struct known *k, uint64_t id, uint32_t content);

/* A poll begins, or the one goes on that was not read to its end: what it sees counts as
 * seen last. */
void known_begin(struct known *k);

/* The poll was read to its end: known_trim() may forget what it did not see, and how posts
 * that it saw read before. */
void known_end(struct known *k);

/* What is new after the mark can be taken back, until known_trim(). */
void known_mark(struct known *k);
void known_undo(struct known *k);

/* Puts the posts in the order in which they were seen last, the newest of a page before
 * what stood behind it, and forgets the first of them as far as they are over the limit. To
 * be called before known_write(). */
void known_trim(struct known *k);
void known_free(struct known *k);

/* As hexadecimal digits, 24 a post, oldest first, with a mark in front of those that a poll
 * saw that is to go on; and back. False: text is none. */
void known_write(const struct known *k, struct buf *to);
bool known_read(struct known *k, struct str text);

#endif
