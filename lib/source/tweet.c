/* What X API v2 pages and Twitter v1.1 objects have in common. */
#include "source/tweet.h"

#include "base/clock.h"
#include "record/value.h"

#define SNOWFLAKE_EPOCH 1288834974657 /* ms: 2010-11-04T01:42:54.657Z */
#define SNOWFLAKE_FIRST 29700859247   /* ids before it were counted one by one */

struct str tweet_text(struct arena *a, struct str raw)
{
    static const struct {
        const char *entity;
        char meant;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};
    struct str text = arena_json(a, raw);
    if (text.len == 0 || memchr(text.ptr, '&', text.len) == NULL)
        return text;
    char *to = arena_room(a, text.len);
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        char c = text.ptr[at];
        size_t taken = 1;
        for (size_t i = 0; c == '&' && taken == 1 && i < sizeof entities / sizeof *entities; i++)
            if (str_starts(str_from(text, at), str_of(entities[i].entity))) {
                c = entities[i].meant;
                taken = strlen(entities[i].entity);
            }
        to[len++] = c;
        at += taken;
    }
    return (struct str){to, len};
}

struct str tweet_id(struct arena *a, struct str raw)
{
    return value_type(raw) == VALUE_NUMBER ? raw : arena_json(a, raw);
}

int64_t tweet_time(struct str id)
{
    uint64_t number = 0;
    if (id.len == 0 || id.len > 18 + 1)
        return CLOCK_UNKNOWN;
    for (size_t i = 0; i < id.len; i++) {
        if (id.ptr[i] < '0' || id.ptr[i] > '9')
            return CLOCK_UNKNOWN;
        number = number * 10 + (uint64_t)(id.ptr[i] - '0');
    }
    if (number < SNOWFLAKE_FIRST || number > INT64_MAX)
        return CLOCK_UNKNOWN;
    return ((int64_t)(number >> 22) + SNOWFLAKE_EPOCH) / 1000;
}

struct str tweet_url(struct arena *a, struct str handle, struct str id)
{
    struct buf url = {0};
    if (id.len == 0)
        return (struct str){NULL, 0};
    buf_add_text(&url, "https://x.com/");
    buf_add_str(&url, handle.len > 0 ? handle : STR("i/web"));
    buf_add_text(&url, "/status/");
    buf_add_str(&url, id);
    struct str kept = arena_keep(a, buf_str(&url));
    buf_free(&url);
    return kept;
}
