/* Notes: the text's key, its hashes, its shingles and their sketch. */
#include "alike/note.h"

#include "base/hash.h"
#include "base/mem.h"
#include "record/value.h"

#define SHORT_TEXT 15   /* code points; strangers write the same short things */
#define RECALL     0.98 /* of the index, at the threshold */

/* Seeds, so that hashes of different things differ. */
enum { SEED_ID = 1, SEED_FORM, SEED_AUTHOR, SEED_HANDLE, SEED_OPENING };

struct alike_plan alike_plan_make(bool exact, double threshold, unsigned shingle,
                                  const struct normal *normal)
{
    return (struct alike_plan){.exact = exact,
                               .shingle = shingle,
                               .threshold = threshold,
                               .sketch = sketch_plan_for(threshold, RECALL),
                               .normal = normal};
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
    enum value_type type = value_type(raw);
    if (type == VALUE_NUMBER)
        return note_hash(raw, seed);
    buf_clear(&m->scratch);
    return type == VALUE_STRING ? note_hash(value_string(raw, &m->scratch), seed) : 0;
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

static void note_authors(struct note_maker *m, struct str author, struct note *note)
{
    note->author[0] = hash_name(m, value_member(author, "id"), SEED_AUTHOR);
    note->author[1] = hash_name(m, value_member(author, "handle"), SEED_HANDLE);
}

/* The text as it is compared: its key or, where that is empty, itself. */
static void note_text(struct note_maker *m, struct str text, struct note *note)
{
    struct str handle;
    note->reposts = normal_repost(text, &handle) > 0;
    note->cut = note->reposts && take_cut(&text);
    buf_clear(&m->key);
    normal_key(m->plan->normal, text, &m->key);
    struct str form = m->key.len > 0 ? buf_str(&m->key) : text;
    note->is_short = form.len < SHORT_TEXT * 4 && beginning(form, SHORT_TEXT - 1).len == form.len;
    note->form = note_hash(form, SEED_FORM);
    if (m->key.len == 0 || note->is_short || m->plan->exact)
        return;
    note->opening = (uint32_t)note_hash(beginning(form, SHORT_TEXT), SEED_OPENING);
    shingles_make(&m->shingles, form, m->plan->shingle);
    note->shingle_count = (uint32_t)m->shingles.count;
}

void note_make(struct note_maker *m, const struct alike_post *post, struct buf *to)
{
    struct note note;
    memset(&note, 0, sizeof note); /* its bytes are copied: no padding of chance */
    note.id = hash_name(m, post->id, SEED_ID);
    buf_clear(&m->scratch);
    note_text(m, value_string(post->text, &m->scratch), &note);
    if (note.is_short)
        note_authors(m, post->author, &note);
    buf_add(to, &note, sizeof note);
    if (note.shingle_count == 0)
        return;
    uint32_t tags[SKETCH_BANDS];
    sketch_make(m->plan->sketch, m->shingles.hashes, m->shingles.count, tags);
    buf_add(to, tags, m->plan->sketch.bands * sizeof *tags);
    buf_add(to, m->shingles.hashes, m->shingles.count * sizeof *m->shingles.hashes);
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
    shingles_free(&m->shingles);
}
