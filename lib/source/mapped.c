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
    ANY,
    STRING,
    ID, /* a string or a number; gets the source before it */
    TIME,
    LIST,
    OBJECT,
};

struct member {
    const char *name;
    enum member_shape shape;
};

/* In the order of the record. */
static const struct member members[] = {
    {"kind", STRING},   {"id", ID},        {"source", STRING}, {"url", STRING},
    {"time", TIME},     {"seen", TIME},    {"edited", TIME},   {"lang", STRING},
    {"author", ANY},    {"title", STRING}, {"text", STRING},   {"reply_to", ID},
    {"quote_of", ID},   {"repost_of", ID}, {"thread", ID},     {"tags", LIST},
    {"mentions", LIST}, {"links", LIST},   {"media", LIST},    {"metrics", OBJECT},
    {"tier", STRING},   {"watch", LIST},
};

static bool is_known(struct str key)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (str_is(key, members[i].name))
            return true;
    return false;
}

static bool check_member(const struct member *member, struct str raw, struct err *e)
{
    static const char *const wanted[] = {"",       "a string", "a string",
                                         "a time", "an array", "an object"};
    enum value_type type = value_type(raw);
    bool right = type == VALUE_ABSENT || type == VALUE_NULL;
    switch (member->shape) {
    case ANY: right = true; break;
    case STRING: right = right || type == VALUE_STRING; break;
    case ID:
    case TIME: right = right || type == VALUE_STRING || type == VALUE_NUMBER; break;
    case LIST: right = right || type == VALUE_ARRAY; break;
    case OBJECT: right = right || type == VALUE_OBJECT; break;
    }
    return right || err_set(e, "'%s' is not %s", member->name, wanted[member->shape]);
}

/* An id that has no source before it yet gets it. */
static void write_id(struct source *s, struct json *j, struct str raw)
{
    struct str id = value_type(raw) == VALUE_NUMBER ? raw : arena_json(&s->arena, raw);
    if (id.len == 0) {
        json_null(j);
        return;
    }
    struct str rest;
    struct str before = str_cut(id, ':', &rest);
    bool has_source = before.len < id.len && before.len > 0 && !str_starts(rest, STR("//"));
    struct buf whole = {0};
    if (!has_source)
        buf_addf(&whole, "%s:", source_name(s, "json"));
    buf_add_str(&whole, id);
    json_str(j, buf_str(&whole));
    buf_free(&whole);
}

static void write_author(struct json *j, struct str raw)
{
    if (value_type(raw) != VALUE_STRING) {
        json_raw(j, raw);
        return;
    }
    json_open(j, '{');
    json_key(j, "id");
    json_null(j);
    json_key(j, "handle");
    json_null(j);
    json_key(j, "name");
    json_raw(j, raw);
    json_key(j, "followers");
    json_null(j);
    json_key(j, "verified");
    json_null(j);
    json_close(j, '}');
}

/* What a mapping may leave out. */
static void write_missing(struct source *s, struct json *j, const struct member *member)
{
    if (strcmp(member->name, "kind") == 0) {
        json_text(j, "post");
    } else if (strcmp(member->name, "source") == 0) {
        json_text(j, source_name(s, "json"));
    } else if (strcmp(member->name, "seen") == 0) {
        json_time(j, s->settings->now);
    } else if (strcmp(member->name, "tier") == 0 && s->settings->tier != NULL) {
        json_text(j, s->settings->tier);
    } else if (member->shape == LIST) {
        bool watch = strcmp(member->name, "watch") == 0;
        json_open(j, '[');
        for (size_t i = 0; watch && i < s->settings->watch_count; i++)
            json_text(j, s->settings->watches[i]);
        json_close(j, ']');
    } else {
        json_null(j);
    }
}

static void write_member(struct source *s, struct json *j, const struct member *member,
                         struct str raw)
{
    json_key(j, member->name);
    if (value_type(raw) == VALUE_ABSENT || value_type(raw) == VALUE_NULL)
        write_missing(s, j, member);
    else if (member->shape == ID)
        write_id(s, j, raw);
    else if (member->shape == TIME)
        json_time(j, date_parse_json(raw));
    else if (strcmp(member->name, "author") == 0)
        write_author(j, raw);
    else
        json_raw(j, raw);
}

static bool write_result(struct source *s, struct str result, struct err *e)
{
    if (value_type(result) != VALUE_OBJECT)
        return err_set(e, "a result is not an object");
    if (value_type(value_member(result, "text")) != VALUE_STRING)
        return err_set(e, "a result has no text");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (!check_member(&members[i], value_member(result, members[i].name), e))
            return false;
    struct json j = {.out = s->lines};
    struct walk w;
    struct str key, value;
    json_open(&j, '{');
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        write_member(s, &j, &members[i], value_member(result, members[i].name));
    walk_begin(&w, result);
    while (walk_next(&w, &key, &value)) {
        if (is_known(key))
            continue;
        buf_addf(s->lines, ",\"%.*s\":", (int)key.len, key.ptr); /* as it is spelled */
        buf_add_str(s->lines, value);
    }
    json_close(&j, '}');
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
