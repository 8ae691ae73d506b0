/*
 * Taking facts in. Rows stand in the order of the input and are found by id
 * through open addressing; watches are kept as numbers of distinct sets, since
 * posts share a few of them.
 */
#include "report/figures.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/mem.h"
#include "record/value.h"

#define WORDS_MAX     ((uint32_t)1 << 20)
#define WATCHES_MAX   10000
#define SET_WATCHES   64 /* of one post */
#define SOURCES_MAX   4096
#define NAME_BYTES    256 /* of a watch or source that no configuration defines */
#define ALERTS_MAX    500
#define GAPS_MAX      500
#define DAYS_MAX      20000
#define COPIES_KEPT   256
#define TYPICAL_SHOWN 6
#define SPARE_LEAST   6
#define NO_SET        UINT32_MAX

/* ---- opening and closing ---- */

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

/* Keeps the first so many racks. */
static void cut_racks(struct figures *f, size_t count)
{
    while (f->rack_count > count) {
        struct rack *rack = &f->racks[--f->rack_count];
        f->rack_of[rack->scope] = 0;
        for (size_t i = 0; i < SHELVES; i++)
            shelf_clear(&rack->shelves[i]);
    }
}

void figures_close(struct figures *f)
{
    cut_racks(f, 0);
    for (size_t i = 0; i < f->alert_count; i++)
        free((void *)f->alerts[i].watch.ptr);
    for (size_t i = 0; i < f->gap_count; i++)
        free((void *)f->gaps[i].source.ptr);
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

/* ---- rows by id ---- */

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

/* ---- names ---- */

static uint32_t source_number(struct figures *f, struct str raw)
{
    buf_clear(&f->scratch);
    struct str text = value_string(raw, &f->scratch);
    uint32_t known = intern_find(&f->sources, text);
    if (known != INTERN_NONE)
        return known;
    return intern_add(&f->sources,
                      f->sources.count < SOURCES_MAX && text.len <= NAME_BYTES ? text : STR("…"));
}

static bool watch_is_wanted(const struct figures *f, struct str name)
{
    for (size_t i = 0; i < f->plan.only_count; i++)
        if (str_is(name, f->plan.only[i]))
            return true;
    return f->plan.only_count == 0;
}

/* Names that stand in records alone may be anything. */
static bool name_is_taken(const struct figures *f, struct str name)
{
    bool defined = f->plan.watches != NULL && watchlist_find(f->plan.watches, name) >= 0;
    return name.len > 0 && (name.len <= NAME_BYTES || defined) && watch_is_wanted(f, name);
}

static void add_set_watch(struct figures *f, struct watch_set *set, struct str name)
{
    if (set->count == SET_WATCHES || !name_is_taken(f, name) ||
        (f->watches.count >= WATCHES_MAX && intern_find(&f->watches, name) == INTERN_NONE))
        return;
    uint32_t number = intern_add(&f->watches, name);
    for (uint32_t i = 0; i < set->count; i++)
        if (f->set_watches[set->at + i] == number)
            return;
    MEM_GROW(f->set_watches, f->set_watch_count, f->set_watch_cap);
    f->set_watches[f->set_watch_count++] = number;
    set->count++;
}

/* One may stand without a list. */
static void add_named_watches(struct figures *f, struct watch_set *set, struct str raw)
{
    struct walk w;
    walk_begin_list(&w, raw);
    while (walk_next(&w, NULL, &raw)) {
        buf_clear(&f->scratch);
        add_set_watch(f, set, value_string(raw, &f->scratch));
    }
}

static void add_matched_watches(struct figures *f, struct watch_set *set, uint64_t watched)
{
    for (size_t i = 0; watched >> i != 0; i++) {
        if (watched >> i & 1)
            add_set_watch(f, set, str_of(watchlist_name(f->plan.watches, i)));
        if (i == WATCHES - 1)
            break;
    }
}

/* The set that goes by this name; false: it is new, and has to be filled. */
static bool find_set(struct figures *f, struct str name, uint32_t *number)
{
    uint32_t known = f->set_names.count;
    *number = intern_add(&f->set_names, name);
    if (*number < known)
        return true;
    if (*number >= f->set_cap) {
        f->set_cap = f->set_cap < 16 ? 16 : f->set_cap * 2;
        f->sets = mem_resize(f->sets, f->set_cap, sizeof *f->sets);
    }
    f->sets[*number] = (struct watch_set){.at = (uint32_t)f->set_watch_count};
    return false;
}

/* The set of watches that a record belongs to: those that it names, or else those
 * of the configuration that it matched. This is the one place that says so. */
static uint32_t figures_watches_of(struct figures *f, const struct record *r, uint64_t watched)
{
    struct str raw = r->member[FACT_WATCH];
    if (value_type(raw) != VALUE_ARRAY && value_type(raw) != VALUE_STRING)
        raw = STR("[]");
    buf_clear(&f->scratch);
    if (watched != 0)
        buf_addf(&f->scratch, "matched %llx", (unsigned long long)watched); /* no JSON */
    uint32_t number;
    if (find_set(f, watched == 0 ? raw : buf_str(&f->scratch), &number))
        return number;
    if (watched == 0)
        add_named_watches(f, &f->sets[number], raw);
    else
        add_matched_watches(f, &f->sets[number], watched);
    return number;
}

/* The set of the watches of two; the first one, where that holds the other. */
static uint32_t unite_sets(struct figures *f, uint32_t first, uint32_t other)
{
    uint32_t both[] = {first, other}, number, more = 0;
    for (uint32_t i = 0; i < f->sets[other].count; i++)
        more += !figures_set_has(f, first, f->set_watches[f->sets[other].at + i] + 1);
    if (more == 0)
        return first;
    buf_clear(&f->scratch);
    buf_addf(&f->scratch, "both %x %x", first, other); /* no JSON */
    if (find_set(f, buf_str(&f->scratch), &number))
        return number;
    for (size_t n = 0; n < 2; n++)
        for (uint32_t i = 0; i < f->sets[both[n]].count; i++)
            add_set_watch(f, &f->sets[number],
                          f->watches.strings[f->set_watches[f->sets[both[n]].at + i]]);
    return number;
}

bool figures_in_scope(const struct figures *f, const struct row *row, uint32_t scope)
{
    return !row->empty && figures_set_has(f, row->watches, scope);
}

bool figures_set_has(const struct figures *f, uint32_t number, uint32_t scope)
{
    const struct watch_set *set = &f->sets[number];
    for (uint32_t i = 0; i < set->count && scope > 0; i++)
        if (f->set_watches[set->at + i] == scope - 1)
            return true;
    return scope == 0;
}

/* ---- words ---- */

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

/* ---- shelves ---- */

static int compare_racks(const void *a, const void *b)
{
    const struct rack *x = a, *y = b;
    if ((x->scope == 0) != (y->scope == 0))
        return x->scope == 0 ? -1 : 1;
    if (x->posts != y->posts)
        return x->posts > y->posts ? -1 : 1;
    return x->scope < y->scope ? -1 : x->scope > y->scope;
}

/* Of too many scopes those with most posts so far stay, so that a watch that comes late is
 * not left out for those that came early. */
static void make_room(struct figures *f)
{
    qsort(f->racks, f->rack_count, sizeof *f->racks, compare_racks);
    cut_racks(f, RACKS);
    for (size_t i = 0; i < f->rack_count; i++)
        f->rack_of[f->racks[i].scope] = (uint32_t)i + 1;
}

static struct rack *need_rack(struct figures *f, uint32_t scope)
{
    if (scope >= f->rack_of_count) {
        size_t before = f->rack_of_count;
        f->rack_of_count = ((size_t)scope + 32) * 2;
        f->rack_of = mem_resize(f->rack_of, f->rack_of_count, sizeof *f->rack_of);
        memset(f->rack_of + before, 0, (f->rack_of_count - before) * sizeof *f->rack_of);
    }
    if (f->rack_of[scope] == 0) {
        if (f->rack_count == 2 * RACKS)
            make_room(f);
        MEM_GROW(f->racks, f->rack_count, f->rack_cap);
        f->racks[f->rack_count] = (struct rack){.scope = scope};
        f->rack_of[scope] = (uint32_t)++f->rack_count;
    }
    return &f->racks[f->rack_of[scope] - 1];
}

const struct shelf *figures_shelves(const struct figures *f, uint32_t scope)
{
    return scope >= f->rack_of_count || f->rack_of[scope] == 0
               ? NULL
               : f->racks[f->rack_of[scope] - 1].shelves;
}

size_t figures_shown(const struct figures *f, size_t shelf)
{
    return shelf == SHELF_COPIES    ? COPIES_KEPT
           : shelf >= SHELF_TYPICAL ? TYPICAL_SHOWN
                                    : f->plan.top;
}

/* Posts that are shown, and as many again that move up when one is withdrawn. */
static size_t shelf_limit(const struct figures *f, size_t shelf)
{
    size_t shown = figures_shown(f, shelf);
    size_t spare = shown < SPARE_LEAST ? SPARE_LEAST : shown;
    return shelf == SHELF_COPIES ? shown : shown + spare;
}

static bool shelf_wants(size_t shelf, const struct fact *fact)
{
    bool copy = fact->flags & POST_COPY;
    switch (shelf) {
    case SHELF_URGENT: return fact->level >= 2 && !copy;
    case SHELF_HELP: return (fact->flags & POST_SUPPORT) && !copy;
    case SHELF_SPREAD: return !copy;
    case SHELF_COPIES: return copy && fact->of != 0;
    default: return !copy && (fact->labels >> (shelf - SHELF_TYPICAL) & 1);
    }
}

static void offer_to_scope(struct figures *f, const struct record *r, const struct fact *fact,
                           uint32_t row, uint32_t scope, struct post **post)
{
    struct rack *rack = need_rack(f, scope);
    size_t shelves = SHELF_TYPICAL + labels_bits(f->plan.labels);
    if (fact->labels == 0)
        shelves = SHELF_TYPICAL;
    for (size_t i = 0; i < shelves; i++) {
        if (!shelf_wants(i, fact))
            continue;
        struct shelf *shelf = &rack->shelves[i];
        size_t limit = shelf_limit(f, i);
        size_t place = shelf_place(shelf, (enum shelf_purpose)i, limit, fact);
        if (place == SIZE_MAX)
            continue;
        if (*post == NULL)
            *post = post_new(r, fact, row);
        shelf_put(shelf, (enum shelf_purpose)i, place, limit, *post);
    }
}

/* Shows a post of the day reported to the shelves of its scopes; it counts in those that are
 * not of the set of watches that it was shown to before. Where it was taken up already, that is
 * `post`, of which a reference is given away; or NULL. */
static void offer(struct figures *f, const struct record *r, const struct fact *fact, uint32_t row,
                  uint32_t before, struct post *post)
{
    const struct watch_set *set = &f->sets[f->rows[row].watches];
    for (uint32_t i = 0; i <= set->count; i++) {
        uint32_t scope = i == 0 ? 0 : f->set_watches[set->at + i - 1] + 1;
        need_rack(f, scope)->posts += before == NO_SET || !figures_set_has(f, before, scope);
        offer_to_scope(f, r, fact, row, scope, &post);
    }
    post_release(post);
}

/* A post as it stands on any shelf, with one more reference, or NULL. */
static struct post *kept_post(const struct figures *f, uint32_t row)
{
    for (size_t n = 0; n < f->rack_count * SHELVES; n++) {
        const struct rack *rack = &f->racks[n / SHELVES];
        const struct shelf *shelf = &rack->shelves[n % SHELVES];
        if (shelf->count == 0 || !figures_in_scope(f, &f->rows[row], rack->scope))
            continue;
        for (size_t i = 0; i < shelf->count; i++)
            if (shelf->posts[i]->row == row) {
                shelf->posts[i]->references++;
                return shelf->posts[i];
            }
    }
    return NULL;
}

static void withdraw(struct figures *f, uint32_t row)
{
    for (size_t rack = 0; rack < f->rack_count; rack++)
        if (figures_in_scope(f, &f->rows[row], f->racks[rack].scope))
            for (size_t i = 0; i < SHELVES; i++)
                shelf_drop(&f->racks[rack].shelves[i], row);
}

/* ---- posts ---- */

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
    cut_racks(f, 0);
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
    if (row->tier == TIER_UNKNOWN)
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
    uint32_t all = unite_sets(f, before, watches);
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
    struct post *kept = later || judged ? NULL : kept_post(f, number);
    if (kept != NULL)
        kept->fact.tier = row->tier;
    withdraw(f, number);
    offer(f, r, &now, number, before, kept);
}

