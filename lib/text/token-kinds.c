/* Numbers for tokens. */
#include "text/token-kinds.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

#define KINDS     TOKEN_KINDS
#define KEY_BYTES 60u /* of surface, part of speech and base form together */
#define SLOTS     (2 * KINDS)

/* A line of the processor's cache. */
struct kind {
    uint8_t surface, pos, base; /* their lengths */
    uint8_t unused;
    char key[KEY_BYTES]; /* one after the other */
};

struct token_kinds {
    uint32_t first, count;
    struct kind *kinds;
    uint32_t slots[SLOTS]; /* number of a kind, from 1; 0: free */
};

struct token_kinds *token_kinds_new(uint32_t first)
{
    struct token_kinds *k = mem_zero(1, sizeof *k);
    k->first = first;
    k->kinds = mem_lines(KINDS * sizeof *k->kinds);
    return k;
}

void token_kinds_free(struct token_kinds *k)
{
    if (k == NULL)
        return;
    free(k->kinds);
    free(k);
}

static bool make_kind(struct kind *kind, const struct token *token)
{
    if (token->surface.len + token->pos.len + token->base.len > KEY_BYTES)
        return false;
    *kind = (struct kind){.surface = (uint8_t)token->surface.len,
                          .pos = (uint8_t)token->pos.len,
                          .base = (uint8_t)token->base.len};
    char *to = kind->key;
    memcpy(to, token->surface.ptr, token->surface.len);
    to += token->surface.len;
    if (token->pos.len > 0)
        memcpy(to, token->pos.ptr, token->pos.len);
    to += token->pos.len;
    if (token->base.len > 0)
        memcpy(to, token->base.ptr, token->base.len);
    return true;
}

static uint32_t number_of(struct token_kinds *k, const struct token *token)
{
    struct kind kind;
    if (!make_kind(&kind, token))
        return 0;
    struct str bytes = {(const char *)&kind, sizeof kind};
    uint32_t slot = (uint32_t)hash_bytes(bytes, 0) % SLOTS;
    for (; k->slots[slot] != 0; slot = (slot + 1) % SLOTS)
        if (memcmp(&k->kinds[k->slots[slot] - 1], &kind, sizeof kind) == 0)
            return k->first + k->slots[slot] - 1;
    if (k->count == KINDS)
        return 0;
    k->kinds[k->count++] = kind;
    k->slots[slot] = k->count;
    return k->first + k->count - 1;
}

void token_kinds_give(struct token_kinds *k, struct token *tokens, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tokens[i].kind = number_of(k, &tokens[i]);
}
