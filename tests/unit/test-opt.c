/* lib/base/opt. */
#include "unit.h"

#include <getopt.h>
#include <stdlib.h>

#include "base/opt.h"

static const struct opt_row own[] = {
    {'t', "threshold", "X", "how alike"},
    {OPT_LONG + 1, "a-long-name-that-does-not-fit", "ARGUMENT", "help on its own line"},
    {0, NULL, NULL, NULL},
};
static const struct opt_row common[] = {
    {'h', "help", NULL, "print this help"},
    {OPT_LONG + 2, "strict", NULL, "stop"},
    {0, NULL, NULL, NULL},
};
static const struct opt_row *const tables[] = {own, common, NULL};

static void reads_both_tables(void **state)
{
    (void)state;
    static char program[] = "p", t[] = "-t5", strict[] = "--str", file[] = "f",
                name[] = "--threshold=6", dashes[] = "--", h[] = "-h";
    char *argv[] = {program, t, file, strict, name, dashes, h, NULL};
    struct opt_parser p;
    const char *arg;
    opt_open(&p, tables, 7, argv);
    assert_int_equal(opt_next(&p, &arg), 't');
    assert_string_equal(arg, "5");
    assert_int_equal(opt_next(&p, &arg), OPT_LONG + 2); /* a beginning will do */
    assert_int_equal(opt_next(&p, &arg), 't');
    assert_string_equal(arg, "6");
    assert_int_equal(opt_next(&p, &arg), -1);
    assert_string_equal(argv[optind], "f");
    assert_string_equal(argv[optind + 1], "-h"); /* behind -- it is an operand */
    opt_close(&p);
}

static void prints_help(void **state)
{
    (void)state;
    char text[1000] = {0};
    FILE *f = fmemopen(text, sizeof text, "w");
    opt_print_help(f, tables);
    fclose(f);
    assert_string_equal(text, "  -t, --threshold X           how alike\n"
                              "      --a-long-name-that-does-not-fit ARGUMENT\n"
                              "                              help on its own line\n"
                              "  -h, --help                  print this help\n"
                              "      --strict                stop\n");
}

static void reads_numbers(void **state)
{
    (void)state;
    long long n = 0;
    double x = 0;
    struct err e;
    assert_true(opt_number("12", 1, 12, &n, &e));
    assert_int_equal(n, 12);
    static const char *const bad[] = {"",  "0", "13", "1x", "x", "1.5", "99999999999999999999",
                                      "--"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(opt_number(bad[i], 1, 12, &n, &e));
    assert_string_equal(e.text, "'--' is not a whole number from 1 to 12");
    assert_true(opt_real("0.8", 0, 1, &x, &e));
    assert_true(x > 0.799 && x < 0.801);
    static const char *const unreal[] = {"", "1.1", "-0.1", "nan", "inf", "1,5", "0.5x", "1e999"};
    for (size_t i = 0; i < sizeof unreal / sizeof *unreal; i++)
        assert_false(opt_real(unreal[i], 0, 1, &x, &e));
}

static void reads_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size; /* 0: none */
    } rows[] = {
        {"1", 1},
        {"64K", 65536},
        {"64k", 65536},
        {"2M", 2097152},
        {"1G", 1073741824},
        {"0", 0},
        {"2G", 0},
        {"1073741825", 0},
        {"K", 0},
        {"", 0},
        {"-1", 0},
        {" -1", 0},
        {"1KB", 0},
        {"1T", 0},
        {"1 ", 0},
        {"1.5M", 0},
        {"18446744073709551615G", 0},
        {"99999999999999999999", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t size = 0;
        struct err e;
        bool good = opt_size(rows[i].text, 1, (size_t)1 << 30, &size, &e);
        if (good != (rows[i].size > 0) || size != rows[i].size)
            fail_msg("%s: %zu", rows[i].text, size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_tables),
        cmocka_unit_test(prints_help),
        cmocka_unit_test(reads_numbers),
        cmocka_unit_test(reads_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
