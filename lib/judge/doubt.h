/*
 * The posts whose labels are to be looked at once more: their lines, each with what is
 * doubted of it (judge/learn.h) as its member `doubts`.
 *
 * The struct owns copies of the lines.
 */
#ifndef JUDGE_DOUBT_H
#define JUDGE_DOUBT_H

#include "base/output.h"
#include "judge/learn.h"
#include "record/scan.h"

struct doubtful;

struct doubtful *doubtful_new(void);
void doubtful_free(struct doubtful *d);

/* The record of which the learner's posts from this one on are; NULL: they are not to be told.
 * Posts ascend. */
void doubtful_post(struct doubtful *d, size_t post, const struct record *record);

/* Writes those lines of which the learner doubts a label, the most doubtful first, and returns
 * how many these are. */
size_t doubtful_write(const struct doubtful *d, const struct learner *l, struct output *out);

#endif
