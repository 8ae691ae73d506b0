/* Copies: exact ones by hash, near ones by the index of likeness. */
#include "alike/copies.h"

#include <stdlib.h>

#include "alike/index.h"
#include "alike/seen.h"
#include "base/mem.h"
#include "record/value.h"
#include "record/write.h"

#define SEED_PAIR 64 /* of hashes of a text with its author; notes use lower ones */

/* The first ones: the id of each as it is spelled, end to end. */
struct firsts {
    struct buf ids;
    size_t *ends;
    size_t count, cap;
};

struct copies {
    const struct alike_plan *plan;
    struct firsts firsts;
    struct seen seen;
    struct alike_index *index; /* NULL where only what is the same is looked for */
    uint64_t posts, copies[COPY_HOWS];
    struct shingles shingles; /* of the post under way */
    uint32_t tags[SKETCH_BANDS];
};

/* In `seen`, of an id: its post is a copy of none that was seen. */
#define ALONE (SEEN_NONE - 1)

const char *copy_how_name(enum copy_how how)
{
    static const char *const names[COPY_HOWS] = {"same", "near", "repost"};
    return names[how];
}

struct copies *copies_new(const struct alike_plan *plan)
{
    struct copies *c = mem_zero(1, sizeof *c);
    c->plan = plan;
    c->index = plan->exact ? NULL : index_new(plan->sketch);
    return c;
}

void copies_free(struct copies *c)
{
    if (c == NULL)
        return;
    index_free(c->index);
    seen_free(&c->seen);
    shingles_free(&c->shingles);
    buf_free(&c->firsts.ids);
    free(c->firsts.ends);
    free(c);
}

static struct str first_id(const struct firsts *f, uint32_t number)
{
    size_t begin = number == 0 ? 0 : f->ends[number - 1];
    return (struct str){f->ids.data + begin, f->ends[number] - begin};
}

static uint64_t hash_pair(uint64_t form, uint64_t author)
{
    uint64_t pair[2] = {form, author};
    return note_hash((struct str){(const char *)pair, sizeof pair}, SEED_PAIR);
}

/* The earliest first one of the same text. Short texts are the same only where the
 * authors are, or are not both known: there is an entry for each author besides that
 * for all, and one for the unknown. */
static uint32_t find_same(const struct copies *c, const struct note *note)
{
    if (note->form == 0)
        return SEEN_NONE;
    if (!note->is_short || (note->author[0] == 0 && note->author[1] == 0))
        return seen_find(&c->seen, note->form);
    uint32_t earliest = seen_find(&c->seen, hash_pair(note->form, 0));
    for (int i = 0; i < 2; i++) {
        if (note->author[i] == 0)
            continue;
        uint32_t number = seen_find(&c->seen, hash_pair(note->form, note->author[i]));
        earliest = number < earliest ? number : earliest;
    }
    return earliest;
}

static bool copy_of_first(const struct copies *c, struct copy *copy, enum copy_how how,
                          uint32_t first, double score)
{
    if (first == SEEN_NONE)
        return false;
    *copy = (struct copy){how, first, first_id(&c->firsts, first), score, true};
    if (copy->of.len == 0)
        copy->of.ptr = NULL;
    return true;
}

static bool find_text(struct copies *c, const struct note *note, const struct alike_text *text,
                      struct copy *copy)
{
    if (copy_of_first(c, copy, COPY_SAME, find_same(c, note), 1))
        return true;
    if (text->shingle_count == 0)
        return false;
    struct alike_match match = index_nearest(c->index, text, c->plan->threshold);
    if (match.number == INDEX_NONE && note->cut)
        match = index_containing(c->index, text);
    return copy_of_first(c, copy, COPY_NEAR, match.number, match.score);
}

