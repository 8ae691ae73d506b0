/* Copies: exact ones by hash, near ones by the index of likeness. */
#include "alike/copies.h"

#include <stdlib.h>
#include <string.h>

#include "alike/index.h"
#include "alike/pairs.h"
#include "alike/seen.h"
#include "base/mem.h"
#include "record/value.h"
#include "record/write.h"

#define STEPS 16 /* in a window: when it is looked whether there is much to forget */

/* In `seen`, of an id: the number of the first one; or, its post being a copy of none that
 * is remembered, this bit and the seconds of its time since 2000. They reach to 2068; what is
 * beyond either end counts as of that. */
#define ALONE       FIRSTS_MOST
#define ALONE_SINCE 946684800U

/* What goes on from run to run beside the tables. */
struct standing {
    uint64_t posts, copies[COPY_HOWS];
    uint32_t clock; /* the latest time of a post; 0: none is known */
    uint32_t step;  /* of the clock's, when it was last looked what to forget */
    uint32_t window;
    uint64_t forgotten; /* first ones, and swept */
};

/* What is saved beside the tables, with their sizes. */
struct saved {
    struct standing standing;
    uint64_t seen_count, seen_homes, index_count, index_homes;
    uint64_t firsts_count;
};

struct copies {
    const struct alike_plan *plan;
    struct standing standing;
    struct firsts firsts;
    struct seen seen;
    struct alike_index index;
    struct extent words; /* of the note under way */
    struct buf id, of;
    size_t id_at, form_at; /* where the post's hashes were looked for */
    uint32_t time;         /* as which the post taken last counts */
    struct saved saved;    /* scratch of copies_content() */
    struct buf settings;
    struct state_content content;
};

const char *copy_how_name(enum copy_how how)
{
    static const char *const names[COPY_HOWS] = {"same", "near", "repost", "quote", "within"};
    return names[how];
}

struct copies *copies_new(const struct alike_plan *plan)
{
    struct copies *c = mem_zero(1, sizeof *c);
    c->plan = plan;
    c->standing.window = (uint32_t)plan->window;
    c->seen = SEEN_EMPTY;
    c->seen.slots.roomy = plan->exact; /* then nothing else takes much memory */
    index_open(&c->index, plan->sketch, plan->shingle, &c->firsts, plan->pack, plan->greetings);
    return c;
}

void copies_free(struct copies *c)
{
    if (c == NULL)
        return;
    index_close(&c->index);
    seen_free(&c->seen);
    firsts_free(&c->firsts);
    extent_free(&c->words);
    buf_free(&c->id);
    buf_free(&c->of);
    buf_free(&c->settings);
    free(c);
}

/* ---- what is remembered ---- */

static uint32_t alone_at(uint32_t time)
{
    uint32_t seconds = time > ALONE_SINCE ? time - ALONE_SINCE : 0;
    return ALONE | (seconds < ALONE - 1 ? seconds : ALONE - 2);
}

static bool is_alone(uint32_t number)
{
    return (number & ALONE) != 0 && number != SEEN_NONE;
}

static bool remembers(const struct copies *c, uint32_t number)
{
    if (is_alone(number))
        return number >= alone_at(c->firsts.horizon);
    return number != SEEN_NONE && firsts_remembers(&c->firsts, number);
}

/* What is kept for a hash, and remembered; *first as in seen.h. */
static uint32_t recall_at(const struct copies *c, uint64_t hash, size_t *first)
{
    if (hash == 0)
        return SEEN_NONE;
    const uint32_t *kept = seen_place(&c->seen, hash, first);
    return kept != NULL && remembers(c, *kept) ? *kept : SEEN_NONE;
}

static uint32_t recall(const struct copies *c, uint64_t hash)
{
    size_t first = SEEN_ANYWHERE;
    return recall_at(c, hash, &first);
}

/* Keeps a number for a hash, unless one is remembered. */
static void keep_at(struct copies *c, uint64_t hash, uint32_t number, size_t first)
{
    uint32_t *kept = seen_place(&c->seen, hash, &first);
    if (kept == NULL)
        seen_new(&c->seen, hash, number, first);
    else if (!remembers(c, *kept))
        *kept = number;
}

