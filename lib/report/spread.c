/*
 * The book of cluster records. Members are looked up in the line when they are asked for:
 * there are few such records, and of these a report shows a handful.
 */
#include "report/spread.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "record/value.h"

#define HOURS_MAX       9600
#define PLACE_NAME      40
#define TEXT_CHARACTERS 40
#define FIRST_SLOTS     64

/* ---- reading ---- */

static int64_t read_time(struct str raw, struct buf *scratch)
{
    int64_t time;
    buf_clear(scratch);
    clock_parse(value_string(raw, scratch), &time);
    return time;
}

/* The place of an hour, made if need be; NULL: there are too many. */
static struct spread_hour *hour_place(struct spread_group *g, int64_t from)
{
    size_t low = 0, high = g->hour_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->hours[middle].from < from)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < g->hour_count && g->hours[low].from == from)
        return &g->hours[low];
    if (g->hour_count == HOURS_MAX)
        return NULL;
    MEM_GROW(g->hours, g->hour_count, g->hour_cap);
    memmove(g->hours + low + 1, g->hours + low, (g->hour_count - low) * sizeof *g->hours);
    g->hour_count++;
    int32_t day = (int32_t)clock_day(from + clock_zone_offset(from));
    g->hours[low] = (struct spread_hour){.from = from, .day = day};
    return &g->hours[low];
}

static void add_to_hour(struct spread_group *g, int64_t from, int64_t posts)
{
    struct spread_hour *place = hour_place(g, from);
    if (place == NULL)
        return;
    uint64_t sum = place->posts + (uint64_t)posts;
    place->posts = sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

/* Reads `[TIME, POSTS]`; false where it is none. */
static bool read_hour(struct str hour, struct buf *scratch, int64_t *from, int64_t *count)
{
    struct walk pair;
    struct str time, posts;
    walk_begin(&pair, hour);
    if (!walk_next(&pair, NULL, &time) || !walk_next(&pair, NULL, &posts))
        return false;
    *from = read_time(time, scratch);
    *count = fact_count(posts);
    return *from != CLOCK_UNKNOWN && *count > 0;
}

/* The hour in which the first post counts: that of its time, or an earlier one, where it was
 * seen before the time that it tells; then the hours hold more than the copies. */
static int64_t hour_of_first(struct str all, int64_t first_time, int64_t copies,
                             struct buf *scratch)
{
    struct walk hours;
    struct str hour;
    int64_t from, count, total = 0, found = CLOCK_UNKNOWN;
    walk_begin(&hours, all);
    while (first_time != CLOCK_UNKNOWN && walk_next(&hours, NULL, &hour)) {
        if (!read_hour(hour, scratch, &from, &count))
            continue;
        total += count;
        if (from <= first_time && (found == CLOCK_UNKNOWN || from > found))
            found = from;
    }
    bool counts = found != CLOCK_UNKNOWN && (first_time - found < 3600 || total > copies);
    return counts ? found : CLOCK_UNKNOWN;
}

/* Hours are of UTC, days of the zone: an hour belongs to the day in which it begins. The
 * first post is no copy. */
static void read_hours(struct spread_group *g, struct str line, int64_t first_time,
                       struct buf *scratch)
{
    struct walk hours;
    struct str hour, all = value_member(value_member(line, "growth"), "hours");
    int64_t from, count, first = hour_of_first(all, first_time, (int64_t)g->copies, scratch);
    walk_begin(&hours, all);
    while (walk_next(&hours, NULL, &hour))
        if (read_hour(hour, scratch, &from, &count))
            add_to_hour(g, from, count - (from == first));
}

/* The first post, made of what the record says of it. */
static struct post *read_first(struct str first, int64_t time, uint64_t id)
{
    static const struct {
        int member;
        const char *name;
    } wanted[] = {
        {FACT_TEXT, "text"}, {FACT_AUTHOR, "author"}, {FACT_URL, "url"}, {FACT_SOURCE, "source"}};
    struct record r = {.members = 0};
    int64_t followers = fact_count(value_member(value_member(first, "author"), "followers"));
    struct fact fact = {.id = id,
                        .time = time,
                        .kind = FACT_POST,
                        .tone = FACT_UNJUDGED,
                        .reach = followers < 0 ? 0 : (uint32_t)followers};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        r.member[wanted[i].member] = value_member(first, wanted[i].name);
    if (value_type(r.member[FACT_TEXT]) != VALUE_STRING || r.member[FACT_TEXT].len <= 2)
        return NULL;
    return post_new(&r, &fact, UINT32_MAX);
}

/* ---- the book ---- */

static void free_group(struct spread_group *g)
{
    free(g->hours);
    free((void *)g->line.ptr);
    post_release(g->first);
}

static size_t slot_of(const struct spread_book *book, uint64_t id)
{
    size_t slot = (size_t)id & (book->slot_count - 1);
    while (book->slots[slot] != 0 && book->groups[book->slots[slot] - 1].id != id)
        slot = (slot + 1) & (book->slot_count - 1);
    return slot;
}

static void reindex(struct spread_book *book)
{
    free(book->slots);
    book->slot_count = FIRST_SLOTS;
    while (book->slot_count < book->cap * 2)
        book->slot_count *= 2;
    book->slots = mem_zero(book->slot_count, sizeof *book->slots);
    for (size_t i = 0; i < book->count; i++)
        book->slots[slot_of(book, book->groups[i].id)] = (uint32_t)i + 1;
}

uint64_t spread_copies_on(const struct spread_group *g, int32_t day)
{
    uint64_t sum = 0;
    for (size_t i = g->hour_count; i-- > 0 && g->hours[i].day >= day;)
        if (g->hours[i].day == day)
            sum += g->hours[i].posts;
    return sum;
}

bool spread_is_whole(const struct spread_group *g, uint64_t copies)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < g->hour_count; i++)
        sum += g->hours[i].posts;
    /* The first post is among them where its hour is not known. */
    return g->copies >= copies && g->copies + 1 >= sum;
}

