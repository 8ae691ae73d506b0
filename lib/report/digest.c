/*
 * Figures of a scope. Words that rose: the log-likelihood ratio of Dunning,
 * "Accurate Methods for the Statistics of Surprise and Coincidence" (1993), over
 * the two-by-two table of posts that have the word, now and before.
 */
#include "report/digest.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

#define WORD_MINIMUM      3     /* posts on the day */
#define G2_MINIMUM        10.83 /* one in a thousand by chance */
#define TIME_UNKNOWN(row) ((row)->time == CLOCK_UNKNOWN)

/* ---- days ---- */

static bool in_window(const struct digest *d, const struct row *row)
{
    return !row->empty && !TIME_UNKNOWN(row) && row->day <= d->day && row->day >= d->days[0].day;
}

static struct day_figures *day_of(const struct digest *d, const struct row *row)
{
    return &d->days[row->day - d->days[0].day];
}

static void lay_out_days(struct digest *d)
{
    const struct figures *f = d->figures;
    int32_t first = d->day, oldest = d->day - f->plan.days;
    for (size_t i = f->day_count; i-- > 0;)
        if (f->days[i] >= oldest && f->days[i] < first)
            first = f->days[i];
    d->day_count = (size_t)(d->day - first) + 1;
    d->days = mem_zero(d->day_count, sizeof *d->days);
    for (size_t i = 0; i < d->day_count; i++)
        d->days[i].day = first + (int32_t)i;
    for (size_t i = 0; i < f->day_count; i++)
        if (f->days[i] >= first && f->days[i] <= d->day)
            d->days[f->days[i] - first].data = true;
    for (size_t i = 0; i + 1 < d->day_count; i++)
        d->base_days += d->days[i].data;
}

/* ---- counting ---- */

static void count_day_of_row(struct digest *d, const struct row *row, struct tally *t)
{
    bool copy = row->flags & POST_COPY;
    t->posts++;
    t->copies += copy;
    t->reach += row->reach;
    t->reach_known += row->reach_known;
    t->tone[row->tone]++;
    t->urgent += row->level >= 2;
    t->help += (row->flags & POST_SUPPORT) && !copy;
    bool now = row->day == d->day;
    for (size_t bit = 0; row->labels >> bit != 0; bit++) {
        uint64_t one = row->labels >> bit & 1;
        *(now ? &d->labels[bit].now : &d->labels[bit].before) += one;
        if (bit + 1 == LABEL_BITS)
            break;
    }
    if (now) {
        d->hours[row->hour][row->tone]++;
        d->tiers[row->tier][row->tone]++;
        int64_t *first = &d->tier_urgent[row->tier];
        if (row->level >= 2 && (*first == CLOCK_UNKNOWN || row->time < *first))
            *first = row->time;
    }
}

static void count_source(struct source_figures *s, const struct row *row, bool now)
{
    *(now ? &s->posts.now : &s->posts.before) += 1;
    if (now)
        s->tone[row->tone]++;
}

/* Distinct authors of each day: a set of author and day, open addressing. */
static void count_author(struct digest *d, uint64_t *set, size_t mask, const struct row *row)
{
    if (row->author == 0)
        return;
    uint64_t key = row->author ^ ((uint64_t)(uint32_t)row->day * 0x9E3779B97F4A7C15U);
    key = key == 0 ? 1 : key;
    size_t slot = (size_t)(key ^ key >> 32) & mask;
    while (set[slot] != 0 && set[slot] != key)
        slot = (slot + 1) & mask;
    if (set[slot] == key)
        return;
    set[slot] = key;
    day_of(d, row)->tally.authors++;
}

static int compare_sources(const void *a, const void *b)
{
    const struct source_figures *x = a, *y = b;
    if (x->posts.now != y->posts.now)
        return x->posts.now < y->posts.now ? 1 : -1;
    return x->source < y->source ? -1 : x->source > y->source;
}

static void keep_sources(struct digest *d)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->source_count; i++)
        if (d->sources[i].posts.now + d->sources[i].posts.before > 0)
            d->sources[kept++] = d->sources[i];
    d->source_count = kept;
    qsort(d->sources, kept, sizeof *d->sources, compare_sources);
}

