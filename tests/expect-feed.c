/*
 * Compares records with what a feed of the feedparser project says of itself: a comment in
 * it holds `Expect: not bozo and entries[0]['title'] == 'text' and …`, in Python notation.
 * Each of the claims that `and` joins gets one verdict, so that none can be lost: it holds,
 * it does not, or it is out of scope for a reason that a table gives. What cannot be
 * read, or is in no table, does not hold.
 *
 * Texts are compared with the HTML in the expectation undone and white space folded, since a
 * record holds text; links in it must be among those of the record. Everything else must
 * be the same.
 *
 * usage: expect-feed FEED RECORDS OWN FAULT
 *
 * OWN are the records of a copy of the feed in which what stands in the feed is an entry:
 * there is no other way to see what was read of it. FAULT is what was told when reading FEED;
 * empty for nothing. Prints lines of three fields with a tab between them: `ok`, `no` or
 * `out`; what is asked for, or with `out` the reason; the claim and what there is instead.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "record/value.h"
#include "source/charset.h"
#include "source/date.h"
#include "source/html.h"
#include "source/url.h"

enum verdict { OUT, FAILS, HOLDS };

enum relation { IS, IS_NOTHING, IS_SOMETHING, HAS_LENGTH, HAS_CODE };

#define MAX_CHAIN 4

/* entries[0]['links'][1]['href'] */
struct place {
    bool feed;
    size_t entry;
    char path[128]; /* links.1.href */
};

/* place == place == value */
struct claim {
    struct place places[MAX_CHAIN];
    size_t count;
    enum relation relation;
    struct buf text;
    bool is_text;
    int64_t time; /* a tuple; CLOCK_UNKNOWN if there is none */
    int64_t number;
};

struct feed {
    struct str records, own, fault;
    struct str document; /* in UTF-8 */
};

/* ---- Python ---- */

