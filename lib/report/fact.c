/*
 * Records into facts. Only `class`, `metrics`, `author`, `dup` and `tokens` are
 * looked into; of the tokens, the content words: nouns, verbs and adjectives that
 * are no number, address or single letter.
 */
#include "report/fact.h"

#include <utf8proc.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "record/quotes.h"
#include "record/value.h"

const char *const fact_members[] = {"kind", "text",   "id",    "source",    "url",       "time",
                                    "seen", "author", "title", "metrics",   "tier",      "watch",
                                    "dup",  "tokens", "class", "repost_of", "level",     "stage",
                                    "what", "from",   "to",    "reason",    "recovered", NULL};

const char *const fact_kinds[] = {"post", "gap", "alert", "suggest", "delete", "cluster", NULL};

const char *const fact_tones[TONES] = {"positive", "neutral", "negative", "unjudged"};

int64_t fact_count(struct str raw)
{
    double number = value_number(raw, -1);
    return number < 0 ? -1 : number > UINT32_MAX ? UINT32_MAX : (int64_t)number;
}

/* Takes a count if it is one; tells so. */
static bool take_count(struct str raw, uint32_t *count)
{
    int64_t number = fact_count(raw);
    *count = number < 0 ? 0 : (uint32_t)number;
    return number >= 0;
}

uint8_t fact_level(struct str raw)
{
    double level = value_number(raw, 0);
    return (uint8_t)(level < 0 ? 0 : level > 4 ? 4 : level);
}

/* The text of a string; it is valid until the scratch is used again, as is the next. */
static struct str text_of(struct fact_reader *reader, struct str raw)
{
    buf_clear(&reader->scratch);
    return value_string(raw, &reader->scratch);
}

/* A key, which a walk gives as spelled. What is shorter than a letter's escape has none. */
static struct str key_text(struct fact_reader *reader, struct str key)
{
    return key.len < STR("\\u0061").len ? key
                                        : text_of(reader, (struct str){key.ptr - 1, key.len + 2});
}

uint64_t fact_hash(struct str raw, struct buf *scratch)
{
    buf_clear(scratch);
    struct str text = value_string(raw, scratch);
    if (text.len == 0)
        return 0;
    uint64_t hash = hash_bytes(text, 0);
    return hash == 0 ? 1 : hash;
}

/* Offsets of zones change at quarters of an hour and seldom. */
static int64_t zone_offset(struct fact_reader *reader, int64_t time)
{
    int64_t quarter = time / 900;
    if (reader->zone_quarter != quarter || quarter == 0) {
        reader->zone_quarter = quarter;
        reader->zone_offset = clock_zone_offset(time);
    }
    return reader->zone_offset;
}

static int64_t read_time(struct fact_reader *reader, struct str raw)
{
    int64_t time;
    clock_parse(text_of(reader, raw), &time);
    return time;
}

static void read_times(struct fact_reader *reader, const struct record *r, struct fact *f)
{
    f->time = read_time(reader, r->member[FACT_TIME]);
    f->seen = read_time(reader, r->member[FACT_SEEN]);
    int64_t limit = (f->seen != CLOCK_UNKNOWN ? f->seen : reader->now) + CLOCK_DAY;
    if (f->time == CLOCK_UNKNOWN)
        return;
    if (f->time > limit) {
        f->flags |= POST_FUTURE;
        f->time = CLOCK_UNKNOWN;
        return;
    }
    int64_t local = f->time + zone_offset(reader, f->time);
    int64_t day = clock_day(local);
    f->day = (int32_t)day;
    f->hour = (uint8_t)((local - day * CLOCK_DAY) / 3600);
}

static void read_labels(struct fact_reader *reader, enum label_kind kind, struct str raw,
                        struct fact *f)
{
    const struct labels *l = reader->labels;
    struct walk w;
    struct str value;
    if (value_type(raw) != VALUE_ARRAY)
        return;
    size_t first = labels_first_bit(l, kind);
    walk_begin(&w, raw);
    while (walk_next(&w, NULL, &value)) {
        int index = labels_find(l, kind, text_of(reader, value));
        if (index >= 0)
            f->labels |= (uint32_t)1 << (first + (size_t)index);
    }
}

/* What is no tone counts as neutral. */
static uint8_t read_tone(struct str name)
{
    uint8_t tone = 0;
    while (tone < FACT_UNJUDGED && !str_is(name, fact_tones[tone]))
        tone++;
    return tone < FACT_UNJUDGED ? tone : FACT_NEUTRAL;
}

