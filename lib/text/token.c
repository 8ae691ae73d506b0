/*
 * Tokenizing a post: entities are cut out first, what stands between them is
 * normalised line by line and given to MeCab, and each node is led back to the
 * original through the map of origins. MeCab takes at most 65,535 bytes at a time; long
 * lines are cut at the end of a sentence.
 */
#include "text/token.h"

#include <mecab.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>
#include <utf8proc.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/files.h"
#include "base/intern.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "record/value.h"
#include "record/write.h"
#include "text/entity.h"
#include "text/token-kinds.h"
#include "text/identity.h"
#include "text/words.h"

#ifndef HINOBAN_DICTIONARY
#define HINOBAN_DICTIONARY "/var/lib/mecab/dic/ipadic-utf8"
#endif

#define MECAB_BYTES ((size_t)4096) /* below its limit of 65,535 */
/* A run of one kind of character costs MeCab the square of its length, and over 24 characters
 * it makes no word of it. */
#define RUN_BYTES ((size_t)256)

struct token_model {
    mecab_model_t *mecab;
    struct normal *normal;
    char *dictionary; /* its folder */
    char id[IDENTITY_BYTES];
};

/* A feature of the dictionary taken apart. They come again and again, at the same
 * address, so that the address finds them. None is given up, since tokens point into
 * them; what finds no place is taken apart each time. Small, since they are met in no
 * order: two to a line of the processor's cache. */
#define FEATURES       ((size_t)16384)
#define FEATURE_PROBES 8
struct feature {
    const char *address;
    const char *tail; /* see struct token */
    uint16_t len, pos_len, pos2_at, pos2_len, base_at, base_len, tail_len;
    bool plain;
};

struct tokenizer {
    const struct token_model *model;
    struct feature *features;
    struct feature spare;
    struct intern tails;           /* owns the tails of features */
    struct token_columns prepared; /* none: count is 0 */
    bool plain;                    /* the text under way needs no escape in JSON */
    mecab_t *tagger;
    mecab_lattice_t *lattice;
    struct token_kinds *kinds; /* NULL: nobody asks for numbers */
    struct normal_text normal; /* all analysed stretches of the text, one after another */
    struct token *tokens;
    size_t count, capacity;
};

/* ---- model ---- */

/* The one that was merged of the system's words and ours; without ours, or where another
 * is wanted, one as it comes. */
static char *find_dictionary(const struct token_options *options)
{
    if (options->dictionary != NULL)
        return mem_string(str_of(options->dictionary));
    if (!options->bare)
        return data_path("dic/hinoban");
    char *own = data_path("dic/ipadic-utf8");
    if (access(own, R_OK) == 0)
        return own;
    free(own);
    return mem_string(STR(HINOBAN_DICTIONARY));
}

static bool load_model(struct token_model *m, char *dictionary, const char *user, struct err *e)
{
    char *list = mem_string(str_of(user));
    char program[] = "mecab", rc[] = "-r", none[] = "/dev/null", d[] = "-d", u[] = "-u";
    char *argv[] = {program, rc, none, d, dictionary, u, list};
    m->mecab = mecab_model_new(*user != '\0' ? 7 : 5, argv);
    free(list);
    if (m->mecab == NULL)
        return err_set(e, "cannot load the MeCab dictionary in %s: %s", dictionary,
                       mecab_strerror(NULL));
    const char *charset = mecab_model_dictionary_info(m->mecab)->charset;
    return strcasecmp(charset, "utf-8") == 0 || strcasecmp(charset, "utf8") == 0 ||
           err_set(e, "the MeCab dictionary in %s is in %s, not in UTF-8", dictionary, charset);
}

static bool is_hexadecimal(struct str text)
{
    size_t digits = 0;
    while (digits < text.len && memchr("0123456789abcdef", text.ptr[digits], 16) != NULL)
        digits++;
    return digits == text.len;
}

