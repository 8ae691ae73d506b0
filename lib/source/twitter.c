/*
 * Objects of Twitter's interface 1.1: single ones, search results ({statuses: […]}),
 * streams with their notes of deletion, and the archive that an account can ask for
 * ({tweet: {…}}).
 */
#include "record/value.h"
#include "record/write.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/tweet.h"

static struct str text_member(struct source *s, struct str object, const char *name)
{
    return arena_json(&s->arena, value_member(object, name));
}

/* Ids stand twice, `id_str` and `id`; the number may have been spoilt. */
static struct str id_member(struct source *s, struct str object, const char *string,
                            const char *number)
{
    struct str id = text_member(s, object, string);
    return id.len > 0 ? id : tweet_id(&s->arena, value_member(object, number));
}

static void take_author(struct source *s, struct str user)
{
    struct entry *post = &s->entry;
    post->author.id = id_member(s, user, "id_str", "id");
    post->author.handle = text_member(s, user, "screen_name");
    post->author.name = text_member(s, user, "name");
    post->author.followers = value_integer(value_member(user, "followers_count"), ENTRY_UNKNOWN);
    struct str verified = value_member(user, "verified");
    if (value_type(verified) == VALUE_BOOL)
        post->author.verified = value_true(verified);
}

/* Counts are numbers, in the archive strings. */
static int64_t count_member(struct source *s, struct str object, const char *name)
{
    struct str raw = value_member(object, name), text = arena_json(&s->arena, raw);
    int64_t count = 0;
    if (text.len == 0 || text.len > 18)
        return value_integer(raw, ENTRY_UNKNOWN);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return ENTRY_UNKNOWN;
        count = count * 10 + (text.ptr[i] - '0');
    }
    return count;
}

static void take_metrics(struct source *s, struct str tweet)
{
    int64_t *metrics = s->entry.metrics;
    metrics[ENTRY_LIKES] = count_member(s, tweet, "favorite_count");
    metrics[ENTRY_REPOSTS] = count_member(s, tweet, "retweet_count");
    metrics[ENTRY_REPLIES] = count_member(s, tweet, "reply_count");
    metrics[ENTRY_QUOTES] = count_member(s, tweet, "quote_count");
}

static void take_entities(struct source *s, struct str entities)
{
    static const struct {
        const char *name, *member;
    } kinds[] = {{"hashtags", "text"}, {"user_mentions", "screen_name"}, {"urls", "expanded_url"}};
    struct entry_list *lists[] = {&s->entry.tags, &s->entry.mentions, &s->entry.links};
    struct walk w;
    struct str entity;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        walk_begin(&w, value_member(entities, kinds[i].name));
        while (walk_next(&w, NULL, &entity))
            entry_add(lists[i], text_member(s, entity, kinds[i].member));
    }
}

static void take_media(struct source *s, struct str entities)
{
    struct walk w;
    struct str media;
    walk_begin(&w, value_member(entities, "media"));
    while (walk_next(&w, NULL, &media)) {
        struct str type = text_member(s, media, "type");
        entry_add_media(&s->entry, str_is(type, "photo") ? "image" : "video",
                        text_member(s, media, "media_url_https"),
                        text_member(s, media, "ext_alt_text"));
    }
}

/* Text, entities and media; of a long tweet what stands in its extension. */
static void take_content(struct source *s, struct str tweet)
{
    static const char *const containers[] = {"entities", "extended_entities"};
    struct str extended = value_member(tweet, "extended_tweet");
    struct str content = value_type(extended) == VALUE_OBJECT ? extended : tweet;
    struct str text = tweet_text(&s->arena, value_member(content, "full_text"));
    s->entry.text = text.ptr != NULL ? text : tweet_text(&s->arena, value_member(tweet, "text"));
    take_entities(s, value_member(content, "entities"));
    for (size_t i = sizeof containers / sizeof *containers; i-- > 0;)
        if (s->entry.media_count == 0)
            take_media(s, value_member(content, containers[i]));
}

static bool convert_tweet(struct source *s, struct str tweet, struct err *e)
{
    struct entry *post = &s->entry;
    struct str repeated = value_member(tweet, "retweeted_status");
    bool repost = value_type(repeated) == VALUE_OBJECT;
    entry_reset(post);
    post->id = id_member(s, tweet, "id_str", "id");
    take_content(s, repost ? repeated : tweet);
    if (post->id.len == 0 || post->text.ptr == NULL)
        return err_set(e, "an object of Twitter's is no tweet: it has no id or no text");
    post->time = date_parse_json(value_member(tweet, "created_at"));
    if (post->time == CLOCK_UNKNOWN)
        post->time = tweet_time(post->id);
    post->lang = text_member(s, tweet, "lang");
    take_author(s, value_member(tweet, "user"));
    post->url = tweet_url(&s->arena, post->author.handle, post->id);
    post->reply_to = id_member(s, tweet, "in_reply_to_status_id_str", "in_reply_to_status_id");
    post->quote_of = id_member(s, tweet, "quoted_status_id_str", "quoted_status_id");
    if (repost)
        post->repost_of = id_member(s, repeated, "id_str", "id");
    take_metrics(s, tweet);
    source_write(s, "twitter", "sns");
    return true;
}

/* A stream's `{"delete":{"status":{"id_str":…}}}`. */
static bool convert_delete(struct source *s, struct str note, struct err *e)
{
    struct str id = id_member(s, value_member(note, "status"), "id_str", "id");
    if (id.len == 0)
        return err_set(e, "a deletion that names no tweet");
    struct buf whole = {0};
    buf_addf(&whole, "%s:", source_name(s, "twitter"));
    buf_add_str(&whole, id);
    struct json j = {.out = s->lines};
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "delete");
    json_key(&j, "id");
    json_str(&j, buf_str(&whole));
    json_key(&j, "source");
    json_text(&j, source_name(s, "twitter"));
    json_key(&j, "seen");
    json_time(&j, s->settings->now);
    json_close(&j, '}');
    buf_add_char(s->lines, '\n');
    buf_free(&whole);
    return true;
}

static bool twitter_claims(const struct str *marks)
{
    bool tweet = value_type(marks[MARK_ID_STR]) == VALUE_STRING &&
                 (marks[MARK_TEXT].ptr != NULL || marks[MARK_FULL_TEXT].ptr != NULL);
    return marks[MARK_KIND].ptr == NULL &&
           (tweet || value_type(marks[MARK_STATUSES]) == VALUE_ARRAY ||
            value_type(marks[MARK_TWEET]) == VALUE_OBJECT ||
            value_type(marks[MARK_DELETE]) == VALUE_OBJECT);
}

static bool twitter_convert(struct source *s, struct str value, struct err *e)
{
    struct str statuses = value_member(value, "statuses"), wrapped = value_member(value, "tweet");
    struct str note = value_member(value, "delete");
    if (value_type(wrapped) == VALUE_OBJECT)
        return convert_tweet(s, wrapped, e);
    if (value_type(note) == VALUE_OBJECT)
        return convert_delete(s, note, e);
    if (value_type(statuses) != VALUE_ARRAY)
        return convert_tweet(s, value, e);
    struct walk w;
    struct str tweet;
    struct err why;
    size_t bad = 0;
    walk_begin(&w, statuses);
    while (walk_next(&w, NULL, &tweet))
        if (!convert_tweet(s, tweet, &why) && bad++ == 0)
            *e = why;
    return bad == 0;
}

const struct source_format source_twitter = {
    .name = "twitter",
    .what = "Twitter v1.1 objects, search results, archives",
    .input = SOURCE_JSON,
    .claims = twitter_claims,
    .convert = twitter_convert,
};
