/*
 * What went wrong, for a person: what, where, and what to do. Libraries fill
 * one and return false (or NULL); commands print it and end. The caller owns
 * the struct; it holds no other memory.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

struct err {
    char text[1024]; /* one line, no newline, no program name */
};

/* Makes a text one that can be shown: in one line whatever a hostile file name, value or
 * server put into it, and without controls of terminals. Each becomes a question mark. */
void err_one_line(char *text);

/* Sets the text. Always returns false, so that `return err_set(…)` reads well. */
bool err_set(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, with `: ` and the reason that errno gives behind it. */
bool err_system(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