/* A dictionary that was merged tells its identity. */
static bool read_identity(struct token_model *m, const char *dictionary, struct err *e)
{
    struct buf path = {0}, identity = {0};
    buf_addf(&path, "%s/%s", dictionary, IDENTITY_FILE);
    bool merged = access(buf_text(&path), F_OK) == 0;
    bool ok = !merged || file_read(&identity, buf_text(&path), e);
    struct str text = str_trim(buf_str(&identity));
    if (ok && merged && (text.len != IDENTITY_BYTES - 1 || !is_hexadecimal(text)))
        ok = err_set(e, "%s does not hold %d hexadecimal digits", buf_text(&path),
                     IDENTITY_BYTES - 1);
    if (ok && merged)
        memcpy(m->id, text.ptr, text.len);
    buf_free(&identity);
    buf_free(&path);
    return ok;
}

/* Of any other, what its system dictionary says of itself tells it. */
static bool identify(struct token_model *m, const char *dictionary, struct err *e)
{
    for (const mecab_dictionary_info_t *d = mecab_model_dictionary_info(m->mecab); d != NULL;
         d = d->next)
        if (d->type == MECAB_SYS_DIC)
            identity_text(m->id, identity_add(0, d->size, d->lsize, d->rsize, d->version));
    return read_identity(m, dictionary, e);
}

void token_model_tell_files(const struct token_model *m, const struct filter_settings *filter)
{
    static const char *const files[] = {"sys.dic",  "unk.dic", "matrix.bin",
                                        "char.bin", "dicrc",   IDENTITY_FILE};
    struct buf path = {0};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        buf_clear(&path);
        buf_addf(&path, "%s/%s", m->dictionary, files[i]);
        filter_also_reads(filter, buf_text(&path));
    }
    buf_free(&path);
}

const char *token_model_id(const struct token_model *m)
{
    return m->id;
}

struct token_model *token_model_new(const struct token_options *options, struct err *e)
{
    struct token_model *m = mem_zero(1, sizeof *m);
    char *dictionary = m->dictionary = find_dictionary(options);
    struct buf own = {0};
    int fd = options->words != NULL ? file_nameless(&own, e) : -1;
    bool ok = options->words == NULL ||
              (fd >= 0 && words_compile(options->words, dictionary, buf_text(&own), e));
    ok = ok && load_model(m, dictionary, buf_text(&own), e) && identify(m, dictionary, e);
    if (fd >= 0)
        close(fd); /* MeCab has mapped it */
    buf_free(&own);
    m->normal = normal_new();
    if (ok)
        return m;
    token_model_free(m);
    return NULL;
}

void token_model_free(struct token_model *m)
{
    if (m == NULL)
        return;
    if (m->mecab != NULL)
        mecab_model_destroy(m->mecab);
    normal_free(m->normal);
    free(m->dictionary);
    free(m);
}

const struct normal *token_model_normal(const struct token_model *m)
{
    return m->normal;
}

struct tokenizer *tokenizer_new(const struct token_model *m, struct err *e)
{
    struct tokenizer *t = mem_zero(1, sizeof *t);
    t->model = m;
    t->features = mem_zero(FEATURES, sizeof *t->features);
    t->tagger = mecab_model_new_tagger(m->mecab);
    t->lattice = mecab_model_new_lattice(m->mecab);
    if (t->tagger != NULL && t->lattice != NULL)
        return t;
    err_set(e, "MeCab does not start: %s", mecab_strerror(NULL));
    tokenizer_free(t);
    return NULL;
}

void tokenizer_free(struct tokenizer *t)
{
    if (t == NULL)
        return;
    if (t->lattice != NULL)
        mecab_lattice_destroy(t->lattice);
    if (t->tagger != NULL)
        mecab_destroy(t->tagger);
    normal_text_free(&t->normal);
    intern_free(&t->tails);
    free(t->features);
    token_kinds_free(t->kinds);
    free(t->tokens);
    free(t);
}

/* ---- running ---- */

static struct token *new_token(struct tokenizer *t)
{
    MEM_GROW(t->tokens, t->count, t->capacity);
    return &t->tokens[t->count++];
}

/* Line breaks do not count: they are in no token. */
static bool is_plain(char c)
{
    return c != '"' && c != '\\' && ((unsigned char)c >= 0x20 || c == '\n');
}

