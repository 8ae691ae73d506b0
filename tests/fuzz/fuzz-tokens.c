/*
 * Fuzz target for the reader of `tokens`: an array is read over the text that its
 * surfaces make, by a reader that has seen all that came before and by a new one. Both
 * must tell what a walk through its rows tells, and look at nothing behind it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/scan.h"
#include "record/value.h"
#include "text/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* The next row's cells as texts; `known` tells which are strings. False: it is no row. */
static bool next_row(struct walk *rows, struct str cells[3], bool known[3], struct buf *scratch)
{
    struct str row, cell;
    struct walk w;
    if (!walk_next(rows, NULL, &row) || value_type(row) != VALUE_ARRAY)
        return false;
    walk_begin(&w, row);
    for (int i = 0; i < 3; i++) {
        if (!walk_next(&w, NULL, &cell))
            return false;
        known[i] = value_type(cell) == VALUE_STRING;
        cells[i] = value_string(cell, scratch);
    }
    return cells[0].len > 0;
}

/* All surfaces, one behind another; false where some element is no row of a token. */
static bool make_text(struct str raw, struct buf *text, size_t *count)
{
    struct walk rows, left;
    struct str cells[3], value;
    struct buf scratch = {0};
    bool known[3], fits = true;
    buf_reserve(&scratch, raw.len);
    walk_begin(&rows, raw);
    for (*count = 0; fits && (left = rows, walk_next(&left, NULL, &value)); ++*count) {
        buf_clear(&scratch);
        fits = next_row(&rows, cells, known, &scratch);
        if (fits)
            buf_add_str(text, cells[0]);
    }
    buf_free(&scratch);
    return fits;
}

static void compare(struct str raw, const struct token_list *list)
{
    struct walk rows;
    struct str cells[3];
    struct buf scratch = {0};
    bool known[3];
    size_t at = 0;
    buf_reserve(&scratch, raw.len);
    walk_begin(&rows, raw);
    for (size_t i = 0; i < list->count; i++) {
        const struct token *token = &list->tokens[i];
        buf_clear(&scratch);
        must(next_row(&rows, cells, known, &scratch));
        must(token->at == at && str_equal(token->surface, cells[0]));
        must(!known[1] || str_equal(token->pos, cells[1]));
        must(!known[2] || str_equal(token->base, cells[2]));
        at += token->surface.len;
    }
    buf_free(&scratch);
}

static void read_with(struct token_reader *reader, struct str raw, struct str text, bool fits,
                      size_t count)
{
    struct token_list list;
    for (int time = 0; time < 2; time++) {
        bool taken = token_reader_read(reader, raw, text, &list);
        must(taken == fits && (!taken || list.count == count));
        if (taken)
            compare(raw, &list);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct token_reader *seasoned;
    struct token_columns columns;
    struct err e;
    struct scan_error bad;
    struct buf text = {0};
    size_t used, count;
    if (size == 0 || *data != '[' ||
        !json_scan((struct str){(const char *)data, size}, &used, &bad))
        return 0;
    must(token_columns_parse(&columns, TOKEN_COLUMNS_DEFAULT, &e));
    if (seasoned == NULL)
        seasoned = token_reader_new(&columns);
    char *copy = malloc(used); /* nothing may stand behind it */
    must(copy != NULL);
    memcpy(copy, data, used);
    struct str raw = {copy, used};
    bool fits = make_text(raw, &text, &count);
    struct token_reader *fresh = token_reader_new(&columns);
    read_with(seasoned, raw, buf_str(&text), fits, count);
    read_with(fresh, raw, buf_str(&text), fits, count);
    token_reader_free(fresh);
    buf_free(&text);
    free(copy);
    return 0;
}
