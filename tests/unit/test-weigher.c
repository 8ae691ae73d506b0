/*
 * Weighing words: what is found out once for a word, and what is asked of a post, come to
 * what the learner was told of it.
 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/files.h"
#include "base/mem.h"
#include "judge/rules.h"
#include "judge/weigher.h"
#include "total.h"

static struct rules rules;
static struct token_model *tokens;
static struct tokenizer *tokenizer;
static struct model model;
static struct matching matching;
static const float no_numbers[NUMERICS];

static const char *const texts[] = {
    "買ったサラダに虫が入ってた。店員に言ったら笑われた",
    "虫、虫、虫。もう買わない https://example.com/x @shop #虫",
    "ｱﾌﾟﾘがひらかなーーーい😭😭 サーバー落ちてる？",
    "",
    "w",
    "（´；ω；｀）ｳｯ…",
};
#define TEXTS (sizeof texts / sizeof *texts)

static int open_all(void **state)
{
    (void)state;
    struct err e;
    tokens = token_model_new(&(struct token_options){.dictionary = NULL}, &e);
    tokenizer = tokens != NULL ? tokenizer_new(tokens, &e) : NULL;
    char *path = data_path(MODEL_FILE);
    bool ok = tokenizer != NULL && rules_open(&rules, &e) &&
              model_open(&model, path, rules.id, token_model_id(tokens), &e);
    free(path);
    return ok ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    matching_free(&matching);
    tokenizer_free(tokenizer);
    token_model_free(tokens);
    rules_close(&rules);
    model_close(&model);
    return 0;
}

/* Lays out a text, its tokens numbered from `kind` (0: without numbers). */
static struct token *lay_out(const char *text, uint32_t kind)
{
    struct token_list list = tokenizer_run(tokenizer, str_of(text));
    struct token *copy = mem_alloc(list.count * sizeof *copy + 1);
    for (size_t i = 0; i < list.count; i++) {
        copy[i] = list.tokens[i];
        for (size_t k = 0; kind != 0 && copy[i].kind == 0 && k < i; k++)
            if (str_equal(copy[k].surface, copy[i].surface) &&
                str_equal(copy[k].pos, copy[i].pos) && str_equal(copy[k].base, copy[i].base))
                copy[i].kind = copy[k].kind;
        if (kind != 0 && copy[i].kind == 0)
            copy[i].kind = kind + (uint32_t)i;
    }
    matching_run(&matching, &rules, token_model_normal(tokens), str_of(text), copy, list.count);
    return copy;
}

/* What a learner is told of the post, added up: the whole, and its parts. */
struct learned {
    struct model_total total, parts[FEATURE_PARTS];
    size_t part_count;
};

static struct learned learned_of_post(void)
{
    struct features features = {0};
    struct word_pairs pairs = {0};
    struct learned l = {.part_count = 0};
    features_take(&features, &matching, token_model_normal(tokens), &pairs);
    l.total.times = (double)features.times;
    for (size_t i = 0; i < features.count; i++)
        for (uint32_t k = 0; k < features.list[i].times; k++)
            total_add(&l.total, &model, features.list[i].id);
    for (size_t i = 0; i < features.placed_count; i++) {
        const struct placed_feature *f = &features.placed[i];
        l.part_count = f->part >= l.part_count ? f->part + 1 : l.part_count;
        l.parts[f->part].times = 1;
        total_add(&l.parts[f->part], &model, f->id);
    }
    features_free(&features);
    word_pairs_free(&pairs);
    return l;
}

static void asked_sums(struct weigher *w, const struct sieve *sieve, float *sums)
{
    struct word_pairs pairs = {0};
    word_pairs_take(&pairs, &matching, sieve);
    weigher_run(w, &matching, &pairs, no_numbers, sums);
    word_pairs_free(&pairs);
}

