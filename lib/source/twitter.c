/*
 * Objects of Twitter's interface 1.1: single ones, search results ({statuses: […]}),
 * streams with their notes of deletion, and the archive that an account can ask for
 * ({tweet: {…}}, long ones also {noteTweet: {…}}).
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/kinds.h"
#include "source/tweet.h"

enum tweet_member {
    ID_STR,
    ID,
    TEXT,
    FULL_TEXT,
    EXTENDED_TWEET,
    ENTITIES,
    EXTENDED_ENTITIES,
    RETWEETED_STATUS,
    CREATED_AT,
    LANG,
    USER,
    REPLY_TO_STR,
    REPLY_TO,
    QUOTED_STR,
    QUOTED,
    FAVORITE_COUNT,
    RETWEET_COUNT,
    REPLY_COUNT,
    QUOTE_COUNT,
    TWEET_MEMBERS
};

static const char *const tweet_members[] = {
    [ID_STR] = "id_str",
    [ID] = "id",
    [TEXT] = "text",
    [FULL_TEXT] = "full_text",
    [EXTENDED_TWEET] = "extended_tweet",
    [ENTITIES] = "entities",
    [EXTENDED_ENTITIES] = "extended_entities",
    [RETWEETED_STATUS] = "retweeted_status",
    [CREATED_AT] = "created_at",
    [LANG] = "lang",
    [USER] = "user",
    [REPLY_TO_STR] = "in_reply_to_status_id_str",
    [REPLY_TO] = "in_reply_to_status_id",
    [QUOTED_STR] = "quoted_status_id_str",
    [QUOTED] = "quoted_status_id",
    [FAVORITE_COUNT] = "favorite_count",
    [RETWEET_COUNT] = "retweet_count",
    [REPLY_COUNT] = "reply_count",
    [QUOTE_COUNT] = "quote_count",
    [TWEET_MEMBERS] = NULL,
};

enum user_member {
    USER_ID_STR,
    USER_ID,
    USER_HANDLE,
    USER_NAME,
    USER_FOLLOWERS,
    USER_VERIFIED,
    USER_MEMBERS
};

static const char *const user_members[] = {"id_str",          "id",       "screen_name", "name",
                                           "followers_count", "verified", NULL};

/* Ids stand twice, as a string and as a number, which may have been spoilt. */
static struct str either_id(struct source *s, struct str string, struct str number)
{
    struct str id = arena_id(&s->arena, string);
    return id.len > 0 ? id : arena_id(&s->arena, number);
}

static void take_author(struct source *s, struct str user)
{
    struct entry *post = &s->entry;
    struct str member[USER_MEMBERS];
    source_pick(user, user_members, member);
    post->author.id = either_id(s, member[USER_ID_STR], member[USER_ID]);
    post->author.handle = arena_json(&s->arena, member[USER_HANDLE]);
    post->author.name = arena_json(&s->arena, member[USER_NAME]);
    post->author.followers = entry_count(member[USER_FOLLOWERS]);
    if (value_type(member[USER_VERIFIED]) == VALUE_BOOL)
        post->author.verified = value_true(member[USER_VERIFIED]);
}

static void take_metrics(struct source *s, const struct str *tweet)
{
    int64_t *metrics = s->entry.metrics;
    metrics[ENTRY_LIKES] = entry_count(tweet[FAVORITE_COUNT]);
    metrics[ENTRY_REPOSTS] = entry_count(tweet[RETWEET_COUNT]);
    metrics[ENTRY_REPLIES] = entry_count(tweet[REPLY_COUNT]);
    metrics[ENTRY_QUOTES] = entry_count(tweet[QUOTE_COUNT]);
}

/* Where each link leads at last, else as far as is told. */
static void take_links(struct source *s, struct str urls)
{
    struct walk w;
    struct str entity;
    walk_begin(&w, urls);
    while (walk_next(&w, NULL, &entity)) {
        struct str url = source_member(s, value_member(entity, "unwound"), "url");
        if (url.len == 0)
            url = source_member(s, entity, "expanded_url");
        entry_add(&s->entry.links, url.len > 0 ? url : source_member(s, entity, "url"));
    }
}

