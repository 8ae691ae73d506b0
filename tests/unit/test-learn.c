/* lib/judge/learn and model: what is learned from a small invented set, that it is the
 * same however it was learned, and that no other file is taken for a model. The learner is opened
 * up, so that its weights can be compared with the model's. */
#include "unit.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#define model linear_model /* liblinear's name is ours too */
#include <linear.h>
#undef model
#include "base/buf.h"
#include "judge/learner.h"
#include "judge/model.h"
#include "judge/score.h"
#include "total.h"

#define POSTS  180
#define KINDS  3
#define WORDS  8 /* of each kind */
#define COMMON 6 /* of all kinds */

static const char *const kinds[] = {"price", "taste", "staff"};
static char path[] = "/tmp/hinoban-learn-XXXXXX";

struct sample {
    struct feature features[8];
    float times;
    size_t count;
    float numbers[NUMERICS];
    size_t kind;
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Words of the post's kind, one that says nothing, and a number. */
static struct sample sample(size_t number)
{
    uint32_t random = (uint32_t)number * 7919 + 17;
    struct sample s = {.kind = number % KINDS, .times = 1};
    for (size_t i = 0; i < 4; i++) {
        uint32_t word = next_random(&random) % WORDS;
        uint32_t id = (uint32_t)(1000 * (s.kind + 1) + 2 * word + 1);
        size_t k = 0;
        while (k < s.count && s.features[k].id != id)
            k++;
        s.features[k].id = id;
        s.features[k].times++; /* a word may stand there twice */
        s.count += k == s.count;
    }
    s.features[s.count++] = (struct feature){9001 + 2 * (next_random(&random) % COMMON), 1};
    s.times = 5.0f / (float)s.count;
    s.numbers[NUMERIC_LONG] = (float)(next_random(&random) % 100) / 100;
    s.numbers[NUMERIC_EMOJI] = s.kind == 0;
    return s;
}

static size_t post_of(struct learner *l, struct sample *s)
{
    struct features f = {.list = s->features, .count = s->count, .times = s->times};
    memcpy(f.numbers, s->numbers, sizeof f.numbers);
    return learner_post(l, &f);
}

static struct learner *learner_of(size_t posts, size_t threads, size_t folds, bool exclusive)
{
    struct learner_settings settings = {.threads = threads,
                                        .folds = folds,
                                        .seed = 1,
                                        .cost = 1,
                                        .rules = "rules-1",
                                        .tokens = "tokens-1"};
    struct learner *l = learner_new(&settings);
    size_t q = learner_question(l, "topic", exclusive);
    for (size_t i = 0; i < KINDS; i++)
        assert_int_equal(learner_answer(l, q, kinds[i]), i);
    for (size_t i = 0; i < posts; i++) {
        struct sample s = sample(i);
        learner_label(l, post_of(l, &s), q, 1u << s.kind);
    }
    return l;
}

static struct buf bytes_of(const struct learner *l)
{
    struct buf bytes = {0};
    struct output out;
    struct err e;
    char chunk[4096];
    ssize_t got;
    int fd = open(path, O_RDWR | O_TRUNC);
    assert_true(fd >= 0);
    output_open(&out, fd, path);
    learner_write(l, "invented posts", &out);
    assert_true(output_flush(&out, &e));
    lseek(fd, 0, SEEK_SET);
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(&bytes, chunk, (size_t)got);
    output_close(&out, &e);
    return bytes;
}

static struct buf learned(size_t threads, bool exclusive)
{
    struct err e;
    struct learner *l = learner_of(POSTS, threads, 4, exclusive);
    assert_true(learner_run(l, &e));
    struct buf bytes = bytes_of(l);
    learner_free(l);
    return bytes;
}

static void put(const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_TRUNC | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

static bool opens(const char *rules, const char *tokens, struct err *e)
{
    struct model m;
    bool ok = model_open(&m, path, rules, tokens, e);
    model_close(&m);
    return ok;
}

/* ---- learning ---- */

static void learns_what_can_be_told_apart(void **state)
{
    (void)state;
    struct err e;
    for (int exclusive = 0; exclusive < 2; exclusive++) {
        struct learner *l = learner_of(POSTS, 2, 5, exclusive != 0);
        assert_true(learner_run(l, &e));
        assert_int_equal(learner_answers(l), KINDS);
        for (size_t i = 0; i < KINDS; i++) {
            struct learned a = learner_figures(l, i);
            assert_string_equal(a.question, "topic");
            assert_string_equal(a.answer, kinds[i]);
            assert_int_equal(a.posts, POSTS / KINDS);
            assert_int_equal(a.right, POSTS / KINDS);
            assert_int_equal(a.wrong + a.missed, 0);
            assert_false(a.lacking);
        }
        learner_free(l);
    }
}

static void the_same_posts_give_the_same_bytes(void **state)
{
    (void)state;
    for (int exclusive = 0; exclusive < 2; exclusive++) {
        struct buf once = learned(1, exclusive != 0), again = learned(1, exclusive != 0);
        struct buf many = learned(8, exclusive != 0);
        assert_true(once.len > 0);
        assert_true(str_equal(buf_str(&once), buf_str(&again)));
        assert_true(str_equal(buf_str(&once), buf_str(&many)));
        buf_free(&once);
        buf_free(&again);
        buf_free(&many);
    }
}

/* What a post comes to by the learner's weights, of the features that the model has kept. */
static double by_weights(const struct learner *l, const struct model *m, const struct sample *s,
                         size_t a, double *steps)
{
    const struct answer *answer = &l->questions[0].answers[a];
    double sum = answer->weights[NUMERICS + l->id_count], squares = 0, words = 0;
    double unseen = l->questions[0].exclusive ? MODEL_UNSEEN : 0;
    size_t kept = 0;
    for (size_t n = 0; n < NUMERICS; n++)
        sum += (double)(MODEL_NUMBERS * s->numbers[n]) * answer->weights[n];
    for (size_t k = 0; k < s->count; k++) {
        if (model_row(m, s->features[k].id) == NULL)
            continue;
        size_t i = (size_t)learner_index(l, s->features[k].id) - 1;
        double rarity = l->rarity[i - NUMERICS], times = s->features[k].times;
        words += times * rarity * answer->weights[i];
        squares += times * rarity * rarity;
        kept += s->features[k].times;
    }
    double length = sqrt(squares * (double)s->times + unseen * MODEL_RARITY * MODEL_RARITY);
    *steps = squares > 0 ? MODEL_RARITY / length * (double)kept : 0;
    return squares > 0 ? sum + words / length : sum;
}

static void ask(const struct model *m, const struct sample *s, float *sums)
{
    struct model_total total = {.times = (double)s->times};
    for (size_t k = 0; k < s->count; k++)
        for (uint32_t i = 0; i < s->features[k].times; i++)
            total_add(&total, m, s->features[k].id);
    model_sum(m, &total, NULL, 0, s->numbers, sums);
}

/* Bytes take the place of weights: each may be off by half a step. */
static void a_model_says_what_was_learned(void **state)
{
    (void)state;
    struct err e;
    struct model m;
    struct learner *l = learner_of(POSTS, 1, 4, true);
    assert_true(learner_run(l, &e));
    struct buf bytes = bytes_of(l);
    assert_true(model_open(&m, path, "rules-1", "tokens-1", &e));
    const struct model_question *q = model_question(&m, "topic");
    assert_non_null(q);
    assert_null(model_question(&m, "tone"));
    assert_string_equal(model_text(&m, m.header->made_from), "invented posts");
    for (size_t i = 0; i < POSTS; i++) {
        struct sample s = sample(i);
        float sums[MODEL_ANSWERS], p[MODEL_ANSWERS];
        ask(&m, &s, sums);
        model_probabilities(&m, q, sums, p);
        assert_true(fabs(p[0] + p[1] + p[2] - 1) < 1e-5);
        for (size_t a = 0; a < KINDS; a++) {
            double steps, wanted = by_weights(l, &m, &s, a, &steps);
            assert_true(fabs(sums[a] - wanted) <= 0.5 * m.answers[a].scale * steps + 1e-4);
            assert_true(a == s.kind ? p[a] > 0.5f : p[a] < 0.5f);
        }
    }
    model_close(&m);
    buf_free(&bytes);
    learner_free(l);
}

static void a_feature_of_no_post_changes_nothing(void **state)
{
    (void)state;
    struct err e;
    struct model m;
    struct buf bytes = learned(1, true);
    assert_true(model_open(&m, path, "rules-1", "tokens-1", &e));
    float with[MODEL_ANSWERS], without[MODEL_ANSWERS];
    struct sample s = {.features = {{1001, 1}, {77777, 1}}, .times = 1, .count = 2};
    ask(&m, &s, with);
    s.count = 1;
    ask(&m, &s, without);
    assert_null(model_row(&m, 77777));
    assert_non_null(model_row(&m, 1001));
    for (size_t a = 0; a < KINDS; a++)
        assert_true(with[a] == without[a]);
    model_close(&m);
    buf_free(&bytes);
}

/* Where alarms are counted, all answers have one threshold, and few posts without an answer
 * are said to have one. */
static void few_are_alarmed_in_vain(void **state)
{
    (void)state;
    struct err e;
    for (size_t share = 0; share < 3; share++) {
        double alarms = share == 0 ? 0.02 : share == 1 ? 0.2 : 0.9;
        struct learner *l = learner_of(POSTS, 1, 5, false);
        for (size_t i = 0; i < POSTS; i += 4) /* that read like others, and have none */
            learner_label(l, i, 0, 0);
        learner_alarms(l, 0, alarms);
        assert_true(learner_run(l, &e));
        double threshold = learner_figures(l, 0).threshold;
        size_t alarmed = 0, none = 0;
        for (size_t i = 0; i < POSTS; i++) {
            bool any = false;
            for (size_t a = 0; a < KINDS; a++) {
                const struct answer *answer = &l->questions[0].answers[a];
                assert_true(answer->threshold == threshold);
                any = any || learner_probability(answer, answer->scores[i]) >= threshold;
            }
            none += i % 4 == 0;
            alarmed += i % 4 == 0 && any;
        }
        assert_true(alarmed == 0 || score_share(alarmed, none).high <= alarms);
        assert_int_equal(learner_figures(l, 0).none, none);
        assert_int_equal(learner_figures(l, 0).alarmed, alarmed);
        assert_false(learner_figures(l, 0).alarming);
        learner_free(l);
    }
}

/* A share of what all answers have in common is added to the weights of each. */
static void what_is_common_counts_for_each(void **state)
{
    (void)state;
    struct err e;
    struct learner *of[2];
    for (size_t i = 0; i < 2; i++) {
        of[i] = learner_of(POSTS, 1, 3, false);
        for (size_t post = 0; post < POSTS; post += 4)
            learner_label(of[i], post, 0, 0);
        learner_common(of[i], 0, i == 0 ? 0 : 0.5);
        assert_true(learner_run(of[i], &e));
    }
    double **some = of[1]->questions[0].some;
    for (size_t a = 0; a < KINDS; a++) {
        const struct answer *x = &of[0]->questions[0].answers[a],
                            *y = &of[1]->questions[0].answers[a];
        for (size_t i = 0; i < POSTS; i++) {
            const struct post *post = &of[1]->posts[i];
            double common = 0;
            for (const struct feature_node *node = post->nodes; node->index > 0; node++)
                common += some[post->fold][node->index - 1] * node->value;
            assert_true(fabs(x->scores[i] + 0.5 * common - y->scores[i]) < 1e-9);
        }
        for (size_t i = 0; i < NUMERICS + 1 + of[1]->id_count; i++)
            assert_true(fabs(x->weights[i] + 0.5 * some[3][i] - y->weights[i]) < 1e-9);
    }
    learner_free(of[0]);
    learner_free(of[1]);
}

/* A post in two parts, of which the first has all words of one kind, the other words of none. */
static size_t parted_post(struct learner *l, struct sample *s)
{
    struct placed_feature placed[8];
    struct features f = {.list = s->features, .count = s->count, .times = s->times};
    memcpy(f.numbers, s->numbers, sizeof f.numbers);
    for (size_t i = 0; i < s->count; i++)
        placed[i] = (struct placed_feature){s->features[i].id, s->features[i].id > 9000};
    f.placed = placed;
    f.placed_count = s->count;
    return learner_post(l, &f);
}

/* Where any number hold, a part of what words say is what the part of the post that says most does.
 */
static void a_part_counts_as_much_as_the_whole(void **state)
{
    (void)state;
    struct err e;
    for (int exclusive = 0; exclusive < 2; exclusive++) {
        struct learner *l = learner_of(POSTS, 1, 3, exclusive != 0);
        struct sample s = sample(1);
        size_t plain = post_of(l, &s), parted = parted_post(l, &s);
        learner_label(l, plain, 0, 1u << s.kind);
        learner_label(l, parted, 0, 1u << s.kind);
        l->settings.folds = 2;
        assert_true(learner_run(l, &e));
        l->posts[parted].fold = l->posts[plain].fold;
        const struct post *post = &l->posts[parted];
        const double *weights = l->questions[0].answers[s.kind].weights;
        double own[2] = {0, 0}, squares[2] = {0, 0}, whole = 0;
        for (size_t i = 0; i < s.count; i++) {
            size_t part = s.features[i].id > 9000;
            int index = learner_index(l, s.features[i].id);
            double rarity = index > 0 ? l->rarity[index - NUMERICS - 1] : 0;
            own[part] += index > 0 ? rarity * weights[index - 1] : 0;
            squares[part] += rarity * rarity;
        }
        for (const struct feature_node *node = post->nodes; node->index > 0; node++)
            whole += node->index > NUMERICS && node->index <= NUMERICS + (int)l->id_count
                         ? node->value * weights[node->index - 1]
                         : 0;
        double best = fmax(own[0] / sqrt(squares[0]), own[1] / sqrt(squares[1])) -
                      (double)MODEL_CHANCE * log(2);
        double more =
            learner_score(l, 0, weights, post) - learner_score(l, 0, weights, &l->posts[plain]);
        double wanted = exclusive != 0 ? 0 : (double)MODEL_PART * (best - whole);
        assert_true(fabs(more - wanted) < 1e-6);
        learner_free(l);
    }
}

/* Where every post has an answer there is nothing to learn of that. */
static void nothing_is_common_where_all_have_some(void **state)
{
    (void)state;
    struct err e;
    struct learner *l = learner_of(POSTS, 1, 3, false);
    learner_common(l, 0, 0.5);
    assert_true(learner_run(l, &e));
    assert_null(l->questions[0].some[3]);
    struct learner *plain = learner_of(POSTS, 1, 3, false);
    assert_true(learner_run(plain, &e));
    struct buf with = bytes_of(l), without = bytes_of(plain);
    assert_true(str_equal(buf_str(&with), buf_str(&without)));
    buf_free(&with);
    buf_free(&without);
    learner_free(plain);
    learner_free(l);
}

/* The mean probability of an answer, of the posts that some fold has scored. */
static double mean_of(const struct learner *l, size_t a)
{
    const struct answer *answer = &l->questions[0].answers[a];
    double sum = 0, count = 0;
    for (size_t i = 0; i < POSTS; i++) {
        if (isnan(answer->scores[i]))
            continue;
        sum += learner_probability(answer, answer->scores[i]);
        count++;
    }
    return sum / count;
}

/* Five posts, with a word of their own or with none, and whatever the draw. */
static void probabilities_of_a_rare_label_are_near_its_share(void **state)
{
    (void)state;
    struct err e;
    for (uint64_t seed = 0; seed < 8; seed++) {
        bool told = seed % 2 == 0; /* by a word */
        struct learner *l = learner_of(POSTS, 1, 5, false);
        l->settings.seed = seed;
        size_t rare = learner_answer(l, 0, "rare");
        for (size_t i = 0; i < 5; i++) {
            learner_label(l, 7 * i, 0, 1u << sample(7 * i).kind | 1u << rare);
            for (size_t k = 0; told && k < l->posts[7 * i].count; k++)
                l->posts[7 * i].features[k].id = (uint32_t)(5001 + 2 * k);
        }
        assert_true(learner_run(l, &e));
        assert_true(fabs(mean_of(l, rare) - 5.0 / POSTS) < 0.5 * 5.0 / POSTS);
        struct learned figures = learner_figures(l, rare);
        assert_int_equal(figures.posts, 5);
        assert_true(!told || figures.right == 5);
        learner_free(l);
    }
}

/* Of five posts in two folds one fold at least leaves too few: those that it would have scored
 * neither calibrate nor set thresholds. */
static void what_no_fold_has_scored_does_not_calibrate(void **state)
{
    (void)state;
    struct err e;
    struct learner *l = learner_of(POSTS, 1, 2, false);
    size_t rare = learner_answer(l, 0, "rare");
    for (size_t i = 0; i < 5; i++)
        learner_label(l, i, 0, 1u << sample(i).kind | 1u << rare);
    assert_true(learner_run(l, &e));
    const struct answer *answer = &l->questions[0].answers[rare];
    for (size_t i = 0; i < POSTS; i++)
        assert_true(isnan(answer->scores[i]));
    struct learned figures = learner_figures(l, rare);
    assert_true(figures.flat && !figures.lacking);
    assert_int_equal(figures.missed, 5);
    assert_int_equal(figures.wrong, 0);
    assert_true(fabs(learner_probability(answer, 0) - 5.0 / POSTS) < 0.005);
    assert_true(fabs(learner_probability(answer, 2) - 5.0 / POSTS) < 0.01);
    learner_free(l);
}

/* ---- too little ---- */

static void too_few_posts_are_an_error(void **state)
{
    (void)state;
    struct err e;
    struct learner *l = learner_of(9, 1, 2, true);
    assert_false(learner_run(l, &e));
    assert_string_equal(e.text, "9 labelled posts are too few to learn from");
    learner_free(l);
    l = learner_of(12, 1, 2, true); /* four of each kind */
    assert_false(learner_run(l, &e));
    assert_string_equal(e.text, "no label is on 5 posts, and not on all: nothing to learn from");
    learner_free(l);
}

static void a_label_of_all_posts_is_an_error(void **state)
{
    (void)state;
    struct err e;
    struct learner_settings settings = {.threads = 1, .cost = 1, .rules = "r", .tokens = "t"};
    struct learner *l = learner_new(&settings);
    size_t q = learner_question(l, "topic", true);
    size_t only = learner_answer(l, q, "price");
    for (size_t i = 0; i < 40; i++) {
        struct sample s = sample(i);
        learner_label(l, post_of(l, &s), q, 1u << only);
    }
    assert_false(learner_run(l, &e));
    learner_free(l);
}

/* A label of four posts among many is told as lacking, and left to others to answer; so is
 * a question of which nothing is known. */
static void what_is_too_rare_is_left_out(void **state)
{
    (void)state;
    struct err e;
    struct model m;
    struct learner *l = learner_of(POSTS, 1, 4, false);
    size_t rare = learner_answer(l, 0, "rare");
    learner_answer(l, learner_question(l, "weather", true), "fine");
    for (size_t i = 0; i < 4; i++)
        learner_label(l, i, 0, 1u << sample(i).kind | 1u << rare);
    assert_true(learner_run(l, &e));
    assert_true(learner_figures(l, rare).lacking);
    assert_int_equal(learner_figures(l, rare).posts, 4);
    struct buf bytes = bytes_of(l);
    learner_free(l);
    assert_true(model_open(&m, path, "rules-1", "tokens-1", &e));
    assert_int_equal(m.header->questions, 1);
    assert_int_equal(model_question(&m, "topic")->count, KINDS);
    assert_null(model_question(&m, "weather"));
    model_close(&m);
    buf_free(&bytes);
}

/* Of answers of which one holds a rare one stays, and never holds. */
static void a_rare_answer_of_which_one_holds_never_does(void **state)
{
    (void)state;
    struct err e;
    struct model m;
    struct learner *l = learner_of(POSTS, 1, 4, true);
    size_t rare = learner_answer(l, 0, "rare");
    for (size_t i = 0; i < 4; i++)
        learner_label(l, i, 0, 1u << rare);
    assert_true(learner_run(l, &e));
    struct buf bytes = bytes_of(l);
    learner_free(l);
    assert_true(model_open(&m, path, "rules-1", "tokens-1", &e));
    assert_int_equal(model_question(&m, "topic")->count, KINDS + 1);
    for (size_t i = 0; i < POSTS; i++) {
        struct sample s = sample(i);
        float sums[MODEL_ANSWERS], p[MODEL_ANSWERS];
        ask(&m, &s, sums);
        model_probabilities(&m, model_question(&m, "topic"), sums, p);
        assert_true(p[rare] < 0.01f);
    }
    model_close(&m);
    buf_free(&bytes);
}

static void too_many_labels_are_told(void **state)
{
    (void)state;
    struct learner_settings settings = {.threads = 1};
    struct learner *l = learner_new(&settings);
    size_t q = learner_question(l, "topic", false);
    char name[16];
    for (size_t i = 0; i < LEARNER_ANSWERS; i++) {
        snprintf(name, sizeof name, "label-%zu", i);
        assert_int_equal(learner_answer(l, q, name), i);
    }
    assert_true(learner_answer(l, q, "one more") == SIZE_MAX);
    assert_int_equal(learner_answer(l, q, "label-3"), 3);
    assert_int_equal(learner_answer_count(l, q), LEARNER_ANSWERS);
    learner_free(l);
}

/* ---- what is no model ---- */

static void other_rules_and_tokens_are_refused(void **state)
{
    (void)state;
    struct err e;
    struct buf bytes = learned(1, true);
    assert_true(opens("rules-1", "tokens-1", &e));
    assert_false(opens("rules-2", "tokens-1", &e));
    assert_non_null(
        strstr(e.text, "(from invented posts) was made with other rules; train it anew"));
    assert_false(opens("rules-1", "tokens-2", &e));
    assert_non_null(strstr(e.text, "was made with another dictionary; train it anew"));
    buf_free(&bytes);
}

static void a_cut_file_is_refused(void **state)
{
    (void)state;
    struct err e;
    struct buf bytes = learned(1, true);
    for (size_t len = 0; len < bytes.len; len += 1 + len / 50) {
        put(bytes.data, len);
        assert_false(opens("rules-1", "tokens-1", &e));
    }
    put(bytes.data, bytes.len - 1);
    assert_false(opens("rules-1", "tokens-1", &e));
    buf_add_char(&bytes, '\0');
    put(bytes.data, bytes.len);
    assert_false(opens("rules-1", "tokens-1", &e));
    unlink(path);
    assert_false(opens("rules-1", "tokens-1", &e));
    assert_non_null(strstr(e.text, path));
    put("", 0);
    buf_free(&bytes);
}

/* Any bit anywhere: of the header, of the weights, of the names. */
static void a_changed_byte_is_refused(void **state)
{
    (void)state;
    struct err e;
    struct buf bytes = learned(1, true);
    for (size_t at = 0; at < bytes.len; at += at < sizeof(struct model_header) ? 1 : 97) {
        bytes.data[at] = (char)(bytes.data[at] ^ 4);
        put(bytes.data, bytes.len);
        assert_false(opens("rules-1", "tokens-1", &e));
        bytes.data[at] = (char)(bytes.data[at] ^ 4);
    }
    put(bytes.data, bytes.len);
    assert_true(opens("rules-1", "tokens-1", &e));
    buf_free(&bytes);
}

/* What is whole by its hash and yet leads outside. */
static void a_forged_file_is_refused(void **state)
{
    (void)state;
    struct err e;
    struct buf bytes = learned(1, true);
    struct model_header *h = (void *)bytes.data;
    struct model_question *q = (void *)(bytes.data + sizeof *h);
    struct str content = {bytes.data + sizeof *h, bytes.len - sizeof *h};
    struct model_question kept = *q;
    const struct model_question forged[] = {
        {kept.name, UINT32_MAX, 2, 1},
        {kept.name, 1, h->answers, 1},
        {kept.name, 0, 0, 1},
        {h->string_bytes, 0, h->answers, 1},
    };
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        *q = forged[i];
        h->hash = model_hash(h, content);
        put(bytes.data, bytes.len);
        assert_false(opens("rules-1", "tokens-1", &e));
    }
    *q = kept;
    h->hash = model_hash(h, content);
    put(bytes.data, bytes.len);
    assert_true(opens("rules-1", "tokens-1", &e));
    h->version++;
    h->hash = model_hash(h, content);
    put(bytes.data, bytes.len);
    assert_false(opens("rules-1", "tokens-1", &e));
    assert_non_null(strstr(e.text, "no model of this version"));
    buf_free(&bytes);
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    close(fd);
    return fd < 0;
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_what_can_be_told_apart),
        cmocka_unit_test(the_same_posts_give_the_same_bytes),
        cmocka_unit_test(a_model_says_what_was_learned),
        cmocka_unit_test(a_feature_of_no_post_changes_nothing),
        cmocka_unit_test(few_are_alarmed_in_vain),
        cmocka_unit_test(what_is_common_counts_for_each),
        cmocka_unit_test(a_part_counts_as_much_as_the_whole),
        cmocka_unit_test(nothing_is_common_where_all_have_some),
        cmocka_unit_test(probabilities_of_a_rare_label_are_near_its_share),
        cmocka_unit_test(what_no_fold_has_scored_does_not_calibrate),
        cmocka_unit_test(too_few_posts_are_an_error),
        cmocka_unit_test(a_label_of_all_posts_is_an_error),
        cmocka_unit_test(what_is_too_rare_is_left_out),
        cmocka_unit_test(a_rare_answer_of_which_one_holds_never_does),
        cmocka_unit_test(too_many_labels_are_told),
        cmocka_unit_test(other_rules_and_tokens_are_refused),
        cmocka_unit_test(a_cut_file_is_refused),
        cmocka_unit_test(a_changed_byte_is_refused),
        cmocka_unit_test(a_forged_file_is_refused),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
