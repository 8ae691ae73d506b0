/*
 * The `tokens` member: columns, writing, reading. What one row says is seen again and
 * again, so a reader keeps rows that it has seen, and most of its work is to find out
 * which of them a row is.
 */
#include "text/token.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "record/quotes.h"
#include "record/value.h"
#include "record/write.h"

/* ---- columns ---- */

/* Column n, from 0, of a feature; empty where there is none or it is "*". */
struct str token_feature_column(struct str feature, unsigned n)
{
    struct str column, rest = feature;
    do
        column = str_cut(rest, ',', &rest);
    while (n-- > 0);
    return str_is(column, "*") ? (struct str){column.ptr, 0} : column;
}

struct str token_column_of(const struct token *token, enum token_column column)
{
    switch (column) {
    case TOKEN_SURFACE: return token->surface;
    case TOKEN_POS: return token->pos;
    case TOKEN_POS2: return token->pos2;
    case TOKEN_BASE: return token->base;
    case TOKEN_READING: return token_feature_column(token->feature, 7);
    case TOKEN_PRON: return token_feature_column(token->feature, 8);
    case TOKEN_FEATURE: return token->feature;
    case TOKEN_OFFSET: break;
    }
    return (struct str){"", 0};
}

bool token_columns_parse(struct token_columns *c, const char *names, struct err *e)
{
    static const char *const known[TOKEN_COLUMNS] = {"surface", "pos",  "pos2",   "base",
                                                     "reading", "pron", "offset", "feature"};
    *c = (struct token_columns){.count = 0};
    for (const char *at = names + strspn(names, ", "); *at != '\0'; at += strspn(at, ", ")) {
        struct str name = {at, strcspn(at, ", ")};
        size_t column = 0;
        while (column < TOKEN_COLUMNS && !str_is(name, known[column]))
            column++;
        if (column == TOKEN_COLUMNS)
            return err_set(
                e,
                "unknown column '%.*s' (known: surface pos pos2 base reading pron offset feature)",
                (int)name.len, name.ptr);
        if (c->count == TOKEN_COLUMNS)
            return err_set(e, "more than %d columns", TOKEN_COLUMNS);
        c->column[c->count++] = (enum token_column)column;
        at += name.len;
    }
    return c->count > 0 || err_set(e, "no columns");
}

/* ---- writing ---- */

static inline char *put(char *to, struct str text)
{
    memcpy(to, text.ptr, text.len);
    return to + text.len;
}

/* A token that the tokenizer has made ready. */
static void write_ready(const struct token *token, struct buf *out)
{
    buf_reserve(out, token->surface.len + token->tail.len + 2);
    char *to = put(out->data + out->len, STR("[\""));
    to = put(to, token->surface);
    to = put(to, token->tail);
    out->len = (size_t)(to - out->data);
}

/* A token of strings in which nothing needs an escape: most of them. */
static void write_plain(const struct token *token, const struct token_columns *columns,
                        struct buf *out)
{
    struct str cells[TOKEN_COLUMNS];
    size_t room = 4 * columns->count + 4;
    for (size_t c = 0; c < columns->count; c++) {
        cells[c] = token_column_of(token, columns->column[c]);
        room += cells[c].len;
    }
    buf_reserve(out, room);
    char *to = put(out->data + out->len, STR("[\""));
    for (size_t c = 0; c < columns->count; c++) {
        if (c > 0)
            to = put(to, STR("\",\""));
        to = put(to, cells[c]);
    }
    to = put(to, STR("\"]"));
    out->len = (size_t)(to - out->data);
}

static void write_any(const struct token *token, const struct token_columns *columns,
                      struct buf *out)
{
    struct json j = {out, false};
    json_open(&j, '[');
    for (size_t c = 0; c < columns->count; c++)
        if (columns->column[c] == TOKEN_OFFSET)
            json_integer(&j, (int64_t)token->at);
        else
            json_valid(&j, token_column_of(token, columns->column[c]));
    json_close(&j, ']');
}

void token_list_write(const struct token_list *list, const struct token_columns *columns,
                      struct buf *out)
{
    bool strings = true;
    for (size_t c = 0; c < columns->count; c++)
        strings = strings && columns->column[c] != TOKEN_OFFSET;
    buf_add_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        if (list->tokens[i].tail.len > 0 && list->tokens[i].plain)
            write_ready(&list->tokens[i], out);
        else if (strings && list->tokens[i].plain)
            write_plain(&list->tokens[i], columns, out);
        else
            write_any(&list->tokens[i], columns, out);
    }
    buf_add_char(out, ']');
}

/* ---- reading ---- */

