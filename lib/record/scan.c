/*
 * The span scanner. Strings are nearly all of a record, so they get the speed:
 * 16 bytes at a time while they are plain ASCII, and a tight loop over three-byte
 * sequences, which Japanese text mostly is. Where so many bytes are left that none
 * of those looked at can be the end, names, short strings and numbers are taken in
 * a few steps without a look at it; whatever is not as usual, a fault above all, is
 * left to the careful step that follows. Compiled with SCAN_PORTABLE the vector step
 * is eight bytes in a register, as on other machines, and nothing is taken that way:
 * the tests compare the two.
 */
#include "record/scan.h"

#include "base/utf8.h"

#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
#include <emmintrin.h>
#elif defined(__aarch64__) && !defined(SCAN_PORTABLE)
#include <arm_neon.h>
#endif

typedef unsigned char byte;

#define WIDE 20 /* bytes: a name of 15 with its quotes, a colon and what comes then */

struct scanner {
    const byte *start, *end;
    const byte *wide; /* up to here WIDE bytes can be read; NULL: nowhere */
    const byte *fault;
    const char *what;
    bool escaped; /* an escape was passed */
};

/* The first and the last bytes of a name, which together nearly always tell it. */
static inline uint32_t name_ends(const char *name, size_t length)
{
    uint16_t first, last;
    if (length < 2)
        return length == 0 ? 0 : (byte)name[0];
    memcpy(&first, name, sizeof first);
    memcpy(&last, name + length - sizeof last, sizeof last);
    return (uint32_t)first << 16 | last;
}

static inline unsigned shape_bucket(uint32_t ends)
{
    return ends * 0x9E3779B1u >> 26; /* of SHAPE_BUCKETS */
}

/* Puts a name into its bucket, behind those that are there: of two that are the same the
 * first is found. */
static void shape_hang(struct shape *s, uint8_t index, uint8_t length)
{
    uint8_t *at = &s->buckets[shape_bucket(s->ends[index])];
    while (*at != 0)
        at = &s->next[*at - 1];
    *at = (uint8_t)(index + 1);
    s->lengths[index] = length;
}

/* The name at hand is that of the program's own member. */
static void shape_own(struct shape *s, size_t length, const char *name)
{
    s->own = (int)s->count;
    s->put_length = length + 4;
    memcpy(s->put, ",\"", 2);
    memcpy(s->put + 2, name, length);
    memcpy(s->put + 2 + length, "\":", 2);
}

void shape_init(struct shape *s, const char *const *names, const char *own)
{
    *s = (struct shape){.own = -1};
    for (; *names != NULL && s->count < RECORD_MEMBERS; names++) {
        size_t length = strlen(*names);
        s->ends[s->count] = name_ends(*names, length);
        if (length < RECORD_NAME_BYTES)
            shape_hang(s, (uint8_t)s->count, (uint8_t)length);
        if (own != NULL && strcmp(*names, own) == 0 && length < RECORD_NAME_BYTES)
            shape_own(s, length, *names);
        s->names[s->count++] = *names;
    }
}

/* ---- characters ---- */

/* The length of the well-formed multi-byte sequence at p, or 0. */
static size_t utf8_sequence(const byte *p, const byte *end)
{
    size_t left = (size_t)(end - p);
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    if (left < 2 || (p[1] & 0xC0) != 0x80)
        return 0;
    if (p[0] < 0xE0)
        return 2;
    if (left < 3 || (p[2] & 0xC0) != 0x80)
        return 0;
    if (p[0] < 0xF0) {
        if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F))
            return 0;
        return 3;
    }
    if (left < 4 || (p[3] & 0xC0) != 0x80)
        return 0;
    if ((p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return 4;
}

/* Which of the 15 bytes at p, where 16 can be read, are not as in a row of three-byte
 * sequences without a break, as bits, the first one lowest; the 16th always is. E0 and ED ask
 * for a look at the second byte: they are, too. */
static inline unsigned utf8_break(const byte *p)
{
#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i hard = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xE0)),
                                _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xED)));
    return ~utf8_threes_at(p) | (unsigned)_mm_movemask_epi8(hard);
#else
    unsigned hard = 0;
    for (unsigned i = 0; i < 15; i++)
        hard |= (unsigned)(p[i] == 0xE0 || p[i] == 0xED) << i;
    return ~utf8_threes_at(p) | hard;
#endif
}

/* How many of the bytes are before a break that begins there: 0, 3, … 15. */
static inline size_t utf8_threes(unsigned breaks)
{
    return (size_t)__builtin_ctz(breaks) / 3 * 3;
}

