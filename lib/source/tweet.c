/* What X API v2 pages and Twitter v1.1 objects have in common. */
#include "source/tweet.h"

#include "base/clock.h"
#include "record/value.h"
#include "source/html.h"

#define SNOWFLAKE_EPOCH 1288834974657 /* ms: 2010-11-04T01:42:54.657Z */
#define SNOWFLAKE_FIRST 29700859247   /* ids before it were counted one by one */

struct str tweet_text(struct arena *a, struct str raw)
{
    return html_unescape(arena_json(a, raw), a);
}

bool tweet_is_id(struct str raw)
{
    if (value_type(raw) != VALUE_STRING)
        return value_type(raw) == VALUE_NUMBER;
    for (size_t i = 1; i + 1 < raw.len; i++)
        if (raw.ptr[i] < '0' || raw.ptr[i] > '9')
            return false;
    return raw.len > 2;
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
    if (id.len == 0)
        return (struct str){NULL, 0};
    return ARENA_JOIN(a, STR("https://x.com/"), handle.len > 0 ? handle : STR("i/web"),
                      STR("/status/"), id);
}

struct str tweet_film(struct arena *a, struct str variants)
{
    struct str variant, best = {NULL, 0};
    int64_t most = -2; /* a stream that chooses for itself tells no rate */
    struct walk w;
    walk_begin(&w, variants);
    while (walk_next(&w, NULL, &variant)) {
        int64_t newer = value_integer(value_member(variant, "bit_rate"), -1);
        int64_t rate = value_integer(value_member(variant, "bitrate"), newer);
        struct str url = arena_json(a, value_member(variant, "url"));
        if (url.len == 0 || rate <= most)
            continue;
        most = rate;
        best = url;
    }
    return best;
}
