/*
 * Times in many spellings. The text is cut into numbers, words and signs first;
 * what each number means follows from the signs and words beside it, so that the
 * order of the parts, missing commas and odd blanks do not matter.
 */
#include "source/date.h"

#include <strings.h>

#include "record/value.h"

#define MAX_TEXT  128 /* longer texts are no times */
#define MAX_PARTS 32
#define MAX_YEAR  9999
#define UNSET     (-1)
#define JAPAN     (9 * 3600)

enum part_kind { PART_NUMBER, PART_WORD, PART_SIGN };

struct part {
    enum part_kind kind;
    struct str text;
    int64_t number;
    bool spaced; /* white space stands before it */
};

struct date {
    struct part parts[MAX_PARTS];
    size_t count, at;
    int64_t year, month, day, hour, minute, second;
    int64_t offset; /* seconds east */
    bool has_offset, japanese, afternoon, before_noon;
    bool weekday, evening; /* named in Japanese */
};

/* ---- cutting into parts ---- */

/* Full-width digits and signs become ASCII; the kanji of dates become letters that
 * stand alone: Y M D h m s. */
struct spelling {
    const char *from, *to;
};

static const struct spelling spellings[] = {
    {"年", " Y "},        {"月", " M "},         {"日", " D "},
    {"時", " h "},        {"分", " m "},         {"秒", " s "},
    {"午前", " am "},     {"午後", " pm "},      {"令和", " reiwa "},
    {"平成", " heisei "}, {"昭和", " showa "},   {"元年", " 1 Y "},
    {"正午", " 12 h "},   {"時半", " h 30 m "},  {"昼", " eve "},
    {"夕", " eve "},      {"夜", " eve "},       {"晩", " eve "},
    {"：", ":"},          {"／", "/"},           {"－", "-"},
    {"＋", "+"},          {"．", "."},           {"−", "-"},
    {"　", " "},          {"日本時間", " JST "}, {"日本標準時", " JST "},
};

