/*
 * hinoban-dedupe: posts in, posts that say what they are a copy of out. Workers turn
 * each text into its key, hashes and sketch; then, in input order, each post is
 * looked up among the first ones and becomes a first one itself where it is new.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alike/index.h"
#include "alike/seen.h"
#include "alike/shingle.h"
#include "alike/sketch.h"
#include "base/hash.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "record/value.h"
#include "record/write.h"
#include "text/normal.h"

#define SHORT_TEXT 15   /* code points; strangers write the same short things */
#define RECALL     0.98 /* of the index, at the threshold */

enum { KEY_EXACT = OPT_LONG, KEY_DROP, KEY_THRESHOLD, KEY_SHINGLE, KEY_STATS };

static const struct opt_row options[] = {
    {KEY_EXACT, "exact", NULL, "only texts that are the same, and reposts"},
    {KEY_DROP, "drop", NULL, "drop copies instead of marking them"},
    {KEY_THRESHOLD, "threshold", "T", "how alike near copies are, 0.1 to 1 (default 0.8)"},
    {KEY_SHINGLE, "shingle", "N", "characters that are compared at a time, 1 to 8 (default 3)"},
    {KEY_STATS, "stats", NULL, "tell figures on standard error at the end"},
    {0, NULL, NULL, NULL},
};

enum { ID = MEMBER_TEXT + 1, AUTHOR, REPOST_OF };
static const char *const members[] = {"kind", "text", "id", "author", "repost_of", "dup", NULL};
static const char *const kinds[] = {"post", NULL};

/* Seeds, so that hashes of different things differ. */
enum { SEED_ID = 1, SEED_FORM, SEED_PAIR, SEED_AUTHOR, SEED_HANDLE, SEED_OPENING };

enum { SAME, NEAR, REPOST, HOWS };
static const char *const how_names[HOWS] = {"same", "near", "repost"};

/* The first ones: the id of each as it is spelled, end to end. */
struct firsts {
    struct buf ids;
    size_t *ends;
    size_t count, cap;
};

struct dedupe {
    struct filter *filter;
    bool exact, drop, stats;
    double threshold;
    unsigned shingle;
    struct normal *normal;
    struct sketch_plan plan;

    struct firsts firsts;
    struct seen seen;
    struct alike_index *index; /* NULL with --exact */
    uint64_t posts, copies[HOWS];
    struct shingles shingles; /* of the post being settled */
    uint32_t tags[SKETCH_BANDS];
};

/* ---- work: what there is to know of a text by itself ---- */

/* What a worker leaves for its post, followed by the tags and the shingles. A hash is
 * 0 where there is nothing to hash. */
struct note {
    uint64_t id, form;
    uint64_t author[2]; /* by id, by handle */
    uint32_t opening;
    uint32_t shingle_count; /* 0: never near */
    bool is_short, reposts, cut;
};

struct worker {
    const struct dedupe *program;
    struct buf key, scratch;
    struct shingles shingles;
};

static uint64_t hash_text(struct str text, uint64_t seed)
{
    if (text.len == 0)
        return 0;
    uint64_t hash = hash_bytes(text, seed);
    return hash == 0 ? 1 : hash;
}