static const char *skip_blank(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

static bool starts(const char *p, const char *with)
{
    return strncmp(p, with, strlen(with)) == 0;
}

/* What stands at a backslash; returns the last character of it. */
static const char *add_escape(const char *p, struct buf *to)
{
    static const char names[] = "xuU", plain[] = "nrt", meant[] = "\n\r\t";
    const char *at = p[1] != '\0' ? strchr(names, p[1]) : NULL;
    const char *control = p[1] != '\0' ? strchr(plain, p[1]) : NULL;
    if (at != NULL) {
        char digits[9] = "";
        strncpy(digits, p + 2, (size_t)2 << (at - names));
        buf_add_code(to, (unsigned)strtoul(digits, NULL, 16));
        return p + 1 + strlen(digits);
    }
    if (p[1] != '\0')
        buf_add_char(to, control != NULL ? meant[control - plain] : p[1]);
    return p[1] != '\0' ? p + 1 : p;
}

/* A string at p, undone, or NULL. */
static const char *read_literal(const char *p, struct buf *to)
{
    if ((*p == 'u' || *p == 'b') && (p[1] == '\'' || p[1] == '"'))
        p++;
    if (*p != '\'' && *p != '"')
        return NULL;
    char quote[4] = {*p, '\0', '\0', '\0'};
    if (p[1] == *p && p[2] == *p)
        quote[1] = quote[2] = *p;
    for (p += strlen(quote); *p != '\0' && !starts(p, quote); p++) {
        if (*p == '\\')
            p = add_escape(p, to);
        else
            buf_add_char(to, *p);
    }
    return *p != '\0' ? p + strlen(quote) : NULL;
}

/* 'text' + 'more text' */
static const char *read_string(const char *p, struct buf *to)
{
    p = read_literal(p, to);
    while (p != NULL && *skip_blank(p) == '+')
        p = read_literal(skip_blank(skip_blank(p) + 1), to);
    return p;
}

/* Behind the string at p. */
static const char *skip_string(const char *p)
{
    struct buf ignored = {0};
    const char *end = read_literal(p, &ignored);
    buf_free(&ignored);
    return end != NULL ? end : p + strlen(p);
}

/* (2004, 1, 1, 19, 48, 21, 3, 1, 0) */
static const char *read_tuple(const char *p, int64_t *time)
{
    struct civil c;
    if (sscanf(p, "(%d, %d, %d, %d, %d, %d,", &c.year, &c.month, &c.day, &c.hour, &c.minute,
               &c.second) != 6 ||
        strchr(p, ')') == NULL)
        return NULL;
    *time = clock_from_civil(c);
    return strchr(p, ')') + 1;
}

/* The address in {'rel': 'alternate', 'href': 'https://…'} */
static const char *read_href(const char *p, struct buf *to)
{
    const char *end = *p == '{' ? strchr(p, '}') : NULL, *href = strstr(p, "'href': ");
    if (end == NULL || href == NULL || href > end || read_literal(href + 8, to) == NULL)
        return NULL;
    return end + 1;
}

/* One accessor: ['key'], [n], .key, .get('key'), .has_key('key'). */
static const char *read_accessor(const char *p, struct buf *path)
{
    char *end;
    size_t len = 0;
    static const char *const calls[] = {".get(", ".has_key("};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        len = starts(p, calls[i]) ? strlen(calls[i]) : len;
    if (*p == '[' && len == 0)
        len = 1;
    if (*p != '[' && *p != '.')
        return NULL;
    if (path->len > 0)
        buf_add_char(path, '.');
    if (len == 0) {
        for (p++; (*p >= 'a' && *p <= 'z') || *p == '_'; p++)
            buf_add_char(path, *p);
        return p;
    }
    p += len;
    const char *key = read_literal(p, path);
    if (key != NULL)
        return key + 1;
    long number = strtol(p, &end, 10);
    if (end == p)
        return NULL;
    buf_addf(path, "%ld", number);
    return end + 1;
}

/* entries[0]…, feed…, or something else: its name and `()` */
static const char *read_place(const char *p, struct place *place)
{
    struct buf path = {0};
    char *end;
    *place = (struct place){.feed = starts(p, "feed")};
    if (starts(p, "entries[")) {
        place->entry = strtoul(p + 8, &end, 10);
        p = end + 1;
    } else if (starts(p, "feed[") || starts(p, "feed.")) {
        p += 4;
    } else {
        while ((*p >= 'a' && *p <= 'z') || *p == '_') /* bozo, encoding, entries … */
            buf_add_char(&path, *p++);
        buf_add_text(&path, *p == '\'' ? "in" : "()");
    }
    for (const char *next = p; next != NULL; next = read_accessor(p, &path))
        p = next;
    snprintf(place->path, sizeof place->path, "%s", buf_text(&path));
    buf_free(&path);
    return p;
}

static const char *read_value(const char *p, struct claim *c)
{
    const char *next;
    if (starts(p, "None") || starts(p, "{}")) {
        c->relation = IS_NOTHING;
        return p + (*p == '{' ? 2 : 4);
    }
    if ((next = read_tuple(p, &c->time)) != NULL)
        return next;
    c->is_text = true;
    if ((next = read_string(p, &c->text)) != NULL || (next = read_href(p, &c->text)) != NULL)
        return next;
    c->is_text = false;
    char *end;
    c->number = strtol(p, &end, 10);
    return end > p ? end : p + strlen(p); /* False, a tuple of coordinates: for no question */
}

/* ` == place == value` and the like, behind the first place. */
static void read_relation(const char *p, struct claim *c)
{
    p = skip_blank(p);
    if (starts(p, "!= None"))
        c->relation = IS_SOMETHING;
    else if (starts(p, "is "))
        read_value(p + 3, c);
    while (starts(p, "==")) {
        p = skip_blank(p + 2);
        bool place = starts(p, "entries[") || starts(p, "feed[");
        if (place && c->count < MAX_CHAIN)
            p = skip_blank(read_place(p, &c->places[c->count++]));
        else
            p = skip_blank(read_value(p, c));
    }
}

static struct claim read_claim(const char *p)
{
    struct claim c = {.time = CLOCK_UNKNOWN, .number = -1, .count = 1, .relation = IS_SOMETHING};
    p = skip_blank(p);
    if (*p == '(')
        p = skip_blank(p + 1);
    if (starts(p, "not ")) {
        c.relation = IS_NOTHING;
        p = skip_blank(p + 4);
    }
    bool length = starts(p, "len("), code = starts(p, "ord(");
    p += length || code ? 4 : 0;
    p = read_place(p, &c.places[0]);
    p += (length || code) && *p == ')';
    if (starts(skip_blank(p), "=="))
        c.relation = length ? HAS_LENGTH : code ? HAS_CODE : IS;
    read_relation(p, &c);
    return c;
}

/* ---- texts ---- */

/* Text with white space folded. */
static void add_folded(struct buf *to, struct str text)
{
    size_t start = to->len;
    for (size_t i = 0; i < text.len; i++) {
        bool blank = text.ptr[i] == ' ' || (text.ptr[i] >= '\t' && text.ptr[i] <= '\r');
        if (!blank)
            buf_add_char(to, text.ptr[i]);
        else if (to->len > start && to->data[to->len - 1] != ' ')
            buf_add_char(to, ' ');
    }
    if (to->len > start && to->data[to->len - 1] == ' ')
        to->len--;
}

static bool in_list(struct str wanted, struct str list, const char *member)
{
    struct walk walk;
    struct str value;
    bool found = false;
    walk_begin(&walk, list);
    while (!found && walk_next(&walk, NULL, &value)) {
        struct buf text = {0};
        value_add_string(&text, member != NULL ? value_member(value, member) : value);
        found = str_equal(wanted, buf_str(&text));
        buf_free(&text);
    }
    return found;
}

/* A text as HTML has it, and the links in it. */
static bool same_html(struct str wanted, struct str got, struct str record)
{
    struct arena arena = {0};
    struct entry post = {.time = 0};
    struct buf text = {0}, folded = {0};
    entry_reset(&post);
    html_text(&text, wanted, STR(""), record.len > 0 ? &post : NULL, &arena);
    add_folded(&folded, buf_str(&text));
    bool same = str_equal(buf_str(&folded), got);
    for (size_t i = 0; same && i < post.links.count; i++)
        same = in_list(post.links.items[i], value_member(record, "links"), NULL);
    entry_free(&post);
    buf_free(&text);
    buf_free(&folded);
    arena_free(&arena);
    return same;
}

/* record: where links should stand too, or empty. */
static bool same_text(const struct claim *c, struct str raw, struct str record)
{
    struct buf got = {0}, folded = {0}, plain = {0};
    value_add_string(&got, raw);
    add_folded(&folded, buf_str(&got));
    add_folded(&plain, buf_str(&c->text));
    bool same = str_equal(buf_str(&folded), buf_str(&plain)) ||
                same_html(buf_str(&c->text), buf_str(&folded), record);
    if (c->relation == HAS_CODE) {
        buf_clear(&plain);
        buf_add_code(&plain, (unsigned)c->number);
        same = str_equal(buf_str(&folded), buf_str(&plain));
    }
    buf_free(&got);
    buf_free(&folded);
    buf_free(&plain);
    return same;
}

static bool same_string(const struct claim *c, struct str raw)
{
    struct buf got = {0};
    value_add_string(&got, raw);
    bool same = c->relation == IS_NOTHING     ? got.len == 0
                : c->relation == IS_SOMETHING ? got.len > 0
                                              : str_equal(buf_str(&c->text), buf_str(&got));
    buf_free(&got);
    return same;
}

/* ---- what a record says ---- */

static bool has_title(const struct claim *c, struct str record)
{
    return same_text(c, value_member(record, "title"), STR(""));
}

static bool has_text(const struct claim *c, struct str record)
{
    return same_text(c, value_member(record, "text"), record);
}

static bool has_url(const struct claim *c, struct str record)
{
    return same_string(c, value_member(record, "url"));
}

/* Of the links that a feed gives an entry, a record has its page and what is enclosed. */
static bool has_link(const struct claim *c, struct str record)
{
    return has_url(c, record) || in_list(buf_str(&c->text), value_member(record, "media"), "url");
}

static bool has_media(const struct claim *c, struct str record)
{
    return in_list(buf_str(&c->text), value_member(record, "media"), "url");
}

static void add_id(struct buf *to, struct str record)
{
    struct buf whole = {0};
    value_add_string(&whole, value_member(record, "id"));
    if (str_starts(buf_str(&whole), STR("feed:")))
        buf_add_str(to, str_from(buf_str(&whole), 5));
    buf_free(&whole);
}

/* Before an id that is no address stand its host and a slash. */
static bool is_id(struct str wanted, struct str id)
{
    size_t host = id.len > wanted.len ? id.len - wanted.len : 0;
    return str_equal(wanted, id) || (host > 0 && id.ptr[host - 1] == '/' && str_ends(id, wanted));
}

static bool has_id(const struct claim *c, struct str record)
{
    struct buf id = {0};
    add_id(&id, record);
    bool same = is_id(buf_str(&c->text), buf_str(&id));
    buf_free(&id);
    return same;
}

/* Is the id where the post's page is? */
static bool has_id_as_url(const struct claim *c, struct str record)
{
    struct buf id = {0}, url = {0};
    add_id(&id, record);
    value_add_string(&url, value_member(record, "url"));
    bool same = url.len > 0 && str_equal(buf_str(&url), buf_str(&id));
    buf_free(&id);
    buf_free(&url);
    return same == (c->relation != IS_NOTHING);
}

/* feedparser writes `name (address)`; a record has the name, or the address if there is none. */
static bool has_author(const struct claim *c, struct str record)
{
    struct buf name = {0};
    value_add_string(&name, value_member(value_member(record, "author"), "name"));
    struct str wanted = buf_str(&c->text), rest;
    bool same = name.len > 0 && str_equal(wanted, buf_str(&name));
    if (!same && name.len > 0 && str_starts(wanted, buf_str(&name))) {
        rest = str_from(wanted, name.len);
        same =
            str_starts(rest, STR(" (")) && str_ends(rest, STR(")")) && str_find(rest, STR("@")) > 0;
    }
    buf_free(&name);
    return same;
}

static bool has_author_name(const struct claim *c, struct str record)
{
    return same_string(c, value_member(value_member(record, "author"), "name"));
}

static bool same_time(const struct claim *c, struct str time)
{
    int64_t wanted = c->is_text ? date_parse(buf_str(&c->text)) : c->time;
    return wanted != CLOCK_UNKNOWN && wanted == date_parse_json(time);
}

static bool has_time(const struct claim *c, struct str record)
{
    return same_time(c, value_member(record, "time"));
}

/* A record's `edited` is null where it would be the same as its `time`. */
static bool has_edited(const struct claim *c, struct str record)
{
    struct str edited = value_member(record, "edited");
    return same_time(c, value_type(edited) != VALUE_NULL ? edited : value_member(record, "time"));
}

static bool has_tag(const struct claim *c, struct str record)
{
    struct str tags = value_member(record, "tags"), value;
    struct walk walk;
    int64_t count = 0;
    if (c->relation == IS)
        return in_list(buf_str(&c->text), tags, NULL);
    walk_begin(&walk, tags);
    while (walk_next(&walk, NULL, &value))
        count++;
    return c->relation == HAS_LENGTH ? count == c->number
                                     : (count > 0) == (c->relation == IS_SOMETHING);
}

static bool has_language(const struct claim *c, struct str record)
{
    return same_string(c, value_member(record, "lang"));
}

static bool has_reply_to(const struct claim *c, struct str record)
{
    struct buf id = {0};
    value_add_string(&id, value_member(record, "reply_to"));
    bool same = str_starts(buf_str(&id), STR("feed:")) &&
                is_id(buf_str(&c->text), str_from(buf_str(&id), 5));
    buf_free(&id);
    return same;
}

/* ---- questions ---- */

struct question {
    const char *path; /* a pattern of fnmatch() */
    bool (*check)(const struct claim *c, struct str record);
};

/* What is judged, of an entry or of the feed. */
static const struct question questions[] = {
    {"content.[0-9].src", has_media},
    {"media_thumbnail.[0-9].url", has_media},
    {"thr_in-reply-to.ref", has_reply_to},
    {"title", has_title},
    {"title_detail.value", has_title},
    {"summary", has_text},
    {"summary_detail.value", has_text},
    {"description", has_text},
    {"content.0.value", has_text},
    {"link", has_url},
    {"id", has_id},
    {"guid", has_id},
    {"guidislink", has_id_as_url},
    {"author", has_author},
    {"author_detail.name", has_author_name},
    {"authors.0.name", has_author_name},
    {"published", has_time},
    {"published_parsed", has_time},
    {"created", has_time},
    {"created_parsed", has_time},
    {"updated", has_edited},
    {"updated_parsed", has_edited},
    {"tags", has_tag},
    {"tags.[0-9].term", has_tag},
    {"tags.[0-9].label", has_tag},
    {"category", has_tag},
    {"enclosures.[0-9]", has_media},
    {"enclosures.[0-9].href", has_media},
    {"enclosures.[0-9].url", has_media},
    {"links.[0-9]", has_link},
    {"links.[0-9].href", has_link},
    {"language", has_language},
};

struct reason {
    const char *path; /* with `feed.` before it: of the feed alone */
    const char *why;
};

/* What is out of scope. What stands in neither table does not hold. */
static const struct reason reasons[] = {
    {"()", "nothing claimed (Expect: 1): only that reading ends"},
    {"bozo()", "well-formed or not (bozo): test 3 sees to it"},
    {"isinstance()", "well-formed or not (bozo): test 3 sees to it"},
    {"encoding()", "name of the charset: a record holds text"},
    {"version()", "name of the format: a record is the same for all"},
    {"etag()", "HTTP's headers: import reads files"},
    {"modified*()", "HTTP's headers: import reads files"},
    {"headers()*", "HTTP's headers: import reads files"},
    {"in", "which members feedparser's objects have"},
    {"feed.newlocation", "feed-level data that no post has"},
    {"feed.tagline*", "feed-level data that no post has"},
    {"feed.subtitle*", "feed-level data that no post has"},
    {"feed.info*", "feed-level data that no post has"},
    {"feed.copyright*", "feed-level data that no post has"},
    {"feed.generator*", "feed-level data that no post has"},
    {"feed.image*", "feed-level data that no post has"},
    {"feed.textinput*", "feed-level data that no post has"},
    {"feed.cloud*", "feed-level data that no post has"},
    {"feed.docs", "feed-level data that no post has"},
    {"feed.ttl", "feed-level data that no post has"},
    {"feed.icon", "feed-level data that no post has"},
    {"feed.logo", "feed-level data that no post has"},
    {"feed.validity*", "feed-level data that no post has"},
    {"subtitle", "feed-level data that no post has"},
    {"source.*", "feed that an entry was taken over from (source)"},
    {"*.language", "language of one element: a record has one"},
    {"*.base", "base of one element: links come out whole"},
    {"*.type", "how an element is spelled (type)"},
    {"*.length", "type, relation, size of a link"},
    {"*.hreflang", "type, relation, size of a link"},
    {"links.*.rel", "type, relation, size of a link"},
    {"links.*.title", "type, relation, size of a link"},
    {"links", "how many links feedparser makes"},
    {"tags.*.scheme", "scheme of a category"},
    {"*.email", "address and page of an author: a record has the name"},
    {"author_detail.url", "address and page of an author: a record has the name"},
    {"authors.*.url", "address and page of an author: a record has the name"},
    {"authors.[1-9]*", "further authors, contributors, publisher: a record has one"},
    {"contributors*", "further authors, contributors, publisher: a record has one"},
    {"publisher*", "further authors, contributors, publisher: a record has one"},
    {"rights*", "rights and licences: no member of a record"},
    {"copyright", "rights and licences: no member of a record"},
    {"license*", "rights and licences: no member of a record"},
    {"media_license*", "rights and licences: no member of a record"},
    {"where*", "places (GeoRSS): no member of a record"},
    {"psc_*", "chapters (PSC): no member of a record"},
    {"itunes_*", "iTunes: no member of a record"},
    {"media_*", "Media RSS beside pictures and sounds: no member of a record"},
    {"comments", "page or feed of comments: no member of a record"},
    {"wfw_*", "page or feed of comments: no member of a record"},
    {"expired*", "time of expiry: no member of a record"},
    {"image*", "picture of an entry in its own element: no member of a record"},
    {"abcdefg", "elements of no format"},
    {"madeup_element", "elements of no format"},
    {"thr_in-reply-to.*", "type, relation, size of a link"},
};

/* What is out of scope, though it stands in `questions`, for feeds that have these elements. */
static const struct exception {
    const char *path, *element, *other, *why;
} exceptions[] = {
    {"feed.language", "Content-Language: en", "['language'] == 'en'",
     "HTTP's headers: import reads files"},
    {"summary*", "<summary", "<content", "the other of two texts: a record has one"},
    {"content.0.value", "<description>", "<summary>", "the other of two texts: a record has one"},
    {"feed.author*", "<managingEditor", "", "editor of a feed: not the author of its posts"},
    {"feed.description", "<tagline", "", "feed-level data that no post has"},
};

/* A pattern without `feed.` is for both. */
static bool is_path(const struct place *place, const char *pattern)
{
    char path[sizeof place->path + 8];
    snprintf(path, sizeof path, "%s%s", place->feed ? "feed." : "", place->path);
    return fnmatch(pattern, path, 0) == 0 || fnmatch(pattern, place->path, 0) == 0;
}

/* Does the feed's link to this address say that it is neither page nor enclosure? */
static bool is_other_link(struct str document, struct str address)
{
    static const char *const known[] = {"alternate", "enclosure", "self", NULL};
    struct str tag, rest, rel;
    while (document.len > 0) {
        tag = str_cut(document, '>', &document);
        ptrdiff_t link = str_find(tag, STR("link ")), at = str_find(tag, STR(" rel=\""));
        if (link < 0 || at < 0 || str_find(tag, address) < 0)
            continue;
        rel = str_cut(str_from(tag, (size_t)at + 6), '"', &rest);
        return !str_is_any(rel, known);
    }
    return false;
}

static struct str line_at(struct str lines, size_t number)
{
    struct str line = {NULL, 0};
    for (size_t i = 0; i <= number; i++)
        line = str_cut(lines, '\n', &lines);
    return line;
}

static enum verdict judge_count(const struct claim *c, struct str records)
{
    int64_t count = 0;
    for (; records.len > 0; count++)
        str_cut(records, '\n', &records);
    return c->relation == HAS_LENGTH && count == c->number ? HOLDS : FAILS;
}

/* Why what would be judged is out of scope, or NULL. */
static const char *find_exception(const struct claim *c, const struct place *place,
                                  struct str document)
{
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (is_path(place, exceptions[i].path) &&
            str_find(document, str_of(exceptions[i].element)) >= 0 &&
            str_find(document, str_of(exceptions[i].other)) >= 0)
            return exceptions[i].why;
    if (is_path(place, "links.*") && c->is_text && is_other_link(document, buf_str(&c->text)))
        return "links that are neither page nor enclosure: no member of a record";
    return NULL;
}

static const char *find_reason(const struct place *place)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (is_path(place, reasons[i].path))
            return reasons[i].why;
    return NULL;
}

