/*
 * What the files that take records into figures (figures*.c) share. Private to them; the figures
 * own all that is kept.
 */
#ifndef REPORT_FIGURES_PARTS_H
#define REPORT_FIGURES_PARTS_H

#include "report/figures.h"

#define FIGURES_NAME   256 /* bytes of a watch or source that no configuration defines */
#define FIGURES_NO_SET UINT32_MAX

/* Is a time one that --until leaves out? */
bool figures_is_after(const struct figures *f, int64_t time);

/* Was this watch asked for, or none in particular? */
bool figures_wants_watch(const struct figures *f, struct str name);

/* The set of watches that a record belongs to: those that it names, or else those
 * of the configuration that it matched. This is the one place that says so. */
uint32_t figures_watches_of(struct figures *f, const struct record *r, uint64_t watched);

/* The set of the watches of two; the first one, where that holds the other. */
uint32_t figures_unite_sets(struct figures *f, uint32_t first, uint32_t other);

/* Shows a post of the day reported to the shelves of its scopes; it counts in those that are
 * not of the set of watches that it was shown to before (FIGURES_NO_SET: to none). Where it was
 * taken up already, that is `post`, of which a reference is given away; or NULL. */
void figures_offer(struct figures *f, const struct record *r, const struct fact *fact, uint32_t row,
                   uint32_t before, struct post *post);

/* A post as it stands on any shelf, with one more reference, or NULL. */
struct post *figures_kept_post(const struct figures *f, uint32_t row);

/* Takes a post off all shelves. */
void figures_withdraw(struct figures *f, uint32_t row);

/* Keeps the first so many racks. */
void figures_cut_racks(struct figures *f, size_t count);

/* Take in a record of these kinds. An alert from --until on, or of other watches, speaks of posts
 * that are left out; so does a group whose posts go on past --until: its figures are of more. */
void figures_add_alert(struct figures *f, const struct record *r, const struct fact *fact);
void figures_add_gap(struct figures *f, const struct record *r);
void figures_add_cluster(struct figures *f, const struct record *r);

#endif
