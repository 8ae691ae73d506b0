/*
 * Threads of 5ch and its kin as their servers keep them (`dat`): a post a line, in the
 * order in which they were numbered, `name<>mail<>date ID:…<>text<>title`, the title with
 * the first alone. Names and texts are HTML. A post is called by its number, so its id is
 * the thread's key and its line. The key is the file's name; where that is not known the
 * date and the title of the first line that was not taken away stand for it, and where one
 * title follows another a new thread begins.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/html.h"
#include "source/kinds.h"

enum { NAME, MAIL, DATE, TEXT, TITLE, FIELDS };

#define KEY_DIGITS 9 /* keys are seconds since 1970 */

#define GONE_MOST 64 /* first lines that were taken away, looked past for a key */

struct dat {
    struct source *s;
    struct str key;
    bool named;    /* by its file */
    size_t number; /* of the line at hand, from 1 */
};

/* ---- lines ---- */

/* Cuts a line into its fields; the last has what is left. Returns how many there are. */
static size_t cut_line(struct str line, struct str *fields)
{
    size_t count = 0;
    while (count + 1 < FIELDS) {
        ptrdiff_t at = str_find(line, STR("<>"));
        if (at < 0)
            break;
        fields[count++] = (struct str){line.ptr, (size_t)at};
        line = str_from(line, (size_t)at + 2);
    }
    fields[count++] = line;
    for (size_t i = count; i < FIELDS; i++)
        fields[i] = (struct str){NULL, 0};
    return count;
}

/* What was taken away has one word in all its places (あぼーん). */
static bool is_gone(const struct str *fields)
{
    struct str word = str_trim(fields[NAME]);
    return word.len > 0 && str_equal(word, str_trim(fields[TEXT])) &&
           str_starts(str_trim(fields[DATE]), word);
}

static bool is_dated(const struct str *fields)
{
    return fields[DATE].len > 0 && ascii_digit((unsigned char)fields[DATE].ptr[0]);
}

bool fivech_begins(struct str text)
{
    struct str rest, fields[FIELDS];
    struct str line = str_cut(text, '\n', &rest);
    size_t count = cut_line(line, fields);
    bool cut_off = line.len == text.len && count == TEXT + 1; /* a long first post */
    return (count == FIELDS || cut_off) && (is_dated(fields) || is_gone(fields)) &&
           text.ptr[0] != '{';
}

/* ---- the key ---- */

static struct str key_of_file(const char *file)
{
    struct str name = file != NULL ? str_of(file) : STR("");
    for (size_t i = name.len; i > 0; i--)
        if (name.ptr[i - 1] == '/') {
            name = str_from(name, i);
            break;
        }
    size_t digits = 0;
    while (digits < name.len && ascii_digit((unsigned char)name.ptr[digits]))
        digits++;
    bool whole = digits == name.len || name.ptr[digits] == '.';
    return (struct str){name.ptr, digits >= KEY_DIGITS && whole ? digits : 0};
}

/* The key of the thread that text begins with. All first lines that were taken away are the
 * same: the first other one counts, with its number. */
static struct str key_of_lines(struct source *s, struct str text)
{
    struct str fields[FIELDS];
    char digits[17];
    uint64_t before = 0;
    cut_line(str_cut(text, '\n', &text), fields);
    while (is_gone(fields) && text.len > 0 && before < GONE_MOST) {
        before++;
        cut_line(str_cut(text, '\n', &text), fields);
    }
    uint64_t hash = hash_bytes(fields[DATE], hash_bytes(str_trim(fields[TITLE]), before));
    snprintf(digits, sizeof digits, "%016" PRIx64, hash);
    return arena_keep(&s->arena, str_of(digits));
}

/* Has the first line of another thread come? Where the file names the thread it has but one. */
static bool begins_thread(const struct dat *d, const struct str *fields)
{
    struct str title = str_trim(fields[TITLE]);
    bool gone = is_gone(fields);
    return !d->named && title.len > 0 &&
           (gone ? !str_equal(title, str_trim(fields[NAME])) : is_dated(fields));
}

static struct str id_of(const struct dat *d, struct str number)
{
    return ARENA_JOIN(&d->s->arena, d->key, STR("/"), number);
}

/* ---- emoji in halves ---- */

/* The number of a reference like &#55357; at the beginning of text, and its bytes; 0 for
 * none. */
static unsigned reference(struct str text, size_t *taken)
{
    unsigned code = 0;
    size_t at = 2;
    if (!str_starts(text, STR("&#")))
        return 0;
    for (; at < text.len && at < 9 && ascii_digit((unsigned char)text.ptr[at]); at++)
        code = code * 10 + (unsigned)(text.ptr[at] - '0');
    if (at == text.len || text.ptr[at] != ';')
        return 0;
    *taken = at + 1;
    return code;
}

