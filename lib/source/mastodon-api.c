/*
 * Mastodon and its kin: the timeline of a tag, or a search.
 *
 * A timeline is read forward: min_id gives the page just above an id, so nothing falls
 * between pages, and each page moves `since`. Only a first poll pages back. A post of
 * another server gets an id by the time at which it was written there and may come in
 * below ids that were read; so every ten minutes a poll sweeps: it begins some minutes
 * under the newest one. Servers that are no Mastodon have ids without order: there the
 * order in the page counts.
 *
 * A search gives the newest first and is paged back. It wants a token.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/networks.h"

#define PAGE    40
#define SWEEP   600  /* seconds between sweeps */
#define OVERLAP 1200 /* how far they reach: posts that come SWEEP too late are found */

enum stage { STAGE_BEGIN, STAGE_END };

static const char *const yes_no[] = {"yes", "no", NULL};

static const struct network_key keys[] = {
    {.name = "instance", .shape = KEY_URL, .needed = true},
    {.name = "tag", .shape = KEY_TEXT},
    {.name = "query", .shape = KEY_TEXT},
    {.name = "any", .shape = KEY_LIST},
    {.name = "all", .shape = KEY_LIST},
    {.name = "none", .shape = KEY_LIST},
    {.name = "local", .shape = KEY_CHOICE, .otherwise = "no", .choices = yes_no},
    {.name = NULL},
};

static bool is_search(const struct poll *p)
{
    return subject_text(p->subject, "query") != NULL;
}

/* ---- ids ---- */

static bool is_decimal(struct str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] < '0' || id.ptr[i] > '9')
            return false;
    return id.len > 0;
}

/* Is a above b? Without numbers whatever is not the same counts as above. */
static bool is_above(struct str a, struct str b)
{
    if (is_decimal(a) && is_decimal(b))
        return id_compare(a, b) > 0;
    return !str_equal(a, b);
}

/* The id that a post of OVERLAP before this one has: Mastodon's count milliseconds in
 * steps of 65536. Ids of another kind stay as they are. */
static void add_id_before(struct buf *to, struct str id)
{
    char *text = mem_string(id);
    if (is_decimal(id) && (id.len == 17 || id.len == 18))
        buf_addf(to, "%lld", strtoll(text, NULL, 10) - OVERLAP * 1000LL * 65536);
    else
        buf_add_str(to, id);
    free(text);
}

static bool must_sweep(const struct poll *p)
{
    return is_search(p) || p->now - cursor_number(p->cursor, "swept", 0) >= SWEEP;
}

/* The id above which posts are asked for. */
static void add_begin_id(const struct poll *p, struct buf *to)
{
    struct str since = cursor_get(p->cursor, "since"), page = cursor_get(p->cursor, "page");
    if (page.len > 0)
        buf_add_str(to, page);
    else if (must_sweep(p))
        add_id_before(to, since);
    else
        buf_add_str(to, since);
}

/* ---- asking ---- */

static void begin(struct poll *p, const char *path)
{
    struct str instance = str_of(subject_text(p->subject, "instance"));
    while (str_ends(instance, STR("/")))
        instance.len--;
    char *base = mem_string(instance);
    request_begin(&p->request, base);
    request_path(&p->request, path);
    free(base);
    if (p->subject->secret.len > 0)
        request_bearer(&p->request, p->subject->secret);
}

static void ask_what(struct poll *p)
{
    struct request *r = &p->request;
    const struct subject *s = p->subject;
    if (is_search(p)) {
        begin(p, "/api/v2/search");
        request_query_text(r, "type", "statuses");
        request_query_text(r, "q", subject_text(s, "query"));
        return;
    }
    const char *tag = subject_text(s, "tag");
    begin(p, "/api/v1/timelines/tag/");
    request_segment(r, str_of(tag[0] == '#' ? tag + 1 : tag));
    request_query_list(r, "any[]", subject_text(s, "any"));
    request_query_list(r, "all[]", subject_text(s, "all"));
    request_query_list(r, "none[]", subject_text(s, "none"));
    if (subject_is(s, "local", "yes"))
        request_query_text(r, "local", "true");
}

static enum step mastodon_ask(struct poll *p, struct err *e)
{
    struct str before = cursor_get(p->cursor, "before");
    struct buf since = {0};
    if (p->stage == STAGE_END)
        return STEP_DONE;
    if (is_search(p) && p->subject->secret.len == 0) {
        err_set(e, "a search wants a token: secret-env or secret-file");
        return STEP_FAILED;
    }
    add_begin_id(p, &since);
    ask_what(p);
    request_query_number(&p->request, "limit", PAGE);
    if (since.len > 0)
        request_query(&p->request, "min_id", buf_str(&since));
    if (before.len > 0)
        request_query(&p->request, "max_id", before);
    buf_free(&since);
    return STEP_ASK;
}

/* ---- reading ---- */

/* The ends of a page. Ids are texts of the arena's, or numbers as they are spelled. */
struct ends {
    struct str newest, oldest;
    int64_t last; /* time of the last status */
    size_t count;
};

