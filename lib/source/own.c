/*
 * Records of our own: checked, and passed on byte for byte. Only line breaks between
 * their members, which a document may have and a line cannot, are taken out.
 */
#include "base/clock.h"
#include "record/value.h"
#include "source/formats.h"

bool record_is_likely(const struct record *object)
{
    return value_type(object->member[MARK_KIND]) == VALUE_STRING ||
           value_type(object->member[MARK_TEXT]) == VALUE_STRING;
}

/* Members whose type is checked; TEXT's own message is every filter's. */
enum { TEXT, FIRST_TIME, FIRST_STRING = 3 };

static const char *const checked[] = {"text",     "time",      "seen",   "kind",  "id",
                                      "source",   "url",       "lang",   "title", "reply_to",
                                      "quote_of", "repost_of", "thread", "tier",  NULL};

static bool is_time(struct source *s, struct str raw)
{
    int64_t time;
    buf_clear(&s->scratch);
    return value_type(raw) == VALUE_STRING && clock_parse(value_string(raw, &s->scratch), &time);
}

/* Is text one object, a record whose members are of the right type? Notes where what is
 * wrong stands, if that helps. */
static bool check_record(struct source *s, struct str text, struct err *e, size_t *at)
{
    struct shape shape;
    struct record r;
    struct scan_error fault;
    shape_init(&shape, checked, NULL);
    if (!record_scan(&shape, text, &r, &fault)) {
        *at = fault.at;
        return err_set(e, "%s", fault.what);
    }
    for (size_t i = 0; i < shape.count; i++) {
        struct str raw = r.member[i];
        enum value_type type = value_type(raw);
        if (value_nothing(raw))
            continue;
        bool time = i >= FIRST_TIME && i < FIRST_STRING;
        if (time && !is_time(s, raw))
            return err_set(e, "a record's '%s' is not a time such as 2026-08-22T03:57:00Z",
                           checked[i]);
        if (type == VALUE_STRING)
            continue;
        if (i != TEXT)
            return err_set(e, "a record's '%s' is not a string", checked[i]);
        *at = (size_t)(raw.ptr - text.ptr);
        return err_set(e, "text is not a string");
    }
    return true;
}

/* Adds value on one line: no byte changes but line breaks, which go. */
static void add_on_one_line(struct buf *to, struct str value)
{
    while (value.len > 0) {
        struct str line = str_cut(value, '\n', &value);
        while (line.len > 0 && value.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        buf_add_str(to, line);
    }
    buf_add_char(to, '\n');
}

static bool record_convert(struct source *s, struct str value, struct err *e)
{
    size_t ignored;
    if (value_type(value) != VALUE_OBJECT)
        return err_set(e, "not a record: not an object");
    if (!check_record(s, value, e, &ignored))
        return false;
    add_on_one_line(s->lines, value);
    return true;
}

bool record_convert_line(struct source *s, struct str line, struct err *e, size_t *at)
{
    if (!check_record(s, line, e, at))
        return false;
    if (str_ends(line, STR("\r")))
        line.len--;
    buf_add_str(s->lines, line);
    buf_add_char(s->lines, '\n');
    return true;
}

const struct source_format source_record = {
    .name = "record",
    .what = "records of hinoban-record(5), passed on unchanged",
    .input = SOURCE_JSON,
    .claims = record_is_likely,
    .convert = record_convert,
};
