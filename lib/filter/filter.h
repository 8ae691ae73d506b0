/*
 * The one loop that keeps the contract of every filter: operands, lines, records,
 * workers, output in order; --where, --rejects, --strict, -j, --max-line; bad
 * lines told and kept; exit status 0, 1, 2. A program is a table of options and a
 * few functions; see struct filter.
 *
 * The program's own state is one pointer, `program`; each worker thread has one
 * more, `worker`. Only settle(), finish() and open/close_worker() may touch what
 * workers share without a lock of their own: they are never called at once.
 */
#ifndef FILTER_FILTER_H
#define FILTER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/opt.h"
#include "base/output.h"
#include "record/scan.h"

/* Exit statuses. */
#define STATUS_OK     0
#define STATUS_PARTLY 1 /* done, but some input was rejected or some source failed */
#define STATUS_FAILED 2 /* wrong use, wrong configuration, or the system failed */

/* The first two members of every program's list. */
#define MEMBER_KIND 0
#define MEMBER_TEXT 1

enum filter_verdict {
    FILTER_PASS, /* write the line as it is */
    FILTER_PUT,  /* write it with item->member as the program's own member */
    FILTER_DROP, /* write nothing */
    FILTER_TEXT, /* write item->member alone, as it is, in place of the line */
    FILTER_BAD,  /* the record cannot be worked on: see item->problem */
};

/* One record under way. */
struct filter_item {
    const struct record *record;
    struct buf *member;   /* work: the JSON of the own member goes here (or, where there
                             is a settle, any bytes for it); empty at first */
    struct str note;      /* settle: what work wrote */
    const char *file;     /* settle: operand that the record comes from, … */
    size_t line;          /* … and its line in there, from 1 */
    struct output *ahead; /* settle: takes whole lines that go out before this one */
    const char *problem;  /* with FILTER_BAD: what is wrong, a constant text */
};

/* One document or line under way in a program that makes records out of others'
 * formats. */
struct filter_source {
    const char *file;   /* operand that it comes from */
    struct str text;    /* with INPUT_SLACK bytes behind it */
    bool document;      /* a whole file, not a line */
    struct buf *lines;  /* records made, each with its newline */
    struct output *out; /* in_order: takes whole lines at once, in place of `lines` */
    struct buf *bad;    /* takes the parts of a document that were not taken in whole, if it can
                           tell them from the rest; NULL where nobody asks for them */
    struct err problem; /* why it was rejected, in whole or from `at` on */
    size_t at;          /* byte, from 0; SIZE_MAX for nowhere in particular */
};

struct filter_settings {
    int64_t now; /* --now, or the time the program started */
    bool now_told;
    size_t jobs; /* worker threads */
    const char *where;
    const char *rejects; /* path, or NULL */
    bool strict;
    bool failed;       /* an input could not be opened: what goes to standard output goes there all
                          the same, but nothing is put in the place of a file or a state */
    uint64_t rejected; /* for finish: lines, or documents, that were not taken */
    uint64_t unread;   /* the same: inputs that could not be read to their end, or not opened */
    char **operands;   /* the inputs; none: standard input */
    size_t operand_count;
    struct filter_files *also; /* see filter_also_reads() */
};

/* Tells, in begin(), of a file that is read beside the operands: configuration, models, tables.
 * NULL is none. */
void filter_also_reads(const struct filter_settings *s, const char *path);

/* The same of a data file that is installed, by its name. */
void filter_also_reads_data(const struct filter_settings *s, const char *name);

/* May the program write to the file at path, which this option gave? Not where an input is
 * read or rejects go: one would take the place of the other. */
bool filter_may_write(const struct filter_settings *s, const char *option, const char *path,
                      struct err *e);

typedef enum filter_verdict filter_work(void *worker, struct filter_item *item);

struct filter {
    const char *name;    /* "dedupe": the program is hinoban-dedupe */
    const char *summary; /* one line for --help */
    const char *operands;
    const struct opt_row *options; /* the program's own; NULL for none */
    bool asks_time;                /* takes --now */
    size_t default_jobs;           /* 0: as many as there are processors; looked at when
                                      the options are read, so option() may have set it */

    bool (*option)(void *program, int key, const char *arg, struct err *e);
    /* Options are read; load what is needed, and tell with filter_also_reads() from where. May
     * be NULL. */
    bool (*begin)(void *program, const struct filter_settings *s, struct err *e);

    /* Records in: members wanted (MEMBER_KIND and MEMBER_TEXT first), the one that is
     * written or NULL, the kinds worked on (NULL-terminated; a line without kind is a
     * post; others pass through untouched, or are dropped by a program that sums up). */
    const char *const *members;
    const char *adds;
    const char *const *kinds;
    bool sums_up;
    filter_work *work;
    /* If there: called instead for a record of these kinds that --where does not take; what it
     * says is done, so that a program that sums up can tell what it did not see. */
    filter_work *work_left_out;
    /* If there: called in input order with what work left, when work said PUT. */
    enum filter_verdict (*settle)(void *program, struct filter_item *item);
    /* If there: told what work left a few records before settle gets it, so that memory
     * can be on its way. Changes nothing. */
    void (*expect)(void *program, struct str note);

    /* Or other formats in: called for each line or document instead of work. False
     * where something was rejected (what was made before still counts). --where is
     * asked about the records made. */
    bool (*convert)(void *worker, struct filter_source *source);
    bool (*is_document)(void *program, struct str head);
    bool in_order; /* each line waits for the one before it: one thread, whatever -j says */

    void *(*open_worker)(void *program, struct err *e); /* NULL: failed */
    void (*close_worker)(void *program, void *worker);
    /* All input is read; write what sums it up. May be NULL. */
    bool (*finish)(void *program, struct output *out, struct err *e);
    /* All input was read, and all output is written and closed; keep what is to be known in
     * the next run. May be NULL. */
    bool (*keep)(void *program, struct err *e);
};

/* The whole main() of a filter: returns the exit status. */
int filter_main(const struct filter *f, void *program, int argc, char **argv);

#endif
