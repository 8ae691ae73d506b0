/* lib/record/value: reading what the scanner has passed. */
#include "unit.h"

#include "record/value.h"

static void knows_types(void **state)
{
    (void)state;
    assert_int_equal(value_type((struct str){NULL, 0}), VALUE_ABSENT);
    assert_int_equal(value_type(STR("null")), VALUE_NULL);
    assert_int_equal(value_type(STR("true")), VALUE_BOOL);
    assert_int_equal(value_type(STR("false")), VALUE_BOOL);
    assert_int_equal(value_type(STR("-1")), VALUE_NUMBER);
    assert_int_equal(value_type(STR("0")), VALUE_NUMBER);
    assert_int_equal(value_type(STR("\"\"")), VALUE_STRING);
    assert_int_equal(value_type(STR("[]")), VALUE_ARRAY);
    assert_int_equal(value_type(STR("{}")), VALUE_OBJECT);
}

static void undoes_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *text;
    } rows[] = {
        {"\"\"", ""},
        {"\"plain\"", "plain"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"a\\u3042b\"", "a\xE3\x81\x82"
                          "b"},
        {"\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80"},
        {"\"\\uD83D\\uDE00!\"", "\xF0\x9F\x98\x80!"},
        {"\"\\ud83d\"", "\xEF\xBF\xBD"},
        {"\"\\ude00\"", "\xEF\xBF\xBD"},
        {"\"\\ud83dx\"", "\xEF\xBF\xBDx"},
        {"\"\\ud83d\\n\"", "\xEF\xBF\xBD\n"},
        {"\"\\ud83d\\u0041\"", "\xEF\xBF\xBD"
                               "A"},
        {"\"\\ud83d\\ud83d\\ude00\"", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
        {"\"\\ude00\\ud83d\"", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"12", ""},
        {"null", ""},
    };
    struct buf scratch = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&scratch);
        assert_str(value_string(str_of(rows[i].raw), &scratch), rows[i].text);
    }
    buf_clear(&scratch);
    struct str nul = value_string(STR("\"a\\u0000b\""), &scratch);
    assert_int_equal(nul.len, 3);
    assert_memory_equal(nul.ptr, "a\0b", 3);
    buf_free(&scratch);
}

static void copies_only_escapes(void **state)
{
    (void)state;
    struct buf scratch = {0};
    struct str raw = STR("\"plain\"");
    assert_ptr_equal(value_string(raw, &scratch).ptr, raw.ptr + 1);
    assert_int_equal(scratch.len, 0);
    buf_free(&scratch);
}

static void knows_a_text_however_it_is_spelled(void **state)
{
    (void)state;
    assert_true(value_is(STR("\"post\""), "post"));
    assert_true(value_is(STR("\"p\\u006fst\""), "post"));
    assert_true(value_is(STR("\"a\\/b\""), "a/b"));
    assert_true(value_is(STR("\"\\u866b\""), "虫"));
    assert_true(value_is(STR("\"\""), ""));
    assert_false(value_is(STR("\"p\\u006fst\""), "host"));
    assert_false(value_is(STR("\"p\\u006fsts\""), "post"));
    assert_false(value_is(STR("\"post\\u0000\""), "post"));
    assert_false(value_is(STR("\"a\\\\\""), "a\\\\")); /* one backslash, not two */
    assert_false(value_is(STR("\"\""), "post"));
    assert_false(value_is(STR("null"), "null"));
    assert_false(value_is((struct str){NULL, 0}, ""));
}

static void reads_numbers(void **state)
{
    (void)state;
    assert_true(value_number(STR("-1.5e2"), 0) == -150);
    assert_true(value_number(STR("\"1\""), 7) == 7);
    assert_true(value_number(STR("null"), 7) == 7);
    assert_true(value_number((struct str){NULL, 0}, 7) == 7);
    /* no NUL behind the digits */
    assert_true(value_number((struct str){"12345", 2}, 7) == 12);
}

static void reads_whole_numbers_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *raw;
        int64_t value;
    } rows[] = {
        {"0", 0},
        {"-0", 0},
        {"-0.9", 0},
        {"3.99", 3},
        {"1e3", 1000},
        {"9007199254740993", 9007199254740993},
        {"1930000000000000001", 1930000000000000001},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"9223372036854775808", -7},
        {"12345678901234567890", -7},
        {"1e19", -7},
        {"-1e19", -7},
        {"1e400", -7},
        {"9.3e18", -7},
        {"\"5\"", -7},
        {"true", -7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(value_integer(str_of(rows[i].raw), -7), rows[i].value);
    assert_int_equal(value_integer((struct str){NULL, 0}, INT64_MIN), INT64_MIN);
    assert_int_equal(value_integer(STR("null"), INT64_MAX), INT64_MAX);
}

