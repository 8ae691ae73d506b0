/* Limits in headers. */
#include "fetch/limit.h"

#include <strings.h>

#include "base/clock.h"
#include "source/date.h"

#define LONGEST (7 * CLOCK_DAY) /* whoever wants more is asked once a week */

static bool name_is(struct str name, const char *wanted)
{
    return name.len == strlen(wanted) && strncasecmp(name.ptr, wanted, name.len) == 0;
}

/* A number at the beginning of text (`499.0`, `100;w=900`); -1 where there is none. */
static int64_t number_of(struct str text)
{
    int64_t number = 0;
    size_t at = 0;
    for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9' && at < 16; at++)
        number = number * 10 + (text.ptr[at] - '0');
    bool ends = at == text.len || strchr(".,; ", text.ptr[at]) != NULL;
    return at > 0 && ends ? number : -1;
}

/* Seconds from the server's now: of a span, a time since 1970 (in seconds or
 * milliseconds), or a date. */
static int64_t seconds_until(struct str value, int64_t server)
{
    int64_t number = number_of(value), seconds;
    if (number >= 100000000000)
        seconds = number / 1000 - server;
    else if (number >= 1000000000)
        seconds = number - server;
    else if (number >= 0)
        seconds = number;
    else {
        int64_t time = date_parse(value);
        if (time == CLOCK_UNKNOWN)
            return CLOCK_UNKNOWN;
        seconds = time - server;
    }
    return seconds < 0 ? 0 : seconds > LONGEST ? LONGEST : seconds;
}

void limit_take(struct http_limit *limit, struct str name, struct str value, int64_t server)
{
    static const char *const prefixes[] = {"x-rate-limit-", "x-ratelimit-", "ratelimit-"};
    if (name_is(name, "retry-after")) {
        limit->retry_after = seconds_until(value, server);
        return;
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        if (name.len <= length || strncasecmp(name.ptr, prefixes[i], length) != 0)
            continue;
        struct str what = str_from(name, length);
        if (name_is(what, "limit"))
            limit->limit = number_of(value);
        else if (name_is(what, "remaining"))
            limit->remaining = number_of(value);
        else if (name_is(what, "reset"))
            limit->reset = seconds_until(value, server);
        return;
    }
}
