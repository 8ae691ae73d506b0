/*
 * build-rules DATA-DIR OUT: at build time, compiles the tables that judge
 * posts into one file. Each part of a pattern is keyed by its normalised surface and,
 * unless a leading = says otherwise, by its lemma form. Cues are function words, whose
 * inflection is their meaning: they are keyed by surface alone.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/atomic.h"
#include "base/hash.h"
#include "base/intern.h"
#include "base/mem.h"
#include "base/table.h"
#include "judge/lemma.h"
#include "judge/rules.h"
#include "text/token.h"

struct key {
    uint32_t string; /* interned */
    struct posting posting;
};

struct key_list {
    struct key *keys;
    size_t count, capacity;
};

struct compiler {
    struct token_model *model;
    struct tokenizer *tokenizer;
    struct intern strings;
    struct rule *rules;
    size_t rule_count, rule_cap;
    struct key_list surface, lemma;
    struct buf patterns;
    struct buf postings;
    uint32_t slot_count;
};

/* ---- patterns ---- */

static void add_key(struct compiler *c, struct key_list *list, struct str key,
                    struct posting posting)
{
    if (key.len == 0)
        return;
    uint32_t string = intern_add(&c->strings, key);
    for (size_t i = list->count; i > 0 && list->keys[i - 1].posting.rule == posting.rule; i--)
        if (list->keys[i - 1].string == string && list->keys[i - 1].posting.part == posting.part)
            return;
    MEM_GROW(list->keys, list->count, list->capacity);
    list->keys[list->count++] = (struct key){string, posting};
}

static void add_part(struct compiler *c, struct str text, bool exact, bool surface_only, bool whole,
                     unsigned part)
{
    struct normal_text normal = {0};
    normal_analysis(token_model_normal(c->model), text, &normal);
    struct str surface = str_trim(buf_str(&normal.text));
    bool short_one = str_codes(surface) <= 3 && !exact;
    struct posting posting = {.rule = (uint32_t)c->rule_count & 0x3FFFFFu,
                              .part = part & 7u,
                              .whole_start = whole || short_one,
                              .whole_end = whole || short_one};
    add_key(c, &c->surface, surface, posting);
    if (!exact && !surface_only) {
        struct buf lemma = {0};
        struct token_list tokens = tokenizer_run(c->tokenizer, surface);
        size_t used = lemma_of_pattern(&tokens, &lemma);
        posting.whole_start = posting.whole_end = 1;
        /* a single word stands for itself only: 終わってる must not find every 終わる */
        bool telling =
            used > 1 ? str_codes(buf_str(&lemma)) >= 2 : str_equal(buf_str(&lemma), surface);
        if (used > 0 && telling)
            add_key(c, &c->lemma, buf_str(&lemma), posting);
        buf_free(&lemma);
    }
    normal_text_free(&normal);
}

enum reading {
    READ_PATTERN, /* = and * mean something */
    READ_WORD,    /* a pattern of whole tokens only */
    READ_LITERAL, /* emoji and kaomoji: as they stand */
};

/* Adds a row: `rule` is filled but for its parts and pattern. */
static void add_rule(struct compiler *c, struct rule rule, struct str pattern, enum reading reading)
{
    rule.pattern = (uint32_t)c->patterns.len;
    buf_add_str(&c->patterns, pattern);
    buf_add_char(&c->patterns, '\0');
    bool literal = reading == READ_LITERAL;
    bool exact = literal || (pattern.len > 0 && pattern.ptr[0] == '=');
    struct str rest = exact && !literal ? str_from(pattern, 1) : pattern;
    bool star = !literal && rest.len > 1;
    unsigned part = 0;
    while (rest.len > 0 && part < 7) {
        struct str text = star ? str_cut(rest, '*', &rest) : rest;
        if (!star)
            rest.len = 0;
        if (text.len > 0)
            add_part(c, text, exact, rule.table == RULE_CUE, reading == READ_WORD, part++);
    }
    rule.parts = (uint8_t)part;
    rule.slot = c->slot_count;
    c->slot_count += part > 1 ? part : 0;
    MEM_GROW(c->rules, c->rule_count, c->rule_cap);
    c->rules[c->rule_count++] = rule;
}

