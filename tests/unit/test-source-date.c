/* lib/source/date: times as feeds and networks spell them. */
#include "unit.h"

#include <stdio.h>

#include "source/date.h"

static void assert_time(const char *text, const char *wanted)
{
    struct buf got = {0};
    int64_t time = date_parse(str_of(text));
    if (time == CLOCK_UNKNOWN)
        buf_add_text(&got, "unknown");
    else
        clock_format(&got, time);
    if (!str_is(buf_str(&got), wanted))
        print_error("# '%s'\n", text);
    assert_str(buf_str(&got), wanted);
    buf_free(&got);
}

struct row {
    const char *text, *time;
};

static void assert_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_time(rows[i].text, rows[i].time);
}

#define ASSERT_ROWS(rows) assert_rows(rows, sizeof(rows) / sizeof *(rows))

static void reads_rfc_3339(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"2026-08-22T12:57:00+09:00", "2026-08-22T03:57:00Z"},
        {"2026-08-22T03:57:00.123456Z", "2026-08-22T03:57:00Z"},
        {"2026-08-22T03:57:00", "2026-08-22T03:57:00Z"},
        {"2026-08-22 03:57", "2026-08-22T03:57:00Z"},
        {"2026-08-22T03:57Z", "2026-08-22T03:57:00Z"},
        {"2026-08-22T12:57:00+0900", "2026-08-22T03:57:00Z"},
        {"2026-08-22T12:57:00+9", "2026-08-22T03:57:00Z"},
        {"2026-08-22T12:57:00 +09:00", "2026-08-22T03:57:00Z"},
        {"2026-08-22", "2026-08-22T00:00:00Z"},
        {"2026-08", "2026-08-01T00:00:00Z"},
        {"2026", "2026-01-01T00:00:00Z"},
        {"20260822", "2026-08-22T00:00:00Z"},
        {"20260822T035700Z", "2026-08-22T03:57:00Z"},
        {"20260822125700", "2026-08-22T12:57:00Z"},
        {"202608221257", "2026-08-22T12:57:00Z"},
        {"2026-08-22T12:57:00+09:00[Asia/Tokyo]", "2026-08-22T03:57:00Z"},
        {"2026-08-22T03:57Z[UTC][u-ca=japanese]", "2026-08-22T03:57:00Z"},
        {"2026-234", "2026-08-22T00:00:00Z"},
        {"2024-366", "2024-12-31T00:00:00Z"},
        {"  2026-08-22T03:57:00Z\n", "2026-08-22T03:57:00Z"},
        {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"},
        {"2026-08-21T24:00:00Z", "2026-08-22T00:00:00Z"},
    };
    ASSERT_ROWS(rows);
}

static void reads_rfc_822(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Sat, 22 Aug 2026 12:57:00 +0900", "2026-08-22T03:57:00Z"},
        {"Sat, 22 Aug 2026 12:57:00 +0900 (JST)", "2026-08-22T03:57:00Z"},
        {"Sat, 22 Aug 2026 12:57:00 +0900 (Tokyo)", "2026-08-22T03:57:00Z"},
        {"Sat, 22 Aug 2026 12:57:00 +0900 (Tokyo (9 h east)", "2026-08-22T03:57:00Z"},
        {"Sat Aug 22 2026 12:57:00 GMT+0900 (日本標準時)", "2026-08-22T03:57:00Z"},
        {"Sat, 22 Aug 2026 12:57:00 JST", "2026-08-22T03:57:00Z"},
        {"Sat, 22 Aug 2026 03:57:00 GMT", "2026-08-22T03:57:00Z"},
        {"Sat, 22 Aug 2026 03:57:00", "2026-08-22T03:57:00Z"},
        {"Sat, 22 Aug 2026 03:57 UT", "2026-08-22T03:57:00Z"},
        {"22 Aug 26 03:57:00 Z", "2026-08-22T03:57:00Z"},
        {"22 Aug 99 03:57:00 GMT", "1999-08-22T03:57:00Z"},
        {"Sat,22 Aug 2026 03:57:00 GMT", "2026-08-22T03:57:00Z"},
        {"Saturday, 22 August 2026 03:57:00 GMT", "2026-08-22T03:57:00Z"},
        {"Saturday, 22-Aug-26 03:57:00 GMT", "2026-08-22T03:57:00Z"},
        {"22 Aug 2026", "2026-08-22T00:00:00Z"},
        {"Aug 22, 2026", "2026-08-22T00:00:00Z"},
        {"August 22nd, 2026 at 3:57 pm EST", "2026-08-22T20:57:00Z"},
        {"Aug. 22, 2026 at 12:57 p.m.", "2026-08-22T12:57:00Z"},
        {"Aug. 22, 2026, 12:05 A.M. EST", "2026-08-22T05:05:00Z"},
        {"Aug. 22, 2026, 3 p.m.", "2026-08-22T15:00:00Z"},
        {"Sat, 22 Aug 2026 03:57:00 EDT", "2026-08-22T07:57:00Z"},
        {"Sat, 22 Aug 2026 03:57:00 -0700", "2026-08-22T10:57:00Z"},
        {"Sat, 22 Aug 2026 12:57:00 GMT+9", "2026-08-22T03:57:00Z"},
        {"Tue, 22 Sept 2026 03:57:00 GMT", "2026-09-22T03:57:00Z"},
        {"Sat, 22 Aug 2026 12:05:00 AM GMT", "2026-08-22T00:05:00Z"},
    };
    ASSERT_ROWS(rows);
}

