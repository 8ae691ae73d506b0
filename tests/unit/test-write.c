/* lib/record/write: JSON made, and a member put into a record. */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "record/write.h"

static void writes_json(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json j = {.out = &b};
    json_open(&j, '{');
    json_key(&j, "a");
    json_open(&j, '[');
    json_integer(&j, INT64_MIN);
    json_number(&j, 0.125, 2);
    json_number(&j, -0.001, 2);
    json_number(&j, NAN, 2);
    json_number(&j, -INFINITY, 2);
    json_bool(&j, true);
    json_null(&j);
    json_open(&j, '[');
    json_close(&j, ']');
    json_open(&j, '{');
    json_close(&j, '}');
    json_close(&j, ']');
    json_key_str(&j, STR("k\"ey"));
    json_raw(&j, STR("1e400"));
    json_key(&j, "absent");
    json_raw(&j, (struct str){NULL, 0});
    json_key(&j, "time");
    json_time(&j, 0);
    json_key(&j, "never");
    json_time(&j, CLOCK_UNKNOWN);
    json_close(&j, '}');
    assert_str(
        buf_str(&b),
        "{\"a\":[-9223372036854775808,0.12,0.00,null,null,true,null,[],{}],\"k\\\"ey\":1e400,"
        "\"absent\":null,\"time\":\"1970-01-01T00:00:00Z\",\"never\":null}");
    buf_free(&b);
}

static void escapes_strings(void **state)
{
    (void)state;
    static const struct {
        const char *text, *json;
    } rows[] = {
        {"", "\"\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\b\f\n\r\t\x01\x1F\x7F", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\""},
        {"\xE3\x81\x82\xF0\x9F\x98\x80", "\"\xE3\x81\x82\xF0\x9F\x98\x80\""},
        {"a\xFF"
         "b",
         "\"a\xEF\xBF\xBD"
         "b\""},
        {"\xE3\x81", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\n\xFF\n", "\"\\n\xEF\xBF\xBD\\n\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        json_add_string(&b, str_of(rows[i].text));
        assert_str(buf_str(&b), rows[i].json);
        buf_free(&b);
    }
    struct buf b = {0};
    json_add_string(&b, STR("\0"));
    assert_str(buf_str(&b), "\"\\u0000\"");
    buf_free(&b);
}

static struct shape shape;

static int set_up(void **state)
{
    (void)state;
    static const char *const members[] = {"kind", "text", "dup", NULL};
    shape_init(&shape, members, "dup");
    return 0;
}

static void put(struct buf *out, struct str line)
{
    struct record r;
    struct scan_error e;
    assert_true(record_scan(&shape, line, &r, &e));
    record_put(out, &shape, &r, STR("9"));
}

static void puts_its_member_last(void **state)
{
    (void)state;
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"{}", "{\"dup\":9}\n"},
        {" { } ", "{ \"dup\":9}\n"},
        {"{\"a\":1}", "{\"a\":1,\"dup\":9}\n"},
        {"{\"dup\":1}", "{\"dup\":9}\n"},
        {"{ \"dup\" : [1, 2] }", "{ \"dup\":9}\n"},
        {"{\"dup\":1,\"a\":1e400}", "{\"a\":1e400,\"dup\":9}\n"},
        {"{\"a\":-0.0,\"dup\":1,\"b\":2}", "{\"a\":-0.0,\"b\":2,\"dup\":9}\n"},
        {"{\"a\":1,\"dup\":1}", "{\"a\":1,\"dup\":9}\n"},
        {"{ \"a\" : 1 , \"dup\" : 1 }\r", "{ \"a\" : 1  ,\"dup\":9}\n"},
        {"{\"d\\u0075p\":1,\"a\":\"\\ud800\"}", "{\"a\":\"\\ud800\",\"dup\":9}\n"},
        {"{\"x\":{\"dup\":1}}", "{\"x\":{\"dup\":1},\"dup\":9}\n"},
        /* twice and more */
        {"{\"dup\":1,\"dup\":2}", "{\"dup\":9}\n"},
        {"{\"dup\":1,\"a\":\"}\",\"dup\":{\"b\":[1,2]},\"c\":[{}]}",
         "{\"a\":\"}\",\"c\":[{}],\"dup\":9}\n"},
        {"{\"a\":1,\"dup\":1,\"d\\u0075p\":2}", "{\"a\":1,\"dup\":9}\n"},
        {"{ \"a\" : 1 , \"dup\":1 , \"b\" : 2 , \"dup\":2 }",
         "{ \"a\" : 1 , \"b\" : 2 ,\"dup\":9}\n"},
        {"{\"dup\":1,\"dup\":2,\"dup\":3,\"dup\":4,\"z\":5}", "{\"z\":5,\"dup\":9}\n"},
    };
    struct buf b = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&b);
        put(&b, str_of(rows[i].line));
        assert_str(buf_str(&b), rows[i].want);
    }
    buf_free(&b);
}

/* A hostile record costs what it weighs. */
static void takes_a_million_of_them(void **state)
{
    (void)state;
    struct buf line = {0}, b = {0};
    buf_add_text(&line, "{\"dup\":0");
    for (int i = 0; i < 1000000; i++)
        buf_add_text(&line, ",\"dup\":0");
    buf_add_text(&line, ",\"a\":1}");
    clock_t start = clock();
    put(&b, buf_str(&line));
    assert_str(buf_str(&b), "{\"a\":1,\"dup\":9}\n");
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 20);
    buf_free(&line);
    buf_free(&b);
}

/* Numbers are written as printf writes them. */
static void writes_numbers_like_printf(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 200000; i++) {
        struct buf out = {0};
        struct json j = {&out, false};
        char wanted[64];
        random = random * 6364136223846793005u + 1442695040888963407u;
        int decimals = i % 3 == 0 ? 4 : 2;
        double scale = i % 5 == 0 ? 1e7 : i % 2 == 0 ? 1 : 200;
        double number = ((double)(random >> 11) / 9007199254740992.0 - 0.5) * scale;
        if (i % 7 == 0) /* ties and what is near to one */
            number = (double)(int64_t)(number * 2000) / 2000;
        snprintf(wanted, sizeof wanted, "%.*f", decimals, number);
        if (strspn(wanted, "-0.") == strlen(wanted) && wanted[0] == '-')
            memmove(wanted, wanted + 1, strlen(wanted));
        json_number(&j, number, decimals);
        assert_string_equal(buf_text(&out), wanted);
        buf_free(&out);
    }
}

static void writes_integers_and_names(void **state)
{
    (void)state;
    struct buf out = {0};
    struct json j = {&out, false};
    json_open(&j, '{');
    json_key(&j, "a\"b\\\n猫");
    json_integer(&j, INT64_MIN);
    json_key(&j, "c");
    json_integer(&j, INT64_MAX);
    json_key(&j, "");
    json_integer(&j, 0);
    json_close(&j, '}');
    assert_string_equal(buf_text(&out), "{\"a\\\"b\\\\\\n猫\":-9223372036854775808,"
                                        "\"c\":9223372036854775807,\"\":0}");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_numbers_like_printf),
        cmocka_unit_test(writes_integers_and_names),
        cmocka_unit_test(writes_json),
        cmocka_unit_test(escapes_strings),
        cmocka_unit_test(puts_its_member_last),
        cmocka_unit_test(takes_a_million_of_them),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
