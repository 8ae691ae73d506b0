/* Shelves, and taking up a post with its evidence. */
#include "report/shelf.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "record/value.h"

#define TEXT_CHARACTERS  220
#define TITLE_CHARACTERS 100
#define NAME_CHARACTERS  256 /* a quote shows fewer */

/* ---- rank ---- */

static struct rank rank_of(enum shelf_purpose purpose, const struct fact *f)
{
    int64_t tie = (int64_t)(f->id >> 1);
    int64_t spread = (int64_t)fact_shares(f), reach = (int64_t)f->reach;
    int64_t tier = f->tier == FACT_TIER_UNKNOWN ? 0 : f->tier + 1;
    switch (purpose) {
    case SHELF_URGENT:
        return (struct rank){{f->level * (FACT_TIER_UNKNOWN + 1) + tier, reach, f->time, tie}};
    case SHELF_HELP: return (struct rank){{-f->time, f->level, reach, tie}};
    case SHELF_SPREAD: return (struct rank){{spread, reach, tie, 0}};
    case SHELF_COPIES: return (struct rank){{tie, 0, 0, 0}};
    default: return (struct rank){{f->level, reach, -f->time, tie}};
    }
}

static bool rank_above(const struct rank *a, const struct rank *b)
{
    for (size_t i = 0; i < 4; i++)
        if (a->key[i] != b->key[i])
            return a->key[i] > b->key[i];
    return false;
}

static void turn_away(struct shelf *s, const struct rank *rank)
{
    if (!s->turned_away || rank_above(rank, &s->lost))
        s->lost = *rank;
    s->turned_away = true;
}

size_t shelf_place(struct shelf *s, enum shelf_purpose purpose, size_t limit,
                   const struct fact *fact)
{
    struct rank mine = rank_of(purpose, fact);
    size_t low = 0, place = s->count;
    if (s->turned_away && rank_above(&s->lost, &mine))
        return SIZE_MAX;
    while (low < place) {
        size_t middle = low + (place - low) / 2;
        struct rank other = rank_of(purpose, &s->posts[middle]->fact);
        if (rank_above(&mine, &other))
            place = middle;
        else
            low = middle + 1;
    }
    if (place < limit)
        return place;
    turn_away(s, &mine);
    return SIZE_MAX;
}

void shelf_put(struct shelf *s, enum shelf_purpose purpose, size_t place, size_t limit,
               struct post *post)
{
    if (s->posts == NULL)
        s->posts = mem_zero(limit, sizeof *s->posts);
    if (s->count == limit) {
        struct rank last = rank_of(purpose, &s->posts[--s->count]->fact);
        turn_away(s, &last);
        post_release(s->posts[s->count]);
    }
    memmove(s->posts + place + 1, s->posts + place, (s->count - place) * sizeof *s->posts);
    s->posts[place] = post;
    post->references++;
    s->count++;
}

void shelf_drop(struct shelf *s, uint32_t row)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->posts[i]->row != row)
            continue;
        post_release(s->posts[i]);
        s->count--;
        memmove(s->posts + i, s->posts + i + 1, (s->count - i) * sizeof *s->posts);
        return;
    }
}

void shelf_clear(struct shelf *s)
{
    while (s->count > 0)
        post_release(s->posts[--s->count]);
    free(s->posts);
    *s = (struct shelf){0};
}

/* ---- posts ---- */

static bool is_boundary(struct str text, size_t at)
{
    return at == text.len || (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) != 0x80);
}

/* Where a piece of evidence stands: by its offsets, or else by its words. */
static bool find_evidence(struct str why, struct str text, struct safe_mark *mark)
{
    struct walk w;
    struct str first, second;
    walk_begin(&w, value_member(why, "at"));
    if (walk_next(&w, NULL, &first) && walk_next(&w, NULL, &second)) {
        int64_t start = value_integer(first, -1), end = value_integer(second, -1);
        if (start >= 0 && start < end && (uint64_t)end <= text.len &&
            is_boundary(text, (size_t)start) && is_boundary(text, (size_t)end)) {
            *mark = (struct safe_mark){(uint32_t)start, (uint32_t)end};
            return true;
        }
    }
    struct buf scratch = {0};
    struct str words = value_string(value_member(why, "text"), &scratch);
    ptrdiff_t at = words.len > 0 ? str_find(text, words) : -1;
    if (at >= 0)
        *mark = (struct safe_mark){(uint32_t)at, (uint32_t)((size_t)at + words.len)};
    buf_free(&scratch);
    return at >= 0;
}

