/*
 * From legacy charsets to UTF-8, after the Encoding Standard
 * (https://encoding.spec.whatwg.org/).
 */
#include "source/charset.h"

#include "record/scan.h"
#include "source/charset-tables.h"

#define DECLARATION_BYTES 1024
#define GUESS_BYTES       ((size_t)256 * 1024)

static unsigned byte_at(struct str text, size_t at)
{
    return at < text.len ? (unsigned char)text.ptr[at] : 0;
}

/* Adds what a table says, or U+FFFD; returns 1 for the latter. */
static size_t add_meaning(struct buf *to, unsigned code)
{
    buf_add_code(to, code != 0 ? code : 0xFFFD);
    return code == 0;
}

static size_t decode_utf8(struct str text, struct buf *to)
{
    size_t bad, faults = 0;
    while (!utf8_check(text, &bad)) {
        buf_add(to, text.ptr, bad);
        buf_add_code(to, 0xFFFD);
        text = str_from(text, bad + 1);
        faults++;
    }
    buf_add_str(to, text);
    return faults;
}

/* ---- double-byte charsets ---- */

static bool between(unsigned byte, unsigned from, unsigned to)
{
    return byte >= from && byte <= to;
}

/* What a pair means when it can be one at all; *pair says that. A broken pair whose
 * second byte is ASCII leaves that byte alone. */
static unsigned sjis_pair(unsigned lead, unsigned trail, bool *pair)
{
    *pair = (between(lead, 0x81, 0x9F) || between(lead, 0xE0, 0xFC)) &&
            between(trail, 0x40, 0xFC) && trail != 0x7F;
    if (!*pair)
        return 0;
    return charset_jis0208[(lead - (lead < 0xA0 ? 0x81 : 0xC1)) * 188 + trail -
                           (trail < 0x7F ? 0x40 : 0x41)];
}

static unsigned jis_pair(unsigned lead, unsigned trail, bool *pair)
{
    *pair = between(lead, 0xA1, 0xFE) && between(trail, 0xA1, 0xFE);
    return *pair ? charset_jis0208[(lead - 0xA1) * 94 + trail - 0xA1] : 0;
}

static unsigned big5_pair(unsigned lead, unsigned trail, bool *pair)
{
    *pair = between(lead, 0x81, 0xFE) && (between(trail, 0x40, 0x7E) || between(trail, 0xA1, 0xFE));
    return *pair ? charset_big5[(lead - 0x81) * 157 + trail - (trail < 0x7F ? 0x40 : 0x62)] : 0;
}

static unsigned gbk_pair(unsigned lead, unsigned trail, bool *pair)
{
    *pair = between(lead, 0x81, 0xFE) && between(trail, 0x40, 0xFE) && trail != 0x7F;
    return *pair ? charset_gbk[(lead - 0x81) * 190 + trail - (trail < 0x7F ? 0x40 : 0x41)] : 0;
}

static unsigned euckr_pair(unsigned lead, unsigned trail, bool *pair)
{
    *pair = between(lead, 0x81, 0xFE) && between(trail, 0x41, 0xFE);
    return *pair ? charset_euckr[(lead - 0x81) * 190 + trail - 0x41] : 0;
}

/* Adds the pair at `at`; returns the bytes it takes. */
static size_t take_pair(struct str text, size_t at, struct buf *to,
                        unsigned (*meaning)(unsigned, unsigned, bool *), size_t *faults)
{
    bool pair;
    unsigned code = meaning(byte_at(text, at), byte_at(text, at + 1), &pair);
    *faults += add_meaning(to, code);
    return code != 0 || (pair && byte_at(text, at + 1) >= 0x80) ? 2 : 1;
}

static size_t decode_sjis(struct str text, struct buf *to)
{
    size_t faults = 0;
    for (size_t at = 0; at < text.len;) {
        unsigned byte = byte_at(text, at);
        if (byte < 0x80) {
            buf_add_char(to, text.ptr[at++]);
        } else if (between(byte, 0xA1, 0xDF)) {
            buf_add_code(to, 0xFF61 + byte - 0xA1);
            at++;
        } else {
            at += take_pair(text, at, to, sjis_pair, &faults);
        }
    }
    return faults;
}

