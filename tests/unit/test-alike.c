/* lib/alike: packing, shingles, sketches, anchors, the tables, and the index against brute
 * force on texts made by editing others. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "alike/anchor.h"
#include "alike/extent.h"
#include "alike/firsts.h"
#include "alike/index.h"
#include "alike/pack.h"
#include "alike/seen.h"
#include "alike/shingle.h"
#include "alike/sketch.h"
#include "alike/slots.h"
#include "base/buf.h"
#include "base/mem.h"

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* ---- packing ---- */

static size_t packed_size(const struct pack *p, const char *text)
{
    struct codes codes = {0}, again = {0};
    struct buf packed = {0};
    codes_read(&codes, str_of(text), SIZE_MAX);
    pack_codes(p, codes.at, codes.count, &packed);
    unpack_codes(p, buf_str(&packed), &again);
    assert_int_equal(again.count, codes.count);
    assert_memory_equal(again.at, codes.at, codes.count * sizeof *codes.at);
    size_t size = packed.len;
    codes_free(&codes);
    codes_free(&again);
    buf_free(&packed);
    return size;
}

static void packs_texts_and_back(void **state)
{
    (void)state;
    struct pack *p = pack_new();
    assert_int_equal(packed_size(p, "きのうのてんきはあめ"), 10); /* a byte each */
    assert_int_equal(packed_size(p, "abc123"), 6);
    assert_in_range(packed_size(p, "憂鬱"), 4, 8);
    assert_int_equal(packed_size(p, "ክሥ"), 8);
    assert_int_equal(packed_size(p, "😀𠮷"), 8);
    assert_int_equal(packed_size(p, "a\xFFz\xE3\x81"), 2 + 3 * 4); /* no UTF-8: kept too */
    assert_int_equal(packed_size(p, "\x7F"), 4);
    assert_int_equal(packed_size(p, ""), 0);
    pack_free(p);
}

/* Five characters of three bytes are read at once: the same codes as one at a time. */
static void reads_runs_of_codes(void **state)
{
    (void)state;
    static const char *const parts[] = {"あ", "漢", "ー", "a", "é", "😀", "\xE3\x81", "\xFF"};
    struct codes codes = {0}, one = {0};
    struct buf text = {0};
    uint32_t seed = 1, expected[40];
    for (unsigned round = 0; round < 2000; round++) {
        size_t count = 0;
        buf_clear(&text);
        while (count < round % 37) {
            const char *part = parts[next_random(&seed) % (round % 2 == 0 ? 3 : 8)];
            codes_read(&one, str_of(part), SIZE_MAX);
            for (size_t i = 0; i < one.count && count < 40; i++)
                expected[count++] = one.at[i];
            buf_add_text(&text, part);
        }
        codes_read(&codes, buf_str(&text), SIZE_MAX);
        assert_int_equal(codes.count, count);
        assert_memory_equal(codes.at, expected, count * sizeof *expected);
        codes_read(&codes, buf_str(&text), 7);
        assert_int_equal(codes.count, count < 7 ? count : 7);
        assert_memory_equal(codes.at, expected, codes.count * sizeof *expected);
    }
    codes_free(&codes);
    codes_free(&one);
    buf_free(&text);
}

/* Large ones lie in pages of their own: what is in them goes along. */
static void extents_keep_what_is_in_them(void **state)
{
    (void)state;
    struct extent b = {0};
    static const uint32_t mapped[] = {0, 1, 2};
    b = (struct extent){.data = (char *)mem_alloc(sizeof mapped), .len = sizeof mapped};
    char *not_its_own = b.data;
    memcpy(not_its_own, mapped, sizeof mapped);
    b.cap = b.len;
    b.mapped = true;
    for (uint32_t i = 3; i < 10 << 20; i++)
        extent_add(&b, &i, sizeof i);
    for (uint32_t i = 0; i < 10 << 20; i++)
        assert_int_equal(((const uint32_t *)(const void *)b.data)[i], i);
    assert_in_range(b.cap, b.len, b.len + b.len / 8 + (4 << 20));
    b.len = 5 << 20;
    extent_fit(&b);
    assert_in_range(b.cap, b.len, b.len + (2 << 20));
    uint32_t last;
    memcpy(&last, b.data + b.len - sizeof last, sizeof last);
    assert_int_equal(last, (5 << 20) / sizeof last - 1);
    extent_reserve(&b, 1 << 20);
    extent_free(&b);
    free(not_its_own);
}

static void reads_no_more_codes_than_asked(void **state)
{
    (void)state;
    struct codes codes = {0};
    codes_read(&codes, STR("あいうえお"), 3);
    assert_int_equal(codes.count, 3);
    assert_int_equal(codes.at[2], 0x3046);
    codes_read(&codes, STR(""), 3);
    assert_int_equal(codes.count, 0);
    codes_free(&codes);
}

/* Every character that has a number comes back. */
static void packs_every_character(void **state)
{
    (void)state;
    struct pack *p = pack_new();
    struct buf text = {0};
    for (unsigned code = 1; code < 0x11000; code++)
        if (code < 0xD800 || code > 0xDFFF)
            buf_add_code(&text, code);
    assert_true(packed_size(p, buf_text(&text)) > 2 * (size_t)0xF000);
    buf_free(&text);
    pack_free(p);
}

