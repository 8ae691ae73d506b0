/*
 * Bluesky's views of posts (the lexicons app.bsky.feed.*, https://docs.bsky.app): single
 * ones, pages of posts, feeds with their reposts. Tags, mentions and links stand beside
 * the text as facets that count its bytes; the author's program writes them, and nobody
 * checks that they fit.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"

enum view_member {
    URI,
    AUTHOR,
    RECORD,
    EMBED,
    INDEXED_AT,
    LIKE_COUNT,
    REPOST_COUNT,
    REPLY_COUNT,
    QUOTE_COUNT,
    VIEW_MEMBERS
};

static const char *const view_members[] = {
    [URI] = "uri",
    [AUTHOR] = "author",
    [RECORD] = "record",
    [EMBED] = "embed",
    [INDEXED_AT] = "indexedAt",
    [LIKE_COUNT] = "likeCount",
    [REPOST_COUNT] = "repostCount",
    [REPLY_COUNT] = "replyCount",
    [QUOTE_COUNT] = "quoteCount",
    [VIEW_MEMBERS] = NULL,
};

enum record_member { TEXT, CREATED_AT, FACETS, TAGS, LANGS, REPLY, OWN_EMBED, POST_MEMBERS };

static const char *const record_members[] = {
    [TEXT] = "text",   [CREATED_AT] = "createdAt", [FACETS] = "facets",   [TAGS] = "tags",
    [LANGS] = "langs", [REPLY] = "reply",          [OWN_EMBED] = "embed", [POST_MEMBERS] = NULL,
};

/* ---- the author ---- */

/* Whose name its server no longer vouches for is shown under this one. */
static bool is_handle(struct str handle)
{
    return handle.len > 0 && !str_is(handle, "handle.invalid");
}

static void take_author(struct source *s, struct str author)
{
    struct entry *post = &s->entry;
    post->author.id = source_member(s, author, "did");
    struct str handle = source_member(s, author, "handle");
    if (is_handle(handle))
        post->author.handle = handle;
    post->author.name = source_member(s, author, "displayName");
    struct str status = source_member(s, value_member(author, "verification"), "verifiedStatus");
    if (status.len > 0)
        post->author.verified = str_is(status, "valid");
}

/* at://DID/app.bsky.feed.post/KEY is read on the author's page. */
static struct str address(struct source *s, struct str author, struct str uri)
{
    const struct str collection = STR("/app.bsky.feed.post/");
    struct str owner = source_member(s, author, "handle");
    ptrdiff_t at = str_find(uri, collection);
    if (!is_handle(owner))
        owner = source_member(s, author, "did");
    if (at < 0 || owner.len == 0)
        return (struct str){NULL, 0};
    return ARENA_JOIN(&s->arena, STR("https://bsky.app/profile/"), owner, STR("/post/"),
                      str_from(uri, (size_t)at + collection.len));
}

/* ---- facets ---- */

/* The part of the text that a facet is about; empty where it is none. */
static struct str span_of(struct str text, struct str facet)
{
    struct str index = value_member(facet, "index");
    int64_t start = value_integer(value_member(index, "byteStart"), -1);
    int64_t end = value_integer(value_member(index, "byteEnd"), -1);
    if (start < 0 || end <= start || (uint64_t)end > text.len)
        return (struct str){NULL, 0};
    return (struct str){text.ptr + start, (size_t)(end - start)};
}

/* The handle in a span of text that is `@handle` and nothing else. */
static struct str handle_in(struct str span)
{
    if (!str_starts(span, STR("@")))
        return (struct str){NULL, 0};
    struct str handle = str_from(span, 1);
    for (size_t i = 0; i < handle.len; i++) {
        char c = handle.ptr[i];
        bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '.' || c == '-';
        if (!fits)
            return (struct str){NULL, 0};
    }
    return handle;
}

