/*
 * The labels of the five questions: fixed words, part of the record format. One number
 * for each, so that a set of labels is a bit mask.
 */
#ifndef JUDGE_LABEL_H
#define JUDGE_LABEL_H

#include <stdint.h>

#include "base/str.h"

enum label {
    /* intents */
    LABEL_COMPLAINT,
    LABEL_QUESTION,
    LABEL_REQUEST,
    LABEL_PRAISE,
    LABEL_BOYCOTT,
    LABEL_EXPOSURE,
    LABEL_CALL_IN,
    LABEL_HEARSAY,
    /* risks */
    LABEL_CONTAMINATION,
    LABEL_SAFETY,
    LABEL_DEFECT,
    LABEL_SERVICE,
    LABEL_OUTAGE,
    LABEL_MISCONDUCT,
    LABEL_REMARK,
    LABEL_ADVERTISING,
    LABEL_STEALTH_MARKETING,
    LABEL_LEAK,
    LABEL_LABOR,
    LABEL_HARASSMENT,
    LABEL_DISCRIMINATION,
    LABEL_SCANDAL,
    LABEL_RUMOR,
    /* conduct */
    LABEL_ABUSE,
    LABEL_HATE,
    LABEL_TROLL,
    LABEL_THREAT,
    LABEL_SPAM,
    LABELS,
    /* tone, as it stands in rules and evidence */
    LABEL_POLARITY = LABELS,
};

#define LABEL_BIT(label) ((uint32_t)1 << (label))
#define LABELS_INTENTS   (LABEL_BIT(LABEL_CONTAMINATION) - 1)
#define LABELS_RISKS     ((LABEL_BIT(LABEL_ABUSE) - 1) & ~LABELS_INTENTS)
#define LABELS_CONDUCT   ((LABEL_BIT(LABELS) - 1) & ~LABELS_INTENTS & ~LABELS_RISKS)

/* The names of the five questions, then NULL. */
extern const char *const label_questions[];

const char *label_name(enum label label);

/* The label of that name, LABEL_POLARITY for "polarity", or -1. */
int label_find(struct str name);

#endif