static bool needs_no_escape(struct str text)
{
    size_t at = 0;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1F), line = _mm_set1_epi8('\n');
    __m128i found = _mm_setzero_si128();
    for (; text.len - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text.ptr + at));
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, control), v);
        low = _mm_andnot_si128(_mm_cmpeq_epi8(v, line), low);
        __m128i sign = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
        found = _mm_or_si128(found, _mm_or_si128(low, sign));
    }
    if (_mm_movemask_epi8(found) != 0)
        return false;
#endif
    while (at < text.len && is_plain(text.ptr[at]))
        at++;
    return at == text.len;
}

static struct str feature_part(const struct feature *f, size_t at, size_t len)
{
    return (struct str){f->address + at, len};
}

/* Puts all but the surface of a word's token into JSON. */
static void prepare_tail(struct tokenizer *t, struct feature *f)
{
    struct token token = {.pos = feature_part(f, 0, f->pos_len),
                          .pos2 = feature_part(f, f->pos2_at, f->pos2_len),
                          .base = feature_part(f, f->base_at, f->base_len),
                          .feature = feature_part(f, 0, f->len)};
    if (t->prepared.count == 0 || !f->plain || f->base_len == 0)
        return;
    struct buf tail = {0};
    for (size_t c = 1; c < t->prepared.count; c++) {
        buf_add(&tail, "\",\"", 3);
        buf_add_str(&tail, token_column_of(&token, t->prepared.column[c]));
    }
    buf_add(&tail, "\"]", 2);
    if (tail.len <= UINT16_MAX) {
        uint32_t number = intern_add(&t->tails, buf_str(&tail));
        f->tail = t->tails.strings[number].ptr;
        f->tail_len = (uint16_t)tail.len;
    }
    buf_free(&tail);
}

void tokenizer_number(struct tokenizer *t, uint32_t first)
{
    token_kinds_free(t->kinds);
    t->kinds = token_kinds_new(first);
}

void tokenizer_prepare(struct tokenizer *t, const struct token_columns *columns)
{
    bool fits = columns->column[0] == TOKEN_SURFACE;
    for (size_t c = 1; c < columns->count; c++)
        fits = fits && columns->column[c] != TOKEN_SURFACE && columns->column[c] != TOKEN_OFFSET;
    t->prepared.count = 0;
    if (fits)
        t->prepared = *columns;
}

/* A feature is some hundred bytes; of one that is none (over 64 KB) nothing is taken. */
static void take_apart(struct tokenizer *t, struct feature *f, const char *address, bool keep)
{
    struct str all = str_of(address);
    *f = (struct feature){.address = address};
    if (all.len > UINT16_MAX)
        return;
    struct str rest = all, pos = str_cut(rest, ',', &rest), pos2 = str_cut(rest, ',', &rest);
    struct str base = token_feature_column(all, 6);
    f->len = (uint16_t)all.len;
    f->pos_len = (uint16_t)pos.len;
    f->pos2_at = (uint16_t)(pos2.ptr - address);
    f->pos2_len = (uint16_t)pos2.len;
    f->base_at = (uint16_t)(base.ptr - address);
    f->base_len = (uint16_t)base.len;
    f->plain = needs_no_escape(all);
    if (keep)
        prepare_tail(t, f);
}

static const struct feature *find_feature(struct tokenizer *t, const char *address)
{
    size_t place = ((uintptr_t)address * 0x9E3779B97F4A7C15u) >> 50;
    for (size_t probe = 0; probe < FEATURE_PROBES; probe++) {
        struct feature *f = &t->features[(place + probe) % FEATURES];
        if (f->address == NULL)
            take_apart(t, f, address, true);
        if (f->address == address)
            return f;
    }
    take_apart(t, &t->spare, address, false);
    return &t->spare;
}

static bool is_punctuation(struct str normal)
{
    size_t len;
    for (size_t at = 0; at < normal.len; at += len) {
        utf8proc_category_t category =
            utf8proc_category((utf8proc_int32_t)text_code(normal, at, &len));
        if (category < UTF8PROC_CATEGORY_PC || category > UTF8PROC_CATEGORY_SO)
            return false;
    }
    return true;
}

/* What is said of a node. One that is no whole word, since it begins or ends inside of a
 * character, is not what the dictionary knows; and ipadic takes runs of punctuation, and what it
 * knows in its wide forms only, for nouns. */
