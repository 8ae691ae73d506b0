/*
 * Who belongs to whom: a post that is read leads to its member, to the entry of the post that it is
 * a copy of, and to the group of that one.
 */
#include "alike/cluster-parts.h"
#include "base/clock.h"
#include "base/hash.h"

#define NUMBER_SEED 128

/* Says that a post or a copy of it was posted, wherever that belongs: what repeats words of its own
 * is no copy of what it quotes. */
static void touch_member(struct clusters *c, const struct member *member)
{
    clusters_touch(c, member->entry);
    if ((member->also & MEMBER_OWN) == 0) /* SEEN_NONE has the bit, too */
        clusters_touch(c, member->also);
}

static void set_changed(struct clusters *c, uint32_t number)
{
    if (clusters_entry_at(c, number)->changed == 0)
        clusters_note_changed(c, number);
    clusters_entry_at(c, number)->changed = 1;
}

/* The seed of a first post of which only the id is known. */
static uint64_t unread_seed(struct clusters *c, struct str id)
{
    struct buf json = {0};
    struct cluster_post post = {.id = id};
    struct seed seed;
    memset(&seed, 0, sizeof seed);
    seed.post.id = cluster_hash_id(id, &c->scratch);
    cluster_put_first(&post, CLOCK_UNKNOWN, &c->scratch, &json, &seed);
    uint64_t kept = clusters_keep_seed(c, &seed, json.data);
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
    uint64_t id = cluster_hash_id(copy->of, &c->scratch);
    if (id == 0)
        return copy->first == SEEN_NONE ? SEEN_NONE
                                        : seen_find(&c->numbers, hash_number(copy->first));
    if (id == own_id)
        return SEEN_NONE;
    struct member *original = clusters_member_of(c, id);
    touch_member(c, original);
    if (original->entry == SEEN_NONE)
        original->entry = clusters_add_entry(c, unread_seed(c, copy->of));
    return original->entry;
}

static void take_copy(struct clusters *c, uint32_t number, const struct seed *seed,
                      const char *json, enum copy_how how)
{
    struct group *group = clusters_group_of(c, number);
    struct group_words words = seed_words(seed, json);
    group_add(group, &seed->post, &words);
    group->copies++;
    group->hows[how]++;
    clusters_touch(c, number);
    set_changed(c, number);
}

/* A first post whose copies may have come before it. */
static void take_first(struct clusters *c, uint32_t *number, const struct seed *seed,
                       const char *json)
{
    uint64_t kept = clusters_keep_seed(c, seed, json);
    if (*number == SEEN_NONE) {
        *number = clusters_add_entry(c, kept);
        return;
    }
    struct entry *entry = clusters_entry_at(c, *number);
    entry->seed = kept;
    clusters_touch(c, *number);
    struct group *group = clusters_group_at_work(c, entry);
    if (group != NULL) {
        struct group_words words = seed_words(seed, json);
        group_add(group, &seed->post, &words);
        set_changed(c, *number);
    }
}

static void more_reach(struct clusters *c, uint32_t number, uint64_t before, uint64_t now)
{
    if (!clusters_remembers(c, number))
        return;
    struct entry *entry = clusters_entry_at(c, number);
    struct group *group = clusters_group_at_work(c, entry);
    if (group == NULL) {
        clusters_seed_at(c, entry)->post.reach = now;
        return;
    }
    group_reach_more(group, before, now);
    set_changed(c, number);
}

static void read_again(struct clusters *c, struct member *member, uint64_t reach)
{
    uint64_t before = member->reach, better = group_reach_better(before, reach);
    touch_member(c, member);
    if (member->entry == SEEN_NONE) /* it counts as a quote again */
        clusters_touch(c, member_also(member));
    if (better == before)
        return;
    member->reach = better;
    more_reach(c, member->entry, before, better);
    more_reach(c, member_also(member), before, better);
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
    member = clusters_member_of(c, seed->post.id); /* members may have moved */
    if (also != SEEN_NONE && finding->first)
        also |= MEMBER_OWN;
    *member = (struct member){number, also, seed->post.reach};
}

void clusters_take(struct clusters *c, struct str note, uint64_t form,
                   const struct cluster_finding *finding)
{
    struct seed seed = seed_read(note);
    seed.post.form = form;
    clusters_set_moment(c, finding->moment);
    if (seed.post.time > c->standing.latest)
        c->standing.latest = seed.post.time;
    struct member *member = seed.post.id == 0 ? NULL : clusters_member_of(c, seed.post.id);
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
