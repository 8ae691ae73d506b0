/*
 * Checked output: bytes gathered in a buffer and written to a descriptor. The
 * first error is kept; what comes after it is dropped. Owns its buffer, not the
 * descriptor.
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include "base/buf.h"
#include "base/err.h"

struct output {
    int fd;
    const char *name; /* for messages */
    int error;        /* errno of the first failure, 0 for none */
    struct buf pending;
};

/* A descriptor 0, 1 or 2 that was closed would be given to the next file opened, which
 * would then be read or written in its place: such ones are held so that reading and
 * writing them fail. To be called first. */
bool output_hold_standard(void);

void output_open(struct output *o, int fd, const char *name);

/* Standard output. Where it is added to a file (>>) whose last line has no end, because what
 * wrote it was killed, that line is ended first: it would spoil ours. */
void output_open_standard(struct output *o);

/* A file that an option names, made anew. Not the one that standard output goes to: whoever
 * opens that once more writes over what stands there. */
bool output_create(struct output *o, const char *path, const char *option, struct err *e);

/* Adds bytes; writes when enough have gathered. */
void output_add(struct output *o, struct str bytes);

/* Writes all that is pending. False, and e says why, if any write has failed. */
bool output_flush(struct output *o, struct err *e);

/* Flushes, and closes the descriptor, whose late errors (NFS, quota) count too. */
bool output_close(struct output *o, struct err *e);

#endif
