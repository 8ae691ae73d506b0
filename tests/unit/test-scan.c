/*
 * lib/record/scan: a table of good and bad JSON with the byte of each fault, every
 * truncation of a valid record, and the vector build against the portable one on
 * mutated input. Lines are scanned in blocks of their exact size, so that a
 * sanitizer sees a read behind the end.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "record/scan.h"

bool portable_record_scan(const struct shape *s, struct str line, struct record *r,
                          struct scan_error *e);
bool portable_utf8_check(struct str text, size_t *bad);

static const char *const members[] = {"kind", "text", "id", "dup", NULL};

enum { KIND, TEXT, ID, DUP };

static struct shape shape;

static int set_up(void **state)
{
    (void)state;
    shape_init(&shape, members, "dup");
    return 0;
}

static char *exact_copy(struct str line)
{
    char *copy = malloc(line.len > 0 ? line.len : 1);
    assert_non_null(copy);
    memcpy(copy, line.ptr, line.len);
    return copy;
}

static bool scan(const char *line, size_t len, struct record *r, struct scan_error *e)
{
    char *copy = exact_copy((struct str){line, len});
    bool good = record_scan(&shape, (struct str){copy, len}, r, e);
    if (good) { /* the spans must outlive the copy */
        ptrdiff_t moved = line - copy;
        r->line.ptr += moved;
        for (size_t i = 0; i < shape.count; i++)
            if (r->member[i].ptr != NULL)
                r->member[i].ptr += moved;
    }
    free(copy);
    return good;
}

static void takes_what_is_json(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{}",
        " {} ",
        "\t{\r\n}\r\n",
        "{\"text\":\"\"}",
        "{\"a\":null,\"b\":true,\"c\":false}",
        "{\"a\":0}",
        "{\"a\":-0}",
        "{\"a\":-0.0}",
        "{\"a\":1e400}",
        "{\"a\":1E+2}",
        "{\"a\":1e-2}",
        "{\"a\":12345678901234567890}",
        "{\"a\":0.10}",
        "{\"a\":1.5e10,\"b\":2}",
        "{\"a\":[]}",
        "{\"a\":{}}",
        "{\"a\":[[],{},[{}]]}",
        "{\"a\" : [ 1 , 2 ] , \"b\" : { } }",
        "{\"\":1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
        "{\"a\":\"\\u0000\\uFFFF\\uabCD\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\\ud800\"}",
        "{\"a\":\"\x7F\"}",
        "{\"a\":\"\xC2\x80\xDF\xBF\"}",
        "{\"a\":\"\xE0\xA0\x80\xED\x9F\xBF\"}",
        "{\"a\":\"\xEE\x80\x80\xEF\xBF\xBF\"}",
        "{\"a\":\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"}",
        "{\"\xE3\x81\x82\":\"0123456789abcdef0123456789abcdef\"}",
    };
    struct record r;
    struct scan_error e;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!scan(good[i], strlen(good[i]), &r, &e))
            fail_msg("%s: %s at %zu", good[i], e.what, e.at);
    }
}

struct bad {
    const char *line;
    size_t len, at;
    const char *what;
};

#define BAD(line, at, what)                                                                        \
    {                                                                                              \
        line, sizeof(line) - 1, at, what                                                           \
    }

