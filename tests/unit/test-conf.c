/* lib/base/conf: entries with their lines, lists, and what is wrong told with its line. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"

static char path[] = "/tmp/hinoban-conf-XXXXXX";

static bool read_text(struct conf *c, const char *text, struct err *e)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return conf_read(c, path, e);
}

static void keeps_entries_with_their_lines(void **state)
{
    (void)state;
    struct conf c;
    struct err e;
    assert_true(read_text(
        &c, "; a comment\n[watch a]\nterms = x, y\n\n[watch b] ; empty\n[watch c]\nlabel=z\n", &e));
    assert_int_equal(c.count, 5);
    assert_null(c.entries[0].key);
    assert_string_equal(c.entries[1].section, "watch a");
    assert_string_equal(c.entries[1].key, "terms");
    assert_string_equal(c.entries[1].value, "x, y");
    assert_int_equal(c.entries[1].line, 3);
    assert_string_equal(c.entries[2].section, "watch b");
    assert_null(c.entries[2].key);
    assert_int_equal(c.entries[4].line, 7);
    conf_free(&c);
}

static void takes_lists_of_any_length(void **state)
{
    (void)state;
    struct conf c;
    struct err e;
    struct buf text = {0};
    buf_add_text(&text, "[watch a]\nterms = はじめ");
    for (int i = 0; i < 100; i++)
        buf_addf(&text, ", ことば%d", i);
    buf_add_text(&text, "\nlabel = 後\n");
    assert_true(read_text(&c, buf_text(&text), &e));
    struct buf items = {0};
    for (size_t i = 0; i < c.count; i++)
        if (c.entries[i].key != NULL && strcmp(c.entries[i].key, "terms") == 0) {
            assert_int_equal(c.entries[i].line, 2);
            buf_addf(&items, "%s,", c.entries[i].value);
        }
    assert_true(str_find(buf_str(&items), STR("ことば99")) > 0);
    assert_string_equal(c.entries[c.count - 1].value, "後");
    assert_int_equal(c.entries[c.count - 1].line, 3);
    buf_free(&text);
    buf_free(&items);
    conf_free(&c);
}

static void check_value(const char *text, const char *value)
{
    struct conf c;
    struct err e;
    if (!read_text(&c, text, &e))
        fail_msg("%s", e.text);
    assert_string_equal(c.entries[c.count - 1].value, value);
    conf_free(&c);
}

/* A text with a row of 300 of the character in the place of its %s. */
static const char *with_row(const char *format, char of)
{
    static char texts[2][2000];
    static size_t last;
    char row[301], *text = texts[last++ % 2]; /* two may be in use */
    memset(row, of, 300);
    row[300] = '\0';
    snprintf(text, sizeof *texts, format, row);
    return text;
}

static void takes_lines_of_any_length(void **state)
{
    (void)state;
    check_value(with_row("[watch a]\nterms =%sx\n", ' '), "x");
    check_value(with_row("[watch a]\nterms%s=\n", ' '), "");
    check_value(with_row("[watch a]\n%sterms = x ; y\n", ' '), "x");
    check_value(with_row("[watch a]\nterms = v\n%sx\r\n", ' '), "x");
    check_value(with_row("[watch a]\nterms = v\n # %s x\n", 'c'), "v");
    check_value(with_row("[watch a]\nterms = v ;%s x\n", 'c'), "v");
    check_value(with_row("[watch a]\nterms = %s\n", '['), with_row("%s", '['));
    check_value(with_row("[watch a]\nterms = a%sb\n", ' '), with_row("a%sb", ' '));
}

static void passes_over_a_byte_order_mark(void **state)
{
    (void)state;
    struct conf c;
    struct err e;
    assert_true(read_text(&c, "\xEF\xBB\xBF[watch a]\n\n[watch b]\nterms = y\n", &e));
    assert_int_equal(c.count, 3);
    assert_string_equal(c.entries[0].section, "watch a");
    assert_int_equal(c.entries[0].line, 1);
    assert_string_equal(c.entries[2].section, "watch b");
    conf_free(&c);
}

static void tells_where_it_is_wrong(void **state)
{
    (void)state;
    struct conf c;
    struct err e;
    assert_false(read_text(&c, "[watch a]\nterms = x\nnonsense\n", &e));
    assert_non_null(strstr(e.text, ":3: neither [section] nor key = value"));
    assert_false(read_text(&c, with_row("[watch a]\n%s = x\n", 'k'), &e));
    assert_non_null(strstr(e.text, ":2: the key is too long"));
    assert_false(read_text(&c, with_row("[watch a]\n%s\n", 'k'), &e));
    assert_non_null(strstr(e.text, ":2: neither [section] nor key = value"));
    assert_false(conf_read(&c, "", &e));
    assert_string_equal(e.text, "the name of the configuration file is empty");
    assert_false(conf_read(&c, "/nowhere/hinoban.conf", &e));
    assert_non_null(strstr(e.text, "/nowhere/hinoban.conf"));
}

static void reads_nothing_where_nothing_is_named(void **state)
{
    (void)state;
    struct conf c;
    struct err e;
    unsetenv("HINOBAN_CONF");
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
    setenv("HOME", "/nowhere", 1);
    assert_true(conf_read(&c, NULL, &e));
    assert_int_equal(c.count, 0);
    conf_free(&c);
}

static void take_item(void *data, const char *item, size_t length)
{
    buf_addf(data, "<%.*s>", (int)length, item);
}

static void cuts_lists(void **state)
{
    (void)state;
    struct buf items = {0};
    conf_list(" a , b、c，d\n e ,,", take_item, &items);
    assert_str(buf_str(&items), "<a><b><c><d><e>");
    buf_free(&items);
}

int main(void)
{
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_entries_with_their_lines),
        cmocka_unit_test(takes_lists_of_any_length),
        cmocka_unit_test(takes_lines_of_any_length),
        cmocka_unit_test(passes_over_a_byte_order_mark),
        cmocka_unit_test(tells_where_it_is_wrong),
        cmocka_unit_test(cuts_lists),
        cmocka_unit_test(reads_nothing_where_nothing_is_named),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