static void count_rows(struct digest *d)
{
    const struct figures *f = d->figures;
    size_t size = 1024, rows = 0;
    for (size_t i = 0; i < f->row_count; i++)
        rows += in_window(d, &f->rows[i]) && figures_in_scope(f, &f->rows[i], d->scope);
    while (size < rows * 2)
        size *= 2;
    uint64_t *authors = mem_zero(size, sizeof *authors);
    d->source_count = f->sources.count;
    d->sources = mem_zero(d->source_count + 1, sizeof *d->sources);
    for (size_t i = 0; i < d->source_count; i++)
        d->sources[i].source = (uint32_t)i;
    for (size_t i = 0; i < f->row_count; i++) {
        const struct row *row = &f->rows[i];
        if (!in_window(d, row) || !figures_in_scope(f, row, d->scope))
            continue;
        count_day_of_row(d, row, &day_of(d, row)->tally);
        count_source(&d->sources[row->source], row, row->day == d->day);
        count_author(d, authors, size - 1, row);
    }
    free(authors);
    keep_sources(d);
}

/* ---- words ---- */

static double term(double observed, double expected)
{
    return observed > 0 && expected > 0 ? observed * log(observed / expected) : 0;
}

double digest_g2(uint64_t a, uint64_t n, uint64_t b, uint64_t m)
{
    double all = (double)n + (double)m, with = (double)a + (double)b;
    if (n == 0 || m == 0 || a > n || b > m)
        return 0;
    double share = with / all;
    return 2 * (term((double)a, (double)n * share) + term((double)b, (double)m * share) +
                term((double)(n - a), (double)n * (1 - share)) +
                term((double)(m - b), (double)m * (1 - share)));
}

static bool word_above(const struct word_figures *a, const struct word_figures *b)
{
    if (a->g2 > b->g2 || a->g2 < b->g2)
        return a->g2 > b->g2;
    return str_compare(a->word, b->word) < 0;
}

static void rank_word(struct digest *d, struct word_figures word, size_t limit)
{
    size_t place = d->word_count;
    while (place > 0 && word_above(&word, &d->words[place - 1]))
        place--;
    if (place >= limit)
        return;
    d->word_count += d->word_count < limit;
    memmove(d->words + place + 1, d->words + place, (d->word_count - place - 1) * sizeof *d->words);
    d->words[place] = word;
}

static void count_words(struct digest *d, struct change *counts)
{
    const struct figures *f = d->figures;
    for (size_t i = 0; i < f->row_count; i++) {
        const struct row *row = &f->rows[i];
        if (row->word_count == 0 || !in_window(d, row) || !figures_in_scope(f, row, d->scope))
            continue;
        bool now = row->day == d->day;
        *(now ? &d->word_posts.now : &d->word_posts.before) += 1;
        for (size_t w = 0; w < row->word_count; w++) {
            struct change *c = &counts[f->words_of[row->word_at + w]];
            *(now ? &c->now : &c->before) += 1;
        }
    }
}

static void find_words(struct digest *d)
{
    const struct figures *f = d->figures;
    size_t limit = f->plan.top * 2;
    struct change *counts = mem_zero((size_t)f->words.count + 1, sizeof *counts);
    d->words = mem_zero(limit + 1, sizeof *d->words);
    count_words(d, counts);
    uint64_t n = d->word_posts.now, m = d->word_posts.before;
    for (uint32_t i = f->stopwords; i < f->words.count; i++) {
        struct change c = counts[i];
        if (c.now < WORD_MINIMUM || (double)c.now * (double)m <= (double)c.before * (double)n)
            continue;
        struct word_figures word = {f->words.strings[i], c, digest_g2(c.now, n, c.before, m)};
        if (word.g2 >= G2_MINIMUM)
            rank_word(d, word, limit);
    }
    free(counts);
}

/* ---- what spread ---- */

struct copy {
    uint64_t of, author;
    uint32_t row;
};

static int compare_copies(const void *a, const void *b)
{
    const struct copy *x = a, *y = b;
    if (x->of != y->of)
        return x->of < y->of ? -1 : 1;
    return x->author < y->author ? -1 : x->author > y->author;
}

static uint64_t spread_weight(const struct spread_figures *s)
{
    return s->copies > s->spread ? s->copies : s->spread;
}

static bool spread_above(const struct spread_figures *a, const struct spread_figures *b)
{
    if (spread_weight(a) != spread_weight(b))
        return spread_weight(a) > spread_weight(b);
    return a->reach != b->reach ? a->reach > b->reach : a->id < b->id;
}

