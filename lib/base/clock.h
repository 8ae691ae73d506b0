/*
 * Time: seconds since 1970-01-01T00:00:00Z as a 64-bit number, RFC 3339 as
 * text. Leap seconds count as the second before them. Years 0001 to 9999.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define CLOCK_UNKNOWN INT64_MIN
#define CLOCK_DAY     86400 /* seconds */

struct civil {
    int year, month, day;     /* month and day from 1 */
    int hour, minute, second; /* 0-23, 0-59, 0-59 */
    int weekday;              /* 0 = Sunday */
};

int64_t clock_now(void);

/* Milliseconds of a clock that nobody sets. */
int64_t clock_steady(void);

/* RFC 3339 (`2026-08-22T03:57:00Z`, `…+09:00`, fraction dropped, a space for
 * the T). False, and *time is CLOCK_UNKNOWN, where text is none. */
bool clock_parse(struct str text, int64_t *time);

/* Days since 1970-01-01 of a day of the proleptic Gregorian calendar. */
int64_t clock_days(int year, int month, int day);

/* The same of a time: the day of UTC or, with the offset of a zone added, there. */
static inline int64_t clock_day(int64_t time)
{
    return time / CLOCK_DAY - (time % CLOCK_DAY < 0);
}

struct civil clock_civil(int64_t time);
int64_t clock_from_civil(struct civil c);

/* Adds `2026-08-22T03:57:00Z`. */
void clock_format(struct buf *out, int64_t time);

/* A zone for showing times: an IANA name or a POSIX TZ string. Sets the
 * process's TZ; call it once, before threads. */
bool clock_set_zone(const char *zone, struct err *e);

/* Seconds east of Greenwich in that zone at a time. */
int64_t clock_zone_offset(int64_t time);

/* Seconds from the beginning of a day there (days since 1970) to a time; below 0 before it. */
int64_t clock_in_day(int64_t time, int32_t day);

#endif