static size_t decode_eucjp(struct str text, struct buf *to)
{
    size_t faults = 0;
    for (size_t at = 0; at < text.len;) {
        unsigned byte = byte_at(text, at), second = byte_at(text, at + 1);
        unsigned third = byte_at(text, at + 2);
        if (byte < 0x80) {
            buf_add_char(to, text.ptr[at++]);
        } else if (byte == 0x8E && between(second, 0xA1, 0xDF)) {
            buf_add_code(to, 0xFF61 + second - 0xA1);
            at += 2;
        } else if (byte == 0x8F && between(second, 0xA1, 0xFE) && between(third, 0xA1, 0xFE)) {
            faults += add_meaning(to, charset_jis0212[(second - 0xA1) * 94 + third - 0xA1]);
            at += 3;
        } else {
            at += take_pair(text, at, to, jis_pair, &faults);
        }
    }
    return faults;
}

/* ASCII and pairs, nothing else. */
static size_t decode_pairs(struct str text, struct buf *to,
                           unsigned (*meaning)(unsigned, unsigned, bool *))
{
    size_t faults = 0;
    for (size_t at = 0; at < text.len;) {
        if (byte_at(text, at) < 0x80)
            buf_add_char(to, text.ptr[at++]);
        else
            at += take_pair(text, at, to, meaning, &faults);
    }
    return faults;
}

static size_t decode_big5(struct str text, struct buf *to)
{
    return decode_pairs(text, to, big5_pair);
}

static size_t decode_euckr(struct str text, struct buf *to)
{
    return decode_pairs(text, to, euckr_pair);
}

/* Four bytes of GB18030: planes above the first follow a formula, the rest of the
 * first has a table that is not worth its size here. */
static unsigned gb18030_four(struct str text, size_t at, bool *four)
{
    unsigned b1 = byte_at(text, at), b2 = byte_at(text, at + 1);
    unsigned b3 = byte_at(text, at + 2), b4 = byte_at(text, at + 3);
    *four = between(b1, 0x81, 0xFE) && between(b2, 0x30, 0x39) && between(b3, 0x81, 0xFE) &&
            between(b4, 0x30, 0x39);
    if (!*four)
        return 0;
    unsigned pointer = (((b1 - 0x81) * 10 + b2 - 0x30) * 126 + b3 - 0x81) * 10 + b4 - 0x30;
    return between(pointer, 189000, 1237575) ? pointer - 189000 + 0x10000 : 0;
}

static size_t decode_gbk(struct str text, struct buf *to)
{
    size_t faults = 0;
    for (size_t at = 0; at < text.len;) {
        bool four;
        unsigned code = gb18030_four(text, at, &four);
        if (byte_at(text, at) < 0x80) {
            buf_add_char(to, text.ptr[at++]);
        } else if (byte_at(text, at) == 0x80) {
            buf_add_code(to, 0x20AC);
            at++;
        } else if (four) {
            faults += add_meaning(to, code);
            at += 4;
        } else {
            at += take_pair(text, at, to, gbk_pair, &faults);
        }
    }
    return faults;
}

enum jis_set { JIS_ASCII, JIS_KANA, JIS_0208, JIS_0212 };

/* JIS Roman is read as ASCII, the first plane of JIS X 0213 as the JIS X 0208 that it
 * extends. */
static const struct {
    struct str escape;
    enum jis_set set;
} jis_escapes[] = {
    {{"\x1B(B", 3}, JIS_ASCII}, {{"\x1B(J", 3}, JIS_ASCII}, {{"\x1B(I", 3}, JIS_KANA},
    {{"\x1B$B", 3}, JIS_0208},  {{"\x1B$@", 3}, JIS_0208},  {{"\x1B$(B", 4}, JIS_0208},
    {{"\x1B$(O", 4}, JIS_0208}, {{"\x1B$(Q", 4}, JIS_0208}, {{"\x1B$(D", 4}, JIS_0212},
};

