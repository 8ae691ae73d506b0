/* lib/judge/agreement, question and ranking: on posts few enough to count by hand. */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge/agreement.h"

#define NEAR(value, wanted) assert_true(fabs((value) - (wanted)) < 1e-9)

/* ---- questions ---- */

static void answers_are_bits_in_the_order_of_first_sight(void **state)
{
    (void)state;
    struct question tone, own;
    struct buf names = {0};
    question_init(&tone, "tone");
    assert_true(tone.exclusive);
    assert_int_equal(question_all(&tone), 7);
    assert_int_equal(question_read(&tone, STR("\"neutral\"")), 2);
    assert_int_equal(question_read(&tone, STR("\"mixed\"")), 8);
    question_init(&own, "topic");
    assert_false(own.exclusive);
    assert_int_equal(question_all(&own), 0);
    assert_int_equal(question_read(&own, STR("[\"a\",5,[\"b\"],true,false,null,\"\",{}]")), 15);
    assert_int_equal(question_read(&own, STR("5")), 2);
    question_write(&own, 15, &names);
    assert_str(buf_str(&names), "a 5 b true");
    buf_clear(&names);
    question_write(&own, 0, &names);
    assert_str(buf_str(&names), "-");
    buf_free(&names);
    question_free(&tone);
    question_free(&own);
}

static void more_answers_than_bits_count_as_none(void **state)
{
    (void)state;
    struct question q;
    char raw[8];
    question_init(&q, "topic");
    for (int i = 0; i < 40; i++) {
        snprintf(raw, sizeof raw, "\"%d\"", i);
        assert_int_equal(question_read(&q, str_of(raw)), i < 32 ? 1u << i : 0);
    }
    assert_int_equal(question_read(&q, STR("[\"3\",\"39\"]")), 8);
    assert_int_equal(question_all(&q), UINT32_MAX);
    question_free(&q);
    question_init(&q, "tone"); /* three of its own, and a bit for no answer */
    for (int i = 0; i < 40; i++) {
        snprintf(raw, sizeof raw, "\"%d\"", i);
        assert_int_equal(question_read(&q, str_of(raw)), i < 28 ? 8u << i : 0);
    }
    assert_int_equal(q.beyond, 12);
    question_free(&q);
}

static void probabilities_stand_by_answer(void **state)
{
    (void)state;
    struct question q;
    double p[QUESTION_ANSWERS];
    question_init(&q, "tone");
    question_probabilities(
        &q, STR("{\"neutral\":0.1,\"neutr\\u0061l\":0.2,\"defect\":0.9,\"positive\":\"0.5\"}"), p);
    assert_true(isnan(p[0]) && isnan(p[2]));
    NEAR(p[1], 0.2); /* the last of a name counts, however it is spelled */
    question_probabilities(&q, STR("{\"negative\":0.1,\"tone\":{\"positive\":0.7}}"), p);
    assert_true(isnan(p[0]) && isnan(p[1]));
    NEAR(p[2], 0.7);
    question_probabilities(&q, (struct str){NULL, 0}, p);
    assert_true(isnan(p[0]) && isnan(p[1]) && isnan(p[2]));
    question_free(&q);
    question_init(&q, "topic");
    question_read(&q, STR("\"spam\""));
    question_probabilities(&q, STR("{\"spam\":0.1}"), p); /* our label, not this answer */
    assert_true(isnan(p[0]));
    question_free(&q);
}

/* ---- ranking ---- */

static size_t released;

static void release_one(void *thing)
{
    (void)thing;
    released++;
}

static void the_heaviest_stay_and_of_equals_the_first(void **state)
{
    (void)state;
    static int things[6];
    static const double weights[] = {1, 3, 2, 3, 0, 3};
    struct ranking r = {.release = release_one};
    released = 0;
    ranking_cut(&r, 1);
    for (size_t i = 0; i < 5; i++)
        ranking_add(&r, weights[i], &things[i]);
    ranking_cut(&r, 3);
    ranking_add(&r, weights[5], &things[5]);
    ranking_cut(&r, 3);
    assert_int_equal(r.count, 3);
    assert_ptr_equal(r.entries[0].thing, &things[1]);
    assert_ptr_equal(r.entries[1].thing, &things[3]);
    assert_ptr_equal(r.entries[2].thing, &things[5]);
    assert_int_equal(released, 3);
    ranking_free(&r);
    assert_int_equal(released, 6);
}

/* ---- agreement ---- */

static void take(struct agreement *a, const char *label, const char *verdict)
{
    struct judged_post post = {STR("\"a:1\""), STR("null"), STR("\"text\""), str_of(verdict)};
    agreement_take(a, &post, str_of(label));
}

