/*
 * Fuzz target for the scanner and for what reads and changes records after it: a
 * line that is taken must survive a walk through all of it, and must still be taken
 * after the program's member was put in, once and twice.
 */
#include <stdint.h>
#include <stdlib.h>

#include "record/scan.h"
#include "record/value.h"
#include "record/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void walk_all(struct str raw, struct buf *text)
{
    struct walk w;
    struct str key, value;
    buf_clear(text);
    value_add_string(text, raw);
    size_t bad;
    must(utf8_check(buf_str(text), &bad));
    must(value_number(raw, 0) == value_number(raw, 0) &&
         value_integer(raw, 0) == value_integer(raw, 0));
    walk_begin(&w, raw);
    while (walk_next(&w, &key, &value)) {
        must(value_type(value) != VALUE_ABSENT && value.ptr >= raw.ptr &&
             value.ptr + value.len <= raw.ptr + raw.len);
        walk_all(value, text); /* no deeper than the scanner lets through */
    }
}

static void put(const struct shape *shape, const struct record *r, struct buf *out)
{
    record_put(out, shape, r, STR("{\"of\":\"x:1\"}"));
    must(out->len > 0 && out->data[out->len - 1] == '\n');
    out->len--;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const members[] = {"kind", "text", "id", "a", "dup", NULL};
    struct shape shape;
    struct record r, again;
    struct scan_error e;
    struct buf out = {0}, twice = {0}, text = {0};
    struct str line = {(const char *)data, size};
    size_t used = 0;
    shape_init(&shape, members, "dup");
    bool value = json_scan(line, &used, &e);
    must(value ? used <= size : e.at <= size && e.what != NULL);
    if (record_scan(&shape, line, &r, &e)) {
        must(value && r.members >= r.own_count);
        walk_all(r.line, &text);
        put(&shape, &r, &out);
        must(record_scan(&shape, buf_str(&out), &again, &e) && again.own_count == 1 &&
             again.members == r.members - r.own_count + 1);
        put(&shape, &again, &twice);
        /* all but the white space that stood around the member */
        must(twice.len <= out.len && record_scan(&shape, buf_str(&twice), &r, &e) &&
             r.members == again.members && r.own_count == 1);
    } else {
        must(e.at <= size && e.what != NULL);
    }
    buf_free(&out);
    buf_free(&twice);
    buf_free(&text);
    return 0;
}