static void rank_spread(struct digest *d, const struct spread_figures *one)
{
    size_t limit = d->figures->plan.top, place = d->spread_count;
    while (place > 0 && spread_above(one, &d->spread[place - 1]))
        place--;
    if (place >= limit)
        return;
    d->spread_count += d->spread_count < limit;
    memmove(d->spread + place + 1, d->spread + place,
            (d->spread_count - place - 1) * sizeof *d->spread);
    d->spread[place] = *one;
}

/* The post of an id on any shelf, or else a copy of it. */
static const struct post *find_post(const struct digest *d, uint64_t id, bool *first)
{
    const struct shelf *all[] = {d->shelves, figures_shelves(d->figures, 0)};
    const struct post *copy = NULL;
    *first = true;
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; all[s] != NULL && i < SHELVES; i++)
            for (size_t p = 0; p < all[s][i].count; p++) {
                const struct post *post = all[s][i].posts[p];
                if (post->fact.id == id)
                    return post;
                if (post->fact.of == id && post->fact.flags & POST_COPY &&
                    (copy == NULL || post->fact.time < copy->fact.time))
                    copy = post;
            }
    *first = false;
    return copy;
}

/* A copy of a copy belongs to the group of the first one, if there is a record of that. What
 * has words of its own is a first one for its copies. */
static uint64_t first_of(const struct figures *f, uint64_t of)
{
    const struct row *row = spread_find(&f->clusters, of) != NULL ? NULL : figures_row(f, of);
    return row != NULL && row->flags & POST_COPY && spread_find(&f->clusters, row->of) != NULL
               ? row->of
               : of;
}

/* What spread are copies, and posts that quote or hold another. One whose first post has no id
 * belongs to no group that could be told from others. */
static size_t list_copies(const struct digest *d, struct copy *copies)
{
    const struct figures *f = d->figures;
    size_t count = 0;
    for (size_t i = 0; i < f->row_count; i++) {
        const struct row *row = &f->rows[i];
        if (row->of == 0 || row->day != d->day || !in_window(d, row) ||
            !figures_in_scope(f, row, d->scope))
            continue;
        if (copies != NULL)
            copies[count] = (struct copy){first_of(f, row->of), row->author, (uint32_t)i};
        count++;
    }
    return count;
}

/* What is known of the first post of a group itself, if it is of the day. */
static void add_own_spread(const struct digest *d, struct spread_figures *group)
{
    const struct row *first = figures_row(d->figures, group->id);
    if (first == NULL || !in_window(d, first) || first->day != d->day ||
        !figures_in_scope(d->figures, first, d->scope))
        return;
    group->spread = (uint64_t)first->reposts + first->quotes;
    group->reach += first->reach;
}

/* A group belongs where its record says, or its first post. */
static bool group_in_scope(const struct digest *d, const struct spread_group *g)
{
    const struct figures *f = d->figures;
    bool wanted = d->scope > 0 || f->plan.only_count == 0 || f->sets[g->watches].count > 0;
    const struct row *first = figures_row(f, g->id);
    return (wanted && figures_set_has(f, g->watches, d->scope)) ||
           (first != NULL && figures_in_scope(f, first, d->scope));
}

/* Of which groups of the book was a copy of the day read, whatever its watch? Of the others the
 * copies were dropped, and one that was quoted is left with the quotes. The caller frees it. */
static bool *groups_read(const struct digest *d)
{
    const struct figures *f = d->figures;
    bool *read = mem_zero(f->clusters.count + 1, sizeof *read);
    for (size_t i = 0; i < f->row_count && f->clusters.count > 0; i++) {
        const struct row *row = &f->rows[i];
        if (!(row->flags & POST_COPY) || row->day != d->day || !in_window(d, row))
            continue;
        const struct spread_group *g = spread_find(&f->clusters, first_of(f, row->of));
        if (g != NULL)
            read[g - f->clusters.groups] = true;
    }
    return read;
}

/* The same of one group; they are looked through when the first one is asked for. */
static bool group_was_read(const struct digest *d, const struct spread_group *g, bool **read)
{
    if (*read == NULL)
        *read = groups_read(d);
    return (*read)[g - d->figures->clusters.groups];
}