static void take_other(struct agreement *a, const char *label, const char *verdict)
{
    struct judged_post post = {STR("\"\\u0061:1\""), STR("null"), STR("\"text\""), str_of(verdict)};
    agreement_take_other(a, &post, str_of(label));
}

static struct agreement *agreement_on(const char *question, size_t worst, bool against)
{
    struct agreement_settings settings = {question, worst, against};
    return agreement_new(&settings);
}

static void posts_are_counted_by_question_and_answer(void **state)
{
    (void)state;
    struct agreement *a = agreement_on(NULL, 0, false);
    take(a, "{\"tone\":\"negative\",\"level\":2}", "{\"tone\":\"negative\",\"level\":1}");
    take(a, "{\"tone\":\"negative\"}", "{\"tone\":\"neutral\"}");
    take(a, "{\"tone\":\"positive\",\"level\":null}", "{\"tone\":\"positive\"}");
    take(a, "null", "{\"tone\":\"positive\"}");
    take(a, "", "{\"tone\":\"positive\"}");
    take(a, "{\"tone\":\"positive\"}", "null");
    struct agreement_figures *f = agreement_figures(a);
    const struct question_figures *tone = &f->questions[0], *level = &f->questions[4];
    assert_int_equal(f->labelled, 3);
    assert_int_equal(f->unlabelled, 2);
    assert_int_equal(f->unjudged, 1);
    assert_int_equal(f->question_count, QUESTIONS);
    assert_int_equal(f->worst_count, 0);
    assert_string_equal(tone->name, "tone");
    assert_int_equal(tone->posts, 3);
    assert_int_equal(tone->comparison, COMPARISON_NONE);
    NEAR(tone->micro_f1.value, 2.0 / 3);
    NEAR(tone->macro_f1, (2.0 / 3 + 0 + 1) / 2); /* no post is neutral */
    assert_int_equal(tone->answers[0].counts.right, 1);
    assert_int_equal(tone->answers[0].counts.missed, 1);
    assert_int_equal(tone->answers[1].counts.wrong, 1);
    NEAR(tone->answers[0].precision.value, 1);
    NEAR(tone->answers[0].recall.value, 0.5);
    NEAR(tone->answers[0].f1.value, 2.0 / 3);
    assert_int_equal(tone->confusion[0][0], 1);
    assert_int_equal(tone->confusion[0][1], 1);
    assert_int_equal(tone->confusion[1][0], 0);
    assert_int_equal(tone->confusion[2][2], 1);
    assert_int_equal(level->posts, 1);
    assert_int_equal(level->confusion[2][1], 1);
    free(f);
    agreement_free(a);
}

/* Bins 0.2 and 0.7: |0.25 + 0.25 - 0| and |0.75 + 0.75 - 1|, of four; 1 is in the last. */
static void probabilities_are_compared_with_shares(void **state)
{
    (void)state;
    struct agreement *a = agreement_on("tone", 0, false);
    take(a, "\"negative\"", "{\"p\":{\"negative\":0.75,\"neutral\":0.25}}");
    take(a, "\"positive\"", "{\"p\":{\"negative\":0.75,\"neutral\":0.25}}");
    struct agreement_figures *f = agreement_figures(a);
    assert_int_equal(f->questions[0].probabilities, 4);
    NEAR(f->questions[0].calibration_error, (0.5 + 0.5) / 4);
    free(f);
    take(a, "\"positive\"", "{\"p\":{\"positive\":1,\"negative\":1.5,\"neutral\":-1}}");
    f = agreement_figures(a);
    assert_int_equal(f->questions[0].probabilities, 5);
    NEAR(f->questions[0].calibration_error, (0.5 + 0.5) / 5);
    free(f);
    agreement_free(a);
}

/* The answer of the second post is not known yet when the first is put in. Bins 0.1, 0.5 and
 * 0.9: |0.1 - 0|, |0.5 + 0.5 - 1| and |0.9 - 1|, of four. */
static void probabilities_of_own_answers_count_in_any_order(void **state)
{
    (void)state;
    static const char *const labels[] = {"\"a\"", "\"b\""};
    static const char *const verdicts[] = {"{\"p\":{\"t\":{\"a\":0.9,\"b\":0.5}}}",
                                           "{\"p\":{\"t\":{\"a\":0.1,\"b\":0.5},\"a\":0.7}}"};
    for (size_t first = 0; first < 2; first++) {
        struct agreement *a = agreement_on("t", 0, false);
        take(a, labels[first], verdicts[first]);
        take(a, labels[1 - first], verdicts[1 - first]);
        struct agreement_figures *f = agreement_figures(a);
        assert_int_equal(f->questions[0].probabilities, 4);
        NEAR(f->questions[0].calibration_error, (0.1 + 0.1) / 4);
        free(f);
        agreement_free(a);
    }
}

