/*
 * The table of networks, and what they share: taking a page, the marks of a poll that
 * pages back from the newest post, gaps.
 */
#include "source/network.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "record/value.h"
#include "source/networks.h"

static const struct network *const networks[] = {
    &network_feed,    &network_x,        &network_x_mentions, &network_x_counts,
    &network_bluesky, &network_mastodon, &network_reddit,     &network_youtube,
    &network_hatena,  &network_suggest,  &network_json,       NULL,
};

const struct network *network_at(size_t number)
{
    return networks[number];
}

const struct network *network_find(const char *kind)
{
    for (size_t i = 0; networks[i] != NULL; i++)
        if (strcmp(networks[i]->kind, kind) == 0)
            return networks[i];
    return NULL;
}

const char *subject_text(const struct subject *s, const char *key)
{
    const struct network_key *keys = s->network->keys;
    for (size_t i = 0; keys[i].name != NULL; i++)
        if (strcmp(keys[i].name, key) == 0)
            return s->values[i] != NULL ? s->values[i] : keys[i].otherwise;
    return NULL;
}

bool subject_is(const struct subject *s, const char *key, const char *value)
{
    const char *text = subject_text(s, key);
    return text != NULL && strcmp(text, value) == 0;
}

int64_t subject_number(const struct subject *s, const char *key)
{
    const char *text = subject_text(s, key);
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

/* ---- taking a page ---- */

enum { POST_KIND, POST_ID, POST_TIME, POST_TITLE, POST_TEXT, POST_URL, POST_EDITED };

static const char *const post_members[] = {"kind", "id",  "time",   "title",
                                           "text", "url", "edited", NULL};

/* What a post says, without figures that change by the minute. */
static uint32_t content_of(const struct record *r)
{
    uint64_t hash = 0;
    for (size_t i = POST_TITLE; i <= POST_EDITED; i++)
        hash = hash_bytes(r->member[i], hash + 1);
    return (uint32_t)hash;
}

static void note_time(struct page *page, struct str raw, struct buf *scratch)
{
    int64_t time;
    buf_clear(scratch);
    if (value_type(raw) != VALUE_STRING || !clock_parse(value_string(raw, scratch), &time))
        return;
    if (page->oldest == CLOCK_UNKNOWN || time < page->oldest)
        page->oldest = time;
}

/* Counts a record; is it to be written? */
static bool take_record(struct poll *p, const struct record *r, struct buf *scratch)
{
    struct str kind = r->member[POST_KIND], id = r->member[POST_ID];
    if (kind.ptr != NULL && !value_is(kind, "post"))
        return true;
    p->page.posts++;
    note_time(&p->page, r->member[POST_TIME], scratch);
    bool fresh = value_type(id) != VALUE_STRING || !p->subject->network->overlaps ||
                 p->refreshing || known_note(p->known, hash_bytes(id, 0), content_of(r));
    p->page.fresh += fresh;
    return fresh;
}

/* Takes known posts out of the lines from `from` on. */
static void sift(struct poll *p, size_t from)
{
    struct shape shape;
    struct record r;
    struct scan_error ignored;
    struct buf scratch = {0};
    struct str rest = str_from(buf_str(p->lines), from);
    size_t kept = from;
    shape_init(&shape, post_members, NULL);
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest);
        if (record_scan(&shape, line, &r, &ignored) && !take_record(p, &r, &scratch))
            continue;
        memmove(p->lines->data + kept, line.ptr, line.len + 1);
        kept += line.len + 1;
    }
    p->lines->len = kept;
    buf_free(&scratch);
}

bool poll_take(struct poll *p, struct str body, struct err *e)
{
    size_t from = p->lines->len, at;
    p->page = (struct page){.oldest = CLOCK_UNKNOWN};
    bool whole = source_convert(p->source, body, true, p->lines, &p->fault, &at);
    if (!whole && p->lines->len == from) {
        *e = p->fault;
        return false;
    }
    p->faulty = p->faulty || !whole;
    sift(p, from);
    return true;
}

struct str poll_json(struct str body, struct err *e)
{
    struct scan_error fault;
    size_t used;
    struct str text = str_trim(str_unmarked(body));
    if (json_scan(text, &used, &fault) && str_trim(str_from(text, used)).len == 0)
        return (struct str){text.ptr, used};
    bool html = text.len > 0 && text.ptr[0] == '<';
    err_set(e, html ? "the answer is HTML and not JSON" : "the answer is not JSON");
    return (struct str){NULL, 0};
}