static void tells_where_it_is_wrong(void **state)
{
    (void)state;
    static const struct bad rows[] = {
        BAD("", 0, "ends too early"),
        BAD("   ", 3, "ends too early"),
        BAD("x", 0, "not a JSON value"),
        BAD("[]", 0, "not an object"),
        BAD(" \"a\"", 1, "not an object"),
        BAD("12", 0, "not an object"),
        BAD("null", 0, "not an object"),
        BAD("nul", 0, "not a JSON value"),
        BAD("[1,", 3, "ends too early"),
        BAD("{", 1, "ends too early"),
        BAD("{,}", 1, "a member's name is missing"),
        BAD("{a:1}", 1, "a member's name is missing"),
        BAD("{\"a\"}", 4, "a colon is missing"),
        BAD("{\"a\":}", 5, "not a JSON value"),
        BAD("{\"a\":1,}", 7, "a member's name is missing"),
        BAD("{\"a\":1 \"b\":2}", 7, "a comma or } is missing"),
        BAD("{\"a\":1]", 6, "a comma or } is missing"),
        BAD("{\"a\":[1}]}", 7, "a comma or ] is missing"),
        BAD("{\"a\":[1,]}", 8, "not a JSON value"),
        BAD("{\"a\":{\"b\":1]}", 11, "a comma or } is missing"),
        BAD("{\"a\":{,}}", 6, "a member's name is missing"),
        BAD("{}x", 2, "more behind the object"),
        BAD("{} {}", 3, "more behind the object"),
        BAD("{\"a\":01}", 6, "a comma or } is missing"),
        BAD("{\"a\":-}", 6, "bad number"),
        BAD("{\"a\":+1}", 5, "not a JSON value"),
        BAD("{\"a\":1.}", 7, "bad number"),
        BAD("{\"a\":.5}", 5, "not a JSON value"),
        BAD("{\"a\":1e}", 7, "bad number"),
        BAD("{\"a\":1e+}", 8, "bad number"),
        BAD("{\"a\":1e", 7, "ends too early"),
        BAD("{\"a\":NaN}", 5, "not a JSON value"),
        BAD("{\"a\":tru}", 5, "not a JSON value"),
        BAD("{\"a\":truex}", 9, "a comma or } is missing"),
        BAD("{\"a\":'b'}", 5, "not a JSON value"),
        BAD("{\"a\":\"b}", 8, "ends within a string"),
        BAD("{\"a\":\"\\x\"}", 7, "bad escape"),
        BAD("{\"a\":\"\\", 7, "ends too early"),
        BAD("{\"a\":\"\\u12G4\"}", 10, "bad \\u escape"),
        BAD("{\"a\":\"\\u12", 10, "ends too early"),
        BAD("{\"a\":\"\\\0\"}", 7, "bad escape"),
        BAD("{\"a\":\"b\0c\"}", 7, "control character in a string"),
        BAD("{\"a\":\"b\tc\"}", 7, "control character in a string"),
        BAD("{\"a\":\"0123456789abcdef\x1F\"}", 22, "control character in a string"),
        BAD("{\"a\":1\0}", 6, "a comma or } is missing"),
        BAD("{\"a\":\"\x80\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xC0\xAF\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xC1\xBF\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xC3\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xE0\x9F\xBF\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xED\xA0\x80\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xE3\x81\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xF0\x8F\xBF\xBF\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xF4\x90\x80\x80\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xF5\x80\x80\x80\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xFF\"}", 6, "bad UTF-8"),
        BAD("{\"a\":\"\xE3\x81\x82\xE3\x81\x84\xE3\x81\"}", 12, "bad UTF-8"),
        BAD("{\"a\":\"\xE3\x81", 6, "bad UTF-8"),
        BAD("{\"\xFF\":1}", 2, "bad UTF-8"),
        BAD("\xEF\xBB\xBF{}", 0, "not a JSON value"),
    };
    struct record r;
    struct scan_error e;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct bad *row = &rows[i];
        if (scan(row->line, row->len, &r, &e))
            fail_msg("taken: %s", row->line);
        if (e.at != row->at || strcmp(e.what, row->what) != 0)
            fail_msg("%s: %s at %zu, not %s at %zu", row->line, e.what, e.at, row->what, row->at);
    }
}

static void finds_members(void **state)
{
    (void)state;
    struct record r;
    struct scan_error e;
    const char *line = " {\"text\": \"a\" ,\"x\":{\"id\":1},\"id\":[1, 2],\"dup\" : null} ";
    assert_true(scan(line, strlen(line), &r, &e));
    assert_str(r.member[TEXT], "\"a\"");
    assert_str(r.member[ID], "[1, 2]");
    assert_str(r.member[DUP], "null");
    assert_null(r.member[KIND].ptr);
    assert_int_equal(r.members, 4);
    assert_int_equal(r.own_count, 1);
    assert_str(((struct str){r.line.ptr + r.own_start, r.own_end - r.own_start}), "\"dup\" : null");
    assert_int_equal(r.line.ptr[0], '{');
    assert_int_equal(r.line.ptr[r.line.len - 1], '}');
}

static void the_last_of_a_name_counts(void **state)
{
    (void)state;
    struct record r;
    struct scan_error e;
    const char *line = "{\"id\":1,\"dup\":2,\"id\":3,\"d\\u0075p\":4}";
    assert_true(scan(line, strlen(line), &r, &e));
    assert_str(r.member[ID], "3");
    assert_str(r.member[DUP], "4");
    assert_int_equal(r.own_count, 2);
    assert_int_equal(r.members, 4);
}

