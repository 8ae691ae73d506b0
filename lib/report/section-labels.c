/* Risks, intents and conduct: a table of each, and typical posts of its labels. */
#include "report/sections.h"

#include "report/pen.h"

#define TYPICAL_FIRST 3 /* posts of the most frequent label */
#define TYPICAL_SHOWN 2

/* Bits of a kind that occur, most posts first. */
static size_t order_labels(struct pen *pen, enum label_kind kind, size_t *bits)
{
    const struct labels *l = pen->report->labels;
    size_t first = labels_first_bit(l, kind), count = 0;
    size_t end = first + l->first[kind + 1] - l->first[kind];
    const struct change *figures = pen->digest->labels;
    for (size_t bit = first; bit < end; bit++) {
        if (figures[bit].now == 0 && figures[bit].before == 0)
            continue;
        size_t place = count++;
        for (; place > 0 && figures[bits[place - 1]].now < figures[bit].now; place--)
            bits[place] = bits[place - 1];
        bits[place] = bit;
    }
    return count;
}

static enum mood label_mood(struct pen *pen, size_t bit)
{
    static const enum mood moods[] = {
        [RISE_NEITHER] = MOOD_NONE, [RISE_GOOD] = MOOD_GOOD, [RISE_BAD] = MOOD_BAD};
    return moods[labels_of_bit(pen->report->labels, bit)->rise];
}

static void label_table(struct pen *pen, const size_t *bits, size_t count)
{
    static const struct column columns[] = {{"column.label", false},
                                            {"column.now", true},
                                            {NULL, false},
                                            {"column.mean", true},
                                            {"column.change", true}};
    const struct digest *d = pen->digest;
    uint64_t most = d->labels[bits[0]].now;
    size_t days = pen_days_known(d, pen_judged);
    grid_start(&pen->grid, columns, 5);
    for (size_t i = 0; i < count; i++) {
        enum mood mood = label_mood(pen, bits[i]);
        grid_add(&pen->grid, pen_label_of_bit(pen, bits[i]), MOOD_NONE);
        pen_add_count(pen, d->labels[bits[i]].now);
        grid_add_bar(&pen->grid, pen_share(d->labels[bits[i]].now, most),
                     mood == MOOD_NONE ? MOOD_PLAIN : mood);
        pen_add_change(pen, d->labels[bits[i]], days, mood);
    }
    pen_table(pen);
}

/* Posts that were quoted already in this section: each is quoted once. */
struct quoted {
    uint32_t rows[LABEL_BITS * TYPICAL_FIRST];
    size_t count;
};

static bool quoted_before(struct quoted *q, uint32_t row)
{
    for (size_t i = 0; i < q->count; i++)
        if (q->rows[i] == row)
            return true;
    q->rows[q->count++] = row;
    return false;
}

static void typical_posts(struct pen *pen, size_t bit, size_t limit, struct quoted *quoted)
{
    struct post *const *posts = NULL;
    size_t count = digest_posts(pen->digest, SHELF_TYPICAL + bit, &posts), shown = 0;
    for (size_t i = 0; i < count && shown < limit; i++) {
        if (quoted_before(quoted, posts[i]->row))
            continue;
        if (shown++ == 0)
            pen->writer->table->heading(pen->writer, 4, pen_label_of_bit(pen, bit));
        pen_add_reach(pen, posts[i]);
        pen_quote(pen, posts[i]);
    }
}

void section_labels(struct pen *pen)
{
    static const char *const names[] = {"group.risk", "group.intent", "group.conduct"};
    static const enum label_kind kinds[] = {LABEL_RISK, LABEL_INTENT, LABEL_CONDUCT};
    struct quoted quoted = {.count = 0};
    bool any = false;
    if (pen_judged(digest_now(pen->digest)) == 0)
        return;
    for (size_t i = 0; i < 3; i++) {
        size_t bits[LABEL_BITS];
        size_t count = order_labels(pen, kinds[i], bits);
        if (count == 0)
            continue;
        any = true;
        pen_heading(pen, 3, names[i]);
        label_table(pen, bits, count);
        for (size_t b = 0; b < count; b++)
            typical_posts(pen, bits[b], b == 0 ? TYPICAL_FIRST : TYPICAL_SHOWN, &quoted);
    }
    if (!any) {
        pen_heading(pen, 3, "section.labels");
        pen_paragraph(pen, PARAGRAPH_PLAIN, "labels.none", NULL);
    }
}
