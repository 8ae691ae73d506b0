/* lib/judge/score: against values worked out by hand. */
#include "unit.h"

#include "judge/score.h"

#define NEAR(value, wanted, within)                                                                \
    assert_true((value) - (wanted) <= (within) && (wanted) - (value) <= (within))

/* gold and said, as bits: 1, 2, 4 */
static const struct score_pair few[] = {{1, 1}, {1, 2}, {2, 2}, {1 | 2, 1}, {0, 4}, {4, 0}, {0, 0}};
#define FEW (sizeof few / sizeof *few)

static void counts_by_answer_and_together(void **state)
{
    (void)state;
    struct score_counts one = score_count(few, FEW, 1), two = score_count(few, FEW, 2);
    struct score_counts four = score_count(few, FEW, 4), all = score_count(few, FEW, 7);
    assert_int_equal(one.right, 2);
    assert_int_equal(one.wrong, 0);
    assert_int_equal(one.missed, 1);
    assert_int_equal(two.right, 1);
    assert_int_equal(two.wrong, 1);
    assert_int_equal(two.missed, 1);
    assert_int_equal(four.right, 0);
    assert_int_equal(four.wrong, 1);
    assert_int_equal(four.missed, 1);
    assert_int_equal(all.right, 3);
    assert_int_equal(all.wrong, 2);
    assert_int_equal(all.missed, 3);
    NEAR(score_f1(&one), 0.8, 1e-12);      /* 2 * 2 / (2 * 2 + 0 + 1) */
    NEAR(score_f1(&all), 6.0 / 11, 1e-12); /* 2 * 3 / (2 * 3 + 2 + 3) */
    NEAR(score_f1(&four), 0, 0);
    struct score_counts none = score_count(few, 0, 7);
    NEAR(score_f1(&none), 0, 0);
}

/* 8 of 10: (0.8 + z²/20 ± z·√(0.016 + z²/400)) / (1 + z²/10), z² = 3.841459 */
static void shares_have_the_interval_of_wilson(void **state)
{
    (void)state;
    struct interval most = score_share(8, 10), none = score_share(0, 10), all = score_share(10, 10);
    NEAR(most.value, 0.8, 1e-12);
    NEAR(most.low, 0.490162, 1e-5);
    NEAR(most.high, 0.943318, 1e-5);
    NEAR(none.low, 0, 1e-12);
    NEAR(none.high, 0.277533, 1e-5); /* z² / (10 + z²) */
    NEAR(all.low, 0.722467, 1e-5);
    NEAR(all.high, 1, 1e-12);
    struct interval nothing = score_share(0, 0);
    NEAR(nothing.value, 0, 0);
    NEAR(nothing.low, 0, 0);
    NEAR(nothing.high, 1, 0);
}

/* One set of answers alone. */
static struct interval f1_interval(const struct score_pair *pairs, size_t count, uint32_t answers)
{
    struct interval interval;
    score_f1_intervals(pairs, count, &answers, 1, &interval);
    return interval;
}

#define MANY 500

static void fill(struct score_pair *pairs)
{
    uint32_t random = 3;
    for (size_t i = 0; i < MANY; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t gold = random >> 30, noise = (random >> 20) % 5 == 0;
        pairs[i] = (struct score_pair){gold, noise ? gold ^ 1 : gold};
    }
}

static void f1_lies_in_its_interval_which_is_the_same_each_time(void **state)
{
    (void)state;
    struct score_pair pairs[MANY];
    fill(pairs);
    for (uint32_t answers = 1; answers <= 3; answers++) {
        struct interval a = f1_interval(pairs, MANY, answers);
        struct interval b = f1_interval(pairs, MANY, answers);
        struct score_counts c = score_count(pairs, MANY, answers);
        NEAR(a.value, score_f1(&c), 1e-12);
        assert_true(a.low <= a.value && a.value <= a.high);
        assert_memory_equal(&a, &b, sizeof a);
    }
    struct interval few_posts = f1_interval(pairs, 50, 1);
    struct interval many_posts = f1_interval(pairs, MANY, 1);
    assert_true(few_posts.high - few_posts.low > many_posts.high - many_posts.low);
}