static void take_entities(struct source *s, struct str entities)
{
    source_list(s, &s->entry.tags, value_member(entities, "hashtags"), "text");
    source_list(s, &s->entry.mentions, value_member(entities, "user_mentions"), "screen_name");
    take_links(s, value_member(entities, "urls"));
}

static void take_media(struct source *s, struct str entities)
{
    struct walk w;
    struct str media;
    walk_begin(&w, value_member(entities, "media"));
    while (walk_next(&w, NULL, &media)) {
        struct str type = source_member(s, media, "type");
        struct str variants = value_member(value_member(media, "video_info"), "variants");
        struct str film = tweet_film(&s->arena, variants);
        entry_add_media(&s->entry, str_is(type, "photo") ? "image" : "video",
                        film.len > 0 ? film : source_member(s, media, "media_url_https"),
                        source_member(s, media, "ext_alt_text"));
    }
}

/* Text, entities and media; of a long tweet what stands in its extension. */
static void take_content(struct source *s, const struct str *tweet)
{
    static const enum tweet_member containers[] = {EXTENDED_ENTITIES, ENTITIES};
    struct str extension[TWEET_MEMBERS];
    const struct str *content = tweet;
    if (value_type(tweet[EXTENDED_TWEET]) == VALUE_OBJECT) {
        source_pick(tweet[EXTENDED_TWEET], tweet_members, extension);
        content = extension;
    }
    struct str text = tweet_text(&s->arena, content[FULL_TEXT]);
    s->entry.text = text.ptr != NULL ? text : tweet_text(&s->arena, tweet[TEXT]);
    take_entities(s, content[ENTITIES]);
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (s->entry.media_count == 0)
            take_media(s, content[containers[i]]);
}

static void take_relations(struct source *s, const struct str *tweet)
{
    s->entry.reply_to = either_id(s, tweet[REPLY_TO_STR], tweet[REPLY_TO]);
    s->entry.quote_of = either_id(s, tweet[QUOTED_STR], tweet[QUOTED]);
}

static bool convert_tweet(struct source *s, struct str object, struct err *e)
{
    struct entry *post = &s->entry;
    struct str tweet[TWEET_MEMBERS], original[TWEET_MEMBERS];
    source_pick(object, tweet_members, tweet);
    bool repost = value_type(tweet[RETWEETED_STATUS]) == VALUE_OBJECT;
    if (repost)
        source_pick(tweet[RETWEETED_STATUS], tweet_members, original);
    entry_reset(post);
    post->id = either_id(s, tweet[ID_STR], tweet[ID]);
    take_content(s, repost ? original : tweet);
    if (post->id.len == 0 || post->text.ptr == NULL)
        return err_set(e, "an object of Twitter's is no tweet: it has no id or no text");
    post->time = date_parse_json(tweet[CREATED_AT]);
    if (post->time == CLOCK_UNKNOWN)
        post->time = tweet_time(post->id);
    post->lang = arena_json(&s->arena, tweet[LANG]);
    take_author(s, tweet[USER]);
    post->url = tweet_url(&s->arena, post->author.handle, post->id);
    take_relations(s, tweet);
    if (repost)
        post->repost_of = either_id(s, original[ID_STR], original[ID]);
    take_metrics(s, tweet);
    source_write(s, "twitter", "sns");
    return true;
}

static bool convert_status(struct source *s, void *context, struct str status, struct err *e)
{
    (void)context;
    return convert_tweet(s, status, e);
}

/* A stream's `{"delete":{"status":{"id_str":…}}}`. */
static bool convert_delete(struct source *s, struct str note, struct err *e)
{
    struct str status = value_member(note, "status");
    struct str id = either_id(s, value_member(status, "id_str"), value_member(status, "id"));
    if (id.len == 0)
        return err_set(e, "a deletion that names no tweet");
    kind_write_delete(s, "twitter", id);
    return true;
}

