/*
 * What the two generations of X's interfaces have in common: three entities of HTML
 * in texts, what ids look like, the time that they tell, and films in several sizes.
 */
#ifndef SOURCE_TWEET_H
#define SOURCE_TWEET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "source/arena.h"

/* The text of a JSON string with &amp; &lt; &gt; undone; ptr NULL for no string. */
struct str tweet_text(struct arena *a, struct str raw);

/* Is a raw value an id of X's, digits or a number? Those of records have their source and a
 * colon before them. */
bool tweet_is_id(struct str raw);

/* When an id was given out (since November 2010 they count milliseconds), or
 * CLOCK_UNKNOWN. */
int64_t tweet_time(struct str id);

/* https://x.com/HANDLE/status/ID; without a handle the address that leads there. */
struct str tweet_url(struct arena *a, struct str handle, struct str id);

/* The address of the film with the most bits a second, of an array of its variants; ptr NULL
 * where none is told. */
struct str tweet_film(struct arena *a, struct str variants);

#endif
