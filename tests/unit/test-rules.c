/*
 * lib/judge's tables, row by row: the rules of each find the pattern that the row tells, and
 * do not find it in the same characters backwards; and each row of the tables of labels,
 * exclusions and cues holds in its own example and not in its counterexample.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/table.h"
#include "base/utf8.h"
#include "judge/judge.h"
#include "judge/parts.h"
#include "text/token.h"

static struct rules rules;
static struct token_model *model;
static struct tokenizer *tokenizer;
static struct matching matching;

static int open_rules(void **state)
{
    (void)state;
    struct err e;
    model = token_model_new(&(struct token_options){.dictionary = NULL}, &e);
    tokenizer = model != NULL ? tokenizer_new(model, &e) : NULL;
    return tokenizer != NULL && rules_open(&rules, &e) ? 0 : -1;
}

static int close_rules(void **state)
{
    (void)state;
    matching_free(&matching);
    tokenizer_free(tokenizer);
    token_model_free(model);
    rules_close(&rules);
    return 0;
}

static void match(struct str text)
{
    struct token_list list = tokenizer_run(tokenizer, text);
    matching_run(&matching, &rules, token_model_normal(model), text, list.tokens, list.count);
}

/* Was the rule found, or one of another row with the same pattern and meaning? */
static bool found(const struct rule *rule)
{
    if (rule->table == RULE_GROUP)
        return (matching.groups >> rule->what & 1) != 0;
    for (size_t i = 0; i < matching.hit_count; i++)
        if (matching.hits[i].rule == rule)
            return true;
    return false;
}

/* A text that the pattern speaks of: A*B is A and later B. */
static void add_example(struct buf *to, const struct rule *rule)
{
    struct str pattern = str_of(rule_pattern(&rules, rule)), part;
    if (pattern.len > 1 && pattern.ptr[0] == '=' && rule->parts > 0)
        pattern = str_from(pattern, 1);
    buf_clear(to);
    if (rule->parts < 2) {
        buf_add_str(to, pattern);
        return;
    }
    while (pattern.len > 0) {
        part = str_cut(pattern, '*', &pattern);
        buf_add_str(to, part);
        if (part.len > 0 && pattern.len > 0)
            buf_add_text(to, "、");
    }
}

static void each_row_finds_its_pattern(void **state)
{
    (void)state;
    struct buf text = {0};
    size_t missed = 0;
    for (uint32_t i = 0; i < rules.rule_count; i++) {
        add_example(&text, &rules.rules[i]);
        match(buf_str(&text));
        if (!found(&rules.rules[i])) {
            print_message("# table %d: %s\n", rules.rules[i].table,
                          rule_pattern(&rules, &rules.rules[i]));
            missed++;
        }
    }
    buf_free(&text);
    assert_int_equal(missed, 0);
}

/* The characters of a text from the last to the first. */
static void turn(struct str text, struct buf *to)
{
    size_t length, count = 0, *starts = mem_alloc((text.len + 1) * sizeof *starts);
    buf_clear(to);
    for (size_t at = 0; at < text.len; at += length) {
        starts[count++] = at;
        utf8_code(text.ptr + at, &length);
    }
    for (size_t end = text.len; count > 0; end = starts[count]) {
        count--;
        buf_add(to, text.ptr + starts[count], end - starts[count]);
    }
    free(starts);
}

/* Does the normalised text hold it after all (it reads the same from both ends, ちゃち), or
 * MeCab a word of it (い快 has the stem of 快い)? */
static bool stands_there(struct str text)
{
    struct normal_text wanted = {0};
    normal_analysis(token_model_normal(model), text, &wanted);
    struct str part = buf_str(&wanted.text);
    bool there = str_find(buf_str(&matching.normal.text), part) >= 0;
    for (uint32_t i = 0; i < matching.token_count && !there; i++)
        there = str_equal(matching.tokens[i].base, part);
    normal_text_free(&wanted);
    return there;
}

static void no_row_finds_it_backwards(void **state)
{
    (void)state;
    struct buf text = {0}, backwards = {0};
    size_t missed = 0;
    for (uint32_t i = 0; i < rules.rule_count; i++) {
        add_example(&text, &rules.rules[i]);
        turn(buf_str(&text), &backwards);
        match(buf_str(&backwards));
        if (found(&rules.rules[i]) && !stands_there(buf_str(&text))) {
            print_message("# table %d: %s in %s\n", rules.rules[i].table,
                          rule_pattern(&rules, &rules.rules[i]), buf_text(&backwards));
            missed++;
        }
    }
    buf_free(&text);
    buf_free(&backwards);
    assert_true(missed * 1000 < rules.rule_count); /* base forms of other words: この店, 店のこ */
}

/* ---- examples ---- */

static struct judge *judge;

static void judge_text(struct str text, struct verdict *v)
{
    struct token_list list = tokenizer_run(tokenizer, text);
    struct post_facts post = {
        .text = text, .tokens = list.tokens, .token_count = list.count, .reposts = -1, .views = -1};
    judge_post(judge, &post, v);
}

/* Does a cue stand there that counts, though one that only looks so should hide it: 車が|炎上|している? */
static bool shows_through(const struct matching *m, const struct hit *cover)
{
    if (cover->rule->table != RULE_CUE || cover->rule->weight > 0 ||
        cover->rule->what == CUE_NEGATOR)
        return false;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        if (hit_is_cue(hit, (enum cue)cover->rule->what) && hit->rule->weight > 0 &&
            hit->at < cover->end && hit->end > cover->at)
            return true;
    }
    return false;
}

