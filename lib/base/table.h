/*
 * Tables in plain text: one row a line, fields separated by one TAB, lines that
 * begin with `# ` (or are just `#`) and empty lines are comments. The data of the
 * project is kept in such files (lib/data).
 *
 * The table owns the file's text; rows are slices of it and die with it.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/buf.h"
#include "base/err.h"

#define TABLE_FIELDS 8

struct table {
    char *path;
    struct buf text;
    size_t at;   /* of the next line */
    size_t line; /* of the last row read, from 1 */
    struct str field[TABLE_FIELDS];
    size_t fields; /* of the last row read */
};

bool table_open(struct table *t, const char *path, struct err *e);

/* Reads the next row, which must have from min to max fields. False at the end,
 * where *bad is false, or at a row that is wrong, where *bad is true and e says
 * file, line and what is wrong. */
bool table_next(struct table *t, size_t min, size_t max, bool *bad, struct err *e);

/* Sets e to `FILE:LINE: …` about the last row read; returns false. */
bool table_error(const struct table *t, struct err *e, const char *what, struct str value);

void table_close(struct table *t);

#endif
