/*
 * Who belongs to whom. Ids lead to members, members to entries, entries to a seed and, from
 * the first copy on, to a group. The seed of a first post is its note as a worker made it,
 * with the JSON of the record's `first` behind it.
 *
 * Seeds, entries and members are plain bytes that are saved as they are. A group that was
 * saved stays so until a post of it comes.
 */
#include "alike/cluster.h"

#include <stdlib.h>

#include "alike/group.h"
#include "alike/seen.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "record/value.h"
#include "record/write.h"
#include "text/post.h"

#define DAY         86400
#define PLACE_SHOWN 256 /* characters of a source, a tier and the name of a watch */
#define URL_SHOWN   2048
#define ID_SHOWN    512 /* characters of an author's id and handle */
#define NAME_SHOWN  100 /* characters of an author's name */
#define NUMBER_SEED 128
#define SWEEP_FROM  4096 /* entries, below which it is not worth the work */

enum { SEED_ID = 129, SEED_AUTHOR, SEED_HANDLE };

/* What a note begins with, and a seed. JSON follows: the first post, as a record has it, and a
 * list of its watches, if it has any. */
struct seed {
    struct group_post post;
    uint32_t length;  /* of the first post */
    uint32_t text_at; /* in it, where the text is, which ends before the last brace */
    uint32_t id_length;
    uint32_t source_at; /* in it, and the tier behind */
    uint16_t source_length, tier_length;
    uint16_t watches; /* bytes of the list */
    bool read;        /* not only named by others */
};

#define ID_AT   (sizeof "{\"id\":" - 1)
#define TO_TIER (sizeof ",\"tier\":" - 1)

struct entry {
    uint64_t seed;    /* where it stands */
    uint64_t saved;   /* where its group stands among the saved, from 1; 0: it does not */
    uint32_t group;   /* its number among those at work, from 1; 0: it is none of them */
    uint32_t last;    /* when it or a copy was last posted; 0: before any time was known */
    uint64_t changed; /* 1: since it was last written */
};

/* A post with an id. */
struct member {
    uint32_t entry; /* to which copies of it belong; SEEN_NONE: not known yet */
    uint32_t also;  /* where it counts as a copy, if that is another one */
    uint64_t reach; /* NOT_READ: it is only named by others */
};

#define NOT_READ (REACH_UNKNOWN - 1)

/* A group that is to be written. */
struct written {
    uint64_t rank; /* copies, or those of a later group of its id, if these are more */
    uint64_t id;   /* hash of the first post's */
    uint32_t number;
};

/* What goes on from run to run beside the tables, and their sizes. */
struct standing {
    int64_t latest, period_end; /* CLOCK_UNKNOWN: no time was read yet */
    uint64_t groups;            /* that there were */
    uint64_t began;             /* the first time that was known of any post; 0: none is */
    uint64_t ids, id_homes, numbers, number_homes;
};

struct clusters {
    struct standing standing;
    struct seen ids, numbers; /* of members; of entries whose first post has no id */
    bool by_number;           /* these are known by the numbers of copies.h */
    struct extent seeds, entries, members;
    struct extent saved;   /* groups */
    struct group **groups; /* at work */
    size_t group_count, group_cap;
    size_t entries_kept; /* when it was last looked what to forget */
    struct copies_moment moment;
    uint32_t *changed; /* entries */
    size_t changed_count, changed_cap;
    struct written *written; /* NULL: none are being written */
    size_t written_count, written_next;
    struct buf scratch;
    struct state_content content;
};

static struct entry *entry_at(const struct clusters *c, uint32_t number)
{
    return (struct entry *)(void *)c->entries.data + number;
}

static struct member *member_at(const struct clusters *c, uint32_t number)
{
    return (struct member *)(void *)c->members.data + number;
}

/* Until the next one is added. */
static struct seed *seed_at(const struct clusters *c, const struct entry *entry)
{
    return (struct seed *)(void *)(c->seeds.data + entry->seed);
}

