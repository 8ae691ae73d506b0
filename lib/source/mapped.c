/*
 * JSON of any shape: a jq program of the user's makes an object for each post, and
 * what it leaves out is filled in. Members that a record does not know are kept behind
 * those that it does.
 */
#include "base/clock.h"
#include "record/value.h"
#include "record/write.h"
#include "source/date.h"
#include "source/formats.h"

enum member_shape {
    STRING,
    NUMBER,
    TRUTH,
    SOURCE, /* a string that can stand before ids */
    ID,     /* a string or a number; gets the source before it */
    TIME,
    TIER,
    MEDIA_TYPE,
    HANDLE, /* the sign before it goes */
    STRINGS,
    TAGS,
    HANDLES,
    AUTHOR, /* an object, or a name */
    METRICS,
    MEDIA,
};

/* What a record has in these places. */
static const char *const wanted[] = {
    [STRING] = "a string",
    [NUMBER] = "a number",
    [TRUTH] = "true or false",
    [SOURCE] = "a name without blanks and colons",
    [ID] = "a string",
    [TIME] = "a time",
    [TIER] = "one of sns, forum, matome, net-news, mass",
    [MEDIA_TYPE] = "one of image, video, audio",
    [HANDLE] = "a string",
    [STRINGS] = "an array of strings",
    [TAGS] = "an array of strings",
    [HANDLES] = "an array of strings",
    [AUTHOR] = "a name or an object",
    [METRICS] = "an object",
    [MEDIA] = "an array of objects",
};

/* Tables end with a name of NULL. */
struct member {
    const char *name;
    enum member_shape shape;
};

/* In the order of the record. */
static const struct member post_members[] = {
    {"kind", STRING},      {"id", ID},         {"source", SOURCE}, {"url", STRING},
    {"time", TIME},        {"seen", TIME},     {"edited", TIME},   {"lang", STRING},
    {"author", AUTHOR},    {"title", STRING},  {"text", STRING},   {"reply_to", ID},
    {"quote_of", ID},      {"repost_of", ID},  {"thread", ID},     {"tags", TAGS},
    {"mentions", HANDLES}, {"links", STRINGS}, {"media", MEDIA},   {"metrics", METRICS},
    {"tier", TIER},        {"watch", STRINGS}, {NULL, 0},
};

#define MOST_MEMBERS (sizeof post_members / sizeof *post_members)

static const struct member author_members[] = {
    {"id", ID},          {"handle", HANDLE}, {"name", STRING}, {"followers", NUMBER},
    {"verified", TRUTH}, {NULL, 0},
};

static const struct member media_members[] = {
    {"type", MEDIA_TYPE},
    {"url", STRING},
    {"alt", STRING},
    {NULL, 0},
};

static const struct member metrics_members[] = {
    {"likes", NUMBER},  {"reposts", NUMBER}, {"replies", NUMBER},
    {"quotes", NUMBER}, {"views", NUMBER},   {NULL, 0},
};

/* A result on its way to a record. */
struct mapping {
    struct source *s;
    struct json j;
    struct str source; /* of the post */
};

/* ---- checking ---- */

/* The member of a table that a key names: its place, or that of the end. */
static size_t find_member(const struct member *table, struct str key)
{
    size_t i = 0;
    while (table[i].name != NULL && !str_is(key, table[i].name))
        i++;
    return i;
}

/* The values of an object's members in the order of the table. */
static void pick_members(const struct member *table, struct str object, struct str *values)
{
    struct walk w;
    struct str key, value;
    for (size_t i = 0; table[i].name != NULL; i++)
        values[i] = (struct str){NULL, 0};
    walk_begin(&w, object);
    while (walk_next(&w, &key, &value))
        values[find_member(table, key)] = value; /* at the end: none of them */
}

/* A source's name stands before the colon of ids. */
static bool is_source(struct str raw)
{
    for (size_t i = 0; i < raw.len; i++)
        if (strchr(": \\", raw.ptr[i]) != NULL)
            return false; /* nor is a name spelled with escapes */
    return value_type(raw) == VALUE_STRING && raw.len > 2;
}

static bool is_media_type(struct str raw)
{
    return value_is(raw, "image") || value_is(raw, "video") || value_is(raw, "audio");
}

/* Null among the elements is nothing, as elsewhere. */
static bool is_array_of(struct str raw, enum value_type type)
{
    struct walk w;
    struct str element;
    if (value_type(raw) != VALUE_ARRAY)
        return false;
    walk_begin(&w, raw);
    while (walk_next(&w, NULL, &element))
        if (value_type(element) != type && !value_nothing(element))
            return false;
    return true;
}