/* Is the post a copy, and of what? */
static bool find_copy(struct copies *c, const struct alike_post *post, const struct note *note,
                      const struct alike_text *text, struct copy *copy)
{
    uint32_t again = note->id == 0 ? SEEN_NONE : seen_find(&c->seen, note->id);
    struct str repost_of = post->repost_of;
    if (again == ALONE)
        *copy = (struct copy){COPY_SAME, SEEN_NONE, post->id, 1, true};
    else if (copy_of_first(c, copy, COPY_SAME, again, 1))
        return true;
    else if (value_type(repost_of) == VALUE_STRING || value_type(repost_of) == VALUE_NUMBER)
        *copy = (struct copy){.how = COPY_REPOST, .first = SEEN_NONE, .of = repost_of};
    else if (note->reposts && !find_text(c, note, text, copy))
        *copy = (struct copy){.how = COPY_REPOST, .first = SEEN_NONE};
    else if (note->reposts)
        copy->how = COPY_REPOST;
    else
        return find_text(c, note, text, copy);
    return true;
}

static uint32_t add_first(struct copies *c, const struct alike_post *post, const struct note *note,
                          const struct alike_text *text)
{
    struct firsts *f = &c->firsts;
    uint32_t number = (uint32_t)f->count;
    if (note->id != 0)
        buf_add_str(&f->ids, post->id);
    MEM_GROW(f->ends, f->count, f->cap);
    f->ends[f->count++] = f->ids.len;
    if (c->index != NULL)
        index_add(c->index, text);
    if (note->form == 0)
        return number;
    seen_add(&c->seen, note->form, number);
    if (!note->is_short)
        return number;
    for (int i = 0; i < 2; i++)
        if (note->author[i] != 0)
            seen_add(&c->seen, hash_pair(note->form, note->author[i]), number);
    if (note->author[0] == 0 && note->author[1] == 0)
        seen_add(&c->seen, hash_pair(note->form, 0), number);
    return number;
}

/* Reads a worker's note into the struct's own arrays. */
static struct note read_note(struct copies *c, struct str bytes, struct alike_text *text)
{
    struct note note;
    memcpy(&note, bytes.ptr, sizeof note);
    *text = (struct alike_text){.tags = c->tags, .opening = note.opening};
    if (note.shingle_count == 0)
        return note;
    shingles_reserve(&c->shingles, note.shingle_count);
    const char *tags = bytes.ptr + sizeof note;
    size_t tags_size = c->plan->sketch.bands * sizeof *c->tags;
    memcpy(c->tags, tags, tags_size);
    memcpy(c->shingles.hashes, tags + tags_size, note.shingle_count * sizeof *c->shingles.hashes);
    text->shingles = c->shingles.hashes;
    text->shingle_count = note.shingle_count;
    return note;
}

void copies_expect(const struct copies *c, struct str bytes)
{
    struct note note;
    memcpy(&note, bytes.ptr, sizeof note);
    seen_expect(&c->seen, note.id);
    seen_expect(&c->seen, note.form);
}

bool copies_take(struct copies *c, const struct alike_post *post, struct str bytes,
                 struct copy *copy)
{
    struct alike_text text;
    struct note note = read_note(c, bytes, &text);
    bool found = find_copy(c, post, &note, &text, copy);
    uint32_t group = found ? copy->first : add_first(c, post, &note, &text);
    copy->first = group;
    if (note.id != 0)
        seen_add(&c->seen, note.id, group == SEEN_NONE ? ALONE : group);
    c->posts++;
    c->copies[copy->how] += found;
    return found;
}

struct copies_counts copies_count(const struct copies *c)
{
    struct alike_counts index = {0};
    if (c->index != NULL)
        index = index_counts(c->index);
    struct copies_counts counts = {.posts = c->posts,
                                   .firsts = c->firsts.count,
                                   .candidates = index.candidates,
                                   .verified = index.verified};
    counts.bytes = index.bytes + seen_bytes(&c->seen) + c->firsts.ids.cap +
                   c->firsts.cap * sizeof *c->firsts.ends;
    memcpy(counts.copies, c->copies, sizeof counts.copies);
    return counts;
}

void copy_write(const struct copy *copy, struct buf *to)
{
    struct json j = {.out = to};
    json_open(&j, '{');
    json_key(&j, "of");
    json_raw(&j, copy->of);
    json_key(&j, "how");
    json_text(&j, copy_how_name(copy->how));
    json_key(&j, "score");
    if (!copy->scored)
        json_null(&j);
    else if (copy->score >= 1)
        json_integer(&j, 1);
    else
        json_number(&j, copy->score < 0.99 ? copy->score : 0.99, 2);
    json_close(&j, '}');
}
