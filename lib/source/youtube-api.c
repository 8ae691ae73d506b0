/*
 * YouTube: comments under a video, or under all videos of a channel. Threads come newest
 * first and are paged back until a page brings nothing new. A thread brings a few of its
 * replies; where there are more than it brings and than there were, all are asked for:
 * these threads wait in a queue, which outlives the poll.
 *
 * A reply does not bring its thread back to the top, so replies under threads that have
 * left the first page, which each poll reads, are not seen.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/networks.h"

#define PAGE      100
#define BATCH     50
#define QUEUE_MAX 200 /* threads that wait */
#define COUNT_MAX 300 /* threads whose number of replies is remembered */

enum stage { STAGE_BEGIN, STAGE_REPLIES, STAGE_END };

static const struct network_key keys[] = {
    {.name = "video", .shape = KEY_TEXT},
    {.name = "channel", .shape = KEY_TEXT},
    {.name = NULL},
};

static void begin(struct poll *p, const char *path, const char *part)
{
    request_begin(&p->request, p->subject->base);
    request_path(&p->request, path);
    request_query_text(&p->request, "part", part);
    request_query_text(&p->request, "textFormat", "plainText");
    request_header(&p->request, "X-Goog-Api-Key", p->subject->secret);
}

/* ---- the queue: `THREAD/VIDEO`, and what is remembered: `THREAD/REPLIES` ---- */

/* What stands behind a name in a list of pairs; ptr NULL: it is not there. */
static struct str pair_find(struct str list, struct str name)
{
    while (list.len > 0) {
        struct str value, pair = str_cut(list, ' ', &list);
        if (str_equal(str_cut(pair, '/', &value), name))
            return value;
    }
    return (struct str){NULL, 0};
}

/* Remembers how many replies a thread has, in front of the others; the last ones over the
 * limit are forgotten. */
static void count_put(struct cursor *c, struct str name, struct str value)
{
    struct buf list = {0};
    struct str rest = cursor_get(c, "counts"), ignored;
    buf_add_str(&list, name);
    buf_add_char(&list, '/');
    buf_add_str(&list, value);
    for (size_t count = 1; rest.len > 0 && count < COUNT_MAX; count++) {
        struct str pair = str_cut(rest, ' ', &rest);
        if (str_equal(str_cut(pair, '/', &ignored), name))
            continue;
        buf_add_char(&list, ' ');
        buf_add_str(&list, pair);
    }
    cursor_set(c, "counts", buf_str(&list));
    buf_free(&list);
}

static size_t pair_count(struct str list)
{
    size_t count = 0;
    for (struct str rest = list; rest.len > 0; count++)
        str_cut(rest, ' ', &rest);
    return count;
}

/* Lets a thread wait behind the others; false where there are too many. */
static bool queue_add(struct poll *p, struct str thread, struct str video)
{
    struct str queue = cursor_get(p->cursor, "queue");
    struct buf longer = {0};
    if (pair_find(queue, thread).ptr != NULL)
        return true;
    if (pair_count(queue) >= QUEUE_MAX)
        return false;
    buf_add_str(&longer, queue);
    buf_add_text(&longer, queue.len > 0 ? " " : "");
    buf_add_str(&longer, thread);
    buf_add_char(&longer, '/');
    buf_add_str(&longer, video);
    cursor_set(p->cursor, "queue", buf_str(&longer));
    buf_free(&longer);
    return true;
}

/* The thread whose turn it is, and its video. */
static struct str queue_head(const struct poll *p, struct str *video)
{
    struct str rest;
    return str_cut(str_cut(cursor_get(p->cursor, "queue"), ' ', &rest), '/', video);
}

static void queue_drop_head(struct poll *p)
{
    struct str rest;
    str_cut(cursor_get(p->cursor, "queue"), ' ', &rest);
    cursor_set(p->cursor, "queue", rest);
    cursor_set(p->cursor, "replies-page", STR(""));
}

/* ---- asking ---- */