/* ---- the tables ---- */

static int find_group(struct str name)
{
    for (int i = 0; i < GROUPS; i++)
        if (str_is(name, group_name((enum group)i)))
            return i;
    return -1;
}

static bool add_group_condition(uint32_t *set, struct str name)
{
    int group = find_group(name);
    if (group >= 0)
        *set |= (uint32_t)1 << group;
    return group >= 0;
}

static bool take_condition(struct rule *rule, struct str condition)
{
    static const struct {
        const char *name;
        uint8_t flag;
    } flags[] = {{"neg", RULE_NEG},   {"pos", RULE_POS},       {"q", RULE_Q},
                 {"noq", RULE_NOQ},   {"end", RULE_END},       {"start", RULE_START},
                 {"hypo", RULE_HYPO}, {"anyneg", RULE_ANYNEG}, {"-", 0}};
    struct str group, kind = str_cut(condition, ':', &group);
    if (str_is(kind, "need") && group.len > 0)
        return add_group_condition(&rule->need, group);
    if (str_is(kind, "not") && group.len > 0)
        return add_group_condition(&rule->not, group);
    if (str_is(kind, "near") && group.len > 0)
        return add_group_condition(&rule->near, group);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (str_is(condition, flags[i].name)) {
            rule->flags |= flags[i].flag;
            return true;
        }
    return false;
}

static int32_t hundredths(struct str number)
{
    char *text = mem_string(number);
    double value = strtod(text, NULL);
    free(text);
    return (int32_t)(value * 100 + (value < 0 ? -0.5 : 0.5));
}

static bool take_label_row(struct compiler *c, const struct table *t, struct err *e)
{
    int label = label_find(t->field[0]);
    if (label < 0 || label == LABEL_POLARITY)
        return table_error(t, e, "unknown label", t->field[0]);
    struct rule rule = {
        .table = RULE_LABEL, .what = (uint8_t)label, .weight = hundredths(t->field[2])};
    for (struct str rest = t->field[3]; rest.len > 0;) {
        struct str condition = str_cut(rest, ',', &rest);
        if (!take_condition(&rule, condition))
            return table_error(t, e, "unknown condition", condition);
    }
    add_rule(c, rule, t->field[1], READ_PATTERN);
    return true;
}

static bool take_polarity_row(struct compiler *c, const struct table *t, struct err *e)
{
    struct rule rule = {
        .table = RULE_POLARITY, .what = LABEL_POLARITY, .weight = hundredths(t->field[1])};
    if (rule.weight < -300 || rule.weight > 300)
        return table_error(t, e, "score is not -3..3:", t->field[1]);
    bool literal = str_is(t->field[2], "emoji") || str_is(t->field[2], "kaomoji");
    add_rule(c, rule, t->field[0],
             literal                       ? READ_LITERAL
             : str_is(t->field[2], "word") ? READ_WORD
                                           : READ_PATTERN);
    return true;
}

static bool take_group_row(struct compiler *c, const struct table *t, struct err *e)
{
    int group = find_group(t->field[0]);
    if (group < 0)
        return table_error(t, e, "unknown group", t->field[0]);
    add_rule(c, (struct rule){.table = RULE_GROUP, .what = (uint8_t)group}, t->field[1],
             READ_PATTERN);
    return true;
}