/* Adds what the character at text.ptr reads as; returns the bytes taken. */
static size_t add_plain(char *to, size_t *len, struct str text)
{
    unsigned char c = (unsigned char)text.ptr[0];
    if (c < 0x80) {
        to[(*len)++] = (char)c;
        return 1;
    }
    if (text.len >= 3 && c == 0xEF && (unsigned char)text.ptr[1] == 0xBC &&
        (unsigned char)text.ptr[2] >= 0x90 && (unsigned char)text.ptr[2] <= 0x99) {
        to[(*len)++] = (char)('0' + ((unsigned char)text.ptr[2] - 0x90));
        return 3;
    }
    for (size_t i = sizeof spellings / sizeof *spellings; i-- > 0;) {
        struct str from = str_of(spellings[i].from), plain = str_of(spellings[i].to);
        if (str_starts(text, from)) {
            memcpy(to + *len, plain.ptr, plain.len);
            *len += plain.len;
            return from.len;
        }
    }
    to[(*len)++] = ' '; /* (土), and whatever else may stand between */
    return c >= 0xF0 && text.len >= 4 ? 4 : c >= 0xE0 && text.len >= 3 ? 3 : text.len >= 2 ? 2 : 1;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool cut_parts(struct date *d, struct str text)
{
    size_t at = 0;
    while (at < text.len) {
        bool spaced = false;
        while (at < text.len && is_space(text.ptr[at])) {
            at++;
            spaced = true;
        }
        if (at == text.len)
            break;
        if (d->count == MAX_PARTS)
            return false;
        struct part *part = &d->parts[d->count++];
        *part = (struct part){.kind = PART_SIGN, .text = {text.ptr + at, 1}, .spaced = spaced};
        size_t end = at + 1;
        if (ascii_digit((unsigned char)text.ptr[at])) {
            part->kind = PART_NUMBER;
            for (end = at; end < text.len && ascii_digit((unsigned char)text.ptr[end]); end++)
                if (end - at < 18)
                    part->number = part->number * 10 + (text.ptr[end] - '0');
        } else if (is_letter(text.ptr[at])) {
            part->kind = PART_WORD;
            while (end < text.len && is_letter(text.ptr[end]))
                end++;
        }
        part->text.len = end - at;
        at = end;
    }
    return d->count > 0;
}

/* ---- looking at parts ---- */

static bool number_at(const struct date *d, size_t at)
{
    return at < d->count && d->parts[at].kind == PART_NUMBER;
}

static bool sign_at(const struct date *d, size_t at, char sign)
{
    return at < d->count && d->parts[at].kind == PART_SIGN && d->parts[at].text.ptr[0] == sign;
}

static bool word_is(const struct date *d, size_t at, const char *word)
{
    return at < d->count && d->parts[at].kind == PART_WORD &&
           d->parts[at].text.len == strlen(word) &&
           strncasecmp(d->parts[at].text.ptr, word, strlen(word)) == 0;
}

/* am, pm, a.m., p.m.: how many parts it has; 0 for none. */
static size_t noon_at(const struct date *d, size_t at, const char *word)
{
    const char letter[] = {word[0], '\0'};
    if (word_is(d, at, word))
        return 1;
    return word_is(d, at, letter) && sign_at(d, at + 1, '.') && word_is(d, at + 2, "m") ? 3 : 0;
}

/* A single letter that stands for a kanji: its case counts. */
static bool kanji_at(const struct date *d, size_t at, char letter)
{
    return at < d->count && d->parts[at].kind == PART_WORD && d->parts[at].text.len == 1 &&
           d->parts[at].text.ptr[0] == letter && d->japanese;
}

/* ---- zones ---- */

struct zone {
    const char *name;
    int hours;
};

static const struct zone zones[] = {
    {"UT", 0},   {"UTC", 0},  {"GMT", 0},  {"Z", 0},     {"WET", 0},   {"BST", 1},   {"CET", 1},
    {"MET", 1},  {"CEST", 2}, {"EET", 2},  {"EEST", 3},  {"MSK", 3},   {"JST", 9},   {"KST", 9},
    {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},  {"MST", -7},  {"MDT", -6},  {"PST", -8},
    {"PDT", -7}, {"AST", -4}, {"ADT", -3}, {"HST", -10}, {"AKST", -9}, {"AKDT", -8}, {"ET", -5},
    {"CT", -6},  {"MT", -7},  {"PT", -8},
};

/* +09:00, +0900, +9, behind a time. A sign that stands apart from the digits is a dash:
 * 12:57 PM - 22 Aug 2026. */
static bool take_offset(struct date *d)
{
    if (!(sign_at(d, d->at, '+') || sign_at(d, d->at, '-')) || !number_at(d, d->at + 1) ||
        d->parts[d->at + 1].spaced)
        return false;
    int64_t sign = d->parts[d->at].text.ptr[0] == '-' ? -1 : 1;
    const struct part *first = &d->parts[d->at + 1];
    int64_t hours = first->number, minutes = 0;
    size_t used = 2;
    if (first->text.len > 2) {
        minutes = hours % 100;
        hours /= 100;
    } else if (sign_at(d, d->at + 2, ':') && number_at(d, d->at + 3)) {
        minutes = d->parts[d->at + 3].number;
        used = 4;
    }
    if (hours > 23 || minutes > 59)
        return false;
    d->offset = sign * (hours * 3600 + minutes * 60);
    d->has_offset = true;
    d->at += used;
    return true;
}

static bool take_zone(struct date *d)
{
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (!word_is(d, d->at, zones[i].name))
            continue;
        d->at++;
        if (!d->has_offset) {
            d->offset = (int64_t)zones[i].hours * 3600;
            d->has_offset = true;
            if (zones[i].hours == 0)
                take_offset(d); /* GMT+9 */
        }
        return true;
    }
    return false;
}

/* ---- words ---- */

static int month_of(struct str word)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    for (int i = 0; i < 12 && word.len >= 3; i++)
        if (word.len <= strlen(names[i]) && strncasecmp(word.ptr, names[i], word.len) == 0)
            return i + 1;
    return word.len == 4 && strncasecmp(word.ptr, "sept", 4) == 0 ? 9 : UNSET;
}

static bool is_weekday(struct str word)
{
    static const char *const names[] = {"sunday",   "monday", "tuesday", "wednesday",
                                        "thursday", "friday", "saturday"};
    for (size_t i = 0; i < 7 && word.len >= 3; i++)
        if (strncasecmp(word.ptr, names[i], 3) == 0)
            return true;
    return false;
}

static int era_begins(struct str word)
{
    static const struct {
        const char *name;
        int before;
    } eras[] = {{"reiwa", 2018}, {"heisei", 1988}, {"showa", 1925}};
    for (size_t i = 0; i < 3; i++)
        if (str_is(word, eras[i].name))
            return eras[i].before;
    return UNSET;
}

/* What Japanese says beside the numbers: 日 and 月 without one are Sunday, Monday or the
 * end of 土曜日; 夜8時 may be 8 or 20 h. */