static void ask_threads(struct poll *p)
{
    const char *video = subject_text(p->subject, "video");
    const char *channel = subject_text(p->subject, "channel");
    struct str before = cursor_get(p->cursor, "before");
    begin(p, "/commentThreads", "snippet,replies");
    request_query_text(&p->request, video != NULL ? "videoId" : "allThreadsRelatedToChannelId",
                       video != NULL ? video : channel);
    request_query_text(&p->request, "order", "time");
    request_query_number(&p->request, "maxResults", PAGE);
    if (before.len > 0)
        request_query(&p->request, "pageToken", before);
}

static enum step youtube_ask(struct poll *p, struct err *e)
{
    struct str video, thread = queue_head(p, &video);
    struct str token = cursor_get(p->cursor, "replies-page");
    (void)e;
    if (p->stage == STAGE_REPLIES && thread.len == 0)
        p->stage = STAGE_END;
    if (p->stage == STAGE_END)
        return STEP_DONE;
    if (p->stage == STAGE_BEGIN) {
        ask_threads(p);
        return STEP_ASK;
    }
    begin(p, "/comments", "snippet");
    request_query(&p->request, "parentId", thread);
    request_query_number(&p->request, "maxResults", PAGE);
    if (token.len > 0)
        request_query(&p->request, "pageToken", token);
    return STEP_ASK;
}

/* ---- threads ---- */

/* Can it stand in a list of pairs? */
static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(" /\\", text.ptr[i]) != NULL)
            return false;
    return true;
}

/* Queues a thread that has more replies than came along, if they became more. */
static void note_replies(struct poll *p, struct str thread)
{
    struct buf scratch = {0}, number = {0};
    struct str snippet = value_member(thread, "snippet");
    struct str replies = value_member(value_member(thread, "replies"), "comments");
    struct str id = value_string(value_member(thread, "id"), &scratch);
    struct str video = value_string(value_member(snippet, "videoId"), &scratch);
    int64_t total = value_integer(value_member(snippet, "totalReplyCount"), 0);
    buf_addf(&number, "%lld", (long long)total);
    bool more = total > (int64_t)poll_elements(replies);
    struct str known = pair_find(cursor_get(p->cursor, "counts"), id);
    bool wanted = more && id.len > 0 && is_plain(id) && is_plain(video) &&
                  !str_equal(known, buf_str(&number));
    if (wanted && queue_add(p, id, video)) {
        count_put(p->cursor, id, buf_str(&number));
    } else if (wanted) {
        p->faulty = true;
        err_set(&p->fault, "too many threads with replies at once: some are not read whole");
    }
    buf_free(&scratch);
    buf_free(&number);
}

static int64_t thread_time(struct str thread)
{
    struct str first = value_member(value_member(thread, "snippet"), "topLevelComment");
    return date_parse_json(value_member(value_member(first, "snippet"), "publishedAt"));
}

/* Is nothing new to be expected behind this page? A poll that had to begin anew comes
 * by pages that it has read. */
static bool is_last(struct poll *p, int64_t last)
{
    int64_t since;
    if (!clock_parse(cursor_get(p->cursor, "since"), &since))
        return last != CLOCK_UNKNOWN && last < poll_start(p);
    if (cursor_get(p->cursor, "again").len > 0)
        return last != CLOCK_UNKNOWN && last < since;
    return p->page.fresh == 0;
}

static void note_threads(struct poll *p, struct str page)
{
    struct walk w;
    struct str thread;
    struct buf scratch = {0}, newest = {0};
    int64_t last = CLOCK_UNKNOWN, newest_time = CLOCK_UNKNOWN;
    walk_begin(&w, value_member(page, "items"));
    while (walk_next(&w, NULL, &thread)) {
        note_replies(p, thread);
        last = thread_time(thread);
        if (last > newest_time)
            newest_time = last;
    }
    if (newest_time != CLOCK_UNKNOWN)
        clock_format(&newest, newest_time);
    struct str next = value_string(value_member(page, "nextPageToken"), &scratch);
    struct str asked = cursor_get(p->cursor, "before");
    if (is_last(p, last) || poll_circles(p, asked, next, CLOCK_UNKNOWN))
        next = STR("");
    back_page(p, buf_str(&newest), next);
    if (next.len == 0) {
        cursor_set(p->cursor, "again", STR(""));
        p->stage = STAGE_REPLIES;
    }
    buf_free(&scratch);
    buf_free(&newest);
}

