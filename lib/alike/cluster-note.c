/*
 * Notes: what clusters have to know of a post, read out of its members by workers. A note is the
 * seed of a group that the post may come to be the first of, with the JSON of a record's `first`
 * and a list of watches behind it.
 */
#include "alike/cluster-parts.h"
#include "base/clock.h"
#include "base/hash.h"
#include "record/value.h"
#include "record/write.h"
#include "text/post.h"

#define PLACE_SHOWN 256 /* characters of a source, a tier and the name of a watch */
#define URL_SHOWN   2048
#define ID_SHOWN    512 /* characters of an author's id and handle */
#define NAME_SHOWN  100 /* characters of an author's name */
#define ID_AT       (sizeof "{\"id\":" - 1)
#define TO_TIER     (sizeof ",\"tier\":" - 1)

enum { SEED_ID = 129, SEED_AUTHOR, SEED_HANDLE };

static uint64_t hash_name(struct str raw, uint64_t seed, struct buf *scratch)
{
    buf_clear(scratch);
    struct str name = value_type(raw) == VALUE_NUMBER ? raw : value_string(raw, scratch);
    uint64_t hash = name.len == 0 ? 0 : hash_bytes(name, seed);
    return name.len > 0 && hash == 0 ? 1 : hash;
}

uint64_t cluster_hash_id(struct str raw, struct buf *scratch)
{
    return hash_name(raw, SEED_ID, scratch);
}

/* An author is known by the id or else, on one network, by the handle. */
static uint64_t hash_author(const struct cluster_post *post, struct buf *scratch)
{
    uint64_t hash = hash_name(value_member(post->author, "id"), SEED_AUTHOR, scratch);
    if (hash != 0)
        return hash;
    uint64_t network = hash_name(post->source, SEED_HANDLE, scratch);
    return hash_name(value_member(post->author, "handle"), SEED_HANDLE + network, scratch);
}

static int64_t read_time(struct str raw, struct buf *scratch)
{
    int64_t time;
    buf_clear(scratch);
    clock_parse(value_string(raw, scratch), &time);
    return time;
}

/* The time that a post says, and as of when it counts. Nobody posts after the post was seen: what
 * says so would end a period early, and hold back what is written of the next ones. */
struct post_times {
    int64_t said, counts;
};

static struct post_times believed_times(const struct cluster_post *post, int64_t now,
                                        struct buf *scratch)
{
    int64_t time = read_time(post->time, scratch), seen = read_time(post->seen, scratch);
    if (seen != CLOCK_UNKNOWN && seen <= now + CLOCK_DAY)
        return (struct post_times){time, seen < time ? seen : time};
    if (time > now + CLOCK_DAY)
        time = CLOCK_UNKNOWN;
    return (struct post_times){time, time};
}

/* How many a post says there were, REACH_MOST at most; -1: it does not say. */
static int64_t read_count(struct str raw)
{
    return value_number(raw, -1) > REACH_MOST ? REACH_MOST : value_integer(raw, -1);
}

static uint64_t read_reach(const struct cluster_post *post)
{
    int64_t views = read_count(value_member(post->metrics, "views"));
    int64_t followers = read_count(value_member(post->author, "followers"));
    int64_t reach = views >= 0 ? views : followers;
    if (reach < 0)
        return REACH_UNKNOWN;
    return (uint64_t)reach | (views >= 0 ? REACH_VIEWS : 0);
}

static bool is_name(struct str raw)
{
    return value_type(raw) == VALUE_STRING || value_type(raw) == VALUE_NUMBER;
}

/* Adds a text, no more than so many characters of it. */
static void put_some(struct json *j, struct str text, size_t characters)
{
    size_t at = 0;
    for (size_t left = characters; at < text.len && left > 0; left--)
        for (at++; at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80; at++)
            continue;
    if (at == text.len) {
        json_valid(j, text);
        return;
    }
    struct buf cut = {0};
    buf_add(&cut, text.ptr, at);
    buf_add_text(&cut, "…");
    json_valid(j, buf_str(&cut));
    buf_free(&cut);
}

/* The same of a raw string; what is neither text nor number, as null. */
static void put_cut(struct json *j, struct str raw, size_t characters, struct buf *scratch)
{
    if (!is_name(raw)) {
        json_null(j);
        return;
    }
    buf_clear(scratch);
    put_some(j, value_type(raw) == VALUE_NUMBER ? raw : value_string(raw, scratch), characters);
}

/* Adds the text; of a post with a title, what is compared of the two. */
static void put_text(struct json *j, const struct cluster_post *post, struct buf *scratch)
{
    if (post_title_bytes(post->title, scratch) == 0)
        put_cut(j, post->text, CLUSTER_TEXT, scratch);
    else
        put_some(j, str_trim(post->compared), CLUSTER_TEXT);
}

