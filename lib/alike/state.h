/*
 * Tables in a file: read by mapping it, replaced whole. The file says by which settings
 * its content was made, and carries a hash of each part, so that what is damaged, of
 * another version or made otherwise is told instead of used. Nothing more is checked: who can
 * forge a state with its hashes can as well run the program.
 */
#ifndef ALIKE_STATE_H
#define ALIKE_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "alike/extent.h"
#include "base/err.h"
#include "base/str.h"

#define STATE_PARTS    8
#define STATE_CONTENTS 2

/* A mapped file. Changes to it are private. */
struct state {
    void *map;
    size_t size;
};

/* What a file holds for one owner: a struct that is copied, and tables. */
struct state_content {
    struct str settings; /* a text that must be the same to read and to write */
    void *standing;
    size_t standing_len;
    struct extent *parts[STATE_PARTS];
    size_t part_count;
};

/* Reads the file into the contents, whose tables then lie in the mapping. Contents stand in the
 * same order in every file; NULL is one that is not there or not wanted. The first one always
 * is; another that the file lacks stays as it is, and one that it has must be wanted. True, too,
 * where there is no file: then nothing changes. */
bool state_load(struct state *s, const char *path,
                const struct state_content *const contents[STATE_CONTENTS], struct err *e);

bool state_save(const char *path, const struct state_content *const contents[STATE_CONTENTS],
                struct err *e);

/* Ends the mapping; no table may lie in it any more. */
void state_close(struct state *s);

#endif