/* Rows are kept up to this many; what comes then is read anew each time. */
#define ROWS      TOKEN_KINDS
#define ROW_BYTES QUOTES_SPAN /* that are looked at to find a row's end */
#define ROW_TEXT  54u         /* longer ones are not kept */

struct slice {
    uint8_t at, length;
};

/* A row as it stands in the member, behind its opening bracket, and where in it what it says
 * stands: a line of the processor's cache. */
struct row {
    char text[ROW_TEXT];
    uint8_t length;
    struct slice surface, pos, pos2, base;
    uint8_t unused;
};

struct row_slot {
    uint32_t tag, number; /* of the row, from 1; 0: free */
};

/* A row that is to be looked up. */
struct wanted {
    struct str text;
    uint64_t hash;
    size_t token; /* whose it is */
};

struct token_reader {
    struct token_columns columns;
    bool keeps;         /* rows have no columns that a kept one has no room for */
    struct buf scratch; /* strings of rows that are not kept */
    struct token *tokens;
    size_t count, capacity;
    struct wanted *wanted; /* scratch */
    size_t wanted_count, wanted_cap;
    char tail[2 * ROW_BYTES]; /* the member's last rows, with bytes to look at behind them */
    struct row *rows;         /* room for ROWS, used as they come */
    uint32_t row_count;
    struct row_slot slots[2 * ROWS];
};

struct token_reader *token_reader_new(const struct token_columns *columns)
{
    struct token_reader *r = mem_zero(1, sizeof *r);
    r->columns = *columns;
    r->keeps = true;
    for (size_t c = 0; c < columns->count; c++)
        r->keeps = r->keeps && columns->column[c] != TOKEN_FEATURE;
    r->rows = mem_lines(ROWS * sizeof *r->rows);
    return r;
}

void token_reader_free(struct token_reader *r)
{
    if (r == NULL)
        return;
    buf_free(&r->scratch);
    free(r->tokens);
    free(r->wanted);
    free(r->rows);
    free(r);
}

static void read_column(struct token *token, enum token_column column, struct str value, bool plain,
                        struct buf *scratch)
{
    bool slice = plain && *value.ptr == '"';
    struct str text =
        slice ? (struct str){value.ptr + 1, value.len - 2} : value_string(value, scratch);
    switch (column) {
    case TOKEN_SURFACE: token->surface = text; break;
    case TOKEN_POS: token->pos = text; break;
    case TOKEN_POS2: token->pos2 = text; break;
    case TOKEN_BASE: token->base = text; break;
    case TOKEN_FEATURE: token->feature = text; break;
    case TOKEN_READING:
    case TOKEN_PRON:
    case TOKEN_OFFSET: break;
    }
}

/* Are there letters or digits in it, which no tokenizer leaves out? What normalisation drops is
 * none, though some of that is a letter to Unicode. */
static bool has_words(struct str text)
{
    for (size_t at = 0, length; at < text.len; at += length) {
        uint32_t code = utf8_code(text.ptr + at, &length);
        if (code <= ' ')
            continue;
        const utf8proc_property_t *property = utf8proc_get_property((utf8proc_int32_t)code);
        bool letter = property->category >= UTF8PROC_CATEGORY_LU &&
                      property->category <= UTF8PROC_CATEGORY_LO;
        bool digit = property->category >= UTF8PROC_CATEGORY_ND &&
                     property->category <= UTF8PROC_CATEGORY_NO;
        if ((letter || digit) && !property->ignorable)
            return true;
    }
    return false;
}

/* Finds the token's surface in the text at or behind `from`, no word in between. */
static bool place_token(struct token *token, struct str text, size_t *from)
{
    size_t limit = text.len - *from;
    struct str rest = {text.ptr + *from, limit};
    if (token->surface.len == 0 || token->surface.len > limit)
        return false;
    ptrdiff_t found = memcmp(rest.ptr, token->surface.ptr, token->surface.len) == 0
                          ? 0
                          : str_find(rest, token->surface);
    if (found < 0 || has_words((struct str){rest.ptr, (size_t)found}))
        return false;
    token->at = *from + (size_t)found;
    token->surface.ptr = text.ptr + token->at;
    *from = token->at + token->surface.len;
    return true;
}

/* The next cell of a row at *at, raw. Cells are mostly short strings; where the whole
 * member has no escape (`plain`), the next quote ends one. */