/* Some programs send an emoji as the two halves that it is in UTF-16, each a reference of
 * its own, which mean nothing in HTML: both become the character. */
static struct str join_halves(struct source *s, struct str html)
{
    struct buf joined = {0};
    if (str_find(html, STR("&#55")) < 0)
        return html;
    while (html.len > 0) {
        size_t first = 1, second = 0;
        unsigned high = reference(html, &first);
        unsigned low = reference(str_from(html, first), &second);
        if (high >= 0xD800 && high < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
            buf_add_code(&joined, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            first += second;
        } else {
            buf_add(&joined, html.ptr, first);
        }
        html = str_from(html, first);
    }
    struct str kept = arena_keep(&s->arena, buf_str(&joined));
    buf_free(&joined);
    return kept;
}

/* ---- a post ---- */

/* `2026/08/22(土) 12:57:00.12 ID:abc BE:…`: the time is what begins with digits. */
static int64_t time_of(struct str field)
{
    struct str rest = field, time = {field.ptr, 0};
    while (rest.len > 0 && ascii_digit((unsigned char)rest.ptr[0])) {
        struct str word = str_cut(rest, ' ', &rest);
        time.len = (size_t)(word.ptr + word.len - field.ptr);
    }
    return date_parse(time);
}

/* The sign by which a board tells its writers apart for a day; ??? where it hides it. */
static struct str writer_of(struct str field)
{
    ptrdiff_t at = str_find(field, STR(" ID:"));
    struct str rest;
    if (at < 0)
        return (struct str){NULL, 0};
    struct str id = str_cut(str_from(field, (size_t)at + 4), ' ', &rest);
    return str_starts(id, STR("???")) ? (struct str){NULL, 0} : id;
}

/* The number in `>>12` at the beginning of a text; empty where it is none before d's. */
static struct str answered(const struct dat *d, struct str text)
{
    size_t digits = 2, number = 0;
    if (!str_starts(text, STR(">>")))
        return (struct str){NULL, 0};
    for (; digits < text.len && digits < 8 && ascii_digit((unsigned char)text.ptr[digits]);
         digits++)
        number = number * 10 + (size_t)(text.ptr[digits] - '0');
    bool before = number > 0 && number < d->number && text.ptr[2] != '0';
    return (struct str){text.ptr + 2, before ? digits - 2 : 0};
}

static void convert_post(struct dat *d, const struct str *fields, struct str number)
{
    const struct str no_base = {NULL, 0};
    struct source *s = d->s;
    struct entry *post = &s->entry;
    entry_reset(post);
    post->id = id_of(d, number);
    post->thread = id_of(d, STR("1"));
    post->time = time_of(str_trim(fields[DATE]));
    post->author.id = writer_of(fields[DATE]);
    post->author.name = source_html(s, fields[NAME], no_base);
    post->title = source_html(s, fields[TITLE], no_base);
    post->text = source_html(s, join_halves(s, fields[TEXT]), no_base);
    struct str first = answered(d, post->text);
    if (first.len > 0)
        post->reply_to = id_of(d, first);
    source_write(s, "5ch", "forum");
}

static bool convert_line(struct dat *d, const struct str *fields, size_t count, struct err *e)
{
    char digits[24];
    if (count <= TEXT)
        return err_set(e, "line %zu of the thread has not the parts name<>mail<>date<>text",
                       d->number);
    snprintf(digits, sizeof digits, "%zu", d->number);
    struct str number = arena_keep(&d->s->arena, str_of(digits));
    if (is_gone(fields))
        kind_write_delete(d->s, "5ch", id_of(d, number));
    else if (!str_starts(fields[DATE], STR("Over "))) /* the server's word that it is full */
        convert_post(d, fields, number);
    return true;
}

static bool fivech_convert(struct source *s, struct str text, struct err *e)
{
    struct str fields[FIELDS];
    struct err why;
    size_t bad = 0;
    if (!s->in_document || !fivech_begins(text))
        return err_set(e, "no thread of 5ch: its first line is not "
                          "name<>mail<>date<>text<>title");
    struct dat d = {.s = s, .key = key_of_file(s->file)};
    d.named = d.key.len > 0;
    while (text.len > 0) {
        struct str here = text, line = str_trim(str_cut(text, '\n', &text));
        size_t count = cut_line(line, fields);
        if (d.key.len == 0 || begins_thread(&d, fields)) {
            d.key = key_of_lines(s, here);
            d.number = 0;
        }
        d.number++;
        if (line.len > 0 && !convert_line(&d, fields, count, &why))
            source_fault(s, &bad, &why, e);
    }
    return bad == 0;
}

const struct source_format source_fivech = {
    .name = "5ch",
    .what = "threads of 5ch (dat)",
    .input = SOURCE_TEXT,
    .convert = fivech_convert,
};
