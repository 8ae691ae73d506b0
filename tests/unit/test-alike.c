/* lib/alike: shingles, sketches, the table of what was seen, and the index against
 * brute force on texts made by editing others. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "alike/index.h"
#include "alike/seen.h"
#include "alike/shingle.h"
#include "alike/sketch.h"
#include "base/buf.h"
#include "base/mem.h"

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* ---- shingles ---- */

static double jaccard_of(const char *a, const char *b, unsigned size)
{
    struct shingles x = {0}, y = {0};
    shingles_make(&x, str_of(a), size);
    shingles_make(&y, str_of(b), size);
    double score = shingles_jaccard(x.hashes, x.count, y.hashes, y.count);
    shingles_free(&x);
    shingles_free(&y);
    return score;
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
}

static void keeps_each_shingle_once_in_order(void **state)
{
    (void)state;
    struct shingles s = {0};
    struct buf text = {0};
    uint32_t random = 1;
    for (int i = 0; i < 20000; i++)
        buf_add_code(&text, 0x4E00 + next_random(&random) % 300);
    shingles_make(&s, buf_str(&text), 2);
    assert_in_range(s.count, 17000, 19999);
    for (size_t i = 1; i < s.count; i++)
        assert_true(s.hashes[i - 1] < s.hashes[i]);
    shingles_make(&s, STR("ああああああああ"), 3);
    assert_int_equal(s.count, 1);
    shingles_make(&s, STR("ああ"), 3);
    assert_int_equal(s.count, 0);
    shingles_free(&s);
    buf_free(&text);
}

/* ---- sketches ---- */

static void plans_for_recall(void **state)
{
    (void)state;
    for (int percent = 10; percent <= 100; percent++) {
        struct sketch_plan plan = sketch_plan_for(percent / 100.0, 0.98);
        assert_true(sketch_chance(plan, percent / 100.0) >= 0.98);
        assert_in_range(plan.bands, 1, SKETCH_BANDS);
        assert_in_range(plan.bands * plan.rows, 1, SKETCH_PLACES);
    }
    struct sketch_plan usual = sketch_plan_for(0.8, 0.98);
    assert_true(sketch_chance(usual, 0.3) < 0.02);
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

/* One row a band: places agree as often as the sets are alike. */
static void agrees_as_often_as_sets_are_alike(void **state)
{
    (void)state;
    static const struct {
        size_t size, common;
    } rows[] = {{20, 10}, {20, 18}, {60, 30}, {60, 54}, {1000, 500}, {1000, 900}, {13, 0}};
    struct sketch_plan plan = {.bands = 64, .rows = 1};
    uint32_t random = 7, a[1000], b[1000], x[SKETCH_BANDS], y[SKETCH_BANDS];
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        unsigned agree = 0;
        for (int trial = 0; trial < 200; trial++) {
            random_sets(&random, a, b, rows[row].size, rows[row].common);
            sketch_make(plan, a, rows[row].size, x);
            sketch_make(plan, b, rows[row].size, y);
            for (int i = 0; i < 64; i++)
                agree += x[i] == y[i];
        }
        double likeness =
            (double)rows[row].common / (double)(2 * rows[row].size - rows[row].common);
        assert_true(fabs(agree / (200.0 * 64) - likeness) < 0.02);
    }
}

static void sketches_a_single_shingle(void **state)
{
    (void)state;
    struct sketch_plan plan = {.bands = 16, .rows = 8};
    uint32_t one = 42, x[SKETCH_BANDS], y[SKETCH_BANDS];
    sketch_make(plan, &one, 1, x);
    sketch_make(plan, &one, 1, y);
    assert_memory_equal(x, y, 16 * sizeof *x);
}

/* ---- seen ---- */

static void remembers_the_first(void **state)
{
    (void)state;
    struct seen s = {0};
    assert_int_equal(seen_find(&s, 1), SEEN_NONE);
    seen_expect(&s, 1);
    for (uint32_t i = 0; i < 100000; i++)
        seen_add(&s, i * 0x9E3779B97F4A7C15u, i);
    for (uint32_t i = 0; i < 100000; i++)
        seen_add(&s, i * 0x9E3779B97F4A7C15u, i + 1);
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(seen_find(&s, i * 0x9E3779B97F4A7C15u), i);
    assert_int_equal(seen_find(&s, 12345), SEEN_NONE);
    assert_in_range(seen_bytes(&s), 1200000, 4000000);
    seen_free(&s);
}

/* ---- the index ---- */

#define TEXTS     2000
#define THRESHOLD 0.8

struct made {
    struct shingles shingles;
    uint32_t tags[SKETCH_BANDS];
};

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

