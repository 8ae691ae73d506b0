/*
 * The lines by which work on near copies is shared out over machines: a key, a TAB, and a
 * value, so that a sort or a shuffle brings together what belongs together. A text goes by
 * the hash of its form (note.h). The first character of a key says what the line is for:
 *
 *   k KEY     K: a text that is kept under this key of the index, with its time; or
 *             A: a text that asks by this key
 *   s FORM    T: what the text of this form is, to be handed on
 *   t FORM    T: the same, to be compared with the texts C, which a key has brought to it
 *   p FORM    P: what it has in common with another form
 *
 * Texts are packed (pack.h) and stand in base64. The settings by which keys were made
 * stand with T and P.
 */
#ifndef ALIKE_LINE_H
#define ALIKE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "alike/note.h"
#include "alike/share.h"
#include "base/buf.h"

#define LINE_TIME_UNKNOWN UINT32_MAX /* last of all */

/* What a text has in common with another one that it has asked for. */
struct pair {
    uint64_t form, other;
    uint32_t common, all; /* shingles of both, of either */
    unsigned kinds;       /* SHARE_BIT()s, PAIR_NEAR */
};

#define PAIR_NEAR SHARE_BIT(SHARE_KINDS) /* met in the index of likeness, and near */

/* A line that was read; slices point into it. */
struct line {
    char kind, type;     /* of the key, of the value */
    struct str key;      /* whole */
    uint64_t hash;       /* in the key */
    uint32_t time;       /* K, C */
    uint64_t form;       /* K, A, C */
    struct str settings; /* T, P */
    struct str text;     /* K, T, C: base64 */
    struct pair pair;    /* P */
};

/* False where it is no such line. */
bool line_read(struct str text, struct line *line);

void line_add_settings(const struct alike_plan *plan, struct buf *to);

void line_add_kept(struct buf *to, uint32_t key, uint32_t time, uint64_t form, struct str text);
void line_add_asking(struct buf *to, uint32_t key, uint64_t form);
/* kind: 's' or 't' */
void line_add_text(struct buf *to, char kind, uint64_t form, struct str settings, struct str text);
void line_add_candidate(struct buf *to, uint64_t form, uint32_t time, uint64_t other,
                        struct str text);
void line_add_pair(struct buf *to, const struct pair *pair, struct str settings);

#endif