/* *what is set to what is asked for, or why it is out of scope. */
static enum verdict judge_place(const struct claim *c, const struct place *place,
                                const struct feed *feed, const char **what)
{
    *what = place->path;
    if (strcmp(place->path, "entries()") == 0)
        return judge_count(c, feed->records);
    const char *why = find_exception(c, place, feed->document);
    struct str record = line_at(place->feed ? feed->own : feed->records, place->entry);
    for (size_t i = 0; why == NULL && i < sizeof questions / sizeof *questions; i++)
        if (is_path(place, questions[i].path))
            return record.len > 0 && questions[i].check(c, record) ? HOLDS : FAILS;
    why = why != NULL ? why : find_reason(place);
    if (why == NULL)
        return FAILS;
    *what = why;
    return OUT;
}

/* place == place == value: each must hold. */
static enum verdict judge_claim(const char *text, const struct feed *feed, struct buf *what)
{
    struct claim c = read_claim(text);
    enum verdict verdict = HOLDS;
    const char *asked = "";
    for (size_t i = 0; i < c.count && verdict == HOLDS; i++)
        verdict = judge_place(&c, &c.places[i], feed, &asked);
    buf_clear(what);
    if (verdict != OUT && c.places[0].feed)
        buf_add_text(what, "feed.");
    buf_add_text(what, asked);
    buf_free(&c.text);
    return verdict;
}