static bool has_shape(struct source *s, enum member_shape shape, struct str raw)
{
    enum value_type type = value_type(raw);
    switch (shape) {
    case STRING:
    case HANDLE: return type == VALUE_STRING;
    case NUMBER: return type == VALUE_NUMBER;
    case TRUTH: return type == VALUE_BOOL;
    case SOURCE: return is_source(raw);
    case ID:
    case TIME: return type == VALUE_STRING || type == VALUE_NUMBER;
    case TIER: return entry_is_tier(arena_json(&s->arena, raw));
    case MEDIA_TYPE: return is_media_type(raw);
    case STRINGS:
    case TAGS:
    case HANDLES: return is_array_of(raw, VALUE_STRING);
    case AUTHOR: return type == VALUE_STRING || type == VALUE_OBJECT;
    case METRICS: return type == VALUE_OBJECT;
    case MEDIA: return is_array_of(raw, VALUE_OBJECT);
    }
    return false;
}

/* The members of what is an object in its turn, or of each of its elements. */
static const struct member *members_within(enum member_shape shape)
{
    switch (shape) {
    case AUTHOR: return author_members;
    case METRICS: return metrics_members;
    case MEDIA: return media_members;
    default: return NULL;
    }
}

static bool check_value(struct source *s, const struct member *member, const char *within,
                        struct str raw, struct err *e);

/* Has an object members of the right shape? within is what stands before their names. */
static bool check_object(struct source *s, const struct member *table, const char *within,
                         struct str object, struct err *e)
{
    struct str values[MOST_MEMBERS];
    pick_members(table, object, values);
    for (size_t i = 0; table[i].name != NULL; i++)
        if (!check_value(s, &table[i], within, values[i], e))
            return false;
    return true;
}

static bool check_value(struct source *s, const struct member *member, const char *within,
                        struct str raw, struct err *e)
{
    const struct member *table = members_within(member->shape);
    struct walk w;
    struct str element;
    if (value_nothing(raw))
        return true;
    if (!has_shape(s, member->shape, raw))
        return err_set(e, "'%s%s%s' is not %s", within, *within != '\0' ? "." : "", member->name,
                       wanted[member->shape]);
    if (table == NULL)
        return true;
    if (value_type(raw) == VALUE_OBJECT)
        return check_object(s, table, member->name, raw, e);
    walk_begin(&w, raw);
    while (walk_next(&w, NULL, &element))
        if (!value_nothing(element) && !check_object(s, table, member->name, element, e))
            return false;
    return true;
}

/* ---- writing ---- */

/* Has an id a source before it: that of its post, or one that is the same everywhere? What
 * else has a colon (urn:9, 12:30) is called so by its source. */
static bool has_source(struct str id, struct str source)
{
    static const char *const everywhere[] = {"x",      "twitter", "mastodon", "bluesky",
                                             "reddit", "youtube", "hatena",   "5ch",
                                             "feed",   "json",    "text",     NULL};
    struct str rest;
    struct str before = str_cut(id, ':', &rest);
    return before.len < id.len && !str_starts(rest, STR("//")) &&
           (str_equal(before, source) || str_is_any(before, everywhere));
}

/* An id that has no source before it yet gets its post's. */
static void write_id(struct mapping *m, struct str raw)
{
    struct str id = arena_id(&m->s->arena, raw);
    if (id.len == 0)
        json_null(&m->j);
    else if (has_source(id, m->source))
        json_str(&m->j, id);
    else
        json_str(&m->j, ARENA_JOIN(&m->s->arena, m->source, STR(":"), id));
}

/* A name without the sign that people write before it; NUL is none. */
static void write_name(struct mapping *m, struct str raw, char sign)
{
    struct str name = arena_json(&m->s->arena, raw);
    bool is_signed = sign != '\0' && name.len > 0 && name.ptr[0] == sign;
    json_str(&m->j, str_from(name, is_signed));
}

static void write_value(struct mapping *m, const struct member *member, struct str raw);

/* An object with the members of the table, and behind them what else it has. */
static void write_object(struct mapping *m, const struct member *table, struct str object)
{
    struct walk w;
    struct str key, value, values[MOST_MEMBERS];
    pick_members(table, object, values);
    json_open(&m->j, '{');
    for (size_t i = 0; table[i].name != NULL; i++) {
        json_key(&m->j, table[i].name);
        write_value(m, &table[i], values[i]);
    }
    walk_begin(&w, object);
    while (walk_next(&w, &key, &value)) {
        if (table[find_member(table, key)].name != NULL)
            continue;
        buf_addf(m->j.out, ",\"%.*s\":", (int)key.len, key.ptr); /* as it is spelled */
        buf_add_str(m->j.out, value);
    }
    json_close(&m->j, '}');
}