static void knows_escaped_keys(void **state)
{
    (void)state;
    struct record r;
    struct scan_error e;
    const char *line =
        "{\"\\u0074ex\\u0074\":1,\"\\u0069\\u0064x\":2,\"i\\u0064\":3,\"\\\"id\":4,\"\\/id\":5}";
    assert_true(scan(line, strlen(line), &r, &e));
    assert_str(r.member[TEXT], "1");
    assert_str(r.member[ID], "3");
    assert_true(key_is(STR("a\\/b"), "a/b"));
    assert_true(key_is(STR("\\n"), "\n"));
    assert_true(key_is(STR("plain"), "plain"));
    assert_false(key_is(STR("plai\\u006e"), "plain2"));
    assert_false(key_is(STR("plai\\u006e"), "plai"));
    assert_false(key_is(STR("\\u0100"), "\x01"));
    assert_true(key_is(STR(""), ""));
}

static void knows_escaped_keys_beyond_ascii(void **state)
{
    (void)state;
    assert_true(key_is(STR("\\u8a71\\u984C"), "話題"));
    assert_true(key_is(STR("話\\u984c"), "話題"));
    assert_true(key_is(STR("\\u8a71題"), "話題"));
    assert_true(key_is(STR("\\ud83d\\ude00!"), "\xF0\x9F\x98\x80!"));
    assert_true(key_is(STR("\\ud83d"), "\xEF\xBF\xBD")); /* as its text would read */
    assert_true(key_is(STR("\\u00e9"), "\xC3\xA9"));
    assert_false(key_is(STR("\\u00e9"), "\xE9"));
    assert_false(key_is(STR("\\u8a71\\u984c"), "話"));
    assert_false(key_is(STR("\\u8a71"), "話題"));
    assert_false(key_is(STR("\\u8a71"), "\xE8\xA9")); /* ends inside */
    assert_false(key_is(STR("a\\u0000"), "a"));
}

static void nest(struct buf *b, size_t depth, char open, char close)
{
    buf_clear(b);
    buf_add_text(b, "{\"a\":");
    for (size_t i = 1; i < depth; i++)
        if (open == '[')
            buf_add_char(b, '[');
        else
            buf_add_text(b, i + 1 < depth ? "{\"a\":" : "{");
    for (size_t i = 1; i < depth; i++)
        buf_add_char(b, close);
    buf_add_char(b, '}');
}

static void nests_256_deep(void **state)
{
    (void)state;
    static const char brackets[][2] = {{'[', ']'}, {'{', '}'}};
    struct buf b = {0};
    struct record r;
    struct scan_error e;
    for (size_t i = 0; i < 2; i++) {
        nest(&b, 256, brackets[i][0], brackets[i][1]);
        assert_true(scan(b.data, b.len, &r, &e));
        nest(&b, 257, brackets[i][0], brackets[i][1]);
        assert_false(scan(b.data, b.len, &r, &e));
        assert_string_equal(e.what, "nested too deep");
        assert_int_equal(e.at, i == 0 ? 5 + 255 : 5 * 256);
        nest(&b, 100000, brackets[i][0], brackets[i][1]);
        assert_false(scan(b.data, b.len, &r, &e));
    }
    buf_free(&b);
}

static const char whole[] =
    "{\"kind\":\"post\",\"id\":\"x:1930000000000000001\",\"n\":[-1.5e+3,0,{\"b\":true,\"c\":null}],"
    "\"text\":"
    "\"\xE3\x81\x82\xE3\x81\x84\xE3\x81\x86\xE3\x83\xBC\xE8\x99\xAB\xEF\xBD\x97\xE4\xBB\x8A "
    "\\ud83d\\ude00 \xF0\x9F\x98\x80 \xC3\xA9 0123456789abcdef\",\"dup\":false}";

/* As programs write records: without white space. */
static const char compact[] =
    "{\"kind\":\"post\",\"id\":\"x:1930000000000000001\",\"url\":\"https://x.example/i/status/19\","
    "\"a\":{\"id\":\"12\",\"n\":120,\"m\":0,\"k\":null,\"t\":true,\"s\":-0.5},\"empty\":[],\"o\":{}"
    ","
    "\"tokens\":[[\"\xE8\x99\xAB\",\"noun\"],[\"\xE3\x81\x8C\",\"p\",[[1,23,456]]]],\"sixteen-"
    "bytes-ab\":1,"
    "\"seventeen-bytes-ab\":12345678901234567890123,\"text\":"
    "\"ab\xE4\xBB\x8A\xE6\x97\xA5\\n\\u3042\","
    "\"dup\":{\"of\":null,\"score\":1}}";

