/*
 * Taking posts in. Rows stand in the order of the input and are found by id through open
 * addressing. What else there is to take in: figures-watches.c, figures-racks.c and
 * figures-notices.c.
 */
#include "report/figures.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "record/value.h"
#include "report/figures-parts.h"

#define WORDS_MAX   ((uint32_t)1 << 20)
#define SOURCES_MAX 4096
#define DAYS_MAX    20000

static bool read_stopwords(struct figures *f, struct err *e)
{
    struct table t;
    char *path = data_path("stopwords.tsv");
    bool bad = false, good = table_open(&t, path, e);
    free(path);
    if (!good)
        return false;
    while (table_next(&t, 1, 1, &bad, e))
        intern_add(&f->words, t.field[0]);
    f->stopwords = f->words.count;
    table_close(&t);
    return !bad;
}

bool figures_open(struct figures *f, const struct figures_plan *plan, struct err *e)
{
    *f = (struct figures){.plan = *plan, .day = plan->day, .day_known = plan->day_fixed};
    return read_stopwords(f, e);
}

void figures_close(struct figures *f)
{
    figures_cut_racks(f, 0);
    for (size_t i = 0; i < f->alert_count; i++)
        free(f->alerts[i].texts);
    for (size_t i = 0; i < f->gap_count; i++)
        free(f->gaps[i].texts);
    spread_free(&f->clusters);
    intern_free(&f->words);
    intern_free(&f->sources);
    intern_free(&f->watches);
    intern_free(&f->set_names);
    free(f->rows);
    free(f->slots);
    free(f->words_of);
    free(f->word_seen);
    free(f->sets);
    free(f->set_watches);
    free(f->racks);
    free(f->rack_of);
    free(f->alerts);
    free(f->gaps);
    free(f->days);
    buf_free(&f->scratch);
    *f = (struct figures){0};
}

static size_t id_slot(const struct figures *f, uint64_t id)
{
    size_t slot = (size_t)id & (f->slot_count - 1);
    while (f->slots[slot] != 0 && f->rows[f->slots[slot] - 1].id != id)
        slot = (slot + 1) & (f->slot_count - 1);
    return slot;
}

static void reindex(struct figures *f, size_t slot_count)
{
    free(f->slots);
    f->slot_count = slot_count;
    f->slots = mem_zero(slot_count, sizeof *f->slots);
    for (size_t i = 0; i < f->row_count; i++)
        if (f->rows[i].id != 0)
            f->slots[id_slot(f, f->rows[i].id)] = (uint32_t)i + 1;
}

const struct row *figures_row(const struct figures *f, uint64_t id)
{
    uint32_t at = id == 0 || f->slot_count == 0 ? 0 : f->slots[id_slot(f, id)];
    return at == 0 ? NULL : &f->rows[at - 1];
}

static struct row *find_row(struct figures *f, uint64_t id)
{
    const struct row *row = figures_row(f, id);
    return row == NULL ? NULL : &f->rows[row - f->rows];
}

static struct row *add_row(struct figures *f, uint64_t id)
{
    MEM_GROW(f->rows, f->row_count, f->row_cap);
    if (f->row_count * 2 >= f->slot_count)
        reindex(f, f->slot_count == 0 ? 1024 : f->slot_count * 2);
    f->rows[f->row_count] = (struct row){.id = id};
    if (id != 0)
        f->slots[id_slot(f, id)] = (uint32_t)f->row_count + 1;
    return &f->rows[f->row_count++];
}

static uint32_t source_number(struct figures *f, struct str raw)
{
    buf_clear(&f->scratch);
    struct str text = value_string(raw, &f->scratch);
    uint32_t known = intern_find(&f->sources, text);
    if (known != INTERN_NONE)
        return known;
    return intern_add(&f->sources,
                      f->sources.count < SOURCES_MAX && text.len <= FIGURES_NAME ? text : STR("…"));
}

static void note_word(struct figures *f, struct row *row, uint32_t mark, struct str word)
{
    if (f->words.count >= WORDS_MAX && intern_find(&f->words, word) == INTERN_NONE) {
        f->words_left_out++;
        return;
    }
    uint32_t number = intern_add(&f->words, word);
    if (number < f->stopwords)
        return;
    if (number >= f->word_seen_cap) {
        size_t before = f->word_seen_cap;
        f->word_seen_cap = before < 4096 ? 4096 : before * 2;
        f->word_seen = mem_resize(f->word_seen, f->word_seen_cap, sizeof *f->word_seen);
        memset(f->word_seen + before, 0, (f->word_seen_cap - before) * sizeof *f->word_seen);
    }
    if (f->word_seen[number] == mark)
        return;
    f->word_seen[number] = mark;
    MEM_GROW(f->words_of, f->words_of_count, f->words_of_cap);
    f->words_of[f->words_of_count++] = number;
    row->word_count++;
}