static const char *feature_of(const mecab_node_t *node, struct str normal, bool whole)
{
    bool known = node->stat != MECAB_UNK_NODE;
    if (known && whole)
        return node->feature;
    if (is_punctuation(normal))
        return "記号,一般,*,*,*,*,*";
    return known ? "名詞,一般,*,*,*,*,*" : node->feature;
}

static void add_node(struct tokenizer *t, struct str text, const mecab_node_t *node)
{
    const uint32_t *origin = t->normal.origin;
    size_t begin = (size_t)(node->surface - t->normal.text.data), at = begin;
    size_t cut = begin + node->length, end = cut;
    /* one character made into several words (㈱, ŉ): the first has it, of the others what follows
     */
    const struct token *last = t->count > 0 ? &t->tokens[t->count - 1] : NULL;
    while (end < t->normal.text.len && origin[end] == origin[end - 1])
        end++;
    while (last != NULL && at < end && origin[at] < last->at + last->surface.len)
        at++;
    if (at == end)
        return;
    size_t from = origin[at];
    struct str surface = {text.ptr + from, origin[end] - from};
    /* what normalisation dropped behind a word may be white space */
    while (surface.len > 0 && (unsigned char)surface.ptr[surface.len - 1] <= ' ')
        surface.len--;
    if (surface.len == 0)
        return;
    struct str normal = {t->normal.text.data + at, end - at};
    bool whole = at == begin && end == cut;
    const struct feature *feature = find_feature(t, feature_of(node, normal, whole));
    bool known = feature->base_len > 0; /* else ＂ and ＼ may have been folded */
    struct token *token = new_token(t);
    *token = (struct token){
        .surface = surface,
        .at = from,
        .pos = feature_part(feature, 0, feature->pos_len),
        .pos2 = feature_part(feature, feature->pos2_at, feature->pos2_len),
        .base = known ? feature_part(feature, feature->base_at, feature->base_len) : normal,
        .feature = feature_part(feature, 0, feature->len),
        .plain = t->plain && feature->plain && (known || needs_no_escape(normal)),
        .tail = {feature->tail, feature->tail_len}};
}

/* Adds a stretch of the text to the normalised text. When that moves, the bases that
 * are slices of it move along. */
static void add_normal(struct tokenizer *t, struct str stretch, size_t at)
{
    uintptr_t old = (uintptr_t)t->normal.text.data;
    size_t length = t->normal.text.len;
    normal_analysis_add(t->model->normal, stretch, at, &t->normal);
    buf_reserve(&t->normal.text, 1); /* for analyse() */
    if ((uintptr_t)t->normal.text.data == old)
        return;
    for (size_t i = 0; i < t->count; i++) {
        uintptr_t base = (uintptr_t)t->tokens[i].base.ptr;
        if (base >= old && base < old + length)
            t->tokens[i].base.ptr = t->normal.text.data + (base - old);
    }
}

/* Gives a stretch of the normalised text to MeCab. Behind blanks at its end MeCab goes
 * by strlen() and not by the length: there must be a NUL. */
static void analyse(struct tokenizer *t, struct str text, size_t at, size_t length)
{
    char *end = t->normal.text.data + at + length, kept = *end;
    *end = '\0';
    mecab_lattice_set_sentence2(t->lattice, t->normal.text.data + at, length);
    bool parsed = mecab_parse_lattice(t->tagger, t->lattice);
    *end = kept;
    if (!parsed)
        return;
    const mecab_node_t *node = mecab_lattice_get_bos_node(t->lattice);
    for (node = node->next; node != NULL && node->stat != MECAB_EOS_NODE; node = node->next)
        add_node(t, text, node);
}

/* Kinds of characters of which MeCab looks for the end of a run at each character. */
static unsigned char run_kind(struct str text)
{
    unsigned char first = (unsigned char)text.ptr[0];
    if (first == 0xE3 && text.len >= 3)
        return (unsigned char)text.ptr[1] >= 0x82 ? 'k' : 0; /* kana: U+3080 and above */
    if (first <= ' ' || first >= 0x7F)
        return 0;
    if (ascii_digit(first))
        return '0';
    return (first | 0x20) >= 'a' && (first | 0x20) <= 'z' ? 'a' : '!';
}