/* Does a rule hold in the text that was judged last? A hit that another one of its label covers
 * says the same. */
static bool rule_holds(const struct rule *rule)
{
    const struct matching *m = &judge->matching;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        bool holds = hit->fate == HIT_USED || rule->table == RULE_EXCLUSION ||
                     (rule->table == RULE_LABEL && hit->fate == HIT_COVERED);
        if (hit->rule == rule && holds && !shows_through(m, hit))
            return true;
    }
    return false;
}

/* Rules of tables stand in the order of their rows: the next one of that table. */
static const struct rule *next_rule(enum rule_table table, uint32_t *next)
{
    while (*next < rules.rule_count && rules.rules[*next].table != table)
        (*next)++;
    assert_true(*next < rules.rule_count);
    return &rules.rules[(*next)++];
}

static size_t table_fails(const char *name, enum rule_table which, size_t columns, uint32_t *next)
{
    struct table t;
    struct err e;
    struct verdict v;
    bool bad = false;
    size_t missed = 0;
    char path[4096]; /* srcdir is make's word for where the sources are */
    snprintf(path, sizeof path, "%s/lib/data/%s.tsv",
             getenv("srcdir") != NULL ? getenv("srcdir") : ".", name);
    assert_true(table_open(&t, path, &e));
    while (table_next(&t, columns, columns, &bad, &e)) {
        const struct rule *rule = next_rule(which, next);
        assert_true(str_is(t.field[1], rule_pattern(&rules, rule)));
        for (size_t side = 0; side < 2; side++) {
            struct str text = t.field[columns - 2 + side];
            judge_text(text, &v);
            if (rule_holds(rule) == (side == 0) && text.len > 0)
                continue;
            print_message("# %s:%zu: %.*s %s in: %.*s\n", name, t.line, (int)t.field[1].len,
                          t.field[1].ptr, side == 0 ? "does not hold" : "holds", (int)text.len,
                          text.ptr);
            missed++;
        }
    }
    assert_false(bad);
    table_close(&t);
    return missed;
}

static void each_row_holds_in_its_example_alone(void **state)
{
    (void)state;
    uint32_t labels = 0, exclusions = 0, cues = 0;
    judge = judge_new(&rules, token_model_normal(model), NULL, NULL);
    size_t missed = table_fails("intents", RULE_LABEL, 6, &labels) +
                    table_fails("risks", RULE_LABEL, 6, &labels) +
                    table_fails("conduct", RULE_LABEL, 6, &labels) +
                    table_fails("exclusions", RULE_EXCLUSION, 5, &exclusions) +
                    table_fails("cues", RULE_CUE, 5, &cues);
    judge_free(judge);
    assert_int_equal(missed, 0);
}

/* ---- rules together ---- */

static bool has_cue(const char *name)
{
    for (size_t i = 0; i < matching.hit_count; i++)
        if (matching.hits[i].rule->table == RULE_CUE && matching.hits[i].fate == HIT_USED &&
            strcmp(cue_name((enum cue)matching.hits[i].rule->what), name) == 0)
            return true;
    return false;
}

static bool holds(struct str what, struct str name, struct str text)
{
    static const char *const tones[] = {"negative", "neutral", "positive"};
    struct verdict v;
    char known[32];
    snprintf(known, sizeof known, "%.*s", (int)name.len, name.ptr);
    if (str_is(what, "cue")) {
        match(text);
        return has_cue(known);
    }
    judge_text(text, &v);
    if (str_is(what, "tone"))
        return strcmp(tones[v.tone + 1], known) == 0;
    assert_true(str_is(what, "label") && label_find(name) >= 0);
    return (v.labels >> label_find(name) & 1) != 0;
}

/* tests/data/rule-examples.tsv: a text with what the row names, and one without. */
static void examples_hold(void **state)
{
    (void)state;
    struct table t;
    struct err e;
    bool bad = false;
    size_t rows = 0, missed = 0;
    judge = judge_new(&rules, token_model_normal(model), NULL, NULL);
    char path[4096]; /* srcdir is make's word for where the sources are */
    snprintf(path, sizeof path, "%s/tests/data/rule-examples.tsv",
             getenv("srcdir") != NULL ? getenv("srcdir") : ".");
    assert_true(table_open(&t, path, &e));
    for (; table_next(&t, 4, 4, &bad, &e); rows++)
        for (int side = 0; side < 2; side++)
            if (holds(t.field[0], t.field[1], t.field[2 + side]) != (side == 0)) {
                print_message("# %.*s is %s: %.*s\n", (int)t.field[1].len, t.field[1].ptr,
                              side == 0 ? "missing" : "there", (int)t.field[2 + side].len,
                              t.field[2 + side].ptr);
                missed++;
            }
    assert_false(bad);
    table_close(&t);
    judge_free(judge);
    assert_int_equal(missed, 0);
    assert_true(rows > 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_finds_its_pattern),
        cmocka_unit_test(no_row_finds_it_backwards),
        cmocka_unit_test(each_row_holds_in_its_example_alone),
        cmocka_unit_test(examples_hold),
    };
    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
