/* Counting what belongs together, and writing it down. */
#include "alike/group.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "record/value.h"

#define HOUR        3600
#define TOP_AUTHORS 10
#define TEXTS_SHOWN 5

struct group_place {
    int64_t time;          /* of the earliest post there */
    uint32_t name, length; /* where its name stands */
    uint64_t posts;
};

struct group_hour {
    int32_t hour; /* since 1970-01-01T00:00:00Z */
    uint32_t posts;
};

struct group_variant {
    uint64_t form;
    char *json; /* the text; NULL: that of the first post */
    uint32_t length;
};

/* ---- counting ---- */

static struct str place_name(const struct group_places *p, uint32_t number)
{
    return (struct str){p->names + p->all[number].name, p->all[number].length};
}

static void new_place(struct group_places *p, struct str name)
{
    if (p->count == p->cap) {
        p->cap = p->cap == 0 ? 1 : p->cap * 2;
        p->all = mem_resize(p->all, p->cap, sizeof *p->all);
    }
    p->all[p->count++] = (struct group_place){
        .time = CLOCK_UNKNOWN, .name = p->names_length, .length = (uint32_t)name.len};
    p->names = mem_resize(p->names, p->names_length + name.len, 1);
    memcpy(p->names + p->names_length, name.ptr, name.len);
    p->names_length += (uint32_t)name.len;
}

static void add_place(struct group_places *p, struct str name, int64_t time)
{
    uint32_t i = 0;
    while (i < p->count && !str_equal(place_name(p, i), name))
        i++;
    if (i == GROUP_PLACES) {
        p->more++;
        return;
    }
    if (i == p->count)
        new_place(p, name);
    struct group_place *place = &p->all[i];
    place->posts++;
    if (time != CLOCK_UNKNOWN && (place->time == CLOCK_UNKNOWN || time < place->time))
        place->time = time;
}

/* Counts posts of an hour that is not kept, or not any more. */
static void add_earlier(struct group *g, struct group_hour hour)
{
    g->earlier += hour.posts;
    if (g->peak > 0 && g->peak_hour == hour.hour) {
        g->peak += hour.posts; /* late ones */
    } else if (hour.posts > g->peak) {
        g->peak_hour = hour.hour;
        g->peak = hour.posts;
    }
}

static void forget_first_hour(struct group *g)
{
    add_earlier(g, g->hours[0]);
    g->hour_count--;
    memmove(g->hours, g->hours + 1, g->hour_count * sizeof *g->hours);
}

/* Posts come about in the order of time, so the place is near the end. */
static void add_hour(struct group *g, int64_t time)
{
    int32_t hour = (int32_t)(time / HOUR - (time % HOUR < 0));
    uint32_t place = g->hour_count;
    while (place > 0 && g->hours[place - 1].hour > hour)
        place--;
    if (place > 0 && g->hours[place - 1].hour == hour) {
        g->hours[place - 1].posts++;
        return;
    }
    if (g->hour_count == GROUP_HOURS) {
        if (place == 0) {
            add_earlier(g, (struct group_hour){hour, 1});
            return;
        }
        forget_first_hour(g);
        place--;
    }
    if (g->hour_count == g->hour_cap) {
        g->hour_cap = g->hour_cap == 0 ? 2 : g->hour_cap * 2;
        g->hours = mem_resize(g->hours, g->hour_cap, sizeof *g->hours);
    }
    memmove(g->hours + place + 1, g->hours + place, (g->hour_count - place) * sizeof *g->hours);
    g->hours[place] = (struct group_hour){hour, 1};
    g->hour_count++;
}

static void add_time(struct group *g, int64_t time)
{
    if (time == CLOCK_UNKNOWN)
        return;
    g->from = g->timed == 0 || time < g->from ? time : g->from;
    g->to = g->timed == 0 || time > g->to ? time : g->to;
    g->timed++;
    add_hour(g, time);
}

/* Lets go of the texts that are no longer among the frequent. */
static void sift_variants(struct group *g)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < g->variant_count; i++) {
        if (census_of(&g->texts, g->variants[i].form) > 0)
            g->variants[kept++] = g->variants[i];
        else
            free(g->variants[i].json);
    }
    g->variant_count = kept;
}

static void keep_variant(struct group *g, uint64_t form, struct str text)
{
    for (uint32_t i = 0; i < g->variant_count; i++)
        if (g->variants[i].form == form)
            return;
    if (g->variant_count == GROUP_TEXTS)
        sift_variants(g);
    if (g->variant_count == g->variant_cap) {
        g->variant_cap = g->variant_cap == 0 ? 1 : g->variant_cap * 2;
        g->variants = mem_resize(g->variants, g->variant_cap, sizeof *g->variants);
    }
    struct group_variant *variant = &g->variants[g->variant_count++];
    *variant = (struct group_variant){.form = form, .length = (uint32_t)text.len};
    if (text.ptr != NULL)
        variant->json = mem_string(text);
}

