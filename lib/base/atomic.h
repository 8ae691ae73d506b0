/*
 * Files that are replaced whole or not at all: written beside their place,
 * synced, renamed over it, and the directory synced. Readers see the old file or
 * the new one. Removes its own temporary file when it fails or is given up. A link is
 * followed; `-`, a device and a pipe are written to as they stand.
 */
#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include "base/err.h"
#include "base/output.h"

struct atomic {
    struct output out;
    char *path;
    char *temporary; /* NULL where nothing is replaced */
};

/* Begins a new version of the file at path; write to a->out. */
bool atomic_open(struct atomic *a, const char *path, struct err *e);

/* Puts the new version in place. Either way the struct is done with. */
bool atomic_commit(struct atomic *a, struct err *e);

/* Drops the new version. */
void atomic_abandon(struct atomic *a);

/* Removes from a folder what writers of files with this ending, who were killed, have left
 * there. Nobody may be writing meanwhile. */
void atomic_sweep(const char *folder, const char *ending);

#endif