/* Passes a run of multi-byte sequences; NULL at one that is not well-formed, which
 * *bad is set to. */
static const byte *utf8_run(const byte *p, const byte *end, const byte **bad)
{
    for (;;) {
        unsigned breaks = 1;
        while (end - p >= 16 && ((breaks = utf8_break(p)) & UTF8_FIVE) == 0)
            p += 15; /* a constant, for which the next load need not wait */
        p += (breaks & UTF8_FIVE) == 0 ? 0 : utf8_threes(breaks);
        if (p == end || *p < 0x80)
            return p;
        size_t length = utf8_sequence(p, end);
        if (length == 0) {
            *bad = p;
            return NULL;
        }
        p += length;
    }
}

/* The first byte at or after p that is a quote, a backslash, a control character
 * or not ASCII. */
static inline const byte *plain_run(const byte *p, const byte *end)
{
#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(0x20);
    for (; end - p >= 16; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        /* signed: bytes from 0x80 up are below 0x20 too */
        __m128i stop =
            _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
                         _mm_cmplt_epi8(v, space));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);
        if (mask != 0)
            return p + __builtin_ctz(mask);
    }
#elif defined(__aarch64__) && !defined(SCAN_PORTABLE)
    for (; end - p >= 16; p += 16) {
        uint8x16_t v = vld1q_u8(p);
        uint8x16_t stop =
            vorrq_u8(vorrq_u8(vceqq_u8(v, vdupq_n_u8('"')), vceqq_u8(v, vdupq_n_u8('\\'))),
                     vorrq_u8(vcltq_u8(v, vdupq_n_u8(0x20)), vcgeq_u8(v, vdupq_n_u8(0x80))));
        uint64_t mask =
            vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(stop), 4)), 0);
        if (mask != 0)
            return p + (__builtin_ctzll(mask) >> 2);
    }
#else
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    for (; end - p >= 8; p += 8) {
        uint64_t v;
        memcpy(&v, p, sizeof v);
        uint64_t quote = v ^ ones * '"', slash = v ^ ones * '\\';
        uint64_t stop =
            ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | (v - ones * 0x20) | v;
        if ((stop & high) != 0)
            break;
    }
#endif
    while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
        p++;
    return p;
}

/* ---- values; each function takes where it begins and returns where it ends, or
 * NULL with the fault noted ---- */

static const byte *scan_fault(struct scanner *s, const byte *at, const char *what)
{
    s->fault = at;
    s->what = what;
    return NULL;
}

static inline byte scan_peek(const struct scanner *s, const byte *p)
{
    return p < s->end ? *p : 0;
}

static const byte *scan_unexpected(struct scanner *s, const byte *at, const char *what)
{
    return scan_fault(s, at, at >= s->end ? "ends too early" : what);
}

static inline const byte *scan_space(const struct scanner *s, const byte *p)
{
    while (p < s->end && *p <= ' ' && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    return p;
}

static bool is_hex(byte c)
{
    return ascii_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static const byte *scan_escape(struct scanner *s, const byte *p)
{
    byte c = scan_peek(s, p + 1);
    s->escaped = true;
    if (c == 'u') {
        for (int i = 2; i < 6; i++)
            if (!is_hex(scan_peek(s, p + i)))
                return scan_unexpected(s, p + i, "bad \\u escape");
        return p + 6;
    }
    if (c == 0 || strchr("\"\\/bfnrt", c) == NULL)
        return scan_unexpected(s, p + 1, "bad escape");
    return p + 2;
}

/* A string of any length and content, as scan_string(). */
__attribute__((noinline)) static const byte *scan_long_string(struct scanner *s, const byte *p)
{
    for (p = plain_run(p, s->end);; p = plain_run(p, s->end)) {
        if (p == s->end)
            return scan_fault(s, p, "ends within a string");
        if (*p == '"')
            return p;
        if (*p >= 0x80) {
            const byte *bad;
            p = utf8_run(p, s->end, &bad);
            if (p == NULL)
                return scan_fault(s, bad, "bad UTF-8");
        } else if (*p == '\\') {
            p = scan_escape(s, p);
            if (p == NULL)
                return NULL;
        } else {
            return scan_fault(s, p, "control character in a string");
        }
    }
}

#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
/* Which of the 16 bytes at p are where plain_run() stops. */
static inline unsigned stops_at(const byte *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
        _mm_cmplt_epi8(v, _mm_set1_epi8(0x20))));
}

/* The closing quote of a string that ends within 15 bytes and is nothing but three-byte
 * sequences, as nearly all Japanese words are; NULL for another. */