static void packs_ids_and_back(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        size_t size;
    } rows[] = {
        {"", 0},       {"\"x:1930000000000000001\"", 16},
        {"12", 1},     {"123", 2},
        {"\"\"", 3},   {"\"あ\\u0031\"", 14},
        {"-1.5e3", 6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf packed = {0}, id = {0};
        pack_id(str_of(rows[i].id), &packed);
        unpack_id(buf_str(&packed), &id);
        assert_string_equal(buf_text(&id), rows[i].id);
        assert_in_range(packed.len, rows[i].size > 0, rows[i].size);
        buf_free(&packed);
        buf_free(&id);
    }
}

/* ---- shingles ---- */

static double jaccard_of(const char *a, const char *b, unsigned size)
{
    struct shingles x = {0}, y = {0};
    struct codes codes = {0};
    codes_read(&codes, str_of(b), SIZE_MAX);
    shingles_make(&y, codes.at, codes.count, size);
    codes_read(&codes, str_of(a), SIZE_MAX);
    shingles_make(&x, codes.at, codes.count, size);
    size_t common = shingles_common(&y, codes.at, codes.count, size);
    size_t all = x.count + y.count - common;
    assert_int_equal(common, shingles_common(&y, codes.at, codes.count, size)); /* asked again */
    shingles_free(&x);
    shingles_free(&y);
    codes_free(&codes);
    return all == 0 ? 0 : (double)common / (double)all;
}

static void compares_sets_of_shingles(void **state)
{
    (void)state;
    assert_true(jaccard_of("あいうえお", "あいうえお", 3) == 1);
    assert_true(jaccard_of("あいうえお", "あいうえか", 3) == 0.5); /* 2 of 4 */
    assert_true(jaccard_of("あいうえお", "かきくけこ", 3) == 0);
    assert_true(jaccard_of("あいう", "あいう", 4) == 0); /* none at all */
    assert_true(jaccard_of("", "", 1) == 0);
    assert_true(jaccard_of("abcab", "cabca", 3) == 1); /* abc bca cab */
    assert_true(jaccard_of("ab\xFF", "ab\xFF", 3) == 1);
    assert_true(jaccard_of("ababababab", "abab", 2) == 1); /* ab ba, each once */
}

static void keeps_each_shingle_once(void **state)
{
    (void)state;
    struct shingles s = {0};
    static uint32_t codes[20000];
    uint32_t random = 1;
    for (int i = 0; i < 20000; i++)
        codes[i] = 0x4E00 + next_random(&random) % 300;
    shingles_make(&s, codes, 20000, 2);
    assert_in_range(s.count, 17000, 19999);
    size_t before = s.count;
    uint32_t *hashes = mem_resize(NULL, s.count, sizeof *hashes);
    memcpy(hashes, s.hashes, s.count * sizeof *hashes);
    shingles_take(&s, hashes, before);
    assert_int_equal(s.count, before); /* no two were the same */
    free(hashes);
    for (int i = 0; i < 8; i++)
        codes[i] = 0x3042;
    shingles_make(&s, codes, 8, 3);
    assert_int_equal(s.count, 1);
    shingles_make(&s, codes, 2, 3);
    assert_int_equal(s.count, 0);
    shingles_free(&s);
}

/* ---- sketches ---- */

static void plans_for_recall(void **state)
{
    (void)state;
    for (int percent = 10; percent <= 100; percent++) {
        struct sketch_plan plan = sketch_plan_for(percent / 100.0, 0.99);
        assert_true(sketch_chance(plan, percent / 100.0) >= 0.99);
        assert_in_range(plan.bands, 1, SKETCH_BANDS);
        assert_in_range(plan.bands * plan.rows, 1, SKETCH_PLACES);
        assert_in_range(sketch_keys(plan), 2, SKETCH_KEYS);
    }
    struct sketch_plan usual = sketch_plan_for(0.8, 0.99);
    assert_true(sketch_chance(usual, 0.3) < 0.05);
}

static int compare_hashes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Two random sets of `size` of which `common` are in both. */
static void random_sets(uint32_t *random, uint32_t *a, uint32_t *b, size_t size, size_t common)
{
    for (size_t i = 0; i < size; i++) {
        a[i] = next_random(random) << 8 ^ next_random(random);
        b[i] = i < common ? a[i] : next_random(random) << 8 ^ next_random(random);
    }
    qsort(a, size, sizeof *a, compare_hashes);
    qsort(b, size, sizeof *b, compare_hashes);
}

/* How many bands two sets agree in by their own keys, and how many they meet in at all. */
static void count_meetings(struct sketch_plan plan, const uint32_t *asks, const uint32_t *kept,
                           unsigned *agree, unsigned *meet)
{
    for (unsigned band = 0; band < plan.bands; band++) {
        const uint32_t *keys = asks + band * (1 + plan.rows);
        uint32_t own = kept[band * (1 + plan.rows)];
        bool met = false;
        for (unsigned i = 0; i <= plan.rows; i++)
            met = met || keys[i] == own;
        *agree += keys[0] == own;
        *meet += met;
    }
}

