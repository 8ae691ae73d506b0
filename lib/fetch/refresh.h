/*
 * Posts that are to be read again, for their metrics: which source can read each, in
 * batches as large as its network takes. A post that was asked for and did not come is
 * gone: a record of kind delete.
 */
#ifndef FETCH_REFRESH_H
#define FETCH_REFRESH_H

#include "base/intern.h"
#include "fetch/plan.h"

/* What a post keeps when it is read again, whatever source does it: JSON of its record, or
 * NULL for the source's own. */
struct refresh_kept {
    char *watch, *tier;
};

struct refresh {
    struct planned *planned;   /* NULL in the last one: ids that no source can read */
    struct intern ids;         /* without the source's name */
    struct refresh_kept *kept; /* by the ids' numbers */
    size_t kept_count, kept_cap;
    size_t at, asked; /* the batch under way */
};

/* Sorts ids (lines: bare, or records with an id) to the sources that can read them.
 * *count: those with a source; behind them stands one more for ids without. */
struct refresh *refresh_new(const struct plan *plan, struct str lines, size_t *count);
void refresh_free(struct refresh *list, size_t count);

/* Says how many ids no source can read; returns the number. */
size_t refresh_tell(const struct refresh *list, size_t count, void (*say)(const char *text));

/* How many posts have not been read again. */
size_t refresh_left(const struct refresh *r);

/* Asks for the first of these, as many as the network takes at once and p->allowance
 * allows. */
enum step refresh_ask(struct refresh *r, struct poll *p, struct err *e);
bool refresh_read(struct refresh *r, struct poll *p, const struct answer *a, struct err *e);

/* Does this answer mean that the one post asked for is gone? A 404 of the service itself,
 * not of a proxy or a wrong path. */
bool refresh_is_missing(const struct refresh *r, const struct answer *a);

#endif