static bool take_exclusion_row(struct compiler *c, const struct table *t, struct err *e)
{
    static const char *const scopes[] = {"span", "sentence", "post"};
    struct rule rule = {.table = RULE_EXCLUSION};
    size_t scope = 0;
    while (scope < 3 && !str_is(t->field[2], scopes[scope]))
        scope++;
    if (scope == 3)
        return table_error(t, e, "unknown scope", t->field[2]);
    rule.what = (uint8_t)scope;
    for (struct str rest = t->field[0]; rest.len > 0;) {
        struct str name = str_cut(rest, ',', &rest);
        int label = label_find(name);
        if (str_is(name, "*"))
            rule.labels = UINT32_MAX;
        else if (label < 0)
            return table_error(t, e, "unknown label", name);
        else
            rule.labels |= LABEL_BIT(label);
    }
    add_rule(c, rule, t->field[1], READ_PATTERN);
    return true;
}

static bool take_cue_row(struct compiler *c, const struct table *t, struct err *e)
{
    int cue = 0;
    while (cue < CUES && !str_is(t->field[0], cue_name((enum cue)cue)))
        cue++;
    if (cue == CUES)
        return table_error(t, e, "unknown kind of cue", t->field[0]);
    struct rule rule = {.table = RULE_CUE, .what = (uint8_t)cue, .weight = hundredths(t->field[2])};
    add_rule(c, rule, t->field[1], READ_PATTERN);
    return true;
}

static bool read_table(struct compiler *c, const char *directory, const char *name, size_t fields,
                       bool (*take)(struct compiler *, const struct table *, struct err *),
                       struct err *e)
{
    struct buf path = {0};
    buf_addf(&path, "%s/%s", directory, name);
    struct table t;
    bool bad = false, ok = table_open(&t, buf_text(&path), e);
    buf_free(&path);
    if (!ok)
        return false;
    while (ok && table_next(&t, fields, fields, &bad, e))
        ok = t.field[0].len > 0 && t.field[1].len > 0
                 ? take(c, &t, e)
                 : table_error(&t, e, "empty field in", t.field[0]);
    table_close(&t);
    return ok && !bad;
}

static bool read_tables(struct compiler *c, const char *directory, struct err *e)
{
    return read_table(c, directory, "polarity-words.tsv", 3, take_polarity_row, e) &&
           read_table(c, directory, "polarity-phrases.tsv", 3, take_polarity_row, e) &&
           read_table(c, directory, "intents.tsv", 4, take_label_row, e) &&
           read_table(c, directory, "risks.tsv", 4, take_label_row, e) &&
           read_table(c, directory, "conduct.tsv", 4, take_label_row, e) &&
           read_table(c, directory, "groups.tsv", 2, take_group_row, e) &&
           read_table(c, directory, "exclusions.tsv", 3, take_exclusion_row, e) &&
           read_table(c, directory, "cues.tsv", 3, take_cue_row, e);
}

/* ---- the file ---- */

struct sorted_key {
    struct str text;
    struct posting posting;
};

static int compare_keys(const void *a, const void *b)
{
    const struct sorted_key *x = a, *y = b;
    int order = str_compare(x->text, y->text);
    return order != 0 ? order
                      : (x->posting.rule > y->posting.rule) - (x->posting.rule < y->posting.rule);
}

struct built {
    struct trie_node *nodes;
    struct trie_opening *openings;
    uint32_t count, opening_count;
    uint64_t bits[TRIE_OPENING_WORDS];
};