bool group_list_watch(struct buf *list, size_t start, struct str name)
{
    struct walk w;
    struct str other;
    size_t count = 0;
    walk_begin(&w, str_from(buf_str(list), start));
    for (; walk_next(&w, NULL, &other); count++)
        if (str_equal(other, name))
            return true;
    if (count == GROUP_WATCHES)
        return false;
    list->len -= count > 0; /* the bracket */
    buf_add_char(list, count > 0 ? ',' : '[');
    buf_add_str(list, name);
    buf_add_char(list, ']');
    return true;
}

static void add_watches(struct group *g, struct str watches)
{
    struct walk w;
    struct str name;
    walk_begin(&w, watches);
    while (walk_next(&w, NULL, &name) && group_list_watch(&g->watches, 0, name))
        continue;
}

void group_add(struct group *g, const struct group_post *post, const struct group_words *words)
{
    if (g->posts++ == 0) {
        g->authors.limit = GROUP_AUTHORS;
        g->texts.limit = GROUP_TEXTS;
    }
    if (post->author != 0)
        census_add(&g->authors, post->author);
    else
        g->nameless++;
    if (post->form != 0 && census_add(&g->texts, post->form) == 1)
        keep_variant(g, post->form, words->text);
    if (post->reach == REACH_UNKNOWN)
        g->unreached++;
    else
        g->reach += post->reach & ~REACH_VIEWS;
    add_time(g, post->time);
    add_place(&g->sources, words->source, post->time);
    add_place(&g->tiers, words->tier, post->time);
    add_watches(g, words->watches);
}

void group_reach_more(struct group *g, uint64_t before, uint64_t now)
{
    if (before == REACH_UNKNOWN)
        g->unreached--;
    else
        g->reach -= before & ~REACH_VIEWS;
    g->reach += now & ~REACH_VIEWS;
}

uint64_t group_reach_better(uint64_t one, uint64_t other)
{
    if (one == REACH_UNKNOWN || other == REACH_UNKNOWN)
        return one == REACH_UNKNOWN ? other : one;
    return one > other ? one : other; /* the bit of views is the highest */
}

/* ---- writing ---- */

static void write_hows(const struct group *g, struct json *j)
{
    json_key(j, "how");
    json_open(j, '{');
    for (int how = 0; how < COPY_HOWS; how++)
        json_put_count(j, copy_how_name((enum copy_how)how), g->hows[how]);
    json_close(j, '}');
}

static void write_authors(const struct group *g, struct json *j)
{
    const struct census *c = &g->authors;
    json_key(j, "authors");
    json_open(j, '{');
    json_key(j, "count");
    if (c->total > 0)
        json_integer(j, (int64_t)census_distinct(c));
    else
        json_null(j);
    json_key(j, "exact");
    json_bool(j, census_is_exact(c));
    json_key(j, "top10");
    if (c->total > 0)
        json_number(j, (double)census_top(c, TOP_AUTHORS) / (double)c->total, 4);
    else
        json_null(j);
    json_put_count(j, "unknown", g->nameless);
    json_close(j, '}');
}

static int compare_places(const void *a, const void *b)
{
    const struct group_place *x = *(const struct group_place *const *)a;
    const struct group_place *y = *(const struct group_place *const *)b;
    if (x->time == y->time)
        return x < y ? -1 : x > y; /* in the order in which they were read */
    if (x->time == CLOCK_UNKNOWN || y->time == CLOCK_UNKNOWN)
        return x->time == CLOCK_UNKNOWN ? 1 : -1;
    return x->time < y->time ? -1 : 1;
}