static void comes_to_what_was_learned(void **state)
{
    (void)state;
    static struct sieve sieve;
    struct weigher *w = weigher_new(&model, token_model_normal(tokens));
    model_sieve(&model, &sieve);
    for (int round = 0; round < 6; round++) /* numbered, known by number, without numbers; sieved */
        for (size_t i = 0; i < TEXTS; i++) {
            float learned[MODEL_ANSWERS], asked[MODEL_ANSWERS];
            uint32_t kind = round % 3 < 2 ? 1 + 100 * (uint32_t)i : 0;
            struct token *copy = lay_out(texts[i], kind);
            struct learned l = learned_of_post();
            model_sum(&model, &l.total, l.parts, l.part_count, no_numbers, learned);
            asked_sums(w, round < 3 ? NULL : &sieve, asked);
            for (uint32_t a = 0; a < model.header->answers; a++)
                assert_true(fabsf(learned[a] - asked[a]) < 0.02f); /* squares are rounded */
            free(copy);
        }
    weigher_free(w);
}

/* The pairs of a text; the caller frees them. */
static struct word_pairs pairs_of(const char *text)
{
    struct word_pairs pairs = {0};
    struct token *copy = lay_out(text, 0);
    word_pairs_take(&pairs, &matching, NULL);
    free(copy);
    return pairs;
}

static size_t pairs_not_in(const struct word_pairs *p, const struct word_pairs *other)
{
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        bool known = false;
        for (size_t k = 0; k < other->count; k++)
            known = known || p->list[i].id == other->list[k].id;
        count += !known;
    }
    return count;
}

/* Neighbours, runs across seams (a word of one character has two seams, and the run over both
 * is one), and the words where the post begins and ends and its sentence ends. */
static void pairs_are_counted(void **state)
{
    (void)state;
    struct word_pairs open = pairs_of("虫が出た"), closed = pairs_of("虫が出た。");
    assert_int_equal(open.count, 4 + 1 + 3 + 2 + 2 + 3 + 2);
    assert_int_equal(closed.count, open.count + 3);
    /* that が is among the last three; that a sentence ends in 出|た both know */
    assert_int_equal(pairs_not_in(&open, &closed), 1);
    /* 。 beside た, 。 and た。 and 出た。 across the seam, and 。 at the end */
    assert_int_equal(pairs_not_in(&closed, &open), 4);
    struct word_pairs address = pairs_of("虫 https://example.com/x");
    for (size_t i = 0; i < address.count; i++) /* of no address's characters is a run made */
        assert_true(address.list[i].first == address.list[i].last || address.list[i].first == 0);
    word_pairs_free(&open);
    word_pairs_free(&closed);
    word_pairs_free(&address);
}

/* A sentence is a part, with the marks behind it; many are no more than there is room for. */
static void sentences_are_parts(void **state)
{
    (void)state;
    static const uint32_t wanted[TEXTS] = {2, 2, 1, 0, 1, 1};
    for (size_t i = 0; i < TEXTS; i++) {
        struct word_pairs pairs = pairs_of(texts[i]);
        assert_int_equal(pairs.parts, wanted[i]);
        for (uint32_t k = 0; k < matching.token_count; k++) {
            uint32_t before = k > 0 ? pairs.part_of[k - 1] : 0;
            assert_true(pairs.part_of[k] == before || pairs.part_of[k] == before + 1);
        }
        if (pairs.parts > 0)
            assert_int_equal(pairs.part_of[matching.token_count - 1], pairs.parts - 1);
        word_pairs_free(&pairs);
    }
    struct buf many = {0};
    for (int i = 0; i < 3 * FEATURE_PARTS; i++)
        buf_add_str(&many, STR("虫だ。"));
    struct word_pairs pairs = pairs_of(buf_text(&many));
    assert_int_equal(pairs.parts, FEATURE_PARTS);
    assert_int_equal(pairs.part_of[matching.token_count - 1], FEATURE_PARTS - 1);
    word_pairs_free(&pairs);
    buf_free(&many);
}

