/*
 * Normalisation, on the tables of utf8proc. Two forms of one text:
 *
 *  - for analysis: what tokenizer, lexicons and rules see, with a map that leads
 *    every byte back to the original;
 *  - for comparison: a key under which two copies of a text are the same.
 *
 * Input is well-formed UTF-8 (the scanner has seen to it); bytes that are not are
 * passed through. Tables are built once by normal_new() and only read afterwards,
 * so threads share them.
 */
#ifndef TEXT_NORMAL_H
#define TEXT_NORMAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct normal; /* the tables */

struct normal *normal_new(void);
void normal_free(struct normal *n);

/* A normalised text and where each of its bytes comes from. */
struct normal_text {
    struct buf text;
    uint32_t *origin; /* text.len + 1 entries: byte offset in the original at which the
                         character that made this byte begins; the last is the original's length */
    size_t origin_cap;
};

/* Replaces *to by the form for analysis: compatibility forms and width folded
 * (ＡＢＣ１ → abc1, ｶﾞ → ガ, ① → 1, ㈱ → (株)), case folded, combining dakuten joined
 * (か + U+3099 → が), runs of long vowel marks made one (すごーーい → すごーい, 〜～~ after
 * kana too), runs of laughter made one (ｗｗｗ → w, 草草 → 草), three dots or more and runs of
 * … made one … (..., ・・・・ and …… → …), zero-width characters, variation selectors and
 * bidirectional controls dropped, other white space as a blank (newlines stay). Left as they
 * are: ‥, accents that stand alone (´ ￣), emoji; a
 * wave that is no long vowel is 〜, whichever of 〜 and ～ was written. */
void normal_analysis(const struct normal *n, struct str original, struct normal_text *to);

/* The same, added to what *to holds already, for a text that stands at byte `base`
 * of a longer one: origins count from there. */
void normal_analysis_add(const struct normal *n, struct str original, size_t base,
                         struct normal_text *to);

void normal_text_free(struct normal_text *t);

/* The length of the name with which a text begins, as it stands behind an @: of an author, maybe
 * with a server's. */
size_t normal_handle(struct str text);

/* The length of the `RT @name: ` with which a text begins, by which old clients
 * mark a copy, and the name; 0 where there is none. Where several stand one behind the other (a
 * copy of a copy), of all, and the last name. */
size_t normal_repost(struct str text, struct str *handle);

/* Adds the form for comparison: as above, and white space, punctuation, symbols and
 * emoji dropped (㊗ and ™, too, which are letters above), URLs dropped, leading `RT @name:`
 * dropped. May add nothing at all (a text of emoji only): such texts are compared as they are, by
 * the caller. */
void normal_key(const struct normal *n, struct str original, struct buf *to);

#endif