static void write_places(const struct group_places *p, const char *name, const char *key,
                         struct json *j)
{
    const struct group_place *order[GROUP_PLACES];
    for (uint32_t i = 0; i < p->count; i++)
        order[i] = &p->all[i];
    qsort(order, p->count, sizeof *order, compare_places);
    json_key(j, name);
    json_open(j, '[');
    for (uint32_t i = 0; i < p->count; i++) {
        json_open(j, '{');
        json_key(j, key);
        json_raw(j, place_name(p, (uint32_t)(order[i] - p->all)));
        json_put_time(j, "time", order[i]->time);
        json_put_count(j, "posts", order[i]->posts);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_growth(const struct group *g, struct json *j)
{
    struct group_hour peak = {g->peak_hour, g->peak};
    double hours = (double)(g->to - g->from) / HOUR;
    for (uint32_t i = 0; i < g->hour_count; i++)
        if (g->hours[i].posts > peak.posts)
            peak = g->hours[i];
    json_key(j, "growth");
    json_open(j, '{');
    json_key(j, "per_hour");
    if (g->timed > 0)
        json_number(j, (double)g->timed / (hours < 1 ? 1 : hours), 2);
    else
        json_null(j);
    json_key(j, "peak");
    if (peak.posts > 0)
        json_integer(j, peak.posts);
    else
        json_null(j);
    json_put_time(j, "peak_hour", peak.posts > 0 ? (int64_t)peak.hour * HOUR : CLOCK_UNKNOWN);
    json_key(j, "hours");
    json_open(j, '[');
    for (uint32_t i = 0; i < g->hour_count; i++) {
        json_open(j, '[');
        json_time(j, (int64_t)g->hours[i].hour * HOUR);
        json_integer(j, g->hours[i].posts);
        json_close(j, ']');
    }
    json_close(j, ']');
    json_put_count(j, "earlier", g->earlier);
    json_put_count(j, "unknown", g->posts - g->timed);
    json_close(j, '}');
}

/* A text with its count, in the order in which texts were read. */
struct ranked {
    uint32_t count, place;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static void write_texts(const struct group *g, struct str first_text, struct json *j)
{
    struct ranked ranked[GROUP_TEXTS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->variant_count; i++) {
        uint32_t posts = census_of(&g->texts, g->variants[i].form);
        if (posts > 0)
            ranked[count++] = (struct ranked){posts, i};
    }
    qsort(ranked, count, sizeof *ranked, compare_ranked);
    json_key(j, "texts");
    json_open(j, '{');
    json_put_count(j, "count", census_distinct(&g->texts));
    json_key(j, "exact");
    json_bool(j, census_is_exact(&g->texts));
    json_key(j, "top");
    json_open(j, '[');
    for (uint32_t i = 0; i < count && i < TEXTS_SHOWN; i++) {
        const struct group_variant *variant = &g->variants[ranked[i].place];
        json_open(j, '{');
        json_key(j, "text");
        json_raw(j,
                 variant->json == NULL ? first_text : (struct str){variant->json, variant->length});
        json_put_count(j, "posts", ranked[i].count);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

void group_write(const struct group *g, struct str first_text, struct json *j)
{
    json_put_time(j, "from", g->timed > 0 ? g->from : CLOCK_UNKNOWN);
    json_put_time(j, "to", g->timed > 0 ? g->to : CLOCK_UNKNOWN);
    json_put_count(j, "posts", g->posts);
    json_put_count(j, "copies", g->copies);
    write_hows(g, j);
    write_authors(g, j);
    json_key(j, "reach");
    if (g->unreached < g->posts)
        json_integer(j, (int64_t)g->reach);
    else
        json_null(j);
    json_put_count(j, "reach_unknown", g->unreached);
    write_places(&g->sources, "networks", "source", j);
    json_put_count(j, "networks_more", g->sources.more);
    write_places(&g->tiers, "tiers", "tier", j);
    write_growth(g, j);
    write_texts(g, first_text, j);
    json_key(j, "watch");
    json_raw(j, g->watches.len > 0 ? buf_str(&g->watches) : STR("[]"));
}

/* ---- saving ---- */

#define PLAIN offsetof(struct group, authors) /* bytes of a group that are saved as they are */

/* What stands behind these; then come censuses, places, watches, hours and variants. */
struct saved_group {
    uint64_t length; /* of all that is saved of the group */
    uint64_t sources_more, tiers_more;
    uint32_t sources, tiers, hours, variants;
    uint32_t source_names, tier_names; /* bytes */
    uint64_t watches;                  /* the same */
};

struct saved_variant {
    uint64_t form;
    uint32_t length, own; /* own: not that of the first post; the text follows */
};

static void save_variants(const struct group *g, struct extent *to)
{
    for (uint32_t i = 0; i < g->variant_count; i++) {
        const struct group_variant *variant = &g->variants[i];
        struct saved_variant saved = {variant->form, variant->length, variant->json != NULL};
        extent_add(to, &saved, sizeof saved);
        if (saved.own != 0)
            extent_add(to, variant->json, variant->length);
    }
}

static void save_places(const struct group_places *p, struct extent *to)
{
    extent_add(to, p->all, p->count * sizeof *p->all);
    extent_add(to, p->names, p->names_length);
}

void group_save(const struct group *g, struct extent *to)
{
    size_t begin = to->len;
    struct saved_group saved = {.sources_more = g->sources.more,
                                .tiers_more = g->tiers.more,
                                .sources = g->sources.count,
                                .tiers = g->tiers.count,
                                .source_names = g->sources.names_length,
                                .tier_names = g->tiers.names_length,
                                .watches = g->watches.len,
                                .hours = g->hour_count,
                                .variants = g->variant_count};
    extent_add(to, &saved, sizeof saved);
    extent_add(to, g, PLAIN);
    census_save(&g->authors, to);
    census_save(&g->texts, to);
    save_places(&g->sources, to);
    save_places(&g->tiers, to);
    extent_add(to, g->watches.data, g->watches.len);
    extent_add(to, g->hours, g->hour_count * sizeof *g->hours);
    save_variants(g, to);
    saved.length = to->len - begin;
    memcpy(to->data + begin, &saved, sizeof saved);
}

struct str group_saved(struct str from)
{
    uint64_t length;
    struct str rest = from;
    if (!extent_take(&rest, &length, sizeof length) || length > from.len)
        return (struct str){NULL, 0};
    return (struct str){from.ptr, (size_t)length};
}

/* Takes `count` things off the saved bytes into memory of their own; NULL for none. */
static void *load_list(struct str *from, uint32_t count, size_t size, bool *whole)
{
    if (!*whole || count == 0)
        return NULL;
    void *list = mem_alloc(count * size);
    *whole = extent_take(from, list, count * size);
    return list;
}

static void load_variants(struct group *g, uint32_t count, struct str *from, bool *whole)
{
    g->variant_cap = count;
    g->variants = count == 0 ? NULL : mem_alloc(count * sizeof *g->variants);
    while (*whole && g->variant_count < count) {
        struct saved_variant saved;
        *whole = extent_take(from, &saved, sizeof saved) &&
                 (saved.own == 0 || saved.length <= from->len);
        if (!*whole)
            break;
        struct str text = {from->ptr, saved.own != 0 ? saved.length : 0};
        g->variants[g->variant_count++] = (struct group_variant){
            saved.form, saved.own != 0 ? mem_string(text) : NULL, saved.length};
        *from = str_from(*from, text.len);
    }
}

static struct buf load_words(struct str *from, uint64_t length, bool *whole)
{
    struct buf words = {0};
    *whole = *whole && length <= from->len;
    if (*whole) {
        buf_add(&words, from->ptr, (size_t)length);
        *from = str_from(*from, (size_t)length);
    }
    return words;
}

static void load_places(struct group_places *p, uint32_t count, uint32_t names, struct str *from,
                        bool *whole)
{
    p->all = load_list(from, count, sizeof *p->all, whole);
    p->count = p->cap = count;
    p->names = load_list(from, names, 1, whole);
    p->names_length = names;
}

bool group_load(struct group *g, struct str from)
{
    struct saved_group saved;
    *g = (struct group){.authors = {.limit = GROUP_AUTHORS}, .texts = {.limit = GROUP_TEXTS}};
    bool whole = extent_take(&from, &saved, sizeof saved) && extent_take(&from, g, PLAIN) &&
                 saved.sources <= GROUP_PLACES && saved.tiers <= GROUP_PLACES &&
                 saved.hours <= GROUP_HOURS && saved.variants <= GROUP_TEXTS &&
                 census_load(&g->authors, &from) && census_load(&g->texts, &from);
    if (whole) {
        g->sources.more = saved.sources_more;
        load_places(&g->sources, saved.sources, saved.source_names, &from, &whole);
        g->tiers.more = saved.tiers_more;
        load_places(&g->tiers, saved.tiers, saved.tier_names, &from, &whole);
        g->watches = load_words(&from, saved.watches, &whole);
        g->hours = load_list(&from, saved.hours, sizeof *g->hours, &whole);
        g->hour_count = g->hour_cap = saved.hours;
        load_variants(g, saved.variants, &from, &whole);
    }
    if (!whole)
        group_free(g);
    return whole;
}

/* ---- memory ---- */

size_t group_bytes(const struct group *g)
{
    size_t bytes = sizeof *g + census_bytes(&g->authors) + census_bytes(&g->texts) +
                   (g->sources.cap + g->tiers.cap) * sizeof *g->sources.all +
                   g->sources.names_length + g->tiers.names_length + g->watches.cap +
                   g->hour_cap * sizeof *g->hours + g->variant_cap * sizeof *g->variants;
    for (uint32_t i = 0; i < g->variant_count; i++)
        bytes += g->variants[i].json == NULL ? 0 : g->variants[i].length + 1;
    return bytes;
}

void group_free(struct group *g)
{
    census_free(&g->authors);
    census_free(&g->texts);
    free(g->sources.all);
    free(g->sources.names);
    free(g->tiers.all);
    free(g->tiers.names);
    buf_free(&g->watches);
    free(g->hours);
    for (uint32_t i = 0; i < g->variant_count; i++)
        free(g->variants[i].json);
    free(g->variants);
    *g = (struct group){0};
}