static void shortens_numbers(void **state)
{
    (void)state;
    struct buf scratch = {0};
    static const struct {
        const char *raw, *text;
    } rows[] = {{"3.0", "3"},
                {"3", "3"},
                {"30", "30"},
                {"-0.50", "-0.5"},
                {"0.0", "0"},
                {"-0", "0"},
                {"-0.0", "0"},
                {"0e5", "0"},
                {"10.00", "10"},
                {"1.0e2", "100"},
                {"1E+2", "100"},
                {"-2e0", "-2"},
                {"1e-2", "0.01"},
                {"12.5e-1", "1.25"},
                {"0.00125e3", "1.25"},
                {"-7", "-7"},
                {"105.010", "105.01"},
                {"1e15", "1000000000000000"},
                {"1.0e16", "10000000000000000"},
                {"1E+17", "100000000000000000"},
                {"1e39", "1000000000000000000000000000000000000000"},
                {"1e40", "1e40"},
                {"10e39", "1e40"},
                {"10000000000000000000000000000000000000000", "1e40"},
                {"-1.50E+99", "-1.5e99"},
                {"0.15e-40", "1.5e-41"},
                {"1e999", "1e999"},
                {"1e9999999999999999999", "1e9999999999999999999"},
                {"100", "100"},
                {"\"3.0\"", "\"3.0\""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(value_short_number(str_of(rows[i].raw), &scratch), rows[i].text);
    assert_int_equal(value_short_number((struct str){NULL, 0}, &scratch).len, 0);
    buf_free(&scratch);
}

static void compares(void **state)
{
    (void)state;
    assert_true(value_is(STR("\"post\""), "post"));
    assert_false(value_is(STR("\"posts\""), "post"));
    assert_false(value_is(STR("123456"), "post"));
    assert_false(value_is((struct str){NULL, 0}, ""));
    assert_true(value_true(STR("true")));
    assert_false(value_true(STR("\"true\"")));
    assert_false(value_true((struct str){NULL, 0}));
    assert_true(value_empty((struct str){NULL, 0}));
    assert_true(value_empty(STR("null")));
    assert_true(value_empty(STR("[]")));
    assert_true(value_empty(STR("[ \t]")));
    assert_false(value_empty(STR("[ null ]")));
    assert_false(value_empty(STR("\"\"")));
    assert_false(value_empty(STR("{}")));
}

static void walks_arrays(void **state)
{
    (void)state;
    struct walk w;
    struct str key, value;
    walk_begin(&w, STR("[ 1 , \"a,]\\\"\" , [ [ ] , \"]\" ] ,{\"k\":[1]},null ]"));
    static const char *const want[] = {"1", "\"a,]\\\"\"", "[ [ ] , \"]\" ]", "{\"k\":[1]}",
                                       "null"};
    for (size_t i = 0; i < 5; i++) {
        assert_true(walk_next(&w, &key, &value));
        assert_null(key.ptr);
        assert_str(value, want[i]);
    }
    assert_false(walk_next(&w, NULL, &value));
    assert_false(walk_next(&w, NULL, &value));
}

static void walks_objects(void **state)
{
    (void)state;
    struct walk w;
    struct str key, value;
    const struct str raw = STR("{ \"a\" : 1,\"b,:\\\"\":{\"c\":\"}\"} , \"\":-1e5}");
    walk_begin(&w, raw);
    assert_true(walk_next(&w, &key, &value));
    assert_str(key, "a");
    assert_str(value, "1");
    assert_true(walk_next(&w, &key, &value));
    assert_str(key, "b,:\\\"");
    assert_str(value, "{\"c\":\"}\"}");
    assert_true(walk_next(&w, &key, &value));
    assert_str(key, "");
    assert_str(value, "-1e5");
    assert_false(walk_next(&w, &key, &value));
    walk_begin(&w, raw); /* values alone */
    assert_true(walk_next(&w, NULL, &value));
    assert_str(value, "1");
    assert_true(walk_next(&w, NULL, &value));
    assert_str(value, "{\"c\":\"}\"}");
}

static void walks_nothing_else(void **state)
{
    (void)state;
    static const char *const none[] = {"[]", "[ ]", "{}", "{ }", "1", "\"a\"", "null"};
    struct walk w;
    struct str key, value;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        walk_begin(&w, str_of(none[i]));
        assert_false(walk_next(&w, &key, &value));
    }
    walk_begin(&w, (struct str){NULL, 0});
    assert_false(walk_next(&w, NULL, &value));
}

static void walks_lists_and_what_stands_for_one(void **state)
{
    (void)state;
    static const char *const single[] = {"1", "\"a,]\"", "null", "{\"k\":[1],\"l\":2}"};
    struct walk w;
    struct str value;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        walk_begin_list(&w, str_of(single[i]));
        assert_true(walk_next(&w, NULL, &value));
        assert_str(value, single[i]);
        assert_false(walk_next(&w, NULL, &value));
    }
    walk_begin_list(&w, STR("[1,\"a\"]"));
    assert_true(walk_next(&w, NULL, &value));
    assert_str(value, "1");
    assert_true(walk_next(&w, NULL, &value));
    assert_str(value, "\"a\"");
    assert_false(walk_next(&w, NULL, &value));
    walk_begin_list(&w, STR("[]"));
    assert_false(walk_next(&w, NULL, &value));
    walk_begin_list(&w, (struct str){NULL, 0});
    assert_false(walk_next(&w, NULL, &value));
}

static void finds_members(void **state)
{
    (void)state;
    const struct str raw = STR("{\"a\":1,\"b\":{\"a\":9},\"\\u0061\":2}");
    assert_str(value_member(raw, "a"), "2"); /* the last, however it is spelled */
    assert_str(value_member(raw, "b"), "{\"a\":9}");
    assert_null(value_member(raw, "c").ptr);
    assert_null(value_member(STR("[\"a\",1]"), "a").ptr);
    assert_null(value_member((struct str){NULL, 0}, "a").ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_types),
        cmocka_unit_test(undoes_escapes),
        cmocka_unit_test(copies_only_escapes),
        cmocka_unit_test(knows_a_text_however_it_is_spelled),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(reads_whole_numbers_exactly),
        cmocka_unit_test(shortens_numbers),
        cmocka_unit_test(compares),
        cmocka_unit_test(walks_arrays),
        cmocka_unit_test(walks_objects),
        cmocka_unit_test(walks_nothing_else),
        cmocka_unit_test(finds_members),
        cmocka_unit_test(walks_lists_and_what_stands_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
