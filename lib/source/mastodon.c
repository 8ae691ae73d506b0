/*
 * Statuses as Mastodon and its kin give them (https://docs.joinmastodon.org/entities/Status/):
 * single ones, arrays, search results. A status has two names, a number of the server that
 * was asked and a URI that is the same on every server; the URI is the id, so that what
 * two servers tell of one post meets. An answer names what it answers by number alone:
 * its URI is known where that status is on the same page.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/lookup.h"

enum status_member {
    URI,
    URL,
    CREATED_AT,
    EDITED_AT,
    LANGUAGE,
    ACCOUNT,
    SPOILER_TEXT,
    CONTENT,
    IN_REPLY_TO_ID,
    REBLOG,
    QUOTE,
    TAGS,
    MENTIONS,
    MEDIA_ATTACHMENTS,
    CARD,
    FAVOURITES_COUNT,
    REBLOGS_COUNT,
    REPLIES_COUNT,
    QUOTES_COUNT,
    STATUS_MEMBERS
};

static const char *const status_members[] = {
    [URI] = "uri",
    [URL] = "url",
    [CREATED_AT] = "created_at",
    [EDITED_AT] = "edited_at",
    [LANGUAGE] = "language",
    [ACCOUNT] = "account",
    [SPOILER_TEXT] = "spoiler_text",
    [CONTENT] = "content",
    [IN_REPLY_TO_ID] = "in_reply_to_id",
    [REBLOG] = "reblog",
    [QUOTE] = "quote",
    [TAGS] = "tags",
    [MENTIONS] = "mentions",
    [MEDIA_ATTACHMENTS] = "media_attachments",
    [CARD] = "card",
    [FAVOURITES_COUNT] = "favourites_count",
    [REBLOGS_COUNT] = "reblogs_count",
    [REPLIES_COUNT] = "replies_count",
    [QUOTES_COUNT] = "quotes_count",
    [STATUS_MEMBERS] = NULL,
};

static void take_author(struct source *s, struct str account)
{
    struct entry *post = &s->entry;
    post->author.id = source_member(s, account, "uri");
    if (post->author.id.len == 0)
        post->author.id = source_member(s, account, "url");
    post->author.handle = source_member(s, account, "acct");
    post->author.name = source_member(s, account, "display_name");
    post->author.followers = entry_count(value_member(account, "followers_count"));
}

static void take_metrics(struct entry *post, const struct str *status)
{
    static const enum status_member counts[] = {
        [ENTRY_LIKES] = FAVOURITES_COUNT,
        [ENTRY_REPOSTS] = REBLOGS_COUNT,
        [ENTRY_REPLIES] = REPLIES_COUNT,
        [ENTRY_QUOTES] = QUOTES_COUNT,
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        post->metrics[i] = entry_count(status[counts[i]]);
}

static void take_media(struct source *s, struct str attachments)
{
    struct walk w;
    struct str media;
    walk_begin(&w, attachments);
    while (walk_next(&w, NULL, &media)) {
        struct str type = source_member(s, media, "type"), url = source_member(s, media, "url");
        if (url.len == 0)
            url = source_member(s, media, "remote_url");
        const char *kind = str_is(type, "gifv") ? "video" : entry_media_type(type, url);
        if (kind == NULL)
            kind = entry_media_type((struct str){NULL, 0}, url);
        entry_add_media(&s->entry, kind, url, source_member(s, media, "description"));
    }
}

/* What is written in it, be it by the author or by whom the author repeats. */
static void take_content(struct source *s, const struct str *status)
{
    struct entry *post = &s->entry;
    post->lang = arena_json(&s->arena, status[LANGUAGE]);
    post->title = arena_json(&s->arena, status[SPOILER_TEXT]);
    post->text = source_html(s, arena_json(&s->arena, status[CONTENT]), (struct str){NULL, 0});
    source_list(s, &post->tags, status[TAGS], "name");
    source_list(s, &post->mentions, status[MENTIONS], "acct");
    entry_add(&post->links, source_member(s, status[CARD], "url"));
    take_media(s, status[MEDIA_ATTACHMENTS]);
}

