/*
 * Normalisation. Every character of the BMP has one byte that says what is done
 * with it, found out once from utf8proc; nearly all text is characters that stay as
 * they are, which a tight loop copies. The rest goes through one step at a time:
 * folding, joining with the character before, runs. What a step needs to know of
 * the text before it reads off the end of the output, so there is no state to keep.
 */
#include "text/normal.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/utf8.h"

typedef unsigned char byte;

#define BMP            0x10000
#define NO_CODE        UINT32_MAX
#define DECOMPOSED_MAX 32 /* code points; the longest, U+FDFA, has 18 */

#define LONG_VOWEL  0x30FC /* ー */
#define WAVE_DASH   0x301C /* 〜 */
#define FULL_TILDE  0xFF5E /* ～ */
#define HALF_LONG   0xFF70 /* ｰ */
#define GRASS       0x8349 /* 草 */
#define ELLIPSIS    0x2026 /* … */
#define MIDDLE_DOT  0x30FB /* ・ */
#define HALF_MIDDLE 0xFF65 /* ･ */
#define FULL_STOP   0xFF0E /* ． */
#define FULL_COLON  0xFF1A /* ： */
#define VOICED      0x3099 /* combining; 0x309B is the same standing alone */
#define SEMI_VOICED 0x309A /* combining; 0x309C … */

enum action {
    SYMBOL, /* stays in analysis, is no part of a key */
    COPY,   /* stays */
    BLANK,
    DROP,
    ONE,     /* target is the code point */
    SEVERAL, /* target is where in `expansions` their number and they are */
    LONG,    /* marks of a long vowel */
    LAUGH,   /* w */
    REPEAT,  /* 草: one for a run */
    DOTS,    /* … and what it is typed with; no part of a key */
    VOICE,   /* dakuten and handakuten of every kind */
    MARK,    /* may compose with the character before */
    COLON,   /* may be that of a URL */
};

struct normal {
    byte action[BMP];
    byte key[BMP];   /* what a key makes of it, see KEY_LENGTH */
    byte ascii[128]; /* what is written for it; 0: see action */
    uint16_t target[BMP];
    uint32_t expansions[8 * 1024];
    size_t expansion_count;
};

/* ---- the tables ---- */

static enum action plain_action(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC: return MARK;
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF: return SYMBOL;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return BLANK;
    default: return COPY;
    }
}

static bool folds(const utf8proc_property_t *property)
{
    return property->decomp_seqindex != UINT16_MAX || property->casefold_seqindex != UINT16_MAX;
}

/* Accents that stand alone (´ ¨ ￣), of which Unicode makes a blank and a combining
 * accent, and ‥ are better left alone: faces and dictionaries have them. */
static bool is_kept_whole(const int32_t *codes, size_t count)
{
    size_t dots = 0;
    while (dots < count && codes[dots] == '.')
        dots++;
    return (count > 1 && codes[0] == ' ') || (count > 1 && dots == count);
}

/* The folded form of a code point; 0 where it is to stay as it is. */
static size_t fold_code(int32_t code, int32_t codes[DECOMPOSED_MAX])
{
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        code, codes, DECOMPOSED_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD,
        &boundary);
    if (count <= 0 || count > DECOMPOSED_MAX)
        return 0;
    count = utf8proc_normalize_utf32(codes, count, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (count <= 0 || (count == 1 && codes[0] == code) || is_kept_whole(codes, (size_t)count))
        return 0;
    return (size_t)count;
}

static void set_folded(struct normal *n, int32_t code, const int32_t *codes, size_t count)
{
    if (count == 1 && codes[0] < BMP) {
        n->action[code] = codes[0] == ' ' ? BLANK : ONE;
        n->target[code] = (uint16_t)codes[0];
        return;
    }
    if (n->expansion_count + count + 1 > sizeof n->expansions / sizeof *n->expansions)
        return;
    n->action[code] = SEVERAL;
    n->target[code] = (uint16_t)n->expansion_count;
    n->expansions[n->expansion_count++] = (uint32_t)count;
    for (size_t i = 0; i < count; i++)
        n->expansions[n->expansion_count++] = (uint32_t)codes[i];
}