/* ---- notes ---- */

static uint64_t hash_name(struct str raw, uint64_t seed, struct buf *scratch)
{
    buf_clear(scratch);
    struct str name = value_type(raw) == VALUE_NUMBER ? raw : value_string(raw, scratch);
    uint64_t hash = name.len == 0 ? 0 : hash_bytes(name, seed);
    return name.len > 0 && hash == 0 ? 1 : hash;
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
    int64_t latest = seen != CLOCK_UNKNOWN && seen < now ? seen : now;
    if (time > latest + DAY)
        time = CLOCK_UNKNOWN;
    return (struct post_times){time, seen != CLOCK_UNKNOWN && seen < time ? seen : time};
}

static uint64_t read_reach(const struct cluster_post *post)
{
    int64_t views = value_integer(value_member(post->metrics, "views"), -1);
    int64_t followers = value_integer(value_member(post->author, "followers"), -1);
    int64_t reach = views >= 0 ? views : followers;
    if (reach < 0)
        return REACH_UNKNOWN;
    return (uint64_t)(reach > REACH_MOST ? REACH_MOST : reach) | (views >= 0 ? REACH_VIEWS : 0);
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

/* Adds what is compared of a post: title and text. */
static void put_text(struct json *j, const struct cluster_post *post, struct buf *scratch)
{
    if (post_title_bytes(post->title, scratch) == 0)
        put_cut(j, post->text, CLUSTER_TEXT, scratch);
    else
        put_some(j, str_trim(post_text(post->title, post->text, scratch)), CLUSTER_TEXT);
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
    int64_t followers = value_integer(value_member(author, "followers"), -1);
    if (followers >= 0)
        json_integer(j, followers);
    else
        json_null(j);
    json_close(j, '}');
}

/* Adds the object that a record has as `first`; its text stands last. */
static void put_first(const struct cluster_post *post, int64_t time, struct buf *scratch,
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
    json_close(&j, '}');
    seed->length = (uint32_t)(to->len - start);
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
    seed.post.id = hash_name(post->id, SEED_ID, scratch);
    seed.post.author = hash_author(post, scratch);
    struct post_times times = believed_times(post, now, scratch);
    seed.post.time = times.counts;
    seed.post.reach = read_reach(post);
    buf_add(to, &seed, sizeof seed);
    put_first(post, times.said, scratch, to, &seed);
    size_t end = to->len;
    put_watches(post->watch, scratch, to);
    seed.watches = (uint16_t)(to->len - end);
    memcpy(to->data + start, &seed, sizeof seed);
}

static struct seed seed_of(struct str note)
{
    struct seed seed;
    memcpy(&seed, note.ptr, sizeof seed);
    return seed;
}

size_t cluster_note_size(struct str note)
{
    struct seed seed = seed_of(note);
    return sizeof seed + seed.length + seed.watches;
}

int64_t cluster_note_time(struct str note)
{
    return seed_of(note).post.time;
}

/* ---- memory ---- */

struct clusters *clusters_new(bool by_number)
{
    struct clusters *c = mem_zero(1, sizeof *c);
    c->standing.latest = c->standing.period_end = CLOCK_UNKNOWN;
    c->ids = c->numbers = SEEN_EMPTY;
    c->by_number = by_number;
    return c;
}

static void end_group(struct clusters *c, uint32_t number)
{
    struct group **group = &c->groups[number - 1];
    group_free(*group);
    free(*group);
    *group = NULL;
}

void clusters_free(struct clusters *c)
{
    if (c == NULL)
        return;
    for (uint32_t i = 1; i <= c->group_count; i++)
        if (c->groups[i - 1] != NULL)
            end_group(c, i);
    seen_free(&c->ids);
    seen_free(&c->numbers);
    extent_free(&c->seeds);
    extent_free(&c->entries);
    extent_free(&c->members);
    extent_free(&c->saved);
    buf_free(&c->scratch);
    free(c->groups);
    free(c->changed);
    free(c->written);
    free(c);
}

/* Keeps a seed and its JSON; returns where. */
static uint64_t keep_seed(struct extent *seeds, const struct seed *seed, const char *json)
{
    static const char zeros[sizeof(uint64_t)];
    uint64_t at = seeds->len;
    extent_add(seeds, seed, sizeof *seed);
    extent_add(seeds, json, (size_t)seed->length + seed->watches);
    extent_add(seeds, zeros, -seeds->len % sizeof zeros); /* the next one is aligned */
    return at;
}

static const char *seed_json(const struct seed *seed)
{
    return (const char *)(seed + 1);
}

static struct group_words words_of(const struct seed *seed, const char *json)
{
    const char *source = json + seed->source_at, *tier = source + seed->source_length + TO_TIER;
    return (struct group_words){.text = {json + seed->text_at, seed->length - seed->text_at - 1},
                                .source = {source, seed->source_length},
                                .tier = {tier, seed->tier_length},
                                .watches = {json + seed->length, seed->watches}};
}

static uint32_t add_entry(struct clusters *c, uint64_t seed)
{
    struct entry entry = {.seed = seed, .last = c->moment.time};
    uint32_t number = (uint32_t)(c->entries.len / sizeof entry);
    extent_add(&c->entries, &entry, sizeof entry);
    return number;
}

static bool remembers(const struct clusters *c, uint32_t number)
{
    if (number == SEEN_NONE)
        return false;
    uint32_t last = entry_at(c, number)->last;
    return (last != 0 ? last : c->standing.began) >= c->moment.horizon;
}

/* Says that a post of a group was posted. */
static void touch(struct clusters *c, uint32_t number)
{
    struct entry *entry = number == SEEN_NONE ? NULL : entry_at(c, number);
    if (entry != NULL && c->moment.time > entry->last)
        entry->last = c->moment.time;
}

/* The same of a post that belongs there. */
static void touch_member(struct clusters *c, const struct member *member)
{
    touch(c, member->entry);
    touch(c, member->also);
}

static const struct member fresh = {SEEN_NONE, SEEN_NONE, NOT_READ};

/* What is remembered of where a member belongs. */
static void recall(const struct clusters *c, struct member *member)
{
    member->entry = remembers(c, member->entry) ? member->entry : SEEN_NONE;
    member->also = remembers(c, member->also) ? member->also : SEEN_NONE;
    if (member->entry == SEEN_NONE && member->also == SEEN_NONE)
        *member = fresh;
}

/* The member of an id, which is added if it was not there; new where it was forgotten. */
static struct member *member_of(struct clusters *c, uint64_t id)
{
    uint32_t number = seen_find(&c->ids, id);
    if (number == SEEN_NONE) {
        number = (uint32_t)(c->members.len / sizeof fresh);
        seen_new(&c->ids, id, number, SEEN_ANYWHERE);
        extent_add(&c->members, &fresh, sizeof fresh);
    }
    recall(c, member_at(c, number));
    return member_at(c, number);
}

/* ---- forgetting ---- */

static uint32_t number_after(const void *to, uint32_t number)
{
    return ((const uint32_t *)to)[number];
}

/* Gives what is remembered new numbers without gaps, in order, and drops the rest; what is
 * still to be written stays. */
static uint32_t *sweep_entries(struct clusters *c)
{
    uint32_t count = (uint32_t)(c->entries.len / sizeof(struct entry)), kept = 0;
    uint32_t *to = mem_alloc(((size_t)count + 1) * sizeof *to);
    struct extent seeds = {0};
    for (uint32_t i = 0; i < count; i++) {
        struct entry entry = *entry_at(c, i);
        to[i] = SEEN_NONE;
        if (entry.changed == 0 && !remembers(c, i)) {
            if (entry.group != 0)
                end_group(c, entry.group);
            continue;
        }
        const struct seed *seed = seed_at(c, &entry);
        entry.seed = keep_seed(&seeds, seed, seed_json(seed));
        to[i] = kept;
        *entry_at(c, kept++) = entry;
    }
    c->entries.len = kept * sizeof(struct entry);
    extent_fit(&c->entries);
    extent_free(&c->seeds);
    c->seeds = seeds;
    return to;
}

static void sweep_members(struct clusters *c, const uint32_t *entries)
{
    uint32_t count = (uint32_t)(c->members.len / sizeof(struct member)), kept = 0;
    uint32_t *to = mem_alloc(((size_t)count + 1) * sizeof *to);
    for (uint32_t i = 0; i < count; i++) {
        struct member member = *member_at(c, i);
        member.entry = member.entry == SEEN_NONE ? SEEN_NONE : entries[member.entry];
        member.also = member.also == SEEN_NONE ? SEEN_NONE : entries[member.also];
        bool keeps = member.entry != SEEN_NONE || member.also != SEEN_NONE;
        to[i] = keeps ? kept : SEEN_NONE;
        if (keeps)
            *member_at(c, kept++) = member;
    }
    c->members.len = kept * sizeof(struct member);
    extent_fit(&c->members);
    slots_renumber(&c->ids.slots, number_after, to);
    free(to);
}

static void sweep(struct clusters *c)
{
    if (c->moment.horizon == 0)
        return;
    uint32_t *to = sweep_entries(c);
    sweep_members(c, to);
    slots_renumber(&c->numbers.slots, number_after, to);
    for (size_t i = 0; i < c->changed_count; i++)
        c->changed[i] = to[c->changed[i]];
    c->entries_kept = c->entries.len / sizeof(struct entry);
    free(to);
}

/* Moves the clock on. Memory is given back when half may be of what is forgotten; nobody
 * sees when. */
static void set_moment(struct clusters *c, struct copies_moment moment)
{
    c->moment = moment;
    if (c->standing.began == 0)
        c->standing.began = moment.time;
    if (c->entries.len / sizeof(struct entry) >= 2 * c->entries_kept + SWEEP_FROM)
        sweep(c);
}

/* ---- taking posts ---- */

static void note_changed(struct clusters *c, uint32_t number)
{
    MEM_GROW(c->changed, c->changed_count, c->changed_cap);
    c->changed[c->changed_count++] = number;
}

static void set_changed(struct clusters *c, uint32_t number)
{
    if (entry_at(c, number)->changed == 0)
        note_changed(c, number);
    entry_at(c, number)->changed = 1;
}

/* The seed of a first post of which only the id is known. */
static uint64_t unread_seed(struct clusters *c, struct str id)
{
    struct buf json = {0};
    struct cluster_post post = {.id = id};
    struct seed seed;
    memset(&seed, 0, sizeof seed);
    seed.post.id = hash_name(id, SEED_ID, &c->scratch);
    put_first(&post, CLOCK_UNKNOWN, &c->scratch, &json, &seed);
    uint64_t kept = keep_seed(&c->seeds, &seed, json.data);
    buf_free(&json);
    return kept;
}

static uint64_t hash_number(uint32_t number)
{
    return hash_bytes((struct str){(const char *)&number, sizeof number}, NUMBER_SEED);
}

/* The entry of the post that this one is a copy of, or SEEN_NONE where nothing is known of
 * it, or it is this post itself. */
static uint32_t entry_of_original(struct clusters *c, const struct copy *copy, uint64_t own_id)
{
    uint64_t id = hash_name(copy->of, SEED_ID, &c->scratch);
    if (id == 0)
        return copy->first == SEEN_NONE ? SEEN_NONE
                                        : seen_find(&c->numbers, hash_number(copy->first));
    if (id == own_id)
        return SEEN_NONE;
    struct member *original = member_of(c, id);
    touch_member(c, original);
    if (original->entry == SEEN_NONE)
        original->entry = add_entry(c, unread_seed(c, copy->of));
    return original->entry;
}

static struct group *start_group(struct clusters *c, struct entry *entry)
{
    MEM_GROW(c->groups, c->group_count, c->group_cap);
    struct group *group = c->groups[c->group_count++] = mem_zero(1, sizeof *group);
    entry->group = (uint32_t)c->group_count;
    return group;
}

/* The group of an entry, NULL before its first copy. One that was saved is taken up. */
static struct group *group_at_work(struct clusters *c, struct entry *entry)
{
    if (entry->group != 0)
        return c->groups[entry->group - 1];
    if (entry->saved == 0)
        return NULL;
    struct group *group = start_group(c, entry);
    group_load(group, str_from((struct str){c->saved.data, c->saved.len}, entry->saved - 1));
    return group;
}

/* The same, but it begins if it is not there, with the first post if that was read. */
static struct group *group_of(struct clusters *c, uint32_t number)
{
    struct entry *entry = entry_at(c, number);
    struct group *group = group_at_work(c, entry);
    if (group != NULL)
        return group;
    group = start_group(c, entry);
    c->standing.groups++;
    const struct seed *seed = seed_at(c, entry);
    struct group_words words = words_of(seed, seed_json(seed));
    words.text = (struct str){NULL, 0};
    if (seed->read)
        group_add(group, &seed->post, &words);
    return group;
}

static void take_copy(struct clusters *c, uint32_t number, const struct seed *seed,
                      const char *json, enum copy_how how)
{
    struct group *group = group_of(c, number);
    struct group_words words = words_of(seed, json);
    group_add(group, &seed->post, &words);
    group->copies++;
    group->hows[how]++;
    touch(c, number);
    set_changed(c, number);
}

/* A first post whose copies may have come before it. */
static void take_first(struct clusters *c, uint32_t *number, const struct seed *seed,
                       const char *json)
{
    uint64_t kept = keep_seed(&c->seeds, seed, json);
    if (*number == SEEN_NONE) {
        *number = add_entry(c, kept);
        return;
    }
    struct entry *entry = entry_at(c, *number);
    entry->seed = kept;
    touch(c, *number);
    struct group *group = group_at_work(c, entry);
    if (group != NULL) {
        struct group_words words = words_of(seed, json);
        group_add(group, &seed->post, &words);
        set_changed(c, *number);
    }
}

static void more_reach(struct clusters *c, uint32_t number, uint64_t before, uint64_t now)
{
    if (!remembers(c, number))
        return;
    struct entry *entry = entry_at(c, number);
    struct group *group = group_at_work(c, entry);
    if (group == NULL) {
        seed_at(c, entry)->post.reach = now;
        return;
    }
    group_reach_more(group, before, now);
    set_changed(c, number);
}

static void read_again(struct clusters *c, struct member *member, uint64_t reach)
{
    uint64_t before = member->reach, better = group_reach_better(before, reach);
    touch_member(c, member);
    if (better == before)
        return;
    member->reach = better;
    more_reach(c, member->entry, before, better);
    more_reach(c, member->also, before, better);
}

static void note_number(struct clusters *c, uint32_t number, uint32_t entry)
{
    if (c->by_number && number != SEEN_NONE &&
        seen_find(&c->numbers, hash_number(number)) == SEEN_NONE)
        seen_new(&c->numbers, hash_number(number), entry, SEEN_ANYWHERE);
}

static void take_fresh(struct clusters *c, struct member *member, const struct seed *seed,
                       const char *json, const struct cluster_finding *finding)
{
    uint32_t number = member != NULL ? member->entry : SEEN_NONE, also = SEEN_NONE;
    if (finding->first || number != SEEN_NONE) /* what others repost is a first one of theirs */
        take_first(c, &number, seed, json);
    if (finding->first && member == NULL)
        note_number(c, finding->copy->own, number);
    if (finding->copied) {
        uint32_t original = entry_of_original(c, finding->copy, seed->post.id);
        if (original == number) /* posts that repeat each other: it counts there already */
            original = SEEN_NONE;
        if (original != SEEN_NONE)
            take_copy(c, original, seed, json, finding->copy->how);
        also = number == SEEN_NONE ? SEEN_NONE : original;
        number = number == SEEN_NONE ? original : number;
    }
    if (seed->post.id == 0)
        return;
    if (number == SEEN_NONE) /* a repost of nobody knows what may itself be reposted */
        take_first(c, &number, seed, json);
    member = member_of(c, seed->post.id); /* members may have moved */
    *member = (struct member){number, also, seed->post.reach};
}

void clusters_take(struct clusters *c, struct str note, uint64_t form,
                   const struct cluster_finding *finding)
{
    struct seed seed = seed_of(note);
    seed.post.form = form;
    set_moment(c, finding->moment);
    if (seed.post.time > c->standing.latest)
        c->standing.latest = seed.post.time;
    struct member *member = seed.post.id == 0 ? NULL : member_of(c, seed.post.id);
    if (member != NULL && member->reach != NOT_READ) {
        read_again(c, member, seed.post.reach);
        return;
    }
    take_fresh(c, member, &seed, note.ptr + sizeof seed, finding);
}

bool clusters_turn(struct clusters *c, int64_t time, int64_t every, int64_t *end)
{
    if (time == CLOCK_UNKNOWN ||
        (c->standing.period_end != CLOCK_UNKNOWN && time < c->standing.period_end))
        return false;
    bool first = c->standing.period_end == CLOCK_UNKNOWN;
    int64_t into = time % every;
    *end = c->standing.period_end;
    c->standing.period_end = time - into + (into < 0 ? 0 : every);
    return !first;
}

/* ---- writing ---- */

/* The most copies first; of two groups of one id the later one, which holds, comes last. */
static int compare_written(const void *a, const void *b)
{
    const struct written *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static void put_record_id(struct json *j, const struct seed *seed)
{
    struct str id = {(const char *)(seed + 1) + ID_AT, seed->id_length};
    struct buf own = {0};
    json_key(j, "id");
    if (seed->post.id != 0) {
        bool quoted = *id.ptr == '"';
        buf_add_text(&own, "\"cluster:");
        buf_add_str(&own, str_from(id, quoted));
        buf_add_text(&own, quoted ? "" : "\"");
        json_raw(j, buf_str(&own));
    } else {
        json_null(j);
    }
    buf_free(&own);
}

static void write_cluster(const struct clusters *c, const struct entry *entry, int64_t time,
                          struct buf *out)
{
    const struct seed *seed = seed_at(c, entry);
    struct json j = {.out = out};
    json_open(&j, '{');
    json_key(&j, "kind");
    json_text(&j, "cluster");
    put_record_id(&j, seed);
    json_key(&j, "time");
    json_time(&j, time);
    json_key(&j, "first");
    json_raw(&j, (struct str){seed_json(seed), seed->length});
    group_write(c->groups[entry->group - 1], words_of(seed, seed_json(seed)).text, &j);
    json_close(&j, '}');
    buf_add_char(out, '\n');
}

static int compare_ids(const void *a, const void *b)
{
    const struct written *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Of groups of one id all but the last are forgotten ones, and none stands behind a later. */
static void rank_forgotten(struct written *written, size_t count)
{
    qsort(written, count, sizeof *written, compare_ids);
    for (size_t i = count; i-- > 1;) {
        struct written *before = &written[i - 1], *later = &written[i];
        if (later->id != 0 && before->id == later->id && before->rank < later->rank)
            before->rank = later->rank;
    }
}

/* Lists what is to be written; all counts as unchanged from here on. */
static void list_changed(struct clusters *c, uint64_t smallest)
{
    c->written = mem_zero(c->changed_count + 1, sizeof *c->written);
    c->written_count = c->written_next = 0;
    for (size_t i = 0; i < c->changed_count; i++) {
        struct entry *entry = entry_at(c, c->changed[i]);
        uint64_t copies = group_at_work(c, entry)->copies;
        entry->changed = 0;
        if (copies + 1 >= smallest)
            c->written[c->written_count++] = (struct written){
                .rank = copies, .id = seed_at(c, entry)->post.id, .number = c->changed[i]};
    }
    c->changed_count = 0;
    rank_forgotten(c->written, c->written_count);
    qsort(c->written, c->written_count, sizeof *c->written, compare_written);
}

bool clusters_write(struct clusters *c, int64_t time, uint64_t smallest, struct buf *out)
{
    if (c->written == NULL)
        list_changed(c, smallest);
    if (c->written_next == c->written_count) {
        free(c->written);
        c->written = NULL;
        return false;
    }
    const struct entry *entry = entry_at(c, c->written[c->written_next++].number);
    write_cluster(c, entry, time == CLOCK_UNKNOWN ? c->standing.latest : time, out);
    return true;
}

struct clusters_counts clusters_count(const struct clusters *c)
{
    struct clusters_counts counts = {.groups = c->standing.groups};
    counts.bytes = seen_bytes(&c->ids) + seen_bytes(&c->numbers) + c->members.cap + c->entries.cap +
                   c->seeds.cap + c->saved.cap + c->changed_cap * sizeof *c->changed +
                   c->group_cap * sizeof *c->groups;
    for (size_t i = 0; i < c->group_count; i++)
        if (c->groups[i] != NULL)
            counts.bytes += group_bytes(c->groups[i]);
    return counts;
}

/* ---- saving ---- */

/* Saves the groups that posts of this run were of; the others stay as they were saved. */
static void save_groups(struct clusters *c)
{
    struct extent all = {0};
    struct str saved = {c->saved.data, c->saved.len};
    for (size_t i = 0; i < c->entries.len / sizeof(struct entry); i++) {
        struct entry *entry = entry_at(c, (uint32_t)i);
        uint64_t at = all.len + 1;
        if (entry->group != 0)
            group_save(c->groups[entry->group - 1], &all);
        else if (entry->saved != 0) {
            struct str group = group_saved(str_from(saved, entry->saved - 1));
            extent_add(&all, group.ptr, group.len);
        } else {
            continue;
        }
        entry->group = 0;
        entry->saved = at;
    }
    extent_free(&c->saved);
    c->saved = all;
}

const struct state_content *clusters_content(struct clusters *c)
{
    struct standing *s = &c->standing;
    sweep(c);
    save_groups(c);
    s->ids = c->ids.slots.count;
    s->id_homes = c->ids.slots.homes;
    s->numbers = c->numbers.slots.count;
    s->number_homes = c->numbers.slots.homes;
    c->content = (struct state_content){
        .settings = STR("--clusters"),
        .standing = s,
        .standing_len = sizeof *s,
        .parts = {&c->seeds, &c->entries, &c->members, &c->saved, &c->ids.slots.room,
                  &c->numbers.slots.room},
        .part_count = 6,
    };
    return &c->content;
}

void clusters_resume(struct clusters *c)
{
    const struct standing *s = &c->standing;
    for (uint32_t i = 0; i < c->entries.len / sizeof(struct entry); i++)
        if (entry_at(c, i)->changed != 0)
            note_changed(c, i);
    c->ids.slots.count = (size_t)s->ids;
    c->ids.slots.homes = (size_t)s->id_homes;
    c->numbers.slots.count = (size_t)s->numbers;
    c->numbers.slots.homes = (size_t)s->number_homes;
    if (!c->by_number)
        seen_free(&c->numbers);
}