size_t poll_elements(struct str array)
{
    struct walk w;
    struct str ignored;
    size_t count = 0;
    walk_begin(&w, value_type(array) == VALUE_ARRAY ? array : STR("[]"));
    while (walk_next(&w, NULL, &ignored))
        count++;
    return count;
}

void gap_write(struct buf *lines, const struct gap_note *gap)
{
    struct json j = {.out = lines};
    struct buf id = {0};
    buf_addf(&id, "%s:%s:", gap->lost ? "lost" : "gap", gap->name);
    clock_format(&id, gap->from);
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "gap");
    json_key(&j, "id");
    json_str(&j, buf_str(&id));
    json_key(&j, "source");
    json_text(&j, gap->name);
    json_key(&j, "from");
    json_time(&j, gap->from);
    json_key(&j, "to");
    json_time(&j, gap->to);
    json_key(&j, "seen");
    json_time(&j, gap->seen);
    json_key(&j, "reason");
    json_str(&j, gap->reason);
    json_key(&j, "retry");
    json_time(&j, gap->retry);
    json_key(&j, "recovered");
    json_bool(&j, gap->recovered);
    json_key(&j, "watch");
    json_open(&j, '[');
    for (size_t i = 0; i < gap->watch_count; i++)
        json_text(&j, gap->watches[i]);
    json_close(&j, ']');
    json_close(&j, '}');
    buf_add_char(lines, '\n');
    buf_free(&id);
}

void poll_gap(struct poll *p, int64_t from, int64_t to, const char *reason)
{
    const struct source_settings *settings = p->source->settings;
    struct gap_note gap = {.name = p->subject->name,
                           .from = from,
                           .to = to,
                           .seen = p->now,
                           .retry = CLOCK_UNKNOWN,
                           .lost = true,
                           .reason = str_of(reason),
                           .watches = settings->watches,
                           .watch_count = settings->watch_count};
    gap_write(p->lines, &gap);
}

int id_compare(struct str a, struct str b)
{
    while (a.len > 0 && *a.ptr == '0')
        a = str_from(a, 1);
    while (b.len > 0 && *b.ptr == '0')
        b = str_from(b, 1);
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len > 0 ? memcmp(a.ptr, b.ptr, a.len) : 0;
}

int64_t poll_start(struct poll *p)
{
    int64_t start = cursor_number(p->cursor, "start", p->now - p->subject->first);
    cursor_set_number(p->cursor, "start", start);
    return start;
}

bool poll_circles(struct poll *p, struct str asked, struct str next, int64_t from)
{
    bool fresh = p->page.fresh > 0 && p->subject->network->overlaps;
    if (next.len == 0 || !str_equal(asked, next) || fresh)
        return false;
    int64_t to = p->page.oldest != CLOCK_UNKNOWN ? p->page.oldest : p->now;
    p->faulty = true;
    err_set(&p->fault, "the service gives the same page again and again");
    if (from != CLOCK_UNKNOWN && from < to)
        poll_gap(p, from, to, "the service did not page on");
    return true;
}

void session_check(struct poll *p)
{
    struct buf owner = {0};
    buf_addf(&owner, "%s %s", p->subject->base, p->subject->user);
    if (!str_equal(cursor_get(p->session, SESSION_OWNER), buf_str(&owner)))
        cursor_clear(p->session);
    cursor_set(p->session, SESSION_OWNER, buf_str(&owner));
    buf_free(&owner);
}

void back_page(struct poll *p, struct str newest, struct str next)
{
    struct cursor *c = p->cursor;
    if (cursor_get(c, "newest").len == 0)
        cursor_set(c, "newest", newest);
    cursor_set(c, "before", next);
    if (next.len > 0)
        return;
    if (cursor_get(c, "newest").len > 0) {
        char *since = mem_string(cursor_get(c, "newest"));
        cursor_set(c, "since", str_of(since));
        cursor_set(c, "start", STR(""));
        free(since);
    }
    cursor_set(c, "newest", STR(""));
    cursor_set(c, "oldest", STR(""));
}
