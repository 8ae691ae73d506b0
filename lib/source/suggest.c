/* Search suggestions: a list of texts and how it differs from the one before. */
#include "source/suggest.h"

#include <stdlib.h>

#include "base/intern.h"
#include "base/mem.h"
#include "record/value.h"
#include "record/write.h"
#include "source/formats.h"

/* ---- reading ---- */

/* The query and the list of an answer: the first two of its elements. */
static bool take_apart(struct str answer, struct str *query, struct str *texts)
{
    struct walk w;
    walk_begin(&w, answer);
    return value_type(answer) == VALUE_ARRAY && walk_next(&w, NULL, query) &&
           walk_next(&w, NULL, texts) && value_type(*query) == VALUE_STRING &&
           value_type(*texts) == VALUE_ARRAY;
}

void suggest_add(struct suggest *list, struct str text)
{
    if (text.len == 0)
        return;
    MEM_GROW(list->texts, list->count, list->cap);
    list->texts[list->count++] = text;
}

bool suggest_read(struct suggest *list, struct arena *arena, struct str answer)
{
    struct str query, texts, text;
    struct intern seen = {0};
    struct walk w;
    list->count = 0;
    if (!take_apart(answer, &query, &texts))
        return false;
    list->query = arena_json(arena, query);
    walk_begin(&w, texts);
    while (walk_next(&w, NULL, &text)) {
        struct str plain = arena_json(arena, text);
        uint32_t known = seen.count;
        if (plain.len > 0 && intern_add(&seen, plain) == known)
            suggest_add(list, plain);
    }
    intern_free(&seen);
    return true;
}

void suggest_free(struct suggest *list)
{
    free(list->texts);
    *list = (struct suggest){0};
}

/* ---- writing ---- */

static void write_texts(struct json *j, const char *key, const struct suggest *list,
                        const struct intern *but)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < list->count; i++)
        if (intern_find(but, list->texts[i]) == INTERN_NONE)
            json_str(j, list->texts[i]);
    json_close(j, ']');
}

/* Texts that stand at another place than before; places count from 1. */
static void write_moved(struct json *j, const struct suggest *list, const struct intern *before)
{
    json_key(j, "moved");
    json_open(j, '[');
    for (size_t i = 0; i < list->count; i++) {
        uint32_t place = intern_find(before, list->texts[i]);
        if (place == INTERN_NONE || place == i)
            continue;
        json_open(j, '{');
        json_key(j, "text");
        json_str(j, list->texts[i]);
        json_key(j, "from");
        json_integer(j, (int64_t)place + 1);
        json_key(j, "to");
        json_integer(j, (int64_t)i + 1);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_changes(struct json *j, const struct suggest *list, const struct suggest *last)
{
    static const char *const keys[] = {"new", "gone", "moved"};
    struct intern now = {0}, before = {0};
    for (size_t i = 0; last == NULL && i < sizeof keys / sizeof *keys; i++) {
        json_key(j, keys[i]);
        json_null(j);
    }
    if (last == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        intern_add(&now, list->texts[i]);
    for (size_t i = 0; i < last->count; i++)
        intern_add(&before, last->texts[i]);
    write_texts(j, "new", list, &before);
    write_texts(j, "gone", last, &now);
    write_moved(j, list, &before);
    intern_free(&now);
    intern_free(&before);
}

void suggest_write(struct buf *lines, const struct suggest *list, const struct suggest *last,
                   const struct entry_origin *origin)
{
    const struct intern none = {0};
    struct json j = {.out = lines};
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "suggest");
    json_key(&j, "source");
    json_text(&j, origin->source);
    json_key(&j, "query");
    json_str(&j, list->query);
    json_key(&j, "seen");
    json_time(&j, origin->seen);
    write_texts(&j, "suggestions", list, &none);
    write_changes(&j, list, last);
    entry_write_origin(&j, origin);
    json_close(&j, '}');
    buf_add_char(lines, '\n');
}

/* ---- the format ---- */

/* Nothing else is a text and an array of texts. */
static bool suggest_claims_array(struct str array)
{
    struct str query, texts, text;
    struct walk w;
    if (!take_apart(array, &query, &texts))
        return false;
    walk_begin(&w, texts);
    return !walk_next(&w, NULL, &text) || value_type(text) == VALUE_STRING;
}

static bool suggest_convert(struct source *s, struct str value, struct err *e)
{
    struct suggest list = {.count = 0};
    struct entry_origin origin = source_origin(s, "suggest", NULL);
    if (!suggest_read(&list, &s->arena, value))
        return err_set(e, "not an answer with suggestions: not [\"query\",[\"suggestion\",…],…]");
    suggest_write(s->lines, &list, NULL, &origin);
    suggest_free(&list);
    return true;
}

const struct source_format source_suggest = {
    .name = "suggest",
    .what = "search suggestions of Google and Bing",
    .input = SOURCE_JSON,
    .claims_array = suggest_claims_array,
    .convert = suggest_convert,
};
