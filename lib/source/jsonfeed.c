/* JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/url.h"

static bool jsonfeed_claims(const struct record *object)
{
    const struct str *marks = object->member;
    return value_type(marks[MARK_ITEMS]) == VALUE_ARRAY && !record_is_likely(object) &&
           (str_starts(marks[MARK_VERSION], STR("\"https://jsonfeed.org/version/")) ||
            str_starts(marks[MARK_VERSION], STR("\"http://jsonfeed.org/version/")) ||
            str_starts(marks[MARK_VERSION], STR("\"https:\\/\\/jsonfeed.org\\/version\\/")));
}

static struct str member(struct source *s, struct str object, const char *name)
{
    struct str text = source_member(s, object, name);
    return text.ptr != NULL ? str_trim(text) : text;
}

/* Ids should be strings; numbers are taken as they are spelled. */
static struct str id_of(struct source *s, struct str item)
{
    struct str raw = value_member(item, "id");
    return value_type(raw) == VALUE_NUMBER ? raw : member(s, item, "id");
}

static struct str address(struct source *s, struct str base, struct str text)
{
    struct buf whole = {0};
    url_lead(&whole, base, text);
    struct str kept = arena_keep(&s->arena, buf_str(&whole));
    buf_free(&whole);
    return kept;
}

/* The first author's name: `authors`, before version 1.1 `author`. */
static struct str author_of(struct source *s, struct str object)
{
    struct str first = {NULL, 0}, author = value_member(object, "author");
    struct walk w;
    walk_begin(&w, value_member(object, "authors"));
    if (walk_next(&w, NULL, &first))
        author = first;
    struct str name = member(s, author, "name");
    return name.len > 0 ? name : member(s, author, "url");
}

static struct str content_of(struct source *s, struct str item, struct str base)
{
    static const char *const plain[] = {"content_text", "summary"};
    struct str html = member(s, item, "content_html");
    if (html.len > 0)
        return source_html(s, html, base);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct str text = member(s, item, plain[i]);
        if (text.len > 0)
            return text;
    }
    return (struct str){NULL, 0};
}

static void take_attachments(struct source *s, struct str item, struct str base)
{
    struct walk w;
    struct str attachment;
    struct str image = address(s, base, member(s, item, "image"));
    entry_add_media(&s->entry, "image", image, (struct str){NULL, 0});
    walk_begin(&w, value_member(item, "attachments"));
    while (walk_next(&w, NULL, &attachment)) {
        struct str url = address(s, base, member(s, attachment, "url"));
        entry_add_media(&s->entry, entry_media_type(member(s, attachment, "mime_type"), url), url,
                        member(s, attachment, "title"));
    }
}

/* What the feed says for all its items. */
struct common {
    struct str base, page, lang, author;
};

static struct common read_common(struct source *s, struct str feed)
{
    struct common common = {
        .lang = entry_inherited(member(s, feed, "language")),
        .author = entry_inherited(author_of(s, feed)),
    };
    if (s->settings->base != NULL)
        common.base = str_of(s->settings->base);
    if (!url_is_absolute(common.base))
        common.base = member(s, feed, "feed_url");
    if (!url_is_absolute(common.base))
        common.base = member(s, feed, "home_page_url");
    common.page = address(s, common.base, member(s, feed, "home_page_url"));
    if (common.page.len == 0)
        common.page = address(s, common.base, member(s, feed, "feed_url"));
    common.page = entry_inherited(common.page);
    return common;
}

static void convert_item(struct source *s, struct str item, const struct common *feed)
{
    struct entry *post = &s->entry;
    entry_reset(post);
    post->id = id_of(s, item);
    struct str url = member(s, item, "url");
    if (url.len == 0)
        url = member(s, item, "external_url");
    post->url = address(s, feed->base, url);
    post->time = date_parse_json(value_member(item, "date_published"));
    post->edited = date_parse_json(value_member(item, "date_modified"));
    if (post->time == CLOCK_UNKNOWN)
        post->time = post->edited;
    if (post->edited == post->time)
        post->edited = CLOCK_UNKNOWN;
    post->lang = member(s, item, "language");
    if (post->lang.len == 0)
        post->lang = feed->lang;
    post->author.name = author_of(s, item);
    if (post->author.name.len == 0)
        post->author.name = feed->author;
    post->title = member(s, item, "title");
    post->text = content_of(s, item, feed->base);
    source_list(s, &post->tags, value_member(item, "tags"), NULL);
    take_attachments(s, item, feed->base);
    entry_identify(post, feed->page, &s->arena);
    source_write(s, "feed", "net-news");
}

static bool jsonfeed_convert(struct source *s, struct str value, struct err *e)
{
    struct str items = value_member(value, "items"), item;
    if (value_type(items) != VALUE_ARRAY)
        return err_set(e, "not a JSON Feed: it has no items");
    struct common common = read_common(s, value);
    struct walk w;
    size_t bad = 0;
    walk_begin(&w, items);
    while (walk_next(&w, NULL, &item)) {
        if (value_type(item) == VALUE_OBJECT)
            convert_item(s, item, &common);
        else
            bad++;
    }
    return bad == 0 || err_set(e, "%zu of the JSON Feed's items are not objects", bad);
}

const struct source_format source_jsonfeed = {
    .name = "jsonfeed",
    .what = "JSON Feed 1.0, 1.1",
    .input = SOURCE_JSON,
    .claims = jsonfeed_claims,
    .convert = jsonfeed_convert,
};
