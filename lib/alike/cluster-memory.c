/*
 * What is kept: seeds, entries and members as plain bytes that are saved as they are, and groups,
 * of which one that was saved stays so until a post of it comes. What a window forgets is given
 * back when half may be of it.
 */
#include <stdlib.h>

#include "alike/cluster-parts.h"
#include "base/clock.h"
#include "base/mem.h"

#define SWEEP_FROM 4096 /* entries, below which it is not worth the work */

struct clusters *clusters_new(const struct pack *pack, bool by_number)
{
    struct clusters *c = mem_zero(1, sizeof *c);
    c->standing.latest = c->standing.period_end = CLOCK_UNKNOWN;
    c->ids = c->numbers = SEEN_EMPTY;
    c->pack = pack;
    c->by_number = by_number;
    return c;
}

static uint32_t entry_count(const struct clusters *c)
{
    return (uint32_t)(c->entries.len / sizeof(struct entry));
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
    codes_free(&c->codes);
    buf_free(&c->packed);
    buf_free(&c->json);
    buf_free(&c->scratch);
    free(c->groups);
    free(c->changed);
    free(c->written);
    free(c);
}

static void align_seeds(struct extent *seeds)
{
    static const char zeros[sizeof(uint64_t)];
    extent_add(seeds, zeros, -seeds->len % sizeof zeros);
}

uint64_t clusters_keep_seed(struct clusters *c, const struct seed *seed, const char *json)
{
    struct group_words words = seed_words(seed, json);
    struct seed kept;
    uint64_t at = c->seeds.len;
    codes_read(&c->codes, words.text, words.text.len);
    buf_clear(&c->packed);
    pack_codes(c->pack, c->codes.at, c->codes.count, &c->packed);
    memcpy(&kept, seed, sizeof kept); /* its bytes are saved: no padding of chance */
    kept.packed = (uint16_t)c->packed.len;
    extent_add(&c->seeds, &kept, sizeof kept);
    extent_add(&c->seeds, json, seed->text_at);
    extent_add(&c->seeds, c->packed.data, c->packed.len);
    extent_add(&c->seeds, words.watches.ptr, words.watches.len);
    align_seeds(&c->seeds);
    return at;
}

const char *clusters_seed_json(struct clusters *c, const struct seed *seed)
{
    const char *kept = (const char *)(seed + 1), *text = kept + seed->text_at;
    unpack_codes(c->pack, (struct str){text, seed->packed}, &c->codes);
    buf_clear(&c->json);
    buf_add(&c->json, kept, seed->text_at);
    for (size_t i = 0; i < c->codes.count; i++)
        buf_add_code(&c->json, c->codes.at[i]);
    buf_add_char(&c->json, '}');
    buf_add(&c->json, text + seed->packed, seed->watches);
    return c->json.data;
}

/* Copies a seed that is kept, as it is; returns where to. */
static uint64_t copy_seed(struct extent *to, const struct seed *seed)
{
    uint64_t at = to->len;
    extent_add(to, seed, sizeof *seed + seed->text_at + seed->packed + seed->watches);
    align_seeds(to);
    return at;
}

uint32_t clusters_add_entry(struct clusters *c, uint64_t seed)
{
    struct entry entry = {.seed = seed, .last = c->moment.time};
    uint32_t number = entry_count(c);
    extent_add(&c->entries, &entry, sizeof entry);
    return number;
}

bool clusters_remembers(const struct clusters *c, uint32_t number)
{
    if (number == SEEN_NONE)
        return false;
    const struct entry *entry = clusters_entry_at(c, number);
    uint64_t last = entry->last != 0 ? entry->last : c->standing.began;
    return entry->ended == 0 && last >= c->moment.horizon;
}

void clusters_touch(struct clusters *c, uint32_t number)
{
    struct entry *entry = number == SEEN_NONE ? NULL : clusters_entry_at(c, number);
    if (entry != NULL && c->moment.time > entry->last)
        entry->last = c->moment.time;
}

static const struct member fresh = {SEEN_NONE, SEEN_NONE, NOT_READ};

/* What is remembered of where a member belongs. */
static void recall(const struct clusters *c, struct member *member)
{
    member->entry = clusters_remembers(c, member->entry) ? member->entry : SEEN_NONE;
    member->also = clusters_remembers(c, member_also(member)) ? member->also : SEEN_NONE;
    if (member->entry == SEEN_NONE && member->also == SEEN_NONE)
        *member = fresh;
}