static bool next_cell(const char **at, const char *end, bool plain, struct str *cell)
{
    const char *p = *at;
    while (p < end && (*p == ',' || *p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    if (p == end || *p == ']')
        return false;
    if (plain && *p == '"') {
        const char *close = p + 1; /* a word is so short that a call to memchr costs more */
        while (*close != '"')
            close++;
        *cell = (struct str){p, (size_t)(close - p) + 1};
    } else {
        struct walk w = {.at = p, .end = end};
        if (!walk_next(&w, NULL, cell))
            return false;
    }
    *at = cell->ptr + cell->len;
    return true;
}

/* Reads one row, from behind its bracket to behind its closing one. */
static bool read_row(struct token *token, const struct token_columns *columns, const char **at,
                     const char *end, bool plain, struct buf *scratch)
{
    struct str cell;
    for (size_t c = 0; c < columns->count; c++) {
        if (!next_cell(at, end, plain, &cell))
            return false;
        read_column(token, columns->column[c], cell, plain, scratch);
    }
    while (next_cell(at, end, plain, &cell)) /* columns that nobody named */
        continue;
    const char *close = memchr(*at, ']', (size_t)(end - *at));
    *at = close != NULL ? close + 1 : end;
    return true;
}

/* The bytes of a row of nothing but strings without escapes, written without white space,
 * up to its closing bracket; 0 where it is not so, or long. `at` is behind the opening
 * bracket, and ROW_BYTES bytes are there. */
static size_t short_row(const char *at)
{
    uint64_t quotes = quotes_bits(at, '"');
    size_t place = 0;
    while ((quotes >> place & 1) != 0) {
        quotes &= ~((uint64_t)2 << place) + 1; /* all up to this one are done with */
        if (quotes == 0)
            return 0;
        size_t close = (size_t)__builtin_ctzll(quotes);
        quotes &= quotes - 1;
        if (close + 2 >= ROW_BYTES)
            return 0;
        if (at[close + 1] == ']')
            return close + 1;
        if (at[close + 1] != ',')
            return 0;
        place = close + 2;
    }
    return 0;
}

static struct slice slice_of(const struct row *row, struct str text)
{
    if (text.len == 0)
        return (struct slice){0, 0};
    return (struct slice){(uint8_t)(text.ptr - row->text), (uint8_t)text.len};
}

static void keep_row(struct token_reader *r, struct str text)
{
    struct row *row = &r->rows[r->row_count++];
    struct token token = {.at = 0};
    const char *at = row->text;
    memset(row, 0, sizeof *row);
    memcpy(row->text, text.ptr, text.len);
    row->length = (uint8_t)text.len;
    if (!read_row(&token, &r->columns, &at, row->text + text.len, true, &r->scratch))
        return; /* too few columns: it has no surface and fits nowhere */
    row->surface = slice_of(row, token.surface);
    row->pos = slice_of(row, token.pos);
    row->pos2 = slice_of(row, token.pos2);
    row->base = slice_of(row, token.base.ptr != NULL ? token.base : token.surface);
}

static inline struct str text_of(const struct row *row, struct slice slice)
{
    return (struct str){row->text + slice.at, slice.length};
}

static inline void take_row(struct token *token, const struct row *row, uint32_t number)
{
    *token = (struct token){.surface = text_of(row, row->surface),
                            .pos = text_of(row, row->pos),
                            .pos2 = text_of(row, row->pos2),
                            .base = text_of(row, row->base),
                            .kind = number};
}

static struct row_slot *slot_of(struct token_reader *r, uint64_t hash)
{
    return &r->slots[(uint32_t)hash % (2 * ROWS)];
}

/* Does the row stand here? ROW_BYTES bytes are there. */
static inline bool is_row(const struct row *row, const char *at)
{
#ifdef __SSE2__
    for (unsigned i = 0; i < row->length; i += 16) {
        __m128i ours = _mm_load_si128((const __m128i *)(const void *)(row->text + i));
        __m128i theirs = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(ours, theirs));
        unsigned counts = row->length - i >= 16 ? 0xFFFFu : (1u << (row->length - i)) - 1;
        if ((same & counts) != counts)
            return false;
    }
    return true;
#else
    return memcmp(row->text, at, row->length) == 0;
#endif
}

/* The number of a row, which is kept if it was not seen; 0: it cannot be. */
static uint32_t find_row(struct token_reader *r, const struct wanted *w)
{
    uint32_t tag = (uint32_t)(w->hash >> 32);
    size_t slot = (size_t)(slot_of(r, w->hash) - r->slots);
    for (; r->slots[slot].number != 0; slot = (slot + 1) % (2 * ROWS)) {
        const struct row *row = &r->rows[r->slots[slot].number - 1];
        if (r->slots[slot].tag == tag && row->length == w->text.len && is_row(row, w->text.ptr))
            return r->slots[slot].number;
    }
    if (r->row_count == ROWS || !r->keeps || short_row(w->text.ptr) != w->text.len)
        return 0;
    keep_row(r, w->text);
    r->slots[slot] = (struct row_slot){tag, r->row_count};
    return r->row_count;
}

/* Reads a row at *at, behind its opening bracket. */
static bool read_anew(struct token_reader *r, struct token *token, const char **at, const char *end,
                      bool plain)
{
    *token = (struct token){.at = 0};
    if (!read_row(token, &r->columns, at, end, plain, &r->scratch))
        return false;
    if (token->base.ptr == NULL)
        token->base = token->surface;
    return true;
}

static inline void skip_between(const char **at, const char *end)
{
    while (*at < end &&
           (**at == ',' || **at == ' ' || **at == '\t' || **at == '\r' || **at == '\n'))
        ++*at;
}

/* Bytes before the first closing bracket among ROW_BYTES; ROW_BYTES: there is none. */
static inline size_t to_bracket(const char *at)
{
#ifdef __SSE2__
    const __m128i bracket = _mm_set1_epi8(']');
    for (unsigned i = 0; i < ROW_BYTES; i += 16) {
        __m128i part = _mm_loadu_si128((const __m128i *)(const void *)(at + i));
        unsigned found = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part, bracket));
        if (found != 0)
            return i + (unsigned)__builtin_ctz(found);
    }
    return ROW_BYTES;