static void reads_others(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24Z"},
        {"Wed Oct 10 20:19:24 2018", "2018-10-10T20:19:24Z"},
        {"Wed Oct 10 20:19:24 JST 2018", "2018-10-10T11:19:24Z"},
        {"12:57 PM - 22 Aug 2026", "2026-08-22T12:57:00Z"},
        {"12:57 - 2 Aug 2026", "2026-08-02T12:57:00Z"},
        {"12:57 UTC - 22 Aug 2026", "2026-08-22T12:57:00Z"},
        {"1755835200", "2025-08-22T04:00:00Z"},
        {"1755835200.25", "2025-08-22T04:00:00Z"},
        {"1755835200123", "2025-08-22T04:00:00Z"},
        {"999999999999", "2001-09-09T01:46:39Z"},
        {"1755835200123456", "2025-08-22T04:00:00Z"},
        {"22.08.2026 03:57", "2026-08-22T03:57:00Z"},
        {"22/8/2026 03:57", "2026-08-22T03:57:00Z"},
        {"8/22/2026 03:57", "2026-08-22T03:57:00Z"},
    };
    ASSERT_ROWS(rows);
}

static void reads_japanese(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"2026年8月22日 12時57分", "2026-08-22T03:57:00Z"},
        {"2026-08-22 12:57:00 日本時間", "2026-08-22T03:57:00Z"},
        {"2026年8月22日12時57分（日本標準時）", "2026-08-22T03:57:00Z"},
        {"日本時間8月22日2026年12時", "2026-08-22T03:00:00Z"},
        {"2026年8月22日（土）12時57分30秒", "2026-08-22T03:57:30Z"},
        {"2026年08月22日(土) 12:57", "2026-08-22T03:57:00Z"},
        {"２０２６年８月２２日　１２：５７", "2026-08-22T03:57:00Z"},
        {"令和8年8月22日 午後0時57分", "2026-08-22T03:57:00Z"},
        {"令和元年5月1日", "2019-04-30T15:00:00Z"},
        {"平成31年4月30日 午前9時", "2019-04-30T00:00:00Z"},
        {"12:57 - 2026年8月22日", "2026-08-22T03:57:00Z"},
        {"2026年8月22日正午", "2026-08-22T03:00:00Z"},
        {"2026年8月22日 12時半", "2026-08-22T03:30:00Z"},
        {"2026年8月22日 午後8時 夜", "2026-08-22T11:00:00Z"},
        {"2026年8月22日夜 20:15", "2026-08-22T11:15:00Z"},
        {"2026/08/22 12:57:00", "2026-08-22T03:57:00Z"},
        {"2026/8/22", "2026-08-21T15:00:00Z"},
        {"2026/08/22 12:57:00 +0900", "2026-08-22T03:57:00Z"},
        {"2026/08/22 03:57:00 GMT", "2026-08-22T03:57:00Z"},
    };
    ASSERT_ROWS(rows);
}

