/*
 * Networks: how each is asked, page by page, and what must be remembered of an answer.
 * A network is one C file with one struct network, and a row in the table of network.c.
 * It builds requests, reads pages and moves its cursor; who carries requests, waits,
 * retries, writes and saves is lib/fetch, and how a page becomes posts is the format's
 * (source.h), which hinoban-import has too.
 *
 * A poll is one round of a source: ask() and read() in turn until ask() says that there
 * is nothing left. A request that failed is asked for again, by ask() too. After each read() the
 * records go out and only then the cursor is saved, so a network changes its cursor in read() in
 * such a way that a poll that is broken off there goes on well from it.
 */
#ifndef SOURCE_NETWORK_H
#define SOURCE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/err.h"
#include "source/cursor.h"
#include "source/known.h"
#include "source/request.h"
#include "source/source.h"

#define NETWORK_KEYS 16
#define SECRET_LEAST 4 /* bytes; a shorter secret cannot be told from other text */

/* ---- what the configuration says of a source ---- */

enum key_shape {
    KEY_TEXT,
    KEY_URL,    /* http or https */
    KEY_NUMBER, /* whole, not negative */
    KEY_SPAN,   /* of time, in seconds: 90s, 15m, 6h, 7d */
    KEY_CHOICE, /* one of a list */
    KEY_LIST,
    KEY_EXPR, /* jq */
};

struct network_key {
    const char *name;
    enum key_shape shape;
    bool needed;
    const char *otherwise; /* the value where none is given; NULL: none */
    const char *const *choices;
    bool manner; /* how, not what: another value does not make the cursor meaningless */
};

/* A source as configured. Texts belong to whoever read the configuration. */
struct subject {
    const char *name;
    const struct network *network;
    const char *values[NETWORK_KEYS]; /* by the network's keys; NULL: not given */
    const char *user;                 /* or NULL */
    struct str secret;                /* empty: none */
    const char *base;                 /* the service's address, without a slash at the end */
    int64_t first;                    /* how far back a first poll reads, in seconds */
};

/* A key's value, or NULL. */
const char *subject_text(const struct subject *s, const char *key);
bool subject_is(const struct subject *s, const char *key, const char *value);
int64_t subject_number(const struct subject *s, const char *key);

/* ---- a poll ---- */

enum step {
    STEP_ASK,    /* request is to be sent */
    STEP_DONE,   /* nothing (more) to ask */
    STEP_FAILED, /* e says why */
};

/* What the page just taken held. */
struct page {
    size_t posts;   /* records of kind post */
    size_t fresh;   /* of these, not known before */
    int64_t oldest; /* the earliest of their times, CLOCK_UNKNOWN where none is known */
};

struct poll {
    const struct subject *subject;
    struct cursor *cursor;  /* survives */
    struct cursor *session; /* survives, private: tokens of the network's own */
    struct known *known;    /* survives */
    struct source *source;  /* converts */
    struct buf *lines;      /* records, in read() */
    struct request request; /* what ask() asks */
    int64_t now;
    int64_t last;     /* when the source was last read to its end, or CLOCK_UNKNOWN */
    bool gap;         /* what came since then could not be read by a poll before */
    bool unread;      /* ask(), with STEP_DONE: there is no need to read the posts yet */
    bool refreshing;  /* posts are read again: known ones too are wanted */
    bool preparing;   /* refresh(): the request is not for the posts yet */
    bool unbilled;    /* ask(): this request is answered by no posts that cost */
    size_t allowance; /* posts that may still be read this month */
    struct page page; /* the last that poll_take() took */
    size_t pages;     /* answers read in this poll */
    size_t billed;    /* posts that the last answer cost, where not page.posts */
    unsigned stage;   /* the network's own; 0 when a poll begins */
    size_t item;      /* the same */
    bool faulty;      /* some of the page was rejected: fault says what */
    struct err fault;
    size_t noted;                     /* objects that the network said it could not give */
    struct expr *exprs[NETWORK_KEYS]; /* compiled KEY_EXPRs, at the places of their keys */
};

