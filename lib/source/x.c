/*
 * Pages of the X API v2: recent search, timelines, streams, counts. What a page
 * `includes` (authors, referenced posts, media) is found by id through hash tables and
 * joined in; twarc (https://twarc-project.readthedocs.io) may have done that already.
 * Members come in two spellings, tweet… and post…, and either is taken.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/lookup.h"
#include "source/kinds.h"
#include "source/tweet.h"

struct page {
    struct source *s;
    struct lookup users, posts, media;
};

enum post_member {
    ID,
    TEXT,
    NOTE_POST,
    NOTE_TWEET,
    CREATED_AT,
    LANG,
    AUTHOR,
    AUTHOR_ID,
    CONVERSATION_ID,
    REFERENCED_POSTS,
    REFERENCED_TWEETS,
    ENTITIES,
    ATTACHMENTS,
    MEDIA,
    PUBLIC_METRICS,
    POST_MEMBERS
};

static const char *const post_members[] = {
    [ID] = "id",
    [TEXT] = "text",
    [NOTE_POST] = "note_post",
    [NOTE_TWEET] = "note_tweet",
    [CREATED_AT] = "created_at",
    [LANG] = "lang",
    [AUTHOR] = "author",
    [AUTHOR_ID] = "author_id",
    [CONVERSATION_ID] = "conversation_id",
    [REFERENCED_POSTS] = "referenced_posts",
    [REFERENCED_TWEETS] = "referenced_tweets",
    [ENTITIES] = "entities",
    [ATTACHMENTS] = "attachments",
    [MEDIA] = "media",
    [PUBLIC_METRICS] = "public_metrics",
    [POST_MEMBERS] = NULL,
};

/* The newer spelling, else the older one. */
static struct str either(struct str newer, struct str older)
{
    return newer.ptr != NULL ? newer : older;
}

/* ---- one post ---- */

/* The author stands within the post where twarc has put it there. */
static void take_author(struct page *p, struct str author_id, struct str inlined)
{
    struct entry *post = &p->s->entry;
    bool within = value_type(inlined) == VALUE_OBJECT;
    struct str user = within ? inlined : lookup_find(&p->users, author_id);
    post->author.id = author_id;
    post->author.handle = source_member(p->s, user, "username");
    post->author.name = source_member(p->s, user, "name");
    struct str verified = value_member(user, "verified");
    if (value_type(verified) == VALUE_BOOL)
        post->author.verified = value_true(verified);
    struct str metrics = value_member(user, "public_metrics");
    post->author.followers = entry_count(value_member(metrics, "followers_count"));
}

static void take_metrics(struct entry *post, struct str metrics)
{
    struct str reposts =
        either(value_member(metrics, "repost_count"), value_member(metrics, "retweet_count"));
    post->metrics[ENTRY_LIKES] = entry_count(value_member(metrics, "like_count"));
    post->metrics[ENTRY_REPOSTS] = entry_count(reposts);
    post->metrics[ENTRY_REPLIES] = entry_count(value_member(metrics, "reply_count"));
    post->metrics[ENTRY_QUOTES] = entry_count(value_member(metrics, "quote_count"));
    post->metrics[ENTRY_VIEWS] = entry_count(value_member(metrics, "impression_count"));
}

static void take_links(struct page *p, struct str entities)
{
    struct walk w;
    struct str entity;
    walk_begin(&w, value_member(entities, "urls"));
    while (walk_next(&w, NULL, &entity)) {
        if (value_member(entity, "media_key").ptr != NULL)
            continue; /* a picture's own address */
        struct str url = source_member(p->s, entity, "unwound_url");
        if (url.len == 0)
            url = source_member(p->s, entity, "expanded_url");
        entry_add(&p->s->entry.links, url.len > 0 ? url : source_member(p->s, entity, "url"));
    }
}

static void take_entities(struct page *p, struct str entities)
{
    struct entry *post = &p->s->entry;
    source_list(p->s, &post->tags, value_member(entities, "hashtags"), "tag");
    source_list(p->s, &post->mentions, value_member(entities, "mentions"), "username");
    take_links(p, entities);
}

static void take_one_media(struct page *p, struct str media)
{
    struct str type = source_member(p->s, media, "type");
    struct str url = tweet_film(&p->s->arena, value_member(media, "variants"));
    if (url.len == 0)
        url = source_member(p->s, media, "url");
    if (url.len == 0)
        url = source_member(p->s, media, "preview_image_url");
    const char *kind = str_is(type, "photo") ? "image" : "video"; /* animated_gif is one */
    entry_add_media(&p->s->entry, kind, url, source_member(p->s, media, "alt_text"));
}