/* Bands agree and meet as often as sketch_chance() holds. */
static void meets_as_often_as_sets_are_alike(void **state)
{
    (void)state;
    static const struct {
        size_t size, common;
    } rows[] = {{20, 10}, {20, 18}, {60, 30}, {60, 54}, {1000, 500}, {1000, 900}, {13, 0}};
    static uint32_t a[1000], b[1000], x[SKETCH_KEYS], y[SKETCH_KEYS];
    static uint8_t x_marks[SKETCH_KEYS], y_marks[SKETCH_KEYS];
    uint32_t random = 7;
    for (unsigned r = 1; r <= 4; r += 3) {
        struct sketch_plan plan = {.bands = 32, .rows = r}, one = {.bands = 1, .rows = r};
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
            unsigned agree = 0, meet = 0;
            for (int trial = 0; trial < 400; trial++) {
                random_sets(&random, a, b, rows[row].size, rows[row].common);
                sketch_make(plan, a, rows[row].size, x, x_marks);
                sketch_make(plan, b, rows[row].size, y, y_marks);
                for (unsigned i = 0; i < sketch_keys(plan); i++)
                    for (unsigned kept = 0; kept < sketch_keys(plan); kept += 1 + r)
                        assert_true(x[i] != y[kept] || x_marks[i] == y_marks[kept]);
                count_meetings(plan, x, y, &agree, &meet);
            }
            double common = (double)rows[row].common;
            double likeness = common / (2.0 * (double)rows[row].size - common);
            assert_true(fabs(agree / (400.0 * 32) - pow(likeness, r)) < 0.02);
            assert_true(fabs(meet / (400.0 * 32) - sketch_chance(one, likeness)) < 0.03);
        }
    }
}

static void sketches_a_single_shingle(void **state)
{
    (void)state;
    struct sketch_plan plan = {.bands = 16, .rows = 8};
    uint32_t one = 42, x[SKETCH_KEYS], y[SKETCH_KEYS];
    uint8_t x_marks[SKETCH_KEYS], y_marks[SKETCH_KEYS];
    sketch_make(plan, &one, 1, x, x_marks);
    sketch_make(plan, &one, 1, y, y_marks);
    assert_memory_equal(x, y, sketch_keys(plan) * sizeof *x);
    assert_memory_equal(x_marks, y_marks, sketch_keys(plan));
}

/* Marks tell keys apart that are the same by chance: each is as frequent as the others. */
static void sketches_with_marks(void **state)
{
    (void)state;
    struct sketch_plan plan = {.bands = 4, .rows = 3};
    unsigned seen[SKETCH_MARKS] = {0}, all = 0;
    for (uint32_t number = 0; number < 2000; number++) {
        uint32_t set[3] = {number, number + 70000, number * 3 + 1}, keys[SKETCH_KEYS];
        uint8_t marks[SKETCH_KEYS];
        sketch_make(plan, set, 3, keys, marks);
        for (unsigned i = 0; i < sketch_keys(plan); i += 1 + plan.rows, all++)
            seen[marks[i]]++; /* none is above: see the sanitizers */
    }
    for (unsigned mark = 0; mark < SKETCH_MARKS; mark++)
        assert_in_range(seen[mark], all / SKETCH_MARKS / 2, all / SKETCH_MARKS * 2);
}

/* ---- anchors ---- */

/* Wherever a text stands in a longer one, the longer one asks by what it is kept under. */
static void anchors_find_what_a_text_holds(void **state)
{
    (void)state;
    static uint32_t codes[400];
    static struct anchor all[400], part[400];
    struct anchor kept[ANCHORS_KEPT];
    uint32_t random = 3;
    for (int trial = 0; trial < 500; trial++) {
        unsigned letters = trial % 2 == 0 ? 3 : 2000; /* few of them: many runs are the same */
        for (int i = 0; i < 400; i++)
            codes[i] = next_random(&random) % letters;
        size_t count = anchors_all(codes, 400, all);
        size_t from = next_random(&random) % 200, length = 15 + next_random(&random) % 180;
        assert_in_range(count, 10, anchors_most(400));
        size_t kept_count = anchors_kept(codes + from, length, kept);
        assert_int_equal(kept_count, (length - ANCHOR_SPAN) / ANCHOR_EVERY + 1);
        for (size_t k = 0; k < kept_count; k++) {
            size_t i = 0;
            while (i < count && (all[i].hash != kept[k].hash || all[i].at != from + kept[k].at))
                i++;
            assert_true(i < count);
        }
        assert_true(anchors_all(codes + from, length, part) <= count);
    }
    assert_int_equal(anchors_all(codes, ANCHOR_SPAN - 1, all), 0);
    assert_int_equal(anchors_kept(codes, ANCHOR_SPAN - 1, kept), 0);
}

/* Any 100 characters of a text of up to 1376 have one of its anchors, of a longer one any
 * sixteenth part and 14 more; and the hashes of what rolls on and of what begins are the same. */
