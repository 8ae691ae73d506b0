/* lib/base/clock. */
#include "unit.h"

#include <stdlib.h>

#include "base/clock.h"

static void parses_and_formats(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want; /* NULL: no time */
    } rows[] = {
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
        {"2026-08-22T12:57:00+09:00", "2026-08-22T03:57:00Z"},
        {"2026-08-22T12:57:00+0900", "2026-08-22T03:57:00Z"},
        {"2026-08-22t03:57:00z", "2026-08-22T03:57:00Z"},
        {"2026-08-22 03:57:00.999999Z", "2026-08-22T03:57:00Z"},
        {"2026-01-01T00:30:00-05:30", "2026-01-01T06:00:00Z"},
        {"2024-02-29T23:59:60Z", "2024-02-29T23:59:59Z"},
        {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
        {"0001-01-01T00:00:00+00:01", NULL},
        {"9999-12-31T23:59:59-00:01", NULL},
        {"0000-01-01T00:00:00Z", NULL},
        {"2023-02-29T00:00:00Z", NULL},
        {"1900-02-29T00:00:00Z", NULL},
        {"2026-13-01T00:00:00Z", NULL},
        {"2026-00-01T00:00:00Z", NULL},
        {"2026-04-31T00:00:00Z", NULL},
        {"2026-04-00T00:00:00Z", NULL},
        {"2026-04-01T24:00:00Z", NULL},
        {"2026-04-01T00:60:00Z", NULL},
        {"2026-04-01T00:00:61Z", NULL},
        {"2026-04-01T00:00:00", NULL},
        {"2026-04-01T00:00:00.Z", NULL},
        {"2026-04-01T00:00:00+9", NULL},
        {"2026-04-01T00:00:00+24:00", NULL},
        {"2026-04-01T00:00:00Zx", NULL},
        {"2026-04-01", NULL},
        {" 2026-04-01T00:00:00Z", NULL},
        {"20260401T000000Z", NULL},
        {"", NULL},
    };
    struct buf b = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t time = 0;
        bool good = clock_parse(str_of(rows[i].text), &time);
        if (good != (rows[i].want != NULL))
            fail_msg("%s", rows[i].text);
        if (!good) {
            assert_true(time == CLOCK_UNKNOWN);
            continue;
        }
        buf_clear(&b);
        clock_format(&b, time);
        assert_str(buf_str(&b), rows[i].want);
    }
    buf_free(&b);
}

static void every_truncation_is_none(void **state)
{
    (void)state;
    const char whole[] = "2026-08-22T12:57:00.5+09:00";
    int64_t time;
    assert_true(clock_parse(STR(whole), &time));
    for (size_t len = 0; len < sizeof whole - 1; len++)
        /* cut within the offset's minutes it is +HH:, +HH or less: none of them a time */
        assert_false(clock_parse((struct str){whole, len}, &time));
}

static void the_calendar_is_a_bijection(void **state)
{
    (void)state;
    int64_t day = clock_days(1, 1, 1), last = clock_days(9999, 12, 31);
    assert_int_equal(clock_days(1970, 1, 1), 0);
    struct civil before = clock_civil((day - 1) * 86400);
    for (; day <= last; day += day % 3 == 0 ? 1 : 2) {
        struct civil c = clock_civil(day * 86400 + 86399);
        assert_int_equal(clock_days(c.year, c.month, c.day), day);
        assert_int_equal(clock_from_civil(c), day * 86400 + 86399);
        assert_int_equal(clock_day(day * 86400), day);
        assert_int_equal(clock_day(day * 86400 + 86399), day);
        assert_in_range(c.month, 1, 12);
        assert_in_range(c.day, 1, 31);
        assert_true(c.year > before.year || c.month > before.month || c.day > before.day);
        before = c;
    }
    assert_int_equal(clock_civil(0).weekday, 4); /* a Thursday */
    assert_int_equal(clock_civil(-86400).weekday, 3);
    assert_int_equal(clock_civil(-8 * 86400).weekday, 3);
}

static void knows_zones(void **state)
{
    (void)state;
    struct err e;
    int64_t summer = clock_days(2026, 7, 1) * 86400, winter = clock_days(2026, 1, 1) * 86400;
    assert_true(clock_set_zone("Asia/Tokyo", &e));
    assert_int_equal(clock_zone_offset(summer), 9 * 3600);
    assert_true(clock_set_zone("CET-1CEST,M3.5.0,M10.5.0/3", &e));
    assert_int_equal(clock_zone_offset(summer), 2 * 3600);
    assert_int_equal(clock_zone_offset(winter), 3600);
    assert_true(clock_set_zone("<+0530>-5:30", &e));
    assert_int_equal(clock_zone_offset(winter), 19800);
    assert_true(clock_set_zone("EST5EDT4:30,J60/2,300/-1:00:00", &e));
    assert_int_equal(clock_zone_offset(summer), -(4 * 3600 + 1800));
    static const char *const none[] = {"",
                                       "Mars/Olympus",
                                       "../../etc/passwd",
                                       "/etc/passwd",
                                       "X",
                                       "<",
                                       "Asia",
                                       "America/Argentina",
                                       "zone.tab",
                                       "JST",
                                       "JST+zz",
                                       "Foo+Bar",
                                       "UTC+",
                                       "JST-99",
                                       "JST-9x",
                                       "CET-1CEST,M3.5.0",
                                       "CET-1CEST,spring,autumn"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(clock_set_zone(none[i], &e));
    assert_true(clock_set_zone("UTC", &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_and_formats),
        cmocka_unit_test(every_truncation_is_none),
        cmocka_unit_test(the_calendar_is_a_bijection),
        cmocka_unit_test(knows_zones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
