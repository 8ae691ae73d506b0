/*
 * Whole small files, folders, and where the installed data is: tables, dictionary,
 * compiled rules. The caller frees what is returned.
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include "base/buf.h"
#include "base/err.h"

/* Adds the content of a file. `-` is standard input. */
bool file_read(struct buf *to, const char *path, struct err *e);

/* Where a path leads through links, even to what is not there yet. NULL: in a circle. */
char *file_place(const char *path);

/* The folder that a path's last name is in. */
char *file_folder(const char *path);

/* Are the last names of two paths in one folder? */
bool file_is_beside(const char *a, const char *b);

/* Do two paths lead to one file, or will they when it is there? A device or a pipe is none. */
bool file_is_one(const char *a, const char *b);

/* Is the regular file at path the one that is open there? */
bool file_is_open(const char *path, int fd);

/* Is the regular file at path the one that an operand names, `-` being standard input? */
bool file_is(const char *path, const char *operand);

/* Makes a folder, which only its owner can read, and those it is in, where they are not
 * there. */
bool folder_make(const char *path, struct err *e);

/* A file without a name, in $TMPDIR or else in /tmp: it goes with whoever holds it, however
 * that ends. Adds a path by which this process and its children can open it again. -1, and e
 * says why, where there can be none. */
int file_nameless(struct buf *path, struct err *e);

/* The path of an installed data file: in $HINOBAN_DATA if that is set, else in
 * ../share/hinoban beside the running program, else where configure put it.
 * Not checked for being there. */
char *data_path(const char *name);

#endif
