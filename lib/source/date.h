/*
 * Times as feeds and networks spell them: RFC 3339 and W3C-DTF, RFC 822 in its
 * broken forms, asctime, Twitter's, seconds or milliseconds since 1970, Japanese
 * habits (2026年8月22日 12時57分, 令和8年…, 2026/08/22 12:57, full-width digits).
 *
 * A time without a zone is taken as UTC, but as Japan's where the spelling is
 * Japanese (kana or kanji in it, or slashes with the year first).
 */
#ifndef SOURCE_DATE_H
#define SOURCE_DATE_H

#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

/* Seconds since 1970, or CLOCK_UNKNOWN where text is no time or could be two. */
int64_t date_parse(struct str text);

/* The same for a JSON value: a string, or a number of seconds or milliseconds. */
int64_t date_parse_json(struct str raw);

#endif