/* The length of the escape at the beginning of text, 0 for none. */
static size_t take_escape(struct str text, enum jis_set *set)
{
    for (size_t i = 0; i < sizeof jis_escapes / sizeof *jis_escapes; i++)
        if (str_starts(text, jis_escapes[i].escape)) {
            *set = jis_escapes[i].set;
            return jis_escapes[i].escape.len;
        }
    return 0;
}

/* ISO-2022-JP: escapes switch between sets, the end of a line switches back. */
static size_t decode_iso2022jp(struct str text, struct buf *to)
{
    enum jis_set set = JIS_ASCII;
    size_t faults = 0;
    for (size_t at = 0; at < text.len;) {
        unsigned byte = byte_at(text, at), second = byte_at(text, at + 1);
        size_t escape = byte == 0x1B ? take_escape(str_from(text, at), &set) : 0;
        bool graphic = between(byte, 0x21, 0x7E), pair = graphic && between(second, 0x21, 0x7E);
        if (escape > 0) {
            at += escape;
        } else if (set == JIS_KANA && between(byte, 0x21, 0x5F)) {
            buf_add_code(to, 0xFF61 + byte - 0x21);
            at++;
        } else if (set >= JIS_0208 && pair) {
            const uint16_t *table = set == JIS_0212 ? charset_jis0212 : charset_jis0208;
            faults += add_meaning(to, table[(byte - 0x21) * 94 + second - 0x21]);
            at += 2;
        } else {
            bool plain = byte < 0x80 && byte != 0x1B && !(set >= JIS_0208 && graphic);
            faults += add_meaning(to, plain ? byte : 0);
            set = byte == '\n' ? JIS_ASCII : set;
            at++;
        }
    }
    return faults;
}

static size_t decode_single(const uint16_t *upper, struct str text, struct buf *to)
{
    size_t faults = 0;
    buf_reserve(to, text.len);
    for (size_t at = 0; at < text.len; at++) {
        unsigned byte = byte_at(text, at);
        if (byte < 0x80)
            buf_add_char(to, text.ptr[at]);
        else
            faults += add_meaning(to, upper[byte - 0x80]);
    }
    return faults;
}

/* ---- UTF-16 and UTF-32 ---- */

static unsigned unit16(struct str text, size_t at, bool big)
{
    unsigned first = byte_at(text, at), second = byte_at(text, at + 1);
    return big ? first << 8 | second : second << 8 | first;
}

static size_t decode_utf16(struct str text, struct buf *to, bool big)
{
    size_t faults = 0, at = 0;
    for (; at + 1 < text.len; at += 2) {
        unsigned code = unit16(text, at, big);
        unsigned low = at + 3 < text.len ? unit16(text, at + 2, big) : 0;
        if (between(code, 0xD800, 0xDBFF) && between(low, 0xDC00, 0xDFFF)) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            at += 2;
        }
        faults += between(code, 0xD800, 0xDFFF);
        if (code != 0xFEFF)
            buf_add_code(to, code);
    }
    if (at < text.len)
        faults += add_meaning(to, 0);
    return faults;
}

static size_t decode_utf16be(struct str text, struct buf *to)
{
    return decode_utf16(text, to, true);
}

static size_t decode_utf16le(struct str text, struct buf *to)
{
    return decode_utf16(text, to, false);
}

static size_t decode_utf32(struct str text, struct buf *to, bool big)
{
    size_t faults = 0, at = 0;
    for (; at + 3 < text.len; at += 4) {
        unsigned high = unit16(text, big ? at : at + 2, big),
                 low = unit16(text, big ? at + 2 : at, big);
        unsigned code = high << 16 | low;
        faults += code > 0x10FFFF || between(code, 0xD800, 0xDFFF);
        if (code != 0xFEFF)
            buf_add_code(to, code);
    }
    if (at < text.len)
        faults += add_meaning(to, 0);
    return faults;
}

static size_t decode_utf32be(struct str text, struct buf *to)
{
    return decode_utf32(text, to, true);
}

static size_t decode_utf32le(struct str text, struct buf *to)
{
    return decode_utf32(text, to, false);
}

/* ---- labels ---- */

