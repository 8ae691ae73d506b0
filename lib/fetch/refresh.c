/* Reading posts again by their ids. */
#include "fetch/refresh.h"

#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"
#include "source/entry.h"

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

/* A line of the input: an id, or a record that has one. */
struct wanted {
    struct str id;          /* may be in a scratch */
    struct str watch, tier; /* the record's, raw; ptr NULL: it has none that is one */
    bool doubtful;          /* sources that can read it have not the same watches */
};

/* Unescapes into scratch. */
static struct wanted read_line(struct str line, struct buf *scratch)
{
    static const char *const members[] = {"id", "watch", "tier", NULL};
    struct shape shape;
    struct record r;
    struct scan_error ignored;
    struct wanted w = {.id = str_trim(line)};
    if (w.id.len == 0 || w.id.ptr[0] != '{')
        return w;
    shape_init(&shape, members, NULL);
    buf_clear(scratch);
    if (!record_scan(&shape, w.id, &r, &ignored) || value_type(r.member[0]) != VALUE_STRING)
        return w; /* no id: told as one that nothing can read */
    if (entry_is_tier(value_string(r.member[2], scratch)))
        w.tier = r.member[2];
    if (value_type(r.member[1]) == VALUE_ARRAY || value_type(r.member[1]) == VALUE_STRING)
        w.watch = r.member[1];
    buf_clear(scratch);
    w.id = value_string(r.member[0], scratch);
    return w;
}

static void keep(char **kept, struct str raw)
{
    if (raw.ptr == NULL)
        return;
    free(*kept);
    *kept = mem_string(raw);
}

/* A list of names, one of which may stand without it; what is no text, or empty, is none. */
static void keep_watch(char **kept, struct str raw)
{
    struct buf names = {0};
    struct walk w;
    struct str name;
    if (raw.ptr == NULL)
        return;
    walk_begin_list(&w, raw);
    while (walk_next(&w, NULL, &name)) {
        if (value_type(name) != VALUE_STRING || name.len == 2)
            continue;
        buf_add_char(&names, names.len == 0 ? '[' : ',');
        buf_add_str(&names, name);
    }
    buf_add_text(&names, names.len == 0 ? "[]" : "]");
    keep(kept, buf_str(&names));
    buf_free(&names);
}

static void add_wanted(struct refresh *r, struct str id, const struct wanted *w)
{
    uint32_t number = intern_add(&r->ids, id);
    if (number == r->kept_count) {
        MEM_GROW(r->kept, r->kept_count, r->kept_cap);
        r->kept[r->kept_count++] = (struct refresh_kept){NULL, NULL};
    }
    struct refresh_kept *kept = &r->kept[number];
    keep_watch(&kept->watch, w->doubtful && kept->watch == NULL ? STR("[]") : w->watch);
    keep(&kept->tier, w->tier);
}

static bool watch_the_same(const struct planned *a, const struct planned *b)
{
    bool same = a->watch_count == b->watch_count;
    for (size_t i = 0; same && i < a->watch_count; i++) {
        same = false;
        for (size_t k = 0; !same && k < b->watch_count; k++)
            same = strcmp(a->watches[i], b->watches[k]) == 0;
    }
    return same;
}

/* Whose post a mere id names is not known where sources that can read it differ. */
static bool is_doubtful(const struct plan *plan, size_t which, struct str prefix, struct str id)
{
    for (size_t i = which + 1; i < plan->count; i++)
        if (can_read(&plan->sources[i], prefix, id) &&
            !watch_the_same(&plan->sources[which], &plan->sources[i]))
            return true;
    return false;
}

static void sort_line(const struct plan *plan, struct refresh *list, struct str line,
                      struct buf *scratch)
{
    struct wanted w = read_line(line, scratch);
    struct str id, prefix = str_cut(w.id, ':', &id);
    size_t which = 0;
    while (which < plan->count && (id.len == 0 || !can_read(list[which].planned, prefix, id)))
        which++;
    w.doubtful = w.watch.ptr == NULL && is_doubtful(plan, which, prefix, id);
    if (w.id.len > 0)
        add_wanted(&list[which], which < plan->count ? id : w.id, &w);
}

struct refresh *refresh_new(const struct plan *plan, struct str lines, size_t *count)
{
    struct refresh *list = mem_zero(plan->count + 1, sizeof *list);
    struct buf scratch = {0};
    for (size_t i = 0; i < plan->count; i++)
        list[i].planned = &plan->sources[i];
    while (lines.len > 0)
        sort_line(plan, list, str_cut(lines, '\n', &lines), &scratch);
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
    for (size_t i = 0; i <= count; i++) {
        for (size_t k = 0; k < list[i].kept_count; k++) {
            free(list[i].kept[k].watch);
            free(list[i].kept[k].tier);
        }
        free(list[i].kept);
        intern_free(&list[i].ids);
    }
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

/* Puts a member into the record that a line is, if there is something to put. */
static void put(struct buf *line, const char *name, const char *value)
{
    const char *const members[] = {name, NULL};
    struct shape shape;
    struct record r;
    struct scan_error ignored;
    struct buf whole = {0};
    shape_init(&shape, members, name);
    if (value == NULL || !record_scan(&shape, buf_str(line), &r, &ignored))
        return;
    record_put(&whole, &shape, &r, str_of(value));
    buf_free(line);
    *line = whole;
}

/* What the asked posts keep, put into those that came. */
static void put_kept(const struct refresh *r, struct str came, struct buf *to)
{
    struct buf line = {0}, scratch = {0};
    while (came.len > 0) {
        struct str rest;
        buf_clear(&line);
        buf_add_str(&line, str_cut(came, '\n', &came));
        buf_add_char(&line, '\n');
        str_cut(read_line(buf_str(&line), &scratch).id, ':', &rest);
        uint32_t number = intern_find(&r->ids, rest);
        if (number != INTERN_NONE) {
            put(&line, "tier", r->kept[number].tier);
            put(&line, "watch", r->kept[number].watch);
        }
        buf_add_str(to, buf_str(&line));
    }
    buf_free(&line);
    buf_free(&scratch);
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
    p->lines->len = from;
    put_kept(r, buf_str(&came), p->lines);
    for (size_t i = 0; i < r->asked && !p->faulty; i++) /* one that is faulty may have come */
        if (!has_come(buf_str(&came), source, r->ids.strings[r->at + i]))
            write_delete(p, source, r->ids.strings[r->at + i]);
    buf_free(&came);
    r->at += r->asked;
    r->asked = 0;
    return true;
}
