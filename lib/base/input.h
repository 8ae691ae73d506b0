/*
 * Input for a stream: the operands one after another (`-` is standard input, no
 * operand means `-`), gzip undone where the content says so, handed out as
 * chunks of whole lines. A chunk comes early when the input pauses, so that a
 * filter behind `tail -f` answers at once.
 *
 * The caller owns each chunk and its buffer and may fill it again and again.
 */
#ifndef BASE_INPUT_H
#define BASE_INPUT_H

#include "base/buf.h"
#include "base/err.h"

/* Bytes of slack behind the text of a chunk, for readers that look at 16 bytes
 * at a time; their content is not defined. */
#define INPUT_SLACK 64

#define INPUT_LINE ((size_t)64 << 20) /* the longest line, where nobody says another */

enum input_piece {
    INPUT_LINES,     /* whole lines; the last of a file may lack its newline */
    INPUT_LONG,      /* the beginning of a line over the limit, without its end */
    INPUT_LONG_MORE, /* more of that line */
    INPUT_LONG_END,  /* the end of that line, newline included if there was one */
    INPUT_DOCUMENT,  /* a whole file (if input_documents() was asked for) */
    INPUT_BROKEN,    /* no text: a file could not be read on; see problem */
};

struct chunk {
    enum input_piece piece;
    struct buf text;
    const char *file; /* operand as given */
    bool opens;       /* the first of its file: line numbers begin anew */
    bool pausing;     /* nothing more was to be had at once */
    bool at_fault;    /* INPUT_BROKEN: the system failed (false: the content is bad) */
    struct err problem;
};

struct input;

/* Opens nothing yet. operands must live as long as the input. */
struct input *input_new(char *const *operands, size_t count, size_t max_line);
void input_free(struct input *in);

/* Asks `decide`, with the context, about each file's beginning (its first line that is not blank
 * and 4096 bytes behind it, or that line without its newline where nothing follows): true for a
 * document to be handed out whole, false for lines. */
void input_documents(struct input *in, bool (*decide)(void *context, struct str head),
                     void *context);

/* Fills *c with the next piece. False at the end of all input. */
bool input_next(struct input *in, struct chunk *c);

/* For files that are read whole beside a stream: gives take() every line that is not blank, with
 * INPUT_SLACK bytes behind it and without a byte order mark, until it is false. False where
 * it was, where a line is longer than max_line or a file cannot be read on; e then names the
 * file and the line. */
bool input_each_line(char *const *files, size_t count, size_t max_line,
                     bool (*take)(void *data, struct str line, struct err *why), void *data,
                     struct err *e);

#endif