static inline const byte *short_word(const byte *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    if (quotes == 0)
        return NULL;
    unsigned length = (unsigned)__builtin_ctz(quotes);
    return utf8_threes(utf8_break(p)) == length ? p + length : NULL;
}

/* The closing quote of a string that is plain ASCII, or a short word; otherwise what is
 * left of it is for scan_long_string(), from *rest on. */
static inline const byte *usual_string(const struct scanner *s, const byte *p, const byte **rest)
{
    const byte *begin = p;
    for (; p <= s->wide; p += 16) {
        unsigned stops = stops_at(p);
        if (stops == 0)
            continue;
        const byte *stop = p + __builtin_ctz(stops);
        *rest = stop;
        if (*stop == '"')
            return stop;
        return stop == begin ? short_word(p) : NULL;
    }
    *rest = p;
    return NULL;
}

/* What stands behind the colon of a name of 15 bytes at most that is plain ASCII, where no
 * white space is around the colon; NULL where it is not so. */
static inline const byte *usual_key(const struct scanner *s, const byte *p, struct str *key)
{
    if (p > s->wide || *p != '"')
        return NULL;
    unsigned stops = stops_at(p + 1);
    size_t length = (size_t)__builtin_ctz(stops | 1u << 16);
    const byte *close = p + 1 + length;
    if (close[0] != '"' || close[1] != ':' || close[2] <= ' ')
        return NULL;
    *key = (struct str){(const char *)p + 1, length};
    return close + 2;
}

#else
static inline const byte *usual_string(const struct scanner *s, const byte *p, const byte **rest)
{
    (void)s;
    *rest = p;
    return NULL;
}

static inline const byte *usual_key(const struct scanner *s, const byte *p, struct str *key)
{
    (void)s, (void)p, (void)key;
    return NULL;
}
#endif

/* What follows a whole number of few digits, or null; NULL where it is another value. */
static inline const byte *usual_bare(const struct scanner *s, const byte *p)
{
    if (p > s->wide)
        return NULL;
    if (memcmp(p, "null", 4) == 0)
        return p + 4;
    const byte *most = *p == '0' ? p + 1 : p + WIDE - 1, *at = p;
    while (at < most && ascii_digit(*at))
        at++;
    return at > p && (*at == ',' || *at == '}' || *at == ']') ? at : NULL;
}

/* Does what a writer without white space puts between two members stand at p? */
static inline bool is_next_member(const struct scanner *s, const byte *p)
{
    return p <= s->wide && p[0] == ',' && p[1] == '"';
}

/* p is behind the opening quote; returns the closing one. */
__attribute__((always_inline)) static inline const byte *scan_string(struct scanner *s,
                                                                     const byte *p)
{
    const byte *rest, *close = usual_string(s, p, &rest);
    return close != NULL ? close : scan_long_string(s, rest);
}

static const byte *scan_digits(struct scanner *s, const byte *p)
{
    const byte *first = p;
    while (p < s->end && ascii_digit(*p))
        p++;
    return p > first ? p : scan_unexpected(s, p, "bad number");
}

static const byte *scan_number(struct scanner *s, const byte *p)
{
    if (*p == '-')
        p++;
    if (scan_peek(s, p) == '0')
        p++;
    else if ((p = scan_digits(s, p)) == NULL)
        return NULL;
    if (scan_peek(s, p) == '.' && (p = scan_digits(s, p + 1)) == NULL)
        return NULL;
    if ((scan_peek(s, p) | 0x20) == 'e') {
        p++;
        if (scan_peek(s, p) == '+' || scan_peek(s, p) == '-')
            p++;
        p = scan_digits(s, p);
    }
    return p;
}

static inline const byte *scan_word(struct scanner *s, const byte *p, const char *word,
                                    size_t length)
{
    if ((size_t)(s->end - p) < length || memcmp(p, word, length) != 0)
        return scan_fault(s, p, "not a JSON value");
    return p + length;
}

/* A number or a word. */
__attribute__((noinline)) static const byte *scan_bare(struct scanner *s, const byte *p)
{
    byte c = scan_peek(s, p);
    if (c == '-' || ascii_digit(c))
        return scan_number(s, p);
    if (c == 't')
        return scan_word(s, p, "true", 4);
    if (c == 'f')
        return scan_word(s, p, "false", 5);
    if (c == 'n')
        return scan_word(s, p, "null", 4);
    return scan_unexpected(s, p, "not a JSON value");
}

