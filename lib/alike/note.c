/* Notes: the text's key, its hashes, its shingles and their sketch. */
#include "alike/note.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "record/scan.h"
#include "record/value.h"
#include "text/post.h"

#define SHORT_TEXT 15   /* code points; strangers write the same short things */
#define RECALL     0.99 /* of the index, at the threshold */

/* Seeds, so that hashes of different things differ. */
enum { SEED_ID = 1, SEED_FORM, SEED_AUTHOR, SEED_HANDLE, SEED_SOURCE, SEED_PAIR = 64 };

void alike_plan_sketch(struct alike_plan *plan)
{
    plan->sketch = sketch_plan_for(plan->threshold, RECALL);
}

uint64_t note_hash(struct str text, uint64_t seed)
{
    if (text.len == 0)
        return 0;
    uint64_t hash = hash_bytes(text, seed);
    return hash == 0 ? 1 : hash;
}

/* A string or number by which something is known. */
static uint64_t hash_name(struct note_maker *m, struct str raw, uint64_t seed)
{
    if (raw.ptr == NULL)
        return 0;
    enum value_type type = value_type(raw);
    if (type == VALUE_NUMBER)
        return note_hash(raw, seed);
    buf_clear(&m->scratch);
    return type == VALUE_STRING ? note_hash(value_string(raw, &m->scratch), seed) : 0;
}

static const char *const schemes[] = {"https://", "http://"};

/* The text without the stump of a URL at its end, if it has one: not the end of a word. */
static struct str without_stump(struct str text)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t length = strlen(schemes[i]); length > 0; length--) {
            struct str before = {text.ptr, text.len - length};
            if (str_ends(text, (struct str){schemes[i], length}) &&
                (before.len == 0 || !ascii_alnum((unsigned char)before.ptr[before.len - 1])))
                return before;
        }
    return text;
}

/* Takes a URL off the end; false where there is none. */
static bool take_link(struct str *text)
{
    size_t word = text->len;
    while (word > 0 && text->ptr[word - 1] > ' ' && (unsigned char)text->ptr[word - 1] < 0x7F)
        word--;
    for (size_t i = 0; i < 2; i++) {
        ptrdiff_t at = str_find(str_from(*text, word), str_of(schemes[i]));
        if (at >= 0) {
            text->len = word + (size_t)at;
            return true;
        }
    }
    return false;
}

/* Takes the dots off that tell that a text is cut. */
static bool take_dots(struct str *text)
{
    static const char *const dots[] = {"…",      "...", "‥",      "⋯", "．．．",
                                       "・・・", "･･･", "。。。", NULL};
    for (size_t i = 0; dots[i] != NULL; i++) {
        if (str_ends(*text, str_of(dots[i]))) {
            text->len -= strlen(dots[i]);
            return true;
        }
    }
    return false;
}

/* Was the text cut off at its end, whatever links follow? Leaves it without the mark of that, and
 * without the stump of a URL. */
static bool take_cut(struct str *text)
{
    struct str rest = str_trim(*text);
    while (!take_dots(&rest)) {
        if (!take_link(&rest))
            return false;
        rest = str_trim(rest);
    }
    *text = without_stump(rest);
    return true;
}

static uint64_t hash_pair(uint64_t first, uint64_t second)
{
    uint64_t pair[2] = {first, second};
    return note_hash((struct str){(const char *)pair, sizeof pair}, SEED_PAIR);
}

/* Who wrote the text: the author or, of what is reposted, whoever it names (a hash). A handle is
 * one of a network. */
static void note_authors(struct note_maker *m, const struct alike_post *post, uint64_t named,
                         struct note *note)
{
    struct str key, value, id = {0}, handle = {0};
    struct walk w;
    walk_begin(&w, post->author);
    while (!note->reposts && walk_next(&w, &key, &value))
        if (key_is(key, "id"))
            id = value;
        else if (key_is(key, "handle"))
            handle = value;
    uint64_t names[2] = {hash_name(m, id, SEED_AUTHOR),
                         note->reposts ? named : hash_name(m, handle, SEED_HANDLE)};
    if (names[1] != 0)
        names[1] = hash_pair(names[1], hash_name(m, post->source, SEED_SOURCE));
    for (int i = 0; i < 2; i++)
        note->by[i] = names[i] == 0 ? 0 : hash_pair(note->form, names[i]);
    note->by_nobody = hash_pair(note->form, 0);
}

/* When it was posted. Nobody posts after the post was seen, or in the future: what says so
 * would make all others old. */