static void no_truncation_is_whole(void **state)
{
    (void)state;
    struct record r;
    struct scan_error e;
    const struct str lines[] = {STR(whole), STR(compact)};
    for (size_t i = 0; i < 2; i++) {
        assert_true(scan(lines[i].ptr, lines[i].len, &r, &e));
        for (size_t cut = 0; cut < lines[i].len; cut++) {
            if (scan(lines[i].ptr, cut, &r, &e))
                fail_msg("taken when cut at %zu", cut);
            assert_true(e.at <= cut);
        }
    }
}

static uint32_t random_next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Replaces, takes out or doubles a few bytes. */
static size_t mutate(char *line, size_t len, uint32_t *seed)
{
    static const char spice[] = "\"\\{}[],:\x00\x1F\x7F\x80\xBF\xC2\xE0\xED\xF4 u0e-.nt";
    for (uint32_t i = random_next(seed) % 3 + 1; i > 0 && len > 1; i--) {
        size_t at = random_next(seed) % len;
        switch (random_next(seed) % 4) {
        case 0: line[at] = spice[random_next(seed) % (sizeof spice - 1)]; break;
        case 1: line[at] = (char)random_next(seed); break;
        case 2:
            memmove(line + at, line + at + 1, len - at - 1);
            len--;
            break;
        default: memmove(line + at + 1, line + at, len - at); len++;
        }
    }
    return len;
}

/* Brackets of every kind in every order, many levels deep: each must be closed by its own. */
static void closes_what_it_opened(void **state)
{
    (void)state;
    uint32_t seed = 4711;
    for (unsigned depth = 1; depth < SCAN_DEPTH; depth++) {
        struct buf b = {0};
        char kinds[SCAN_DEPTH];
        struct record r;
        struct scan_error e;
        buf_add_text(&b, "{\"a\":");
        for (unsigned i = 0; i < depth; i++) {
            kinds[i] = random_next(&seed) % 2 == 0 ? '{' : '[';
            buf_add_text(&b, kinds[i] == '{' ? "{\"b\":" : "[");
        }
        buf_add_text(&b, "0");
        size_t closes = b.len;
        for (unsigned i = depth; i-- > 0;)
            buf_add_char(&b, kinds[i] == '{' ? '}' : ']');
        buf_add_text(&b, "}");
        assert_true(scan(b.data, b.len, &r, &e));
        for (unsigned i = 0; i < depth; i += 1 + depth / 16) {
            b.data[closes + i] ^= '}' ^ ']';
            assert_false(scan(b.data, b.len, &r, &e));
            assert_int_equal(e.at, closes + i);
            b.data[closes + i] ^= '}' ^ ']';
        }
        buf_free(&b);
    }
}

/* Names that fall into the same place of the table, and as many as there can be. */
static void finds_each_of_many_names(void **state)
{
    (void)state;
    char names[RECORD_MEMBERS][16];
    const char *list[RECORD_MEMBERS + 1] = {NULL};
    for (unsigned round = 0; round < 50; round++) {
        struct shape many;
        struct buf line = {0};
        struct record r;
        struct scan_error e;
        buf_add_text(&line, "{\"axxb\":0,\"\":1,\"z\":2");
        for (unsigned i = 0; i < RECORD_MEMBERS; i++) {
            snprintf(names[i], sizeof names[i], "ab%u%s", round * RECORD_MEMBERS + i,
                     i % 3 == 0 ? "yz" : "");
            list[i] = names[i];
            buf_addf(&line, ",\"%s\":%u,\"a%s\":0", names[i], i + 10, names[i]);
        }
        buf_add_text(&line, "}");
        shape_init(&many, list, names[3]);
        assert_true(record_scan(&many, buf_str(&line), &r, &e));
        for (unsigned i = 0; i < RECORD_MEMBERS; i++) {
            char number[8];
            int length = snprintf(number, sizeof number, "%u", i + 10);
            assert_int_equal(r.member[i].len, length);
            assert_memory_equal(r.member[i].ptr, number, (size_t)length);
        }
        assert_int_equal(r.own_count, 1);
        buf_free(&line);
    }
}

