/*
 * The words of reports in the reader's language (lib/data/report-texts.tsv), and
 * numbers and times as people read them. A text may hold {names}, which are
 * replaced by what the caller gives.
 */
#ifndef REPORT_TEXTS_H
#define REPORT_TEXTS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/intern.h"
#include "base/table.h"
#include "report/labels.h"

struct texts {
    struct table file;
    struct intern keys;
    struct str (*shown)[LANGS]; /* by key */
    size_t shown_cap;
    int lang;
};

struct text_arg {
    const char *name; /* NULL ends a list */
    const char *value;
};

#define TEXT_ARGS(...) ((const struct text_arg[]){__VA_ARGS__, {NULL, NULL}})

bool texts_open(struct texts *t, int lang, struct err *e);
void texts_close(struct texts *t);

/* The text of a key; the key itself where the table has none. */
struct str texts_get(const struct texts *t, const char *key);

/* Adds the text of a key with its names replaced; args may be NULL. {name} is its value,
 * {name|one|many} the word `one` where that is 1, else `many`. */
void texts_say(const struct texts *t, struct buf *out, const char *key,
               const struct text_arg *args);

/* A short text by value, so that several fit one expression. */
struct shown {
    char text[64];
};

struct shown shown_count(uint64_t number); /* 12,345 */
/* 12.3; 1,234 from a hundred on; 0.036 below one, so that 0.0 is 0 alone. */
struct shown shown_decimal(double number);
struct shown shown_share(uint64_t part, uint64_t whole);    /* 12.3%; – where whole is 0 */
struct shown shown_signed(double number, const char *unit); /* +12.3pt, ±0 */
struct shown shown_date(int32_t day);                       /* 2026-11-11 */
struct shown shown_weekday(const struct texts *t, int32_t day);
/* 12:57, or 11-10 12:57 where it is not of `day`, or 2025-11-10 12:57 where it is of another year,
 * in the zone; – for unknown. INT32_MIN is no day, and of any year. */
struct shown shown_time(int64_t time, int32_t day);
struct shown shown_duration(const struct texts *t, int64_t seconds);

#endif
