/*
 * Dictionaries as MeCab compiles them (sys.dic, unk.dic, user dictionaries; version 102):
 * a head; a double array that leads from a key to its entries; the entries, those of a
 * key one behind another; and their features, texts that end with a NUL. Numbers stand
 * in the machine's own order.
 */
#ifndef TEXT_COMPILED_H
#define TEXT_COMPILED_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/output.h"

struct compiled_head {
    uint32_t check; /* the file's size, each bit of COMPILED_MAGIC turned over */
    uint32_t version, type;
    uint32_t size; /* entries */
    uint32_t left_size, right_size;
    uint32_t cell_bytes, entry_bytes, feature_bytes;
    uint32_t unused;
    char charset[32];
};
#define COMPILED_MAGIC 0xef718f77u

/* Of the double array: a state at base b has its children at b + 1 + byte, and where a
 * key ends, b itself holds -1 - value. Both have b as their check. */
struct cell {
    int32_t base;
    uint32_t check;
};

struct entry {
    uint16_t left, right, pos;
    int16_t cost;
    uint32_t feature; /* byte in the features */
    uint32_t compound;
};

/* The value of a key: its first entry and how many it has. */
#define COMPILED_COUNT(value)    ((uint32_t)(value)&0xFFu)
#define COMPILED_FIRST(value)    ((uint32_t)(value) >> 8)
#define COMPILED_MOST            0xFFu
#define COMPILED_ENTRIES         0x7FFFFFu /* that a value can count */
#define COMPILED_VALUE(first, n) ((int32_t)((first) << 8 | (n)))

struct compiled {
    struct buf file; /* owns what the others point to */
    struct compiled_head head;
    const struct cell *cells;
    size_t cell_count;
    struct entry *entries;
    size_t entry_count;
    struct str features;
};

bool compiled_open(struct compiled *d, const char *path, struct err *e);
void compiled_close(struct compiled *d);

/* Keys are no longer than this. */
#define COMPILED_KEY_BYTES 4096

/* Calls `take` for each key, in the order of their bytes. False where one is too long. */
bool compiled_keys(const struct compiled *d, void (*take)(void *to, struct str key, int32_t value),
                   void *to);

/* Writes a dictionary; of its head only version, type, sizes of the matrix and charset
 * need be set. */
void compiled_write(const struct compiled *d, struct output *to);

#endif
