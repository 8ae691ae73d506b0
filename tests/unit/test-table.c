/* lib/base/table and intern: the two ways that names come in. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/intern.h"
#include "base/table.h"

static char path[64];

static void make_table(struct str text)
{
    strcpy(path, "/tmp/test-table.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.ptr, text.len), text.len);
    close(fd);
}

static void reads_rows(void **state)
{
    (void)state;
    struct table t;
    struct err e;
    bool bad;
    make_table(STR("\xEF\xBB\xBF# comment\n#\n\na\tb\tc\r\n#tag\tx\n \ty\n\t\nlast\tone"));
    assert_true(table_open(&t, path, &e));
    assert_true(table_next(&t, 2, 3, &bad, &e));
    assert_int_equal(t.fields, 3);
    assert_int_equal(t.line, 4);
    assert_str(t.field[0], "a");
    assert_str(t.field[2], "c");
    assert_true(table_next(&t, 2, 3, &bad, &e));
    assert_str(t.field[0], "#tag"); /* no comment */
    assert_true(table_next(&t, 2, 3, &bad, &e));
    assert_str(t.field[0], " ");
    assert_true(table_next(&t, 2, 3, &bad, &e));
    assert_int_equal(t.fields, 2);
    assert_int_equal(t.field[0].len + t.field[1].len, 0);
    assert_true(table_next(&t, 2, 3, &bad, &e));
    assert_str(t.field[1], "one");
    assert_int_equal(t.line, 8);
    assert_false(table_error(&t, &e, "no such word", t.field[0]));
    assert_non_null(strstr(e.text, ":8: no such word 'last'"));
    assert_false(table_next(&t, 2, 3, &bad, &e));
    assert_false(bad);
    table_close(&t);
    unlink(path);
}

static void tells_rows_of_the_wrong_width(void **state)
{
    (void)state;
    struct table t;
    struct err e;
    bool bad;
    make_table(
        STR("a\n1\t2\t3\t4\t5\t6\t7\t8\n1\t2\t3\t4\t5\t6\t7\t8\t9\n1\t2\t3\t4\t5\t6\t7\t8\t\n"));
    assert_true(table_open(&t, path, &e));
    assert_false(table_next(&t, 2, 8, &bad, &e));
    assert_true(bad);
    assert_non_null(strstr(e.text, ":1: 1 fields where 2 to 8 are wanted"));
    assert_true(table_next(&t, 2, 8, &bad, &e));
    assert_str(t.field[7], "8");
    assert_false(table_next(&t, 2, 8, &bad, &e)); /* none is dropped unseen */
    assert_true(bad);
    assert_non_null(strstr(e.text, ":3: 9 fields"));
    assert_false(table_next(&t, 2, 8, &bad, &e));
    assert_true(bad);
    table_close(&t);
    unlink(path);
}

static void takes_an_empty_table(void **state)
{
    (void)state;
    struct table t;
    struct err e;
    bool bad = true;
    make_table(STR(""));
    assert_true(table_open(&t, path, &e));
    assert_false(table_next(&t, 1, 1, &bad, &e));
    assert_false(bad);
    table_close(&t);
    unlink(path);
    assert_false(table_open(&t, path, &e));
    assert_non_null(strstr(e.text, path));
}

static void numbers_strings(void **state)
{
    (void)state;
    struct intern t = {0};
    char name[32];
    assert_int_equal(intern_find(&t, STR("a")), INTERN_NONE);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 50000; i++) {
            int len = snprintf(name, sizeof name, "name %u", i);
            assert_int_equal(intern_add(&t, (struct str){name, (size_t)len}), i);
        }
    assert_int_equal(t.count, 50000);
    assert_int_equal(intern_find(&t, STR("name 777")), 777);
    assert_int_equal(intern_find(&t, STR("name 50000")), INTERN_NONE);
    assert_string_equal(t.strings[49999].ptr, "name 49999"); /* a NUL behind it */
    intern_free(&t);
    assert_int_equal(intern_find(&t, STR("name 777")), INTERN_NONE);
}

static void strings_stay_where_they_are(void **state)
{
    (void)state;
    struct intern t = {0};
    static char big[200000];
    memset(big, 'b', sizeof big);
    assert_int_equal(intern_add(&t, STR("")), 0);
    assert_int_equal(intern_add(&t, STR("a\0b")), 1);
    const char *first = t.strings[1].ptr;
    for (size_t len = 60000; len < sizeof big; len += 5000)
        intern_add(&t, (struct str){big, len});
    assert_ptr_equal(t.strings[1].ptr, first);
    assert_int_equal(intern_find(&t, STR("a\0b")), 1);
    assert_int_equal(intern_find(&t, STR("a")), INTERN_NONE);
    assert_int_equal(intern_find(&t, STR("")), 0);
    assert_int_equal(intern_add(&t, t.strings[2]), 2); /* its own string */
    intern_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(tells_rows_of_the_wrong_width),
        cmocka_unit_test(takes_an_empty_table),
        cmocka_unit_test(numbers_strings),
        cmocka_unit_test(strings_stay_where_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
