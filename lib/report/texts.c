/* Phrases, numbers and times for people. */
#include "report/texts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"

#define LEAST 1e-12 /* what is less is shown as 0.0 */

bool texts_open(struct texts *t, int lang, struct err *e)
{
    *t = (struct texts){.lang = lang};
    char *path = data_path("report-texts.tsv");
    bool bad = false, good = table_open(&t->file, path, e);
    free(path);
    while (good && table_next(&t->file, 3, 3, &bad, e)) {
        uint32_t key = intern_add(&t->keys, t->file.field[0]);
        MEM_GROW(t->shown, key, t->shown_cap);
        t->shown[key][LANG_JA] = t->file.field[1];
        t->shown[key][LANG_EN] = t->file.field[2];
    }
    if (good && !bad)
        return true;
    texts_close(t);
    return false;
}

void texts_close(struct texts *t)
{
    table_close(&t->file);
    intern_free(&t->keys);
    free(t->shown);
    *t = (struct texts){0};
}

struct str texts_get(const struct texts *t, const char *key)
{
    uint32_t number = intern_find(&t->keys, str_of(key));
    return number == INTERN_NONE ? str_of(key) : t->shown[number][t->lang];
}

static const char *arg_value(const struct text_arg *args, struct str name)
{
    for (; args != NULL && args->name != NULL; args++)
        if (str_is(name, args->name))
            return args->value;
    return NULL;
}

/* Adds what stands in braces: the value of a name, or one of two words, by that value. */
static void say_name(struct buf *out, struct str inner, const struct text_arg *args)
{
    struct str words, many, name = str_cut(inner, '|', &words);
    const char *value = arg_value(args, name);
    if (name.len == inner.len) {
        buf_add_text(out, value != NULL ? value : "");
        return;
    }
    struct str one = str_cut(words, '|', &many);
    buf_add_str(out, value != NULL && strcmp(value, "1") == 0 ? one : many);
}

void texts_say(const struct texts *t, struct buf *out, const char *key, const struct text_arg *args)
{
    struct str rest = texts_get(t, key);
    while (rest.len > 0) {
        const char *open = memchr(rest.ptr, '{', rest.len);
        const char *close =
            open == NULL ? NULL : memchr(open, '}', rest.len - (size_t)(open - rest.ptr));
        if (close == NULL)
            break;
        buf_add(out, rest.ptr, (size_t)(open - rest.ptr));
        say_name(out, (struct str){open + 1, (size_t)(close - open) - 1}, args);
        rest = str_from(rest, (size_t)(close - rest.ptr) + 1);
    }
    buf_add_str(out, rest);
}

/* ---- numbers ---- */

struct shown shown_count(uint64_t number)
{
    struct shown s;
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    size_t at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            s.text[at++] = ',';
        s.text[at++] = digits[i];
    }
    s.text[at] = '\0';
    return s;
}

struct shown shown_decimal(double number)
{
    if (number >= 99.95)
        return shown_count((uint64_t)(number + 0.5));
    struct shown s;
    int decimals = number >= LEAST && number < 0.95 ? 1 - (int)floor(log10(number)) : 1;
    snprintf(s.text, sizeof s.text, "%.*f", decimals, number);
    return s;
}

struct shown shown_share(uint64_t part, uint64_t whole)
{
    struct shown s = {"–"};
    if (whole > 0)
        snprintf(s.text, sizeof s.text, "%.1f%%", 100 * (double)part / (double)whole);
    return s;
}

struct shown shown_signed(double number, const char *unit)
{
    struct shown s = {"±0"};
    if (!(fabs(number) > 0))
        return s;
    struct shown size = shown_decimal(fabs(number));
    snprintf(s.text, sizeof s.text, "%s%.40s%.10s", number > 0 ? "+" : "−", size.text, unit);
    return s;
}

/* ---- times ---- */

struct shown shown_date(int32_t day)
{
    struct shown s;
    struct civil c = clock_civil((int64_t)day * CLOCK_DAY);
    snprintf(s.text, sizeof s.text, "%04d-%02d-%02d", c.year, c.month, c.day);
    return s;
}

struct shown shown_weekday(const struct texts *t, int32_t day)
{
    struct shown s, key;
    snprintf(key.text, sizeof key.text, "weekday.%d",
             clock_civil((int64_t)day * CLOCK_DAY).weekday);
    struct str name = texts_get(t, key.text);
    snprintf(s.text, sizeof s.text, "%.*s", (int)(name.len > 40 ? 40 : name.len), name.ptr);
    return s;
}

struct shown shown_time(int64_t time, int32_t day)
{
    struct shown s = {"–"};
    if (time == CLOCK_UNKNOWN)
        return s;
    int64_t at = clock_in_day(time, day);
    struct civil c = clock_civil(at + (int64_t)day * CLOCK_DAY);
    if (at >= 0 && at < CLOCK_DAY)
        snprintf(s.text, sizeof s.text, "%02d:%02d", c.hour, c.minute);
    else if (day != INT32_MIN && c.year != clock_civil((int64_t)day * CLOCK_DAY).year)
        snprintf(s.text, sizeof s.text, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour,
                 c.minute);
    else
        snprintf(s.text, sizeof s.text, "%02d-%02d %02d:%02d", c.month, c.day, c.hour, c.minute);
    return s;
}

struct shown shown_duration(const struct texts *t, int64_t seconds)
{
    struct buf out = {0};
    seconds = seconds < 0 ? 0 : seconds;
    int64_t minutes = seconds / 60, hours = minutes / 60;
    struct shown big = shown_count((uint64_t)(hours >= 48 ? hours / 24 : hours));
    struct shown small = shown_count((uint64_t)(hours >= 48 ? hours % 24 : minutes % 60));
    const char *key = hours >= 48 ? "duration.days"
                      : hours > 0 ? "duration.hours"
                                  : "duration.minutes";
    texts_say(t, &out, key, TEXT_ARGS({"big", big.text}, {"small", small.text}));
    struct shown s;
    snprintf(s.text, sizeof s.text, "%s", buf_text(&out));
    buf_free(&out);
    return s;
}