/* A group's place when there is no room for all. */
struct place {
    uint64_t today, copies, id;
    size_t number;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->today != y->today)
        return x->today > y->today ? -1 : 1;
    if (x->copies != y->copies)
        return x->copies > y->copies ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int32_t last_day(const struct spread_book *book)
{
    int32_t last = SPREAD_NO_DAY;
    for (size_t i = 0; i < book->count; i++) {
        const struct spread_group *g = &book->groups[i];
        if (g->hour_count > 0 && g->hours[g->hour_count - 1].day > last)
            last = g->hours[g->hour_count - 1].day;
    }
    return last;
}

/* Keeps the better half. */
static void make_room(struct spread_book *book, int32_t day)
{
    if (day == SPREAD_NO_DAY)
        day = last_day(book);
    struct place *places = mem_zero(book->count, sizeof *places);
    struct spread_group *kept = mem_zero(book->cap, sizeof *kept);
    for (size_t i = 0; i < book->count; i++)
        places[i] = (struct place){spread_copies_on(&book->groups[i], day), book->groups[i].copies,
                                   book->groups[i].id, i};
    qsort(places, book->count, sizeof *places, compare_places);
    for (size_t i = 0; i < book->count; i++) {
        if (i < SPREAD_GROUPS)
            kept[i] = book->groups[places[i].number];
        else
            free_group(&book->groups[places[i].number]);
    }
    book->left_out += book->count - SPREAD_GROUPS;
    book->count = SPREAD_GROUPS;
    free(book->groups);
    free(places);
    book->groups = kept;
    reindex(book);
}

/* Gives a group what another record of it knows beside: hours, and the first post. Days
 * alone would not do: two runs may each have seen a part of one. */
static void take_over(struct spread_group *g, struct spread_group *other)
{
    for (size_t i = 0; i < other->hour_count; i++) {
        struct spread_hour *place = hour_place(g, other->hours[i].from);
        if (place != NULL && place->posts < other->hours[i].posts)
            place->posts = other->hours[i].posts;
    }
    if (g->first == NULL) {
        g->first = other->first;
        other->first = NULL;
    }
}

/* A record that knows less does not displace one that knows more: it is of a run that knew
 * nothing of the posts of the runs before. */
static void put_again(struct spread_group *old, struct spread_group *g)
{
    uint32_t watches = g->watches;
    if (g->copies >= old->copies) {
        struct spread_group less = *old;
        *old = *g;
        *g = less;
    }
    old->watches = watches;
    take_over(old, g);
    free_group(g);
}

/* Puts a group beside an older record of it, or last. */
static void put_group(struct spread_book *book, struct spread_group *g, int32_t day)
{
    if (book->slot_count > 0 && book->slots[slot_of(book, g->id)] != 0) {
        put_again(&book->groups[book->slots[slot_of(book, g->id)] - 1], g);
        return;
    }
    if (book->count == 2 * SPREAD_GROUPS)
        make_room(book, day);
    bool full = book->count == book->cap;
    MEM_GROW(book->groups, book->count, book->cap);
    book->groups[book->count++] = *g;
    if (full)
        reindex(book);
    else
        book->slots[slot_of(book, g->id)] = (uint32_t)book->count;
}

uint64_t spread_id(const struct record *r, struct buf *scratch)
{
    return fact_hash(value_member(value_member(r->line, "first"), "id"), scratch);
}

