/* Marks by name: so few that they are looked for one by one. */
#include "source/cursor.h"

#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"

static struct cursor_mark *find(const struct cursor *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->marks[i].name, name) == 0)
            return &c->marks[i];
    return NULL;
}

struct str cursor_get(const struct cursor *c, const char *name)
{
    const struct cursor_mark *mark = find(c, name);
    return mark != NULL ? str_of(mark->value) : STR("");
}

static void take_away(struct cursor *c, struct cursor_mark *mark)
{
    free(mark->name);
    free(mark->value);
    *mark = c->marks[--c->count];
}

void cursor_set(struct cursor *c, const char *name, struct str value)
{
    struct cursor_mark *mark = find(c, name);
    if (value.len == 0) {
        if (mark != NULL)
            take_away(c, mark);
        return;
    }
    char *text = mem_string(value);
    if (mark != NULL) {
        free(mark->value);
        mark->value = text;
        return;
    }
    MEM_GROW(c->marks, c->count, c->cap);
    c->marks[c->count++] = (struct cursor_mark){mem_string(str_of(name)), text};
}

int64_t cursor_number(const struct cursor *c, const char *name, int64_t otherwise)
{
    const struct cursor_mark *mark = find(c, name);
    char *end;
    if (mark == NULL)
        return otherwise;
    long long value = strtoll(mark->value, &end, 10);
    return *end == '\0' ? value : otherwise;
}

void cursor_set_number(struct cursor *c, const char *name, int64_t value)
{
    struct buf text = {0};
    buf_addf(&text, "%lld", (long long)value);
    cursor_set(c, name, buf_str(&text));
    buf_free(&text);
}

void cursor_clear(struct cursor *c)
{
    while (c->count > 0)
        take_away(c, &c->marks[c->count - 1]);
}

void cursor_copy(struct cursor *to, const struct cursor *from)
{
    cursor_clear(to);
    for (size_t i = 0; i < from->count; i++)
        cursor_set(to, from->marks[i].name, str_of(from->marks[i].value));
}

void cursor_free(struct cursor *c)
{
    cursor_clear(c);
    free(c->marks);
    *c = (struct cursor){0};
}

void cursor_write(const struct cursor *c, struct json *j)
{
    json_open(j, '{');
    for (size_t i = 0; i < c->count; i++) {
        json_key(j, c->marks[i].name);
        json_text(j, c->marks[i].value);
    }
    json_close(j, '}');
}

void cursor_read(struct cursor *c, struct str raw)
{
    struct walk w;
    struct str key, value;
    struct buf name = {0}, text = {0};
    walk_begin(&w, value_type(raw) == VALUE_OBJECT ? raw : STR("{}"));
    while (walk_next(&w, &key, &value)) {
        buf_clear(&name);
        value_add_string(&name, (struct str){key.ptr - 1, key.len + 2}); /* with its quotes */
        buf_clear(&text);
        cursor_set(c, buf_text(&name), value_string(value, &text));
    }
    buf_free(&name);
    buf_free(&text);
}