/* Cuts text at ` and ` or ` or `, outside strings; NULL where there is none. */
static char *cut_at(char *text, const char *word)
{
    for (char *p = text; *p != '\0'; p++) {
        if (*p == '\'' || *p == '"')
            p = text + (skip_string(p) - text) - 1;
        else if (starts(p, word)) {
            *p = '\0';
            return p + strlen(word);
        }
    }
    return NULL;
}

static void judge_expectation(char *text, const struct feed *feed)
{
    static const char *const names[] = {"out", "no", "ok"};
    struct buf what = {0};
    enum verdict verdict = OUT;
    for (char *next; text != NULL && verdict != HOLDS; text = next) {
        next = cut_at(text, " or ");
        verdict = judge_claim(text, feed, &what);
        if (verdict == HOLDS || next == NULL)
            printf("%s\t%s\t%s\n", names[verdict], buf_text(&what), text);
    }
    buf_free(&what);
}

static void judge_all(char *text, const struct feed *feed)
{
    if (starts(text, "not bozo") && feed->fault.len > 0)
        printf("refused\t\t%.*s\n", (int)feed->fault.len, feed->fault.ptr);
    for (char *next; text != NULL; text = next) {
        next = cut_at(text, " and ");
        judge_expectation((char *)(uintptr_t)skip_blank(text), feed);
    }
}

