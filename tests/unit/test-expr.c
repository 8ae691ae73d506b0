/* lib/record/expr: what people write, on what the net holds. */
#include "unit.h"

#include "record/expr.h"

static void tests_records(void **state)
{
    (void)state;
    static const struct {
        const char *program, *json;
        bool holds;
    } rows[] = {
        {".a == 1", "{\"a\":1}", true},
        {".a == 1", "{\"a\":2}", false},
        {".a", "{\"a\":null}", false},
        {".a", "{\"a\":0}", true},
        {".a", "{\"a\":\"\"}", true},
        {".a", "{}", false},
        {"empty", "{}", false},
        {"false, true", "{}", false}, /* the first result */
        {".text | test(\"\\u866b\")", "{\"text\":\"\xE8\x99\xAB\"}", true},
        {".id == \"x:1930000000000000001\"", "{\"id\":\"x:1930000000000000001\"}", true},
        /* lone surrogates, and pairs, and what only looks like them */
        {".a == \"\\ufffd\"", "{\"a\":\"\\ud800\"}", true},
        {".a == \"\\ufffd\\n\"", "{\"a\":\"\\uDC00\\n\"}", true},
        {".a == \"\\ufffdA\"", "{\"a\":\"\\ud800\\u0041\"}", true},
        {".a == \"\\ufffd\\ufffd\"", "{\"a\":\"\\ude00\\ud83d\"}", true},
        {".a == \"\\ufffd\xF0\x9F\x98\x80\"", "{\"a\":\"\\ud83d\\uD83D\\uDE00\"}", true},
        {".a == \"\\\\ud800\"", "{\"a\":\"\\\\ud800\"}", true},
        {".a == \"\\ufffd\\\\\"", "{\"a\":\"\\ud800\\\\\"}", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e;
        struct expr *x = expr_new(rows[i].program, &e);
        assert_non_null(x);
        for (int again = 0; again < 2; again++) {
            bool holds = !rows[i].holds;
            assert_true(expr_test(x, str_of(rows[i].json), &holds, &e));
            assert_int_equal(holds, rows[i].holds);
        }
        expr_free(x);
    }
    expr_free(NULL);
}

static void tells_what_is_no_expression(void **state)
{
    (void)state;
    static const char *const rows[] = {".[", "nosuch", "", "$nosuch", "include \"no-such\"; ."};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = {""};
        struct expr *x = expr_new(rows[i], &e);
        if (x == NULL)
            assert_true(e.text[0] != '\0' && strchr(e.text, '\n') == NULL);
        else
            assert_string_equal(rows[i], ""); /* which is `.` */
        expr_free(x);
    }
}

static void goes_on_after_an_error(void **state)
{
    (void)state;
    struct err e;
    bool holds;
    struct expr *x = expr_new(".a | tonumber > 1", &e);
    assert_non_null(x);
    assert_false(expr_test(x, STR("{\"a\":\"x\"}"), &holds, &e));
    assert_non_null(strstr(e.text, "x"));
    assert_true(expr_test(x, STR("{\"a\":\"2\"}"), &holds, &e));
    assert_true(holds);
    assert_false(expr_test(x, STR("{\"a\":"), &holds, &e));
    assert_true(expr_test(x, STR("{\"a\":\"0\"}"), &holds, &e));
    assert_false(holds);
    expr_free(x);
}

static void outlives_halt_and_odd_errors(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "halt",           "halt_error", "error(null)",         "error({\"a\":[1]})",  "input",
        "debug",          "stderr",     "label $f | break $f", "limit(1; repeat(.))", "$ENV.HOME",
        "get_search_list"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e;
        bool holds;
        struct expr *x = expr_new(rows[i], &e);
        if (x == NULL)
            continue;
        for (int again = 0; again < 2; again++)
            expr_test(x, STR("{\"a\":1}"), &holds, &e);
        expr_free(x);
    }
}

/* But for the deepest level, which libjq refuses. */
static void takes_what_the_scanner_takes(void **state)
{
    (void)state;
    struct buf b = {0};
    struct err e = {""};
    bool holds = false;
    buf_add_text(&b, "{\"a\":");
    for (int i = 0; i < 250; i++)
        buf_add_char(&b, '[');
    for (int i = 0; i < 250; i++)
        buf_add_char(&b, ']');
    buf_add_text(&b, ",\"b\":1e400,\"c\":-0.0,\"d\":12345678901234567890,\"\":1,\"\":2}");
    struct expr *x = expr_new(".a | length == 1", &e);
    if (!expr_test(x, buf_str(&b), &holds, &e))
        fail_msg("%s", e.text);
    assert_true(holds);
    expr_free(x);
    buf_free(&b);
}

static void gives_every_result(void **state)
{
    (void)state;
    struct err e;
    struct buf b = {0};
    struct expr *x = expr_new(".[]", &e);
    assert_true(expr_each(x, STR("[1, \"\xE3\x81\x82\\n\", {\"b\": 1, \"a\": [ ]}]"), &b, &e));
    assert_str(buf_str(&b), "1\n\"\xE3\x81\x82\\n\"\n{\"b\":1,\"a\":[]}\n");
    expr_free(x);
    buf_clear(&b);
    x = expr_new(".[] | if . == 2 then error(\"two\") else . end", &e);
    assert_false(expr_each(x, STR("[1,2,3]"), &b, &e));
    assert_str(buf_str(&b), "1\n"); /* what came before stays */
    assert_string_equal(e.text, "two");
    expr_free(x);
    buf_free(&b);
}

static void takes_a_time_for_now(void **state)
{
    (void)state;
    struct err e;
    struct buf b = {0};
    struct expr *x = expr_new_at("def ago(s): now - s; ago(60) | todate # now", 1787371020, &e);
    assert_true(expr_each(x, STR("null"), &b, &e));
    assert_str(buf_str(&b), "\"2026-08-22T03:56:00Z\"\n");
    expr_free(x);
    buf_free(&b);
    assert_null(expr_new_at("now +", 0, &e));
    assert_null(strstr(e.text, "def"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tests_records),
        cmocka_unit_test(tells_what_is_no_expression),
        cmocka_unit_test(goes_on_after_an_error),
        cmocka_unit_test(outlives_halt_and_odd_errors),
        cmocka_unit_test(takes_what_the_scanner_takes),
        cmocka_unit_test(gives_every_result),
        cmocka_unit_test(takes_a_time_for_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