static void set_from_unicode(struct normal *n, int32_t code)
{
    const utf8proc_property_t *property = utf8proc_get_property(code);
    int32_t codes[DECOMPOSED_MAX];
    size_t count = folds(property) ? fold_code(code, codes) : 0;
    if (property->ignorable)
        n->action[code] = DROP;
    else if (count > 0)
        set_folded(n, code, codes, count);
    else
        n->action[code] = (byte)plain_action(code);
}

static void set_range(struct normal *n, unsigned first, unsigned last, enum action action)
{
    memset(n->action + first, (byte)action, last - first + 1);
}

static void set_specials(struct normal *n)
{
    static const struct {
        uint16_t first, last;
        byte action;
    } specials[] = {
        {'\t', '\t', BLANK},
        {'\v', '\r', BLANK},
        {0x85, 0x85, BLANK},
        {' ', ' ', SYMBOL},
        {':', ':', COLON},
        {FULL_COLON, FULL_COLON, COLON},
        {'.', '.', DOTS},
        {'~', '~', LONG},
        {'W', 'W', LAUGH},
        {'w', 'w', LAUGH},
        {0xFF37, 0xFF37, LAUGH},
        {0xFF57, 0xFF57, LAUGH},
        {WAVE_DASH, WAVE_DASH, LONG},
        {LONG_VOWEL, LONG_VOWEL, LONG},
        {FULL_TILDE, FULL_TILDE, LONG},
        {HALF_LONG, HALF_LONG, LONG},
        {GRASS, GRASS, REPEAT},
        {ELLIPSIS, ELLIPSIS, DOTS},
        {MIDDLE_DOT, MIDDLE_DOT, DOTS},
        {HALF_MIDDLE, HALF_MIDDLE, DOTS},
        {FULL_STOP, FULL_STOP, DOTS},
        {0x3099, 0x309C, VOICE},
        {0xFF9E, 0xFF9F, VOICE},
        {0x1160, 0x11FF, MARK}, /* Hangul vowels and finals: compose with what is before */
    };
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        set_range(n, specials[i].first, specials[i].last, specials[i].action);
    for (unsigned c = 1; c < 128; c++)
        n->ascii[c] = (byte)(n->action[c] <= COPY ? c : n->action[c] == ONE ? n->target[c] : 0);
}

/* What `key` says of a character. */
#define KEY_LENGTH 0x03 /* bytes of it that are written: all or none */
#define KEY_LONG   0x43 /* written, unless it stands there already */
#define KEY_STEP   0x80 /* not so simple: see action */

static bool is_key_part(const struct normal *n, uint32_t code);

/* ™ ㊗ ㊙ ℹ Ⓜ: analysis reads them as letters, to a key they are the emoji as which they are
 * written. */
