/*
 * Comments on videos as YouTube's Data API tells them
 * (https://developers.google.com/youtube/v3/docs/commentThreads): threads with the
 * replies that came along, and lists of comments. A reply names its thread's comment but
 * not always its video, which then is the thread's.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"

enum snippet_member {
    AUTHOR_NAME,
    AUTHOR_CHANNEL,
    VIDEO_ID,
    PARENT_ID,
    TEXT_ORIGINAL,
    TEXT_DISPLAY,
    LIKE_COUNT,
    PUBLISHED_AT,
    UPDATED_AT,
    SNIPPET_MEMBERS
};

static const char *const snippet_members[] = {
    [AUTHOR_NAME] = "authorDisplayName",
    [AUTHOR_CHANNEL] = "authorChannelId",
    [VIDEO_ID] = "videoId",
    [PARENT_ID] = "parentId",
    [TEXT_ORIGINAL] = "textOriginal",
    [TEXT_DISPLAY] = "textDisplay",
    [LIKE_COUNT] = "likeCount",
    [PUBLISHED_AT] = "publishedAt",
    [UPDATED_AT] = "updatedAt",
    [SNIPPET_MEMBERS] = NULL,
};

/* What a comment takes from the thread in which it stands. */
struct thread {
    struct str video, parent;
    int64_t replies;
};

/* Since 2022 the name that is shown is the handle. */
static void take_author(struct source *s, const struct str *snippet)
{
    struct entry *post = &s->entry;
    post->author.id = source_member(s, snippet[AUTHOR_CHANNEL], "value");
    post->author.name = arena_json(&s->arena, snippet[AUTHOR_NAME]);
    if (str_starts(post->author.name, STR("@")))
        post->author.handle = str_from(post->author.name, 1);
}

static struct str text_of(struct source *s, const struct str *snippet)
{
    if (value_type(snippet[TEXT_ORIGINAL]) == VALUE_STRING)
        return arena_json(&s->arena, snippet[TEXT_ORIGINAL]);
    return source_html(s, arena_json(&s->arena, snippet[TEXT_DISPLAY]),
                       STR("https://www.youtube.com/"));
}

static struct str address(struct source *s, struct str video, struct str id)
{
    if (video.len == 0)
        return (struct str){NULL, 0};
    return ARENA_JOIN(&s->arena, STR("https://www.youtube.com/watch?v="), video, STR("&lc="), id);
}

static struct str else_of(struct str own, struct str otherwise)
{
    return own.len > 0 ? own : otherwise;
}

static bool convert_comment(struct source *s, void *context, struct str comment, struct err *e)
{
    const struct thread *thread = context;
    struct entry *post = &s->entry;
    struct str snippet[SNIPPET_MEMBERS];
    source_pick(value_member(comment, "snippet"), snippet_members, snippet);
    entry_reset(post);
    post->id = source_member(s, comment, "id");
    if (post->id.len == 0 || (value_type(snippet[TEXT_ORIGINAL]) != VALUE_STRING &&
                              value_type(snippet[TEXT_DISPLAY]) != VALUE_STRING))
        return err_set(e, "a comment of YouTube's has no id or no text");
    post->thread = else_of(arena_json(&s->arena, snippet[VIDEO_ID]), thread->video);
    post->url = address(s, post->thread, post->id);
    post->time = date_parse_json(snippet[PUBLISHED_AT]);
    post->edited = date_parse_json(snippet[UPDATED_AT]);
    if (post->edited == post->time)
        post->edited = CLOCK_UNKNOWN;
    take_author(s, snippet);
    post->text = text_of(s, snippet);
    post->reply_to = else_of(arena_json(&s->arena, snippet[PARENT_ID]), thread->parent);
    post->metrics[ENTRY_LIKES] = entry_count(snippet[LIKE_COUNT]);
    post->metrics[ENTRY_REPLIES] = thread->replies;
    source_write(s, "youtube", "sns");
    return true;
}

/* A thread: its first comment, and those of its replies that came along. */
static bool convert_thread(struct source *s, struct str item, struct err *e)
{
    struct str snippet = value_member(item, "snippet");
    struct thread thread = {.video = source_member(s, snippet, "videoId"),
                            .replies = entry_count(value_member(snippet, "totalReplyCount"))};
    struct err why;
    size_t bad = !convert_comment(s, &thread, value_member(snippet, "topLevelComment"), e);
    struct str replies = value_member(value_member(item, "replies"), "comments");
    thread.parent = source_member(s, item, "id");
    thread.replies = ENTRY_UNKNOWN;
    if (!source_each(s, replies, &thread, convert_comment, &why))
        source_fault(s, &bad, &why, e);
    return bad == 0;
}

static bool convert_item(struct source *s, void *context, struct str item, struct err *e)
{
    struct thread none = {.replies = ENTRY_UNKNOWN};
    (void)context;
    if (value_member(value_member(item, "snippet"), "topLevelComment").ptr != NULL)
        return convert_thread(s, item, e);
    return convert_comment(s, &none, item, e);
}

static bool youtube_claims(const struct record *object)
{
    const struct str *marks = object->member;
    return str_starts(marks[MARK_KIND], STR("\"youtube#"));
}

static bool youtube_convert(struct source *s, struct str value, struct err *e)
{
    struct str kind = source_member(s, value, "kind"), items = value_member(value, "items");
    if (kind.len > 0 && !str_starts(kind, STR("youtube#comment")))
        return err_set(e, "an answer of YouTube's that holds no comments");
    if (value_type(items) == VALUE_ARRAY)
        return source_each(s, items, NULL, convert_item, e);
    return convert_item(s, NULL, value, e);
}

const struct source_format source_youtube = {
    .name = "youtube",
    .what = "comments and their threads from the YouTube Data API",
    .input = SOURCE_JSON,
    .claims = youtube_claims,
    .convert = youtube_convert,
};