static void take_facet(struct source *s, struct str facet)
{
    struct entry *post = &s->entry;
    struct walk w;
    struct str feature;
    walk_begin(&w, value_member(facet, "features"));
    while (walk_next(&w, NULL, &feature)) {
        struct str type = source_member(s, feature, "$type");
        if (str_is(type, "app.bsky.richtext.facet#tag")) {
            entry_add(&post->tags, source_member(s, feature, "tag"));
        } else if (str_is(type, "app.bsky.richtext.facet#link")) {
            entry_add(&post->links, source_member(s, feature, "uri"));
        } else if (str_is(type, "app.bsky.richtext.facet#mention")) {
            struct str handle = handle_in(span_of(post->text, facet));
            entry_add(&post->mentions, handle.len > 0 ? handle : source_member(s, feature, "did"));
        }
    }
}

/* ---- embeds ---- */

static void take_images(struct source *s, struct str images)
{
    struct walk w;
    struct str image;
    walk_begin(&w, images);
    while (walk_next(&w, NULL, &image)) {
        struct str url = source_member(s, image, "fullsize");
        if (url.len == 0)
            url = source_member(s, image, "thumb");
        entry_add_media(&s->entry, "image", url, source_member(s, image, "alt"));
    }
}

/* Pictures, a film, a page: each embed has the members of one of them. */
static void take_media(struct source *s, struct str embed)
{
    take_images(s, value_member(embed, "images"));
    take_images(s, value_member(embed, "items"));
    entry_add_media(&s->entry, "video", source_member(s, embed, "playlist"),
                    source_member(s, embed, "alt"));
    entry_add(&s->entry.links, source_member(s, value_member(embed, "external"), "uri"));
}

/* Posts are quoted; so are lists, feeds and accounts, which are no posts. */
static void take_quote(struct source *s, struct str record)
{
    struct str uri = source_member(s, record, "uri");
    if (str_find(uri, STR("/app.bsky.feed.post/")) >= 0)
        s->entry.quote_of = uri;
}

/* A record with media has another `record` around the record. */
static void take_embed(struct source *s, struct str embed)
{
    struct str record = value_member(embed, "record");
    struct str within = value_member(record, "record");
    take_media(s, embed);
    take_media(s, value_member(embed, "media"));
    take_quote(s, value_type(within) == VALUE_OBJECT ? within : record);
}

/* ---- posts ---- */

static void take_record(struct source *s, const struct str *record)
{
    struct entry *post = &s->entry;
    struct walk w;
    struct str element, first = {NULL, 0};
    post->text = arena_json(&s->arena, record[TEXT]);
    walk_begin(&w, record[LANGS]);
    walk_next(&w, NULL, &first);
    post->lang = arena_json(&s->arena, first);
    walk_begin(&w, record[FACETS]);
    while (walk_next(&w, NULL, &element))
        take_facet(s, element);
    source_list(s, &post->tags, record[TAGS], NULL);
    post->reply_to = source_member(s, value_member(record[REPLY], "parent"), "uri");
    post->thread = source_member(s, value_member(record[REPLY], "root"), "uri");
}

