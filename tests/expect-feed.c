/*
 * Compares records with what a feed of the feedparser project says of itself: its
 * opening comment holds `Expect: … entries[0]['title'] == 'text' and …`, in Python
 * notation. Expectations about posts that a record can answer are checked; texts are
 * compared as text, so markup in an expectation is undone first.
 *
 * usage: expect-feed FEED RECORDS   prints `ok KEY`, `no KEY wanted … got …` or
 * `skip KEY` for every expectation.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "record/value.h"
#include "source/date.h"
#include "source/html.h"

struct wish {
    bool feed; /* of the feed, not of an entry */
    size_t entry;
    char key[64], sub[32]; /* ['title_detail']['value'] */
    size_t number;         /* [n] between the two */
    struct buf text;
    int64_t time;
    bool is_text, is_time;
};

static const char *skip_blank(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

/* A Python string at p, undone; NULL if there is none. */
static const char *read_string(const char *p, struct buf *to)
{
    while (*p == 'u' || *p == 'r' || *p == 'b')
        p++;
    char quote = *p;
    if (quote != '\'' && quote != '"')
        return NULL;
    for (p++; *p != '\0' && *p != quote; p++) {
        static const char names[] = "xuU";
        const char *at = *p == '\\' ? strchr(names, p[1]) : NULL;
        if (*p != '\\' || p[1] == '\0') {
            buf_add_char(to, *p);
        } else if (at != NULL) {
            char digits[9] = "";
            size_t len = (size_t)2 << (at - names);
            strncpy(digits, p + 2, len);
            buf_add_code(to, (unsigned)strtoul(digits, NULL, 16));
            p += 1 + strlen(digits);
        } else {
            p++;
            buf_add_char(to, *p == 'n' ? '\n' : *p == 't' ? '\t' : *p == 'r' ? '\r' : *p);
        }
    }
    return *p == quote ? p + 1 : NULL;
}

/* (2004, 1, 1, 19, 48, 21, 3, 1, 0) */
static const char *read_tuple(const char *p, int64_t *time)
{
    struct civil c;
    int used = 0;
    if (sscanf(p, "(%d, %d, %d, %d, %d, %d%n", &c.year, &c.month, &c.day, &c.hour, &c.minute,
               &c.second, &used) != 6)
        return NULL;
    *time = clock_from_civil(c);
    return strchr(p, ')') != NULL ? strchr(p, ')') + 1 : NULL;
}

/* One accessor: ['key'], [n] or .key. */
static const char *read_accessor(const char *p, struct wish *w)
{
    struct buf name = {0};
    if (p[0] == '[' && p[1] >= '0' && p[1] <= '9') {
        char *end;
        size_t number = strtoul(p + 1, &end, 10);
        if (w->key[0] == '\0')
            w->entry = number;
        else
            w->number = number;
        return end + 1;
    }
    if (p[0] == '[') {
        p = read_string(p + 1, &name);
        p = p != NULL ? p + 1 : NULL;
    } else if (p[0] == '.') {
        for (p++; (*p >= 'a' && *p <= 'z') || *p == '_'; p++)
            buf_add_char(&name, *p);
    } else {
        return NULL;
    }
    char *to = w->key[0] == '\0' ? w->key : w->sub;
    snprintf(to, to == w->key ? sizeof w->key : sizeof w->sub, "%s", buf_text(&name));
    buf_free(&name);
    return p;
}

/* `entries[0]['title'] == 'text'`; moves *at behind it. False if it is not of that form. */
static bool read_wish(const char **at, struct wish *w)
{
    const char *p = *at, *next;
    w->feed = strncmp(p, "feed", 4) == 0;
    p += w->feed ? 4 : strlen("entries");
    while ((next = read_accessor(p, w)) != NULL)
        p = next;
    *at = p;
    p = skip_blank(p);
    if (strncmp(p, "==", 2) != 0)
        return false;
    p = skip_blank(p + 2);
    if ((next = read_tuple(p, &w->time)) != NULL)
        w->is_time = true;
    else if ((next = read_string(p, &w->text)) != NULL)
        w->is_text = true;
    else
        return false;
    *at = next;
    return true;
}

/* ---- what a record says ---- */

static void add_plain(struct buf *to, struct str html)
{
    struct arena arena = {0};
    struct buf text = {0};
    html_text(&text, html, STR(""), NULL, &arena);
    for (size_t i = 0; i < text.len; i++) /* white space does not count */
        if (text.data[i] > ' ' || (unsigned char)text.data[i] >= 0x80)
            buf_add_char(to, text.data[i]);
    buf_free(&text);
    arena_free(&arena);
}

static void add_escaped(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '<')
            buf_add_text(to, "&lt;");
        else if (text.ptr[i] == '&')
            buf_add_text(to, "&amp;");
        else
            buf_add_char(to, text.ptr[i]);
    }
}

/* The wanted text as HTML, or as it is, is what the record has. */
static bool same_text(struct str wanted, struct str raw)
{
    struct buf got = {0}, escaped = {0}, a = {0}, b = {0}, c = {0};
    value_add_string(&got, raw);
    add_escaped(&escaped, buf_str(&got));
    add_plain(&a, buf_str(&escaped));
    add_plain(&b, wanted);
    buf_clear(&escaped);
    add_escaped(&escaped, wanted);
    add_plain(&c, buf_str(&escaped));
    bool same = str_equal(buf_str(&a), buf_str(&b)) || str_equal(buf_str(&a), buf_str(&c));
    buf_free(&got);
    buf_free(&escaped);
    buf_free(&a);
    buf_free(&b);
    buf_free(&c);
    return same;
}