int main(int argc, char **argv)
{
    struct buf bytes = {0}, utf8 = {0}, records = {0}, own = {0}, fault = {0};
    struct err e;
    if (argc != 5 || !file_read(&bytes, argv[1], &e) || !file_read(&records, argv[2], &e) ||
        !file_read(&own, argv[3], &e) || !file_read(&fault, argv[4], &e)) {
        fprintf(stderr, "usage: expect-feed FEED RECORDS OWN FAULT\n");
        return 2;
    }
    struct str rest = charset_document(buf_str(&bytes), STR(""), &utf8);
    struct feed feed = {buf_str(&records), buf_str(&own), str_trim(buf_str(&fault)), rest};
    ptrdiff_t at = str_find(rest, STR("Expect:"));
    if (at >= 0) {
        struct str line = str_cut(str_from(rest, (size_t)at + 7), '\n', &rest);
        ptrdiff_t end = str_find(line, STR(" -->"));
        if (end >= 0)
            line.len = (size_t)end;
        char *text = mem_string(str_trim(line));
        judge_all((char *)(uintptr_t)skip_blank(text), &feed);
        free(text);
    } else {
        printf("no\tExpect\tno expectation in the feed\n");
    }
    buf_free(&bytes);
    buf_free(&utf8);
    buf_free(&records);
    buf_free(&own);
    buf_free(&fault);
    return 0;
}