static const struct {
    const char *name;
    size_t (*decode)(struct str text, struct buf *to);
} coded[] = {
    {"utf-8", decode_utf8},
    {"shift_jis", decode_sjis},
    {"euc-jp", decode_eucjp},
    {"big5", decode_big5},
    {"gbk", decode_gbk},
    {"euc-kr", decode_euckr},
    {"utf-16be", decode_utf16be},
    {"utf-16le", decode_utf16le},
    {"utf-32be", decode_utf32be},
    {"utf-32le", decode_utf32le},
    {"iso-2022-jp", decode_iso2022jp},
};

/* Other names, without case and punctuation. */
static const char *const aliases[][2] = {
    {"utf8", "utf-8"},
    {"u8", "utf-8"},
    {"unicode11utf8", "utf-8"},
    {"shiftjis", "shift_jis"},
    {"sjis", "shift_jis"},
    {"xsjis", "shift_jis"},
    {"mskanji", "shift_jis"},
    {"windows31j", "shift_jis"},
    {"cp932", "shift_jis"},
    {"ms932", "shift_jis"},
    {"csshiftjis", "shift_jis"},
    {"cswindows31j", "shift_jis"},
    {"shiftjisx0213", "shift_jis"},
    {"eucjp", "euc-jp"},
    {"xeucjp", "euc-jp"},
    {"ujis", "euc-jp"},
    {"eucjpms", "euc-jp"},
    {"cp51932", "euc-jp"},
    {"cseucpkdfmtjapanese", "euc-jp"},
    {"iso2022jp", "iso-2022-jp"},
    {"jis", "iso-2022-jp"},
    {"csiso2022jp", "iso-2022-jp"},
    {"big5", "big5"},
    {"big5hkscs", "big5"},
    {"cnbig5", "big5"},
    {"xxbig5", "big5"},
    {"csbig5", "big5"},
    {"cp950", "big5"},
    {"gbk", "gbk"},
    {"xgbk", "gbk"},
    {"gb2312", "gbk"},
    {"gb18030", "gbk"},
    {"gb231280", "gbk"},
    {"euccn", "gbk"},
    {"cp936", "gbk"},
    {"chinese", "gbk"},
    {"csgb2312", "gbk"},
    {"euckr", "euc-kr"},
    {"ksc5601", "euc-kr"},
    {"ksc56011987", "euc-kr"},
    {"ksc56011989", "euc-kr"},
    {"korean", "euc-kr"},
    {"cp949", "euc-kr"},
    {"uhc", "euc-kr"},
    {"windows949", "euc-kr"},
    {"cseuckr", "euc-kr"},
    {"utf16be", "utf-16be"},
    {"utf16", "utf-16le"},
    {"utf16le", "utf-16le"},
    {"ucs2", "utf-16le"},
    {"u16", "utf-16le"},
    {"utf32be", "utf-32be"},
    {"utf32le", "utf-32le"},
    {"utf32", "utf-32le"},
    {"ucs4", "utf-32le"},
    {"ascii", "windows-1252"},
    {"usascii", "windows-1252"},
    {"latin1", "windows-1252"},
    {"l1", "windows-1252"},
    {"iso88591", "windows-1252"},
    {"iso885911987", "windows-1252"},
    {"cp819", "windows-1252"},
    {"ibm819", "windows-1252"},
    {"xcp1252", "windows-1252"},
    {"ansix341968", "windows-1252"},
    {"latin2", "iso-8859-2"},
    {"l2", "iso-8859-2"},
    {"latin3", "iso-8859-3"},
    {"latin4", "iso-8859-4"},
    {"cyrillic", "iso-8859-5"},
    {"arabic", "iso-8859-6"},
    {"greek", "iso-8859-7"},
    {"greek8", "iso-8859-7"},
    {"ecma118", "iso-8859-7"},
    {"hebrew", "iso-8859-8"},
    {"iso88598i", "iso-8859-8"},
    {"logical", "iso-8859-8"},
    {"latin5", "windows-1254"},
    {"l5", "windows-1254"},
    {"iso88599", "windows-1254"},
    {"latin6", "iso-8859-10"},
    {"iso885911", "windows-874"},
    {"tis620", "windows-874"},
    {"dos874", "windows-874"},
    {"latin9", "iso-8859-15"},
    {"l9", "iso-8859-15"},
    {"koi8", "koi8-r"},
    {"koi", "koi8-r"},
    {"koi8ru", "koi8-u"},
    {"cp866", "ibm866"},
    {"866", "ibm866"},
    {"mac", "macintosh"},
    {"xmacroman", "macintosh"},
};