/* A tweet of the archive; of one that its author has deleted that it is gone. */
static bool convert_archived(struct source *s, struct str tweet, struct err *e)
{
    if (value_nothing(value_member(tweet, "deleted_at")))
        return convert_tweet(s, tweet, e);
    struct str id = either_id(s, value_member(tweet, "id_str"), value_member(tweet, "tweet_id"));
    if (id.len == 0)
        return err_set(e, "a deleted tweet has no id");
    kind_write_delete(s, "twitter", id);
    return true;
}

/* The whole of a long tweet, which the archive keeps beside the cut one under an id of
 * its own; which it belongs to is not said. */
static bool convert_note(struct source *s, struct str note, struct err *e)
{
    static const struct {
        const char *name, *member;
    } kinds[] = {{"hashtags", "text"}, {"mentions", "screenName"}, {"urls", "expandedUrl"}};
    struct entry *post = &s->entry;
    struct entry_list *lists[] = {&post->tags, &post->mentions, &post->links};
    struct str core = value_member(note, "core");
    entry_reset(post);
    post->id = arena_id(&s->arena, value_member(note, "noteTweetId"));
    post->text = source_member(s, core, "text");
    if (post->id.len == 0 || post->text.ptr == NULL)
        return err_set(e, "a long tweet of an archive has no id or no text");
    post->time = date_parse_json(value_member(note, "createdAt"));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        source_list(s, lists[i], value_member(core, kinds[i].name), kinds[i].member);
    source_write(s, "twitter", "sns");
    return true;
}

/* A tweet by itself. It may have a text, as records have. */
static bool is_bare_tweet(const struct str *marks)
{
    bool worded = marks[MARK_TEXT].ptr != NULL || marks[MARK_FULL_TEXT].ptr != NULL;
    return worded && marks[MARK_KIND].ptr == NULL && tweet_is_id(marks[MARK_ID_STR]) &&
           (marks[MARK_ID].ptr == NULL || tweet_is_id(marks[MARK_ID]));
}

static bool is_tweet(struct str object)
{
    bool named =
        value_member(object, "id_str").ptr != NULL || value_member(object, "id").ptr != NULL;
    return named && (value_member(object, "full_text").ptr != NULL ||
                     value_member(object, "text").ptr != NULL);
}

/* What a search found, or that it found nothing: others have `statuses` too. */
static bool is_search(const struct record *object)
{
    static const char *const names[] = {"statuses", "search_metadata", NULL};
    struct str statuses = object->member[MARK_STATUSES];
    bool nothing = value_type(statuses) == VALUE_ARRAY && value_empty(statuses);
    return nothing ? source_has_only(object->line, names) : source_has_some(statuses, is_tweet);
}

static bool twitter_claims(const struct record *object)
{
    const struct str *marks = object->member;
    return is_bare_tweet(marks) ||
           (!record_is_likely(object) &&
            (is_search(object) || value_type(marks[MARK_TWEET]) == VALUE_OBJECT ||
             value_type(marks[MARK_NOTE_TWEET]) == VALUE_OBJECT ||
             value_type(marks[MARK_DELETE]) == VALUE_OBJECT));
}

static bool twitter_convert(struct source *s, struct str value, struct err *e)
{
    struct str statuses = value_member(value, "statuses"), wrapped = value_member(value, "tweet");
    struct str note = value_member(value, "delete"), whole = value_member(value, "noteTweet");
    if (value_type(wrapped) == VALUE_OBJECT)
        return convert_archived(s, wrapped, e);
    if (value_type(whole) == VALUE_OBJECT)
        return convert_note(s, whole, e);
    if (value_type(note) == VALUE_OBJECT)
        return convert_delete(s, note, e);
    if (value_type(statuses) != VALUE_ARRAY)
        return convert_tweet(s, value, e);
    return source_each(s, statuses, NULL, convert_status, e);
}

const struct source_format source_twitter = {
    .name = "twitter",
    .what = "Twitter v1.1 objects, search results, archives",
    .input = SOURCE_JSON,
    .claims = twitter_claims,
    .convert = twitter_convert,
};