static void read_class(struct fact_reader *reader, struct str raw, struct fact *f)
{
    struct walk w;
    struct str key, value, tone = {NULL, 0}, level = tone, support = tone;
    struct str intents = tone, risks = tone, conduct = tone;
    f->tone = FACT_UNJUDGED;
    if (value_type(raw) != VALUE_OBJECT)
        return;
    walk_begin(&w, raw);
    while (walk_next(&w, &key, &value)) {
        key = key_text(reader, key);
        if (str_equal(key, STR("tone")))
            tone = value;
        else if (str_equal(key, STR("intents")))
            intents = value;
        else if (str_equal(key, STR("risks")))
            risks = value;
        else if (str_equal(key, STR("conduct")))
            conduct = value;
        else if (str_equal(key, STR("level")))
            level = value;
        else if (str_equal(key, STR("support")))
            support = value;
    }
    f->tone = read_tone(text_of(reader, tone));
    read_labels(reader, LABEL_INTENT, intents, f);
    read_labels(reader, LABEL_RISK, risks, f);
    read_labels(reader, LABEL_CONDUCT, conduct, f);
    f->level = fact_level(level);
    f->flags |= POST_JUDGED | (value_true(support) ? POST_SUPPORT : 0);
}

static void read_metrics(struct fact_reader *reader, const struct record *r, struct fact *f)
{
    struct walk w;
    struct str key, value;
    walk_begin(&w, r->member[FACT_METRICS]);
    bool object = value_type(r->member[FACT_METRICS]) == VALUE_OBJECT;
    while (object && walk_next(&w, &key, &value)) {
        key = key_text(reader, key);
        if (str_equal(key, STR("reposts")))
            f->reposts_known = take_count(value, &f->reposts);
        else if (str_equal(key, STR("quotes")))
            f->quotes_known = take_count(value, &f->quotes);
        else if (str_equal(key, STR("views")))
            f->reach_known = take_count(value, &f->reach);
    }
    if (f->reach_known)
        f->flags |= POST_VIEWS;
}

/* A handle is a name on one network only: the source tells which. */
static uint64_t hash_handle(struct fact_reader *reader, struct str handle, struct str source)
{
    uint64_t network = fact_hash(source, &reader->scratch);
    struct str name = text_of(reader, handle);
    return name.len == 0 ? 0 : hash_bytes(name, network) | 1;
}

static void read_author(struct fact_reader *reader, const struct record *r, struct fact *f)
{
    struct str raw = r->member[FACT_AUTHOR];
    struct walk w;
    struct str key, value, id = {NULL, 0}, handle = {NULL, 0}, followers = {NULL, 0};
    if (value_type(raw) != VALUE_OBJECT)
        return;
    walk_begin(&w, raw);
    while (walk_next(&w, &key, &value)) {
        key = key_text(reader, key);
        if (str_equal(key, STR("id")))
            id = value;
        else if (str_equal(key, STR("handle")))
            handle = value;
        else if (str_equal(key, STR("followers")))
            followers = value;
    }
    if (!f->reach_known)
        f->reach_known = take_count(followers, &f->reach);
    f->author = fact_hash(id, &reader->scratch);
    if (f->author == 0)
        f->author = hash_handle(reader, handle, r->member[FACT_SOURCE]);
}

/* What dedupe calls a copy is one, even where the first one has no id or is not known; but
 * for what has words of its own, too: that is of another, and still an original. A post that
 * was read again is a copy of itself, which is none. */
static void read_copy(struct fact_reader *reader, const struct record *r, struct fact *f)
{
    struct str dup = r->member[FACT_DUP];
    f->of = fact_hash(value_member(dup, "of"), &reader->scratch);
    bool own = value_is(value_member(dup, "how"), "quote") || value_true(value_member(dup, "own"));
    bool copy = value_type(dup) == VALUE_OBJECT && !own;
    if (f->of != 0 && f->of == f->id) {
        f->of = 0;
        copy = false;
    }
    if (f->of == 0) {
        f->of = fact_hash(r->member[FACT_REPOST_OF], &reader->scratch);
        copy = copy || f->of != 0;
    }
    if (f->of != 0 && f->of == f->id)
        f->of = 0;
    else if (copy)
        f->flags |= POST_COPY;
}

