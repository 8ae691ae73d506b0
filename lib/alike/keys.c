/*
 * A text is kept under the keys that the index (index.h) would have it under, and asks by
 * those that it would ask by; what never becomes a first one only asks.
 */
#include "alike/keys.h"

#include <stdlib.h>

#include "alike/line.h"
#include "base/base64.h"
#include "base/mem.h"

#define LATELY 65536 /* forms remembered, each where its lowest bits say */

/* A form whose lines were written. */
struct written {
    uint64_t form;
    uint32_t time; /* the earliest one that was told */
    bool kept;
};

struct keys {
    const struct alike_plan *plan;
    struct buf settings, text;
    struct extent words;
    struct written *lately;
};

struct keys *keys_new(const struct alike_plan *plan)
{
    struct keys *k = mem_zero(1, sizeof *k);
    k->plan = plan;
    k->lately = mem_zero(LATELY, sizeof *k->lately);
    line_add_settings(plan, &k->settings);
    return k;
}

void keys_free(struct keys *k)
{
    if (k == NULL)
        return;
    buf_free(&k->settings);
    buf_free(&k->text);
    extent_free(&k->words);
    free(k->lately);
    free(k);
}

/* Was all that there is to say of this form said? Notes that it is said now. */
static bool is_said(struct keys *k, uint64_t form, bool kept, uint32_t time)
{
    struct written *w = &k->lately[form % LATELY];
    if (w->form == form && (!kept || (w->kept && w->time <= time)))
        return true;
    *w = (struct written){.form = form, .time = time, .kept = kept};
    return false;
}

static bool is_kept(const struct alike_text *t, uint32_t anchor)
{
    for (size_t i = 0; i < t->kept_count; i++)
        if (t->kept[i] == anchor)
            return true;
    return false;
}

void keys_take(struct keys *k, struct str bytes, struct buf *to)
{
    struct alike_text t;
    struct note note = note_read(bytes, k->plan->sketch, &k->words, &t);
    uint32_t time = note.time == 0 ? LINE_TIME_UNKNOWN : note.time;
    bool kept = !note.reposts;
    if (t.shingle_count == 0 || note.repost_of != 0 || is_said(k, note.form, kept, time))
        return;
    buf_clear(&k->text);
    base64_add(&k->text, t.packed);
    struct str text = buf_str(&k->text);
    line_add_text(to, 's', note.form, buf_str(&k->settings), text);
    for (unsigned i = 0; i < sketch_keys(k->plan->sketch); i++)
        if (kept && i % (1 + k->plan->sketch.rows) == 0)
            line_add_kept(to, t.keys[i], time, note.form, text);
        else
            line_add_asking(to, t.keys[i], note.form);
    for (size_t i = 0; kept && i < t.kept_count; i++)
        line_add_kept(to, t.kept[i], time, note.form, text);
    for (size_t i = 0; i < t.anchor_count; i++)
        if (!kept || !is_kept(&t, t.anchors[i].hash))
            line_add_asking(to, t.anchors[i].hash, note.form);
}
