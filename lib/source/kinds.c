/* Records that are no posts. */
#include "source/kinds.h"

void kind_write_count(struct source *s, const char *name, const struct kind_count *count)
{
    struct json j = {.out = s->lines};
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "count");
    json_key(&j, "source");
    json_text(&j, source_name(s, name));
    if (count->url.ptr != NULL) {
        json_key(&j, "url");
        json_str(&j, count->url);
    }
    json_key(&j, "from");
    json_time(&j, count->from);
    json_key(&j, "to");
    json_time(&j, count->to);
    json_key(&j, "seen");
    json_time(&j, s->settings->now);
    json_key(&j, "count");
    json_integer(&j, count->count);
    entry_write_watch(&j, s->settings->watches, s->settings->watch_count);
    json_close(&j, '}');
    buf_add_char(s->lines, '\n');
}

void kind_write_delete(struct source *s, const char *name, struct str id)
{
    struct json j = {.out = s->lines};
    struct str source = str_of(source_name(s, name));
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "delete");
    json_key(&j, "id");
    json_str(&j, ARENA_JOIN(&s->arena, source, STR(":"), id));
    json_key(&j, "source");
    json_str(&j, source);
    json_key(&j, "seen");
    json_time(&j, s->settings->now);
    json_close(&j, '}');
    buf_add_char(s->lines, '\n');
}