static void put_author(struct json *j, struct str author, struct buf *scratch)
{
    static const struct {
        const char *key;
        size_t characters;
    } names[] = {{"id", ID_SHOWN}, {"handle", ID_SHOWN}, {"name", NAME_SHOWN}};
    json_key(j, "author");
    if (value_type(author) != VALUE_OBJECT) {
        json_null(j);
        return;
    }
    json_open(j, '{');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_key(j, names[i].key);
        put_cut(j, value_member(author, names[i].key), names[i].characters, scratch);
    }
    json_key(j, "followers");
    struct str said = value_member(author, "followers");
    int64_t followers = value_integer(said, value_number(said, -1) > REACH_MOST ? REACH_MOST : -1);
    if (followers >= 0)
        json_integer(j, followers);
    else
        json_null(j);
    json_close(j, '}');
}

void cluster_put_first(const struct cluster_post *post, int64_t time, struct buf *scratch,
                       struct buf *to, struct seed *seed)
{
    struct json j = {.out = to};
    size_t start = to->len;
    json_open(&j, '{');
    json_key(&j, "id");
    json_raw(&j, seed->post.id != 0 ? post->id : (struct str){NULL, 0});
    seed->id_length = (uint32_t)(to->len - start - ID_AT);
    json_key(&j, "url");
    put_cut(&j, post->url, URL_SHOWN, scratch);
    json_key(&j, "source");
    seed->source_at = (uint32_t)(to->len - start);
    put_cut(&j, post->source, PLACE_SHOWN, scratch);
    seed->source_length = (uint16_t)(to->len - start - seed->source_at);
    json_key(&j, "tier");
    size_t tier = to->len;
    put_cut(&j, post->tier, PLACE_SHOWN, scratch);
    seed->tier_length = (uint16_t)(to->len - tier);
    json_key(&j, "time");
    json_time(&j, time);
    put_author(&j, post->author, scratch);
    json_key(&j, "text");
    seed->text_at = (uint32_t)(to->len - start);
    put_text(&j, post, scratch);
    seed->text_length = (uint16_t)(to->len - start - seed->text_at);
    json_close(&j, '}');
}

/* Adds the list of the watches, of which one may stand alone; what is no string is left out. */
static void put_watches(struct str watches, struct buf *scratch, struct buf *to)
{
    struct walk w;
    struct str raw;
    struct buf name = {0};
    size_t start = to->len;
    walk_begin_list(&w, watches);
    while (walk_next(&w, NULL, &raw)) {
        if (value_type(raw) != VALUE_STRING)
            continue;
        buf_clear(&name);
        put_cut(&(struct json){.out = &name}, raw, PLACE_SHOWN, scratch);
        if (!group_list_watch(to, start, buf_str(&name)))
            break;
    }
    buf_free(&name);
}

void cluster_note(const struct cluster_post *post, int64_t now, struct buf *scratch, struct buf *to)
{
    struct seed seed;
    memset(&seed, 0, sizeof seed); /* its bytes are copied: no padding of chance */
    size_t start = to->len;
    seed.read = true;
    seed.post.id = cluster_hash_id(post->id, scratch);
    seed.post.author = hash_author(post, scratch);
    struct post_times times = believed_times(post, now, scratch);
    seed.post.time = times.counts;
    seed.post.reach = read_reach(post);
    buf_add(to, &seed, sizeof seed);
    cluster_put_first(post, times.said, scratch, to, &seed);
    size_t end = to->len;
    put_watches(post->watch, scratch, to);
    seed.watches = (uint16_t)(to->len - end);
    memcpy(to->data + start, &seed, sizeof seed);
}

struct seed seed_read(struct str note)
{
    struct seed seed;
    memcpy(&seed, note.ptr, sizeof seed);
    return seed;
}

size_t cluster_note_size(struct str note)
{
    struct seed seed = seed_read(note);
    return sizeof seed + seed_length(&seed) + seed.watches;
}

int64_t cluster_note_time(struct str note)
{
    return seed_read(note).post.time;
}

struct str seed_id(const struct seed *seed, const char *json)
{
    return (struct str){json + ID_AT, seed->id_length};
}

struct group_words seed_words(const struct seed *seed, const char *json)
{
    const char *source = json + seed->source_at, *tier = source + seed->source_length + TO_TIER;
    return (struct group_words){.text = {json + seed->text_at, seed->text_length},
                                .source = {source, seed->source_length},
                                .tier = {tier, seed->tier_length},
                                .watches = {json + seed_length(seed), seed->watches}};
}
