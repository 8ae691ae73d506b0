/*
 * Watches: the names, products and accounts that somebody wants to hear about, out of
 * `[watch NAME]` sections of hinoban.conf, and where a text speaks of them.
 *
 * Keys of a section (all lists): terms, exclude, category, rivals, accounts; and one
 * text: label. A text matches a watch when one of its terms stands in it, in normalised
 * form; a term of Latin letters or digits only where no other such letter touches it, as the
 * author wrote it (①acme and acme™ are acme). An
 * exclusion that holds one of the terms voids the places it covers (term アロエ, exclude
 * アロエ軟膏); one that holds none voids the whole text.
 */
#ifndef TEXT_WATCHLIST_H
#define TEXT_WATCHLIST_H

#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/str.h"
#include "text/normal.h"

#define WATCHES 64 /* at most; a set of watches is a bit mask */

struct watchlist;

/* Takes the watch sections of a configuration. Read-only afterwards. */
struct watchlist *watchlist_new(const struct conf *c, const struct normal *n, struct err *e);
void watchlist_free(struct watchlist *w);

size_t watchlist_count(const struct watchlist *w);
const char *watchlist_name(const struct watchlist *w, size_t watch);
/* What reports call it; the name where no label is set. */
const char *watchlist_label(const struct watchlist *w, size_t watch);
/* The number of the watch of that name, or -1. */
int watchlist_find(const struct watchlist *w, struct str name);

enum watch_term { WATCH_NAME, WATCH_CATEGORY, WATCH_RIVAL };

struct watch_hit {
    size_t watch;
    enum watch_term what;
    size_t at, len; /* in the normalised text */
};

/* Calls `take` for every place where a term stands in the normalised text, in order. */
void watchlist_hits(const struct watchlist *w, const struct normal_text *normal,
                    struct str original, void (*take)(void *data, const struct watch_hit *hit),
                    void *data);

/* The watches whose names the text holds, as bits. */
uint64_t watchlist_match(const struct watchlist *w, const struct normal_text *normal,
                         struct str original);

/* Calls `take` with each category term of a watch, normalised. */
void watchlist_categories(const struct watchlist *w, size_t watch,
                          void (*take)(void *data, struct str term), void *data);

/* Is this handle (without @, any case) an official account of the watch? */
bool watchlist_is_official(const struct watchlist *w, size_t watch, struct str handle);

#endif