static void anchors_are_spread_over_a_text(void **state)
{
    (void)state;
    static uint32_t codes[6000];
    struct anchor kept[ANCHORS_KEPT], again;
    uint32_t random = 7;
    for (size_t length = ANCHOR_SPAN; length < 6000; length += 1 + length / 7) {
        size_t every = length <= ANCHORS_KEPT * ANCHOR_EVERY ? ANCHOR_EVERY : (length + 15) / 16,
               last = 0;
        for (size_t i = 0; i < length; i++)
            codes[i] = next_random(&random) % 2000;
        size_t count = anchors_kept(codes, length, kept);
        assert_in_range(count, 1, ANCHORS_KEPT);
        for (size_t i = 0; i < count; i++) {
            assert_in_range(kept[i].at, i * every, i * every + ANCHOR_SPAN - ANCHOR_SIZE);
            assert_int_equal(anchors_all(codes + i * every, ANCHOR_SPAN, &again), 1);
            assert_int_equal(again.hash, kept[i].hash);
            last = i * every;
        }
        assert_true(last + every + ANCHOR_SPAN > length);
    }
}

/* An anchor is found by its hash, wherever it stands and however often. */
static void places_lead_to_anchors(void **state)
{
    (void)state;
    static const struct anchor anchors[] = {{5, 0}, {5 + 64, 2}, {5, 4}, {7, 6}, {5, 9}};
    struct places p = {.count = 0};
    assert_null(places_find(&p, 5));
    for (size_t count = 5; count <= 5; count -= 4) { /* filled again with fewer */
        places_fill(&p, anchors, count);
        const struct anchor *a = places_find(&p, 5);
        assert_ptr_equal(a, &anchors[0]);
        a = places_again(&p, a);
        assert_ptr_equal(a, count == 5 ? &anchors[2] : NULL);
        assert_ptr_equal(places_find(&p, 7), count == 5 ? &anchors[3] : NULL);
        assert_null(places_find(&p, 6));
    }
    places_free(&p);
}

/* ---- slots ---- */

static uint32_t halve_even(const void *context, uint32_t number)
{
    (void)context;
    return number % 2 == 0 ? number / 2 : SLOTS_NONE;
}

static void add_slot(struct slots *s, uint32_t key, uint32_t number, unsigned crowd)
{
    const uint32_t slot[3] = {key, number};
    slots_add(s, SLOTS_ANYWHERE, slot, crowd);
}

static unsigned numbers_under(const struct slots *s, uint32_t key, uint32_t *sum)
{
    unsigned count = 0;
    *sum = 0;
    for (size_t at = slots_first(s, key); slots_is(s, at, key); at++, count++)
        *sum += slots_at(s, at)[SLOT_NUMBER];
    return count;
}

static void keeps_numbers_under_keys(void **state)
{
    (void)state;
    struct slots s = {.width = 2};
    uint32_t sum;
    assert_int_equal(numbers_under(&s, 5, &sum), 0);
    for (uint32_t i = 0; i < 200000; i++)
        add_slot(&s, (i % 50000) * 85899u, i, 0);
    for (uint32_t i = 0; i < 50000; i++) {
        assert_int_equal(numbers_under(&s, i * 85899u, &sum), 4);
        assert_int_equal(sum, 4 * i + 300000);
    }
    assert_int_equal(numbers_under(&s, 7, &sum), 0);
    assert_true(s.room.cap <= 200000 * 2 * sizeof(uint32_t) * 8 / 5);
    slots_renumber(&s, halve_even, NULL);
    assert_int_equal(s.count, 100000);
    assert_true(s.room.cap <= 100000 * 2 * sizeof(uint32_t) * 8 / 5);
    for (uint32_t i = 0; i < 50000; i++)
        assert_int_equal(numbers_under(&s, i * 85899u, &sum), i % 2 == 0 ? 4 : 0);
    slots_free(&s);
}

/* Keys that all belong to one end of the table. */
static void bears_keys_that_crowd(void **state)
{
    (void)state;
    uint32_t sum;
    for (int end = 0; end < 2; end++) {
        struct slots s = {.width = 2};
        uint32_t from = end == 0 ? 0 : UINT32_MAX - 3999;
        for (uint32_t i = 0; i < 8000; i++)
            add_slot(&s, from + i % 4000, i, 0);
        for (uint32_t i = 0; i < 4000; i++) {
            assert_int_equal(numbers_under(&s, from + i, &sum), 2);
            assert_int_equal(sum, 2 * i + 4000);
        }
        slots_free(&s);
    }
}

static void takes_no_more_than_a_crowd(void **state)
{
    (void)state;
    struct slots s = {.width = 2};
    uint32_t sum;
    for (uint32_t i = 0; i < 100; i++)
        add_slot(&s, 9, i, 3);
    assert_int_equal(numbers_under(&s, 9, &sum), 3);
    assert_int_equal(sum, 0 + 1 + 2); /* the first ones */
    slots_free(&s);
}