static void keep(struct copies *c, uint64_t hash, uint32_t number)
{
    keep_at(c, hash, number, SEEN_ANYWHERE);
}

/* Says that there was a copy of a first one. */
static void touch(struct copies *c, uint32_t number, uint32_t time)
{
    uint32_t *last = firsts_time(&c->firsts, number);
    *last = *last < time ? time : *last;
}

/* ---- forgetting ---- */

struct sweep {
    const struct copies *copies;
    uint32_t *to; /* new numbers of first ones */
};

static uint32_t number_after(const void *context, uint32_t number)
{
    const struct sweep *s = context;
    if (is_alone(number))
        return remembers(s->copies, number) ? number : SLOTS_NONE;
    return s->to[number];
}

static size_t count_forgotten_firsts(const struct copies *c)
{
    size_t count = 0;
    for (uint32_t number = 0; number < c->firsts.count; number++)
        count += !firsts_remembers(&c->firsts, number);
    return count;
}

static size_t count_forgotten(const struct copies *c)
{
    size_t count = count_forgotten_firsts(c);
    const struct slots *s = &c->seen.slots;
    for (size_t at = 0; at < s->room.len / (s->width * sizeof(uint32_t)); at++) {
        uint32_t number = slots_at(s, at)[SLOT_NUMBER];
        count += is_alone(number) && !remembers(c, number);
    }
    return count;
}

static void sweep(struct copies *c)
{
    uint32_t before = c->firsts.count;
    struct sweep s = {.copies = c, .to = mem_resize(NULL, (size_t)before + 1, sizeof *s.to)};
    firsts_sweep(&c->firsts, s.to);
    slots_renumber(&c->seen.slots, number_after, &s);
    index_renumber(&c->index, number_after, &s);
    c->standing.forgotten += before - c->firsts.count;
    free(s.to);
}

static void set_horizon(struct copies *c)
{
    uint32_t window = c->standing.window, clock = c->standing.clock;
    c->firsts.horizon = window > 0 && clock > window ? clock - window : 0;
}

/* Sets the window. What another one has forgotten comes not back, however little of it was
 * swept. */
static void set_window(struct copies *c)
{
    uint32_t window = (uint32_t)c->plan->window;
    if (window == c->standing.window)
        return;
    if (c->firsts.horizon > 0)
        sweep(c);
    c->standing.window = window;
    set_horizon(c);
}

/* What came before any time was known counts as of the first one that is. */
static void date_all(struct copies *c, uint32_t time)
{
    const struct slots *s = &c->seen.slots;
    for (uint32_t number = 0; number < c->firsts.count; number++)
        touch(c, number, time);
    for (size_t at = 0; at < s->room.len / (s->width * sizeof(uint32_t)); at++) {
        uint32_t *number = &slots_at(s, at)[SLOT_NUMBER];
        *number = is_alone(*number) ? alone_at(time) : *number;
    }
}

/* Moves the clock on. Memory is given back at fixed steps of it and where that is worth the
 * work, so that what is kept, too, depends on nothing but the posts. */
static void set_clock(struct copies *c, uint32_t time)
{
    struct standing *now = &c->standing;
    uint32_t window = now->window;
    if (time <= now->clock)
        return;
    if (now->clock == 0)
        date_all(c, time);
    now->clock = time;
    set_horizon(c);
    if (window == 0)
        return;
    uint32_t step = time / (window / STEPS + 1);
    if (step == now->step)
        return;
    now->step = step;
    if (count_forgotten(c) * 4 > c->seen.slots.count)
        sweep(c);
}

/* ---- finding ---- */

/* The earliest first one of the same text. Short texts are the same only where the
 * authors are, or are not both known: there is an entry for each author besides that
 * for all, and one for the unknown. */