/* The copies of a group whose record alone tells how many there were on the day. */
static struct spread_figures told_group(const struct digest *d, const struct spread_group *g)
{
    struct spread_figures group = {
        .id = g->id, .copies = spread_copies_on(g, d->day), .told = true, .group = g};
    add_own_spread(d, &group);
    group.reach = 0;
    return group;
}

/* Ranks the groups of the copies that were read, which stand in order. */
static void rank_copies(struct digest *d, const struct copy *copies, size_t count, bool **read)
{
    for (size_t from = 0, to; from < count; from = to) {
        struct spread_figures group = {.id = copies[from].of};
        for (to = from; to < count && copies[to].of == group.id; to++) {
            group.copies++;
            group.authors += copies[to].author != 0 &&
                             (to == from || copies[to].author != copies[to - 1].author);
            group.reach += d->figures->rows[copies[to].row].reach;
        }
        group.group = spread_find(&d->figures->clusters, group.id);
        if (group.group != NULL && group_in_scope(d, group.group) &&
            spread_copies_on(group.group, d->day) > group.copies &&
            !group_was_read(d, group.group, read))
            group = told_group(d, group.group);
        else
            add_own_spread(d, &group);
        rank_spread(d, &group);
    }
}

static bool has_copies(const struct copy *copies, size_t count, uint64_t of)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (copies[middle].of < of)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && copies[low].of == of;
}

/* Ranks the groups whose copies were dropped, and of which just the record is there. */
static void rank_told(struct digest *d, const struct copy *copies, size_t count, bool **read)
{
    const struct spread_book *book = &d->figures->clusters;
    for (size_t i = 0; i < book->count; i++) {
        const struct spread_group *g = &book->groups[i];
        if (spread_copies_on(g, d->day) == 0 || !group_in_scope(d, g) ||
            has_copies(copies, count, g->id) || group_was_read(d, g, read))
            continue;
        struct spread_figures group = told_group(d, g);
        rank_spread(d, &group);
    }
}

/* Adds the groups of copies; those whose first post spread, too, get its metrics. */
static void find_groups(struct digest *d)
{
    size_t count = list_copies(d, NULL);
    struct copy *copies = mem_zero(count + 1, sizeof *copies);
    list_copies(d, copies);
    qsort(copies, count, sizeof *copies, compare_copies);
    bool *read = NULL;
    rank_copies(d, copies, count, &read);
    rank_told(d, copies, count, &read);
    free(read);
    free(copies);
}

static bool has_spread(const struct digest *d, uint64_t id)
{
    for (size_t i = 0; i < d->spread_count; i++)
        if (d->spread[i].id == id)
            return true;
    return false;
}

/* A record tells nothing of how a post was judged, nor of its metrics. */
static void take_figures(struct post *post, const struct row *row)
{
    struct fact *fact = &post->fact;
    fact->tone = row->tone, fact->level = row->level, fact->labels = row->labels;
    fact->flags = row->flags, fact->reach = row->reach;
    fact->reposts = row->reposts, fact->quotes = row->quotes;
}

/* The post to quote: the first one, as it was read or as a record tells it; or a copy. */
static void choose_post(const struct digest *d, struct spread_figures *s)
{
    const struct row *row = figures_row(d->figures, s->id);
    s->deleted = row != NULL && (row->flags & POST_DELETED);
    s->read = row != NULL && !row->empty ? row : NULL;
    if (s->post == NULL)
        s->post = find_post(d, s->id, &s->first);
    if ((s->post == NULL || !s->first) && s->group != NULL && s->group->first != NULL &&
        !s->deleted) {
        s->post = s->group->first;
        s->first = true;
        if (s->read != NULL)
            take_figures(s->group->first, s->read);
    }
}

static void find_spread(struct digest *d)
{
    d->spread = mem_zero(d->figures->plan.top + 1, sizeof *d->spread);
    find_groups(d);
    const struct shelf *own = d->shelves != NULL ? &d->shelves[SHELF_SPREAD] : NULL;
    for (size_t i = 0; own != NULL && i < own->count; i++) {
        const struct fact *fact = &own->posts[i]->fact;
        if (fact_shares(fact) == 0 || (fact->id != 0 && has_spread(d, fact->id)))
            continue;
        struct spread_figures one = {.id = fact->id,
                                     .post = own->posts[i],
                                     .first = true,
                                     .spread = fact_shares(fact),
                                     .reach = fact->reach};
        rank_spread(d, &one);
    }
    for (size_t i = 0; i < d->spread_count; i++)
        choose_post(d, &d->spread[i]);
}