struct member *clusters_member_of(struct clusters *c, uint64_t id)
{
    uint32_t number = seen_find(&c->ids, id);
    if (number == SEEN_NONE) {
        number = (uint32_t)(c->members.len / sizeof fresh);
        seen_new(&c->ids, id, number, SEEN_ANYWHERE);
        extent_add(&c->members, &fresh, sizeof fresh);
    }
    recall(c, clusters_member_at(c, number));
    return clusters_member_at(c, number);
}

static struct group *start_group(struct clusters *c, struct entry *entry)
{
    MEM_GROW(c->groups, c->group_count, c->group_cap);
    struct group *group = c->groups[c->group_count++] = mem_zero(1, sizeof *group);
    entry->group = (uint32_t)c->group_count;
    return group;
}

struct group *clusters_group_at_work(struct clusters *c, struct entry *entry)
{
    if (entry->group != 0)
        return c->groups[entry->group - 1];
    if (entry->saved == 0)
        return NULL;
    struct group *group = start_group(c, entry);
    group_load(group, str_from((struct str){c->saved.data, c->saved.len}, entry->saved - 1));
    return group;
}

struct group *clusters_group_of(struct clusters *c, uint32_t number)
{
    struct entry *entry = clusters_entry_at(c, number);
    struct group *group = clusters_group_at_work(c, entry);
    if (group != NULL)
        return group;
    group = start_group(c, entry);
    c->standing.groups++;
    const struct seed *seed = clusters_seed_at(c, entry);
    struct group_words words = seed_words(seed, clusters_seed_json(c, seed));
    words.text = (struct str){NULL, 0};
    if (seed->read)
        group_add(group, &seed->post, &words);
    return group;
}

void clusters_note_changed(struct clusters *c, uint32_t number)
{
    MEM_GROW(c->changed, c->changed_count, c->changed_cap);
    c->changed[c->changed_count++] = number;
}

/* ---- forgetting ---- */

static uint32_t number_after(const void *to, uint32_t number)
{
    return ((const uint32_t *)to)[number];
}

/* Gives what is remembered new numbers without gaps, in order, and drops the rest; what is
 * still to be written stays, but no wider window brings it back. */
static uint32_t *sweep_entries(struct clusters *c)
{
    uint32_t count = entry_count(c), kept = 0;
    uint32_t *to = mem_alloc(((size_t)count + 1) * sizeof *to);
    struct extent seeds = {0};
    for (uint32_t i = 0; i < count; i++) {
        struct entry entry = *clusters_entry_at(c, i);
        to[i] = SEEN_NONE;
        entry.ended = !clusters_remembers(c, i);
        if (entry.changed == 0 && entry.ended != 0) {
            if (entry.group != 0)
                end_group(c, entry.group);
            continue;
        }
        entry.seed = copy_seed(&seeds, clusters_seed_at(c, &entry));
        to[i] = kept;
        *clusters_entry_at(c, kept++) = entry;
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
        struct member member = *clusters_member_at(c, i);
        member.entry = member.entry == SEEN_NONE ? SEEN_NONE : entries[member.entry];
        uint32_t also = member_also(&member), own = member.also & MEMBER_OWN;
        also = also == SEEN_NONE ? SEEN_NONE : entries[also];
        member.also = also == SEEN_NONE ? SEEN_NONE : also | own;
        bool keeps = member.entry != SEEN_NONE || member.also != SEEN_NONE;
        to[i] = keeps ? kept : SEEN_NONE;
        if (keeps)
            *clusters_member_at(c, kept++) = member;
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
    c->entries_kept = entry_count(c);
    free(to);
}

void clusters_set_moment(struct clusters *c, struct copies_moment moment)
{
    c->moment = moment;
    if (c->standing.began == 0)
        c->standing.began = moment.time;
    if (entry_count(c) >= 2 * c->entries_kept + SWEEP_FROM)
        sweep(c);
}

/* ---- saving ---- */

/* Saves the groups that posts of this run were of; the others stay as they were saved. */
static void save_groups(struct clusters *c)
{
    struct extent all = {0};
    struct str saved = {c->saved.data, c->saved.len};
    for (uint32_t i = 0; i < entry_count(c); i++) {
        struct entry *entry = clusters_entry_at(c, i);
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
    for (uint32_t i = 0; i < entry_count(c); i++)
        if (clusters_entry_at(c, i)->changed != 0)
            clusters_note_changed(c, i);
    c->ids.slots.count = (size_t)s->ids;
    c->ids.slots.homes = (size_t)s->id_homes;
    c->numbers.slots.count = (size_t)s->numbers;
    c->numbers.slots.homes = (size_t)s->number_homes;
    if (!c->by_number)
        seen_free(&c->numbers);
}