/* Puts a mark in order; of two that overlap, the first stays. */
static size_t add_mark(struct safe_mark *marks, size_t count, struct safe_mark mark)
{
    size_t place = count;
    while (place > 0 && marks[place - 1].start > mark.start)
        place--;
    if ((place > 0 && marks[place - 1].end > mark.start) ||
        (place < count && marks[place].start < mark.end) || count == SAFE_MARKS)
        return count;
    memmove(marks + place + 1, marks + place, (count - place) * sizeof *marks);
    marks[place] = mark;
    return count + 1;
}

/* Evidence says `"in":"title"` where it stands in the title. */
static size_t read_evidence(struct str class, struct str text, bool title, struct safe_mark *marks)
{
    struct str why = value_member(class, "why"), one;
    size_t count = 0;
    struct walk w;
    if (value_type(why) != VALUE_ARRAY)
        return 0;
    walk_begin(&w, why);
    while (count < SAFE_MARKS && walk_next(&w, NULL, &one)) {
        struct safe_mark mark;
        if (value_is(value_member(one, "in"), "title") == title && find_evidence(one, text, &mark))
            count = add_mark(marks, count, mark);
    }
    return count;
}

static void add_line(struct buf *out, struct str raw, size_t limit)
{
    struct buf scratch = {0};
    safe_line(out, value_string(raw, &scratch), limit);
    buf_free(&scratch);
}

static void add_author(struct buf *out, struct str author)
{
    struct buf scratch = {0};
    struct str handle = value_string(value_member(author, "handle"), &scratch);
    if (handle.len == 0) {
        add_line(out, value_member(author, "name"), NAME_CHARACTERS);
    } else {
        buf_add_text(out, *handle.ptr == '@' ? "" : "@");
        safe_line(out, handle, NAME_CHARACTERS);
    }
    buf_free(&scratch);
}

static void add_marked(struct buf *out, const struct record *r, bool title, struct marked *m)
{
    struct buf scratch = {0};
    struct str text = value_string(r->member[title ? FACT_TITLE : FACT_TEXT], &scratch);
    size_t count = read_evidence(r->member[FACT_CLASS], text, title, m->marks);
    m->count = safe_excerpt(out, text, title ? TITLE_CHARACTERS : TEXT_CHARACTERS, m->marks, count);
    buf_free(&scratch);
}

static void add_url(struct buf *out, struct str raw)
{
    struct buf scratch = {0};
    safe_url(out, value_string(raw, &scratch));
    buf_free(&scratch);
}

struct post *post_new(const struct record *r, const struct fact *fact, uint32_t row)
{
    struct post *post = mem_zero(1, sizeof *post);
    struct buf out = {0};
    size_t ends[5];
    post->references = 1;
    post->row = row;
    post->fact = *fact;
    add_marked(&out, r, false, &post->text);
    ends[0] = out.len;
    add_marked(&out, r, true, &post->title);
    ends[1] = out.len;
    add_author(&out, r->member[FACT_AUTHOR]);
    ends[2] = out.len;
    add_url(&out, r->member[FACT_URL]);
    ends[3] = out.len;
    add_line(&out, r->member[FACT_SOURCE], NAME_CHARACTERS);
    ends[4] = out.len;
    post->bytes = mem_string(buf_str(&out));
    buf_free(&out);
    struct str *fields[] = {&post->text.text, &post->title.text, &post->author, &post->url,
                            &post->source};
    for (size_t i = 0, from = 0; i < 5; from = ends[i++])
        *fields[i] = (struct str){post->bytes + from, ends[i] - from};
    return post;
}

void post_release(struct post *post)
{
    if (post == NULL || --post->references > 0)
        return;
    free(post->bytes);
    free(post);
}