/* Where a key was looked for before may be wrong by now: it is looked for again. */
static void adds_where_it_was_looked_for(void **state)
{
    (void)state;
    struct slots s = {.width = 3};
    size_t first[64] = {0};
    for (uint32_t i = 0; i < 60000; i++) {
        uint32_t key = (i * 2654435761u) >> (i % 3 == 0 ? 16 : 0);
        const uint32_t slot[3] = {key, i, ~i};
        slots_add(&s, first[i % 64], slot, 0);
        first[i % 64] = i % 5 == 0 ? SLOTS_ANYWHERE : slots_first(&s, ((i + 64) * 2654435761u));
    }
    for (uint32_t i = 0; i < 60000; i++) {
        uint32_t key = (i * 2654435761u) >> (i % 3 == 0 ? 16 : 0);
        size_t at = slots_first(&s, key);
        while (slots_is(&s, at, key) && slots_at(&s, at)[SLOT_NUMBER] != i)
            at++;
        assert_true(slots_is(&s, at, key));
        assert_int_equal(slots_at(&s, at)[SLOT_MORE], ~i);
    }
    slots_free(&s);
}

/* ---- seen ---- */

static void remembers_numbers(void **state)
{
    (void)state;
    struct seen s = SEEN_EMPTY;
    assert_int_equal(seen_find(&s, 1), SEEN_NONE);
    seen_expect(&s, 1);
    for (uint32_t i = 0; i < 100000; i++)
        seen_new(&s, i * 0x9E3779B97F4A7C15u, i, i == 0 ? SEEN_ANYWHERE : i);
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(seen_find(&s, i * 0x9E3779B97F4A7C15u), i);
    size_t first = SEEN_ANYWHERE;
    *seen_place(&s, 3 * 0x9E3779B97F4A7C15u, &first) = 77;
    assert_int_equal(seen_find(&s, 3 * 0x9E3779B97F4A7C15u), 77);
    assert_int_equal(seen_find(&s, 12345), SEEN_NONE);
    assert_null(seen_place(&s, 12345, &first)); /* looked for where another is */
    /* the same high half */
    seen_new(&s, 1, 1, SEEN_ANYWHERE);
    seen_new(&s, 2, 2, first);
    assert_int_equal(seen_find(&s, 1), 1);
    assert_int_equal(seen_find(&s, 2), 2);
    assert_in_range(seen_bytes(&s), 1200000, 2000000);
    seen_free(&s);
}

/* ---- first ones ---- */

static void keeps_first_ones(void **state)
{
    (void)state;
    struct firsts f = {0};
    static char text[20000];
    uint32_t *to = mem_resize(NULL, 10000, sizeof *to);
    memset(text, 'x', sizeof text);
    for (uint32_t i = 0; i < 10000; i++) {
        struct first first = {{text, i % 300}, {text, i % 5 == 0 ? i : 7}, i};
        assert_int_equal(firsts_add(&f, &first, i), i);
    }
    f.horizon = 2000;
    *firsts_time(&f, 5) = 3000; /* there was a copy of it */
    firsts_sweep(&f, to);
    assert_int_equal(f.count, 8001);
    assert_int_equal(to[4], UINT32_MAX);
    assert_int_equal(to[5], 0);
    assert_int_equal(to[2000], 1);
    for (uint32_t i = 2000; i < 10000; i++) {
        struct first first = firsts_get(&f, to[i]);
        assert_int_equal(first.id.len, i % 300);
        assert_int_equal(first.text.len, i % 5 == 0 ? i : 7);
        assert_int_equal(first.shingles, i);
        assert_int_equal(*firsts_time(&f, to[i]), i);
    }
    firsts_free(&f);
    free(to);
}

/* ---- the index ---- */

#define TEXTS     10000
#define THRESHOLD 0.8

/* A text with what an index wants to know of it. */
struct made {
    struct codes codes;
    struct shingles shingles;
    struct buf packed;
    uint32_t keys[SKETCH_KEYS];
    uint8_t marks[SKETCH_KEYS];
    uint32_t kept[ANCHORS_KEPT];
    struct anchor *anchors;
    struct alike_text text;
};

static void make_ready(struct made *m, struct sketch_plan plan, const struct pack *pack,
                       struct str text)
{
    struct anchor kept[ANCHORS_KEPT];
    codes_read(&m->codes, text, SIZE_MAX);
    const uint32_t *codes = m->codes.at;
    size_t count = m->codes.count;
    shingles_make(&m->shingles, codes, count, 3);
    sketch_make(plan, m->shingles.hashes, m->shingles.count, m->keys, m->marks);
    pack_codes(pack, codes, count, &m->packed);
    m->anchors = mem_resize(NULL, count + 1, sizeof *m->anchors);
    m->text = (struct alike_text){.packed = buf_str(&m->packed),
                                  .keys = m->keys,
                                  .marks = m->marks,
                                  .kept = m->kept,
                                  .kept_count = anchors_kept(codes, count, kept),
                                  .anchors = m->anchors,
                                  .anchor_count = anchors_all(codes, count, m->anchors),
                                  .shingles = m->shingles.hashes,
                                  .shingle_count = m->shingles.count};
    for (size_t i = 0; i < m->text.kept_count; i++)
        m->kept[i] = kept[i].hash;
}

