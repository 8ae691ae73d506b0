/*
 * The labels of judgements with the names that people read (lib/data/labels.tsv).
 * Labels of intents, risks and conduct have a bit each, so that what a post is
 * judged to be fits one number. The struct owns its strings.
 */
#ifndef REPORT_LABELS_H
#define REPORT_LABELS_H

#include <stdint.h>

#include "base/err.h"
#include "base/table.h"

enum label_kind {
    LABEL_TONE,
    LABEL_INTENT,
    LABEL_RISK,
    LABEL_CONDUCT,
    LABEL_LEVEL,
    LABEL_TIER,
    LABEL_STAGE,
    LABEL_KINDS,
};

enum { LANG_JA, LANG_EN, LANGS };

#define LABEL_BITS 32 /* intents, risks and kinds of conduct, all together */
#define LABEL_MAX  96

/* What it is when posts with a label become more. */
enum label_rise { RISE_NEITHER, RISE_GOOD, RISE_BAD };

struct label {
    enum label_kind kind;
    enum label_rise rise;
    struct str name;
    struct str shown[LANGS];
};

struct labels {
    struct table file;
    struct label all[LABEL_MAX];
    size_t count;
    size_t first[LABEL_KINDS + 1]; /* where a kind begins in all; the kinds stand in order */
};

bool labels_open(struct labels *l, struct err *e);
void labels_close(struct labels *l);

/* The index of a label within its kind, or -1. */
int labels_find(const struct labels *l, enum label_kind kind, struct str name);

/* How many bits there are, the label of a bit, and the bit of a kind's first label. */
size_t labels_bits(const struct labels *l);
const struct label *labels_of_bit(const struct labels *l, size_t bit);
size_t labels_first_bit(const struct labels *l, enum label_kind kind);

/* What people read; the name itself where the table has none. */
struct str labels_shown(const struct labels *l, enum label_kind kind, struct str name, int lang);

#endif
