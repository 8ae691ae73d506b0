/* Reading posts again by their ids. */
#include "fetch/refresh.h"

#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"

/* What stands before the colon of a source's ids. */
static const char *prefix_of(const struct planned *planned)
{
    const struct network *n = planned->subject.network;
    return planned->settings.name != NULL ? planned->settings.name
           : n->source != NULL            ? n->source
                                          : n->format->name;
}

static bool can_read(const struct planned *planned, struct str prefix, struct str id)
{
    const struct network *n = planned->subject.network;
    return n->refresh_batch > 0 && str_is(prefix, prefix_of(planned)) &&
           (n->owns == NULL || n->owns(&planned->subject, id));
}

/* The id of a line: a record's, or the line itself. Unescaped into scratch. */
static struct str id_of(struct str line, struct buf *scratch)
{
    static const char *const wanted[] = {"id", NULL};
    struct shape shape;
    struct record r;
    struct scan_error ignored;
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] != '{')
        return line;
    shape_init(&shape, wanted, NULL);
    buf_clear(scratch);
    if (!record_scan(&shape, line, &r, &ignored) || value_type(r.member[0]) != VALUE_STRING)
        return line; /* no id: told as one that nothing can read */
    return value_string(r.member[0], scratch);
}

struct refresh *refresh_new(const struct plan *plan, struct str lines, size_t *count)
{
    struct refresh *list = mem_zero(plan->count + 1, sizeof *list);
    struct buf scratch = {0};
    for (size_t i = 0; i < plan->count; i++)
        list[i].planned = &plan->sources[i];
    while (lines.len > 0) {
        struct str id = id_of(str_cut(lines, '\n', &lines), &scratch), rest;
        struct str prefix = str_cut(id, ':', &rest);
        size_t which = 0;
        while (which < plan->count &&
               (rest.len == 0 || !can_read(list[which].planned, prefix, rest)))
            which++;
        if (id.len > 0)
            intern_add(&list[which].ids, which < plan->count ? rest : id);
    }
    buf_free(&scratch);
    *count = 0;
    for (size_t i = 0; i <= plan->count; i++) {
        if (i < plan->count && list[i].ids.count == 0) {
            intern_free(&list[i].ids);
            continue;
        }
        list[(*count)++] = list[i];
    }
    (*count)--; /* the last has no source */
    return list;
}

void refresh_free(struct refresh *list, size_t count)
{
    for (size_t i = 0; i <= count; i++)
        intern_free(&list[i].ids);
    free(list);
}

size_t refresh_tell(const struct refresh *list, size_t count, void (*say)(const char *text))
{
    const struct intern *ids = &list[count].ids;
    struct buf text = {0};
    if (ids->count > 0) {
        int length = ids->strings[0].len > 80 ? 80 : (int)ids->strings[0].len;
        buf_addf(&text, "%u ids that no source can read again, the first: %.*s", ids->count, length,
                 ids->strings[0].ptr);
        say(buf_text(&text));
    }
    buf_free(&text);
    return ids->count;
}

size_t refresh_left(const struct refresh *r)
{
    return r->ids.count - r->at;
}

enum step refresh_ask(struct refresh *r, struct poll *p, struct err *e)
{
    const struct network *n = r->planned->subject.network;
    size_t batch = refresh_left(r);
    r->asked = 0;
    if (batch == 0)
        return STEP_DONE;
    if (batch > n->refresh_batch)
        batch = n->refresh_batch;
    if (batch > p->allowance && p->allowance > 0)
        batch = p->allowance;
    enum step step = n->refresh(p, r->ids.strings + r->at, batch, e);
    if (step == STEP_ASK && !p->preparing)
        r->asked = batch;
    return step;
}

bool refresh_is_missing(const struct refresh *r, const struct answer *a)
{
    struct err ignored;
    return r->asked == 1 && r->planned->subject.network->refresh_batch == 1 &&
           (a->status == 404 || a->status == 410) &&
           value_type(poll_json(a->body, &ignored)) == VALUE_OBJECT;
}

static void write_delete(struct poll *p, const char *source, struct str id)
{
    struct json j = {.out = p->lines};
    struct buf whole = {0};
    buf_addf(&whole, "%s:", source);
    buf_add_str(&whole, id);
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "delete");
    json_key(&j, "id");
    json_str(&j, buf_str(&whole));
    json_key(&j, "source");
    json_text(&j, source);
    json_key(&j, "seen");
    json_time(&j, p->now);
    json_close(&j, '}');
    buf_add_char(p->lines, '\n');
    buf_free(&whole);
}

/* Has a post of this id come? */
static bool has_come(struct str lines, const char *source, struct str id)
{
    struct buf whole = {0}, wanted = {0};
    buf_addf(&whole, "%s:", source);
    buf_add_str(&whole, id);
    buf_add_text(&wanted, "{\"kind\":\"post\",\"id\":");
    json_add_string(&wanted, buf_str(&whole));
    bool has = str_find(lines, buf_str(&wanted)) >= 0;
    buf_free(&whole);
    buf_free(&wanted);
    return has;
}

/* A page of X that holds nothing but what it could not give: errors about one object
 * each. */
static bool is_only_errors(struct str body)
{
    struct err ignored;
    struct walk w;
    struct str page = poll_json(body, &ignored), errors = value_member(page, "errors"), error;
    if (value_type(page) != VALUE_OBJECT || value_member(page, "data").ptr != NULL ||
        value_type(errors) != VALUE_ARRAY)
        return false;
    size_t count = 0;
    walk_begin(&w, errors);
    for (; walk_next(&w, NULL, &error); count++)
        if (value_member(error, "resource_id").ptr == NULL)
            return false;
    return count > 0;
}

bool refresh_read(struct refresh *r, struct poll *p, const struct answer *a, struct err *e)
{
    const char *source = prefix_of(r->planned);
    struct buf came = {0};
    size_t from = p->lines->len;
    if (r->asked == 0) /* a session was asked for */
        return r->planned->subject.network->read(p, a, e);
    if (a->status == 200 && !is_only_errors(a->body) && !poll_take(p, a->body, e))
        return false;
    buf_add_str(&came, str_from(buf_str(p->lines), from));
    for (size_t i = 0; i < r->asked && !p->faulty; i++) /* one that is faulty may have come */
        if (!has_come(buf_str(&came), source, r->ids.strings[r->at + i]))
            write_delete(p, source, r->ids.strings[r->at + i]);
    buf_free(&came);
    r->at += r->asked;
    r->asked = 0;
    return true;
}
