/* lib/judge: keys against brute force; the lemma form; what stands where in a post
 * and what becomes of it. */
#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "judge/judge.h"
#include "judge/lemma.h"
#include "judge/tone.h"

static struct token_model *model;
static struct tokenizer *tokenizer;
static struct rules rules;
static struct judge *judge;

static int open_judge(void **state)
{
    (void)state;
    struct err e;
    struct token_options options = {.dictionary = NULL};
    model = token_model_new(&options, &e);
    tokenizer = model != NULL ? tokenizer_new(model, &e) : NULL;
    if (tokenizer == NULL || !rules_open(&rules, &e)) {
        print_error("# %s\n", e.text);
        return 1;
    }
    judge = judge_new(&rules, token_model_normal(model), NULL, NULL);
    return 0;
}

static int close_judge(void **state)
{
    (void)state;
    judge_free(judge);
    rules_close(&rules);
    tokenizer_free(tokenizer);
    token_model_free(model);
    return 0;
}

/* ---- keys ---- */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* The values of the keys that stand at the beginning of a text, the shortest first. */
static size_t look_up(const struct keyset *k, struct str text, uint32_t *values)
{
    uint64_t opening = 0;
    size_t count = 0, at = 0, length, behind;
    for (int codes = 1; codes <= KEY_OPENING && at < text.len; codes++) {
        opening = key_opening_add(opening, utf8_code(text.ptr + at, &length));
        at += length;
        uint32_t tails = keyset_may_open(k, opening) ? keyset_open(k, opening) : 0, value;
        struct str rest = str_from(text, at);
        while ((value = keyset_next(k, &tails, rest, key_head(rest), &behind)) != 0)
            values[count++] = value;
    }
    return count;
}

static int compare_keys(const void *a, const void *b)
{
    return str_compare(((const struct key *)a)->key, ((const struct key *)b)->key);
}

#define KEYS    5000u
#define LONGEST 9

static struct str random_key(uint32_t *random, size_t most)
{
    static const char *const letters[] = {"\x01", "a", "é", "あ", "漢", "👍"};
    struct buf key = {0};
    for (size_t left = 1 + next_random(random) % most; left > 0; left--)
        buf_add_text(&key, letters[next_random(random) % 6]);
    struct str made = {mem_string(buf_str(&key)), key.len};
    buf_free(&key);
    return made;
}

/* Few letters make many common beginnings. */
static void finds_the_keys_and_no_others(void **state)
{
    (void)state;
    struct key *keys = mem_alloc(KEYS * sizeof *keys);
    uint32_t random = 7, count = 0;
    for (uint32_t i = 0; i < KEYS; i++)
        keys[i] = (struct key){random_key(&random, LONGEST), 0};
    qsort(keys, KEYS, sizeof *keys, compare_keys);
    struct key *distinct = mem_alloc(KEYS * sizeof *keys), *given = mem_alloc(KEYS * sizeof *keys);
    for (uint32_t i = 0; i < KEYS; i++)
        if (i == 0 || !str_equal(keys[i].key, keys[i - 1].key))
            distinct[count++] = (struct key){keys[i].key, i + 1};
    memcpy(given, distinct, count * sizeof *given);
    struct buf tails = {0};
    struct keyset set = {.bits = NULL};
    uint64_t *bits = mem_zero(KEY_BIT_WORDS, sizeof *bits);
    struct key_opening *openings = keyset_build(given, count, bits, &set.opening_count, &tails);
    set.openings = openings;
    set.bits = bits;
    set.tails = tails.data;
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t values[LONGEST + 4], wanted[LONGEST + 4];
        struct str text = i < count ? distinct[i].key : random_key(&random, LONGEST + 3);
        size_t found = look_up(&set, text, values), known = 0, length;
        for (size_t end = 0; end < text.len;) {
            utf8_code(text.ptr + end, &length);
            end += length;
            struct key begun = {{text.ptr, end}, 0};
            const struct key *key =
                bsearch(&begun, distinct, count, sizeof *distinct, compare_keys);
            if (key != NULL)
                wanted[known++] = key->value;
        }
        assert_int_equal(found, known);
        assert_memory_equal(values, wanted, known * sizeof *wanted);
        if (i >= count)
            free((char *)(uintptr_t)text.ptr);
    }
    for (uint32_t i = 0; i < KEYS; i++)
        free((char *)(uintptr_t)keys[i].key.ptr);
    free(keys);
    free(distinct);
    free(given);
    free(openings);
    free(bits);
    buf_free(&tails);
}

static void builds_an_empty_set(void **state)
{
    (void)state;
    struct buf tails = {0};
    struct keyset set = {.bits = NULL};
    uint64_t *bits = mem_zero(KEY_BIT_WORDS, sizeof *bits);
    uint32_t values[4];
    struct key_opening *openings = keyset_build(NULL, 0, bits, &set.opening_count, &tails);
    set.openings = openings;
    set.bits = bits;
    assert_int_equal(keyset_open(&set, 'a'), 0);
    assert_int_equal(look_up(&set, STR("a"), values), 0);
    free(openings);
    free(bits);
}

/* ---- lemma form ---- */

static void check_lemma(const char *text, const char *wanted)
{
    struct buf lemma = {0};
    struct token_list list = tokenizer_run(tokenizer, str_of(text));
    for (size_t i = 0; i < list.count; i++)
        buf_add_str(&lemma, lemma_of(&list.tokens[i], i > 0 ? &list.tokens[i - 1] : NULL));
    assert_str(buf_str(&lemma), wanted);
    buf_free(&lemma);
}