/* The elements of an array, but for nulls: objects with the members of the table, or, where
 * that is NULL, names without the sign. */
static void write_each(struct mapping *m, const struct member *table, char sign, struct str array)
{
    struct walk w;
    struct str element;
    json_open(&m->j, '[');
    walk_begin(&w, array);
    while (walk_next(&w, NULL, &element))
        if (value_nothing(element))
            continue;
        else if (table != NULL)
            write_object(m, table, element);
        else
            write_name(m, element, sign);
    json_close(&m->j, ']');
}

/* An author of whom the name alone is told. */
static void write_named_author(struct mapping *m, struct str name)
{
    json_open(&m->j, '{');
    for (const struct member *member = author_members; member->name != NULL; member++) {
        json_key(&m->j, member->name);
        if (strcmp(member->name, "name") == 0)
            json_raw(&m->j, name);
        else
            json_null(&m->j);
    }
    json_close(&m->j, '}');
}

/* What a mapping may leave out. */
static void write_missing(struct mapping *m, const struct member *member)
{
    const struct source_settings *settings = m->s->settings;
    if (strcmp(member->name, "kind") == 0) {
        json_text(&m->j, "post");
    } else if (strcmp(member->name, "source") == 0) {
        json_str(&m->j, m->source);
    } else if (strcmp(member->name, "seen") == 0) {
        json_time(&m->j, settings->now);
    } else if (strcmp(member->name, "tier") == 0 && settings->tier != NULL) {
        json_text(&m->j, settings->tier);
    } else if (member->shape == STRINGS || member->shape == TAGS || member->shape == HANDLES ||
               member->shape == MEDIA) {
        bool watch = strcmp(member->name, "watch") == 0;
        json_open(&m->j, '[');
        for (size_t i = 0; watch && i < settings->watch_count; i++)
            json_text(&m->j, settings->watches[i]);
        json_close(&m->j, ']');
    } else {
        json_null(&m->j);
    }
}

static void write_value(struct mapping *m, const struct member *member, struct str raw)
{
    if (value_nothing(raw)) {
        write_missing(m, member);
        return;
    }
    switch (member->shape) {
    case ID: write_id(m, raw); break;
    case TIME: json_time(&m->j, date_parse_json(raw)); break;
    case HANDLE: write_name(m, raw, '@'); break;
    case STRINGS: write_each(m, NULL, '\0', raw); break;
    case HANDLES: write_each(m, NULL, '@', raw); break;
    case TAGS: write_each(m, NULL, '#', raw); break;
    case METRICS: write_object(m, metrics_members, raw); break;
    case MEDIA: write_each(m, media_members, '\0', raw); break;
    case AUTHOR:
        if (value_type(raw) == VALUE_OBJECT)
            write_object(m, author_members, raw);
        else
            write_named_author(m, raw);
        break;
    default: json_raw(&m->j, raw);
    }
}

static bool write_result(struct source *s, struct str result, struct err *e)
{
    if (value_type(result) != VALUE_OBJECT)
        return err_set(e, "a result is not an object");
    if (value_type(value_member(result, "text")) != VALUE_STRING)
        return err_set(e, "a result has no text");
    if (!check_object(s, post_members, "", result, e))
        return false;
    struct mapping m = {
        .s = s, .j = {.out = s->lines}, .source = source_member(s, result, "source")};
    if (m.source.len == 0)
        m.source = str_of(source_name(s, "json"));
    write_object(&m, post_members, result);
    buf_add_char(s->lines, '\n');
    return true;
}

static bool json_convert(struct source *s, struct str value, struct err *e)
{
    struct err why;
    if (s->map == NULL)
        return err_set(e, "JSON of any shape needs --map to say how it becomes posts");
    struct buf results = {0};
    const char *map = source_map_name(s->settings);
    bool done = expr_each(s->map, value, &results, &why);
    if (!done)
        err_set(e, "%s: %s", map, why.text);
    struct str rest = buf_str(&results);
    while (rest.len > 0) {
        struct str result = str_cut(rest, '\n', &rest);
        if (!write_result(s, result, &why) && done)
            done = err_set(e, "%s: %s", map, why.text);
    }
    buf_free(&results);
    return done;
}

const struct source_format source_json = {
    .name = "json",
    .what = "JSON of any shape, with --map",
    .input = SOURCE_JSON,
    .convert = json_convert,
};