__attribute__((always_inline)) static inline const byte *scan_scalar(struct scanner *s,
                                                                     const byte *p)
{
    if (scan_peek(s, p) != '"') {
        const byte *after = usual_bare(s, p);
        return after != NULL ? after : scan_bare(s, p);
    }
    p = scan_string(s, p + 1);
    return p == NULL ? NULL : p + 1;
}

/* A key with the colon behind it; *key is what stands between the quotes. */
__attribute__((noinline)) static const byte *scan_any_key(struct scanner *s, const byte *p,
                                                          struct str *key)
{
    if (scan_peek(s, p) != '"')
        return scan_unexpected(s, p, "a member's name is missing");
    const byte *close = scan_string(s, p + 1);
    if (close == NULL)
        return NULL;
    *key = (struct str){(const char *)p + 1, (size_t)(close - p) - 1};
    if (s->end - close > 2 && close[1] == ':' && close[2] > ' ')
        return close + 2;
    p = scan_space(s, close + 1);
    if (scan_peek(s, p) != ':')
        return scan_unexpected(s, p, "a colon is missing");
    return scan_space(s, p + 1);
}

__attribute__((always_inline)) static inline const byte *scan_key(struct scanner *s, const byte *p,
                                                                  struct str *key)
{
    const byte *after = usual_key(s, p, key);
    return after != NULL ? after : scan_any_key(s, p, key);
}

/* Strings of an array that follow each other with nothing but commas between, from the
 * quote at p: rows of words. Returns what is behind the last. */
static inline const byte *scan_words(struct scanner *s, const byte *p)
{
    for (;;) {
        p = scan_string(s, p + 1);
        if (p == NULL)
            return NULL;
        p++;
        if (!is_next_member(s, p))
            return p;
        p++;
    }
}

/* An array or an object with all that is in it, `outer` containers around it. The
 * bits of `objects` tell which of the open containers are objects, the innermost the
 * lowest; 64 at a time go to `older`. */
static const byte *scan_container(struct scanner *s, const byte *p, unsigned outer)
{
    uint64_t objects = 0, older[SCAN_DEPTH / 64];
    unsigned depth = 0;
    bool object; /* is the innermost? */
    struct str key;
open:
    if (outer + depth >= SCAN_DEPTH)
        return scan_fault(s, p, "nested too deep");
    object = *p == '{';
    if (depth > 0 && depth % 64 == 0)
        older[depth / 64 - 1] = objects;
    objects = objects << 1 | object;
    depth++;
    p = scan_space(s, p + 1);
    if (scan_peek(s, p) == (object ? '}' : ']'))
        goto close;
element:
    if (object) {
        p = scan_key(s, p, &key);
        if (p == NULL)
            return NULL;
    }
    if (scan_peek(s, p) == '{' || scan_peek(s, p) == '[')
        goto open;
    p = !object && scan_peek(s, p) == '"' ? scan_words(s, p) : scan_scalar(s, p);
    if (p == NULL)
        return NULL;
next:
    if (object && is_next_member(s, p)) {
        p++;
        goto element;
    }
    p = scan_space(s, p);
    if (scan_peek(s, p) == ',') {
        p = scan_space(s, p + 1);
        goto element;
    }
    if (scan_peek(s, p) != (object ? '}' : ']'))
        return scan_unexpected(s, p,
                               object ? "a comma or } is missing" : "a comma or ] is missing");
close:
    p++;
    if (--depth > 0) {
        objects = depth % 64 == 0 ? older[depth / 64 - 1] : objects >> 1;
        object = (objects & 1) != 0;
        goto next;
    }
    return p;
}

static inline const byte *scan_value(struct scanner *s, const byte *p, unsigned outer)
{
    byte c = scan_peek(s, p);
    return c == '{' || c == '[' ? scan_container(s, p, outer) : scan_scalar(s, p);
}

/* ---- records ---- */