/* Sorts keys, writes their postings and makes the trie. */
static struct built *make_trie(struct compiler *c, const struct key_list *list)
{
    struct built *built = mem_zero(1, sizeof *built);
    struct sorted_key *sorted = mem_alloc(list->count * sizeof *sorted);
    struct trie_key *keys = mem_alloc(list->count * sizeof *keys);
    for (size_t i = 0; i < list->count; i++)
        sorted[i] =
            (struct sorted_key){c->strings.strings[list->keys[i].string], list->keys[i].posting};
    qsort(sorted, list->count, sizeof *sorted, compare_keys);
    uint32_t key_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (i == 0 || !str_equal(sorted[i].text, sorted[i - 1].text))
            keys[key_count++] = (struct trie_key){
                sorted[i].text, (uint32_t)(c->postings.len / sizeof(struct posting)) + 1};
        bool last = i + 1 == list->count || !str_equal(sorted[i].text, sorted[i + 1].text);
        const struct rule *rule = &c->rules[sorted[i].posting.rule];
        sorted[i].posting.last = last;
        sorted[i].posting.several = rule->parts > 1;
        sorted[i].posting.group = rule->table == RULE_GROUP;
        buf_add(&c->postings, &sorted[i].posting, sizeof sorted[i].posting);
    }
    built->nodes = trie_build(keys, key_count, &built->count);
    built->openings =
        trie_openings(built->nodes, keys, key_count, built->bits, &built->opening_count);
    free(sorted);
    free(keys);
    return built;
}

static void free_built(struct built *built)
{
    free(built->nodes);
    free(built->openings);
    free(built);
}

static void lay_out(const struct compiler *c, const struct built *surface,
                    const struct built *lemma, struct buf *body)
{
    buf_add(body, surface->bits, sizeof surface->bits);
    buf_add(body, lemma->bits, sizeof lemma->bits);
    buf_add(body, surface->openings, surface->opening_count * sizeof *surface->openings);
    buf_add(body, lemma->openings, lemma->opening_count * sizeof *lemma->openings);
    buf_add(body, c->rules, c->rule_count * sizeof *c->rules);
    buf_add_str(body, buf_str(&c->postings));
    buf_add(body, surface->nodes, surface->count * sizeof *surface->nodes);
    buf_add(body, lemma->nodes, lemma->count * sizeof *lemma->nodes);
    buf_add_str(body, buf_str(&c->patterns));
}

static bool write_rules(struct compiler *c, const char *path, struct err *e)
{
    struct built *surface = make_trie(c, &c->surface), *lemma = make_trie(c, &c->lemma);
    struct buf body = {0};
    lay_out(c, surface, lemma, &body);
    struct rules_header header = {.magic = RULES_MAGIC,
                                  .version = RULES_VERSION,
                                  .rule_count = (uint32_t)c->rule_count,
                                  .posting_count =
                                      (uint32_t)(c->postings.len / sizeof(struct posting)),
                                  .surface_count = surface->count,
                                  .lemma_count = lemma->count,
                                  .string_bytes = (uint32_t)c->patterns.len,
                                  .slot_count = c->slot_count,
                                  .surface_openings = surface->opening_count,
                                  .lemma_openings = lemma->opening_count,
                                  .hash = hash_bytes(buf_str(&body), 0)};
    struct atomic file;
    bool ok = atomic_open(&file, path, e);
    if (ok) {
        output_add(&file.out, (struct str){(const char *)&header, sizeof header});
        output_add(&file.out, buf_str(&body));
        ok = atomic_commit(&file, e);
    }
    free_built(surface);
    free_built(lemma);
    buf_free(&body);
    return ok;
}

int main(int argc, char **argv)
{
    struct err e = {.text = "usage: build-rules DATA-DIR OUT"};
    struct compiler c = {.model = NULL};
    struct token_options options = {.dictionary = NULL};
    bool ok = argc == 3;
    if (ok) {
        c.model = token_model_new(&options, &e);
        c.tokenizer = c.model != NULL ? tokenizer_new(c.model, &e) : NULL;
        ok = c.tokenizer != NULL && read_tables(&c, argv[1], &e) && write_rules(&c, argv[2], &e);
    }
    if (!ok)
        fprintf(stderr, "build-rules: %s\n", e.text);
    tokenizer_free(c.tokenizer);
    token_model_free(c.model);
    intern_free(&c.strings);
    free(c.rules);
    free(c.surface.keys);
    free(c.lemma.keys);
    buf_free(&c.patterns);
    buf_free(&c.postings);
    return ok ? 0 : 2;
}
