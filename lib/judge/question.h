/*
 * The questions that posts are labelled on, and reading what JSON answers to one: a text,
 * a number, a truth or a list of these. An answer is a bit, numbered as answers come to
 * be known: first those that belong to a question of ours, then others as they are met.
 *
 * A question owns the names of its answers; its own name stays the caller's.
 */
#ifndef JUDGE_QUESTION_H
#define JUDGE_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/intern.h"

#define QUESTIONS 6 /* our own */
#define QUESTION_ANSWERS                                                                           \
    32 /* of one question, 31 if it is exclusive: a bit is left for no answer; those               \
          met later count as none, … */

extern const char *const question_names[QUESTIONS];

struct question {
    const char *name;
    struct intern answers;
    bool own;       /* none of ours */
    bool exclusive; /* one answer holds: tone, level */
    size_t beyond;  /* … and so often one was met */
};

void question_init(struct question *q, const char *name);
void question_free(struct question *q);

/* The answers that a raw JSON value gives, as bits; unknown ones become known. */
uint32_t question_read(struct question *q, struct str raw);

/* Are all answers that a raw JSON value gives known, or the question somebody's own, and as many
 * as can hold? null gives none, and one that is given twice is one. */
bool question_takes(const struct question *q, struct str raw);

/* The answer that a key names, as spelled between its quotes, or INTERN_NONE. */
uint32_t question_find(const struct question *q, struct str key);

/* How many answers the question can have. */
size_t question_room(const struct question *q);

/* Each answer that is known, as bits. */
uint32_t question_all(const struct question *q);

/* What the raw object of probabilities in a verdict says of each answer, into room for
 * QUESTION_ANSWERS; NAN where it says no number. A question that is none of ours has an
 * object of its own in there; one of ours may have. */
void question_probabilities(const struct question *q, struct str probabilities, double *values);

/* Adds the names of answers with blanks between them; `-` for none. */
void question_write(const struct question *q, uint32_t answers, struct buf *out);

#endif
