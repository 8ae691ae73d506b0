/*
 * Which posts are worth labelling next: those of which the judge is most in doubt (a
 * probability near one half; uncertainty sampling, Lewis and Gale 1994), and of those
 * that are alike only one. Posts without probabilities are left out.
 *
 * The sample owns copies of the lines that are still in question, at most a hundred times
 * as many as are wanted. What is let go on the way does not come back, even where the one that
 * it was much like is let go later for a third one.
 */
#ifndef JUDGE_SAMPLE_H
#define JUDGE_SAMPLE_H

#include <stdbool.h>

#include "base/output.h"
#include "base/str.h"

struct sample;

/* Of `wanted` posts; question: only doubt about this one counts, NULL: about any. The
 * name must live as long. */
struct sample *sample_new(size_t wanted, const char *question);
void sample_free(struct sample *s);

/* A post: its line without the newline, and the raw JSON of its title, text and verdict. Title and
 * text together tell what it is like, as they are judged. */
void sample_take(struct sample *s, struct str line, struct str title, struct str text,
                 struct str verdict);

/* Was any post in doubt? None is where none has probabilities, of the question if there is one. */
bool sample_doubts(const struct sample *s);

/* Writes the lines of those chosen, the most doubtful first. */
void sample_write(struct sample *s, struct output *out);

#endif