/* A string or number by which something is known. */
static uint64_t hash_name(struct worker *w, struct str raw, uint64_t seed)
{
    enum value_type type = value_type(raw);
    if (type == VALUE_NUMBER)
        return hash_text(raw, seed);
    buf_clear(&w->scratch);
    return type == VALUE_STRING ? hash_text(value_string(raw, &w->scratch), seed) : 0;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The beginning of text that has this many code points, or all of it. */
static struct str beginning(struct str text, size_t codes)
{
    size_t at = 0;
    for (; at < text.len && codes > 0; codes--)
        for (at++; at < text.len && is_continuation(text.ptr[at]); at++)
            continue;
    return (struct str){text.ptr, at};
}

/* Was the text cut off at its end? Leaves it without the mark of that, and without
 * the stump of a URL. */
static bool take_cut(struct str *text)
{
    static const char *const schemes[] = {"https://", "http://"};
    struct str rest = str_trim(*text);
    if (str_ends(rest, STR("…")))
        rest.len -= strlen("…");
    else if (str_ends(rest, STR("...")))
        rest.len -= 3;
    else
        return false;
    for (size_t i = 0; i < 2; i++)
        for (size_t length = strlen(schemes[i]); length > 0; length--)
            if (str_ends(rest, (struct str){schemes[i], length})) {
                rest.len -= length;
                length = 1;
            }
    *text = rest;
    return true;
}

static void note_authors(struct worker *w, struct str author, struct note *note)
{
    note->author[0] = hash_name(w, value_member(author, "id"), SEED_AUTHOR);
    note->author[1] = hash_name(w, value_member(author, "handle"), SEED_HANDLE);
}

/* The text as it is compared: its key or, where that is empty, itself. */
static void note_text(struct worker *w, struct str text, struct note *note)
{
    struct str handle;
    note->reposts = normal_repost(text, &handle) > 0;
    note->cut = note->reposts && take_cut(&text);
    buf_clear(&w->key);
    normal_key(w->program->normal, text, &w->key);
    struct str form = w->key.len > 0 ? buf_str(&w->key) : text;
    note->is_short = form.len < SHORT_TEXT * 4 && beginning(form, SHORT_TEXT - 1).len == form.len;
    note->form = hash_text(form, SEED_FORM);
    if (w->key.len == 0 || note->is_short || w->program->exact)
        return;
    note->opening = (uint32_t)hash_text(beginning(form, SHORT_TEXT), SEED_OPENING);
    shingles_make(&w->shingles, form, w->program->shingle);
    note->shingle_count = (uint32_t)w->shingles.count;
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    struct worker *w = worker;
    const struct str *member = item->record->member;
    struct note note;
    memset(&note, 0, sizeof note);
    note.id = hash_name(w, member[ID], SEED_ID);
    buf_clear(&w->scratch);
    note_text(w, value_string(member[MEMBER_TEXT], &w->scratch), &note);
    if (note.is_short)
        note_authors(w, member[AUTHOR], &note);
    buf_add(item->member, &note, sizeof note);
    if (note.shingle_count > 0) {
        uint32_t tags[SKETCH_BANDS];
        sketch_make(w->program->plan, w->shingles.hashes, w->shingles.count, tags);
        buf_add(item->member, tags, w->program->plan.bands * sizeof *tags);
        buf_add(item->member, w->shingles.hashes, w->shingles.count * sizeof *w->shingles.hashes);
    }
    return FILTER_PUT;
}

/* ---- settle: what it is a copy of ---- */

/* A post found to be a copy. */
struct copy {
    unsigned how;
    uint32_t first; /* SEEN_NONE: not one that was seen */
    struct str of;  /* JSON; empty: null */
    double score;
    bool scored;
};

/* In `seen`, of an id: its post is a copy of none that was seen. */
#define ALONE (SEEN_NONE - 1)

static struct str first_id(const struct firsts *f, uint32_t number)
{
    size_t begin = number == 0 ? 0 : f->ends[number - 1];
    return (struct str){f->ids.data + begin, f->ends[number] - begin};
}

static uint64_t hash_pair(uint64_t form, uint64_t author)
{
    uint64_t pair[2] = {form, author};
    return hash_text((struct str){(const char *)pair, sizeof pair}, SEED_PAIR);
}

/* The earliest first one of the same text. Short texts are the same only where the
 * authors are, or are not both known: there is an entry for each author besides that
 * for all, and one for the unknown. */
static uint32_t find_same(const struct dedupe *d, const struct note *note)
{
    if (note->form == 0)
        return SEEN_NONE;
    if (!note->is_short || (note->author[0] == 0 && note->author[1] == 0))
        return seen_find(&d->seen, note->form);
    uint32_t earliest = seen_find(&d->seen, hash_pair(note->form, 0));
    for (int i = 0; i < 2; i++) {
        if (note->author[i] == 0)
            continue;
        uint32_t number = seen_find(&d->seen, hash_pair(note->form, note->author[i]));
        earliest = number < earliest ? number : earliest;
    }
    return earliest;
}

static bool copy_of_first(const struct dedupe *d, struct copy *copy, unsigned how, uint32_t first,
                          double score)
{
    if (first == SEEN_NONE)
        return false;
    *copy = (struct copy){how, first, first_id(&d->firsts, first), score, true};
    if (copy->of.len == 0)
        copy->of.ptr = NULL;
    return true;
}

static bool find_text(struct dedupe *d, const struct note *note, const struct alike_text *text,
                      struct copy *copy)
{
    if (copy_of_first(d, copy, SAME, find_same(d, note), 1))
        return true;
    if (text->shingle_count == 0)
        return false;
    struct alike_match match = index_nearest(d->index, text, d->threshold);
    if (match.number == INDEX_NONE && note->cut)
        match = index_containing(d->index, text);
    return copy_of_first(d, copy, NEAR, match.number, match.score);
}

/* Is the post a copy, and of what? */
static bool find_copy(struct dedupe *d, const struct record *r, const struct note *note,
                      const struct alike_text *text, struct copy *copy)
{
    uint32_t again = note->id == 0 ? SEEN_NONE : seen_find(&d->seen, note->id);
    struct str repost_of = r->member[REPOST_OF];
    if (again == ALONE)
        *copy = (struct copy){SAME, SEEN_NONE, r->member[ID], 1, true};
    else if (copy_of_first(d, copy, SAME, again, 1))
        return true;
    else if (value_type(repost_of) == VALUE_STRING || value_type(repost_of) == VALUE_NUMBER)
        *copy = (struct copy){.how = REPOST, .first = SEEN_NONE, .of = repost_of};
    else if (note->reposts && !find_text(d, note, text, copy))
        *copy = (struct copy){.how = REPOST, .first = SEEN_NONE};
    else if (note->reposts)
        copy->how = REPOST;
    else
        return find_text(d, note, text, copy);
    return true;
}

static uint32_t add_first(struct dedupe *d, const struct record *r, const struct note *note,
                          const struct alike_text *text)
{
    struct firsts *f = &d->firsts;
    uint32_t number = (uint32_t)f->count;
    if (note->id != 0)
        buf_add_str(&f->ids, r->member[ID]);
    MEM_GROW(f->ends, f->count, f->cap);
    f->ends[f->count++] = f->ids.len;
    if (d->index != NULL)
        index_add(d->index, text);
    if (note->form == 0)
        return number;
    seen_add(&d->seen, note->form, number);
    if (!note->is_short)
        return number;
    for (int i = 0; i < 2; i++)
        if (note->author[i] != 0)
            seen_add(&d->seen, hash_pair(note->form, note->author[i]), number);
    if (note->author[0] == 0 && note->author[1] == 0)
        seen_add(&d->seen, hash_pair(note->form, 0), number);
    return number;
}

static void write_copy(struct buf *to, const struct copy *copy)
{
    struct json j = {.out = to};
    json_open(&j, '{');
    json_key(&j, "of");
    json_raw(&j, copy->of);
    json_key(&j, "how");
    json_text(&j, how_names[copy->how]);
    json_key(&j, "score");
    if (!copy->scored)
        json_null(&j);
    else if (copy->score >= 1)
        json_integer(&j, 1);
    else
        json_number(&j, copy->score < 0.99 ? copy->score : 0.99, 2);
    json_close(&j, '}');
}

/* Reads a worker's note into the program's own arrays. */
static struct note read_note(struct dedupe *d, struct str bytes, struct alike_text *text)
{
    struct note note;
    memcpy(&note, bytes.ptr, sizeof note);
    *text = (struct alike_text){.tags = d->tags, .opening = note.opening};
    if (note.shingle_count == 0)
        return note;
    shingles_reserve(&d->shingles, note.shingle_count);
    const char *tags = bytes.ptr + sizeof note;
    size_t tags_size = d->plan.bands * sizeof *d->tags;
    memcpy(d->tags, tags, tags_size);
    memcpy(d->shingles.hashes, tags + tags_size, note.shingle_count * sizeof *d->shingles.hashes);
    text->shingles = d->shingles.hashes;
    text->shingle_count = note.shingle_count;
    return note;
}

static void expect(void *program, struct str bytes)
{
    const struct dedupe *d = program;
    struct note note;
    memcpy(&note, bytes.ptr, sizeof note);
    seen_expect(&d->seen, note.id);
    seen_expect(&d->seen, note.form);
}

static enum filter_verdict settle(void *program, struct filter_item *item)
{
    struct dedupe *d = program;
    struct alike_text text;
    struct copy copy;
    struct note note = read_note(d, item->note, &text);
    bool found = find_copy(d, item->record, &note, &text, &copy);
    uint32_t group = found ? copy.first : add_first(d, item->record, &note, &text);
    if (note.id != 0)
        seen_add(&d->seen, note.id, group == SEEN_NONE ? ALONE : group);
    d->posts++;
    if (!found) {
        buf_add_text(item->member, "null");
        return FILTER_PUT;
    }
    d->copies[copy.how]++;
    if (d->drop)
        return FILTER_DROP;
    write_copy(item->member, &copy);
    return FILTER_PUT;
}

/* ---- the program ---- */

static bool take_option(void *program, int key, const char *arg, struct err *e)
{
    struct dedupe *d = program;
    long long number;
    struct err why;
    switch (key) {
    case KEY_EXACT: /* leaves too little work for more threads than one */
        d->exact = true;
        d->filter->default_jobs = 1;
        break;
    case KEY_DROP: d->drop = true; break;
    case KEY_STATS: d->stats = true; break;
    case KEY_THRESHOLD:
        return opt_real(arg, 0.1, 1, &d->threshold, &why) ||
               err_set(e, "--threshold: %s", why.text);
    case KEY_SHINGLE:
        if (!opt_number(arg, 1, SHINGLE_MAX, &number, &why))
            return err_set(e, "--shingle: %s", why.text);
        d->shingle = (unsigned)number;
        break;
    }
    return true;
}

static bool begin(void *program, const struct filter_settings *s, struct err *e)
{
    struct dedupe *d = program;
    (void)s;
    (void)e;
    d->normal = normal_new();
    d->plan = sketch_plan_for(d->threshold, RECALL);
    d->index = d->exact ? NULL : index_new(d->plan);
    return true;
}

static void *open_worker(void *program, struct err *e)
{
    struct worker *w = mem_zero(1, sizeof *w);
    (void)e;
    w->program = program;
    return w;
}

static void close_worker(void *program, void *worker)
{
    struct worker *w = worker;
    (void)program;
    buf_free(&w->key);
    buf_free(&w->scratch);
    shingles_free(&w->shingles);
    free(w);
}

static void tell_stats(const struct dedupe *d)
{
    struct alike_counts counts = {0};
    if (d->index != NULL)
        counts = index_counts(d->index);
    size_t bytes = counts.bytes + seen_bytes(&d->seen) + d->firsts.ids.cap +
                   d->firsts.cap * sizeof *d->firsts.ends;
    fprintf(stderr, "posts %" PRIu64 "\nfirst ones %zu\n", d->posts, d->firsts.count);
    for (unsigned how = 0; how < HOWS; how++)
        fprintf(stderr, "%s %" PRIu64 "\n", how_names[how], d->copies[how]);
    fprintf(stderr, "candidates %" PRIu64 "\nverified %" PRIu64 "\n", counts.candidates,
            counts.verified);
    fprintf(stderr, "bytes kept a post %.0f\n",
            d->posts == 0 ? 0.0 : (double)bytes / (double)d->posts);
}

static bool finish(void *program, struct output *out, struct err *e)
{
    struct dedupe *d = program;
    (void)out;
    (void)e;
    if (d->stats)
        tell_stats(d);
    return true;
}

static void free_all(struct dedupe *d)
{
    normal_free(d->normal);
    index_free(d->index);
    seen_free(&d->seen);
    shingles_free(&d->shingles);
    buf_free(&d->firsts.ids);
    free(d->firsts.ends);
}

int main(int argc, char **argv)
{
    struct filter filter = {
        .name = "dedupe",
        .summary = "Says of each post whether it is a copy of one before it.",
        .operands = "[FILE]...",
        .options = options,
        .option = take_option,
        .begin = begin,
        .members = members,
        .adds = "dup",
        .kinds = kinds,
        .work = work,
        .settle = settle,
        .expect = expect,
        .open_worker = open_worker,
        .close_worker = close_worker,
        .finish = finish,
    };
    struct dedupe d = {.filter = &filter, .threshold = 0.8, .shingle = 3};
    int status = filter_main(&filter, &d, argc, argv);
    free_all(&d);
    return status;
}