#else
    size_t length = 0;
    while (length < ROW_BYTES && at[length] != ']')
        length++;
    return length;
#endif
}

/* Notes the row at `at`, behind its opening bracket, if it may be a known one. Its end is
 * where a bracket closes, unless that stands in one of its strings: such a row is none that
 * is kept. */
static bool note_row(struct token_reader *r, const char *at, bool escapes, size_t token)
{
    size_t length = to_bracket(at);
    if (length > ROW_TEXT || (escapes && memchr(at, '\\', length) != NULL))
        return false;
    MEM_GROW(r->wanted, r->wanted_count, r->wanted_cap);
    struct wanted *wanted = &r->wanted[r->wanted_count++];
    *wanted = (struct wanted){.text = {at, length}, .token = token};
    wanted->hash = hash_bytes(wanted->text, 0);
    __builtin_prefetch(slot_of(r, wanted->hash));
    return true;
}

/* The rows that were noted. They are spread over memory, which is asked for ahead. False
 * where one is no row. */
static bool look_up(struct token_reader *r)
{
    for (size_t i = 0; i < r->wanted_count; i++) {
        uint32_t number = slot_of(r, r->wanted[i].hash)->number;
        __builtin_prefetch(&r->rows[number > 0 ? number - 1 : 0]);
    }
    for (size_t i = 0; i < r->wanted_count; i++) {
        const struct wanted *w = &r->wanted[i];
        uint32_t number = find_row(r, w);
        const char *at = w->text.ptr;
        if (number != 0)
            take_row(&r->tokens[w->token], &r->rows[number - 1], number);
        else if (short_row(at) != w->text.len ||
                 !read_anew(r, &r->tokens[w->token], &at, at + w->text.len + 1, true))
            return false;
    }
    r->wanted_count = 0;
    return true;
}

/* Goes through the rows: with `known` those that may be kept are only noted. Where any other
 * row begins is known for certain only when those before it were looked up. */
static bool cut_rows(struct token_reader *r, struct str raw, bool known)
{
    bool escapes = memchr(raw.ptr, '\\', raw.len) != NULL, in_tail = false;
    const char *at = raw.ptr + 1, *end = raw.ptr + raw.len - 1;
    r->count = r->wanted_count = 0;
    buf_clear(&r->scratch);
    buf_reserve(&r->scratch, raw.len);
    for (;;) {
        skip_between(&at, end);
        if (at == end)
            return look_up(r);
        if (*at++ != '[')
            return false;
        if (!in_tail && (size_t)(end - at) < ROW_BYTES) { /* there may be nothing behind it */
            size_t left = (size_t)(end - at);
            memcpy(r->tail, at, left);
            memset(r->tail + left, 0, sizeof r->tail - left);
            at = r->tail;
            end = r->tail + left;
            in_tail = true;
        }
        MEM_GROW(r->tokens, r->count, r->capacity);
        size_t token = r->count++;
        if (known && note_row(r, at, escapes, token))
            at += r->wanted[r->wanted_count - 1].text.len + 1;
        else if (!look_up(r) || !read_anew(r, &r->tokens[token], &at, end, !escapes))
            return false;
    }
}

bool token_reader_read(struct token_reader *r, struct str raw, struct str text,
                       struct token_list *list)
{
    size_t from = 0;
    if (value_type(raw) != VALUE_ARRAY)
        return false;
    if (!cut_rows(r, raw, true) && !cut_rows(r, raw, false))
        return false;
    for (size_t i = 0; i < r->count; i++)
        if (!place_token(&r->tokens[i], text, &from))
            return false;
    *list = (struct token_list){r->tokens, r->count};
    return !has_words(str_from(text, from));
}