static bool same_string(struct str wanted, struct str raw, size_t skip)
{
    struct buf got = {0};
    value_add_string(&got, raw);
    bool same = got.len >= skip && str_equal(str_trim(wanted), str_from(buf_str(&got), skip));
    buf_free(&got);
    return same;
}

static bool same_time(const struct wish *w, struct str record)
{
    int64_t wanted = w->is_time ? w->time : date_parse(buf_str(&w->text));
    return wanted != CLOCK_UNKNOWN && (date_parse_json(value_member(record, "time")) == wanted ||
                                       date_parse_json(value_member(record, "edited")) == wanted);
}

static bool in_list(struct str wanted, struct str list, const char *member)
{
    struct walk walk;
    struct str value;
    walk_begin(&walk, list);
    while (walk_next(&walk, NULL, &value))
        if (same_string(wanted, member != NULL ? value_member(value, member) : value, 0))
            return true;
    return false;
}

static bool author_in(struct str wanted, struct str record)
{
    struct buf name = {0};
    value_add_string(&name, value_member(value_member(record, "author"), "name"));
    bool in = name.len > 0 && str_find(wanted, buf_str(&name)) >= 0;
    buf_free(&name);
    return in;
}

static bool wish_names(const struct wish *w, const char *list)
{
    struct str rest = str_of(list);
    while (rest.len > 0)
        if (str_is(str_cut(rest, ' ', &rest), w->key))
            return true;
    return false;
}

/* 1: as wished, 0: not, -1: no question of a record's. */
static int check_wish(const struct wish *w, struct str record)
{
    struct str wanted = buf_str(&w->text);
    bool detail = w->sub[0] == '\0' || strcmp(w->sub, "value") == 0;
    if (wanted.len == 0 && !w->is_time)
        return -1;
    if (wish_names(w, "title title_detail") && detail)
        return same_text(wanted, value_member(record, "title"));
    if (wish_names(w, "summary description summary_detail content") && detail && w->number == 0)
        return same_text(wanted, value_member(record, "text"));
    if (wish_names(w, "link"))
        return same_string(wanted, value_member(record, "url"), 0);
    if (wish_names(w, "id guid"))
        return same_string(wanted, value_member(record, "id"), strlen("feed:"));
    if (wish_names(w, "author") || (wish_names(w, "author_detail") && strcmp(w->sub, "name") == 0))
        return author_in(wanted, record);
    if (wish_names(w, "updated published created updated_parsed published_parsed created_parsed"))
        return same_time(w, record);
    if (wish_names(w, "tags category") && (w->sub[0] == '\0' || strcmp(w->sub, "term") == 0))
        return in_list(wanted, value_member(record, "tags"), NULL);
    if (wish_names(w, "enclosures") && strcmp(w->sub, "href") == 0)
        return in_list(wanted, value_member(record, "media"), "url");
    return -1;
}

static struct str line_at(struct str lines, size_t number)
{
    struct str line = {NULL, 0};
    for (size_t i = 0; i <= number; i++)
        line = str_cut(lines, '\n', &lines);
    return line;
}

static void tell(const struct wish *w, struct str record, int result)
{
    printf("%s %s%s",
           result < 0   ? "skip"
           : result > 0 ? "ok"
                        : "no",
           w->feed ? "feed." : "", w->key);
    if (result == 0)
        printf(" wanted '%.*s' of %.*s", (int)w->text.len, w->text.len > 0 ? w->text.data : "",
               (int)record.len, record.len > 0 ? record.ptr : "");
    putchar('\n');
}

static void check_all(const char *expect, struct str records)
{
    while (*expect != '\0') {
        bool begins = strncmp(expect, "entries[", 8) == 0 || strncmp(expect, "feed[", 5) == 0 ||
                      strncmp(expect, "feed.", 5) == 0;
        if (!begins) {
            expect++;
            continue;
        }
        struct wish w = {.time = CLOCK_UNKNOWN};
        bool whole = read_wish(&expect, &w);
        /* a feed's title is checked on a copy where it is an entry's: tests/conformance */
        bool asked = whole && (!w.feed || strcmp(w.key, "title") == 0);
        struct str record = line_at(records, w.entry);
        tell(&w, record, asked ? check_wish(&w, record) : -1);
        buf_free(&w.text);
    }
}

int main(int argc, char **argv)
{
    struct buf feed = {0}, records = {0};
    struct err e;
    if (argc != 3 || !file_read(&feed, argv[1], &e) || !file_read(&records, argv[2], &e)) {
        fprintf(stderr, "usage: expect-feed FEED RECORDS\n");
        return 2;
    }
    struct str rest = buf_str(&feed);
    ptrdiff_t at = str_find(rest, STR("Expect:"));
    if (at >= 0) {
        struct str line = str_cut(str_from(rest, (size_t)at + 7), '\n', &rest);
        char *expect = mem_string(line);
        check_all(expect, buf_str(&records));
        free(expect);
    }
    buf_free(&feed);
    buf_free(&records);
    return 0;
}