static bool take_kanji_word(struct date *d)
{
    bool weekday = kanji_at(d, d->at, 'D') || kanji_at(d, d->at, 'M');
    bool evening = d->japanese && word_is(d, d->at, "eve");
    d->weekday = d->weekday || weekday;
    d->evening = d->evening || evening;
    d->at += weekday || evening;
    return weekday || evening;
}

static bool take_word(struct date *d)
{
    if (take_zone(d) || take_kanji_word(d))
        return true;
    struct str word = d->parts[d->at].text;
    int month = month_of(word), era = era_begins(word);
    size_t noon;
    if (month != UNSET && d->month == UNSET) {
        d->month = month;
    } else if (era != UNSET && number_at(d, d->at + 1) && d->parts[d->at + 1].number < 100) {
        d->year = d->parts[++d->at].number + era;
        d->japanese = true;
        if (kanji_at(d, d->at + 1, 'Y'))
            d->at++;
    } else if ((noon = noon_at(d, d->at, "am")) > 0) {
        d->before_noon = true;
        d->at += noon - 1;
    } else if ((noon = noon_at(d, d->at, "pm")) > 0) {
        d->afternoon = true;
        d->at += noon - 1;
    } else if (!is_weekday(word) && !word_is(d, d->at, "T") && !word_is(d, d->at, "at") &&
               !word_is(d, d->at, "st") && !word_is(d, d->at, "nd") && !word_is(d, d->at, "rd") &&
               !word_is(d, d->at, "th") && !word_is(d, d->at, "of")) {
        return false;
    }
    d->at++;
    return true;
}

/* ---- numbers ---- */

static void take_fraction(struct date *d)
{
    if ((sign_at(d, d->at, '.') || sign_at(d, d->at, ',')) && number_at(d, d->at + 1) &&
        !d->parts[d->at + 1].spaced)
        d->at += 2;
}

/* 12:57, 12:57:00, 12:57:00.123 */
static bool take_clock(struct date *d)
{
    if (d->hour != UNSET || !number_at(d, d->at) || !sign_at(d, d->at + 1, ':') ||
        !number_at(d, d->at + 2))
        return false;
    d->hour = d->parts[d->at].number;
    d->minute = d->parts[d->at + 2].number;
    d->at += 3;
    if (sign_at(d, d->at, ':') && number_at(d, d->at + 1)) {
        d->second = d->parts[d->at + 1].number;
        d->at += 2;
    }
    take_fraction(d);
    while (take_offset(d) || take_zone(d))
        continue;
    return true;
}

/* 12時57分30秒 and 2026年8月22日 */
static bool take_kanji(struct date *d)
{
    const struct {
        char letter;
        int64_t *value;
    } units[] = {{'Y', &d->year}, {'M', &d->month},  {'D', &d->day},
                 {'h', &d->hour}, {'m', &d->minute}, {'s', &d->second}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!kanji_at(d, d->at + 1, units[i].letter))
            continue;
        if (*units[i].value != UNSET)
            return false; /* 22日〜23日 */
        *units[i].value = d->parts[d->at].number;
        d->at += 2;
        return true;
    }
    return false;
}

/* 2026-08-22, 2026/08/22, 2026.8.22, 2026-08, 22-8-2026, 22/8/2026 */
static bool take_signed_date(struct date *d)
{
    const struct part *first = &d->parts[d->at];
    char sign = d->at + 1 < d->count && d->parts[d->at + 1].kind == PART_SIGN
                    ? d->parts[d->at + 1].text.ptr[0]
                    : '\0';
    if (d->year != UNSET || d->day != UNSET || sign == '\0' || strchr("-/.", sign) == NULL ||
        !number_at(d, d->at + 2))
        return false;
    const struct part *second = &d->parts[d->at + 2];
    bool three = sign_at(d, d->at + 3, sign) && number_at(d, d->at + 4);
    int64_t third = three ? d->parts[d->at + 4].number : 1;
    if (first->text.len == 4 && second->text.len == 3 && !three) { /* 2026-234, day of the year */
        d->year = first->number;
        d->month = 1;
        d->day = second->number;
        if (d->day > 366)
            return false;
        struct civil c = clock_civil((clock_days((int)d->year, 1, 1) + d->day - 1) * 86400);
        d->month = c.month;
        d->day = c.day;
    } else if (first->text.len == 4) {
        d->year = first->number;
        d->month = second->number;
        d->day = third;
        d->japanese = d->japanese || sign == '/';
    } else if (three && d->parts[d->at + 4].text.len == 4) {
        bool day_first = first->number > 12;
        if (!day_first && second->number <= 12 && first->number != second->number && sign != '.')
            return false; /* 8/7/2026: whose? */
        day_first = day_first || sign == '.';
        d->day = day_first ? first->number : second->number;
        d->month = day_first ? second->number : first->number;
        d->year = third;
    } else {
        return false;
    }
    d->at += three ? 5 : 3;
    return true;
}