static void made_free(struct made *m)
{
    codes_free(&m->codes);
    shingles_free(&m->shingles);
    buf_free(&m->packed);
    free(m->anchors);
}

/* An index with its first ones. */
struct library {
    struct pack *pack;
    struct firsts firsts;
    struct alike_index index;
};

static void library_open(struct library *l, struct sketch_plan plan)
{
    *l = (struct library){.pack = pack_new()};
    index_open(&l->index, plan, 3, &l->firsts, l->pack, NULL);
}

static uint32_t library_add(struct library *l, const struct made *m)
{
    struct first first = {STR("1"), m->text.packed, (uint32_t)m->text.shingle_count};
    uint32_t number = firsts_add(&l->firsts, &first, 1);
    index_add(&l->index, &m->text, number);
    return number;
}

static void library_close(struct library *l)
{
    index_close(&l->index);
    firsts_free(&l->firsts);
    pack_free(l->pack);
}

/* A text of its own, or one before it with some characters changed. */
static void make_text(struct buf *texts, size_t number, uint32_t *random)
{
    struct buf *to = &texts[number];
    if (number == 0 || next_random(random) % 3 == 0) {
        for (unsigned left = 20 + next_random(random) % 80; left > 0; left--)
            buf_add_code(to, 0x4E00 + next_random(random) % 2000);
        return;
    }
    struct str from = buf_str(&texts[next_random(random) % number]);
    unsigned every = 5 + next_random(random) % 60;
    for (size_t at = 0; at < from.len; at += 3) {
        if (next_random(random) % every == 0)
            buf_add_code(to, 0x4E00 + next_random(random) % 2000);
        if (next_random(random) % every != 0)
            buf_add(to, from.ptr + at, 3);
    }
}

static struct made *make_texts(struct sketch_plan plan, const struct pack *pack)
{
    struct buf *texts = mem_zero(TEXTS, sizeof *texts);
    struct made *made = mem_zero(TEXTS, sizeof *made);
    uint32_t random = 2026;
    for (size_t i = 0; i < TEXTS; i++) {
        make_text(texts, i, &random);
        make_ready(&made[i], plan, pack, buf_str(&texts[i]));
    }
    for (size_t i = 0; i < TEXTS; i++)
        buf_free(&texts[i]);
    free(texts);
    return made;
}

/* The shingles of each text in order, so that brute force need not look far. */
static uint32_t **sort_shingles(const struct made *made)
{
    uint32_t **sorted = mem_zero(TEXTS, sizeof *sorted);
    for (size_t i = 0; i < TEXTS; i++) {
        size_t count = made[i].shingles.count;
        sorted[i] = mem_resize(NULL, count + 1, sizeof **sorted);
        memcpy(sorted[i], made[i].shingles.hashes, count * sizeof **sorted);
        qsort(sorted[i], count, sizeof **sorted, compare_hashes);
    }
    return sorted;
}

static double brute_likeness(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
    size_t common = 0, i = 0, j = 0;
    while (i < a_count && j < b_count) {
        common += a[i] == b[j];
        uint32_t x = a[i], y = b[j];
        i += x <= y;
        j += y <= x;
    }
    return a_count + b_count == 0 ? 0 : (double)common / (double)(a_count + b_count - common);
}

static struct alike_match brute_nearest(const struct made *made, uint32_t *const *sorted,
                                        size_t number)
{
    struct alike_match best = {INDEX_NONE, 0};
    double count = (double)made[number].shingles.count;
    for (uint32_t i = 0; i < number; i++) {
        double other = (double)made[i].shingles.count;
        if (other < THRESHOLD * count || count < THRESHOLD * other)
            continue;
        double score = brute_likeness(sorted[i], made[i].shingles.count, sorted[number],
                                      made[number].shingles.count);
        if (score >= THRESHOLD && score > best.score)
            best = (struct alike_match){i, score};
    }
    return best;
}

static void finds_what_brute_force_finds(void **state)
{
    (void)state;
    struct sketch_plan plan = sketch_plan_for(THRESHOLD, 0.99);
    struct library l;
    library_open(&l, plan);
    struct made *made = make_texts(plan, l.pack);
    uint32_t **sorted = sort_shingles(made);
    unsigned there = 0, found = 0, best = 0;
    for (uint32_t i = 0; i < TEXTS; i++) {
        struct alike_match want = brute_nearest(made, sorted, i);
        index_ask(&l.index, &made[i].text);
        struct alike_match match = index_nearest(&l.index, THRESHOLD);
        there += want.number != INDEX_NONE;
        found += match.number != INDEX_NONE;
        best += match.number != INDEX_NONE && match.number == want.number;
        if (match.number != INDEX_NONE) /* what is said is so */
            assert_true(match.score >= THRESHOLD &&
                        match.score == brute_likeness(sorted[match.number],
                                                      made[match.number].shingles.count, sorted[i],
                                                      made[i].shingles.count));
        assert_int_equal(library_add(&l, &made[i]), i);
    }
    print_message("# of %u texts that have a near one %u are found, %u with the nearest\n", there,
                  found, best);
    assert_in_range(there, 1500, TEXTS);
    assert_true(found >= 0.98 * there && found <= there);
    assert_true(best >= 0.97 * there);
    assert_true(index_counts(&l.index).verified >= found);
    library_close(&l);
    for (size_t i = 0; i < TEXTS; i++) {
        made_free(&made[i]);
        free(sorted[i]);
    }
    free(made);
    free(sorted);
}

