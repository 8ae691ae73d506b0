/* From a post to a line of NDJSON. */
#include "source/entry.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/hash.h"
#include "base/mem.h"
#include "record/value.h"
#include "source/url.h"
#include "text/post.h"

/* Doubles are looked for among so many, which keeps hostile lists linear. */
#define DISTINCT 64

#define MAX_INHERITED 1024 /* bytes */

void entry_reset(struct entry *p)
{
    struct entry fresh = {
        .time = CLOCK_UNKNOWN,
        .edited = CLOCK_UNKNOWN,
        .tags = p->tags,
        .mentions = p->mentions,
        .links = p->links,
        .media = p->media,
        .media_cap = p->media_cap,
    };
    fresh.tags.count = fresh.mentions.count = fresh.links.count = 0;
    fresh.author.followers = fresh.author.verified = ENTRY_UNKNOWN;
    for (size_t i = 0; i < ENTRY_METRICS; i++)
        fresh.metrics[i] = ENTRY_UNKNOWN;
    *p = fresh;
}

void entry_free(struct entry *p)
{
    free(p->tags.items);
    free(p->mentions.items);
    free(p->links.items);
    free(p->media);
    *p = (struct entry){0};
}

/* An id as its host's, unless it is an address and names that itself. */
static struct str id_at_host(const struct entry *p, struct str page, struct str id,
                             struct arena *arena)
{
    if (id.len == 0 || url_is_absolute(id))
        return id;
    struct str host = url_host(page);
    if (host.len == 0)
        host = url_host(p->url);
    if (host.len == 0)
        return id;
    return ARENA_JOIN(arena, host, str_starts(id, STR("/")) ? STR("") : STR("/"), id);
}

/* The root of a host is spelled with and without its slash. */
static bool is_same_page(struct str a, struct str b)
{
    a.len -= str_ends(a, STR("/"));
    b.len -= str_ends(b, STR("/"));
    return str_equal(a, b);
}

void entry_identify(struct entry *p, struct str page, struct arena *arena)
{
    if (p->id.len == 0 && !is_same_page(p->url, page))
        p->id = p->url;
    if (p->id.len == 0) {
        uint64_t hash = hash_bytes(p->text, hash_bytes(p->title, (uint64_t)p->time));
        snprintf(p->hashed, sizeof p->hashed, "%016llx", (unsigned long long)hash);
        p->id = str_of(p->hashed);
    }
    p->id = id_at_host(p, page, p->id, arena);
    p->reply_to = id_at_host(p, page, p->reply_to, arena);
}

int64_t entry_count(struct str raw)
{
    int64_t count = 0;
    if (value_type(raw) != VALUE_STRING)
        return value_integer(raw, ENTRY_UNKNOWN);
    struct str digits = {raw.ptr + 1, raw.len - 2};
    if (digits.len == 0 || digits.len > 18)
        return ENTRY_UNKNOWN;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return ENTRY_UNKNOWN;
        count = count * 10 + (digits.ptr[i] - '0');
    }
    return count;
}

struct str entry_inherited(struct str text)
{
    return text.len <= MAX_INHERITED ? text : (struct str){NULL, 0};
}

void entry_add(struct entry_list *list, struct str text)
{
    if (text.len == 0)
        return;
    for (size_t i = 0; i < list->count && i < DISTINCT; i++)
        if (str_equal(list->items[i], text))
            return;
    MEM_GROW(list->items, list->count, list->cap);
    list->items[list->count++] = text;
}

void entry_add_media(struct entry *p, const char *type, struct str url, struct str alt)
{
    if (type == NULL || url.len == 0)
        return;
    for (size_t i = 0; i < p->media_count && i < DISTINCT; i++)
        if (str_equal(p->media[i].url, url))
            return;
    MEM_GROW(p->media, p->media_count, p->media_cap);
    p->media[p->media_count++] = (struct entry_media){type, url, alt};
}

static bool ends_in(struct str text, const char *ending)
{
    size_t len = strlen(ending);
    return text.len > len && strncasecmp(text.ptr + text.len - len, ending, len) == 0;
}

/* What servers say of files that they do not know: application/octet-stream,
 * binary/octet-stream. */
static bool says_bytes(struct str mime)
{
    struct str parameters, rest, type = str_trim(str_cut(mime, ';', &parameters));
    str_cut(type, '/', &rest);
    return rest.len == 12 && strncasecmp(rest.ptr, "octet-stream", rest.len) == 0;
}

