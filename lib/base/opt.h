/*
 * Command-line options from one table: the table makes the getopt_long(3)
 * arrays and the text of --help, so the two cannot differ.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

#define OPT_LONG 256 /* keys from here on have no short form */

struct opt_row {
    int key;          /* the short option's character, or OPT_LONG + n; 0 ends a table */
    const char *name; /* long name without dashes */
    const char *arg;  /* what the argument is called in --help, or NULL for none */
    const char *help; /* one line */
};

struct opt_parser {
    const struct opt_row *const *tables; /* NULL-terminated list of tables */
    int argc;
    char **argv;
    struct option *longs;
    char *shorts;
};

/* Begins. Takes the folder off argv[0], with which getopt's messages begin. */
void opt_open(struct opt_parser *p, const struct opt_row *const *tables, int argc, char **argv);

/* The next option's key with its argument in *arg; -1 at the end (operands
 * begin at optind); '?' where the option is wrong (getopt has said so). */
int opt_next(struct opt_parser *p, const char **arg);

void opt_close(struct opt_parser *p);

/* Prints the rows, aligned. */
void opt_print_help(FILE *to, const struct opt_row *const *tables);

/* A whole number from min to max. */
bool opt_number(const char *arg, long long min, long long max, long long *value, struct err *e);

/* The same; the error begins with the option's long name. */
bool opt_named_number(const char *name, const char *arg, long long min, long long max,
                      long long *value, struct err *e);

/* A size in bytes: a number with an optional K, M or G (powers of 1024). */
bool opt_size(const char *arg, size_t min, size_t max, size_t *value, struct err *e);

/* A span of time in seconds: a number with s, m, h, d or w behind it. */
bool opt_span(const char *arg, long long min, long long max, long long *seconds, struct err *e);

/* A decimal number from min to max, with a point whatever the locale. */
bool opt_real(const char *arg, double min, double max, double *value, struct err *e);

#endif