static uint32_t find_same(struct copies *c, const struct note *note)
{
    if (note->form == 0)
        return SEEN_NONE;
    if (!note->is_short || (note->by[0] == 0 && note->by[1] == 0))
        return recall_at(c, note->form, &c->form_at);
    uint32_t earliest = recall(c, note->by_nobody);
    for (int i = 0; i < 2; i++) {
        uint32_t number = recall(c, note->by[i]);
        earliest = number < earliest ? number : earliest;
    }
    return earliest;
}

static bool copy_of_first(struct copies *c, struct copy *copy, enum copy_how how, uint32_t first,
                          double score)
{
    if (first == SEEN_NONE)
        return false;
    buf_clear(&c->of);
    unpack_id(firsts_get(&c->firsts, first).id, &c->of);
    *copy = (struct copy){
        .how = how, .first = first, .of = buf_str(&c->of), .score = score, .scored = true};
    if (copy->of.len == 0)
        copy->of.ptr = NULL;
    return true;
}

static bool copy_by_relation(struct copy *copy, enum copy_how how, struct str of)
{
    *copy = (struct copy){.how = how, .first = SEEN_NONE, .of = of};
    return true;
}

/* The nearest first one, by the index. */
static struct alike_match ask_index(struct copies *c, const struct alike_text *text,
                                    struct alike_match shares[SHARE_KINDS])
{
    struct alike_match match = {.number = INDEX_NONE};
    if (text->shingle_count == 0)
        return match;
    index_ask(&c->index, text);
    match = index_nearest(&c->index, c->plan->threshold);
    if (match.number == INDEX_NONE)
        index_sharing(&c->index, shares);
    return match;
}

/* The same, by pairs that are known. */
static struct alike_match ask_pairs(const struct copies *c, uint64_t form,
                                    struct alike_match shares[SHARE_KINDS])
{
    struct alike_match best = {.number = INDEX_NONE};
    size_t count;
    const struct pair *pairs = pairs_of(c->plan->pairs, form, &count);
    for (size_t i = 0; i < count; i++) {
        const struct pair *pair = &pairs[i];
        uint32_t number = recall(c, pair->other);
        if (number == SEEN_NONE || is_alone(number))
            continue;
        double score = (double)pair->common / (double)pair->all;
        if ((pair->kinds & PAIR_NEAR) != 0 &&
            (score > best.score || (score == best.score && number < best.number)))
            best = (struct alike_match){number, score};
        for (int kind = 0; kind < SHARE_KINDS; kind++)
            if ((pair->kinds & SHARE_BIT(kind)) != 0 && number < shares[kind].number)
                shares[kind] = (struct alike_match){number, score};
    }
    return best;
}

/* Is the text that of a first one, or near to it? What it shares with others besides goes
 * to shares, where it was looked for. */
static bool find_text(struct copies *c, const struct note *note, const struct alike_text *text,
                      struct copy *copy, struct alike_match shares[SHARE_KINDS])
{
    if (copy_of_first(c, copy, COPY_SAME, find_same(c, note), 1))
        return true;
    struct alike_match match =
        c->plan->pairs != NULL ? ask_pairs(c, note->form, shares) : ask_index(c, text, shares);
    if (copy_of_first(c, copy, COPY_NEAR, match.number, match.score))
        return true;
    match = shares[note->cut ? SHARE_BEGINS : SHARE_CORE];
    return (note->cut || c->plan->threshold < 1) &&
           copy_of_first(c, copy, COPY_NEAR, match.number, match.score);
}

/* Does the post, whose text is new, quote, hold or belong to a text of others? */
static bool find_part(struct copies *c, const struct alike_post *post, const struct note *note,
                      const struct alike_match shares[SHARE_KINDS], struct copy *copy)
{
    struct alike_match holds = shares[SHARE_HOLDS], inside = shares[SHARE_INSIDE];
    bool found = true;
    if (note->quote_of != 0)
        copy_by_relation(copy, COPY_QUOTE, post->quote_of);
    else if (!copy_of_first(c, copy, COPY_WITHIN, inside.number, inside.score))
        found = copy_of_first(c, copy, COPY_WITHIN, holds.number, holds.score);
    if (found)
        copy->own_words = note->quote_of != 0 || inside.number == INDEX_NONE;
    return found;
}