/* What the second text shares with the first: a letter for each kind. */
static const char *shared(const char *first, const char *second, double *score)
{
    static char kinds[SHARE_KINDS + 1];
    struct sketch_plan plan = {1, 1};
    struct library l;
    struct made a = {0}, b = {0};
    struct alike_match shares[SHARE_KINDS];
    library_open(&l, plan);
    make_ready(&a, plan, l.pack, str_of(first));
    make_ready(&b, plan, l.pack, str_of(second));
    library_add(&l, &a);
    library_add(&l, &a); /* the earliest counts */
    index_ask(&l.index, &b.text);
    index_sharing(&l.index, shares);
    size_t count = 0;
    for (int kind = 0; kind < SHARE_KINDS; kind++) {
        if (shares[kind].number == INDEX_NONE)
            continue;
        assert_int_equal(shares[kind].number, 0);
        *score = shares[kind].score;
        kinds[count++] = "chib"[kind];
    }
    kinds[count] = '\0';
    made_free(&a);
    made_free(&b);
    library_close(&l);
    return kinds;
}

static void finds_what_holds_a_text(void **state)
{
    (void)state;
    static const char text[] = "今日の給食のプリンから虫が出てきたんだけど";
    struct buf longer = {0};
    double score = 0;
    buf_addf(&longer, "友達が「%s」だそうです", text);
    assert_string_equal(shared(text, buf_text(&longer), &score), "h");
    assert_true(score > 0.5 && score < 0.8);
    assert_string_equal(shared(text, "今日の給食のプリンから虫が出てきた", &score), "ib");
    assert_string_equal(shared(text, "今日の給食のプリンから虫が出て", &score), "ib");
    assert_string_equal(shared(text, "今日の給食のプリンから虫が出た話", &score), "");
    assert_string_equal(shared(text, "昨日の給食のプリンから虫が出てきたんだけどね", &score), "");
    assert_string_equal(shared(text, text, &score), "hib");
    assert_true(score == 1);
    buf_free(&longer);
}

/* A stock phrase in a text is no part of it, wherever it stands; more than that is. */
static void finds_long_parts_alone(void **state)
{
    (void)state;
    static const char phrase[] = "することができるようになりました";
    uint32_t random = 7;
    double score = 0;
    for (int before = 0; before <= 2 * ANCHOR_EVERY; before++) {
        struct buf text = {0}, part = {0};
        for (int i = 0; i < before; i++)
            buf_add_code(&text, 0x4E00 + next_random(&random) % 2000);
        buf_add_text(&part, phrase);
        bool long_part = before % 2 == 1;
        while (long_part && part.len < 3 * (ANCHOR_EVERY + ANCHOR_SPAN))
            buf_add_code(&part, 0x4E00 + next_random(&random) % 2000);
        buf_add_str(&text, buf_str(&part));
        for (int i = 0; i < 100; i++)
            buf_add_code(&text, 0x4E00 + next_random(&random) % 2000);
        assert_string_equal(shared(buf_text(&text), buf_text(&part), &score), before == 0 ? "ib"
                                                                              : long_part ? "i"
                                                                                          : "");
        buf_free(&text);
        buf_free(&part);
    }
}

/* News that comes with another head and foot. */
static void finds_the_core_of_news(void **state)
{
    (void)state;
    struct buf core = {0}, first = {0}, second = {0}, other = {0};
    uint32_t random = 5;
    double score = 0;
    for (int i = 0; i < 300; i++)
        buf_add_code(&core, 0x4E00 + next_random(&random) % 2000);
    buf_addf(&first, "朝夕新聞速報%s編集部山田太郎記者の署名がここに入ります", buf_text(&core));
    buf_addf(&second, "毎日どこかの通信社が配信した記事です%s無断転載を禁じます全文は有料",
             buf_text(&core));
    assert_string_equal(shared(buf_text(&first), buf_text(&second), &score), "c");
    assert_in_range((int)(100 * score), 75, 90);
    for (int i = 0; i < 200; i++)
        buf_add_code(&other, 0x4E00 + next_random(&random) % 2000);
    buf_add_str(&other, buf_str(&core)); /* more than a third is its own */
    assert_string_equal(shared(buf_text(&first), buf_text(&other), &score), "");
    buf_free(&core);
    buf_free(&first);
    buf_free(&second);
    buf_free(&other);
}

/* A flood of texts that meet in every band, and none alike, costs no more than a
 * crowd for each. */