static void find_ends(struct str statuses, struct ends *ends, struct arena *arena)
{
    struct walk w;
    struct str status;
    *ends = (struct ends){.last = CLOCK_UNKNOWN};
    walk_begin(&w, statuses);
    while (walk_next(&w, NULL, &status)) {
        struct str raw = value_member(status, "id");
        struct str id = value_type(raw) == VALUE_NUMBER ? raw : arena_json(arena, raw);
        ends->count++;
        ends->last = date_parse_json(value_member(status, "created_at"));
        if (id.len == 0)
            continue;
        bool first = ends->newest.len == 0, numbers = is_decimal(id);
        if (first || (numbers && is_decimal(ends->newest) && is_above(id, ends->newest)))
            ends->newest = id;
        if (first || !numbers || !is_decimal(ends->oldest) || is_above(ends->oldest, id))
            ends->oldest = id;
    }
}

static void read_back(struct poll *p, const struct ends *ends)
{
    struct str since = cursor_get(p->cursor, "since"), next = ends->oldest;
    struct buf bound = {0};
    add_id_before(&bound, since);
    bool first = since.len == 0;
    bool old = first && ends->last != CLOCK_UNKNOWN && ends->last < poll_start(p);
    bool met = !first && next.len > 0 && !is_above(next, buf_str(&bound));
    if (ends->count == 0 || p->page.fresh == 0 || old || met)
        next = STR("");
    back_page(p, ends->newest, next);
    if (next.len == 0) {
        cursor_set_number(p->cursor, "swept", p->now);
        p->stage = STAGE_END;
    }
    buf_free(&bound);
}

static void read_forward(struct poll *p, const struct ends *ends)
{
    struct buf asked = {0};
    add_begin_id(p, &asked);
    bool moved = ends->newest.len > 0 && is_above(ends->newest, buf_str(&asked));
    buf_free(&asked);
    if (cursor_get(p->cursor, "page").len == 0 && must_sweep(p))
        cursor_set(p->cursor, "sweep", STR("yes"));
    if (moved && is_above(ends->newest, cursor_get(p->cursor, "since")))
        cursor_set(p->cursor, "since", ends->newest);
    cursor_set(p->cursor, "page", moved ? ends->newest : STR(""));
    if (moved)
        return;
    if (cursor_get(p->cursor, "sweep").len > 0)
        cursor_set_number(p->cursor, "swept", p->now);
    cursor_set(p->cursor, "sweep", STR(""));
    p->stage = STAGE_END;
    if (ends->count == 0)
        return;
    p->faulty = true;
    err_set(&p->fault, "the server does not page forward (min_id): posts may be missing");
}

static bool mastodon_read(struct poll *p, const struct answer *a, struct err *e)
{
    struct str page = poll_json(a->body, e);
    if (page.ptr == NULL)
        return false;
    struct str statuses = is_search(p) ? value_member(page, "statuses") : page;
    if (value_type(statuses) != VALUE_ARRAY)
        return err_set(e, "the answer is no page of Mastodon's");
    if (!poll_take(p, page, e))
        return false;
    struct arena arena = {0};
    struct ends ends;
    find_ends(statuses, &ends, &arena);
    if (is_search(p) || cursor_get(p->cursor, "since").len == 0)
        read_back(p, &ends);
    else
        read_forward(p, &ends);
    arena_free(&arena);
    return true;
}

/* ---- reading again ---- */

/* The id that the instance itself knows a status by; empty where there is none. */
static struct str local_id(struct str id)
{
    struct str activity = STR("/activity"); /* of a boost */
    if (str_ends(id, activity))
        id.len -= activity.len;
    size_t at = id.len;
    while (at > 0 && id.ptr[at - 1] != '/')
        at--;
    struct str last = str_from(id, at);
    for (size_t i = 0; i < last.len; i++)
        if (strchr("?#&=", last.ptr[i]) != NULL)
            return STR("");
    return last;
}

static bool mastodon_owns(const struct subject *s, struct str id)
{
    return local_id(id).len > 0 && url_same_origin(id, str_of(subject_text(s, "instance")));
}

static enum step mastodon_refresh(struct poll *p, const struct str *ids, size_t count,
                                  struct err *e)
{
    if (count != 1 || !mastodon_owns(p->subject, ids[0])) {
        err_set(e, "%s can only tell of its own posts", subject_text(p->subject, "instance"));
        return STEP_FAILED;
    }
    begin(p, "/api/v1/statuses/");
    request_segment(&p->request, local_id(ids[0]));
    return STEP_ASK;
}

static bool mastodon_check(const struct subject *s, struct err *e)
{
    const char *tag = subject_text(s, "tag"), *query = subject_text(s, "query");
    if ((tag == NULL) == (query == NULL))
        return err_set(e, "either tag or query must be given");
    bool lists = subject_text(s, "any") != NULL || subject_text(s, "all") != NULL ||
                 subject_text(s, "none") != NULL;
    if (query != NULL && lists)
        return err_set(e, "any, all and none go with tag, not with query");
    return true;
}

const struct network network_mastodon = {
    .kind = "mastodon",
    .what = "Mastodon: posts by a tag or a query",
    .format = &source_mastodon,
    .keys = keys,
    .overlaps = true,
    .every = 300,
    .least = 1,
    .check = mastodon_check,
    .ask = mastodon_ask,
    .read = mastodon_read,
    .refresh_batch = 1,
    .refresh = mastodon_refresh,
    .owns = mastodon_owns,
};
