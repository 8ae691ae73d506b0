/*
 * ActivityPub (https://www.w3.org/TR/activitypub/): the outbox of an account, as its
 * archive has it or its server tells it, single activities and objects. An object's id is
 * what Mastodon's own interface calls the URI of the status, so both give the same post.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/kinds.h"

enum object_member {
    ID,
    URL,
    NAME,
    SUMMARY,
    CONTENT,
    CONTENT_MAP,
    PUBLISHED,
    UPDATED,
    ATTRIBUTED_TO,
    IN_REPLY_TO,
    QUOTE,
    QUOTE_URI,
    QUOTE_URL,
    TAG,
    ATTACHMENT,
    OBJECT_MEMBERS
};

static const char *const object_members[] = {
    [ID] = "id",
    [URL] = "url",
    [NAME] = "name",
    [SUMMARY] = "summary",
    [CONTENT] = "content",
    [CONTENT_MAP] = "contentMap",
    [PUBLISHED] = "published",
    [UPDATED] = "updated",
    [ATTRIBUTED_TO] = "attributedTo",
    [IN_REPLY_TO] = "inReplyTo",
    [QUOTE] = "quote",
    [QUOTE_URI] = "quoteUri",
    [QUOTE_URL] = "quoteUrl",
    [TAG] = "tag",
    [ATTACHMENT] = "attachment",
    [OBJECT_MEMBERS] = NULL,
};

/* Properties hold one value or an array of them: the first. */
static struct str first_of(struct str raw)
{
    struct walk w;
    struct str first = {NULL, 0};
    if (value_type(raw) != VALUE_ARRAY)
        return raw;
    walk_begin(&w, raw);
    walk_next(&w, NULL, &first);
    return first;
}

/* What names an object: its id or a link, spelled out or within the object. */
static struct str name_of(struct source *s, struct str raw)
{
    raw = first_of(raw);
    struct str name = arena_json(&s->arena, raw);
    if (name.len == 0)
        name = source_member(s, raw, "id");
    return name.len > 0 ? name : source_member(s, raw, "href");
}

static void take_tag(struct source *s, struct str tag)
{
    struct str type = source_member(s, tag, "type"), name = source_member(s, tag, "name");
    bool signed_name = str_starts(name, STR("#")) || str_starts(name, STR("@"));
    name = str_from(name, signed_name);
    if (str_is(type, "Hashtag"))
        entry_add(&s->entry.tags, name);
    else if (str_is(type, "Mention"))
        entry_add(&s->entry.mentions, name);
}

static void take_attachment(struct source *s, struct str media)
{
    struct str url = name_of(s, value_member(media, "url"));
    entry_add_media(&s->entry, entry_media_type(source_member(s, media, "mediaType"), url), url,
                    source_member(s, media, "name"));
}

/* Takes the one value of a property, or each. */
static void take_each(struct source *s, struct str raw, void (*take)(struct source *, struct str))
{
    struct walk w;
    struct str element;
    if (value_type(raw) == VALUE_OBJECT) {
        take(s, raw);
        return;
    }
    walk_begin(&w, raw);
    while (walk_next(&w, NULL, &element))
        take(s, element);
}

/* The content; of one that is told by language alone the first. */
static struct str content_of(const struct str *object)
{
    struct str first = object[CONTENT];
    struct walk w;
    if (value_type(first) == VALUE_STRING || value_type(object[CONTENT_MAP]) != VALUE_OBJECT)
        return first;
    walk_begin(&w, object[CONTENT_MAP]);
    walk_next(&w, NULL, &first);
    return first;
}

/* The language of the content: where that is told by itself too, of one in several it is not
 * known. */
static struct str language(const struct str *object)
{
    struct walk w;
    struct str key = {NULL, 0}, other, value;
    walk_begin(&w, object[CONTENT_MAP]);
    if (value_type(object[CONTENT_MAP]) != VALUE_OBJECT || !walk_next(&w, &key, &value))
        return (struct str){NULL, 0};
    bool several = walk_next(&w, &other, &value);
    return several && value_type(object[CONTENT]) == VALUE_STRING ? (struct str){NULL, 0} : key;
}

