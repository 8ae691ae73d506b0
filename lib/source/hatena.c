/*
 * A page's bookmarks as Hatena tells them
 * (https://developer.hatena.ne.jp/ja/documents/bookmark/apis/getinfo): what people wrote
 * when they kept it, a post each, and how many kept it in all. Times are Japan's.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/kinds.h"

struct page {
    struct str eid, url;
};

/* Most keep a page without a word: that is no post. */
static bool convert_bookmark(struct source *s, void *context, struct str bookmark, struct err *e)
{
    const struct page *page = context;
    struct entry *post = &s->entry;
    struct str user = source_member(s, bookmark, "user");
    struct str comment = source_member(s, bookmark, "comment");
    if (user.len == 0)
        return err_set(e, "a bookmark of Hatena's has no user");
    if (str_trim(comment).len == 0)
        return true;
    entry_reset(post);
    post->id = ARENA_JOIN(&s->arena, page->eid, STR("/"), user);
    post->url = ARENA_JOIN(&s->arena, STR("https://b.hatena.ne.jp/entry/"), page->eid,
                           STR("/comment/"), user);
    post->time = date_parse_json(value_member(bookmark, "timestamp"));
    post->author.handle = user;
    post->text = comment;
    post->thread = page->eid;
    source_list(s, &post->tags, value_member(bookmark, "tags"), NULL);
    entry_add(&post->links, page->url);
    source_write(s, "hatena", "sns");
    return true;
}

static bool hatena_claims(const struct record *object)
{
    const struct str *marks = object->member;
    return value_type(marks[MARK_BOOKMARKS]) == VALUE_ARRAY && marks[MARK_EID].ptr != NULL &&
           !record_is_likely(object);
}

static bool hatena_convert(struct source *s, struct str value, struct err *e)
{
    if (value_type(value) == VALUE_NULL)
        return true; /* of a page that nobody kept */
    struct page page = {.eid = arena_id(&s->arena, value_member(value, "eid")),
                        .url = source_member(s, value, "url")};
    if (page.eid.len == 0)
        return err_set(e, "not a page's bookmarks from Hatena: it has no eid");
    size_t bad = !source_each(s, value_member(value, "bookmarks"), &page, convert_bookmark, e);
    struct err why;
    struct str kept = value_member(value, "count");
    struct kind_count count = {
        .url = page.url, .from = CLOCK_UNKNOWN, .to = s->settings->now, .count = entry_count(kept)};
    if (count.count >= 0) {
        kind_write_count(s, "hatena", &count);
    } else if (!value_nothing(kept)) {
        err_set(&why, "how many keep a page of Hatena's is no number");
        source_fault(s, &bad, &why, e);
    }
    return bad == 0;
}

const struct source_format source_hatena = {
    .name = "hatena",
    .what = "a page's bookmarks from Hatena (entry/jsonlite)",
    .input = SOURCE_JSON,
    .claims = hatena_claims,
    .convert = hatena_convert,
};