static unsigned hex4(const char *p)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        value = value << 4 | (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

const char *json_escape(const char *p, const char *end, unsigned *code)
{
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (p[1] != 'u') {
        *code = (byte)meant[strchr(plain, p[1]) - plain];
        return p + 2;
    }
    *code = hex4(p + 2);
    p += 6;
    bool high = *code >= 0xD800 && *code < 0xDC00;
    if (high && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
        unsigned low = hex4(p + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
            p += 6;
        }
    }
    return p;
}

/* Is a key with escapes in it this name? */
static bool key_is_escaped(struct str key, const char *name)
{
    const char *p = key.ptr, *end = key.ptr + key.len;
    while (p < end && *name != '\0') {
        char meant[4] = {*p};
        size_t length = 1;
        if (*p == '\\') {
            unsigned code;
            p = json_escape(p, end, &code);
            length = utf8_put(meant, code);
        } else {
            p++;
        }
        if (strncmp(name, meant, length) != 0)
            return false;
        name += length;
    }
    return p == end && *name == '\0';
}

bool key_is(struct str key, const char *name)
{
    return str_is(key, name) ||
           (key.len > 0 && memchr(key.ptr, '\\', key.len) != NULL && key_is_escaped(key, name));
}

static inline int shape_find(const struct shape *s, struct str key, bool escaped)
{
    uint32_t ends = name_ends(key.ptr, key.len);
    for (unsigned at = s->buckets[shape_bucket(ends)]; at != 0; at = s->next[at - 1])
        if (s->ends[at - 1] == ends && s->lengths[at - 1] == key.len &&
            (key.len <= 4 || memcmp(s->names[at - 1], key.ptr, key.len) == 0))
            return (int)at - 1;
    if (escaped)
        for (size_t index = 0; index < s->count; index++)
            if (key_is_escaped(key, s->names[index]))
                return (int)index;
    return -1;
}

static const byte *record_members(struct scanner *s, const struct shape *shape, const byte *p,
                                  struct record *r)
{
    p = scan_space(s, p + 1);
    if (scan_peek(s, p) == '}')
        return p;
    for (;;) {
        struct str key;
        const byte *key_start = p;
        s->escaped = false;
        p = scan_key(s, p, &key);
        if (p == NULL)
            return NULL;
        int index = shape_find(shape, key, s->escaped);
        const byte *value = p;
        p = scan_value(s, p, 1);
        if (p == NULL)
            return NULL;
        r->members++;
        if (index >= 0)
            r->member[index] = (struct str){(const char *)value, (size_t)(p - value)};
        if (index >= 0 && index == shape->own) {
            r->own_count++;
            r->own_start = (size_t)((const char *)key_start - r->line.ptr);
            r->own_end = (size_t)((const char *)p - r->line.ptr);
        }
        if (is_next_member(s, p)) {
            p++;
            continue;
        }
        p = scan_space(s, p);
        if (scan_peek(s, p) == '}')
            return p;
        if (scan_peek(s, p) != ',')
            return scan_unexpected(s, p, "a comma or } is missing");
        p = scan_space(s, p + 1);
    }
}

static struct scanner scan_begin(struct str text)
{
    const byte *start = (const byte *)text.ptr, *end = start + text.len;
#ifdef SCAN_PORTABLE
    const byte *wide = NULL;
#else
    const byte *wide = text.len < WIDE ? NULL : end - WIDE;
#endif
    return (struct scanner){.start = start, .end = end, .wide = wide};
}

bool record_scan(const struct shape *shape, struct str line, struct record *r, struct scan_error *e)
{
    struct scanner s = scan_begin(line);
    memset(r->member, 0, shape->count * sizeof *r->member);
    r->members = r->own_count = r->own_start = r->own_end = 0;
    const byte *open = scan_space(&s, s.start);
    const byte *p = NULL;
    if (scan_peek(&s, open) != '{') {
        struct scan_error inner;
        size_t used;
        bool json = json_scan(line, &used, &inner);
        scan_fault(&s, json ? open : s.start + inner.at, json ? "not an object" : inner.what);
    } else {
        r->line.ptr = (const char *)open;
        p = record_members(&s, shape, open, r);
    }
    if (p != NULL) {
        r->line.len = (size_t)(p + 1 - open);
        p = scan_space(&s, p + 1);
        if (p == s.end)
            return true;
        scan_fault(&s, p, "more behind the object");
    }
    *e = (struct scan_error){(size_t)(s.fault - s.start), s.what};
    return false;
}

bool json_scan(struct str text, size_t *used, struct scan_error *e)
{
    struct scanner s = scan_begin(text);
    const byte *p = scan_value(&s, scan_space(&s, s.start), 0);
    if (p == NULL) {
        *e = (struct scan_error){(size_t)(s.fault - s.start), s.what};
        return false;
    }
    *used = (size_t)(p - s.start);
    return true;
}

bool utf8_check(struct str text, size_t *bad)
{
    const byte *p = (const byte *)text.ptr, *end = p + text.len;
    while (p < end) {
        while (p < end && *p < 0x80)
            p++;
        const byte *fault;
        const byte *next = p < end ? utf8_run(p, end, &fault) : p;
        if (next == NULL) {
            *bad = (size_t)(fault - (const byte *)text.ptr);
            return false;
        }
        p = next;
    }
    return true;
}