/* ---- the whole ---- */

void digest_make(struct digest *d, const struct figures *f, uint32_t scope)
{
    *d = (struct digest){.figures = f, .scope = scope, .day = f->day};
    if (scope > 0)
        d->name = f->watches.strings[scope - 1];
    d->shelves = figures_shelves(f, scope);
    for (size_t tier = 0; tier <= FACT_TIER_UNKNOWN; tier++)
        d->tier_urgent[tier] = CLOCK_UNKNOWN;
    lay_out_days(d);
    count_rows(d);
    find_words(d);
    find_spread(d);
}

void digest_free(struct digest *d)
{
    free(d->days);
    free(d->sources);
    free(d->words);
    free(d->spread);
    *d = (struct digest){0};
}

size_t digest_posts(const struct digest *d, size_t shelf, struct post *const **posts)
{
    size_t limit = figures_shown(d->figures, shelf);
    if (d->shelves == NULL)
        return 0;
    *posts = d->shelves[shelf].posts;
    return d->shelves[shelf].count < limit ? d->shelves[shelf].count : limit;
}

const struct tally *digest_now(const struct digest *d)
{
    return &d->days[d->day_count - 1].tally;
}

uint64_t digest_hour(const struct digest *d, size_t hour)
{
    uint64_t sum = 0;
    for (size_t tone = 0; tone < TONES; tone++)
        sum += d->hours[hour][tone];
    return sum;
}

struct tally digest_before(const struct digest *d)
{
    struct tally sum = {0};
    for (size_t i = 0; i + 1 < d->day_count; i++) {
        const struct tally *t = &d->days[i].tally;
        sum.posts += t->posts, sum.copies += t->copies, sum.authors += t->authors;
        sum.reach += t->reach, sum.reach_known += t->reach_known;
        sum.urgent += t->urgent, sum.help += t->help;
        for (size_t tone = 0; tone < TONES; tone++)
            sum.tone[tone] += t->tone[tone];
    }
    return sum;
}

static int compare_voices(const void *a, const void *b)
{
    const struct voice *x = a, *y = b;
    if (x->posts != y->posts)
        return x->posts < y->posts ? 1 : -1;
    return x->scope < y->scope ? -1 : x->scope > y->scope;
}

/* `row`: a post of the day, or NULL. */
static void hear(const struct figures *f, struct voice *voices, uint32_t set, const struct row *row)
{
    for (uint32_t w = 0; w < f->sets[set].count; w++) {
        struct voice *voice = &voices[f->set_watches[f->sets[set].at + w]];
        voice->heard = true;
        voice->posts += row != NULL;
        voice->negative += row != NULL && row->tone == FACT_NEGATIVE;
        voice->unjudged += row != NULL && row->tone == FACT_UNJUDGED;
    }
}

static void hear_all(const struct figures *f, struct voice *voices)
{
    for (size_t i = 0; i < f->row_count; i++) {
        const struct row *row = &f->rows[i];
        if (!row->empty && !TIME_UNKNOWN(row) && row->day <= f->day &&
            row->day >= f->day - f->plan.days)
            hear(f, voices, row->watches, row->day == f->day ? row : NULL);
    }
    for (size_t i = 0; i < f->gap_count; i++)
        if (figures_gap_touches(&f->gaps[i], f->day, f->day))
            hear(f, voices, f->gaps[i].watches, NULL);
    for (size_t i = 0; i < f->clusters.count; i++)
        if (spread_copies_on(&f->clusters.groups[i], f->day) > 0)
            hear(f, voices, f->clusters.groups[i].watches, NULL);
}

struct voice *digest_voices(const struct figures *f, size_t *count)
{
    struct voice *voices = mem_zero((size_t)f->watches.count + 1, sizeof *voices);
    for (size_t i = 0; i < f->watches.count; i++)
        voices[i].scope = (uint32_t)i + 1;
    hear_all(f, voices);
    *count = 0;
    for (size_t i = 0; i < f->watches.count; i++)
        if (voices[i].heard)
            voices[(*count)++] = voices[i];
    qsort(voices, *count, sizeof *voices, compare_voices);
    return voices;
}