static void take_metrics(struct entry *post, const struct str *view)
{
    static const enum view_member counts[] = {
        [ENTRY_LIKES] = LIKE_COUNT,
        [ENTRY_REPOSTS] = REPOST_COUNT,
        [ENTRY_REPLIES] = REPLY_COUNT,
        [ENTRY_QUOTES] = QUOTE_COUNT,
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        post->metrics[i] = entry_count(view[counts[i]]);
}

/* createdAt is what the author's program claims: not later than it was seen. */
static int64_t time_of(struct str created, struct str indexed)
{
    int64_t claim = date_parse_json(created), seen = date_parse_json(indexed);
    return claim == CLOCK_UNKNOWN || (seen != CLOCK_UNKNOWN && seen < claim) ? seen : claim;
}

/* Makes of the post at hand that somebody repeats it. Likes, and what it answers and
 * quotes, are the original's, so they go. */
static void take_repost(struct source *s, struct str reason)
{
    struct entry *post = &s->entry;
    struct str by = value_member(reason, "by");
    post->repost_of = post->id;
    post->id = source_member(s, reason, "uri");
    if (post->id.len == 0)
        post->id = ARENA_JOIN(&s->arena, post->repost_of, STR("#"), source_member(s, by, "did"));
    post->time = date_parse_json(value_member(reason, "indexedAt"));
    post->reply_to = post->thread = post->quote_of = (struct str){NULL, 0};
    post->author.handle = (struct str){NULL, 0};
    post->author.verified = ENTRY_UNKNOWN;
    take_author(s, by);
    for (size_t i = 0; i < ENTRY_METRICS; i++)
        post->metrics[i] = ENTRY_UNKNOWN;
}

static bool convert_view(struct source *s, struct str object, struct str reason, struct err *e)
{
    struct entry *post = &s->entry;
    struct str view[VIEW_MEMBERS], record[POST_MEMBERS];
    source_pick(object, view_members, view);
    source_pick(view[RECORD], record_members, record);
    entry_reset(post);
    post->id = arena_json(&s->arena, view[URI]);
    if (post->id.len == 0 || value_type(record[TEXT]) != VALUE_STRING)
        return err_set(e, "an object of Bluesky's is no post: it has no uri or no text");
    post->url = address(s, view[AUTHOR], post->id);
    post->time = time_of(record[CREATED_AT], view[INDEXED_AT]);
    take_author(s, view[AUTHOR]);
    take_record(s, record);
    take_embed(s, value_type(view[EMBED]) == VALUE_OBJECT ? view[EMBED] : record[OWN_EMBED]);
    take_metrics(post, view);
    if (str_is(source_member(s, reason, "$type"), "app.bsky.feed.defs#reasonRepost"))
        take_repost(s, reason);
    source_write(s, "bluesky", "sns");
    return true;
}

/* An item of a feed, with the reason why it is there, or a post by itself. */
static bool convert_item(struct source *s, void *context, struct str item, struct err *e)
{
    (void)context;
    struct str post = value_member(item, "post"), none = {NULL, 0};
    if (value_type(post) == VALUE_OBJECT)
        return convert_view(s, post, value_member(item, "reason"), e);
    return convert_view(s, item, none, e);
}

/* ---- pages ---- */

static bool is_view(struct str value)
{
    return value_type(value_member(value, "uri")) == VALUE_STRING &&
           value_type(value_member(value, "record")) == VALUE_OBJECT;
}

static bool is_item(struct str value)
{
    return is_view(value_member(value, "post"));
}

/* Others' pages have `posts` and `feed` too: what stands on them tells, or else beside. */
static bool is_page(const struct record *object)
{
    static const char *const names[] = {"posts", "feed", "cursor", "hitsTotal", "uri", "cid", NULL};
    struct str posts = object->member[MARK_POSTS], feed = object->member[MARK_FEED];
    struct str page = posts.ptr != NULL ? posts : feed;
    bool nothing = value_type(page) == VALUE_ARRAY && value_empty(page);
    return nothing ? source_has_only(object->line, names)
                   : source_has_some(posts, is_view) || source_has_some(feed, is_item);
}

static bool bluesky_claims(const struct record *object)
{
    const struct str *marks = object->member;
    bool view = value_type(marks[MARK_URI]) == VALUE_STRING &&
                value_type(marks[MARK_RECORD]) == VALUE_OBJECT;
    return !record_is_likely(object) && (view || is_view(marks[MARK_POST]) || is_page(object));
}

static bool bluesky_convert(struct source *s, struct str value, struct err *e)
{
    static const char *const pages[] = {"posts", "feed"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct str page = value_member(value, pages[i]);
        if (value_type(page) == VALUE_ARRAY)
            return source_each(s, page, NULL, convert_item, e);
    }
    return convert_item(s, NULL, value, e);
}

const struct source_format source_bluesky = {
    .name = "bluesky",
    .what = "posts, searches and feeds of Bluesky",
    .input = SOURCE_JSON,
    .claims = bluesky_claims,
    .convert = bluesky_convert,
};