/* Is a time one that --until leaves out? */
static bool is_after(const struct figures *f, int64_t time)
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
    if (is_after(f, fact->time) || (again && is_after(f, fact->seen))) {
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
        offer(f, r, fact, (uint32_t)(row - f->rows), NO_SET, NULL);
}

/* A post that is left out tells that its day was looked at. */
static void leave_out(struct figures *f, const struct fact *fact)
{
    f->other_where++;
    if (fact->time != CLOCK_UNKNOWN && !is_after(f, fact->time))
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
        withdraw(f, (uint32_t)(row - f->rows));
        f->deleted += !(row->flags & POST_DELETED);
    }
    row->flags |= POST_DELETED;
}

/* ---- other kinds ---- */

/* Of the watches that a record names, the first that is asked for, raw; ptr NULL: none. */
static struct str wanted_watch(struct figures *f, const struct record *r)
{
    struct str one;
    struct walk w;
    walk_begin_list(&w, r->member[FACT_WATCH]);
    while (walk_next(&w, NULL, &one)) {
        buf_clear(&f->scratch);
        if (watch_is_wanted(f, value_string(one, &f->scratch)))
            return one;
    }
    return (struct str){NULL, 0};
}

/* Safe texts in one allocation, which begins at the first. */
static void keep_texts(const struct str *raw, struct str *texts, size_t count)
{
    struct buf out = {0};
    size_t ends[4] = {0};
    for (size_t i = 0; i < count; i++) {
        struct buf scratch = {0};
        safe_line(&out, value_string(raw[i], &scratch), 200);
        ends[i] = out.len;
        buf_free(&scratch);
    }
    char *kept = mem_string(buf_str(&out));
    buf_free(&out);
    for (size_t i = 0, from = 0; i < count; from = ends[i++])
        texts[i] = (struct str){kept + from, ends[i] - from};
}