/* 22 August 2026 is a Saturday; %1$s is the weekday, %2$d the day. */
static void reads_every_weekday(void **state)
{
    (void)state;
    static const char *const days[] = {"土", "日", "月", "火", "水", "木", "金"};
    static const char *const spellings[] = {
        "2026/08/%2$02d(%1$s) 12:57:00.12",   "2026/08/%2$02d(%1$s) 12:57",
        "2026年8月%2$d日(%1$s) 12:57",        "2026年8月%2$d日（%1$s）12時57分",
        "2026年8月%2$d日%1$s曜日 12:57",      "2026年8月%2$d日（%1$s曜日）12:57",
        "2026年8月%2$d日(%1$s曜) 午後0:57",   "2026-08-%2$02d（%1$s・祝） 12:57",
        "%1$s, %2$d 8月 2026 12:57:00 +0900", "%1$s曜日 2026年8月%2$d日 12:57",
    };
    for (int i = 0; i < 7; i++)
        for (size_t k = 0; k < sizeof spellings / sizeof *spellings; k++) {
            char text[128], wanted[32];
            snprintf(text, sizeof text, spellings[k], days[i], 22 + i);
            snprintf(wanted, sizeof wanted, "2026-08-%02dT03:57:00Z", 22 + i);
            assert_time(text, wanted);
        }
}

static void tells_what_is_none(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "   ",
        "-",
        "yesterday",
        "12:57",
        "12345",
        "22 Aug",
        "Aug",
        "7/8/2026",
        "2026-13-01",
        "2026-02-30T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-08-22T25:00:00Z",
        "2026-08-22T00:61:00Z",
        "Sat, 31 Feb 2026 00:00:00 GMT",
        "99999999999999999999",
        "\xE5\xB9",
        "年月日",
        "2026年月日",
        "2026年8月日",
        "2026年8月22日〜23日",
        "2026年8月22日 夜8時",
        "2026年8月22日夜",
        "202613221257",
        "2026082212",
        "2026-08-22 12:57 x.m.",
        "12:57 PM - 22",
        "2026-08-22 or so",
        "2026-08-22T12:57:00+99:00",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_time(texts[i], "unknown");
}

static void reads_json(void **state)
{
    (void)state;
    assert_int_equal(date_parse_json(STR("1755835200")), 1755835200);
    assert_int_equal(date_parse_json(STR("1755835200123")), 1755835200);
    assert_int_equal(date_parse_json(STR("1.7558352e9")), 1755835200);
    assert_int_equal(date_parse_json(STR("20250822040000")), 1755835200);
    assert_int_equal(date_parse_json(STR("202508220400")), 1755835200);
    assert_int_equal(date_parse_json(STR("20250822")), 1755820800);
    assert_int_equal(date_parse_json(STR("20251322040000")), CLOCK_UNKNOWN);
    assert_int_equal(date_parse_json(STR("\"2025\\u002d08-22T04:00:00Z\"")), 1755835200);
    assert_int_equal(date_parse_json(STR("2026082212")), CLOCK_UNKNOWN);
    assert_int_equal(date_parse_json(STR("2026082224")), 2026082224);
    assert_int_equal(date_parse_json(STR("12")), CLOCK_UNKNOWN);
    assert_int_equal(date_parse_json(STR("-1755835200")), CLOCK_UNKNOWN);
    assert_int_equal(date_parse_json(STR("1e300")), CLOCK_UNKNOWN);
    assert_int_equal(date_parse_json(STR("null")), CLOCK_UNKNOWN);
    assert_int_equal(date_parse_json((struct str){NULL, 0}), CLOCK_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rfc_3339),      cmocka_unit_test(reads_rfc_822),
        cmocka_unit_test(reads_others),        cmocka_unit_test(reads_japanese),
        cmocka_unit_test(reads_every_weekday), cmocka_unit_test(tells_what_is_none),
        cmocka_unit_test(reads_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