/* Shares of an answer add up to what all words and pairs weigh for it. */
static void shares_are_of_the_whole(void **state)
{
    (void)state;
    struct weigher *w = weigher_new(&model, token_model_normal(tokens));
    for (size_t i = 0; i < TEXTS; i++) {
        float sums[MODEL_ANSWERS], shares[64];
        struct word_pairs pairs = {0};
        struct token *copy = lay_out(texts[i], 1 + 100 * (uint32_t)i);
        assert_true(matching.token_count <= 64);
        word_pairs_take(&pairs, &matching, NULL);
        weigher_run(w, &matching, &pairs, no_numbers, sums);
        struct learned l = learned_of_post();
        for (uint32_t a = 0; a < model.header->answers; a++) {
            float whole = 0, wanted = (float)l.total.sums[a], more;
            size_t best = model_best_part(&model, &l.total, l.parts, l.part_count, a, &more);
            if (best != SIZE_MAX)
                wanted += (more - 1) * (float)l.parts[best].sums[a];
            weigher_shares(w, &matching, &pairs, a, shares);
            for (uint32_t k = 0; k < matching.token_count; k++)
                whole += shares[k];
            assert_true(fabsf(whole - wanted) < 0.02f * (1 + fabsf(wanted)));
        }
        word_pairs_free(&pairs);
        free(copy);
    }
    weigher_free(w);
}

/* A word that never ends weighs no more than a number holds. */
static void a_long_word_is_no_danger(void **state)
{
    (void)state;
    struct weigher *w = weigher_new(&model, token_model_normal(tokens));
    struct buf text = {0};
    for (int i = 0; i < 50000; i++)
        buf_add_str(&text, STR("虫"));
    struct token one = {.surface = buf_str(&text), .pos = STR("名詞"), .base = buf_str(&text)};
    float sums[MODEL_ANSWERS];
    for (uint32_t kind = 0; kind < 2; kind++) {
        one.kind = kind;
        matching_run(&matching, &rules, token_model_normal(tokens), buf_str(&text), &one, 1);
        asked_sums(w, NULL, sums);
        for (uint32_t a = 0; a < model.header->answers; a++)
            assert_true(isfinite(sums[a]));
    }
    weigher_free(w);
    buf_free(&text);
}

static void count_feature(void *data, uint32_t id)
{
    (void)id;
    ++*(size_t *)data;
}

/* However long a word is, what it weighs is found out in bounded time, and the sums of its
 * features are no larger than a number holds. */
static void of_a_long_word_the_beginning_counts(void **state)
{
    (void)state;
    struct normal_text surface = {0};
    struct buf text = {0};
    for (size_t codes = 1; codes <= 2 * FEATURE_CODES; codes++) {
        buf_add_str(&text, STR("虫"));
        if (codes % FEATURE_CODES > 1 && codes % FEATURE_CODES + 1 < FEATURE_CODES)
            continue;
        struct token token = {.surface = buf_str(&text), .base = STR("虫")};
        struct word word = {.is = WORD_KNOWN};
        size_t counted = codes < FEATURE_CODES ? codes : FEATURE_CODES, found = 0;
        feature_word(&token, &word, token_model_normal(tokens), &surface, count_feature, &found);
        assert_int_equal(found, counted == 1 ? 2 : 1 + 3 * counted - 3);
    }
    normal_text_free(&surface);
    buf_free(&text);
}

/* What marks are is found out without the kinds of entities, which records do not have. */
static void knows_what_marks_are(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t is;
    } marks[] = {
        {"すげえw", WORD_LAUGHTER},
        {"すげえＷＷｗ", WORD_LAUGHTER},
        {"すげえ（苦笑）", WORD_LAUGHTER},
        {"すげえ草草", WORD_LAUGHTER},
        {"すげえ☀️", WORD_EMOJI},
        {"すげえ🇯🇵", WORD_EMOJI},
        {"＃すげえ", WORD_HASHTAG},
        {"＠ab すげえ", WORD_MENTION | WORD_ADDRESS},
        {"www.example.com", WORD_URL | WORD_ADDRESS},
        {"すげえ(^_^)、##@@", 0},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        free(lay_out(marks[i].text, 0));
        assert_int_equal(matching.words.any & (WORD_LAUGHTER | WORD_EMOJI | WORD_HASHTAG |
                                               WORD_MENTION | WORD_URL | WORD_ADDRESS),
                         marks[i].is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_to_what_was_learned),
        cmocka_unit_test(pairs_are_counted),
        cmocka_unit_test(sentences_are_parts),
        cmocka_unit_test(shares_are_of_the_whole),
        cmocka_unit_test(a_long_word_is_no_danger),
        cmocka_unit_test(of_a_long_word_the_beginning_counts),
        cmocka_unit_test(knows_what_marks_are),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