/* The upper ends were measured when each interval was still drawn post by post; the lower ones
 * are those of the share. */
static void sets_taken_together_have_the_intervals_that_each_has_alone(void **state)
{
    (void)state;
    static const uint32_t sets[] = {3, 1, 2};
    struct score_pair pairs[MANY];
    struct interval together[3];
    fill(pairs);
    score_f1_intervals(pairs, MANY, sets, 3, together);
    for (size_t i = 0; i < 3; i++) {
        struct interval alone = f1_interval(pairs, MANY, sets[i]);
        assert_memory_equal(&together[i], &alone, sizeof alone);
    }
    NEAR(together[0].low, 0.88073152593409332, 1e-12);
    NEAR(together[0].high, 0.92039258451472195, 1e-12);
    NEAR(together[1].low, 0.7687288800810238, 1e-12);
    NEAR(together[1].high, 0.84491978609625673, 1e-12);
}

/* Samples of 500 posts all have the same F1; Wilson's interval of 500 of 500 is 0.9924 to 1, of
 * none of 1000 (each is wrong and missed) 0 to 0.0038. */
static void what_is_all_right_or_all_wrong_has_the_width_of_a_share(void **state)
{
    (void)state;
    struct score_pair right[MANY], wrong[MANY];
    for (size_t i = 0; i < MANY; i++) {
        right[i] = (struct score_pair){1, 1};
        wrong[i] = (struct score_pair){1, 2};
    }
    struct interval all = f1_interval(right, MANY, 3), none = f1_interval(wrong, MANY, 3);
    assert_true(all.value == 1 && all.high == 1);
    NEAR(all.low, 2 * 0.9924 / 1.9924, 1e-4);
    assert_true(none.low == 0 && none.value == 0);
    NEAR(none.high, 2 * 0.0038 / 1.0038, 1e-4);
    struct interval nothing = f1_interval(right, 0, 3);
    assert_true(nothing.value == 0);
}

/* What three posts show, they cannot show for sure; that an answer is drawn in no post of a
 * sample says nothing of it. */
static void few_posts_have_a_wide_interval(void **state)
{
    (void)state;
    struct score_pair pairs[MANY];
    fill(pairs);
    for (size_t i = 0; i < MANY; i++)
        pairs[i] = (struct score_pair){i < 3, i < 3};
    struct interval three = f1_interval(pairs, 3, 1), among = f1_interval(pairs, MANY, 1);
    assert_true(three.value == 1 && three.high == 1);
    NEAR(three.low, 2 * 0.4385 / 1.4385, 1e-3); /* Wilson's interval of 3 of 3 */
    assert_memory_equal(&three, &among, sizeof three);
}

/* Twice the tail of a binomial with one half. */
static void mcnemar_is_exact(void **state)
{
    (void)state;
    NEAR(score_mcnemar(0, 0), 1, 1e-12);
    NEAR(score_mcnemar(5, 0), 2.0 / 32, 1e-9);
    NEAR(score_mcnemar(0, 10), 2.0 / 1024, 1e-9);
    NEAR(score_mcnemar(1, 9), 2.0 * (1 + 10) / 1024, 1e-9);
    NEAR(score_mcnemar(9, 1), 2.0 * (1 + 10) / 1024, 1e-9);
    NEAR(score_mcnemar(3, 12), 2.0 * (1 + 15 + 105 + 455) / 32768, 1e-9);
    NEAR(score_mcnemar(5, 5), 1, 1e-12);
    NEAR(score_mcnemar(7, 8), 1, 1e-9);
    assert_true(score_mcnemar(400, 600) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_answer_and_together),
        cmocka_unit_test(shares_have_the_interval_of_wilson),
        cmocka_unit_test(f1_lies_in_its_interval_which_is_the_same_each_time),
        cmocka_unit_test(sets_taken_together_have_the_intervals_that_each_has_alone),
        cmocka_unit_test(what_is_all_right_or_all_wrong_has_the_width_of_a_share),
        cmocka_unit_test(few_posts_have_a_wide_interval),
        cmocka_unit_test(mcnemar_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