static bool is_emoji_of_letters(const struct normal *n, unsigned code)
{
    return (n->action[code] == ONE || n->action[code] == SEVERAL) &&
           utf8proc_get_property((int32_t)code)->boundclass ==
               UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* What a key makes of characters of three bytes and of one; those of two take a step. */
static void set_keys(struct normal *n)
{
    for (unsigned code = 0; code < BMP; code++) {
        enum action action = n->action[code];
        bool left_out = action == SYMBOL || action == BLANK || action == DROP || action == DOTS ||
                        (action == ONE && !is_key_part(n, n->target[code])) ||
                        is_emoji_of_letters(n, code);
        if (code < 128 && action != DOTS)
            n->key[code] = n->ascii[code] == 0 ? KEY_STEP : action != SYMBOL;
        else
            n->key[code] = left_out ? 0 : action == COPY ? 3 : KEY_STEP;
    }
    n->key[LONG_VOWEL] = KEY_LONG;
}

struct normal *normal_new(void)
{
    struct normal *n = mem_zero(1, sizeof *n);
    set_range(n, 0, BMP - 1, COPY);
    for (int32_t code = 0; code < BMP; code++) {
        bool ideograph = code >= 0x3400 && code <= 0x9FFF && (code < 0x4DC0 || code > 0x4DFF);
        bool syllable = code >= 0xAC00 && code <= 0xDFFF; /* and surrogates, which are none */
        if (!ideograph && !syllable)
            set_from_unicode(n, code);
    }
    set_specials(n);
    set_keys(n);
    return n;
}

void normal_free(struct normal *n)
{
    free(n);
}

/* ---- writing ---- */

struct writer {
    const struct normal *n;
    struct buf *out;
    struct normal_text *text; /* NULL: a key is made, origins are not kept */
    size_t from;              /* where in out this text begins */
    uint32_t at;              /* origin of what is written now */
    const byte *start, *end;  /* the original */
    size_t base;
    size_t laughed; /* length of out behind the last laugh; 0: there was none */
};

/* Room for the rest of the original and one expansion. */
static inline void writer_reserve(struct writer *w, const byte *p)
{
    buf_reserve(w->out, (size_t)(w->end - p) + 4 * DECOMPOSED_MAX);
    if (w->text != NULL && w->text->origin_cap < w->out->cap + 1) {
        w->text->origin_cap = w->out->cap + 1;
        w->text->origin = mem_resize(w->text->origin, w->text->origin_cap, sizeof *w->text->origin);
    }
}

static void write_bytes(struct writer *w, const byte *bytes, size_t count)
{
    memcpy(w->out->data + w->out->len, bytes, count);
    if (w->text != NULL)
        for (size_t i = 0; i < count; i++)
            w->text->origin[w->out->len + i] = w->at;
    w->out->len += count;
}

static void write_code(struct writer *w, uint32_t code)
{
    size_t before = w->out->len;
    buf_add_code(w->out, code);
    if (w->text != NULL)
        for (size_t i = before; i < w->out->len; i++)
            w->text->origin[i] = w->at;
}

static inline uint32_t four_bytes(const byte *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The code point of a three-byte sequence with the first byte lowest. */
static inline uint32_t three_code(uint32_t bytes)
{
    return (bytes & 0xF) << 12 | (bytes & 0x3F00) >> 2 | (bytes >> 16 & 0x3F);
}

/* Decodes the character at p; NO_CODE, with a length of 1, where there is none. */
static uint32_t read_code(const byte *p, const byte *end, size_t *length)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    *length = 1;
    if (p[0] < 0x80)
        return p[0];
    if (p[0] > 0xE0 && p[0] < 0xF0 && p[0] != 0xED && end - p >= 3) { /* nearly always */
        uint32_t three = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
        *length = (three & 0xC0C000) == 0x808000 ? 3 : 1;
        return *length == 3 ? three_code(three) : NO_CODE;
    }
    size_t count = p[0] < 0xC0 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (count == 0 || (size_t)(end - p) < count)
        return NO_CODE;
    uint32_t code = p[0] & (0x7Fu >> count);
    for (size_t i = 1; i < count; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return NO_CODE;
        code = code << 6 | (p[i] & 0x3F);
    }
    if (code < smallest[count] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return NO_CODE;
    *length = count;
    return code;
}

/* The last character written, or NO_CODE. */
static uint32_t last_code(const struct writer *w, size_t *length)
{
    const byte *data = (const byte *)w->out->data, *end = data + w->out->len;
    size_t most = w->out->len - w->from;
    for (size_t back = 1; back <= 4 && back <= most; back++)
        if ((end[-(ptrdiff_t)back] & 0xC0) != 0x80) {
            uint32_t code = read_code(end - back, end, length);
            return *length == back ? code : NO_CODE;
        }
    return NO_CODE;
}

/* Puts a character in place of the last one, at whose origin it stays. */
static void replace_last(struct writer *w, size_t last_length, uint32_t code)
{
    w->out->len -= last_length;
    if (w->text != NULL)
        w->at = w->text->origin[w->out->len];
    write_code(w, code);
}

/* ---- single steps ---- */

static enum action action_of(const struct normal *n, uint32_t code)
{
    if (code < BMP)
        return n->action[code];
    return utf8proc_get_property((int32_t)code)->ignorable ? DROP : plain_action((int32_t)code);
}

static bool is_key_part(const struct normal *n, uint32_t code)
{
    enum action action = action_of(n, code);
    return action != SYMBOL && action != BLANK && action != DOTS && action != COLON &&
           code != '~' && code != WAVE_DASH;
}

static void write_folded(struct writer *w, uint32_t code)
{
    if (w->text != NULL || is_key_part(w->n, code))
        write_code(w, code);
}

static bool is_kana(uint32_t code)
{
    return (code >= 0x3041 && code <= 0x3096) || code == 0x309D || code == 0x309E ||
           (code >= 0x30A1 && code <= 0x30FA) || (code >= 0x30FC && code <= 0x30FE) ||
           (code >= 0x31F0 && code <= 0x31FF);
}

static uint32_t compose(uint32_t first, uint32_t second)
{
    int32_t pair[2] = {(int32_t)first, (int32_t)second};
    return utf8proc_normalize_utf32(pair, 2, UTF8PROC_COMPOSE | UTF8PROC_STABLE) == 1
               ? (uint32_t)pair[0]
               : NO_CODE;
}

/* Joins a mark with the character before it, if the two make one. */
static bool join(struct writer *w, uint32_t mark)
{
    size_t length;
    uint32_t last = last_code(w, &length);
    uint32_t joined = last == NO_CODE ? NO_CODE : compose(last, mark);
    if (joined != NO_CODE)
        replace_last(w, length, joined);
    return joined != NO_CODE;
}

static void step_voice(struct writer *w, uint32_t code)
{
    bool semi = code == 0x309A || code == 0x309C || code == 0xFF9F;
    if (!join(w, semi ? SEMI_VOICED : VOICED) && w->text != NULL)
        write_code(w, semi ? 0x309C : 0x309B);
}

static bool is_tilde(uint32_t code)
{
    return code == '~' || code == WAVE_DASH || code == FULL_TILDE;
}

/* After kana every mark is ー and a run is one; elsewhere a lone tilde is a tilde. */
static void step_long(struct writer *w, uint32_t code)
{
    size_t length = 0;
    uint32_t last = last_code(w, &length);
    if (last == LONG_VOWEL)
        return;
    if ((last != NO_CODE && is_kana(last)) || !is_tilde(code))
        write_code(w, LONG_VOWEL);
    else if (w->text == NULL)
        return;
    else if (last != NO_CODE && is_tilde(last))
        replace_last(w, length, LONG_VOWEL);
    else
        write_code(w, code == '~' ? '~' : WAVE_DASH);
}

static void step_repeat(struct writer *w, uint32_t code)
{
    size_t length;
    if (last_code(w, &length) != code)
        write_code(w, code);
}

static uint32_t dot_of(uint32_t code)
{
    return code == FULL_STOP ? '.' : code == HALF_MIDDLE ? MIDDLE_DOT : code;
}

/* Three dots of a kind, or more, are an ellipsis, and a run of these is one. */
static const byte *step_dots(struct writer *w, const byte *p, uint32_t code, size_t length)
{
    const byte *end = p + length;
    size_t count = 1, next;
    for (; end < w->end && dot_of(read_code(end, w->end, &next)) == dot_of(code); end += next)
        count++;
    if (w->text == NULL)
        return end;
    bool ellipsis = code == ELLIPSIS || count >= 3;
    if (!ellipsis || last_code(w, &next) != ELLIPSIS)
        write_code(w, ellipsis ? ELLIPSIS : dot_of(code));
    return ellipsis ? end : p + length;
}

/* Is the character at p a full-width letter or digit? */
static bool is_full_alnum(const byte *p, const byte *end)
{
    size_t length;
    uint32_t code = p < end ? read_code(p, end, &length) : NO_CODE;
    return (code >= 0xFF10 && code <= 0xFF19) || (code >= 0xFF21 && code <= 0xFF3A) ||
           (code >= 0xFF41 && code <= 0xFF5A);
}

/* The length of the w at p, of either width and case; 0 for anything else. */
static size_t w_length(const byte *p, const byte *end)
{
    if (p < end && (*p | 0x20) == 'w')
        return 1;
    bool full = end - p >= 3 && p[0] == 0xEF &&
                ((p[1] == 0xBD && p[2] == 0x97) || (p[1] == 0xBC && p[2] == 0xB7));
    return full ? 3 : 0;
}

static bool is_word_byte(byte c)
{
    return ascii_alnum(c) || c == '_' || c == '/' || c == '@' || c == '-';
}

/* Does the run of w from p to end belong to a word or a URL around it? A run is cut
 * off from a word of the other width: OKｗｗｗ. */
static bool is_of_a_word(const struct writer *w, const byte *p, const byte *end)
{
    if (*p < 0x80 && p > w->start && is_word_byte(p[-1]))
        return true;
    if (*p >= 0x80 && p - w->start >= 3 && is_full_alnum(p - 3, w->end))
        return true;
    if (end[-1] >= 0x80)
        return is_full_alnum(end, w->end);
    return end < w->end &&
           (is_word_byte(*end) || (*end == '.' && w->end - end > 1 && ascii_alnum(end[1])));
}

static const byte *step_laugh(struct writer *w, const byte *p)
{
    const byte *end = p;
    size_t length, count = 0;
    for (; (length = w_length(end, w->end)) > 0; end += length)
        count++;
    bool laughs = !is_of_a_word(w, p, end);
    if (laughs && w->text == NULL && w->laughed > 0 && w->laughed == w->out->len)
        return end; /* nothing between the two laughs counts */
    if (laughs)
        count = 1;
    for (const byte *at = p; count > 0; count--, at += w_length(at, w->end)) {
        w->at = (uint32_t)(w->base + (size_t)(at - w->start));
        write_code(w, 'w');
    }
    w->laughed = laughs ? w->out->len : w->laughed;
    return end;
}

static bool is_url_byte(byte c)
{
    return c > ' ' && c < 0x7F && strchr("\"<>\\^`{|}", c) == NULL;
}

/* The character of ASCII that begins at p, in either width, and its length; 0: none. */
static byte ascii_at(const byte *p, const byte *end, size_t *length)
{
    *length = 0;
    if (p == end)
        return 0;
    uint32_t code = read_code(p, end, length);
    if (code >= 0xFF01 && code <= FULL_TILDE)
        return (byte)(code - 0xFF01 + '!');
    return code < 0x80 ? (byte)code : 0;
}

/* The same of the one that ends at p. */
static byte ascii_before(const byte *start, const byte *p, size_t *length)
{
    if (p > start && p[-1] < 0x80)
        return ascii_at(p - 1, p, length);
    *length = 0;
    byte c = p - start >= 3 ? ascii_at(p - 3, p, length) : 0;
    return *length == 3 ? c : 0;
}

/* The length of what a URL begins with, up to p: http, https, and ttp, as it is written where links
 * are not wanted; 0: none. In a key, which takes a byte for each character of it. */
static size_t scheme_before(const struct writer *w, const byte *p)
{
    static const char scheme[] = "sptth"; /* backwards, of which the first and the last may lack */
    size_t taken = 0, length = 0;
    for (size_t i = 0; i < 5; i++) {
        bool stands = (ascii_before(w->start, p, &length) | 0x20) == scheme[i];
        if (!stands && i > 0 && i < 4)
            return 0;
        taken += stands;
        p -= stands ? length : 0;
    }
    return taken;
}

/* In a key a URL goes: what is written of it (http) and what follows, full-width characters only
 * where it began in these. */
static const byte *step_colon(struct writer *w, const byte *p, size_t length)
{
    const byte *from = p, *end = p + length;
    if (w->text != NULL) {
        write_code(w, ':');
        return end;
    }
    size_t first, second;
    if (ascii_at(end, w->end, &first) != '/' || ascii_at(end + first, w->end, &second) != '/')
        return end;
    size_t scheme = scheme_before(w, from);
    if (scheme == 0 || w->out->len - w->from < scheme)
        return end;
    w->out->len -= scheme;
    p = end + first + second;
    while (is_url_byte(ascii_at(p, w->end, &length)) && length <= second)
        p += length;
    return p;
}

static void step_several(struct writer *w, uint32_t code)
{
    const uint32_t *expansion = &w->n->expansions[w->n->target[code]];
    for (uint32_t i = 1; i <= expansion[0]; i++)
        write_folded(w, expansion[i]);
}

/* Beyond the BMP: mostly emoji, which stay; letters in disguise (𝐀, 𝓪) are folded. */
static void step_beyond(struct writer *w, uint32_t code, const byte *p, size_t length)
{
    const utf8proc_property_t *property = utf8proc_get_property((int32_t)code);
    enum action action = action_of(w->n, code);
    int32_t codes[DECOMPOSED_MAX];
    size_t count = 0;
    if (folds(property) && property->boundclass != UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC)
        count = fold_code((int32_t)code, codes);
    if (count > 0)
        for (size_t i = 0; i < count; i++)
            write_folded(w, (uint32_t)codes[i]);
    else if (action == BLANK)
        write_folded(w, ' ');
    else if (action != DROP && !(action == MARK && join(w, code)) &&
             (w->text != NULL || action != SYMBOL))
        write_bytes(w, p, length);
}

/* Takes the character at p, whatever it is; returns what follows. */
static const byte *normal_step(struct writer *w, const byte *p)
{
    size_t length;
    uint32_t code = read_code(p, w->end, &length);
    w->at = (uint32_t)(w->base + (size_t)(p - w->start));
    if (code >= BMP) {
        if (code == NO_CODE)
            write_bytes(w, p, 1);
        else
            step_beyond(w, code, p, length);
        return p + length;
    }
    if (w->text == NULL && code >= 0x80 && w->n->key[code] == 0)
        return p + length;
    switch ((enum action)w->n->action[code]) {
    case COPY: write_bytes(w, p, length); break;
    case SYMBOL:
        if (w->text != NULL)
            write_bytes(w, p, length);
        break;
    case BLANK:
        if (w->text != NULL)
            write_code(w, ' ');
        break;
    case DROP: break;
    case ONE: write_folded(w, w->n->target[code]); break;
    case SEVERAL: step_several(w, code); break;
    case LONG: step_long(w, code); break;
    case LAUGH: return step_laugh(w, p);
    case REPEAT: step_repeat(w, code); break;
    case DOTS: return step_dots(w, p, code, length);
    case VOICE: step_voice(w, code); break;
    case MARK:
        if (!join(w, code))
            write_code(w, code);
        break;
    case COLON: return step_colon(w, p, length);
    }
    return p + length;
}

/* ---- whole texts ---- */

/* Is this, with the first byte lowest, a character of three bytes and something behind it? */
static inline bool is_three(uint32_t four)
{
    return (four & 0xC0C0F0) == 0x8080E0;
}

/* Takes ASCII and three-byte characters as long as they stay as they are; stops at the first
 * other one, or up to three bytes before the end. */
static const byte *copy_run(struct writer *w, const byte *p)
{
    const byte *action = w->n->action, *ascii = w->n->ascii, *end = w->end - 3;
    char *out = w->out->data;
    uint32_t *origin = w->text->origin;
    size_t len = w->out->len;
    uint32_t at = (uint32_t)(w->base + (size_t)(p - w->start));
    while (p < end) {
        uint32_t four = four_bytes(p);
        if ((four & 0x80) == 0) {
            byte c = four & 0x7F;
            if (ascii[c] == 0)
                break;
            out[len] = (char)ascii[c];
            origin[len] = at;
            len += 1;
            p += 1;
            at += 1;
        } else {
            if (!is_three(four) || action[three_code(four)] > COPY)
                break;
            memcpy(out + len, p, 4);
            origin[len] = origin[len + 1] = origin[len + 2] = at;
            len += 3;
            p += 3;
            at += 3;
        }
    }
    w->out->len = len;
    return p;
}

/* Does the mark of a long vowel, as key text has it, stand at p? */
static inline bool is_long_vowel(const char *p)
{
    return memcmp(p, "\xE3\x83\xBC", 3) == 0;
}

/* Do two of them follow each other in three-byte characters, or in the one before these? */
static bool any_long_twice(const char *start, const char *from, const char *to)
{
    bool before = from - start >= 3 && is_long_vowel(from - 3);
    for (; from < to; from += 3) {
        bool here = is_long_vowel(from);
        if (here && before)
            return true;
        before = here;
    }
    return false;
}

/* Writes a three-byte character, or leaves it out; returns what the table says of it. */
static inline byte put_key_three(const byte *key, const byte *p, char **out)
{
    byte says = key[utf8_three_code(p)];
    memcpy(*out, p, 4);
    *out += says & KEY_LENGTH;
    return says;
}

/* Takes five characters at once, if they have three bytes each and are simple. `start` is
 * where the key begins, *out where it ends. */
static inline bool copy_key_five(const byte *key, const byte *p, const char *start, char **out)
{
    char *to = *out;
    if ((utf8_threes_at(p) & UTF8_FIVE) != UTF8_FIVE)
        return false;
    byte any = put_key_three(key, p, &to);
    any |= put_key_three(key, p + 3, &to);
    any |= put_key_three(key, p + 6, &to);
    any |= put_key_three(key, p + 9, &to);
    any |= put_key_three(key, p + 12, &to);
    if (any > KEY_LENGTH && (any >= KEY_STEP || any_long_twice(start, *out, to)))
        return false;
    *out = to;
    return true;
}

/* The same for a key, in which symbols are left out and a run of the mark of a long vowel is
 * one. */
static const byte *copy_key_run(struct writer *w, const byte *p)
{
    const byte *key = w->n->key, *ascii = w->n->ascii, *end = w->end - 3;
    char *start = w->out->data + w->from, *out = w->out->data + w->out->len;
    while (p < end) {
        if (w->end - p >= 16 && copy_key_five(key, p, start, &out)) {
            p += 15;
            continue;
        }
        uint32_t four = four_bytes(p);
        if ((four & 0x80) == 0) {
            byte c = four & 0x7F;
            if (key[c] == KEY_STEP)
                break;
            *out = (char)ascii[c];
            out += key[c];
            p += 1;
        } else {
            byte says = is_three(four) ? key[utf8_three_code(p)] : KEY_STEP;
            if (says == KEY_STEP)
                break;
            bool again = says == KEY_LONG && out - start >= 3 && is_long_vowel(out - 3);
            memcpy(out, p, 4);
            out += again ? 0 : says & KEY_LENGTH;
            p += 3;
        }
    }
    w->out->len = (size_t)(out - w->out->data);
    return p;
}

static void normal_run(struct writer *w, struct str original)
{
    const byte *p = (const byte *)original.ptr;
    w->start = p;
    w->end = p + original.len;
    w->from = w->out->len;
    writer_reserve(w, p);
    while (p < w->end) {
        if (w->end - p > 3)
            p = w->text != NULL ? copy_run(w, p) : copy_key_run(w, p);
        if (p < w->end)
            p = normal_step(w, p);
        writer_reserve(w, p);
    }
}

void normal_analysis_add(const struct normal *n, struct str original, size_t base,
                         struct normal_text *to)
{
    struct writer w = {.n = n, .out = &to->text, .text = to, .base = base};
    normal_run(&w, original);
    to->origin[to->text.len] = (uint32_t)(base + original.len);
}

void normal_analysis(const struct normal *n, struct str original, struct normal_text *to)
{
    buf_clear(&to->text);
    normal_analysis_add(n, original, 0, to);
}

void normal_text_free(struct normal_text *t)
{
    buf_free(&t->text);
    free(t->origin);
    *t = (struct normal_text){0};
}

size_t normal_handle(struct str text)
{
    size_t length = 0;
    while (length < text.len && (ascii_alnum((byte)text.ptr[length]) ||
                                 (text.ptr[length] != 0 && strchr("_-.@", text.ptr[length]))))
        length++;
    return length;
}

/* The length of one mark of a copy, and the name in it. */
static size_t one_repost(struct str text, struct str *handle)
{
    if (!str_starts(text, STR("RT @")))
        return 0;
    *handle = (struct str){text.ptr + 4, normal_handle(str_from(text, 4))};
    size_t at = 4 + handle->len;
    if (handle->len == 0 || at == text.len || text.ptr[at] != ':')
        return 0;
    for (at++; at < text.len && text.ptr[at] == ' '; at++)
        continue;
    return at;
}

size_t normal_repost(struct str text, struct str *handle)
{
    struct str name;
    size_t length, all = 0;
    if (text.len == 0 || *text.ptr != 'R')
        return 0; /* nearly always */
    for (; (length = one_repost(str_from(text, all), &name)) > 0; all += length)
        *handle = name;
    return all;
}

void normal_key(const struct normal *n, struct str original, struct buf *to)
{
    struct str handle;
    struct writer w = {.n = n, .out = to};
    normal_run(&w, str_from(original, normal_repost(original, &handle)));
}