/* The quoted status: within what tells whether the quoted one agrees, or as it is on
 * servers that had quotes before Mastodon. */
static struct str quoted(struct source *s, const struct lookup *page, struct str quote)
{
    struct str status = value_member(quote, "quoted_status");
    struct str uri = source_member(s, status.ptr != NULL ? status : quote, "uri");
    if (uri.len > 0)
        return uri;
    struct str id = arena_id(&s->arena, value_member(quote, "quoted_status_id"));
    uri = source_member(s, lookup_find(page, id), "uri");
    return uri.len > 0 ? uri : id;
}

static bool convert_status(struct source *s, void *context, struct str object, struct err *e)
{
    const struct lookup *page = context;
    struct entry *post = &s->entry;
    struct str status[STATUS_MEMBERS], original[STATUS_MEMBERS];
    source_pick(object, status_members, status);
    bool repost = value_type(status[REBLOG]) == VALUE_OBJECT;
    if (repost)
        source_pick(status[REBLOG], status_members, original);
    entry_reset(post);
    post->id = arena_json(&s->arena, status[URI]);
    const struct str *content = repost ? original : status;
    if (post->id.len == 0 || value_type(content[CONTENT]) != VALUE_STRING)
        return err_set(e, "an object of Mastodon's is no status: it has no uri or no content");
    post->url = arena_json(&s->arena, content[URL]); /* that of a repost is for programs */
    post->time = date_parse_json(status[CREATED_AT]);
    post->edited = date_parse_json(status[EDITED_AT]);
    take_author(s, status[ACCOUNT]);
    post->quote_of = quoted(s, page, content[QUOTE]);
    take_content(s, content);
    struct str answered = arena_id(&s->arena, status[IN_REPLY_TO_ID]);
    post->reply_to = source_member(s, lookup_find(page, answered), "uri");
    if (post->reply_to.len == 0)
        post->reply_to = answered;
    if (repost) {
        post->repost_of = arena_json(&s->arena, original[URI]);
        post->quote_of = (struct str){NULL, 0}; /* that is the original's */
    }
    take_metrics(post, status);
    source_write(s, "mastodon", "sns");
    return true;
}

/* Some servers tell the text as it was typed beside the content; by it alone a record is
 * known. */
static bool is_status(const struct str *marks)
{
    bool worded = value_type(marks[MARK_TEXT]) == VALUE_STRING;
    return value_type(marks[MARK_URI]) == VALUE_STRING &&
           value_type(marks[MARK_ACCOUNT]) == VALUE_OBJECT && marks[MARK_KIND].ptr == NULL &&
           (!worded || value_type(marks[MARK_CONTENT]) == VALUE_STRING);
}

static bool mastodon_claims_array(struct str array)
{
    struct walk w;
    struct str first, marks[MARKS];
    walk_begin(&w, array);
    if (!walk_next(&w, NULL, &first))
        return false;
    source_marks(first, marks);
    return is_status(marks);
}

static bool mastodon_claims(const struct record *object)
{
    const struct str *marks = object->member;
    bool search = value_type(marks[MARK_STATUSES]) == VALUE_ARRAY &&
                  value_type(marks[MARK_HASHTAGS]) == VALUE_ARRAY;
    return is_status(marks) || (search && !record_is_likely(object));
}

static bool mastodon_convert(struct source *s, struct str value, struct err *e)
{
    struct lookup page = {.cap = 0};
    struct str found = value_member(value, "statuses");
    struct str statuses = value_type(found) == VALUE_ARRAY ? found : value;
    if (value_type(statuses) != VALUE_ARRAY)
        return convert_status(s, &page, value, e);
    lookup_add(&page, &s->arena, statuses, "id");
    bool done = source_each(s, statuses, &page, convert_status, e);
    lookup_free(&page);
    return done;
}

const struct source_format source_mastodon = {
    .name = "mastodon",
    .what = "statuses and search results of Mastodon and its kin",
    .input = SOURCE_JSON,
    .claims = mastodon_claims,
    .claims_array = mastodon_claims_array,
    .convert = mastodon_convert,
};