/* 20260822, 202608221257, 20260822125700. Twelve digits could be milliseconds, but those of
 * the same numbers are all of 1976. */
static bool is_run(size_t digits, int64_t number)
{
    bool minutes = digits == 12 && number >= 190000000000 && number < 210000000000;
    return digits == 8 || minutes || digits == 14;
}

static bool take_run(struct date *d)
{
    const struct part *part = &d->parts[d->at];
    int64_t number = part->number;
    if (d->year != UNSET || !is_run(part->text.len, number))
        return false;
    if (part->text.len == 14) {
        d->second = number % 100;
        number /= 100;
    }
    if (part->text.len > 8) {
        d->minute = number % 100;
        d->hour = number / 100 % 100;
        number /= 10000;
    }
    d->day = number % 100;
    d->month = number / 100 % 100;
    d->year = number / 10000;
    d->at++;
    return true;
}

static int64_t whole_year(const struct part *part)
{
    if (part->text.len > 2)
        return part->number;
    return part->number + (part->number < 70 ? 2000 : 1900);
}

/* A number by itself: the day, else the year. */
static bool take_lone_number(struct date *d)
{
    const struct part *part = &d->parts[d->at];
    bool compact_time = d->year != UNSET && d->hour == UNSET && d->at > 0 &&
                        word_is(d, d->at - 1, "T") && (part->text.len == 4 || part->text.len == 6);
    if (compact_time) {
        int64_t number = part->text.len == 6 ? part->number / 100 : part->number;
        d->second = part->text.len == 6 ? part->number % 100 : UNSET;
        d->hour = number / 100;
        d->minute = number % 100;
    } else if (d->day == UNSET && part->text.len <= 2) {
        d->day = part->number;
    } else if (d->year == UNSET && part->text.len <= 4) {
        d->year = whole_year(part);
    } else if (d->hour == UNSET && part->text.len <= 2 &&
               noon_at(d, d->at + 1, "am") + noon_at(d, d->at + 1, "pm") > 0) {
        d->hour = part->number;
    } else if (d->hour == UNSET && d->year != UNSET && part->text.len <= 2 && d->at > 0 &&
               word_is(d, d->at - 1, "T")) {
        d->hour = part->number;
    } else {
        return false;
    }
    d->at++;
    while (d->hour != UNSET && compact_time && take_offset(d))
        continue;
    return true;
}

/* A comment of RFC 822 or a suffix of RFC 9557, of which the offset before it has said all:
 * +0900 (Tokyo), +09:00[Asia/Tokyo]. */
static bool skip_comment(struct date *d)
{
    size_t open = 0;
    if (!d->has_offset || !(sign_at(d, d->at, '(') || sign_at(d, d->at, '[')))
        return false;
    bool bracket = sign_at(d, d->at, '[');
    do {
        open += sign_at(d, d->at, bracket ? '[' : '(');
        open -= sign_at(d, d->at, bracket ? ']' : ')');
        d->at++;
    } while (open > 0 && d->at < d->count);
    return true;
}

static bool take_part(struct date *d)
{
    if (d->parts[d->at].kind == PART_WORD)
        return take_word(d);
    if (d->parts[d->at].kind == PART_NUMBER)
        return take_clock(d) || take_kanji(d) || take_signed_date(d) || take_run(d) ||
               take_lone_number(d);
    if ((d->hour != UNSET && !d->has_offset && take_offset(d)) || skip_comment(d))
        return true;
    char sign = d->parts[d->at].text.ptr[0];
    d->at++;
    return strchr(",.-()/[];'", sign) != NULL;
}

/* ---- putting together ---- */

static int days_in_month(int64_t year, int64_t month)
{
    int64_t next =
        month == 12 ? clock_days((int)year + 1, 1, 1) : clock_days((int)year, (int)month + 1, 1);
    return (int)(next - clock_days((int)year, (int)month, 1));
}