/* Media that stand within the post. */
static void take_inlined_media(struct page *p, struct str array)
{
    struct walk w;
    struct str media;
    walk_begin(&w, array);
    while (walk_next(&w, NULL, &media))
        take_one_media(p, media);
}

static void take_media(struct page *p, struct str attachments)
{
    take_inlined_media(p, value_member(attachments, "media"));
    struct walk w;
    struct str key;
    walk_begin(&w, value_member(attachments, "media_keys"));
    while (walk_next(&w, NULL, &key)) {
        struct str media = lookup_find(&p->media, arena_id(&p->s->arena, key));
        if (media.ptr != NULL)
            take_one_media(p, media);
    }
}

/* Text, entities and media: of a long post its whole text. */
static void take_content(struct page *p, const struct str *post)
{
    struct str note = either(post[NOTE_POST], post[NOTE_TWEET]);
    struct str whole = tweet_text(&p->s->arena, value_member(note, "text"));
    bool noted = whole.len > 0;
    p->s->entry.text = noted ? whole : tweet_text(&p->s->arena, post[TEXT]);
    if (noted)
        take_entities(p, value_member(note, "entities"));
    take_entities(p, post[ENTITIES]);
    take_media(p, post[ATTACHMENTS]);
    take_inlined_media(p, post[MEDIA]);
}

/* Replies, quotes, reposts. Returns the post that this one repeats, if it is known. */
static struct str take_references(struct page *p, struct str references)
{
    struct entry *post = &p->s->entry;
    struct str reference, original = {NULL, 0};
    struct walk w;
    walk_begin(&w, references);
    while (walk_next(&w, NULL, &reference)) {
        struct str type = source_member(p->s, reference, "type");
        struct str id = arena_id(&p->s->arena, value_member(reference, "id"));
        if (str_is(type, "replied_to")) {
            post->reply_to = id;
        } else if (str_is(type, "quoted")) {
            post->quote_of = id;
        } else if (str_is(type, "retweeted") || str_is(type, "reposted")) {
            post->repost_of = id;
            bool within = value_member(reference, "text").ptr != NULL;
            original = within ? reference : lookup_find(&p->posts, id);
        }
    }
    return original;
}

static bool convert_post(struct page *p, struct str object, struct err *e)
{
    struct entry *post = &p->s->entry;
    struct str member[POST_MEMBERS], repeated[POST_MEMBERS];
    source_pick(object, post_members, member);
    entry_reset(post);
    post->id = arena_id(&p->s->arena, member[ID]);
    if (post->id.len == 0 || value_type(member[TEXT]) != VALUE_STRING)
        return err_set(e, "an object of the X page is no post: it has no id or no text");
    post->time = date_parse_json(member[CREATED_AT]);
    if (post->time == CLOCK_UNKNOWN)
        post->time = tweet_time(post->id);
    post->lang = arena_json(&p->s->arena, member[LANG]);
    take_author(p, arena_id(&p->s->arena, member[AUTHOR_ID]), member[AUTHOR]);
    post->url = tweet_url(&p->s->arena, post->author.handle, post->id);
    post->thread = arena_id(&p->s->arena, member[CONVERSATION_ID]);
    struct str original =
        take_references(p, either(member[REFERENCED_POSTS], member[REFERENCED_TWEETS]));
    if (original.ptr != NULL)
        source_pick(original, post_members, repeated);
    take_content(p, original.ptr != NULL ? repeated : member);
    take_metrics(post, member[PUBLIC_METRICS]);
    source_write(p->s, "x", "sns");
    return true;
}

/* ---- counts ---- */

static struct str count_in(struct str bucket)
{
    return either(value_member(bucket, "post_count"), value_member(bucket, "tweet_count"));
}

static bool convert_count(struct source *s, struct str bucket, struct err *e)
{
    struct kind_count count = {.from = date_parse_json(value_member(bucket, "start")),
                               .to = date_parse_json(value_member(bucket, "end")),
                               .count = entry_count(count_in(bucket))};
    if (count.count < 0)
        return err_set(e, "a count of X is no number");
    kind_write_count(s, "x", &count);
    return true;
}

static bool convert_object(struct source *s, void *context, struct str object, struct err *e)
{
    if (count_in(object).ptr == NULL)
        return convert_post(context, object, e);
    return convert_count(s, object, e);
}

/* ---- pages ---- */

