/*
 * Tokens: MeCab over the normalised text, entities as tokens of their own, every
 * surface a slice of the original. One model for all threads, one tokenizer for each.
 * Also reads the `tokens` member back.
 */
#ifndef TEXT_TOKEN_H
#define TEXT_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "text/normal.h"

struct token {
    struct str surface; /* as the author wrote it */
    size_t at;          /* its byte in the original text */
    struct str pos;     /* ipadic's first column: 名詞, 動詞, … ; 記号 for entities */
    struct str pos2;    /* its second: 一般, 自立, … ; entities: url, mention, … */
    struct str base;    /* dictionary form; of unknown words and entities the normalised surface */
    struct str feature; /* the whole feature, as the dictionary has it; empty for entities */
    bool plain;         /* nothing in it needs an escape in JSON */
    struct str tail;    /* the JSON of all columns behind the surface, where the tokenizer
                           was told the columns and has it ready */
    uint32_t kind;      /* a number: equal ones, equal surface, part of speech and base form;
                           0: it has none. See tokenizer_number() and token_reader */
};

#define TOKEN_KINDS 32768u /* numbers that one tokenizer or reader gives at most */

/* Columns of the `tokens` member. */
enum token_column {
    TOKEN_SURFACE,
    TOKEN_POS,
    TOKEN_POS2,
    TOKEN_BASE,
    TOKEN_READING,
    TOKEN_PRON,
    TOKEN_OFFSET,
    TOKEN_FEATURE,
};
#define TOKEN_COLUMNS 8

struct token_columns {
    enum token_column column[TOKEN_COLUMNS];
    size_t count;
};

struct token_model;
struct tokenizer;
struct filter_settings; /* filter/filter.h */

/* What to load. */
struct token_options {
    const char *dictionary; /* directory; NULL: the one that is installed with us */
    const char *words;      /* table of a company's own words, or NULL */
    bool bare;              /* without our own words */
};

struct token_model *token_model_new(const struct token_options *options, struct err *e);
void token_model_free(struct token_model *m);

/* Tells the filter of the dictionary's files, which stay in use until the model is freed. */
void token_model_tell_files(const struct token_model *m, const struct filter_settings *filter);

/* Which dictionary makes the tokens: 16 hexadecimal digits. Models trained on tokens of
 * one do not fit those of another. A company's own words do not count. */
const char *token_model_id(const struct token_model *m);

struct tokenizer *tokenizer_new(const struct token_model *m, struct err *e);
void tokenizer_free(struct tokenizer *t);

/* Tells the columns that the tokens will be written with, so that what the dictionary
 * says of a word is put into JSON once and not for every token. */
void tokenizer_prepare(struct tokenizer *t, const struct token_columns *columns);

/* From now on tokens get numbers, from `first` on. */
void tokenizer_number(struct tokenizer *t, uint32_t first);

/* Tokens of a text, in order; white space makes none. They stay until the next call. */
struct token_list {
    const struct token *tokens;
    size_t count;
};
struct token_list tokenizer_run(struct tokenizer *t, struct str text);

/* The normalised forms are the same ones that tokenization uses. */
const struct normal *token_model_normal(const struct token_model *m);

/* "surface,pos,base": names with commas or blanks between. */
bool token_columns_parse(struct token_columns *c, const char *names, struct err *e);
#define TOKEN_COLUMNS_DEFAULT "surface,pos,base"

/* Adds the tokens as a JSON array of arrays. */
void token_list_write(const struct token_list *list, const struct token_columns *columns,
                      struct buf *out);

/* A token's column as text; of the offset none. */
struct str token_column_of(const struct token *token, enum token_column column);

/* Column n, from 0, of a feature; empty where there is none or it is "*". */
struct str token_feature_column(struct str feature, unsigned n);

/* Reads `tokens` members written with these columns (surface must be among them). It keeps
 * the rows that it has seen, up to some megabytes, and gives them numbers from 1 on. For one
 * thread. */
struct token_reader;
struct token_reader *token_reader_new(const struct token_columns *columns);
void token_reader_free(struct token_reader *r);

/* Reads a member over the text that it was made from. False where it does not fit: a surface is
 * not there, or letters or digits are in none. The list lasts until the next call, and as long as
 * `raw` and `text`. */
bool token_reader_read(struct token_reader *r, struct str raw, struct str text,
                       struct token_list *list);

#endif
