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

struct posted {
    uint32_t key; /* interned */
    struct posting posting;
};

struct posted_list {
    struct posted *list;
    size_t count, capacity;
};

struct compiler {
    struct token_model *model;
    struct tokenizer *tokenizer;
    struct intern strings;
    struct rule *rules;
    size_t rule_count, rule_cap;
    struct posted_list surface, lemma;
    struct intern parts; /* by how they are matched */
    struct buf slots;    /* numbers of parts */
    struct buf patterns;
    struct buf postings;
};

/* ---- patterns ---- */

static void add_key(struct compiler *c, struct posted_list *list, struct str key,
                    struct posting posting)
{
    if (key.len == 0)
        return;
    MEM_GROW(list->list, list->count, list->capacity);
    list->list[list->count++] = (struct posted){intern_add(&c->strings, key), posting};
}

/* How a text is matched. */
struct form {
    bool exact;        /* as it stands */
    bool surface_only; /* not by its lemma form */
    bool whole;        /* of whole tokens only */
};

static void add_keys(struct compiler *c, struct str text, struct form form, struct posting posting)
{
    struct normal_text normal = {0};
    normal_analysis(token_model_normal(c->model), text, &normal);
    struct str surface = str_trim(buf_str(&normal.text));
    bool short_one = str_codes(surface) <= 3 && !form.exact;
    posting.whole_start = posting.whole_end = form.whole || short_one;
    add_key(c, &c->surface, surface, posting);
    if (!form.exact && !form.surface_only) {
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

/* Words that are written in two ways: a pattern with the first stands for the second, too (once,
 * where it has it first); one with the second does not stand for the first. */
static const char *const spellings[][2] = {
    {"二度と", "2度と"}, {"いじめ", "イジメ"},       {"届か", "とどか"}, {"火傷", "やけど"},
    {"虫が", "ムシが"},  {"虫の死骸", "ムシの死骸"}, {"虫が", "むしが"}, {"煙が", "けむりが"},
};

static void add_spellings(struct compiler *c, struct str text, struct form form,
                          struct posting posting)
{
    add_keys(c, text, form, posting);
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        ptrdiff_t at = str_find(text, str_of(spellings[i][0]));
        if (at < 0)
            continue;
        struct buf other = {0};
        buf_add(&other, text.ptr, (size_t)at);
        buf_add_text(&other, spellings[i][1]);
        buf_add_str(&other, str_from(text, (size_t)at + strlen(spellings[i][0])));
        add_keys(c, buf_str(&other), form, posting);
        buf_free(&other);
    }
}

/* One part of several: what is matched alike is the same part. */
static void add_part(struct compiler *c, struct str text, struct form form)
{
    struct buf name = {0};
    buf_addf(&name, "%d%d%d", form.exact, form.surface_only, form.whole);
    buf_add_str(&name, text);
    size_t known = c->parts.count;
    uint32_t part = intern_add(&c->parts, buf_str(&name));
    if (part == known)
        add_spellings(c, text, form,
                      (struct posting){.what = part & 0xFFFFFFu, .kind = POSTING_PART});
    buf_add(&c->slots, &part, sizeof part);
    buf_free(&name);
}

/* A pattern that is one piece. */
static void add_whole(struct compiler *c, const struct rule *rule, struct str text,
                      struct form form)
{
    bool group = rule->table == RULE_GROUP;
    uint32_t what = group ? rule->what : (uint32_t)c->rule_count;
    add_spellings(
        c, text, form,
        (struct posting){.what = what & 0xFFFFFFu, .kind = group ? POSTING_GROUP : POSTING_RULE});
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
    bool cue = rule.table == RULE_CUE;
    struct form form = {exact, cue, reading == READ_WORD || (cue && !exact)};
    struct str parts[RULE_PARTS];
    while (rest.len > 0 && rule.parts < RULE_PARTS) {
        bool star = !literal && rest.len > 1;
        struct str text = star ? str_cut(rest, '*', &rest) : rest;
        if (!star)
            rest.len = 0;
        if (text.len > 0)
            parts[rule.parts++] = text;
    }
    rule.slot = (uint32_t)(c->slots.len / sizeof(uint32_t));
    if (rule.parts == 1)
        add_whole(c, &rule, parts[0], form);
    for (unsigned i = 0; rule.parts > 1 && i < rule.parts; i++)
        add_part(c, parts[i], form);
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

#define EXAMPLES 2 /* columns behind a row's own: a text in which it holds, and one without */

static bool read_tables(struct compiler *c, const char *directory, struct err *e)
{
    return read_table(c, directory, "polarity-words.tsv", 3, take_polarity_row, e) &&
           read_table(c, directory, "polarity-phrases.tsv", 3, take_polarity_row, e) &&
           read_table(c, directory, "intents.tsv", 4 + EXAMPLES, take_label_row, e) &&
           read_table(c, directory, "risks.tsv", 4 + EXAMPLES, take_label_row, e) &&
           read_table(c, directory, "conduct.tsv", 4 + EXAMPLES, take_label_row, e) &&
           read_table(c, directory, "groups.tsv", 2, take_group_row, e) &&
           read_table(c, directory, "exclusions.tsv", 3 + EXAMPLES, take_exclusion_row, e) &&
           read_table(c, directory, "cues.tsv", 3 + EXAMPLES, take_cue_row, e);
}

/* ---- parts ---- */

static uint32_t part_of(const struct compiler *c, const struct rule *rule, unsigned i)
{
    uint32_t part;
    memcpy(&part, c->slots.data + (rule->slot + i) * sizeof part, sizeof part);
    return part;
}

/* The part of a rule that the fewest share, but not `except`; that where there is no other. */
static uint32_t rarest_part(const struct compiler *c, const struct rule *rule,
                            const uint32_t *shared, uint32_t except)
{
    uint32_t best = except;
    for (unsigned i = 0; i < rule->parts; i++) {
        uint32_t part = part_of(c, rule, i);
        if (part != except && (best == except || shared[part] < shared[best]))
            best = part;
    }
    return best;
}

/* Hangs each rule of several parts on one of them. */
static void hang_rules(const struct compiler *c, struct buf *parts, struct buf *hanging)
{
    size_t part_count = c->parts.count;
    uint32_t *shared = mem_zero(part_count + 1, sizeof *shared);
    uint32_t *on = mem_zero(c->rule_count + 1, sizeof *on);
    for (size_t i = 0; i < c->rule_count; i++)
        for (unsigned k = 0; c->rules[i].parts > 1 && k < c->rules[i].parts; k++)
            shared[part_of(c, &c->rules[i], k)]++;
    struct part *list = mem_zero(part_count + 1, sizeof *list);
    for (size_t i = 0; i < c->rule_count; i++) {
        on[i] = UINT32_MAX;
        if (c->rules[i].parts < 2)
            continue;
        on[i] = rarest_part(c, &c->rules[i], shared, UINT32_MAX);
        list[on[i]].count++;
    }
    uint32_t all = 0;
    for (size_t p = 0; p < part_count; p++) {
        list[p].first = all;
        all += list[p].count;
        list[p].count = 0;
    }
    struct hanging *hung = mem_zero(all + 1, sizeof *hung);
    for (size_t i = 0; i < c->rule_count; i++)
        if (on[i] != UINT32_MAX) {
            struct part *part = &list[on[i]];
            hung[part->first + part->count++] =
                (struct hanging){(uint32_t)i, rarest_part(c, &c->rules[i], shared, on[i])};
        }
    buf_add(parts, list, part_count * sizeof *list);
    buf_add(hanging, hung, all * sizeof *hung);
    free(shared);
    free(on);
    free(list);
    free(hung);
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
    if (order != 0)
        return order;
    if (x->posting.kind != y->posting.kind)
        return x->posting.kind < y->posting.kind ? -1 : 1;
    return (x->posting.what > y->posting.what) - (x->posting.what < y->posting.what);
}

struct built {
    struct key_opening *openings;
    uint32_t opening_count;
    struct buf tails;
    uint64_t bits[KEY_BIT_WORDS];
};

/* Sorts keys, writes their postings and makes the set. */
static struct built *make_set(struct compiler *c, const struct posted_list *list)
{
    struct built *built = mem_zero(1, sizeof *built);
    struct sorted_key *sorted = mem_alloc(list->count * sizeof *sorted);
    struct key *keys = mem_alloc(list->count * sizeof *keys);
    for (size_t i = 0; i < list->count; i++)
        sorted[i] =
            (struct sorted_key){c->strings.strings[list->list[i].key], list->list[i].posting};
    qsort(sorted, list->count, sizeof *sorted, compare_keys);
    uint32_t key_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (i == 0 || !str_equal(sorted[i].text, sorted[i - 1].text))
            keys[key_count++] = (struct key){
                sorted[i].text, (uint32_t)(c->postings.len / sizeof(struct posting)) + 1};
        sorted[i].posting.last =
            i + 1 == list->count || !str_equal(sorted[i].text, sorted[i + 1].text);
        buf_add(&c->postings, &sorted[i].posting, sizeof sorted[i].posting);
    }
    built->openings =
        keyset_build(keys, key_count, built->bits, &built->opening_count, &built->tails);
    free(sorted);
    free(keys);
    return built;
}

static void free_built(struct built *built)
{
    buf_free(&built->tails);
    free(built->openings);
    free(built);
}

static struct rules_header lay_out(struct compiler *c, struct buf *body)
{
    struct built *surface = make_set(c, &c->surface), *lemma = make_set(c, &c->lemma);
    struct buf parts = {0}, hanging = {0};
    hang_rules(c, &parts, &hanging);
    buf_add(body, surface->bits, sizeof surface->bits);
    buf_add(body, lemma->bits, sizeof lemma->bits);
    buf_add(body, surface->openings, surface->opening_count * sizeof *surface->openings);
    buf_add(body, lemma->openings, lemma->opening_count * sizeof *lemma->openings);
    buf_add(body, c->rules, c->rule_count * sizeof *c->rules);
    buf_add_str(body, buf_str(&c->postings));
    buf_add_str(body, buf_str(&c->slots));
    buf_add_str(body, buf_str(&parts));
    buf_add_str(body, buf_str(&hanging));
    buf_add_str(body, buf_str(&surface->tails));
    buf_add_str(body, buf_str(&lemma->tails));
    buf_add_str(body, buf_str(&c->patterns));
    struct rules_header header = {.magic = RULES_MAGIC,
                                  .version = RULES_VERSION,
                                  .rule_count = (uint32_t)c->rule_count,
                                  .posting_count =
                                      (uint32_t)(c->postings.len / sizeof(struct posting)),
                                  .slot_count = (uint32_t)(c->slots.len / sizeof(uint32_t)),
                                  .part_count = (uint32_t)(parts.len / sizeof(struct part)),
                                  .hanging_count = (uint32_t)(hanging.len / sizeof(struct hanging)),
                                  .surface_openings = surface->opening_count,
                                  .lemma_openings = lemma->opening_count,
                                  .surface_bytes = (uint32_t)surface->tails.len,
                                  .lemma_bytes = (uint32_t)lemma->tails.len,
                                  .string_bytes = (uint32_t)c->patterns.len,
                                  .hash = hash_bytes(buf_str(body), 0)};
    header.check = rules_check(&header);
    free_built(surface);
    free_built(lemma);
    buf_free(&parts);
    buf_free(&hanging);
    return header;
}

static bool write_rules(struct compiler *c, const char *path, struct err *e)
{
    struct buf body = {0};
    struct rules_header header = lay_out(c, &body);
    struct atomic file;
    bool ok = atomic_open(&file, path, e);
    if (ok) {
        output_add(&file.out, (struct str){(const char *)&header, sizeof header});
        output_add(&file.out, buf_str(&body));
        ok = atomic_commit(&file, e);
    }
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
    free(c.surface.list);
    free(c.lemma.list);
    intern_free(&c.parts);
    buf_free(&c.slots);
    buf_free(&c.patterns);
    buf_free(&c.postings);
    return ok ? 0 : 2;
}