static struct str quoted(struct source *s, const struct str *object)
{
    static const enum object_member spellings[] = {QUOTE, QUOTE_URI, QUOTE_URL};
    struct str name = {NULL, 0};
    for (size_t i = 0; name.len == 0 && i < sizeof spellings / sizeof *spellings; i++)
        name = name_of(s, object[spellings[i]]);
    return name;
}

static void take_content(struct source *s, const struct str *object)
{
    struct entry *post = &s->entry;
    post->lang = language(object);
    post->title = arena_json(&s->arena, object[SUMMARY]);
    if (post->title.len == 0)
        post->title = arena_json(&s->arena, object[NAME]);
    post->text = source_html(s, arena_json(&s->arena, content_of(object)), (struct str){NULL, 0});
    take_each(s, object[TAG], take_tag);
    take_each(s, object[ATTACHMENT], take_attachment);
}

static bool convert_object(struct source *s, struct str raw, struct str actor, struct err *e)
{
    struct entry *post = &s->entry;
    struct str object[OBJECT_MEMBERS];
    source_pick(raw, object_members, object);
    entry_reset(post);
    post->id = arena_json(&s->arena, object[ID]);
    if (post->id.len == 0 || value_type(content_of(object)) != VALUE_STRING)
        return err_set(e, "an object of ActivityPub is no post: it has no id or no content");
    post->url = name_of(s, object[URL]);
    post->time = date_parse_json(object[PUBLISHED]);
    post->edited = date_parse_json(object[UPDATED]);
    post->author.id = name_of(s, object[ATTRIBUTED_TO]);
    if (post->author.id.len == 0)
        post->author.id = actor;
    post->reply_to = name_of(s, object[IN_REPLY_TO]);
    post->quote_of = quoted(s, object);
    take_content(s, object);
    source_write(s, "mastodon", "sns");
    return true;
}

/* Who repeats names what is repeated, and seldom tells it. */
static bool convert_announce(struct source *s, struct str activity, struct str actor, struct err *e)
{
    struct entry *post = &s->entry;
    struct str original[OBJECT_MEMBERS];
    struct str repeated = first_of(value_member(activity, "object"));
    entry_reset(post);
    post->id = source_member(s, activity, "id");
    post->repost_of = name_of(s, repeated);
    if (post->id.len == 0 || post->repost_of.len == 0)
        return err_set(e, "an Announce has no id or no object");
    post->time = date_parse_json(value_member(activity, "published"));
    post->author.id = actor;
    source_pick(repeated, object_members, original);
    take_content(s, original);
    source_write(s, "mastodon", "sns");
    return true;
}

static bool convert_item(struct source *s, void *context, struct str item, struct err *e)
{
    (void)context;
    struct str type = source_member(s, item, "type");
    struct str actor = name_of(s, value_member(item, "actor"));
    if (value_type(item) != VALUE_OBJECT)
        return err_set(e, "an item of a collection is no activity: not an object");
    if (str_is(type, "Announce"))
        return convert_announce(s, item, actor, e);
    if (str_is(type, "Delete")) {
        struct str gone = name_of(s, value_member(item, "object"));
        if (gone.len == 0)
            return err_set(e, "a Delete that names no object");
        kind_write_delete(s, "mastodon", gone);
        return true;
    }
    if (str_is(type, "Create") || str_is(type, "Update"))
        return convert_object(s, first_of(value_member(item, "object")), actor, e);
    return convert_object(s, item, actor, e);
}

static bool activitypub_claims(const struct record *object)
{
    const struct str *marks = object->member;
    return value_type(marks[MARK_ORDERED_ITEMS]) == VALUE_ARRAY && !record_is_likely(object);
}

static bool activitypub_convert(struct source *s, struct str value, struct err *e)
{
    struct str items = value_member(value, "orderedItems");
    if (value_type(items) != VALUE_ARRAY)
        return convert_item(s, NULL, value, e);
    return source_each(s, items, NULL, convert_item, e);
}

const struct source_format source_activitypub = {
    .name = "activitypub",
    .what = "outboxes of ActivityPub, as in an account's archive",
    .input = SOURCE_JSON,
    .claims = activitypub_claims,
    .convert = activitypub_convert,
};
