/*
 * Records of our own: checked, and passed on byte for byte. Only line breaks between
 * their members, which a document may have and a line cannot, are taken out.
 */
#include "base/clock.h"
#include "record/value.h"
#include "source/formats.h"

static bool record_claims(const struct str *marks)
{
    return value_type(marks[MARK_KIND]) == VALUE_STRING ||
           value_type(marks[MARK_TEXT]) == VALUE_STRING;
}

static bool check_time(struct source *s, struct str value, const char *name, struct err *e)
{
    struct str raw = value_member(value, name);
    int64_t time;
    if (raw.ptr == NULL || value_type(raw) == VALUE_NULL)
        return true;
    buf_clear(&s->scratch);
    return (value_type(raw) == VALUE_STRING &&
            clock_parse(value_string(raw, &s->scratch), &time)) ||
           err_set(e, "a record's '%s' is not a time such as 2026-08-22T03:57:00Z", name);
}

static bool check_string(struct str value, const char *name, struct err *e)
{
    enum value_type type = value_type(value_member(value, name));
    return type == VALUE_ABSENT || type == VALUE_NULL || type == VALUE_STRING ||
           err_set(e, "a record's '%s' is not a string", name);
}

static bool check_record(struct source *s, struct str value, struct err *e)
{
    static const char *const strings[] = {"kind",      "id",     "source",   "url",
                                          "lang",      "title",  "reply_to", "quote_of",
                                          "repost_of", "thread", "tier"};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (!check_string(value, strings[i], e))
            return false;
    return check_time(s, value, "time", e) && check_time(s, value, "seen", e);
}

/* The text's own check is told as every filter tells it. */
static bool check_text(struct str value, struct str text, struct err *e, size_t *at)
{
    if (text.ptr == NULL || value_type(text) == VALUE_STRING || value_type(text) == VALUE_NULL)
        return true;
    *at = (size_t)(text.ptr - value.ptr);
    return err_set(e, "text is not a string");
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
    size_t at;
    if (value_type(value) != VALUE_OBJECT)
        return err_set(e, "not a record: not an object");
    if (!check_text(value, value_member(value, "text"), e, &at) || !check_record(s, value, e))
        return false;
    add_on_one_line(s->lines, value);
    return true;
}

bool record_convert_line(struct source *s, struct str line, struct err *e, size_t *at)
{
    struct record r;
    struct scan_error fault;
    if (!record_scan(&s->shape, line, &r, &fault)) {
        *at = fault.at;
        return err_set(e, "%s", fault.what);
    }
    if (!check_text(line, r.member[MARK_TEXT], e, at) || !check_record(s, r.line, e))
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
    .claims = record_claims,
    .convert = record_convert,
};
