/*
 * Entities. Each kind has one function that says how long an entity of its kind at
 * a place is, 0 for none. A table over the first byte keeps plain text fast: only
 * bytes that can open an entity are looked at closely.
 *
 * Mentions and hashtags follow what the networks accept (twitter-text's rules:
 * https://github.com/twitter/twitter-text); emoji are whole grapheme clusters with an
 * Extended_Pictographic or a pair of regional indicators (UAX #29, UTS #51).
 */
#define _GNU_SOURCE /* memmem */
#include "text/entity.h"

#include <stdbool.h>
#include <utf8proc.h>

#include "text/language.h"

const char *entity_name(enum entity_type type)
{
    static const char *const names[] = {"",      "url",     "mention", "hashtag",
                                        "emoji", "kaomoji", "laughter"};
    return names[type];
}

unsigned text_code(struct str text, size_t at, size_t *len)
{
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    size_t left = text.len - at;
    *len = 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return p[0];
    if (p[0] < 0xE0 && left >= 2) {
        *len = 2;
        return (unsigned)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    }
    if (p[0] < 0xF0 && left >= 3) {
        *len = 3;
        return (unsigned)(p[0] & 0x0F) << 12 | (unsigned)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    }
    if (p[0] >= 0xF0 && left >= 4) {
        *len = 4;
        return (unsigned)(p[0] & 0x07) << 18 | (unsigned)(p[1] & 0x3F) << 12 |
               (unsigned)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
    }
    return p[0];
}

