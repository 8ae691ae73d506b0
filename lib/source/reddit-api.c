/*
 * Reddit: submissions by a query. Listings come newest first and are paged back by the
 * name of the last submission. Names count up in base 36, so a poll ends where one is
 * not above the newest of the poll before; what a moderator let through late comes below
 * it, and is read where it stands on the same page.
 *
 * The application's token lasts a day and is renewed a minute before it ends.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/networks.h"

#define PAGE   100
#define BATCH  100
#define MARGIN 60
#define SHOWN  900 /* submissions; a listing that ends behind more may be cut off: at 1000 */
#define WEEK   (7 * 86400)

enum stage { STAGE_BEGIN, STAGE_TOKEN, STAGE_PAGES, STAGE_END };

static const struct network_key keys[] = {
    {.name = "query", .shape = KEY_TEXT, .needed = true},
    {.name = "subreddit", .shape = KEY_TEXT},
    {.name = "token-base", .shape = KEY_URL, .otherwise = "https://www.reddit.com", .manner = true},
    {.name = NULL},
};

/* ---- the token ---- */

static bool has_token(struct poll *p)
{
    session_check(p);
    return cursor_get(p->session, "token").len > 0 &&
           cursor_number(p->session, "until", 0) - MARGIN > p->now;
}

static void ask_token(struct poll *p)
{
    request_begin(&p->request, subject_text(p->subject, "token-base"));
    request_path(&p->request, "/api/v1/access_token");
    request_basic(&p->request, str_of(p->subject->user), p->subject->secret);
    request_form(&p->request, "grant_type", STR("client_credentials"));
    p->stage = STAGE_TOKEN;
}

static bool read_token(struct poll *p, const struct answer *a, struct err *e)
{
    struct buf scratch = {0};
    struct str answer = poll_json(a->body, e);
    if (answer.ptr == NULL)
        return false;
    int64_t lasts = value_integer(value_member(answer, "expires_in"), 0);
    struct str token = value_string(value_member(answer, "access_token"), &scratch);
    bool given = token.len > 0 && lasts > MARGIN && lasts < INT32_MAX;
    if (given) {
        cursor_set(p->session, "token", token);
        cursor_set_number(p->session, "until", p->now + lasts);
        p->stage = STAGE_PAGES;
    }
    buf_free(&scratch);
    return given || err_set(e, "the answer to the login has no token that lasts");
}

static bool reddit_mend(struct poll *p, const struct answer *a)
{
    if (a->status != 401 || p->stage != STAGE_PAGES)
        return false;
    cursor_set(p->session, "token", STR(""));
    return true;
}

/* ---- pages ---- */

/* The shortest of Reddit's spans that holds all that was not read. */
static const char *span_of(struct poll *p)
{
    int64_t from = cursor_number(p->cursor, "read", CLOCK_UNKNOWN);
    if (cursor_get(p->cursor, "since").len == 0 || from == CLOCK_UNKNOWN)
        from = poll_start(p);
    return from > p->now - WEEK + 86400 ? "week" : "all";
}

static void ask_page(struct poll *p)
{
    const char *subreddit = subject_text(p->subject, "subreddit");
    struct str before = cursor_get(p->cursor, "before");
    struct request *r = &p->request;
    request_begin(r, p->subject->base);
    if (subreddit != NULL) {
        request_path(r, "/r/");
        request_segment(r, str_of(subreddit));
    }
    request_path(r, "/search");
    request_query_text(r, "q", subject_text(p->subject, "query"));
    if (subreddit != NULL)
        request_query_text(r, "restrict_sr", "1");
    request_query_text(r, "sort", "new");
    request_query_text(r, "type", "link");
    request_query_text(r, "t", span_of(p));
    request_query_number(r, "limit", PAGE);
    request_query_text(r, "raw_json", "1");
    if (before.len > 0)
        request_query(r, "after", before);
    request_bearer(r, cursor_get(p->session, "token"));
    p->stage = STAGE_PAGES;
}

static enum step reddit_ask(struct poll *p, struct err *e)
{
    (void)e;
    if (p->stage == STAGE_END)
        return STEP_DONE;
    if (has_token(p))
        ask_page(p);
    else
        ask_token(p);
    return STEP_ASK;
}

/* Is submission a newer than b? By base 36, in which longer is greater. */
static bool is_newer(struct str a, struct str b)
{
    return a.len != b.len ? a.len > b.len : str_compare(a, b) > 0;
}

struct ends {
    struct buf newest, last;
    int64_t last_time;
    size_t count;
};