/* Both in lower case, letters and digits only? */
static bool same_label(struct str label, const char *name)
{
    size_t at = 0;
    for (const char *n = name;; n++) {
        while (*n == '-' || *n == '_')
            n++;
        char c = '\0';
        while (at < label.len && c == '\0') {
            c = label.ptr[at++];
            if (c >= 'A' && c <= 'Z')
                c = (char)(c | 0x20);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
                c = '\0';
        }
        if (c != *n)
            return false;
        if (*n == '\0')
            return true;
    }
}

/* cp1252 and its like for windows-1252. */
static bool is_code_page(struct str label, const char *name)
{
    return str_starts(str_of(name), STR("windows-12")) && label.len == 6 &&
           (label.ptr[0] | 0x20) == 'c' && (label.ptr[1] | 0x20) == 'p' &&
           memcmp(label.ptr + 2, name + 8, 4) == 0;
}

static bool find_named(struct str label, struct charset *c)
{
    *c = (struct charset){0};
    for (size_t i = 0; i < sizeof coded / sizeof *coded; i++)
        if (same_label(label, coded[i].name)) {
            c->decode = coded[i].decode;
            return true;
        }
    for (size_t i = 0; i < charset_single_count; i++)
        if (same_label(label, charset_singles[i].name) ||
            is_code_page(label, charset_singles[i].name)) {
            c->upper = charset_singles[i].upper;
            return true;
        }
    return false;
}

bool charset_find(struct str label, struct charset *c)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (same_label(label, aliases[i][0]))
            return find_named(str_of(aliases[i][1]), c);
    return find_named(label, c);
}

size_t charset_decode(const struct charset *c, struct str text, struct buf *to)
{
    return c->upper != NULL ? decode_single(c->upper, text, to) : c->decode(text, to);
}

/* ---- what a document is in ---- */

struct mark {
    struct str bytes;
    size_t skip; /* bytes of a byte order mark; else just how `<?` or `{` look */
    size_t (*decode)(struct str text, struct buf *to);
};

static const struct mark marks[] = {
    {{"\xEF\xBB\xBF", 3}, 3, decode_utf8},    {{"\xFF\xFE\0\0", 4}, 4, decode_utf32le},
    {{"\0\0\xFE\xFF", 4}, 4, decode_utf32be}, {{"\xFF\xFE", 2}, 2, decode_utf16le},
    {{"\xFE\xFF", 2}, 2, decode_utf16be},     {{"<\0\0\0", 4}, 0, decode_utf32le},
    {{"\0\0\0<", 4}, 0, decode_utf32be},      {{"<\0", 2}, 0, decode_utf16le},
    {{"\0<", 2}, 0, decode_utf16be},          {{"{\0", 2}, 0, decode_utf16le},
    {{"\0{", 2}, 0, decode_utf16be},          {{"[\0", 2}, 0, decode_utf16le},
    {{"\0[", 2}, 0, decode_utf16be},
};

static const struct mark *find_mark(struct str text)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_starts(text, marks[i].bytes))
            return &marks[i];
    return NULL;
}

/* The label in `<?xml … encoding="label"?>`; ptr NULL if there is none. */
static struct str declared_label(struct str text)
{
    struct str none = {NULL, 0}, label;
    if (text.len > DECLARATION_BYTES)
        text.len = DECLARATION_BYTES;
    ptrdiff_t at = str_find(text, STR("<?xml"));
    if (at < 0)
        return none;
    text = str_cut(str_from(text, (size_t)at), '>', &label);
    at = str_find(text, STR("encoding"));
    if (at < 0)
        return none;
    text = str_trim(str_from(text, (size_t)at + strlen("encoding")));
    if (text.len == 0 || text.ptr[0] != '=')
        return none;
    text = str_trim(str_from(text, 1));
    if (text.len < 2 || (text.ptr[0] != '"' && text.ptr[0] != '\''))
        return none;
    struct str rest;
    label = str_cut(str_from(text, 1), text.ptr[0], &rest);
    return label;
}