/* Each word counts once a post, so that nobody moves a figure by repeating it. */
static void note_words(struct figures *f, struct row *row, struct str words)
{
    uint32_t mark = (uint32_t)(row - f->rows) + 1;
    if (f->words_of_count + WORD_COUNT > UINT32_MAX)
        return;
    row->word_at = (uint32_t)f->words_of_count;
    while (words.len > 0) {
        size_t length = (unsigned char)words.ptr[0];
        note_word(f, row, mark, (struct str){words.ptr + 1, length});
        words = str_from(words, 1 + length);
    }
}

/* Keeps the days that have data. */
static void note_day(struct figures *f, int32_t day)
{
    size_t low = 0, high = f->day_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->days[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    if ((low < f->day_count && f->days[low] == day) || f->day_count == DAYS_MAX)
        return;
    MEM_GROW(f->days, f->day_count, f->day_cap);
    memmove(f->days + low + 1, f->days + low, (f->day_count - low) * sizeof *f->days);
    f->days[low] = day;
    f->day_count++;
}

/* The day reported is the last one seen, unless one was asked for. */
static void follow_day(struct figures *f, int32_t day)
{
    note_day(f, day);
    if (f->plan.day_fixed || (f->day_known && day <= f->day))
        return;
    f->day = day;
    f->day_known = true;
    figures_cut_racks(f, 0);
}

static void fill_row(struct figures *f, struct row *row, const struct record *r,
                     const struct fact *fact, uint32_t watches)
{
    *row = (struct row){.id = fact->id,
                        .author = fact->author,
                        .of = fact->of,
                        .time = fact->time,
                        .seen = fact->seen,
                        .labels = fact->labels,
                        .reach = fact->reach,
                        .reach_known = fact->reach_known,
                        .reposts = fact->reposts,
                        .quotes = fact->quotes,
                        .watches = watches,
                        .day = fact->day,
                        .hour = fact->hour,
                        .tone = fact->tone,
                        .level = fact->level,
                        .tier = fact->tier,
                        .flags = (uint8_t)(fact->flags | (row->flags & POST_DELETED))};
    row->source = source_number(f, r->member[FACT_SOURCE]);
}

/* Of several judgements that of the highest level counts, whichever was read first, and a call
 * for help stays one: somebody should look. */
static bool take_judgement(struct figures *f, struct row *row, const struct fact *fact)
{
    uint8_t more = fact->flags & (POST_JUDGED | POST_SUPPORT) & (uint8_t)~row->flags;
    bool higher = more & POST_JUDGED || fact->level > row->level;
    f->unjudged -= (more & POST_JUDGED) != 0;
    row->flags |= more;
    if (higher) {
        row->level = fact->level;
        row->tone = fact->tone;
        row->labels = fact->labels;
    }
    return higher || more != 0;
}

/* Words are kept of the days that are compared alone. */
static bool words_are_compared(const struct figures *f, const struct row *row)
{
    return row->time != CLOCK_UNKNOWN && row->day <= f->day && row->day >= f->day - f->plan.days;
}

/* What a reading does not know, another one may. True where the post's place in lists changes. */
static bool take_unknown(struct figures *f, struct row *row, const struct record *r,
                         const struct fact *fact, struct str words)
{
    uint8_t tier = row->tier;
    if (row->author == 0)
        row->author = fact->author;
    if (row->tier == FACT_TIER_UNKNOWN)
        row->tier = fact->tier;
    if (f->sources.strings[row->source].len == 0)
        row->source = source_number(f, r->member[FACT_SOURCE]);
    bool copy = row->flags & POST_COPY, told = copy || !(fact->flags & POST_COPY);
    if (fact->flags & POST_WORDS & ~row->flags && told) { /* of copies no words are read */
        row->flags |= POST_WORDS;
        f->without_words--;
        if (!copy && words_are_compared(f, row))
            note_words(f, row, words);
    }
    return row->tier != tier;
}

/* What a reading does not know leaves what is known; and views count for more than
 * followers do. */
static void take_metrics(struct row *row, const struct fact *fact)
{
    row->seen = fact->seen;
    if (fact->reposts_known)
        row->reposts = fact->reposts;
    if (fact->quotes_known)
        row->quotes = fact->quotes;
    if (fact->reach_known && (fact->flags & POST_VIEWS || !(row->flags & POST_VIEWS))) {
        row->reach = fact->reach;
        row->reach_known = true;
        row->flags |= fact->flags & POST_VIEWS;
    }
}

/* The same post once more: its metrics as of the later reading, the judgement of the highest
 * level; what just one of them knows; and it is of the watches of both. */
static void read_again(struct figures *f, struct row *row, const struct record *r,
                       const struct fact *fact, uint32_t watches, struct str words)
{
    f->reread++;
    bool later = fact->seen != CLOCK_UNKNOWN && fact->seen > row->seen;
    uint32_t number = (uint32_t)(row - f->rows), before = row->watches;
    uint32_t all = figures_unite_sets(f, before, watches);
    bool judged = take_judgement(f, row, fact);
    bool ranked = take_unknown(f, row, r, fact, words);
    if (!later && !judged && !ranked && all == before)
        return;
    row->watches = all;
    if (later)
        take_metrics(row, fact);
    if (row->flags & POST_DELETED || row->time == CLOCK_UNKNOWN || row->day != f->day)
        return;
    struct fact now = *fact;
    now.time = row->time, now.day = row->day, now.hour = row->hour, now.of = row->of;
    now.labels = row->labels, now.tone = row->tone, now.level = row->level;
    now.tier = row->tier;
    now.flags = row->flags, now.reach = row->reach;
    now.reposts = row->reposts, now.quotes = row->quotes;
    /* If neither metrics nor judgement changed, it is quoted as it was. */
    struct post *kept = later || judged ? NULL : figures_kept_post(f, number);
    if (kept != NULL)
        kept->fact.tier = row->tier;
    figures_withdraw(f, number);
    figures_offer(f, r, &now, number, before, kept);
}

bool figures_is_after(const struct figures *f, int64_t time)
{
    return f->plan.until != CLOCK_UNKNOWN && time != CLOCK_UNKNOWN && time >= f->plan.until;
}

static void count_post(struct figures *f, const struct fact *fact)
{
    f->posts++;
    f->unjudged += !(fact->flags & POST_JUDGED);
    f->without_words += !(fact->flags & POST_WORDS);
    f->future += (fact->flags & POST_FUTURE) != 0;
    f->without_time += fact->time == CLOCK_UNKNOWN && !(fact->flags & POST_FUTURE);
}

static void add_post(struct figures *f, const struct record *r, const struct fact *fact,
                     struct str words)
{
    struct row *row = find_row(f, fact->id);
    bool again = row != NULL && !row->empty; /* it has its day, or none */
    if (figures_is_after(f, fact->time) || (again && figures_is_after(f, fact->seen))) {
        f->after_until++;
        return;
    }
    if (fact->time != CLOCK_UNKNOWN && !again)
        follow_day(f, fact->day);
    uint32_t watches = figures_watches_of(f, r, fact->watched);
    if (!again && f->plan.only_count > 0 && f->sets[watches].count == 0) {
        f->other_watch++;
        return;
    }
    if (again) {
        read_again(f, row, r, fact, watches, words);
        return;
    }
    if (f->row_count >= UINT32_MAX - 1)
        return;
    count_post(f, fact);
    if (row == NULL)
        row = add_row(f, fact->id);
    f->deleted += (row->flags & POST_DELETED) != 0;
    fill_row(f, row, r, fact, watches);
    if (!words_are_compared(f, row))
        return;
    note_words(f, row, words);
    if (fact->day == f->day && !(row->flags & POST_DELETED))
        figures_offer(f, r, fact, (uint32_t)(row - f->rows), FIGURES_NO_SET, NULL);
}

/* A post that is left out tells that its day was looked at. */
static void leave_out(struct figures *f, const struct fact *fact)
{
    f->other_where++;
    if (fact->time != CLOCK_UNKNOWN && !figures_is_after(f, fact->time))
        follow_day(f, fact->day);
}

/* A post that was deleted stays in the figures and is no longer quoted. It counts as such once it
 * was read. */
static void add_delete(struct figures *f, const struct fact *fact)
{
    if (fact->id == 0 || f->row_count >= UINT32_MAX - 1)
        return;
    struct row *row = find_row(f, fact->id);
    if (row == NULL) {
        row = add_row(f, fact->id);
        row->empty = true;
    } else if (!row->empty) {
        figures_withdraw(f, (uint32_t)(row - f->rows));
        f->deleted += !(row->flags & POST_DELETED);
    }
    row->flags |= POST_DELETED;
}

void figures_add(struct figures *f, const struct record *r, struct str note)
{
    struct fact fact = fact_of(note);
    f->records++;
    switch (fact.kind) {
    case FACT_POST: add_post(f, r, &fact, str_from(note, sizeof fact)); break;
    case FACT_DELETE: add_delete(f, &fact); break;
    case FACT_ALERT: figures_add_alert(f, r, &fact); break;
    case FACT_GAP: figures_add_gap(f, r); break;
    case FACT_CLUSTER: figures_add_cluster(f, r); break;
    case FACT_LEFT_OUT: leave_out(f, &fact); break;
    default: f->suggests++; break;
    }
}