static void false_alarms_are_on_posts_labelled_without_risk_and_conduct(void **state)
{
    (void)state;
    static const char *const harmless = "{\"risks\":[],\"conduct\":[]}";
    struct agreement *a = agreement_on(NULL, 0, false);
    take(a, harmless, "{\"risks\":[],\"conduct\":[]}");
    take(a, harmless, "{\"risks\":[],\"conduct\":[\"spam\"]}");
    take(a, harmless, "{\"risks\":[\"defect\"],\"conduct\":[\"spam\"]}");
    take(a, harmless, "{}");
    take(a, "{\"risks\":[\"leak\"],\"conduct\":[]}", "{\"risks\":[\"defect\"]}");
    take(a, "{\"risks\":[]}", "{\"risks\":[\"defect\"]}");
    struct agreement_figures *f = agreement_figures(a);
    assert_true(f->all_questions);
    assert_int_equal(f->harmless, 4);
    assert_int_equal(f->alarms, 2);
    NEAR(f->false_alarms.value, 0.5);
    free(f);
    agreement_free(a);
}

/* Enough of them that some are let go on the way. */
static void the_surest_mistakes_are_the_worst(void **state)
{
    (void)state;
    struct agreement *a = agreement_on("tone", 2, false);
    char verdict[120], id[16];
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "\"%d\"", i);
        snprintf(verdict, sizeof verdict,
                 "{\"tone\":\"neutral\",\"p\":{\"negative\":0.5,\"neutral\":0.%02d}}",
                 i == 70 || i == 90 ? 95 : 50 + i % 40);
        struct judged_post post = {str_of(id), STR("null"), STR("\"t\""), str_of(verdict)};
        agreement_take(a, &post, STR("\"negative\""));
    }
    struct agreement_figures *f = agreement_figures(a);
    const struct mistake *first = f->worst[0].thing, *second = f->worst[1].thing;
    assert_int_equal(f->worst_count, 2);
    assert_str(buf_str(&first->id), "70");
    assert_str(buf_str(&second->id), "90");
    assert_str(buf_str(&first->label), "negative");
    assert_str(buf_str(&first->judged), "neutral");
    assert_str(buf_str(&first->why), "[]");
    free(f);
    agreement_free(a);
}

/* Of level nobody knows how sure the judge was. */
static void mistakes_without_probabilities_come_last(void **state)
{
    (void)state;
    struct agreement *a = agreement_on(NULL, 9, false);
    take(a, "{\"tone\":\"negative\",\"level\":0,\"risks\":[\"defect\"]}",
         "{\"tone\":\"neutral\",\"level\":2,\"risks\":[],"
         "\"p\":{\"negative\":0.4,\"neutral\":0.5,\"defect\":0.3}}");
    struct agreement_figures *f = agreement_figures(a);
    static const char *const wanted[] = {"risks", "tone", "level"};
    assert_int_equal(f->worst_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(((const struct mistake *)f->worst[i].thing)->question, wanted[i]);
    free(f);
    agreement_free(a);
}

static void two_runs_are_compared_if_posts_and_labels_are_the_same(void **state)
{
    (void)state;
    struct agreement *a = agreement_on("tone", 0, true);
    for (int i = 0; i < 6; i++) {
        take(a, "\"neutral\"", i < 5 ? "{\"tone\":\"neutral\"}" : "{\"tone\":\"positive\"}");
        take_other(a, "\"neutral\"", "{\"tone\":\"positive\"}");
    }
    take(a, "\"neutral\"", "{\"tone\":\"negative\"}");
    struct agreement_figures *f = agreement_figures(a);
    assert_int_equal(f->questions[0].comparison, COMPARISON_DIFFERENT); /* a post less */
    free(f);
    take_other(a, "{\"tone\":\"neutral\"}", "{\"tone\":\"neutral\"}");
    f = agreement_figures(a);
    assert_int_equal(f->questions[0].comparison, COMPARISON_MADE);
    assert_int_equal(f->questions[0].only_this, 5);
    assert_int_equal(f->questions[0].only_other, 1);
    NEAR(f->questions[0].p, 2.0 * (1 + 6) / 64);
    free(f);
    take(a, "\"neutral\"", "{\"tone\":\"neutral\"}");
    take_other(a, "\"positive\"", "{\"tone\":\"neutral\"}");
    f = agreement_figures(a);
    assert_int_equal(f->questions[0].comparison, COMPARISON_DIFFERENT); /* another label */
    free(f);
    agreement_free(a);
}

static void a_post_that_one_run_has_not_judged_is_left_out_of_the_comparison(void **state)
{
    (void)state;
    static const char *const verdicts[] = {"{\"tone\":\"neutral\"}", "", "null"};
    for (size_t i = 0; i < 9; i++) {
        struct agreement *a = agreement_on("tone", 0, true);
        take(a, "\"neutral\"", verdicts[i % 3]);
        take_other(a, "\"neutral\"", verdicts[i / 3]);
        struct agreement_figures *f = agreement_figures(a);
        assert_int_equal(f->questions[0].comparison, COMPARISON_MADE);
        assert_int_equal(f->questions[0].left_out, i > 0);
        assert_int_equal(f->questions[0].only_this + f->questions[0].only_other, 0);
        assert_int_equal(f->questions[0].posts, i % 3 == 0);
        free(f);
        agreement_free(a);
    }
}

static void other_posts_with_the_same_labels_are_noticed(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct agreement *a = agreement_on("tone", 0, true);
        struct judged_post post = {
            i == 1 ? STR("\"a:2\"") : STR("\"a:1\""), i == 3 ? STR("\"title\"") : STR("null"),
            i == 2 ? STR("\"other\"") : STR("\"t\\u0065xt\""), STR("{\"tone\":\"neutral\"}")};
        take(a, "\"neutral\"", "{\"tone\":\"neutral\"}");
        agreement_take_other(a, &post, STR("\"neutral\""));
        struct agreement_figures *f = agreement_figures(a);
        assert_int_equal(f->questions[0].comparison,
                         i == 0 ? COMPARISON_MADE : COMPARISON_DIFFERENT);
        free(f);
        agreement_free(a);
    }
}