/* How much a text that was decoded looks Japanese: kana and kanji for, half-width
 * kana (what EUC-JP read as Shift_JIS is full of) and faults against. Without any
 * kana it is none: accented letters can pass for kanji. */
static long japanese_score(const char *name, struct str sample, struct buf *scratch)
{
    struct charset c;
    if (!charset_find(str_of(name), &c))
        return 0;
    buf_clear(scratch);
    long score = -100 * (long)charset_decode(&c, sample, scratch);
    struct str plain = buf_str(scratch);
    long kana = 0, kanji = 0, half = 0;
    for (size_t at = 0; at + 2 < plain.len; at++) {
        unsigned lead = byte_at(plain, at), second = byte_at(plain, at + 1);
        kana += lead == 0xE3 && between(second, 0x81, 0x83);
        kanji += between(lead, 0xE4, 0xE9);
        half += lead == 0xEF && (second == 0xBD || second == 0xBE);
    }
    return kana == 0 ? 0 : score + 3 * kana + kanji - half;
}

/* Is text in a charset but for few faults? A character that is cut in two, or a stray byte,
 * refutes none. */
static bool nearly_is(const struct charset *c, struct str text, struct buf *scratch)
{
    buf_clear(scratch);
    size_t faults = charset_decode(c, text, scratch), characters = 0;
    for (size_t at = 0; at < scratch->len; at++)
        characters += (unsigned char)scratch->data[at] >= 0xC0;
    return faults * 5 < characters; /* which the faults are among */
}

static bool is_wide_charset(const struct charset *c)
{
    return c->decode == decode_utf16le || c->decode == decode_utf16be ||
           c->decode == decode_utf32le || c->decode == decode_utf32be;
}

/* For text that is no UTF-8 and does not say what it is (or lies). What few bytes refute in the
 * label from outside stands behind what text itself looks like: labels lie, too. */
static struct charset guess(struct str text, struct str label, bool said_utf8, struct buf *scratch)
{
    struct charset c, utf8 = {.decode = decode_utf8};
    struct str sample = {text.ptr, text.len < GUESS_BYTES ? text.len : GUESS_BYTES};
    if (nearly_is(&utf8, sample, scratch))
        return utf8;
    long sjis = japanese_score("shift_jis", sample, scratch);
    long euc = japanese_score("euc-jp", sample, scratch);
    const char *name = said_utf8 ? "utf-8" : "windows-1252";
    if (sjis > 0 || euc > 0)
        name = sjis > euc ? "shift_jis" : "euc-jp";
    else if (label.len > 0 && charset_find(label, &c) && !is_wide_charset(&c) &&
             nearly_is(&c, sample, scratch))
        return c;
    charset_find(str_of(name), &c);
    return c;
}

static bool has_escapes(struct str text)
{
    return text.len > 0 && memchr(text.ptr, 0x1B, text.len) != NULL &&
           (str_find(text, STR("\x1B$B")) >= 0 || str_find(text, STR("\x1B$@")) >= 0);
}

/* The wide charset that a label from outside says. It is believed where there are NULs: replies
 * of HTTP are known that say it of UTF-8. */
static bool find_wide(struct str text, struct str label, struct charset *c)
{
    return label.len > 0 && charset_find(label, c) && is_wide_charset(c) && text.len > 0 &&
           memchr(text.ptr, '\0', text.len) != NULL;
}

bool charset_is_wide(struct str head, struct str label)
{
    struct charset ignored;
    const struct mark *mark = find_mark(head);
    return mark != NULL ? mark->decode != decode_utf8 : find_wide(head, label, &ignored);
}