/* What X says in place of data. */
static bool tell_errors(struct source *s, struct str page, struct err *e)
{
    struct walk w;
    struct str first = page;
    walk_begin(&w, value_member(page, "errors"));
    walk_next(&w, NULL, &first);
    struct str detail = arena_json(&s->arena, value_member(first, "detail"));
    if (detail.len == 0)
        detail = arena_json(&s->arena, value_member(first, "message"));
    if (detail.len == 0)
        detail = arena_json(&s->arena, value_member(first, "title"));
    int len = detail.len > 300 ? 300 : (int)detail.len;
    return err_set(e, "X answered with an error: %.*s", len, len > 0 ? detail.ptr : "");
}

/* A post that came without a page. It has a text, as records have. */
static bool is_bare_post(const struct str *marks)
{
    bool signs = value_type(marks[MARK_EDIT_HISTORY_TWEETS]) == VALUE_ARRAY ||
                 value_type(marks[MARK_EDIT_HISTORY_POSTS]) == VALUE_ARRAY ||
                 value_type(marks[MARK_CONVERSATION_ID]) == VALUE_STRING;
    return signs && marks[MARK_KIND].ptr == NULL && tweet_is_id(marks[MARK_ID]) &&
           value_type(marks[MARK_TEXT]) == VALUE_STRING;
}

/* What stands on a page: a post, or a count. */
static bool is_on_page(struct str object)
{
    bool count = count_in(object).ptr != NULL && value_member(object, "start").ptr != NULL;
    return count || (tweet_is_id(value_member(object, "id")) &&
                     value_type(value_member(object, "text")) == VALUE_STRING);
}

/* What a page says of how much is on it. */
static struct str told_count(struct str meta)
{
    struct str posts =
        either(value_member(meta, "total_post_count"), value_member(meta, "total_tweet_count"));
    return either(value_member(meta, "result_count"), posts);
}

/* A page on which nothing is, be it that it says so or that it was lost. */
static bool is_bare_page(const struct record *object)
{
    static const char *const names[] = {"data", "meta", "includes", "errors", "__twarc", NULL};
    return told_count(object->member[MARK_META]).ptr != NULL &&
           value_empty(object->member[MARK_DATA]) && source_has_only(object->line, names);
}

/* An error that is the whole answer (RFC 9457). Others have titles and details, too: the type
 * tells. */
static bool is_problem(struct str object)
{
    struct str type = value_member(object, "type");
    bool named = value_is(type, "about:blank") || str_find(type, STR("/2/problems/")) >= 0;
    return named && value_type(value_member(object, "title")) == VALUE_STRING &&
           value_type(value_member(object, "detail")) == VALUE_STRING;
}

static bool x_claims(const struct record *object)
{
    const struct str *marks = object->member;
    struct str data = marks[MARK_DATA];
    bool errors = value_type(marks[MARK_ERRORS]) == VALUE_ARRAY && !value_empty(marks[MARK_ERRORS]);
    return is_bare_post(marks) ||
           (!record_is_likely(object) &&
            (is_on_page(data) || source_has_some(data, is_on_page) ||
             (errors && data.ptr == NULL) || is_bare_page(object) || is_problem(object->line)));
}

static bool x_convert(struct source *s, struct str value, struct err *e)
{
    struct page page = {.s = s};
    struct str includes = value_member(value, "includes"), data = value_member(value, "data");
    if (value_type(value) != VALUE_OBJECT)
        return err_set(e, "not a page of the X API: not an object");
    if (data.ptr == NULL && value_member(value, "text").ptr != NULL)
        return convert_post(&page, value, e);
    if (data.ptr == NULL && (value_member(value, "errors").ptr != NULL || is_problem(value)))
        return tell_errors(s, value, e);
    if (data.ptr == NULL && value_member(value, "meta").ptr == NULL)
        return err_set(e, "not a page of the X API: it has neither data nor meta");
    if (value_nothing(data) && entry_count(told_count(value_member(value, "meta"))) > 0)
        return err_set(e, "a page of X has lost its data: it tells how many posts it had");
    lookup_add(&page.users, &s->arena, value_member(includes, "users"), "id");
    lookup_add(&page.posts, &s->arena,
               either(value_member(includes, "posts"), value_member(includes, "tweets")), "id");
    lookup_add(&page.media, &s->arena, value_member(includes, "media"), "media_key");
    bool single = value_type(data) == VALUE_OBJECT;
    bool done =
        single ? convert_object(s, &page, data, e) : source_each(s, data, &page, convert_object, e);
    lookup_free(&page.users);
    lookup_free(&page.posts);
    lookup_free(&page.media);
    return done;
}

const struct source_format source_x = {
    .name = "x",
    .what = "pages, streams and counts of the X API v2",
    .input = SOURCE_JSON,
    .claims = x_claims,
    .convert = x_convert,
};