const char *entry_media_type(struct str mime, struct str url)
{
    static const char *const types[] = {"image", "video", "audio"};
    static const char *const endings[][2] = {
        {".jpg", "image"},  {".jpeg", "image"}, {".png", "image"}, {".gif", "image"},
        {".webp", "image"}, {".avif", "image"}, {".mp4", "video"}, {".webm", "video"},
        {".mov", "video"},  {".mp3", "audio"},  {".m4a", "audio"}, {".ogg", "audio"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t len = strlen(types[i]);
        if (mime.len >= len && strncasecmp(mime.ptr, types[i], len) == 0 &&
            (mime.len == len || mime.ptr[len] == '/'))
            return types[i];
    }
    bool unsaid = mime.len == 0 || says_bytes(mime);
    struct str rest, path = str_cut(url, '?', &rest);
    for (size_t i = 0; unsaid && i < sizeof endings / sizeof *endings; i++)
        if (ends_in(path, endings[i][0]))
            return endings[i][1];
    return NULL;
}

bool entry_is_tier(struct str tier)
{
    return str_is_any(tier, tier_names);
}

static void write_text(struct json *j, const char *key, struct str text)
{
    json_key(j, key);
    if (text.len == 0)
        json_null(j);
    else
        json_str(j, text);
}

static void write_id(struct json *j, const char *key, const char *source, struct str id)
{
    json_key(j, key);
    if (id.len == 0) {
        json_null(j);
        return;
    }
    struct buf whole = {0};
    buf_add_text(&whole, source);
    buf_add_char(&whole, ':');
    buf_add_str(&whole, id);
    json_str(j, buf_str(&whole));
    buf_free(&whole);
}

static void write_count(struct json *j, const char *key, int64_t count)
{
    json_key(j, key);
    if (count < 0)
        json_null(j);
    else
        json_integer(j, count);
}

static void write_author(struct json *j, const struct entry *p, const char *source)
{
    json_key(j, "author");
    if (p->author.id.len + p->author.handle.len + p->author.name.len == 0) {
        json_null(j);
        return;
    }
    json_open(j, '{');
    write_id(j, "id", source, p->author.id);
    write_text(j, "handle", p->author.handle);
    write_text(j, "name", p->author.name);
    write_count(j, "followers", p->author.followers);
    json_key(j, "verified");
    if (p->author.verified == ENTRY_UNKNOWN)
        json_null(j);
    else
        json_bool(j, p->author.verified != 0);
    json_close(j, '}');
}

static void write_list(struct json *j, const char *key, const struct entry_list *list)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < list->count; i++)
        json_str(j, list->items[i]);
    json_close(j, ']');
}

static void write_media(struct json *j, const struct entry *p)
{
    json_key(j, "media");
    json_open(j, '[');
    for (size_t i = 0; i < p->media_count; i++) {
        json_open(j, '{');
        json_key(j, "type");
        json_text(j, p->media[i].type);
        write_text(j, "url", p->media[i].url);
        write_text(j, "alt", p->media[i].alt);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_metrics(struct json *j, const struct entry *p)
{
    static const char *const names[ENTRY_METRICS] = {"likes", "reposts", "replies", "quotes",
                                                     "views"};
    bool known = false;
    for (size_t i = 0; i < ENTRY_METRICS; i++)
        known = known || p->metrics[i] >= 0;
    json_key(j, "metrics");
    if (!known) {
        json_null(j);
        return;
    }
    json_open(j, '{');
    for (size_t i = 0; i < ENTRY_METRICS; i++)
        write_count(j, names[i], p->metrics[i]);
    json_close(j, '}');
}

void entry_write_watch(struct json *j, const char *const *watches, size_t count)
{
    json_key(j, "watch");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++)
        json_text(j, watches[i]);
    json_close(j, ']');
}

void entry_write_origin(struct json *j, const struct entry_origin *origin)
{
    json_key(j, "tier");
    if (origin->tier == NULL)
        json_null(j);
    else
        json_text(j, origin->tier);
    entry_write_watch(j, origin->watches, origin->watch_count);
}

void entry_write(struct buf *lines, const struct entry *p, const struct entry_origin *origin)
{
    struct json j = {.out = lines};
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "post");
    write_id(&j, "id", origin->source, p->id);
    json_key(&j, "source");
    json_text(&j, origin->source);
    write_text(&j, "url", p->url);
    json_key(&j, "time");
    json_time(&j, p->time);
    json_key(&j, "seen");
    json_time(&j, origin->seen);
    json_key(&j, "edited");
    json_time(&j, p->edited);
    write_text(&j, "lang", p->lang);
    write_author(&j, p, origin->source);
    write_text(&j, "title", p->title);
    json_key(&j, "text");
    json_str(&j, p->text.ptr != NULL ? p->text : STR(""));
    write_id(&j, "reply_to", origin->source, p->reply_to);
    write_id(&j, "quote_of", origin->source, p->quote_of);
    write_id(&j, "repost_of", origin->source, p->repost_of);
    write_id(&j, "thread", origin->source, p->thread);
    write_list(&j, "tags", &p->tags);
    write_list(&j, "mentions", &p->mentions);
    write_list(&j, "links", &p->links);
    write_media(&j, p);
    write_metrics(&j, p);
    entry_write_origin(&j, origin);
    json_close(&j, '}');
    buf_add_char(lines, '\n');
}