static int64_t date_value(struct date *d)
{
    if (d->year == UNSET || d->year < 1 || d->year > MAX_YEAR)
        return CLOCK_UNKNOWN;
    if ((d->month == UNSET && d->day != UNSET) || (d->weekday && d->day == UNSET))
        return CLOCK_UNKNOWN;
    if (d->evening && d->hour <= 12 && !d->afternoon)
        return CLOCK_UNKNOWN;
    int64_t month = d->month == UNSET ? 1 : d->month, day = d->day == UNSET ? 1 : d->day;
    int64_t hour = d->hour == UNSET ? 0 : d->hour, minute = d->minute == UNSET ? 0 : d->minute;
    int64_t second = d->second == UNSET ? 0 : d->second;
    if (d->afternoon && hour < 12)
        hour += 12;
    if (d->before_noon && hour == 12)
        hour = 0;
    if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 60)
        return CLOCK_UNKNOWN;
    if (day > days_in_month(d->year, month))
        return CLOCK_UNKNOWN;
    int64_t time = clock_days((int)d->year, (int)month, (int)day) * 86400 + hour * 3600 +
                   minute * 60 + (second == 60 ? 59 : second);
    time -= d->has_offset ? d->offset : d->japanese ? JAPAN : 0;
    int64_t first = clock_days(1, 1, 1) * 86400, last = clock_days(MAX_YEAR + 1, 1, 1) * 86400;
    return time >= first && time < last ? time : CLOCK_UNKNOWN;
}

/* 2026082212: could be an hour of our days as well as seconds since 1970. */
static bool is_hour(int64_t number)
{
    int64_t day = number / 100 % 100, month = number / 10000 % 100;
    return number >= 1990010100 && number < 2100000000 && month >= 1 && month <= 12 && day >= 1 &&
           day <= 31 && number % 100 < 24;
}

/* Seconds, milliseconds or microseconds since 1970: told apart by their size.
 * Smaller numbers (before 1973) are more likely something else. */
static int64_t date_epoch(int64_t number)
{
    if (number < 100000000 || is_hour(number))
        return CLOCK_UNKNOWN;
    int64_t last = clock_days(MAX_YEAR + 1, 1, 1) * 86400;
    if (number >= 100000000000000)
        number /= 1000000;
    else if (number >= 100000000000)
        number /= 1000;
    return number < last ? number : CLOCK_UNKNOWN;
}

static bool is_epoch(const struct date *d)
{
    size_t len = d->parts[0].text.len;
    bool fraction = d->count == 3 && sign_at(d, 1, '.') && number_at(d, 2);
    bool lone = number_at(d, 0) && (d->count == 1 || fraction);
    return lone && len >= 9 && len <= 16 && !is_run(len, d->parts[0].number);
}

/* Has text a kana or a kanji? */
static bool is_japanese(struct str text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned char lead = (unsigned char)text.ptr[i], next = (unsigned char)text.ptr[i + 1];
        if (lead >= 0xE3 && lead <= 0xE9 && !(lead == 0xE3 && next == 0x80)) /* U+3000 and marks */
            return true;
    }
    return false;
}

int64_t date_parse(struct str text)
{
    char plain[MAX_TEXT * 10];
    size_t len = 0;
    text = str_trim(text);
    if (text.len == 0 || text.len > MAX_TEXT)
        return CLOCK_UNKNOWN;
    int64_t exact;
    if (clock_parse(text, &exact))
        return exact;
    struct date d = {.year = UNSET,
                     .month = UNSET,
                     .day = UNSET,
                     .hour = UNSET,
                     .minute = UNSET,
                     .second = UNSET};
    d.japanese = is_japanese(text);
    while (text.len > 0)
        text = str_from(text, add_plain(plain, &len, text));
    if (!cut_parts(&d, (struct str){plain, len}))
        return CLOCK_UNKNOWN;
    if (is_epoch(&d))
        return date_epoch(d.parts[0].number);
    while (d.at < d.count)
        if (!take_part(&d))
            return CLOCK_UNKNOWN;
    return date_value(&d);
}

/* Is a JSON number a date written in digits: 20260822125700? */
static bool is_run_json(struct str raw)
{
    for (size_t i = 0; i < raw.len; i++)
        if (!ascii_digit((unsigned char)raw.ptr[i]))
            return false;
    return is_run(raw.len, value_integer(raw, -1));
}

int64_t date_parse_json(struct str raw)
{
    struct buf plain = {0};
    int64_t time = CLOCK_UNKNOWN;
    if (value_type(raw) == VALUE_STRING)
        time = date_parse(value_string(raw, &plain));
    else if (value_type(raw) == VALUE_NUMBER)
        time = is_run_json(raw) ? date_parse(raw) : date_epoch(value_integer(raw, -1));
    buf_free(&plain);
    return time;
}