/* Moves an alert to the end of the ring. */
static struct alert *move_last(struct figures *f, size_t at)
{
    size_t last = (f->alerts_left_out + f->alert_count - 1) % ALERTS_MAX;
    struct alert alert = f->alerts[at];
    for (size_t next; at != last; at = next) {
        next = (at + 1) % ALERTS_MAX;
        f->alerts[at] = f->alerts[next];
    }
    f->alerts[last] = alert;
    return &f->alerts[last];
}

/* The last place: for the same alert, if it was read before, or a new one. */
static struct alert *alert_place(struct figures *f, uint64_t id)
{
    for (size_t i = 0; i < f->alert_count && id != 0; i++)
        if (f->alerts[i].id == id)
            return move_last(f, i);
    if (f->alert_count == ALERTS_MAX) /* the oldest makes room */
        return &f->alerts[f->alerts_left_out++ % ALERTS_MAX];
    MEM_GROW(f->alerts, f->alert_count, f->alert_cap);
    struct alert *alert = &f->alerts[f->alert_count++];
    *alert = (struct alert){.number = 0};
    return alert;
}

/* An alert from --until on, or of other watches, speaks of posts that are left out. */
static void add_alert(struct figures *f, const struct record *r, const struct fact *fact)
{
    struct str watch = wanted_watch(f, r);
    if (is_after(f, fact->time) || (f->plan.only_count > 0 && watch.ptr == NULL))
        return;
    struct alert *alert = alert_place(f, fact->id);
    struct str texts[3];
    free((void *)alert->watch.ptr);
    keep_texts((const struct str[]){watch, r->member[FACT_STAGE], r->member[FACT_WHAT]}, texts, 3);
    *alert = (struct alert){.id = fact->id,
                            .number = f->records,
                            .time = fact->time,
                            .level = fact_level(r->member[FACT_LEVEL]),
                            .watch = texts[0],
                            .stage = texts[1],
                            .what = texts[2]};
}

