/* The lemma form. */
#include "judge/lemma.h"

/* Most tokens are none of the classes asked for: lengths that are constants make the
 * comparison a few instructions. */
#define POS_IS(token, literal)                                                                     \
    ((token)->pos.len == sizeof(literal) - 1 &&                                                    \
     memcmp((token)->pos.ptr, literal, sizeof(literal) - 1) == 0)

/* A particle's base form is the particle itself, however its bytes were written (か and U+3099). */
static bool is_filler(const struct token *token)
{
    static const char *const particles[] = {"が", "を", "は", "も",   "に", "へ",
                                            "で", "と", "の", "って", "て", NULL};
    static const char *const auxiliaries[] = {"です", "ます", "だ", NULL};
    if (POS_IS(token, "助詞"))
        return str_is_any(token->base, particles);
    return POS_IS(token, "助動詞") && str_is_any(token->base, auxiliaries);
}

/* いる and its kin behind て only lend aspect. */
static bool is_aspect(const struct token *token, const struct token *before)
{
    static const char *const contracted[] = {"てる", "とる", "どる", NULL};
    static const char *const full[] = {"いる", "おる", NULL};
    if (!POS_IS(token, "動詞"))
        return false;
    if (str_equal(token->base, STR("てる")))
        return true;
    bool verb = before != NULL && POS_IS(before, "動詞");
    if (verb && (str_is_any(token->base, contracted) ||
                 (str_equal(token->base, STR("でる")) && !str_ends(before->surface, STR("て")))))
        return str_ends(before->surface, STR("ん")) || str_ends(before->surface, STR("い")) ||
               str_ends(before->surface, STR("っ"));
    bool joined = before != NULL && POS_IS(before, "助詞") &&
                  (str_ends(before->surface, STR("て")) || str_ends(before->surface, STR("で")));
    return joined && str_is_any(token->base, full);
}

bool lemma_asks(const struct token *token)
{
    return POS_IS(token, "動詞") || POS_IS(token, "助動詞");
}

struct str lemma_of(const struct token *token, const struct token *before)
{
    static const char *const negations[] = {"ん", "ぬ", "ず", "ない", NULL};
    struct str none = {"", 0};
    if (is_filler(token) || is_aspect(token, before))
        return none;
    if (POS_IS(token, "助動詞") && str_is_any(token->base, negations)) {
        /* 「なんだけど」's ん is no negation: it stands behind な, this one behind a verb or ませ
         */
        bool verbal = before == NULL || POS_IS(before, "動詞") || POS_IS(before, "助動詞") ||
                      str_equal(token->base, STR("ない"));
        return verbal ? STR("ない") : none;
    }
    return token->base;
}

/* Particles and what lends a sentence its tone; the ん of できん is a negation and stays. */
static bool is_tail(const struct token *token, const struct token *before)
{
    static const char *const tails[] = {"た", "てる", "いる", "の", "ん", "よ",
                                        "ね", "わ",   "な",   "だ", "さ", NULL};
    return (POS_IS(token, "助動詞") || POS_IS(token, "助詞")) &&
           !str_equal(lemma_of(token, before), STR("ない")) &&
           (str_is_any(token->base, tails) || str_is_any(token->surface, tails));
}

size_t lemma_of_pattern(const struct token_list *tokens, struct buf *to)
{
    size_t end = tokens->count, used = 0;
    while (end > 1 && is_tail(&tokens->tokens[end - 1], &tokens->tokens[end - 2]))
        end--;
    for (size_t i = 0; i < end; i++) {
        struct str lemma = lemma_of(&tokens->tokens[i], i > 0 ? &tokens->tokens[i - 1] : NULL);
        buf_add_str(to, lemma);
        used += lemma.len > 0;
    }
    return used;
}
