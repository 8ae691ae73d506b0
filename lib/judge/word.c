/* Words. */
#include "judge/word.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "judge/lemma.h"
#include "text/entity.h"

const char *const word_conditions[] = {"たら", "だら", "ば", NULL};

/* Particles and marks before and behind which a sentence still begins or ends. The surface is
 * normalised. */
static bool is_trim(const struct token *token)
{
    static const char *const particles[] = {"よ", "ね",   "な",   "わ",   "ぞ", "の", "さ",
                                            "w",  "よね", "かな", "けど", "ー", NULL};
    if (str_equal(token->pos, STR("記号")))
        return true;
    bool particle = token->base.len > 0 && str_equal(token->pos, STR("助詞"));
    return str_is_any(particle ? token->base : token->surface, particles);
}

/* Nouns, verbs, adjectives that say something by themselves. */
static bool is_content(const struct token *token)
{
    static const char *const empty[] = {"する",   "いる", "ある",   "なる", "こと", "もの", "れる",
                                        "られる", "てる", "いう",   "言う", "それ", "これ", "そう",
                                        "よう",   "とき", "ところ", "さん", NULL};
    bool kind = str_equal(token->pos, STR("名詞")) || str_equal(token->pos, STR("動詞")) ||
                str_equal(token->pos, STR("形容詞"));
    if (!kind || token->base.len < 3)
        return false;
    bool kana =
        (unsigned char)token->base.ptr[0] == 0xE3 || (unsigned char)token->base.ptr[0] < 0x80;
    if (!kana)
        return !str_equal(token->base, STR("言う"));
    return token->base.len > 3 && (token->base.len > 12 || !str_is_any(token->base, empty));
}

/* May stand between a word and its negation. */
static bool is_light(const struct token *token)
{
    static const char *const verbs[] = {"する",   "いる", "てる", "ある", "なる", "れる",
                                        "られる", "おる", "いう", "言う", NULL};
    static const char *const nouns[] = {"ところ", "こと", "もの", "点", "感じ", "わけ",
                                        "訳",     "はず", "の",   "ん", "よう", NULL};
    static const char *const none[] = {"一度", "一切", "一つ",     "ひとつ", "一件", "一匹",
                                       "一回", "全く", "まったく", "全然",   NULL}; /* 一度もない */
    if (str_equal(token->pos, STR("助詞")) || str_equal(token->pos, STR("助動詞")) ||
        str_is_any(token->surface, none))
        return true;
    return (str_equal(token->pos, STR("動詞")) && str_is_any(token->base, verbs)) ||
           (str_equal(token->pos, STR("名詞")) && str_is_any(token->base, nouns));
}

static bool is_negation(const struct token *token)
{
    static const char *const negations[] = {"ない", "ん", "ぬ", "ず", NULL};
    return str_is_any(token->base, negations);
}

/* What a mark is, found out anew: tokens in records have no more than surface, part of speech
 * and base form, so nothing else may count here. */
static uint32_t mark_of(const struct token *token)
{
    static const uint32_t kinds[] = {[ENTITY_URL] = WORD_URL | WORD_ADDRESS,
                                     [ENTITY_MENTION] = WORD_MENTION | WORD_ADDRESS,
                                     [ENTITY_HASHTAG] = WORD_HASHTAG,
                                     [ENTITY_EMOJI] = WORD_EMOJI,
                                     [ENTITY_LAUGHTER] = WORD_LAUGHTER};
    if (!str_equal(token->pos, STR("記号")))
        return 0;
    if (str_equal(token->base, STR("w"))) /* one laughs only behind Japanese, which is not here */
        return WORD_MARK | WORD_LAUGHTER;
    struct entity found = entity_next(token->surface, 0);
    bool whole = found.len == token->surface.len;
    return WORD_MARK | (whole ? kinds[found.type] : 0);
}

/* Addresses and names of people tell of one post, not of what posts say. */
static struct str word_of(const struct token *token, uint32_t is)
{
    if ((is & WORD_ADDRESS) != 0)
        return (is & WORD_URL) != 0 ? STR("http") : STR("@");
    return token->base.len > 0 ? token->base : token->surface;
}

struct str word_surface(const struct token *token, const struct normal *normal,
                        struct normal_text *scratch)
{
    if (str_equal(token->base, STR("ー")))
        return token->base;
    normal_analysis(normal, token->surface, scratch);
    return buf_str(&scratch->text);
}

static struct word make_word(struct words *w, const struct normal *normal,
                             const struct token *token)
{
    struct word word = {.is = WORD_KNOWN | mark_of(token)};
    struct token plain = *token;
    if ((word.is & WORD_MARK) == 0) /* of marks nothing below asks */
        plain.surface = word_surface(token, normal, &w->surface);
    if (is_trim(&plain))
        word.is |= WORD_TRIM;
    if (is_content(token))
        word.is |= WORD_CONTENT;
    if (is_light(&plain))
        word.is |= WORD_LIGHT;
    if (is_negation(token))
        word.is |= WORD_NEGATION;
    if (str_is_any(plain.surface, word_conditions))
        word.is |= WORD_CONDITION;
    if (lemma_asks(token))
        word.is |= WORD_ASKS;
    else if (lemma_of(token, NULL).len == 0)
        word.is |= WORD_NO_LEMMA;
    word.hash = hash_bytes(word_of(token, word.is), 1);
    return word;
}

static struct word find_word(struct words *w, const struct normal *normal,
                             const struct token *token)
{
    if (token->kind == 0)
        return make_word(w, normal, token);
    if (token->kind >= w->kind_cap) {
        size_t before = w->kind_cap;
        w->kind_cap = token->kind + token->kind / 2 + 1024;
        w->kinds = mem_resize(w->kinds, w->kind_cap, sizeof *w->kinds);
        memset(w->kinds + before, 0, (w->kind_cap - before) * sizeof *w->kinds);
    }
    struct word *known = &w->kinds[token->kind];
    if (known->is == 0)
        *known = make_word(w, normal, token);
    return *known;
}

void words_take(struct words *w, const struct normal *normal, const struct token *tokens,
                size_t count)
{
    if (w->capacity < count) {
        w->capacity = count + count / 2 + 64;
        w->of = mem_resize(w->of, w->capacity, sizeof *w->of);
    }
    w->any = 0;
    for (size_t i = 0; i < count; i++) {
        w->of[i] = find_word(w, normal, &tokens[i]);
        w->any |= w->of[i].is;
    }
    words_count(w, count);
}

struct word words_veil(void)
{
    uint32_t is = WORD_KNOWN | WORD_MARK | WORD_ADDRESS | WORD_VEILED;
    return (struct word){.hash = hash_bytes(STR("\n"), 1), .is = is};
}

void words_count(struct words *w, size_t count)
{
    size_t different = 0; /* nearly: two words may share a place */
    w->shown = 0;
    w->lists++;
    for (size_t i = 0; i < count; i++) {
        uint32_t *seen = &w->seen[w->of[i].hash >> (64 - WORD_SEEN_BITS)];
        if ((w->of[i].is & WORD_ADDRESS) != 0) /* a veiled one, too */
            continue;
        w->shown++;
        different += *seen != w->lists;
        *seen = w->lists;
    }
    w->times = different > 0 ? (float)w->shown / (float)different : 1;
}

void words_free(struct words *w)
{
    free(w->of);
    free(w->kinds);
    normal_text_free(&w->surface);
    w->of = NULL;
    w->kinds = NULL;
    w->capacity = w->kind_cap = 0;
}