static bool same_record(const struct record *a, const struct record *b)
{
    for (size_t i = 0; i < shape.count; i++)
        if (a->member[i].ptr != b->member[i].ptr || a->member[i].len != b->member[i].len)
            return false;
    return a->line.ptr == b->line.ptr && a->line.len == b->line.len && a->members == b->members &&
           a->own_count == b->own_count && a->own_start == b->own_start && a->own_end == b->own_end;
}

static void both_builds_agree(void **state)
{
    (void)state;
    uint32_t seed = 20260822;
    size_t taken = 0;
    for (int round = 0; round < 400000; round++) {
        struct str from = round % 2 == 0 ? STR(whole) : STR(compact);
        char line[sizeof whole + sizeof compact + 8];
        memcpy(line, from.ptr, from.len);
        size_t len = mutate(line, from.len, &seed), bad_a = 0, bad_b = 0;
        char *copy = exact_copy((struct str){line, len}); /* see above */
        struct str text = {copy, len};
        struct record a, b;
        struct scan_error ea = {0, ""}, eb = {0, ""};
        bool good = record_scan(&shape, text, &a, &ea);
        taken += good;
        if (portable_record_scan(&shape, text, &b, &eb) != good || ea.at != eb.at ||
            strcmp(ea.what, eb.what) != 0 || (good && !same_record(&a, &b)))
            fail_msg("round %d: %.*s", round, (int)len, line);
        assert_int_equal(utf8_check(text, &bad_a), portable_utf8_check(text, &bad_b));
        assert_int_equal(bad_a, bad_b);
        free(copy);
    }
    assert_in_range(taken, 4000, 396000); /* both sides of the fence were seen */
}

static void finds_stops_at_every_offset(void **state)
{
    (void)state;
    static const char stops[] = "\"\\\n\x80";
    for (size_t length = 0; length < 70; length++)
        for (size_t i = 0; i < sizeof stops - 1; i++) {
            char line[96];
            int len = snprintf(
                line, sizeof line, "{\"a\":\"%.*s%c", (int)length,
                "0123456789012345678901234567890123456789012345678901234567890123456789", stops[i]);
            struct record r;
            struct scan_error e;
            assert_false(scan(line, (size_t)len, &r, &e));
            assert_int_equal(e.at,
                             stops[i] == '"' || stops[i] == '\\' ? (size_t)len : (size_t)len - 1);
        }
}

static void checks_utf8(void **state)
{
    (void)state;
    size_t bad = 99;
    assert_true(utf8_check(STR(""), &bad));
    assert_true(utf8_check(STR("a\0\xE3\x81\x82\xF0\x9F\x98\x80"), &bad));
    assert_false(utf8_check(STR("ab\xE3\x81"), &bad));
    assert_int_equal(bad, 2);
    assert_false(utf8_check(STR("\xE3\x81\x82\xE3\x81\x82\xED\xBF\xBF"), &bad));
    assert_int_equal(bad, 6);
}

static void scans_values_of_any_type(void **state)
{
    (void)state;
    size_t used = 0;
    struct scan_error e;
    assert_true(json_scan(STR(" [1, {\"a\":2}] rest"), &used, &e));
    assert_int_equal(used, 13);
    assert_true(json_scan(STR("\"a\"x"), &used, &e));
    assert_int_equal(used, 3);
    assert_true(json_scan(STR("-1.5e3,"), &used, &e));
    assert_int_equal(used, 6);
    assert_false(json_scan(STR("  "), &used, &e));
    assert_int_equal(e.at, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_is_json),
        cmocka_unit_test(tells_where_it_is_wrong),
        cmocka_unit_test(finds_members),
        cmocka_unit_test(the_last_of_a_name_counts),
        cmocka_unit_test(knows_escaped_keys),
        cmocka_unit_test(knows_escaped_keys_beyond_ascii),
        cmocka_unit_test(nests_256_deep),
        cmocka_unit_test(closes_what_it_opened),
        cmocka_unit_test(finds_each_of_many_names),
        cmocka_unit_test(no_truncation_is_whole),
        cmocka_unit_test(both_builds_agree),
        cmocka_unit_test(finds_stops_at_every_offset),
        cmocka_unit_test(checks_utf8),
        cmocka_unit_test(scans_values_of_any_type),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