bool spread_add(struct spread_book *book, const struct record *r, uint32_t watches, int32_t day,
                struct buf *scratch)
{
    struct str first = value_member(r->line, "first");
    int64_t copies = fact_count(value_member(r->line, "copies"));
    uint64_t id = spread_id(r, scratch);
    if (r->line.len > SPREAD_LINE || id == 0 || copies <= 0)
        return false;
    struct spread_group g = {.id = id, .copies = (uint64_t)copies, .watches = watches};
    int64_t time = read_time(value_member(first, "time"), scratch);
    g.line = (struct str){mem_string(r->line), r->line.len};
    g.first = read_first(first, time, id);
    read_hours(&g, r->line, time, scratch);
    put_group(book, &g, day);
    return true;
}

const struct spread_group *spread_find(const struct spread_book *book, uint64_t id)
{
    uint32_t at = book->slot_count == 0 || id == 0 ? 0 : book->slots[slot_of(book, id)];
    return at == 0 ? NULL : &book->groups[at - 1];
}

void spread_free(struct spread_book *book)
{
    for (size_t i = 0; i < book->count; i++)
        free_group(&book->groups[i]);
    free(book->groups);
    free(book->slots);
    *book = (struct spread_book){0};
}

/* ---- views ---- */

/* Where texts stand in the buffer, which may move while it grows. */
struct ends {
    size_t places[VIEW_PLACES], texts[VIEW_TEXTS];
};

static void add_text(struct spread_view *view, struct str raw, size_t characters)
{
    struct buf scratch = {0};
    safe_line(&view->bytes, value_string(raw, &scratch), characters);
    buf_free(&scratch);
}

static void view_places(struct spread_view *view, struct str line, struct ends *ends)
{
    struct walk w;
    struct str place;
    struct buf scratch = {0};
    walk_begin(&w, value_member(line, "networks"));
    while (walk_next(&w, NULL, &place)) {
        view->more_places = view->place_count == VIEW_PLACES;
        if (view->more_places)
            break;
        struct spread_place *p = &view->places[view->place_count];
        p->time = read_time(value_member(place, "time"), &scratch);
        p->posts = fact_count(value_member(place, "posts"));
        add_text(view, value_member(place, "source"), PLACE_NAME);
        ends->places[view->place_count++] = view->bytes.len;
    }
    buf_free(&scratch);
}

static void view_texts(struct spread_view *view, struct str line, struct ends *ends)
{
    struct walk w;
    struct str text, texts = value_member(line, "texts");
    view->text_count = fact_count(value_member(texts, "count"));
    view->texts_exact = value_true(value_member(texts, "exact"));
    walk_begin(&w, value_member(texts, "top"));
    while (view->text_shown < VIEW_TEXTS && walk_next(&w, NULL, &text)) {
        view->texts[view->text_shown].posts = fact_count(value_member(text, "posts"));
        add_text(view, value_member(text, "text"), TEXT_CHARACTERS);
        ends->texts[view->text_shown++] = view->bytes.len;
    }
}

static void point_into(struct spread_view *view, const struct ends *ends)
{
    size_t from = 0;
    struct str all = buf_str(&view->bytes);
    for (size_t i = 0; i < view->place_count; from = ends->places[i++])
        view->places[i].source = (struct str){all.ptr + from, ends->places[i] - from};
    for (size_t i = 0; i < view->text_shown; from = ends->texts[i++])
        view->texts[i].text = (struct str){all.ptr + from, ends->texts[i] - from};
}

static double share_of(struct str raw, double most)
{
    double number = value_number(raw, -1);
    return number >= 0 && number <= most ? number : -1;
}

void spread_view_make(struct spread_view *view, const struct spread_group *g)
{
    struct str line = g->line, authors = value_member(line, "authors");
    struct str growth = value_member(line, "growth");
    struct buf scratch = {0};
    struct ends ends;
    *view = (struct spread_view){
        .copies = fact_count(value_member(line, "copies")),
        .authors = fact_count(value_member(authors, "count")),
        .authors_exact = value_true(value_member(authors, "exact")),
        .top10 = share_of(value_member(authors, "top10"), 1),
        .reach = value_integer(value_member(line, "reach"), -1),
        .per_hour = share_of(value_member(growth, "per_hour"), 1e9),
        .peak = fact_count(value_member(growth, "peak")),
        .peak_hour = read_time(value_member(growth, "peak_hour"), &scratch),
        .from = read_time(value_member(line, "from"), &scratch),
        .to = read_time(value_member(line, "to"), &scratch),
    };
    view_places(view, line, &ends);
    view_texts(view, line, &ends);
    point_into(view, &ends);
    buf_free(&scratch);
}

void spread_view_free(struct spread_view *view)
{
    buf_free(&view->bytes);
}