static uint32_t post_time(struct note_maker *m, const struct alike_post *post)
{
    int64_t time, seen;
    buf_clear(&m->scratch);
    clock_parse(value_string(post->time, &m->scratch), &time);
    buf_clear(&m->scratch);
    clock_parse(value_string(post->seen, &m->scratch), &seen);
    if (seen != CLOCK_UNKNOWN && seen > m->plan->now)
        seen = CLOCK_UNKNOWN;
    if (time != CLOCK_UNKNOWN && (time > m->plan->now || (seen != CLOCK_UNKNOWN && time > seen)))
        time = seen;
    if (time == CLOCK_UNKNOWN)
        return 0;
    return time < 1 ? 1 : time > UINT32_MAX ? UINT32_MAX : (uint32_t)time;
}

/* How many letters and digits the handles have that stand in a text: no part of a URL, of an
 * address of mail or of a word. */
static size_t handle_letters(struct str text)
{
    size_t letters = 0;
    bool in_link = false;
    const char *p = text.ptr, *end = p + text.len, *at;
    while (p < end && (at = memchr(p, '@', (size_t)(end - p))) != NULL) {
        for (; p < at; p++)
            in_link = (unsigned char)*p > ' ' && (unsigned char)*p < 0x7F &&
                      (in_link || str_starts((struct str){p, (size_t)(end - p)}, STR("://")));
        unsigned char before = p > text.ptr ? (unsigned char)p[-1] : ' ', last[2] = {0, 0};
        bool is_handle = !in_link && !ascii_alnum(before) && strchr("_-/=", before) == NULL;
        p++;
        for (size_t left = normal_handle((struct str){p, (size_t)(end - p)}); left > 0; left--) {
            unsigned char c = (unsigned char)*p++;
            if (!ascii_alnum(c))
                continue;
            c |= 0x20; /* digits have the bit */
            letters += is_handle && !(c == last[0] && c == last[1]);
            last[0] = last[1];
            last[1] = c;
        }
    }
    return letters;
}

/* Reads the form's codes, where they are needed. Do strangers write the same? */
static bool is_short(struct note_maker *m, struct str text, struct str form)
{
    const struct greetings *g = m->plan->greetings;
    struct codes *c = &m->codes;
    size_t enough = SHORT_TEXT + handle_letters(text);
    if (m->plan->exact && greetings_none(g, form, enough))
        return false;
    codes_read(c, form, NOTE_CODES);
    return greetings_rest(g, c->at, c->count, enough) < enough;
}

/* The text as it is compared, its key or, where that is empty, itself (of a repost, what is
 * reposted, and a hash of whom it names), into m->codes. Can it be near to others? */
static bool note_text(struct note_maker *m, struct str text, struct note *note, uint64_t *named)
{
    struct str handle = {0}, itself = str_from(text, normal_repost(text, &handle));
    note->reposts = itself.len < text.len;
    *named = note_hash(handle, SEED_HANDLE);
    note->cut = note->reposts && take_cut(&text);
    buf_clear(&m->key);
    normal_key(m->plan->normal, text, &m->key);
    struct str form = m->key.len > 0 ? buf_str(&m->key) : itself;
    note->form = note_hash(form, SEED_FORM);
    note->is_short = is_short(m, itself, form);
    return m->key.len > 0 && !note->is_short && !m->plan->exact;
}

static void add_words(struct buf *to, const uint32_t *words, size_t count)
{
    buf_add(to, words, count * sizeof *words);
}

/* A text that repeats itself would fill a key alone. */
static bool is_new(const struct anchor *kept, size_t number)
{
    for (size_t i = 0; i < number; i++)
        if (kept[i].hash == kept[number].hash)
            return false;
    return true;
}

static void add_anchors(struct note_maker *m, struct note *note, struct buf *to)
{
    struct anchor kept[ANCHORS_KEPT];
    const struct codes *c = &m->codes;
    if (m->anchor_cap < anchors_most(c->count)) {
        m->anchor_cap = 2 * anchors_most(c->count);
        m->anchors = mem_resize(m->anchors, m->anchor_cap, sizeof *m->anchors);
    }
    size_t found = anchors_kept(c->at, c->count, kept);
    note->anchor_count = (uint32_t)anchors_all(c->at, c->count, m->anchors);
    for (size_t i = 0; i < found; i++)
        if (is_new(kept, i)) {
            add_words(to, &kept[i].hash, 1);
            note->kept_count++;
        }
    buf_add(to, m->anchors, note->anchor_count * sizeof *m->anchors);
}

/* How many words the marks of keys take. */
static size_t mark_words(struct sketch_plan plan)
{
    return (sketch_keys(plan) + sizeof(uint32_t) - 1) / sizeof(uint32_t);
}