/* Is the post a copy, and of what? */
static bool find_copy(struct copies *c, const struct alike_post *post, const struct note *note,
                      const struct alike_text *text, struct copy *copy)
{
    struct alike_match shares[SHARE_KINDS];
    c->id_at = c->form_at = SEEN_ANYWHERE;
    uint32_t again = recall_at(c, note->id, &c->id_at);
    for (int kind = 0; kind < SHARE_KINDS; kind++)
        shares[kind] = (struct alike_match){.number = INDEX_NONE, .score = 0};
    if (is_alone(again) || (again != SEEN_NONE && note->repost_of != 0))
        *copy = (struct copy){
            .how = COPY_SAME, .first = SEEN_NONE, .of = post->id, .score = 1, .scored = true};
    else if (copy_of_first(c, copy, COPY_SAME, again, 1))
        return true;
    else if (note->repost_of != 0)
        return copy_by_relation(copy, COPY_REPOST, post->repost_of);
    else if (note->reposts && !find_text(c, note, text, copy, shares))
        return copy_by_relation(copy, COPY_REPOST, (struct str){NULL, 0});
    else if (note->reposts)
        copy->how = COPY_REPOST;
    else
        return find_text(c, note, text, copy, shares) || find_part(c, post, note, shares, copy);
    return true;
}

/* ---- keeping ---- */

static void keep_form(struct copies *c, const struct note *note, uint32_t number)
{
    if (note->form == 0)
        return;
    keep_at(c, note->form, number, c->form_at);
    if (!note->is_short)
        return;
    for (int i = 0; i < 2; i++)
        if (note->by[i] != 0)
            keep(c, note->by[i], number);
    if (note->by[0] == 0 && note->by[1] == 0)
        keep(c, note->by_nobody, number);
}

static uint32_t add_first(struct copies *c, const struct alike_post *post, const struct note *note,
                          const struct alike_text *text, uint32_t time)
{
    buf_clear(&c->id);
    if (note->id != 0)
        pack_id(post->id, &c->id);
    struct first first = {
        .id = buf_str(&c->id), .text = text->packed, .shingles = (uint32_t)text->shingle_count};
    uint32_t number = firsts_add(&c->firsts, &first, time);
    index_add(&c->index, text, number);
    keep_form(c, note, number);
    return number;
}

bool copies_take(struct copies *c, const struct alike_post *post, struct str bytes,
                 struct copy *copy)
{
    struct alike_text text;
    struct note note = note_read(bytes, c->plan->sketch, &c->words, &text);
    set_clock(c, note.time);
    uint32_t time = c->time = note.time != 0 ? note.time : c->standing.clock;
    bool found = find_copy(c, post, &note, &text, copy);
    index_expect_rest(&c->index);
    bool late = time < c->firsts.horizon; /* kept, it would be forgotten at once */
    c->standing.posts++;
    c->standing.copies[copy->how] += found;
    bool quotes = found && copy->how == COPY_QUOTE;
    uint32_t original = recall(c, quotes ? note.quote_of : note.repost_of);
    if (is_alone(original))
        original = SEEN_NONE;
    if (original != SEEN_NONE)
        touch(c, original, time);
    if (found && copy->first != SEEN_NONE)
        touch(c, copy->first, time);
    copy->own = SEEN_NONE;
    if (late && (!found || copy->first == SEEN_NONE || copy->own_words)) {
        c->standing.forgotten += !found || copy->own_words;
        return found;
    }
    uint32_t group = found ? copy->first : SEEN_NONE;
    if (found && copy->how == COPY_REPOST && note.repost_of != 0)
        group = original; /* a copy of this one is one of that, too */
    if (!found || copy->own_words)
        group = copy->own = add_first(c, post, &note, &text, time);
    if (note.id != 0)
        keep_at(c, note.id, group == SEEN_NONE ? alone_at(time) : group, c->id_at);
    return found;
}

