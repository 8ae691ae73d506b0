/*
 * From a record to a judged post: what every program that judges sets up once, and what
 * each of its threads holds. A program's list of members begins with those named here.
 */
#ifndef JUDGE_READER_H
#define JUDGE_READER_H

#include "base/conf.h"
#include "filter/filter.h"
#include "judge/judge.h"
#include "judge/model.h"
#include "record/scan.h"
#include "text/token.h"

/* A record's members, in the order of reader_members. */
enum reader_member {
    READER_KIND,
    READER_TEXT,
    READER_TITLE,
    READER_TOKENS,
    READER_CLASS,
    READER_WATCH,
    READER_AUTHOR,
    READER_METRICS,
    READER_MEDIA,
    READER_TIER,
    READER_REPOST_OF,
    READER_ID,
    READER_MEMBERS
};
extern const char *const reader_members[]; /* ends with NULL */

#define READER_MODELS 8

struct reader_setup {
    /* options */
    const char *conf_path;             /* -c, or NULL */
    struct token_options load;         /* -d */
    struct token_columns columns;      /* of `tokens` in records */
    const char *models[READER_MODELS]; /* --model */
    size_t model_count;
    bool no_model;      /* rules alone */
    bool probabilities; /* write them */
    /* opened */
    struct conf conf;
    struct rules rules;
    struct normal *normal;
    struct watchlist *watches;
    struct token_model *tokens;
    struct judge_models members;
    struct model opened[READER_MODELS + 1];
    struct model triage;
    char name[192]; /* what judges, for `class.model` */
};

/* The columns of `tokens` by their names. Tokens are found again in the text by their surfaces, so
 * that these must be among them. */
bool reader_columns(struct reader_setup *s, const char *names, struct err *e);

/* Tells the filter what is read for it. */
bool reader_open(struct reader_setup *s, const struct filter_settings *filter, struct err *e);
void reader_close(struct reader_setup *s);

/* Adds a line for each model that was given: its path, its hash as in `name`, and what it was made
 * from. */
void reader_tell_models(const struct reader_setup *s, struct buf *out);

struct reader {
    const struct reader_setup *setup;
    struct judge *judge;
    struct tokenizer *tokenizer;
    struct token_reader *tokens;
    struct buf text, cells, names;
    struct str *watches; /* scratch of `watch` */
    size_t watch_cap;
    struct post_facts post; /* the last one read */
};

struct reader *reader_new(const struct reader_setup *s, struct err *e);
void reader_free(struct reader *r);

/* Reads a post and judges it. NULL where all is well, else what is wrong with the record,
 * a constant text. */
const char *reader_judge(struct reader *r, const struct record *record, struct verdict *v);

#endif