/* What finds texts that are near, behind the note. */
static void add_likeness(struct note_maker *m, struct note *note, struct buf *to)
{
    uint32_t keys[SKETCH_KEYS];
    uint8_t marks[SKETCH_KEYS] = {0};
    size_t begin = to->len;
    shingles_make(&m->shingles, m->codes.at, m->codes.count, m->plan->shingle);
    note->shingle_count = (uint32_t)m->shingles.count;
    sketch_make(m->plan->sketch, m->shingles.hashes, m->shingles.count, keys, marks);
    add_words(to, keys, sketch_keys(m->plan->sketch));
    buf_add(to, marks, mark_words(m->plan->sketch) * sizeof *keys);
    add_anchors(m, note, to);
    add_words(to, m->shingles.hashes, m->shingles.count);
    size_t middle = to->len;
    note->words = (uint32_t)((middle - begin) / sizeof *keys);
    pack_codes(m->plan->pack, m->codes.at, m->codes.count, to);
    note->packed_len = (uint32_t)(to->len - middle);
    while ((to->len - begin) % sizeof(uint64_t) != 0) /* the next note is aligned, too */
        buf_add_char(to, 0);
}

/* Does the text begin with the head, as they are compared? Of the text so much is read as the
 * head may take in the widest spelling, with a link before it. */
static bool begins_with(struct note_maker *m, struct str text, struct str head)
{
    if (str_starts(text, head))
        return true;
    text = str_head(text, 4 * head.len + 256);
    buf_clear(&m->key);
    normal_key(m->plan->normal, head, &m->key);
    size_t length = m->key.len;
    normal_key(m->plan->normal, text, &m->key);
    struct str both = buf_str(&m->key);
    return length > 0 && str_starts(str_from(both, length), (struct str){both.ptr, length});
}

/* Title and text; but feeds of posts that have no title make one of the text's beginning, and may
 * fold its line breaks and cut it. */
struct str note_compared(struct note_maker *m, const struct alike_post *post)
{
    struct str whole = post_text(post->title, post->text, &m->scratch);
    if (post->title.ptr == NULL)
        return whole;
    size_t bytes = post_title_bytes(post->title, &m->title);
    if (bytes == 0)
        return whole;
    struct str head = str_head(whole, bytes - 1), text = str_from(whole, bytes);
    take_cut(&head);
    return begins_with(m, text, head) ? text : whole;
}

void note_make(struct note_maker *m, const struct alike_post *post, struct buf *to)
{
    struct note note;
    memset(&note, 0, sizeof note); /* its bytes are copied: no padding of chance */
    note.id = hash_name(m, post->id, SEED_ID);
    note.repost_of = hash_name(m, post->repost_of, SEED_ID);
    note.quote_of = hash_name(m, post->quote_of, SEED_ID);
    note.time = m->plan->timed ? post_time(m, post) : 0;
    uint64_t named;
    bool may_be_near = note_text(m, note_compared(m, post), &note, &named);
    if (note.is_short)
        note_authors(m, post, named, &note);
    size_t begin = to->len;
    buf_add(to, &note, sizeof note);
    if (may_be_near)
        add_likeness(m, &note, to);
    memcpy(to->data + begin, &note, sizeof note);
}

uint64_t note_form(struct str bytes)
{
    struct note note;
    memcpy(&note, bytes.ptr, sizeof note);
    return note.form;
}

void note_maker_free(struct note_maker *m)
{
    buf_free(&m->key);
    buf_free(&m->scratch);
    buf_free(&m->title);
    codes_free(&m->codes);
    shingles_free(&m->shingles);
    free(m->anchors);
}

struct note note_read(struct str bytes, struct sketch_plan plan, struct extent *words,
                      struct alike_text *text)
{
    struct note note;
    memcpy(&note, bytes.ptr, sizeof note);
    *text = (struct alike_text){.shingle_count = note.shingle_count,
                                .kept_count = note.kept_count,
                                .anchor_count = note.anchor_count};
    if (note.shingle_count == 0)
        return note;
    struct str rest = str_from(bytes, sizeof note);
    text->packed = (struct str){rest.ptr + note.words * sizeof(uint32_t), note.packed_len};
    const uint32_t *at = (const uint32_t *)(const void *)rest.ptr;
    if ((uintptr_t)rest.ptr % sizeof *at != 0) {
        words->len = 0;
        extent_add(words, rest.ptr, note.words * sizeof *at);
        at = (const uint32_t *)(const void *)words->data;
    }
    text->keys = at;
    at += sketch_keys(plan);
    text->marks = (const uint8_t *)at;
    text->kept = at + mark_words(plan);
    at = text->kept + note.kept_count;
    text->anchors = (const struct anchor *)(const void *)at;
    text->shingles = at + 2 * (size_t)note.anchor_count;
    return note;
}