static void find_ends(struct str children, struct ends *ends)
{
    struct walk w;
    struct str child;
    struct buf scratch = {0};
    walk_begin(&w, children);
    while (walk_next(&w, NULL, &child)) {
        struct str data = value_member(child, "data");
        buf_clear(&scratch);
        struct str name = value_string(value_member(data, "name"), &scratch);
        ends->count++;
        ends->last_time = date_parse_json(value_member(data, "created_utc"));
        if (!str_starts(name, STR("t3_")))
            continue;
        buf_clear(&ends->last);
        buf_add_str(&ends->last, name);
        if (!is_newer(name, buf_str(&ends->newest)))
            continue;
        buf_clear(&ends->newest);
        buf_add_str(&ends->newest, name);
    }
    buf_free(&scratch);
}

/* Is everything behind this page read, or older than a first poll reads? */
static bool is_last(struct poll *p, const struct ends *ends)
{
    struct str since = cursor_get(p->cursor, "since");
    if (since.len == 0)
        return ends->last_time != CLOCK_UNKNOWN && ends->last_time < poll_start(p);
    return ends->last.len > 0 && !is_newer(buf_str(&ends->last), since);
}

static void end_poll(struct poll *p)
{
    cursor_set_number(p->cursor, "read", p->now);
    p->stage = STAGE_END;
}

/* Nothing behind the submission at which a poll goes on: it may have been taken away, so the
 * poll begins anew, once a run. */
static bool lost_its_place(const struct poll *p, size_t count)
{
    return count == 0 && p->item == 0 && cursor_get(p->cursor, "before").len > 0;
}

/* The service shows no more, and what was read before has not come. */
static void tell_cut(struct poll *p, const struct ends *ends, int64_t listed)
{
    int64_t read = cursor_number(p->cursor, "read", CLOCK_UNKNOWN);
    if (listed > SHOWN && cursor_get(p->cursor, "since").len > 0 && read != CLOCK_UNKNOWN &&
        read < ends->last_time)
        poll_gap(p, read, ends->last_time, "the listing ends before what was read");
}

static void note_page(struct poll *p, struct str data, const struct ends *ends)
{
    struct buf scratch = {0};
    struct str next = value_string(value_member(data, "after"), &scratch);
    struct str asked = cursor_get(p->cursor, "before");
    int64_t from = cursor_number(p->cursor, "read", cursor_number(p->cursor, "start", p->now));
    int64_t listed = cursor_number(p->cursor, "listed", 0) + (int64_t)ends->count;
    bool last = is_last(p, ends);
    if (next.len == 0 && !last)
        tell_cut(p, ends, listed);
    if (ends->count == 0 || last || poll_circles(p, asked, next, from))
        next = STR("");
    if (lost_its_place(p, ends->count)) {
        cursor_set(p->cursor, "before", STR(""));
        p->item = 1;
    } else {
        back_page(p, buf_str(&ends->newest), next);
    }
    if (cursor_get(p->cursor, "before").len > 0)
        cursor_set_number(p->cursor, "listed", listed);
    else
        cursor_set(p->cursor, "listed", STR(""));
    if (cursor_get(p->cursor, "before").len == 0 && cursor_get(p->cursor, "newest").len == 0)
        end_poll(p);
    buf_free(&scratch);
}

static bool reddit_read(struct poll *p, const struct answer *a, struct err *e)
{
    if (p->stage == STAGE_TOKEN)
        return read_token(p, a, e);
    struct str page = poll_json(a->body, e);
    if (page.ptr == NULL)
        return false;
    struct str data = value_member(page, "data"), children = value_member(data, "children");
    if (value_type(children) != VALUE_ARRAY)
        return err_set(e, "the answer is no listing of Reddit's");
    if (!poll_take(p, page, e))
        return false;
    struct ends ends = {.last_time = CLOCK_UNKNOWN};
    find_ends(children, &ends);
    note_page(p, data, &ends);
    buf_free(&ends.newest);
    buf_free(&ends.last);
    return true;
}

static enum step reddit_refresh(struct poll *p, const struct str *ids, size_t count, struct err *e)
{
    (void)e;
    p->preparing = !has_token(p);
    if (p->preparing) {
        ask_token(p);
        return STEP_ASK;
    }
    request_begin(&p->request, p->subject->base);
    request_path(&p->request, "/api/info");
    request_query_ids(&p->request, "id", ids, count);
    request_query_text(&p->request, "raw_json", "1");
    request_bearer(&p->request, cursor_get(p->session, "token"));
    return STEP_ASK;
}

const struct network network_reddit = {
    .kind = "reddit",
    .what = "Reddit: submissions by a query",
    .format = &source_reddit,
    .base = "https://oauth.reddit.com",
    .keys = keys,
    .wants_user = true,
    .wants_secret = true,
    .overlaps = true,
    .every = 300,
    .least = 1,
    .ask = reddit_ask,
    .read = reddit_read,
    .mend = reddit_mend,
    .refresh_batch = BATCH,
    .refresh = reddit_refresh,
};
