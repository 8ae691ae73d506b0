/*
 * Reading values out of text that the scanner has passed: no checks are made
 * again. Slices point into the record's line, or into a scratch buffer where
 * escapes had to be undone.
 */
#ifndef RECORD_VALUE_H
#define RECORD_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum value_type {
    VALUE_ABSENT,
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
};

enum value_type value_type(struct str raw);

/* The text of a string. Without escapes a slice of raw; else unescaped to the end
 * of scratch, which the caller clears when the slices are done with (slices taken
 * before die when it grows: take one at a time, or reserve raw.len first). Empty
 * for what is no string. */
struct str value_string(struct str raw, struct buf *scratch);

/* Adds the text of a string, escapes undone. */
void value_add_string(struct buf *to, struct str raw);

/* The same of an id, which in records of other programs may be a number. */
void value_add_id(struct buf *to, struct str raw);

/* True where raw is the string of this text, however it is spelled. */
bool value_is(struct str raw, const char *text);

/* A number as double, or `otherwise` where raw is none. */
double value_number(struct str raw, double otherwise);

/* A number that fits as a whole one, fractions cut off, or `otherwise`. Exact where
 * it is written without fraction and exponent. */
int64_t value_integer(struct str raw, int64_t otherwise);

/* A number as it is always spelled, however it was written: 3.0 and 0.3e1 are 3, 0.50 is 0.5, -0 is
 * 0. With more than 40 digits before the point, or zeros behind it, it has an exponent: 1.5e99.
 * Spelled into scratch where need be. What is no number, or has an exponent above a million, as it
 * is. */
struct str value_short_number(struct str raw, struct buf *scratch);

bool value_true(struct str raw);

/* Is it absent or null? */
bool value_nothing(struct str raw);

/* Does it say nothing: absent, null, or an array without elements? */
bool value_empty(struct str raw);

/* Walks through an array or an object. */
struct walk {
    const char *at, *end;
    bool object;
};

void walk_begin(struct walk *w, struct str raw);

/* The same of what is a list or stands for one of a single element: of anything but an array
 * that is there, itself is the only one. */
void walk_begin_list(struct walk *w, struct str raw);

/* The next element, or in an object the next value and its key between the quotes
 * as spelled (key may be NULL; in an array it is set to nothing, ptr NULL). False at
 * the end, and at once for a scalar. */
bool walk_next(struct walk *w, struct str *key, struct str *value);

/* The raw value of an object's member, the last of that name; ptr NULL if there is
 * none or raw is no object. */
struct str value_member(struct str raw, const char *name);

#endif
