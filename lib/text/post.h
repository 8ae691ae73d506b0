/*
 * What programs read of a post in the same way: its text, which is title, a line break and text,
 * and its tier.
 */
#ifndef TEXT_POST_H
#define TEXT_POST_H

#include "base/buf.h"
#include "base/str.h"

/* Title and text of a post out of their raw members (either may be absent or null). A
 * slice of the record where nothing had to be undone, else of scratch, which is
 * cleared first. */
struct str post_text(struct str raw_title, struct str raw_text, struct buf *scratch);

/* How many bytes of that text the title and its line break are; 0 without a title. */
size_t post_title_bytes(struct str raw_title, struct buf *scratch);

/* How far a post reaches. The names, of TIER_SNS and on, end with NULL. */
enum tier { TIER_UNKNOWN, TIER_SNS, TIER_FORUM, TIER_MATOME, TIER_NET_NEWS, TIER_MASS };
extern const char *const tier_names[];

#endif