const struct alert *figures_alert(const struct figures *f, size_t i)
{
    return &f->alerts[(f->alerts_left_out + i) % ALERTS_MAX];
}

static void drop_gap(struct figures *f, size_t i)
{
    free((void *)f->gaps[i].source.ptr);
    f->gap_count--;
    memmove(f->gaps + i, f->gaps + i + 1, (f->gap_count - i) * sizeof *f->gaps);
}

/* A later record about a gap takes the place of an earlier one. */
static void forget_gap(struct figures *f, uint64_t id)
{
    for (size_t i = 0; i < f->gap_count && id != 0; i++) {
        if (f->gaps[i].id != id)
            continue;
        drop_gap(f, i);
        return;
    }
}

static void add_gap(struct figures *f, const struct record *r)
{
    uint64_t id = fact_hash(r->member[FACT_ID], &f->scratch);
    forget_gap(f, id);
    if (value_true(r->member[FACT_RECOVERED])) /* read since */
        return;
    if (!value_empty(r->member[FACT_WATCH]) && wanted_watch(f, r).ptr == NULL)
        return;
    if (f->gap_count == GAPS_MAX) { /* the oldest makes room */
        drop_gap(f, 0);
        f->gaps_left_out++;
    }
    MEM_GROW(f->gaps, f->gap_count, f->gap_cap);
    struct gap *gap = &f->gaps[f->gap_count++];
    struct str texts[2];
    keep_texts((const struct str[]){r->member[FACT_SOURCE], r->member[FACT_REASON]}, texts, 2);
    uint32_t watches = figures_watches_of(f, r, 0);
    *gap = (struct gap){.id = id, .watches = watches, .source = texts[0], .reason = texts[1]};
    buf_clear(&f->scratch);
    clock_parse(value_string(r->member[FACT_FROM], &f->scratch), &gap->from);
    buf_clear(&f->scratch);
    clock_parse(value_string(r->member[FACT_TO], &f->scratch), &gap->to);
}