void copies_expect(struct copies *c, struct str bytes)
{
    struct alike_text text;
    struct note note = note_read(bytes, c->plan->sketch, &c->words, &text);
    seen_expect(&c->seen, note.id);
    seen_expect(&c->seen, note.form);
    if (note.is_short) {
        seen_expect(&c->seen, note.by[0]);
        seen_expect(&c->seen, note.by[1]);
        seen_expect(&c->seen, note.by_nobody);
    }
    if (note.shingle_count > 0)
        index_expect(&c->index, &text);
}

/* ---- telling ---- */

struct copies_moment copies_moment(const struct copies *c)
{
    return (struct copies_moment){c->time, c->firsts.horizon};
}

struct copies_counts copies_count(const struct copies *c)
{
    const struct standing *now = &c->standing;
    struct alike_counts index = index_counts(&c->index);
    struct copies_counts counts = {.posts = now->posts,
                                   .firsts = now->forgotten + c->firsts.count,
                                   .forgotten = now->forgotten + count_forgotten_firsts(c),
                                   .candidates = index.candidates,
                                   .verified = index.verified,
                                   .kept = c->firsts.count};
    counts.bytes = index.bytes + seen_bytes(&c->seen) + firsts_bytes(&c->firsts);
    if (c->plan->pairs != NULL)
        counts.bytes += pairs_bytes(c->plan->pairs);
    memcpy(counts.copies, now->copies, sizeof counts.copies);
    return counts;
}

void copy_write(const struct copy *copy, struct buf *to)
{
    struct json j = {.out = to};
    buf_add_str(to, STR("{\"of\":"));
    json_raw(&j, copy->of);
    buf_add_str(to, STR(",\"how\":\""));
    buf_add_text(to, copy_how_name(copy->how));
    buf_add_str(to, STR("\",\"score\":"));
    j.comma = false;
    if (!copy->scored)
        json_null(&j);
    else if (copy->score >= 1)
        json_integer(&j, 1);
    else
        json_number(&j, copy->score < 0.99 ? copy->score : 0.99, 2);
    if (copy->how == COPY_WITHIN && copy->own_words) /* a part of another has none */
        buf_add_str(to, STR(",\"own\":true"));
    buf_add_char(to, '}');
}

/* ---- saving ---- */

static void describe(const struct alike_plan *plan, struct buf *to)
{
    buf_addf(to, "%s, --shingle %u, --threshold %g (%u bands of %u)",
             plan->exact ? "--exact" : "near copies", plan->shingle, plan->threshold,
             plan->sketch.bands, plan->sketch.rows);
}

const struct state_content *copies_content(struct copies *c)
{
    buf_clear(&c->settings);
    describe(c->plan, &c->settings);
    memset(&c->saved, 0, sizeof c->saved);
    c->saved.standing = c->standing;
    c->saved.firsts_count = c->firsts.count;
    c->saved.seen_count = c->seen.slots.count;
    c->saved.seen_homes = c->seen.slots.homes;
    c->saved.index_count = c->index.slots.count;
    c->saved.index_homes = c->index.slots.homes;
    c->content = (struct state_content){
        .settings = buf_str(&c->settings),
        .standing = &c->saved,
        .standing_len = sizeof c->saved,
        .parts = {&c->firsts.bytes, &c->firsts.begins, &c->firsts.pages, &c->firsts.times,
                  &c->seen.slots.room, &c->index.slots.room},
        .part_count = 6,
    };
    return &c->content;
}

void copies_resume(struct copies *c)
{
    c->standing = c->saved.standing;
    c->firsts.count = (uint32_t)c->saved.firsts_count;
    c->seen.slots.count = (size_t)c->saved.seen_count;
    c->seen.slots.homes = (size_t)c->saved.seen_homes;
    c->index.slots.count = (size_t)c->saved.index_count;
    c->index.slots.homes = (size_t)c->saved.index_homes;
    set_horizon(c);
    set_window(c);
}
