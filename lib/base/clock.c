/*
 * Time. The calendar arithmetic counts days in 400-year eras from 1 March, so
 * that the leap day comes last (Howard Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms").
 */
#define _GNU_SOURCE /* tm_gmtoff */
#include "base/clock.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CLOCK_FIRST (-62135596800) /* 0001-01-01T00:00:00Z */
#define CLOCK_LAST  253402300799   /* 9999-12-31T23:59:59Z */

int64_t clock_now(void)
{
    return (int64_t)time(NULL);
}

int64_t clock_steady(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_days(int year, int month, int day)
{
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil clock_civil(int64_t time)
{
    int64_t days = clock_day(time), rest = time - days * CLOCK_DAY;
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t doe = shifted - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t month_shifted = (5 * doy + 2) / 153;
    int64_t month = month_shifted < 10 ? month_shifted + 3 : month_shifted - 9;
    int64_t weekday = (days + 4) % 7;
    return (struct civil){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = (int)month,
        .day = (int)(doy - (153 * month_shifted + 2) / 5 + 1),
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
        .weekday = (int)(weekday < 0 ? weekday + 7 : weekday),
    };
}

int64_t clock_from_civil(struct civil c)
{
    return clock_days(c.year, c.month, c.day) * CLOCK_DAY + (int64_t)c.hour * 3600 +
           (int64_t)c.minute * 60 + c.second;
}

/* Reads exactly `digits` digits at *at and moves it; -1 where they are none. */
static int take_digits(struct str text, size_t *at, size_t digits)
{
    if (text.len - *at < digits)
        return -1;
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        char c = text.ptr[*at + i];
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    *at += digits;
    return value;
}

static bool take_char(struct str text, size_t *at, const char *any)
{
    if (*at >= text.len || text.ptr[*at] == '\0' || strchr(any, text.ptr[*at]) == NULL)
        return false;
    (*at)++;
    return true;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_offset(struct str text, size_t *at, int64_t *offset)
{
    *offset = 0;
    if (take_char(text, at, "Zz"))
        return true;
    int sign = *at < text.len && text.ptr[*at] == '-' ? -1 : 1;
    if (!take_char(text, at, "+-"))
        return false;
    int hours = take_digits(text, at, 2);
    take_char(text, at, ":");
    int minutes = take_digits(text, at, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *offset = sign * ((int64_t)hours * 3600 + (int64_t)minutes * 60);
    return true;
}

bool clock_parse(struct str text, int64_t *time)
{
    *time = CLOCK_UNKNOWN;
    size_t at = 0;
    struct civil c = {0};
    c.year = take_digits(text, &at, 4);
    if (c.year < 1 || !take_char(text, &at, "-"))
        return false;
    c.month = take_digits(text, &at, 2);
    if (c.month < 1 || c.month > 12 || !take_char(text, &at, "-"))
        return false;
    c.day = take_digits(text, &at, 2);
    if (c.day < 1 || c.day > month_days(c.year, c.month) || !take_char(text, &at, "Tt "))
        return false;
    c.hour = take_digits(text, &at, 2);
    if (c.hour < 0 || c.hour > 23 || !take_char(text, &at, ":"))
        return false;
    c.minute = take_digits(text, &at, 2);
    if (c.minute < 0 || c.minute > 59 || !take_char(text, &at, ":"))
        return false;
    c.second = take_digits(text, &at, 2);
    if (c.second < 0 || c.second > 60)
        return false;
    if (c.second == 60)
        c.second = 59;
    if (take_char(text, &at, ".,")) {
        size_t digits = at;
        while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
            at++;
        if (at == digits)
            return false;
    }
    int64_t offset;
    if (!take_offset(text, &at, &offset) || at != text.len)
        return false;
    int64_t moment = clock_from_civil(c) - offset;
    if (moment < CLOCK_FIRST || moment > CLOCK_LAST)
        return false;
    *time = moment;
    return true;
}

/* Writes the last digits of a number. */
static void put_digits(char *to, int number, size_t digits)
{
    for (; digits > 0; number /= 10)
        to[--digits] = (char)('0' + number % 10);
}

void clock_format(struct buf *out, int64_t time)
{
    struct civil c = clock_civil(time);
    char text[] = "0000-00-00T00:00:00Z";
    put_digits(text, c.year, 4);
    put_digits(text + 5, c.month, 2);
    put_digits(text + 8, c.day, 2);
    put_digits(text + 11, c.hour, 2);
    put_digits(text + 14, c.minute, 2);
    put_digits(text + 17, c.second, 2);
    buf_add(out, text, sizeof text - 1);
}

/* glibc falls back to UTC without a word where a zone is unknown; the commonest
 * zone here must also work on a machine that has no zone files. */
static const char *zone_string(const char *zone)
{
    static const char *const fixed[][2] = {
        {"Asia/Tokyo", "JST-9"}, {"Japan", "JST-9"}, {"UTC", "UTC0"}, {"Etc/UTC", "UTC0"}};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(zone, fixed[i][0]) == 0)
            return fixed[i][1];
    return NULL;
}

/* A zone that is spelled out, as POSIX has it for TZ. */
#define ZONE_NAME   "([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)"
#define ZONE_OFFSET "[+-]?(2[0-4]|[01]?[0-9])(:[0-5][0-9]){0,2}"
#define ZONE_RULE                                                                                  \
    ",(M(1[0-2]|0?[1-9])[.][1-5][.][0-6]|J?[0-9]{1,3})(/[+-]?[0-9]{1,3}(:[0-5][0-9]){0,2})?"

static bool zone_is_posix(const char *zone)
{
    regex_t shape;
    if (regcomp(&shape,
                "^" ZONE_NAME ZONE_OFFSET "(" ZONE_NAME "(" ZONE_OFFSET ")?(" ZONE_RULE ZONE_RULE
                ")?)?$",
                REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool posix = regexec(&shape, zone, 0, NULL, 0) == 0;
    regfree(&shape);
    return posix;
}

/* Beside the zones stand folders and tables, which are none (RFC 8536 has the four bytes). */
static bool zone_has_file(const char *zone)
{
    struct buf path = {0};
    char magic[4];
    buf_addf(&path, "/usr/share/zoneinfo/%s", zone);
    FILE *file = strstr(zone, "..") == NULL && *zone != '\0' && *zone != '/'
                     ? fopen(buf_text(&path), "re")
                     : NULL;
    bool has = file != NULL && fread(magic, sizeof magic, 1, file) == 1 &&
               memcmp(magic, "TZif", sizeof magic) == 0;
    if (file != NULL)
        fclose(file);
    buf_free(&path);
    return has;
}

bool clock_set_zone(const char *zone, struct err *e)
{
    const char *known = zone_string(zone);
    if (known == NULL && !zone_is_posix(zone) && !zone_has_file(zone))
        return err_set(e, "unknown time zone '%s' (an IANA name such as Asia/Tokyo)", zone);
    if (setenv("TZ", known != NULL ? known : zone, 1) != 0)
        return err_system(e, "cannot set the time zone");
    tzset();
    return true;
}

int64_t clock_zone_offset(int64_t when)
{
    time_t t = (time_t)when;
    struct tm local;
    return localtime_r(&t, &local) != NULL ? (int64_t)local.tm_gmtoff : 0;
}

int64_t clock_in_day(int64_t time, int32_t day)
{
    return time + clock_zone_offset(time) - (int64_t)day * CLOCK_DAY;
}