bool charset_is_told(struct str text, struct str label, struct buf *to, struct str *result)
{
    struct charset c;
    size_t bad;
    if (label.len == 0 || !charset_find(label, &c) || is_wide_charset(&c))
        return false;
    *result = text;
    if (c.decode == decode_utf8)
        return utf8_check(text, &bad);
    bool sound = charset_decode(&c, text, to) == 0;
    *result = buf_str(to);
    return sound;
}

static struct str decode_marked(const struct mark *mark, struct str text, struct buf *to)
{
    size_t bad;
    text = str_from(text, mark->skip);
    if (mark->decode == decode_utf8 && utf8_check(text, &bad))
        return text;
    mark->decode(text, to);
    return buf_str(to);
}

/* As the document itself says, or as its bytes tell. */
static struct str decode_declared(struct str text, struct str told, struct buf *to)
{
    struct charset c;
    size_t bad;
    struct str label = declared_label(text);
    bool known = label.ptr != NULL && charset_find(label, &c) && !is_wide_charset(&c);
    bool said_utf8 = known && c.decode == decode_utf8;
    bool valid = utf8_check(text, &bad);
    bool escapes = has_escapes(text);
    if (valid && (!known || said_utf8) && !escapes)
        return text;
    if (escapes && !known)
        c = (struct charset){.decode = decode_iso2022jp};
    else if (!known || said_utf8)
        c = guess(text, told, said_utf8, to);
    buf_clear(to);
    size_t faults = charset_decode(&c, text, to);
    return faults > 0 && valid && !escapes ? text : buf_str(to); /* a declaration that lies */
}

struct str charset_document(struct str text, struct str label, struct buf *to)
{
    const struct mark *mark = find_mark(text);
    struct str result;
    struct charset wide;
    buf_clear(to);
    if (mark != NULL)
        return decode_marked(mark, text, to);
    if (find_wide(text, label, &wide)) {
        charset_decode(&wide, text, to);
        return buf_str(to);
    }
    if (charset_is_told(text, label, to, &result))
        return result;
    buf_clear(to);
    return decode_declared(text, label, to);
}

/* The byte of windows-1252 that means the character of UTF-8 at `at`, 0 for none. */
static unsigned char windows_byte(const struct charset *windows, struct str text, size_t at,
                                  size_t *len)
{
    unsigned lead = byte_at(text, at), code = lead;
    *len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    for (size_t i = 1; i < *len; i++)
        code = (i == 1 ? lead & (0x7FU >> *len) : code) << 6 | (byte_at(text, at + i) & 0x3F);
    if (code < 0xA0) /* a control stands for a byte that means nothing there */
        return (unsigned char)code;
    for (unsigned i = 0; i < 0x80; i++)
        if (windows->upper[i] == code)
            return (unsigned char)(0x80 + i);
    return 0;
}

void charset_mend_twice(struct buf *text)
{
    struct charset windows;
    struct buf once = {0};
    size_t len, bad, wide = 0;
    bool possible = charset_find(STR("windows-1252"), &windows);
    for (size_t at = 0; possible && at < text->len; at += len) {
        unsigned char byte = windows_byte(&windows, buf_str(text), at, &len);
        possible = byte != 0;
        wide += byte >= 0x80;
        buf_add_char(&once, (char)byte);
    }
    if (possible && wide > 0 && utf8_check(buf_str(&once), &bad)) {
        buf_free(text);
        *text = once;
    } else {
        buf_free(&once);
    }
}

void charset_mend_controls(struct buf *text)
{
    struct charset windows;
    bool any = false;
    for (size_t at = 0; at + 1 < text->len && !any; at++)
        any = text->data[at] == '\xC2' && (unsigned char)text->data[at + 1] < 0xA0;
    if (!any || !charset_find(STR("windows-1252"), &windows))
        return;
    struct buf mended = {0};
    for (size_t at = 0; at < text->len; at++) {
        unsigned second = byte_at(buf_str(text), at + 1);
        if (text->data[at] == '\xC2' && between(second, 0x80, 0x9F))
            add_meaning(&mended, windows.upper[text->data[++at] & 0x7F]);
        else
            buf_add_char(&mended, text->data[at]);
    }
    buf_free(text);
    *text = mended;
}