/* How far a stretch goes until it holds a run that is too long. */
static size_t until_run(struct str stretch)
{
    size_t begin = 0;
    unsigned char kind = 0;
    for (size_t at = 0; at < stretch.len; at += kind == 'k' ? 3 : 1) {
        unsigned char now = run_kind(str_from(stretch, at));
        if (now != kind || now == 0)
            begin = at;
        else if (at - begin >= RUN_BYTES)
            return at;
        kind = now;
    }
    return stretch.len;
}

/* Where to cut a stretch that is too long: behind a sentence, else behind a blank, else
 * between two characters. */
static size_t cut_point(struct str stretch)
{
    static const struct str ends[] = {{"。", 3}, {"!", 1}, {"?", 1}, {"、", 3}, {" ", 1}};
    if (stretch.len <= RUN_BYTES)
        return stretch.len;
    struct str head = {stretch.ptr, stretch.len < MECAB_BYTES ? stretch.len : MECAB_BYTES};
    size_t run = until_run(head);
    if (run < head.len || stretch.len <= MECAB_BYTES)
        return run;
    for (size_t kind = 0; kind < sizeof ends / sizeof *ends; kind++)
        for (size_t end = MECAB_BYTES; end > MECAB_BYTES / 2; end--)
            if (str_ends((struct str){stretch.ptr, end}, ends[kind]))
                return end;
    size_t end = MECAB_BYTES;
    while (((unsigned char)stretch.ptr[end] & 0xC0) == 0x80)
        end--;
    return end;
}

/* Text without entities, which stands at byte `at` of the original. */
static void run_plain(struct tokenizer *t, struct str text, size_t at, size_t end)
{
    size_t from = t->normal.text.len;
    add_normal(t, (struct str){text.ptr + at, end - at}, at);
    while (from < t->normal.text.len) {
        struct str rest = {t->normal.text.data + from, t->normal.text.len - from}, after;
        if (rest.len > MECAB_BYTES + 1) /* all that cut_point() asks for */
            rest.len = MECAB_BYTES + 1;
        struct str line = str_cut(rest, '\n', &after);
        line.len = cut_point(line);
        if (line.len > 0)
            analyse(t, text, from, line.len);
        from += line.len;
        if (from < t->normal.text.len && t->normal.text.data[from] == '\n')
            from++;
    }
}

/* Bases of entities: what is compared, not what was typed. */
static struct str entity_base(struct tokenizer *t, struct str text, const struct entity *found)
{
    struct str surface = {text.ptr + found->at, found->len};
    if (found->type == ENTITY_EMOJI || found->type == ENTITY_KAOMOJI || found->type == ENTITY_URL)
        return surface;
    if (found->type == ENTITY_LAUGHTER && str_starts(surface, STR("笑")))
        surface.len = strlen("笑"); /* in words a run of it stays, unlike w and 草 */
    size_t from = t->normal.text.len;
    add_normal(t, surface, found->at);
    return (struct str){t->normal.text.data + from, t->normal.text.len - from};
}

static void add_entity(struct tokenizer *t, struct str text, const struct entity *found)
{
    struct str surface = {text.ptr + found->at, found->len};
    struct str base = entity_base(t, text, found);
    struct token *token = new_token(t);
    *token = (struct token){.surface = surface,
                            .at = found->at,
                            .pos = STR("記号"),
                            .pos2 = str_of(entity_name(found->type)),
                            .base = base,
                            .plain = t->plain && needs_no_escape(base)};
}

struct token_list tokenizer_run(struct tokenizer *t, struct str text)
{
    t->count = 0;
    t->plain = needs_no_escape(text);
    buf_clear(&t->normal.text);
    buf_reserve(&t->normal.text, 2 * text.len + 64);
    for (size_t at = 0; at < text.len;) {
        struct entity found = entity_next(text, at);
        if (found.at > at)
            run_plain(t, text, at, found.at);
        if (found.type != ENTITY_NONE)
            add_entity(t, text, &found);
        at = found.at + found.len;
    }
    if (t->kinds != NULL)
        token_kinds_give(t->kinds, t->tokens, t->count);
    return (struct token_list){t->tokens, t->count};
}