/* The code point before byte `at`; a blank at the beginning. */
static unsigned code_before(struct str text, size_t at)
{
    if (at == 0)
        return ' ';
    size_t start = at - 1, len;
    while (start > 0 && at - start < 4 && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
        start--;
    return text_code(text, start, &len);
}

/* The code point at byte `at`; a blank at the end. */
static unsigned code_at(struct str text, size_t at)
{
    size_t len;
    return at < text.len ? text_code(text, at, &len) : ' ';
}

/* Is the character of `len` bytes at p in the list? UTF-8 lets bytes be compared. */
static bool is_listed(const char *p, size_t len, const char *list)
{
    if (len == 1)
        return *p != '\0' && strchr(list, *p) != NULL;
    return memmem(list, strlen(list), p, len) != NULL;
}

static bool is_one_of(unsigned c, const char *list)
{
    char bytes[4];
    size_t len = 1;
    bytes[0] = (char)c;
    if (c >= 0x10000) {
        len = 4;
        bytes[0] = (char)(0xF0 | c >> 18);
        bytes[1] = (char)(0x80 | (c >> 12 & 0x3F));
        bytes[2] = (char)(0x80 | (c >> 6 & 0x3F));
        bytes[3] = (char)(0x80 | (c & 0x3F));
    } else if (c >= 0x800) {
        len = 3;
        bytes[0] = (char)(0xE0 | c >> 12);
        bytes[1] = (char)(0x80 | (c >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (c & 0x3F));
    } else if (c >= 0x80) {
        len = 2;
        bytes[0] = (char)(0xC0 | c >> 6);
        bytes[1] = (char)(0x80 | (c & 0x3F));
    }
    return is_listed(bytes, len, list);
}

/* ---- URLs ---- */

/* Besides ASCII the letters of Latin, Greek and Cyrillic, and the dash of titles; Japanese
 * text follows a URL without a blank. */
static bool is_url_char(unsigned c)
{
    if (c >= 0x80)
        return (c >= 0xC0 && c < 0x530) || c == 0x2013;
    return ascii_alnum(c) || (c != 0 && strchr("-._~:/?#[]@!$&'()*+,;=%|", (int)c) != NULL);
}

static bool opens_host(struct str rest, size_t scheme)
{
    return scheme < rest.len && ascii_alnum((unsigned char)rest.ptr[scheme]);
}

/* How URLs begin, by the first letter: with a scheme, or as people and networks write them
 * without one. */
static const char *const *url_openings(unsigned c)
{
    static const char *const openings[26][3] = {['a' - 'a'] = {"amzn.to/"},
                                                ['b' - 'a'] = {"bit.ly/"},
                                                ['g' - 'a'] = {"goo.gl/"},
                                                ['h' - 'a'] = {"https://", "http://"},
                                                ['p' - 'a'] = {"pic.twitter.com/", "pic.x.com/"},
                                                ['t' - 'a'] = {"t.co/"},
                                                ['w' - 'a'] = {"www."},
                                                ['y' - 'a'] = {"youtu.be/"}};
    static const char *const none[] = {NULL};
    unsigned letter = (c | 0x20) - 'a';
    return letter < 26 ? openings[letter] : none;
}

/* The length of what a URL begins with; 0: none begins there. */
static size_t url_opening(struct str rest)
{
    const char *const *opening = url_openings(rest.len > 0 ? (unsigned char)rest.ptr[0] : 0);
    for (; *opening != NULL; opening++)
        if (str_starts_nocase(rest, str_of(*opening)))
            return strlen(*opening);
    return 0;
}

static size_t url_length(struct str text, size_t at)
{
    struct str rest = str_from(text, at);
    size_t scheme = url_opening(rest);
    if (scheme == 0 || ascii_alnum(code_before(text, at)) || !opens_host(rest, scheme))
        return 0;
    size_t end = scheme, len;
    int parentheses = 0, brackets = 0;
    for (; end < rest.len && is_url_char(text_code(rest, end, &len)); end += len) {
        parentheses += (rest.ptr[end] == '(') - (rest.ptr[end] == ')');
        brackets += (rest.ptr[end] == '[') - (rest.ptr[end] == ']');
        if (parentheses < 0 || brackets < 0)
            break;
    }
    while (is_one_of(code_before(rest, end), ".,!?:;'([|*~–"))
        end -= (unsigned char)rest.ptr[end - 1] < 0x80 ? 1 : STR("–").len;
    return end;
}

/* ---- mentions and hashtags ---- */

static bool is_handle_char(unsigned c)
{
    return ascii_alnum(c) || c == '_';
}

/* What may not stand before a mention, unless it is an old client's RT. */
static bool joins_mention(struct str text, size_t at)
{
    unsigned before = code_before(text, at);
    if (before < 0x80 && (before == '\0' || strchr("_.@/!#$%&*", (int)before) == NULL) &&
        !ascii_alnum(before))
        return false;
    bool rt = at >= 2 && (text.ptr[at - 2] | 0x20) == 'r' && (text.ptr[at - 1] | 0x20) == 't' &&
              !is_handle_char(code_before(text, at - 2));
    return before < 0x80 && !rt;
}

/* What may not stand behind one: another sign, the rest of a URL, an accented letter. */
static bool spoils_mention(struct str text, size_t end)
{
    unsigned after = code_at(text, end);
    return after == '@' || str_starts(str_from(text, end), STR("://")) ||
           (after >= 0xC0 && after < 0x250);
}

/* More than a name and a host, which has 253 bytes at most (RFC 1035). What goes on behind
 * that is none of theirs: signs in a chain of RT@a.RT@a. would each look to its end. */
#define MENTION_BYTES 320

/* A name, and behind it the host of a federated network (@name@host, @name.host). */
static size_t mention_length(struct str text, size_t at, size_t sign)
{
    if (joins_mention(text, at))
        return 0;
    size_t end = at + sign;
    while (end < text.len && is_handle_char((unsigned char)text.ptr[end]))
        end++;
    if (end == at + sign)
        return 0;
    while (end - at < MENTION_BYTES) {
        size_t next = end;
        if (next < text.len && strchr("@.-", text.ptr[next]) != NULL)
            next++;
        size_t name = next;
        while (next < text.len && is_handle_char((unsigned char)text.ptr[next]))
            next++;
        if (name == end || next == name)
            break;
        end = next;
    }
    return spoils_mention(text, end) ? 0 : end - at;
}

static bool is_tag_char(unsigned c)
{
    if (c < 0x80)
        return is_handle_char(c);
    if (is_one_of(c, "〃ー〜～·־׳״་༌") || c == 0x200C || c == 0x200D)
        return true;
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME) ||
           category == UTF8PROC_CATEGORY_ND;
}

/* Without one of these it is a number (#1), and no tag. */
static bool is_tag_letter(unsigned c)
{
    return ascii_alnum(c) ? c > '9'
                          : c >= 0x80 && c != 0x3003 &&
                                utf8proc_category((utf8proc_int32_t)c) != UTF8PROC_CATEGORY_ND;
}

static size_t hashtag_length(struct str text, size_t at, size_t sign)
{
    unsigned before = code_before(text, at);
    bool selector = before >= 0xFE00 && before <= 0xFE0F;
    if ((is_tag_char(before) && !selector) || before == '&' || before == '#' || before == '/')
        return 0;
    size_t end = at + sign, len;
    bool letter = false;
    while (end < text.len) {
        unsigned c = text_code(text, end, &len);
        if (!is_tag_char(c) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0x20E3)
            break;
        letter = letter || is_tag_letter(c);
        end += len;
    }
    bool address = str_starts(str_from(text, end), STR("://"));
    return letter && !address ? end - at : 0;
}

/* ---- emoji ---- */

static bool is_pictographic(unsigned c)
{
    return c >= 0xA9 && utf8proc_get_property((utf8proc_int32_t)c)->boundclass ==
                            UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

/* What Japanese text uses as punctuation is emoji only where a selector says so. */
static bool needs_selector(unsigned c)
{
    return c < 0x2190 || c == 0x3030 || c == 0x303D || c == 0x3297 || c == 0x3299;
}

/* The longest sequences in use have 10; a hostile one has no end. */
#define EMOJI_CODES 32

static size_t emoji_length(struct str text, size_t at)
{
    size_t len;
    unsigned c = text_code(text, at, &len);
    bool keycap = c == '#' || c == '*' || ascii_digit(c);
    bool flag = c >= 0x1F1E6 && c <= 0x1F1FF;
    if (!keycap && !flag && !is_pictographic(c))
        return 0;
    size_t end = at + len;
    utf8proc_int32_t state = 0, last = (utf8proc_int32_t)c;
    bool selector = false, circled = false;
    size_t codes = 1;
    while (end < text.len && codes < EMOJI_CODES) {
        unsigned next = text_code(text, end, &len);
        if (next < 0x80 || utf8proc_grapheme_break_stateful(last, (utf8proc_int32_t)next, &state))
            break;
        selector = selector || next == 0xFE0F;
        circled = circled || next == 0x20E3;
        last = (utf8proc_int32_t)next;
        end += len;
        codes++;
    }
    if (keycap ? !circled : flag ? codes < 2 : needs_selector(c) && !selector)
        return 0;
    return end - at;
}

/* ---- kaomoji ---- */

/* Marks that make a face of what stands in brackets. */
static const char face_marks[] = "^＾´`｀ωдД∀▽△□≧≦ﾟ゜・｡◕●○◎◉⊙◔╥ಥಠ益皿曲εз;；т_＿﹏"
                                 "⌒￣－♡♥❤＞＜><◡‿ᴗ꒪꒳ᐛᗜ¯︶"
                                 "ᵕ˘ง╹｀｡•ᴥ⁰⁎ᵒʘ˃˂ˊˋ";
/* Marks of faces that words and figures have too. */
static const char weak_marks[] = "oO0०3TノﾉーT-'\"~〜*＊=＝°";
/* What may stand beside the brackets: arms, tears, tables. */
static const char arm_marks[] = "ヽヾノﾉ＼／\\/ﾟ゜*☆★♪彡=≡┻━┛╯╰︵⊂⊃づっｯςง୨୧٩۶ᕦᕤ⌒~～;；|｜¯ʅʃ٩و✧｡ﾟ";

/* The scripts in which a character is a letter of kana: 1 hiragana, 2 katakana, 3 both (ー). */
static unsigned kana_scripts(unsigned c)
{
    if (c == 0x30FC)
        return 3;
    if (c >= 0x3041 && c <= 0x3096)
        return 1;
    return (c >= 0x30A1 && c <= 0x30FA) || (c >= 0xFF66 && c <= 0xFF9D) ? 2 : 0;
}

/* What is rather part of a word than of a face, if it is no mark. */
static bool is_word_char(unsigned c)
{
    return ascii_alnum(c) || language_han(c) || kana_scripts(c) != 0;
}

/* What stands in brackets, by kind; blanks are passed over. */
struct face {
    int marks, weak, plain, others;
    unsigned first, last;
    bool digits;
};

/* Takes the next character; false if no face has it: of digits only 0 and 3 are eyes or a mouth,
 * and these stand alone. */
static bool face_add(struct face *f, const char *p, size_t len, unsigned c)
{
    if (c == '\n' || c == '(' || c == 0xFF08)
        return false;
    if (c == ' ' || c == 0x3000)
        return true;
    if (ascii_digit(c) && ((c != '0' && c != '3') || ascii_digit(f->last)))
        return false;
    if (is_listed(p, len, face_marks))
        f->marks++;
    else if (is_listed(p, len, weak_marks))
        f->weak++;
    else if (is_word_char(c))
        f->plain++;
    else
        f->others++;
    f->digits = f->digits || ascii_digit(c);
    f->first = f->first == 0 ? c : f->first;
    f->last = c;
    return f->plain <= 3;
}

/* Weak marks alone make a face if two eyes are there, (o-o); digits are a figure beside a letter
 * or on one side only. */
static bool is_face(const struct face *f)
{
    bool eyes = f->first == f->last;
    bool figure =
        f->digits && (f->plain > 0 || (!eyes && (ascii_digit(f->first) || ascii_digit(f->last))));
    bool sure = f->marks > 0 || (eyes && f->plain == 0 && !f->digits);
    return sure && !figure && f->marks + f->weak >= 2 && f->plain <= 1 &&
           f->others <= f->marks + f->weak;
}

/* The end of a bracketed face that opens at `at`, or 0. */
static size_t face_end(struct str text, size_t at)
{
    size_t len, end;
    unsigned open = text_code(text, at, &len);
    if (open != '(' && open != 0xFF08)
        return 0;
    struct face face = {0};
    end = at + len;
    for (int codes = 0; end < text.len && codes < 14; end += len, codes++) {
        unsigned c = text_code(text, end, &len);
        if (c == ')' || c == 0xFF09)
            return is_face(&face) ? end + len : 0;
        if (!face_add(&face, text.ptr + end, len, c))
            return 0;
    }
    return 0;
}

/* Does a word of kana go on over this place? Its っ or ノ is no arm then. */
static bool inside_kana(struct str text, size_t at)
{
    return (kana_scripts(code_before(text, at)) & kana_scripts(code_at(text, at))) != 0;
}

static size_t arms_end(struct str text, size_t at)
{
    size_t end = at, len;
    for (int i = 0; i < 4 && end < text.len; i++, end += len)
        if (text_code(text, end, &len) <= ' ' || !is_listed(text.ptr + end, len, arm_marks))
            break;
    while (end > at && inside_kana(text, end))
        end -= 3; /* as all kana */
    return end;
}

/* Faces without brackets, longest first. */
static size_t bare_face_length(struct str text, size_t at)
{
    static const char *const faces[] = {
        "m(_ _)m", "m(__)m", "(TAT)",  "(TwT)", "^^;;", "^^;", "^_^", "^o^", "^^",  "T_T",
        "T^T",     ">_<",    "＾＾；", "＾＾",  "Orz",  "orz", "OTZ", "OTL", "_no", "ｏｒｚ"};
    static const char first[] = "m(^T>Oo_\xEF"; /* bytes of theirs */
    struct str rest = str_from(text, at);
    if (memchr(first, *rest.ptr, sizeof first - 1) == NULL)
        return 0;
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        struct str face = str_of(faces[i]);
        if (!str_starts(rest, face))
            continue;
        bool word = ascii_alnum((unsigned char)face.ptr[0]) || face.ptr[0] == '_';
        if (word &&
            (is_handle_char(code_before(text, at)) || is_handle_char(code_at(text, at + face.len))))
            continue;
        return face.len;
    }
    return 0;
}

/* The bracket that opens the face whose arms, four at most, begin at `at`; text.len where
 * there is none. The bracket is looked for first, since arms alone (っ) are all over. */
static size_t find_open(struct str text, size_t at)
{
    size_t open = at, len = 0;
    for (int i = 0; i <= 4 && open < text.len; i++, open += len) {
        unsigned c = text_code(text, open, &len);
        if (c == '(' || c == 0xFF08)
            return open;
    }
    return text.len;
}

static size_t kaomoji_length(struct str text, size_t at)
{
    size_t bare = bare_face_length(text, at);
    if (bare > 0)
        return bare;
    size_t open = find_open(text, at), len = 0;
    if (open == text.len || inside_kana(text, at))
        return 0;
    for (size_t arm = at; arm < open; arm += len) {
        text_code(text, arm, &len);
        if (!is_listed(text.ptr + arm, len, arm_marks))
            return 0;
    }
    size_t end = face_end(text, open);
    return end == 0 ? 0 : arms_end(text, end) - at;
}

/* ---- laughter ---- */

static bool is_w(unsigned c)
{
    return c == 'w' || c == 'W' || c == 0xFF57 || c == 0xFF37;
}

static bool ends_clause(unsigned c)
{
    return c <= ' ' || is_w(c) || is_one_of(c, "。、！？!?…‥)）」』　.,~〜～") ||
           is_pictographic(c);
}

static bool is_wide_letter(unsigned c)
{
    return (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A);
}

/* w as laughter: not inside a word or a name in Latin letters; one W alone is rather a name or a
 * prefix (W杯, W不倫) where the sentence goes on. */
static size_t w_length(struct str text, size_t at)
{
    unsigned before = code_before(text, at);
    size_t end = at, len;
    bool wide = false;
    if (is_w(before)) /* of a run that was none */
        return 0;
    while (end < text.len && is_w(text_code(text, end, &len))) {
        wide = wide || len == 3;
        end += len;
    }
    unsigned after = code_at(text, end);
    if (is_handle_char(after) || is_wide_letter(after) || (!wide && is_handle_char(before)))
        return 0;
    bool alone = end - at == 1 || (wide && end - at == 3);
    unsigned first = code_at(text, at);
    if (alone && (first == 'W' || first == 0xFF37) && !ends_clause(after))
        return 0;
    bool behind_japanese =
        language_kana(before) || language_han(before) || is_one_of(before, "。！？!?」）)");
    return !alone || behind_japanese ? end - at : 0;
}

static size_t bracketed_length(struct str rest)
{
    static const char *const bracketed[] = {"(笑)",   "（笑）",   "(爆笑)", "（爆笑）", "(爆)",
                                            "（爆）", "(草)",     "（草）", "(苦笑)",   "（苦笑）",
                                            "(失笑)", "（失笑）", NULL};
    return str_starts_any(rest, bracketed);
}

static size_t laughter_length(struct str text, size_t at)
{
    size_t len;
    unsigned c = text_code(text, at, &len);
    if (is_w(c))
        return w_length(text, at);
    if (c == '(' || c == 0xFF08)
        return bracketed_length(str_from(text, at));
    unsigned before = code_before(text, at);
    if ((c != 0x8349 && c != 0x7B11) || before == c) /* 草, 笑; in a run that was none */
        return 0;
    size_t end = at;
    while (end < text.len && text_code(text, end, &len) == c)
        end += len;
    bool run = end - at > 3;
    bool behind = before <= ' ' ||
                  (language_kana(before) && before != 0x306E && before != 0x3092) || /* の を */
                  is_one_of(before, "。！？!?」）)　w….");
    bool ends = ends_clause(code_at(text, end)) || str_starts(str_from(text, end), STR("・・"));
    return (run || behind) && ends && !language_han(before) ? end - at : 0;
}

/* ---- the search ---- */

static struct entity entity_here(struct str text, size_t at)
{
    size_t sign, length;
    unsigned c = text_code(text, at, &sign);
    struct entity best = {ENTITY_NONE, at, 0};
    if ((length = url_length(text, at)) > 0)
        return (struct entity){ENTITY_URL, at, length};
    if ((c == '@' || c == 0xFF20) && (length = mention_length(text, at, sign)) > 0)
        return (struct entity){ENTITY_MENTION, at, length};
    if ((c == '#' || c == 0xFF03) && (length = hashtag_length(text, at, sign)) > 0)
        return (struct entity){ENTITY_HASHTAG, at, length};
    if ((length = laughter_length(text, at)) > best.len)
        best = (struct entity){ENTITY_LAUGHTER, at, length};
    if ((length = kaomoji_length(text, at)) > best.len)
        best = (struct entity){ENTITY_KAOMOJI, at, length};
    if ((length = emoji_length(text, at)) > best.len)
        best = (struct entity){ENTITY_EMOJI, at, length};
    return best;
}

/* Of the wide forms (U+FF00 to U+FFEF) only these open an entity: ＃（／；＠Ｗ＼ｗ｜～｡ﾉﾟ￣ */
static bool wide_may_open(unsigned char second, unsigned char third)
{
    switch (second) {
    case 0xBC:
        return third == 0x83 || third == 0x88 || third == 0x8F || third == 0x9B || third == 0xA0 ||
               third == 0xB7 || third == 0xBC;
    case 0xBD: return third == 0x97 || third == 0x9C || third == 0x9E || third == 0xA1;
    case 0xBE: return third == 0x89 || third == 0x9F;
    default: return third == 0xA3;
    }
}

/* Can an entity begin here? A cheap look at the bytes of what most text is made of. */
static inline bool may_open(const unsigned char *p, size_t left, unsigned char before)
{
    static const char openers[128] = {
        ['w'] = 1, ['W'] = 1, ['@'] = 1, ['#'] = 1, ['^'] = 1, ['m'] = 1,  ['T'] = 1,
        ['O'] = 1, ['o'] = 1, ['>'] = 1, ['_'] = 1, ['('] = 1, ['\\'] = 1, ['/'] = 1,
        ['*'] = 1, ['~'] = 1, [';'] = 1, ['='] = 1, ['|'] = 1};
    unsigned char c = p[0];
    if (ascii_digit(c)) /* keycaps only */
        return left >= 4 && (p[1] == 0xEF || p[1] == 0xE2);
    if (c < 0x80)
        return openers[c] != 0 || (!ascii_alnum(before) && *url_openings(c) != NULL);
    if (left < 3)
        return false;
    if (c == 0xE3) {
        if (p[1] == 0x81 || (p[1] == 0x82 && p[2] < 0xA0)) /* hiragana: っ づ are arms */
            return p[1] == 0x81 && (p[2] == 0xA3 || p[2] == 0xA5);
        if (p[1] == 0x82 || p[1] == 0x83) /* katakana: ノ ヽ ヾ are arms */
            return p[1] == 0x83 && (p[2] == 0x8E || p[2] >= 0xBD);
        return p[1] != 0x80 || p[2] > 0x8F; /* 、。「」 open nothing */
    }
    if (c >= 0xE4 && c <= 0xE9) /* ideographs: only 草 笑 彡 */
        return (c == 0xE8 && p[1] == 0x8D && p[2] == 0x89) ||
               (c == 0xE7 && p[1] == 0xAC && p[2] == 0x91) ||
               (c == 0xE5 && p[1] == 0xBD && p[2] == 0xA1);
    return c != 0xEF || wide_may_open(p[1], p[2]);
}

struct entity entity_next(struct str text, size_t from)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr;
    size_t at = from;
    while (at < text.len) {
        if (may_open(bytes + at, text.len - at, at > 0 ? bytes[at - 1] : ' ')) {
            struct entity found = entity_here(text, at);
            if (found.type != ENTITY_NONE)
                return found;
        }
        unsigned char lead = bytes[at];
        at += lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    }
    return (struct entity){ENTITY_NONE, text.len, 0};
}
