/* lib/base/buf and lib/base/str. */
#include "unit.h"

#include "base/buf.h"

static void grows_and_keeps(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 5000; i++)
        buf_addf(&b, "%d,", i);
    assert_memory_equal(b.data, "0,1,2,3,", 8);
    assert_memory_equal(b.data + b.len - 5, "4999,", 5);
    assert_true(b.cap >= b.len);
    buf_free(&b);
    assert_null(b.data);
    buf_add_char(&b, 'x');
    assert_string_equal(buf_text(&b), "x");
    assert_int_equal(b.len, 1);
    buf_free(&b);
}

static void empty_pieces_are_fine(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add(&b, NULL, 0);
    buf_add_str(&b, (struct str){NULL, 0});
    buf_addf(&b, "%s", "");
    assert_int_equal(b.len, 0);
    assert_true(str_equal(buf_str(&b), STR("")));
    assert_string_equal(buf_text(&b), "");
    buf_free(&b);
}

static void keeps_nul_bytes(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_add(&b, "a\0b", 3);
    buf_add_str(&b, STR("\0"));
    assert_int_equal(b.len, 4);
    assert_memory_equal(b.data, "a\0b\0", 4);
    buf_free(&b);
}

static void encodes_code_points(void **state)
{
    (void)state;
    static const struct {
        unsigned code;
        const char *utf8;
    } rows[] = {
        {0x41, "A"},
        {0x7F, "\x7F"},
        {0x80, "\xC2\x80"},
        {0x7FF, "\xDF\xBF"},
        {0x800, "\xE0\xA0\x80"},
        {0x3042, "\xE3\x81\x82"},
        {0xD7FF, "\xED\x9F\xBF"},
        {0xD800, "\xEF\xBF\xBD"},
        {0xDFFF, "\xEF\xBF\xBD"},
        {0xFFFF, "\xEF\xBF\xBF"},
        {0x10000, "\xF0\x90\x80\x80"},
        {0x10FFFF, "\xF4\x8F\xBF\xBF"},
        {0x110000, "\xEF\xBF\xBD"},
        {0xFFFFFFFF, "\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b = {0};
        buf_add_code(&b, rows[i].code);
        assert_string_equal(buf_text(&b), rows[i].utf8);
        buf_free(&b);
    }
}

static void trims(void **state)
{
    (void)state;
    assert_str(str_trim(STR(" \t\r\n\v\f a b \n")), "a b");
    assert_str(str_trim(STR(" \n ")), "");
    assert_str(str_trim(STR("")), "");
    assert_str(str_trim(STR("\xE3\x80\x80"
                            "a")),
               "\xE3\x80\x80"
               "a");
}

static void cuts(void **state)
{
    (void)state;
    struct str rest;
    assert_str(str_cut(STR("a,b,c"), ',', &rest), "a");
    assert_str(rest, "b,c");
    assert_str(str_cut(STR("a,"), ',', &rest), "a");
    assert_str(rest, "");
    assert_str(str_cut(STR(",a"), ',', &rest), "");
    assert_str(rest, "a");
    assert_str(str_cut(STR("abc"), ',', &rest), "abc");
    assert_str(rest, "");
    assert_str(str_cut((struct str){NULL, 0}, ',', &rest), "");
    assert_int_equal(rest.len, 0);
    struct str line = STR("x\ty");
    assert_str(str_cut(line, '\t', &line), "x"); /* over itself */
    assert_str(line, "y");
}

static void finds_and_compares(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
    assert_int_equal(str_find(STR("abc"), STR("x")), -1);
    assert_int_equal(str_find(STR("abc"), STR("")), 0);
    assert_int_equal(str_find(STR(""), STR("a")), -1);
    assert_int_equal(str_find(STR("a\0b"), STR("\0b")), 1);
    assert_true(str_compare(STR("a"), STR("ab")) < 0);
    assert_true(str_compare(STR("b"), STR("ab")) > 0);
    assert_true(str_compare(STR("\xE3"), STR("a")) > 0);
    assert_int_equal(str_compare(STR(""), STR("")), 0);
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_true(str_starts(STR("abc"), STR("")));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_ends(STR("abc"), STR("bc")));
    assert_false(str_ends(STR("c"), STR("bc")));
    assert_false(str_is(STR("a\0"), "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps),
        cmocka_unit_test(empty_pieces_are_fine),
        cmocka_unit_test(keeps_nul_bytes),
        cmocka_unit_test(encodes_code_points),
        cmocka_unit_test(trims),
        cmocka_unit_test(cuts),
        cmocka_unit_test(finds_and_compares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