/* ---- written ---- */

static void text_and_json_tell_the_same(void **state)
{
    (void)state;
    struct agreement *a = agreement_on("topic", 1, true);
    struct judged_post post = {STR("null"), STR("\"head\""), STR("\"\\u001b[31m\\nred\""),
                               STR("{\"topic\":\"x\",\"why\":[{\"at\":[0,1]}]}")};
    agreement_take(a, &post, STR("[]"));
    agreement_take_other(a, &post, STR("[]"));
    struct agreement_figures *f = agreement_figures(a);
    struct buf text = {0}, json = {0};
    agreement_write_text(f, &text);
    agreement_write_json(f, &json);
    assert_str(buf_str(&text),
               "1 labelled post\n"
               "\n"
               "topic: 1 post, micro-F1 0.000 (0.000 to 0.885), macro-F1 0.000\n"
               "                      posts  precision              recall                 F1\n"
               "  x                       0  0.000 (0.000 to 0.793)  0.000 (0.000 to 1.000)  "
               "0.000 (0.000 to 0.885)\n"
               "  all right here and not there: 0 posts, the other way round: 0 (p = 1.0000)\n"
               "\n"
               "-: topic: labelled -, judged x\n"
               "  head\n"
               "  ?[31m⏎red\n"
               "  [{\"at\":[0,1]}]\n");
    assert_str(
        buf_str(&json),
        "{\"posts\":1,\"unlabelled\":0,\"unjudged\":0,\"topic\":{\"posts\":1,\"not_counted\":0,"
        "\"micro_f1\":[0.0000,0.0000,0.8848],\"macro_f1\":0.0000,\"calibration_error\":null,"
        "\"labels\":{\"x\":{\"posts\":0,\"precision\":[0.0000,0.0000,0.7935],"
        "\"recall\":[0.0000,0.0000,1.0000],\"f1\":[0.0000,0.0000,0.8848]}},"
        "\"against\":{\"only_this_right\":0,\"only_other_right\":0,\"left_out\":0,\"p\":1.000000}},"
        "\"worst\":[{\"id\":\"\",\"question\":\"topic\",\"title\":\"head\",\"text\":\"\\u001b["
        "31m\\nred\",\"label\":\"-\","
        "\"judged\":\"x\",\"why\":[{\"at\":[0,1]}]}]}\n");
    buf_free(&text);
    buf_free(&json);
    free(f);
    agreement_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_bits_in_the_order_of_first_sight),
        cmocka_unit_test(more_answers_than_bits_count_as_none),
        cmocka_unit_test(probabilities_stand_by_answer),
        cmocka_unit_test(the_heaviest_stay_and_of_equals_the_first),
        cmocka_unit_test(posts_are_counted_by_question_and_answer),
        cmocka_unit_test(probabilities_are_compared_with_shares),
        cmocka_unit_test(probabilities_of_own_answers_count_in_any_order),
        cmocka_unit_test(false_alarms_are_on_posts_labelled_without_risk_and_conduct),
        cmocka_unit_test(the_surest_mistakes_are_the_worst),
        cmocka_unit_test(mistakes_without_probabilities_come_last),
        cmocka_unit_test(two_runs_are_compared_if_posts_and_labels_are_the_same),
        cmocka_unit_test(a_post_that_one_run_has_not_judged_is_left_out_of_the_comparison),
        cmocka_unit_test(other_posts_with_the_same_labels_are_noticed),
        cmocka_unit_test(text_and_json_tell_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