/* ---- replies ---- */

/* The page with the video in each comment that does not name it. */
static void add_video(struct buf *to, struct str page, struct str video)
{
    struct walk w;
    struct str item;
    struct json j = {.out = to};
    json_open(&j, '{');
    json_key(&j, "items");
    json_open(&j, '[');
    walk_begin(&w, value_member(page, "items"));
    while (walk_next(&w, NULL, &item)) {
        struct str snippet = value_member(item, "snippet"), key, value;
        struct walk members;
        json_open(&j, '{');
        json_key(&j, "id");
        json_raw(&j, value_member(item, "id"));
        json_key(&j, "snippet");
        json_open(&j, '{');
        json_key(&j, "videoId");
        json_str(&j, video);
        walk_begin(&members, value_type(snippet) == VALUE_OBJECT ? snippet : STR("{}"));
        while (walk_next(&members, &key, &value)) {
            buf_addf(to, ",\"%.*s\":", (int)key.len, key.ptr); /* as it is spelled */
            buf_add_str(to, value);
        }
        json_close(&j, '}');
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

static bool take_replies(struct poll *p, struct str page, struct err *e)
{
    struct str video;
    struct buf named = {0};
    queue_head(p, &video);
    if (video.len > 0)
        add_video(&named, page, video);
    bool done = poll_take(p, video.len > 0 ? buf_str(&named) : page, e);
    buf_free(&named);
    return done;
}

static void note_replies_page(struct poll *p, struct str page)
{
    struct buf scratch = {0};
    struct str next = value_string(value_member(page, "nextPageToken"), &scratch);
    struct str asked = cursor_get(p->cursor, "replies-page");
    if (next.len == 0 || poll_circles(p, asked, next, CLOCK_UNKNOWN))
        queue_drop_head(p);
    else
        cursor_set(p->cursor, "replies-page", next);
    buf_free(&scratch);
}

static bool youtube_read(struct poll *p, const struct answer *a, struct err *e)
{
    struct str page = poll_json(a->body, e);
    if (page.ptr == NULL)
        return false;
    if (value_type(value_member(page, "items")) != VALUE_ARRAY)
        return err_set(e, "the answer is no page of YouTube's comments");
    bool threads = p->stage == STAGE_BEGIN;
    if (threads ? !poll_take(p, page, e) : !take_replies(p, page, e))
        return false;
    if (threads)
        note_threads(p, page);
    else
        note_replies_page(p, page);
    return true;
}

/* A token of a run before that is no longer taken: the poll begins anew. A thread that is
 * gone by now, or takes no replies, leaves the queue. */
static bool youtube_mend(struct poll *p, const struct answer *a)
{
    bool refused = a->status == 400 || a->status == 404;
    if (!refused || p->stage == STAGE_END)
        return false;
    if (p->stage == STAGE_REPLIES) {
        queue_drop_head(p);
        return true;
    }
    if (cursor_get(p->cursor, "before").len == 0 || p->pages > 0)
        return false;
    cursor_set(p->cursor, "before", STR(""));
    cursor_set(p->cursor, "again", STR("yes"));
    return true;
}

static enum step youtube_refresh(struct poll *p, const struct str *ids, size_t count, struct err *e)
{
    (void)e;
    begin(p, "/comments", "snippet");
    request_query_ids(&p->request, "id", ids, count);
    return STEP_ASK;
}

static bool youtube_check(const struct subject *s, struct err *e)
{
    bool video = subject_text(s, "video") != NULL, channel = subject_text(s, "channel") != NULL;
    return video != channel || err_set(e, "either video or channel must be given");
}

const struct network network_youtube = {
    .kind = "youtube",
    .what = "YouTube: comments under a video, or under a channel's videos",
    .format = &source_youtube,
    .base = "https://www.googleapis.com/youtube/v3",
    .keys = keys,
    .wants_secret = true,
    .overlaps = true,
    .every = 900,
    .least = 1,
    .check = youtube_check,
    .ask = youtube_ask,
    .read = youtube_read,
    .mend = youtube_mend,
    .refresh_batch = BATCH,
    .refresh = youtube_refresh,
};