struct network {
    const char *kind; /* in the configuration */
    const char *what; /* one line for people */
    const struct source_format *format;
    const char *source; /* before ids where the configuration names none; NULL: the format's */
    const char *base;   /* the service's usual address; NULL: the source must say */
    const struct network_key *keys;
    bool wants_user, wants_secret;
    bool overlaps;    /* pages bring known posts again: leave them out */
    bool conditional; /* asks with ETag and Last-Modified */
    bool may_be_void; /* status 204, with an empty body, is a page on which nothing is */
    bool paid;        /* each post is billed: the budget counts */
    int64_t every;    /* seconds between polls where the configuration says nothing */
    size_t least;     /* posts that the smallest page may bring */

    /* Is the source configured so that it can work? NULL: no further checks. */
    bool (*check)(const struct subject *s, struct err *e);
    enum step (*ask)(struct poll *p, struct err *e);
    /* Reads an answer of status 200, or 204 where may_be_void. False where it is no page: nothing
     * is saved. */
    bool (*read)(struct poll *p, const struct answer *a, struct err *e);
    /* May the network put right what this answer (status 400 to 499) complains of, by
     * asking anew? NULL: never. Called at most twice in a poll. */
    bool (*mend)(struct poll *p, const struct answer *a);

    /* Re-reading posts by id (without the source's name): how many go into one request;
     * 0: it cannot. Answers are read by poll_take(). What must be asked for first, a
     * session say, refresh() asks for with p->preparing set, and read() reads it. */
    size_t refresh_batch;
    enum step (*refresh)(struct poll *p, const struct str *ids, size_t count, struct err *e);
    /* Can this source read that post again? NULL: each of the network's. */
    bool (*owns)(const struct subject *s, struct str id);
};

/* NULL for a kind that there is not. */
const struct network *network_find(const char *kind);
/* The networks in their order, NULL behind the last. */
const struct network *network_at(size_t number);

/* ---- for networks ---- */

/* Converts a body into p->lines, leaves known posts out, fills p->page. False, and e
 * says why, where it gave nothing and is wrong; where only some of it is, p->faulty. */
bool poll_take(struct poll *p, struct str body, struct err *e);

/* Checks that a body is one JSON value and returns it; ptr NULL, and e says why, where
 * it is none (a page of HTML, say). */
struct str poll_json(struct str body, struct err *e);

/* How many elements an array has; what is none has none. */
size_t poll_elements(struct str array);

/* A stretch that could not be read. The record's id is made of name and from, so that a
 * later one about the same stretch brings it up to date. */
struct gap_note {
    const char *name; /* of the source in the configuration */
    int64_t from, to, seen;
    int64_t retry;  /* CLOCK_UNKNOWN: never */
    bool lost;      /* for good: an id of its own */
    bool recovered; /* what was missing has been read since */
    struct str reason;
    const char *const *watches;
    size_t watch_count;
};

void gap_write(struct buf *lines, const struct gap_note *gap);

/* Adds a record of kind gap: what was published from..to will not be read. */
void poll_gap(struct poll *p, int64_t from, int64_t to, const char *reason);

/* Which of two decimal ids is greater, whatever their length: <0, 0, >0. */
int id_compare(struct str a, struct str b);

/* How far back a first poll reads: noted in the mark `start`, so that all its runs agree,
 * until back_page() ends it. */
int64_t poll_start(struct poll *p);

/* Does the service name as the next page the one that was asked for, and was nothing new
 * on it (as far as the network tells known posts)? Its pages would have no end: the poll becomes
 * faulty, what is between `from` and the page a gap, and the network ends the poll. */
bool poll_circles(struct poll *p, struct str asked, struct str next, int64_t from);

/* The mark of a session that says whose it is; all others are kept secret. */
#define SESSION_OWNER "of"

/* Forgets tokens that another account or another service gave. */
void session_check(struct poll *p);

/* ---- paging back: pages come newest first ----
 *
 * The marks of the cursor: `since`, up to which all was read; while a poll is under way
 * `newest`, what `since` will be when it is done, and `before`, where it goes on. */

/* The first page of a poll notes its newest post; any page, where to go on (empty: the
 * poll is done). */
void back_page(struct poll *p, struct str newest, struct str next);

#endif