static void leaves_style_out_of_the_lemma_form(void **state)
{
    (void)state;
    check_lemma("虫が入る", "虫入る");
    check_lemma("虫が入ってます", "虫入る");
    check_lemma("虫入っていました", "虫入るた");
    check_lemma("届きません", "届くない");
    check_lemma("届かなかった", "届くないた");
    check_lemma("届かず", "届くない");
}

/* ---- judging ---- */

static struct verdict judged(const char *text)
{
    struct verdict v;
    struct token_list list = tokenizer_run(tokenizer, str_of(text));
    struct post_facts post = {.text = str_of(text),
                              .tokens = list.tokens,
                              .token_count = list.count,
                              .reposts = -1,
                              .views = -1};
    judge_post(judge, &post, &v);
    for (size_t i = 0; i < v.why_count; i++)
        assert_true(v.why[i].at < v.why[i].end && v.why[i].end <= post.text.len);
    return v;
}

static void check_label(const char *text, enum label label, bool wanted)
{
    struct verdict v = judged(text);
    if (((v.labels & LABEL_BIT(label)) != 0) != wanted)
        fail_msg("%s: %s is %s", text, label_name(label), wanted ? "missing" : "there");
}

static void joins_parts_within_a_sentence(void **state)
{
    (void)state;
    check_label("冷凍庫で寝転ぶバイト", LABEL_MISCONDUCT, true);
    check_label("寝転ぶバイトと冷凍庫", LABEL_MISCONDUCT, false);
    check_label("冷凍庫を買った。居間で寝転ぶ", LABEL_MISCONDUCT, false);
    check_label("冷凍庫が大きくて安くて静かで白くて軽くて丈夫で長持ちなので満足して居間で寝転ぶ",
                LABEL_MISCONDUCT, false);
}

/* What one post leaves in the tables must not show in the next. */
static void forgets_the_post_before(void **state)
{
    (void)state;
    static const char *const texts[] = {"社長の発言が炎上", "発言が炎上", "炎上した発言", "発言",
                                        "社長が炎上"};
    struct verdict first[5];
    for (int i = 0; i < 5; i++)
        first[i] = judged(texts[i]);
    for (int round = 0; round < 20; round++)
        for (int i = 4; i >= 0; i--) {
            struct verdict again = judged(texts[(i + round) % 5]);
            assert_int_equal(again.labels, first[(i + round) % 5].labels);
            assert_true(again.score == first[(i + round) % 5].score);
        }
}

static void turns_and_cancels_by_negation(void **state)
{
    (void)state;
    assert_int_equal(judged("このケーキは美味しい").tone, TONE_POSITIVE);
    assert_int_equal(judged("このケーキは美味しくない").tone, TONE_NEGATIVE);
    assert_int_equal(judged("このケーキは美味しくなかった").tone, TONE_NEGATIVE);
    assert_int_equal(judged("思ったより良くなかった").tone, TONE_NEGATIVE);
    assert_int_equal(judged("お金がないわけではない").tone, TONE_NEUTRAL);
    assert_int_equal(judged("コンセントが少ないです").tone, TONE_NEGATIVE);
    assert_true(judged("まずくはない").tone != TONE_NEGATIVE);
    check_label("異物混入はなかった", LABEL_CONTAMINATION, false);
    check_label("異物混入ではありませんでした", LABEL_CONTAMINATION, false);
    check_label("異物混入があった", LABEL_CONTAMINATION, true);
}

static void leaves_out_what_only_looks_like_it(void **state)
{
    (void)state;
    assert_int_equal(judged("虫がいい話だね").labels & LABELS_RISKS, 0);
    assert_int_equal(judged("先発が初回に炎上した").labels & LABELS_RISKS, 0);
    assert_int_equal(judged("爆発的に売れる").labels & LABELS_RISKS, 0);
    assert_int_equal(judged("もし異物混入があったら").labels & LABELS_RISKS, 0);
}

static void counts_a_hint_once(void **state)
{
    (void)state;
    assert_int_equal(judged("電凸").labels & LABEL_BIT(LABEL_CALL_IN), 0);
    assert_int_equal(judged("電凸、電凸、電凸").labels & LABEL_BIT(LABEL_CALL_IN), 0);
}

/* One sentence of many hits, many sentences of one: seconds would mean squares. */
static void takes_time_in_proportion(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "最悪", "ひどい。", "良くないわけではない", "社長発言炎上", "虫がいい", "かな", "最高けど"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf text = {0};
        while (text.len < 300000)
            buf_add_text(&text, pieces[i]);
        judged(buf_text(&text));
        buf_free(&text);
    }
    struct buf text = {0};
    while (text.len < 300000)
        buf_add_text(&text, "けど");
    while (text.len < 600000)
        buf_add_text(&text, "、");
    judged(buf_text(&text));
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_keys_and_no_others),
        cmocka_unit_test(builds_an_empty_set),
        cmocka_unit_test(leaves_style_out_of_the_lemma_form),
        cmocka_unit_test(joins_parts_within_a_sentence),
        cmocka_unit_test(forgets_the_post_before),
        cmocka_unit_test(turns_and_cancels_by_negation),
        cmocka_unit_test(leaves_out_what_only_looks_like_it),
        cmocka_unit_test(counts_a_hint_once),
        cmocka_unit_test(takes_time_in_proportion),
    };
    return cmocka_run_group_tests(tests, open_judge, close_judge);
}
