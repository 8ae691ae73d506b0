/* Reading and writing the lines. Numbers are hexadecimal, of fixed width. */
#include "alike/line.h"

#define KEY_DIGITS  8
#define TIME_DIGITS 8
#define FORM_DIGITS 16

static const char kind_letters[] = "chibn"; /* in the order of the bits */

/* ---- writing ---- */

static void add_hex(struct buf *to, uint64_t number, unsigned digits)
{
    while (digits-- > 0)
        buf_add_char(to, "0123456789abcdef"[number >> 4 * digits & 15]);
}

static void begin(struct buf *to, char kind, uint64_t hash, unsigned digits, char type)
{
    buf_add_char(to, kind);
    add_hex(to, hash, digits);
    buf_add_char(to, '\t');
    buf_add_char(to, type);
}

void line_add_settings(const struct alike_plan *plan, struct buf *to)
{
    buf_addf(to, "%u,%g", plan->shingle, plan->threshold);
}

static void add_dated(struct buf *to, uint32_t time, uint64_t form, struct str text)
{
    add_hex(to, time, TIME_DIGITS);
    add_hex(to, form, FORM_DIGITS);
    buf_add_str(to, text);
    buf_add_char(to, '\n');
}

void line_add_kept(struct buf *to, uint32_t key, uint32_t time, uint64_t form, struct str text)
{
    begin(to, 'k', key, KEY_DIGITS, 'K');
    add_dated(to, time, form, text);
}

void line_add_asking(struct buf *to, uint32_t key, uint64_t form)
{
    begin(to, 'k', key, KEY_DIGITS, 'A');
    add_hex(to, form, FORM_DIGITS);
    buf_add_char(to, '\n');
}

void line_add_text(struct buf *to, char kind, uint64_t form, struct str settings, struct str text)
{
    begin(to, kind, form, FORM_DIGITS, 'T');
    buf_add_str(to, settings);
    buf_add_char(to, ' ');
    buf_add_str(to, text);
    buf_add_char(to, '\n');
}

void line_add_candidate(struct buf *to, uint64_t form, uint32_t time, uint64_t other,
                        struct str text)
{
    begin(to, 't', form, FORM_DIGITS, 'C');
    add_dated(to, time, other, text);
}

void line_add_pair(struct buf *to, const struct pair *pair, struct str settings)
{
    begin(to, 'p', pair->form, FORM_DIGITS, 'P');
    add_hex(to, pair->other, FORM_DIGITS);
    buf_addf(to, " %u/%u ", (unsigned)pair->common, (unsigned)pair->all);
    for (unsigned bit = 0; kind_letters[bit] != '\0'; bit++)
        if ((pair->kinds & SHARE_BIT(bit)) != 0)
            buf_add_char(to, kind_letters[bit]);
    buf_add_char(to, ' ');
    buf_add_str(to, settings);
    buf_add_char(to, '\n');
}

/* ---- reading ---- */

static bool take_hex(struct str *rest, unsigned digits, uint64_t *number)
{
    *number = 0;
    if (rest->len < digits)
        return false;
    for (unsigned i = 0; i < digits; i++) {
        char c = rest->ptr[i];
        bool decimal = c >= '0' && c <= '9';
        if (!decimal && (c < 'a' || c > 'f'))
            return false;
        *number = *number << 4 | (uint64_t)(decimal ? c - '0' : c - 'a' + 10);
    }
    *rest = str_from(*rest, digits);
    return true;
}

static bool take_decimal(struct str *rest, char end, uint32_t *number)
{
    uint64_t sum = 0;
    struct str digits = str_cut(*rest, end, rest);
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || sum > UINT32_MAX)
            return false;
        sum = sum * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    *number = (uint32_t)sum;
    return digits.len > 0 && sum <= UINT32_MAX;
}

static bool take_dated(struct str rest, struct line *line)
{
    uint64_t time = 0;
    bool taken = take_hex(&rest, TIME_DIGITS, &time) && take_hex(&rest, FORM_DIGITS, &line->form);
    line->time = (uint32_t)time;
    line->text = rest;
    return taken && rest.len > 0;
}

static bool take_pair(struct str rest, struct line *line)
{
    struct pair *pair = &line->pair;
    pair->form = line->hash;
    if (!take_hex(&rest, FORM_DIGITS, &pair->other) || !str_starts(rest, STR(" ")))
        return false;
    rest = str_from(rest, 1);
    if (!take_decimal(&rest, '/', &pair->common) || !take_decimal(&rest, ' ', &pair->all))
        return false;
    struct str letters = str_cut(rest, ' ', &line->settings);
    for (size_t i = 0; i < letters.len; i++) {
        const char *letter = memchr(kind_letters, letters.ptr[i], sizeof kind_letters - 1);
        if (letter == NULL)
            return false;
        pair->kinds |= SHARE_BIT(letter - kind_letters);
    }
    return pair->kinds != 0 && pair->common <= pair->all && pair->all > 0;
}

static bool take_value(struct str value, struct line *line)
{
    switch (line->type) {
    case 'K': return line->kind == 'k' && take_dated(value, line);
    case 'A':
        return line->kind == 'k' && take_hex(&value, FORM_DIGITS, &line->form) && value.len == 0;
    case 'T':
        line->settings = str_cut(value, ' ', &line->text);
        return (line->kind == 's' || line->kind == 't') && line->text.len > 0;
    case 'C': return line->kind == 't' && take_dated(value, line);
    case 'P': return line->kind == 'p' && take_pair(value, line);
    default: return false;
    }
}

bool line_read(struct str text, struct line *line)
{
    struct str value;
    *line = (struct line){.key = str_cut(text, '\t', &value)};
    struct str hash = line->key;
    if (hash.len == 0 || value.len == 0)
        return false;
    line->kind = *hash.ptr;
    hash = str_from(hash, 1);
    line->type = *value.ptr;
    return take_hex(&hash, line->kind == 'k' ? KEY_DIGITS : FORM_DIGITS, &line->hash) &&
           hash.len == 0 && take_value(str_from(value, 1), line);
}