static void is_not_drowned(void **state)
{
    (void)state;
    enum { FLOOD = 5000, BANDS = 4, ROWS = 1 };
    static const uint32_t keys[BANDS * (1 + ROWS)] = {1, 1, 2, 2, 3, 3, 4, 4};
    static const uint8_t marks[BANDS * (1 + ROWS)] = {0};
    struct library l;
    library_open(&l, (struct sketch_plan){BANDS, ROWS});
    for (uint32_t i = 0; i < FLOOD; i++) {
        struct made m = {0};
        struct buf text = {0};
        for (uint32_t letter = 0; letter < 6; letter++)
            buf_add_code(&text, 0x4E00 + i * 6 % 20000 + letter);
        make_ready(&m, (struct sketch_plan){BANDS, ROWS}, l.pack, buf_str(&text));
        m.text.keys = keys;
        m.text.marks = marks;
        index_ask(&l.index, &m.text);
        index_nearest(&l.index, 0.5);
        library_add(&l, &m);
        made_free(&m);
        buf_free(&text);
    }
    assert_true(index_counts(&l.index).candidates <= (uint64_t)FLOOD * INDEX_CROWD);
    assert_true(index_counts(&l.index).candidates > (uint64_t)FLOOD * INDEX_CROWD / 2);
    assert_true(l.index.slots.count <= BANDS * INDEX_CROWD);
    library_close(&l);
}

static uint32_t half_of(const void *context, uint32_t number)
{
    (void)context;
    return number == 8 ? INDEX_NONE : number / 2;
}

/* A text is found by a key and its mark, not by the key alone; numbers that leave no room for
 * a mark, which no test has the memory for, are kept whole. */
static void finds_by_key_and_mark(void **state)
{
    (void)state;
    static const uint32_t key = 5, other = 6, shingle = 1;
    static const uint8_t mark = 3;
    static const uint32_t large = (uint32_t)1 << 30;
    struct library l;
    library_open(&l, (struct sketch_plan){1, 0});
    struct alike_text text = {
        .keys = &key, .marks = &mark, .shingles = &shingle, .shingle_count = 1};
    struct alike_text far = text;
    far.keys = &other;
    for (uint32_t number = 7; number < 10; number++)
        index_add(&l.index, &text, number);
    index_add(&l.index, &far, large);
    index_renumber(&l.index, half_of, NULL);
    assert_int_equal(l.index.slots.count, 3);
    size_t at = slots_first(&l.index.slots, key);
    assert_int_equal(slots_at(&l.index.slots, at)[SLOT_NUMBER], 3u << 26 | 3);
    assert_int_equal(slots_at(&l.index.slots, at + 1)[SLOT_NUMBER], 3u << 26 | 4);
    at = slots_first(&l.index.slots, other);
    assert_int_equal(slots_at(&l.index.slots, at)[SLOT_NUMBER], 1u << 31 | large / 2);
    library_close(&l);
}

/* Texts that have a key in common, but not its mark, do not meet. */
static void passes_by_another_mark(void **state)
{
    (void)state;
    struct library l;
    library_open(&l, (struct sketch_plan){4, 2});
    struct made m = {0};
    make_ready(&m, (struct sketch_plan){4, 2}, l.pack, STR("the same text, kept and asked for"));
    library_add(&l, &m);
    index_ask(&l.index, &m.text);
    assert_int_equal(index_nearest(&l.index, 0.5).number, 0);
    for (size_t i = 0; i < SKETCH_KEYS; i++)
        m.marks[i] ^= 1;
    index_ask(&l.index, &m.text);
    assert_int_equal(index_nearest(&l.index, 0.5).number, INDEX_NONE);
    made_free(&m);
    library_close(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sketches_with_marks),
        cmocka_unit_test(finds_by_key_and_mark),
        cmocka_unit_test(passes_by_another_mark),
        cmocka_unit_test(packs_texts_and_back),
        cmocka_unit_test(reads_runs_of_codes),
        cmocka_unit_test(extents_keep_what_is_in_them),
        cmocka_unit_test(reads_no_more_codes_than_asked),
        cmocka_unit_test(packs_every_character),
        cmocka_unit_test(packs_ids_and_back),
        cmocka_unit_test(compares_sets_of_shingles),
        cmocka_unit_test(keeps_each_shingle_once),
        cmocka_unit_test(plans_for_recall),
        cmocka_unit_test(meets_as_often_as_sets_are_alike),
        cmocka_unit_test(sketches_a_single_shingle),
        cmocka_unit_test(anchors_find_what_a_text_holds),
        cmocka_unit_test(anchors_are_spread_over_a_text),
        cmocka_unit_test(places_lead_to_anchors),
        cmocka_unit_test(keeps_numbers_under_keys),
        cmocka_unit_test(bears_keys_that_crowd),
        cmocka_unit_test(takes_no_more_than_a_crowd),
        cmocka_unit_test(adds_where_it_was_looked_for),
        cmocka_unit_test(remembers_numbers),
        cmocka_unit_test(keeps_first_ones),
        cmocka_unit_test(finds_what_brute_force_finds),
        cmocka_unit_test(finds_what_holds_a_text),
        cmocka_unit_test(finds_long_parts_alone),
        cmocka_unit_test(finds_the_core_of_news),
        cmocka_unit_test(is_not_drowned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
