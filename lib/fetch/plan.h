/*
 * What hinoban-fetch is to do, out of the sections [fetch] and [source NAME] of
 * hinoban.conf(5). The plan owns everything in it but the configuration's texts, which
 * must outlive it.
 */
#ifndef FETCH_PLAN_H
#define FETCH_PLAN_H

#include "base/conf.h"
#include "base/err.h"
#include "fetch/http.h"
#include "source/network.h"

struct budget {
    int64_t posts; /* a month; INT64_MAX: no budget, or one of money */
    double money;  /* a month; negative: none */
    double price;  /* of a post */
    double request_price;
    char currency[8];
};

/* What posts and requests cost. */
double budget_cost(const struct budget *b, int64_t posts, int64_t requests);

struct planned {
    struct subject subject;
    struct source_settings settings; /* of the converter */
    const char **watches;
    size_t watch_count, watch_cap;
    struct budget budget;
    int64_t every;    /* seconds between polls by cron */
    size_t max_pages; /* in one run */
    bool private_ok;
    const char *secret_env, *secret_file; /* or NULL */
    char *secret;                         /* read by plan_secret() */
    char *base;
    size_t line; /* where its section begins */
};

struct plan {
    const struct conf *conf;
    struct planned *sources;
    size_t count, cap;
    struct http_settings http;
    char *agent;
    char **texts; /* values that were put together */
    size_t text_count, text_cap;
    int64_t patience; /* seconds that a run waits for one source's limit */
    size_t tries;     /* of a request that fails */
};

bool plan_read(struct plan *plan, const struct conf *conf, struct err *e);
void plan_free(struct plan *plan);

/* The source of that name, or NULL. */
struct planned *plan_find(const struct plan *plan, const char *name);

/* Is the file at path the configuration, or one that a secret is read from? */
bool plan_reads(const struct plan *plan, const char *path);

/* Reads a source's secret out of its variable or file. Refuses a file that others than
 * its owner can read, and a secret that is too short to be hidden. */
bool plan_secret(const struct plan *plan, struct planned *source, struct err *e);

/* Takes secrets out of a text, each stretch becoming `***`: those of the sources, in every
 * form in which they are sent, the passwords of proxies, and the tokens of a session (NULL:
 * none). */
void plan_hide(const struct plan *plan, const struct cursor *session, struct buf *text);

#endif