static struct made *make_texts(struct sketch_plan plan)
{
    struct buf *texts = mem_zero(TEXTS, sizeof *texts);
    struct made *made = mem_zero(TEXTS, sizeof *made);
    uint32_t random = 2026;
    for (size_t i = 0; i < TEXTS; i++) {
        make_text(texts, i, &random);
        shingles_make(&made[i].shingles, buf_str(&texts[i]), 3);
        sketch_make(plan, made[i].shingles.hashes, made[i].shingles.count, made[i].tags);
    }
    for (size_t i = 0; i < TEXTS; i++)
        buf_free(&texts[i]);
    free(texts);
    return made;
}

static double likeness_of(const struct made *a, const struct made *b)
{
    return shingles_jaccard(a->shingles.hashes, a->shingles.count, b->shingles.hashes,
                            b->shingles.count);
}

static struct alike_match brute_nearest(const struct made *made, size_t number)
{
    struct alike_match best = {INDEX_NONE, 0};
    for (uint32_t i = 0; i < number; i++) {
        double score = likeness_of(&made[i], &made[number]);
        if (score >= THRESHOLD && score > best.score)
            best = (struct alike_match){i, score};
    }
    return best;
}

static struct alike_text text_of(const struct made *m)
{
    return (struct alike_text){m->shingles.hashes, m->shingles.count, m->tags,
                               m->shingles.hashes[0]};
}

static void finds_what_brute_force_finds(void **state)
{
    (void)state;
    struct sketch_plan plan = sketch_plan_for(THRESHOLD, 0.98);
    struct made *made = make_texts(plan);
    struct alike_index *x = index_new(plan);
    unsigned there = 0, found = 0, best = 0;
    for (uint32_t i = 0; i < TEXTS; i++) {
        struct alike_text text = text_of(&made[i]);
        struct alike_match want = brute_nearest(made, i);
        struct alike_match match = index_nearest(x, &text, THRESHOLD);
        there += want.number != INDEX_NONE;
        found += match.number != INDEX_NONE;
        best += match.number != INDEX_NONE && match.number == want.number;
        if (match.number != INDEX_NONE) /* what is said is so */
            assert_true(match.score >= THRESHOLD &&
                        match.score == likeness_of(&made[match.number], &made[i]));
        assert_int_equal(index_add(x, &text), i);
    }
    assert_in_range(there, 300, TEXTS);
    assert_true(found >= 0.95 * there && found <= there);
    assert_true(best >= 0.95 * there);
    assert_true(index_counts(x).verified >= found);
    index_free(x);
    for (size_t i = 0; i < TEXTS; i++)
        shingles_free(&made[i].shingles);
    free(made);
}

static void finds_what_contains(void **state)
{
    (void)state;
    static const uint32_t whole[] = {1, 2, 3, 4, 5, 6, 7, 8}, part[] = {2, 3, 5}, other[] = {2, 9};
    static const uint32_t tags[2][1] = {{11}, {12}};
    struct alike_index *x = index_new((struct sketch_plan){1, 1});
    struct alike_text text = {whole, 8, tags[0], 77}, cut = {part, 3, tags[1], 77};
    assert_int_equal(index_containing(x, &cut).number, INDEX_NONE);
    struct alike_text none = {NULL, 0, NULL, 77};
    assert_int_equal(index_add(x, &none), 0);
    assert_int_equal(index_add(x, &text), 1);
    assert_int_equal(index_add(x, &text), 2);
    assert_int_equal(index_containing(x, &cut).number, 1); /* the earliest */
    assert_true(index_containing(x, &cut).score == 3.0 / 8);
    struct alike_text no_part = {other, 2, tags[1], 77}, elsewhere = {part, 3, tags[1], 78};
    assert_int_equal(index_containing(x, &no_part).number, INDEX_NONE);
    assert_int_equal(index_containing(x, &elsewhere).number, INDEX_NONE);
    index_free(x);
}

/* A flood of texts that meet in every band, and none alike, costs no more than a
 * crowd for each. */
static void is_not_drowned(void **state)
{
    (void)state;
    enum { FLOOD = 5000, BANDS = 4 };
    static const uint32_t tags[BANDS] = {1, 2, 3, 4};
    struct alike_index *x = index_new((struct sketch_plan){BANDS, 1});
    for (uint32_t i = 0; i < FLOOD; i++) {
        uint32_t shingles[] = {2 * i, 2 * i + 1};
        struct alike_text text = {shingles, 2, tags, 9};
        assert_int_equal(index_nearest(x, &text, 0.5).number, INDEX_NONE);
        index_add(x, &text);
    }
    assert_true(index_counts(x).candidates <= (uint64_t)FLOOD * BANDS * INDEX_CROWD);
    index_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares_sets_of_shingles),
        cmocka_unit_test(keeps_each_shingle_once_in_order),
        cmocka_unit_test(plans_for_recall),
        cmocka_unit_test(agrees_as_often_as_sets_are_alike),
        cmocka_unit_test(sketches_a_single_shingle),
        cmocka_unit_test(remembers_the_first),
        cmocka_unit_test(finds_what_brute_force_finds),
        cmocka_unit_test(finds_what_contains),
        cmocka_unit_test(is_not_drowned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
