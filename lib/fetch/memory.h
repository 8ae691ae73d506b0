/*
 * What is remembered of a source between runs: a file of JSON in the state directory,
 * replaced atomically. Cursor, session and known posts are the network's; the rest is
 * the runner's: when it was tried, what failed, what it cost this month.
 *
 * The state directory is readable by its owner only; one program at a time works on it.
 */
#ifndef FETCH_MEMORY_H
#define FETCH_MEMORY_H

#include <stdint.h>

#include "base/err.h"
#include "source/cursor.h"
#include "source/known.h"

struct memory {
    char *path;
    struct cursor cursor, session;
    struct known known;
    struct buf etag, modified;      /* of a source that is asked conditionally */
    struct buf identity;            /* what the source asks for; another one begins anew */
    int64_t tried, succeeded, next; /* CLOCK_UNKNOWN: never; next: at once */
    bool ordered;                   /* the service told us to wait until next */
    int64_t failures;               /* runs in a row */
    struct buf problem;             /* the last one; empty: none */
    int64_t gap; /* since when nothing could be read; CLOCK_UNKNOWN: all is read */
    int64_t limit, remaining, reset; /* the service's; -1 and CLOCK_UNKNOWN: not known */
    int64_t month;                   /* 2026 * 12 + 10: the month of the next three */
    int64_t posts, billed, requests;
    int64_t all_posts, all_billed, all_requests;
    int64_t withheld; /* objects that the service said it could not give, this month */
    bool spent;       /* the month's budget is; told once */
};

/* Where state is kept if nothing is said: $XDG_STATE_HOME/hinoban, else
 * ~/.local/state/hinoban. NULL, and e says why, where neither is known. */
char *memory_default_directory(struct err *e);

/* Makes the folder `fetch` of the state directory, with its parents. */
bool memory_prepare(const char *directory, struct err *e);

/* Takes the lock of the state directory, until the program ends. *busy: another program
 * has it (and the result is false). */
bool memory_lock(const char *directory, bool *busy, struct err *e);

/* Is the file at path one of the state, or would it be? */
bool memory_holds(const char *directory, const char *path);

/* Reads what is remembered of the source of that name; nothing of a new one. */
bool memory_load(struct memory *m, const char *directory, const char *name, struct err *e);
bool memory_save(struct memory *m, const char *name, struct err *e);
void memory_free(struct memory *m);

/* What was read: of the month, as members of the object that is open; and of all time, as the
 * member `total`. */
void memory_put_month(const struct memory *m, struct json *j);
void memory_put_total(const struct memory *m, struct json *j);

/* A new month begins with nothing spent. */
void memory_turn_month(struct memory *m, int64_t now);
int64_t memory_month(int64_t time);
/* When the month behind this time's begins. */
int64_t memory_next_month(int64_t time);

#endif