bool figures_gap_touches(const struct gap *gap, int32_t first, int32_t last)
{
    int64_t begin = (int64_t)first * 86400, end = ((int64_t)last + 1) * 86400;
    return (gap->to == CLOCK_UNKNOWN || gap->to + clock_zone_offset(gap->to) > begin) &&
           (gap->from == CLOCK_UNKNOWN || gap->from + clock_zone_offset(gap->from) < end);
}

/* A group whose posts go on past --until is left out: its figures are of more. */
static void add_cluster(struct figures *f, const struct record *r)
{
    int64_t to;
    f->cluster_records++;
    buf_clear(&f->scratch);
    clock_parse(value_string(r->member[FACT_TO], &f->scratch), &to);
    if (is_after(f, to))
        return;
    const struct spread_group *known = spread_find(&f->clusters, spread_id(r, &f->scratch));
    uint32_t watches = figures_watches_of(f, r, 0);
    if (known != NULL)
        watches = unite_sets(f, known->watches, watches);
    spread_add(&f->clusters, r, watches, f->day_known ? f->day : SPREAD_NO_DAY, &f->scratch);
}

void figures_add(struct figures *f, const struct record *r, struct str note)
{
    struct fact fact = fact_of(note);
    f->records++;
    switch (fact.kind) {
    case FACT_POST: add_post(f, r, &fact, str_from(note, sizeof fact)); break;
    case FACT_DELETE: add_delete(f, &fact); break;
    case FACT_ALERT: add_alert(f, r, &fact); break;
    case FACT_GAP: add_gap(f, r); break;
    case FACT_CLUSTER: add_cluster(f, r); break;
    case FACT_LEFT_OUT: leave_out(f, &fact); break;
    default: f->suggests++; break;
    }
}