/* A token's columns as tokenize writes them without -o, raw. */
struct token {
    struct str surface, pos, base;
    bool plain; /* surely without escapes */
};

static bool is_content(struct fact_reader *reader, const struct token *t)
{
    struct str pos =
        t->plain ? (struct str){t->pos.ptr + 1, t->pos.len - 2} : text_of(reader, t->pos);
    return str_starts(pos, STR("名詞")) || str_starts(pos, STR("動詞")) ||
           str_starts(pos, STR("形容詞"));
}

static bool is_letter(uint32_t code)
{
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

static bool is_number(struct str word)
{
    size_t length;
    for (; word.len > 0; word = str_from(word, length))
        if (is_letter(utf8_code(word.ptr, &length)))
            return false;
    return true;
}

/* What the first byte alone does not tell: it may begin a digit, a wide form or an emoji. */
static bool is_rare_word(struct str word)
{
    size_t length;
    uint32_t code = utf8_code(word.ptr, &length);
    bool digit = utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_ND;
    return is_letter(code) || (digit && !is_number(word));
}

/* Kana alone, numbers, addresses and signs tell nothing. */
static bool is_word(struct str word)
{
    if (word.len < 2 || word.len > WORD_BYTES)
        return false;
    unsigned char first = (unsigned char)word.ptr[0], second = (unsigned char)word.ptr[1];
    if (ascii_digit(first) || first >= 0xEF)
        return is_rare_word(word);
    if (first < 0x80)
        return first == '#' ||
               ((first | 0x20) >= 'a' && (first | 0x20) <= 'z' && !str_starts(word, STR("http")));
    bool kana = first == 0xE3 && second >= 0x81 && second <= 0x83;
    return first >= 0xC3 && first != 0xE2 && !(kana && word.len == 3);
}

static bool add_word(struct fact_reader *reader, const struct token *t, struct buf *to)
{
    if (!is_content(reader, t))
        return false;
    struct str word = text_of(reader, t->base);
    if (word.len == 0 || str_is(word, "*"))
        word = text_of(reader, t->surface);
    if (!is_word(word))
        return false;
    buf_add_char(to, (char)word.len);
    buf_add_str(to, word);
    return true;
}

/* Reads a string at *at, which text that was scanned before surely ends. */
static bool take_string(const char **at, struct str *raw)
{
    const char *p = *at;
    if (*p != '"')
        return false;
    for (p++; *p != '"'; p++)
        p += *p == '\\';
    *raw = (struct str){*at, (size_t)(p + 1 - *at)};
    *at = p + 1;
    return true;
}

/* The string behind the first quote of *quotes, which is at byte `place`; the next one
 * ends it. False where it does not begin there. */
static bool cut_string(const char *at, unsigned place, uint64_t *quotes, struct str *raw)
{
    if (*quotes == 0 || (unsigned)__builtin_ctzll(*quotes) != place)
        return false;
    *quotes &= *quotes - 1;
    if (*quotes == 0)
        return false;
    unsigned end = (unsigned)__builtin_ctzll(*quotes);
    *quotes &= *quotes - 1;
    *raw = (struct str){at + place, end + 1 - place};
    return end + 1 < QUOTES_SPAN;
}

/* Tokens are most of a record. The form that tokenize writes, three strings without
 * blanks, is taken apart by its quotes where it is short and has no escape. */
static bool take_short_token(const char **at, const char *end, struct token *t)
{
    const char *p = *at;
    if ((size_t)(end - p) < QUOTES_SPAN || *p != '[')
        return false;
    uint64_t quotes = quotes_bits(p, '"');
    if (!cut_string(p, 1, &quotes, &t->surface))
        return false;
    unsigned place = (unsigned)t->surface.len + 1;
    if (p[place] != ',' || !cut_string(p, place + 1, &quotes, &t->pos))
        return false;
    place += 1 + (unsigned)t->pos.len;
    if (p[place] != ',' || !cut_string(p, place + 1, &quotes, &t->base))
        return false;
    place += 1 + (unsigned)t->base.len;
    if (p[place] != ']' || (quotes_bits(p, '\\') << (63 - place)) != 0)
        return false;
    *at = p + place + 1;
    t->plain = true;
    return true;
}

/* The same, byte by byte. */
static bool take_plain_token(const char **at, struct token *t)
{
    const char *p = *at;
    if (*p++ != '[' || !take_string(&p, &t->surface) || *p++ != ',' || !take_string(&p, &t->pos) ||
        *p++ != ',' || !take_string(&p, &t->base) || *p++ != ']')
        return false;
    *at = p;
    t->plain = false;
    return true;
}

static bool take_any_token(struct walk *tokens, struct token *t)
{
    struct walk w;
    struct str value;
    *t = (struct token){.pos = {NULL, 0}};
    if (!walk_next(tokens, NULL, &value))
        return false;
    walk_begin(&w, value);
    if (value_type(value) == VALUE_ARRAY && walk_next(&w, NULL, &t->surface) &&
        walk_next(&w, NULL, &t->pos))
        walk_next(&w, NULL, &t->base);
    return true;
}

/* The line may be looked at as far as `end`. */
static void read_words(struct fact_reader *reader, struct str raw, const char *end, struct buf *to)
{
    struct walk w;
    struct token t;
    size_t count = 0;
    walk_begin(&w, raw);
    while (count < WORD_COUNT && w.at < w.end) {
        w.at += *w.at == ',';
        if (!take_short_token(&w.at, end, &t) && !take_plain_token(&w.at, &t) &&
            !take_any_token(&w, &t))
            break;
        count += add_word(reader, &t, to);
    }
}

static uint64_t match_watches(struct fact_reader *reader, struct str raw)
{
    struct str text = text_of(reader, raw);
    normal_analysis(reader->normal, text, &reader->form);
    return watchlist_match(reader->watches, &reader->form, text);
}

/* A record that was not collected for a watch is matched here. */
static void read_watches(struct fact_reader *reader, const struct record *r, struct fact *f)
{
    struct str watch = r->member[FACT_WATCH];
    if (reader->watches == NULL || !value_empty(watch))
        return;
    f->watched =
        match_watches(reader, r->member[FACT_TITLE]) | match_watches(reader, r->member[FACT_TEXT]);
}

static enum fact_kind read_kind(struct str raw)
{
    if (raw.ptr == NULL || value_is(raw, "post"))
        return FACT_POST;
    if (value_is(raw, "gap"))
        return FACT_GAP;
    if (value_is(raw, "alert"))
        return FACT_ALERT;
    if (value_is(raw, "cluster"))
        return FACT_CLUSTER;
    return value_is(raw, "delete") ? FACT_DELETE : FACT_SUGGEST;
}

static uint8_t read_tier(struct fact_reader *reader, struct str raw)
{
    buf_clear(&reader->scratch);
    int tier = labels_find(reader->labels, LABEL_TIER, value_string(raw, &reader->scratch));
    return tier < 0 || tier > FACT_TIER_UNKNOWN ? FACT_TIER_UNKNOWN : (uint8_t)tier;
}

void fact_read(struct fact_reader *reader, const struct record *r, struct buf *to)
{
    struct fact f = {.kind = (uint8_t)read_kind(r->member[FACT_KIND])};
    read_times(reader, r, &f);
    f.id = fact_hash(r->member[FACT_ID], &reader->scratch);
    if (f.kind == FACT_POST) {
        read_class(reader, r->member[FACT_CLASS], &f);
        read_metrics(reader, r, &f);
        read_author(reader, r, &f);
        read_copy(reader, r, &f);
        read_watches(reader, r, &f);
        f.tier = read_tier(reader, r->member[FACT_TIER]);
        if (value_type(r->member[FACT_TOKENS]) == VALUE_ARRAY)
            f.flags |= POST_WORDS;
    }
    buf_clear(to);
    buf_add(to, &f, sizeof f);
    if ((f.flags & POST_WORDS) && !(f.flags & POST_COPY))
        read_words(reader, r->member[FACT_TOKENS], r->line.ptr + r->line.len, to);
}

void fact_read_left_out(struct fact_reader *reader, const struct record *r, struct buf *to)
{
    struct fact f = {.kind = FACT_LEFT_OUT, .time = CLOCK_UNKNOWN};
    if (read_kind(r->member[FACT_KIND]) == FACT_POST)
        read_times(reader, r, &f);
    buf_clear(to);
    buf_add(to, &f, sizeof f);
}

struct fact fact_of(struct str bytes)
{
    struct fact f;
    memcpy(&f, bytes.ptr, sizeof f);
    return f;
}
