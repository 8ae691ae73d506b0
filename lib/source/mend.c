/*
 * XML that expat refuses, written anew so that it does not. One pass: the text is cut
 * into tags, character data and the rest as leniently as can be, and only what is
 * sound is written, with a stack of open elements that sees to it that each is closed
 * once. Comments, processing instructions and the document type go; what entities the
 * latter declares is written where they are named.
 */
#include "source/xml.h"

#include <stdlib.h>
#include <strings.h>

#include "base/intern.h"
#include "base/mem.h"
#include "source/arena.h"
#include "source/html.h"

#define MAX_ATTRIBUTES 64
#define MAX_ENTITIES   4096 /* different names that are looked up; the rest are no entities */
#define MAX_GROWTH     (256 * 1024) /* by entities, beyond doubling the document */

struct mend {
    struct str text;
    size_t at;
    struct buf *to;
    struct str open[XML_DEPTH]; /* names as spelled in text */
    size_t depth;
    bool rooted;   /* the document's element has begun */
    bool finished; /* nothing more is read */
    struct intern entities;
    struct str *meanings; /* by number, as XML without tags; ptr NULL: none */
    size_t meaning_cap;
    struct arena kept;                                     /* the meanings */
    size_t growth;                                         /* what entities may still add */
    bool no_comment_end, no_cdata_end, no_instruction_end; /* none of these further on */
    bool guessed;
    size_t fault_at;
    const char *fault;
};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Of names only those of ASCII are kept: what else may stand in a name is a long list, and
 * no feed needs it. */
static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name_char(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
}

/* Remembers the first fault that lets something get lost. */
static void mend_fault(struct mend *m, size_t at, const char *what)
{
    if (m->guessed)
        return;
    m->guessed = true;
    m->fault_at = at;
    m->fault = what;
}

/* ---- characters ---- */

static bool may_stand_in_xml(unsigned code)
{
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xD800) ||
           (code >= 0xE000 && code <= 0x10FFFF && code != 0xFFFE && code != 0xFFFF);
}

/* Adds characters, escaped; those that XML does not know go. */
static void add_characters(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool noncharacter = c == 0xEF && text.len - i >= 3 &&
                            (unsigned char)text.ptr[i + 1] == 0xBF &&
                            (unsigned char)text.ptr[i + 2] >= 0xBE;
        if (c == '&')
            buf_add_text(to, "&amp;");
        else if (c == '<')
            buf_add_text(to, "&lt;");
        else if (c == '>')
            buf_add_text(to, "&gt;");
        else if (c == '"')
            buf_add_text(to, "&quot;");
        else if (noncharacter)
            i += 2;
        else if (may_stand_in_xml(c))
            buf_add_char(to, (char)c);
    }
}

/* The number in `&#…;` behind its sign; *len is set to the digits' length. */
static unsigned reference_number(struct str text, size_t *len)
{
    unsigned code = 0;
    bool hex = text.len > 0 && (text.ptr[0] | 0x20) == 'x';
    size_t at = hex;
    for (; at < text.len; at++) {
        char c = text.ptr[at], letter = (char)(c | 0x20);
        unsigned digit;
        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if (hex && letter >= 'a' && letter <= 'f')
            digit = (unsigned)(letter - 'a') + 10;
        else
            break;
        code = code > 0x10FFFF ? code : code * (hex ? 16 : 10) + digit;
    }
    *len = at > (size_t)hex ? at : 0;
    return code;
}

/* The number of a name among the entities; INTERN_NONE where there are too many. A new one
 * has no meaning yet. */
static uint32_t entity_number(struct mend *m, struct str name, bool *new)
{
    uint32_t number = intern_find(&m->entities, name);
    *new = number == INTERN_NONE && m->entities.count < MAX_ENTITIES;
    if (!*new)
        return number;
    number = intern_add(&m->entities, name);
    size_t count = number;
    MEM_GROW(m->meanings, count, m->meaning_cap);
    m->meanings[number] = (struct str){NULL, 0};
    return number;
}

/* What an entity means, as the document declares it or else HTML; ptr NULL for none. Each
 * name is looked up once. */
static struct str entity_meaning(struct mend *m, struct str name)
{
    bool new;
    uint32_t number = entity_number(m, name, &new);
    if (number == INTERN_NONE)
        return (struct str){NULL, 0};
    struct buf meaning = {0}, escaped = {0};
    if (new &&html_entity(&meaning, name)) {
        add_characters(&escaped, buf_str(&meaning));
        m->meanings[number] = arena_keep(&m->kept, buf_str(&escaped));
    }
    buf_free(&meaning);
    buf_free(&escaped);
    return m->meanings[number];
}

/* May `len` bytes stand where a reference of `instead` bytes does? Declared entities may
 * name one another, and so grow without measure. */
static bool may_grow(struct mend *m, size_t len, size_t instead)
{
    size_t more = len > instead ? len - instead : 0;
    if (more > m->growth) {
        mend_fault(m, m->at, "entities blow the document up");
        return false;
    }
    m->growth -= more;
    return true;
}

/* Adds the reference that text begins with, or an ampersand; returns its bytes. */
static size_t add_reference(struct mend *m, struct buf *to, struct str text)
{
    struct str rest = str_from(text, 1);
    size_t len = 0;
    if (rest.len > 0 && rest.ptr[0] == '#') {
        unsigned code = reference_number(str_from(rest, 1), &len);
        if (len == 0) {
            buf_add_text(to, "&amp;");
            return 1;
        }
        if (may_stand_in_xml(code))
            buf_addf(to, "&#%u;", code);
        else
            buf_add_code(to, 0xFFFD);
        bool closed = len + 1 < rest.len && rest.ptr[len + 1] == ';';
        return 2 + len + closed;
    }
    while (len < rest.len && len < 32 && is_name_char(rest.ptr[len]))
        len++;
    struct str name = {rest.ptr, len}, meaning = {NULL, 0};
    if (len > 0 && len < rest.len && rest.ptr[len] == ';')
        meaning = entity_meaning(m, name);
    if (meaning.ptr == NULL || !may_grow(m, meaning.len, len + 2)) {
        buf_add_text(to, "&amp;");
        return 1;
    }
    buf_add_str(to, meaning);
    return len + 2;
}

/* Adds text, references kept or undone. */
static void add_text(struct mend *m, struct buf *to, struct str text)
{
    while (text.len > 0) {
        const char *ampersand = memchr(text.ptr, '&', text.len);
        size_t plain = ampersand != NULL ? (size_t)(ampersand - text.ptr) : text.len;
        add_characters(to, (struct str){text.ptr, plain});
        text = str_from(text, plain);
        if (text.len > 0)
            text = str_from(text, add_reference(m, to, text));
    }
}

static struct str stretch(const struct mend *m, size_t from, size_t end)
{
    return (struct str){m->text.ptr + from, end - from};
}

/* ---- tags ---- */

static struct str take_name(struct mend *m)
{
    size_t from = m->at;
    while (m->at < m->text.len && is_name_char(m->text.ptr[m->at]))
        m->at++;
    return (struct str){m->text.ptr + from, m->at - from};
}

static void skip_space(struct mend *m)
{
    while (m->at < m->text.len && is_space(m->text.ptr[m->at]))
        m->at++;
}

static bool at_char(const struct mend *m, char c)
{
    return m->at < m->text.len && m->text.ptr[m->at] == c;
}

/* The value at m->at, with quotes or without. A quote that is not closed in the tag
 * ends where the tag seems to. */
static void take_value(struct mend *m, size_t *from, size_t *end)
{
    char quote = m->at < m->text.len ? m->text.ptr[m->at] : '\0';
    bool quoted = quote == '"' || quote == '\'';
    m->at += quoted;
    *from = m->at;
    while (m->at < m->text.len) {
        char c = m->text.ptr[m->at];
        if (quoted ? c == quote || c == '<' : is_space(c) || c == '>' || c == '<')
            break;
        m->at++;
    }
    *end = m->at;
    if (quoted && at_char(m, quote)) {
        m->at++;
    } else if (quoted) { /* back to where the tag ends */
        const char *greater = memchr(m->text.ptr + *from, '>', *end - *from);
        if (greater != NULL)
            *end = m->at = (size_t)(greater - m->text.ptr);
    }
}

struct attributes {
    struct str names[MAX_ATTRIBUTES];
    size_t count;
};

static bool is_new_attribute(struct attributes *seen, struct str name)
{
    if (seen->count == MAX_ATTRIBUTES)
        return false;
    for (size_t i = 0; i < seen->count; i++)
        if (str_equal(seen->names[i], name))
            return false;
    seen->names[seen->count++] = name;
    return true;
}

static void mend_attribute(struct mend *m, struct attributes *seen)
{
    struct str name = take_name(m);
    size_t from = m->at, end = m->at;
    skip_space(m);
    if (at_char(m, '=')) {
        m->at++;
        skip_space(m);
        take_value(m, &from, &end);
    } else {
        from = end = m->at;
    }
    if (!is_name_start(name.ptr[0]) || !is_new_attribute(seen, name))
        return;
    buf_add_char(m->to, ' ');
    buf_add_str(m->to, name);
    buf_add_text(m->to, "=\"");
    add_text(m, m->to, stretch(m, from, end));
    buf_add_char(m->to, '"');
}

/* Elements of HTML that have no end tag, met in descriptions that forgot to escape
 * their markup. */
static bool is_void(struct str name)
{
    static const char *const voids[] = {"br", "img", "hr", "input", "wbr", "meta"};
    for (size_t i = 0; i < sizeof voids / sizeof *voids; i++)
        if (name.len == strlen(voids[i]) && strncasecmp(name.ptr, voids[i], name.len) == 0)
            return true;
    return false;
}

static void mend_start(struct mend *m)
{
    struct attributes seen = {.count = 0};
    size_t start = m->at++;
    if (m->depth == XML_DEPTH) {
        mend_fault(m, start, "elements nested too deep");
        m->finished = true;
        return;
    }
    struct str name = take_name(m);
    buf_add_char(m->to, '<');
    buf_add_str(m->to, name);
    while (m->at < m->text.len && !at_char(m, '>') && !at_char(m, '<')) {
        if (is_name_char(m->text.ptr[m->at]))
            mend_attribute(m, &seen);
        else
            m->at++;
    }
    bool empty = is_void(name) || m->text.ptr[m->at - 1] == '/';
    if (at_char(m, '>'))
        m->at++;
    else
        mend_fault(m, start, "a tag has no end");
    buf_add_text(m->to, empty ? "/>" : ">");
    m->rooted = true;
    if (!empty)
        m->open[m->depth++] = name;
}

static void close_top(struct mend *m)
{
    buf_add_text(m->to, "</");
    buf_add_str(m->to, m->open[--m->depth]);
    buf_add_char(m->to, '>');
}

static bool same_name(struct str a, struct str b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static void mend_end(struct mend *m)
{
    size_t start = m->at;
    m->at += 2;
    struct str name = take_name(m);
    while (m->at < m->text.len && !at_char(m, '>') && !at_char(m, '<'))
        m->at++;
    m->at += at_char(m, '>');
    size_t level = m->depth;
    while (level > 0 && !same_name(m->open[level - 1], name))
        level--;
    if (level == 0) {
        if (!is_void(name) && m->depth > 0)
            mend_fault(m, start, "an end tag has no start tag");
        return;
    }
    if (level < m->depth)
        mend_fault(m, start, "tags do not match");
    while (m->depth >= level)
        close_top(m);
}

/* ---- the rest of markup ---- */

/* Moves behind `end`. False where there is none; *none then remembers that. */
static bool skip_to(struct mend *m, const char *end, bool *none)
{
    ptrdiff_t found = *none ? -1 : str_find(str_from(m->text, m->at), str_of(end));
    *none = found < 0;
    if (found >= 0)
        m->at += (size_t)found + strlen(end);
    return found >= 0;
}

static void mend_cdata(struct mend *m)
{
    size_t start = m->at, from = m->at + strlen("<![CDATA[");
    size_t end = m->text.len;
    if (skip_to(m, "]]>", &m->no_cdata_end)) {
        end = m->at - strlen("]]>");
    } else {
        mend_fault(m, start, "a CDATA section has no end");
        m->at = m->text.len;
    }
    if (m->depth > 0 && end > from)
        add_characters(m->to, stretch(m, from, end));
}

/* Adds a declared value with its numbers for characters undone: they count before the text
 * is read, `&#38;lt;` as `&lt;`. */
static void add_value(struct buf *to, struct str value)
{
    while (value.len > 0) {
        size_t len = 0, taken = 1;
        unsigned code =
            str_starts(value, STR("&#")) ? reference_number(str_from(value, 2), &len) : 0;
        if (len > 0 && may_stand_in_xml(code)) {
            buf_add_code(to, code);
            taken = 2 + len;
            taken += taken < value.len && value.ptr[taken] == ';';
        } else {
            buf_add_char(to, value.ptr[0]);
        }
        value = str_from(value, taken);
    }
}

/* Of several declarations the first counts. What is not declared yet means nothing in the
 * value, so nothing can mean itself. */
static void declare(struct mend *m, struct str name, struct str value)
{
    struct buf plain = {0}, meaning = {0};
    bool ignored;
    add_value(&plain, value);
    add_text(m, &meaning, buf_str(&plain));
    uint32_t number = entity_number(m, name, &ignored);
    if (number != INTERN_NONE && m->meanings[number].ptr == NULL)
        m->meanings[number] = arena_keep(&m->kept, buf_str(&meaning));
    buf_free(&plain);
    buf_free(&meaning);
}

/* `<!ENTITY name "value"`: others, which are elsewhere or for the document type itself,
 * are passed over. */
static void take_entity(struct mend *m)
{
    m->at += strlen("<!ENTITY");
    skip_space(m);
    struct str name = take_name(m);
    skip_space(m);
    if (name.len == 0 || !(at_char(m, '"') || at_char(m, '\'')))
        return;
    struct str rest = str_from(m->text, m->at + 1);
    const char *end = memchr(rest.ptr, m->text.ptr[m->at], rest.len);
    if (end == NULL)
        return;
    m->at += (size_t)(end - rest.ptr) + 2;
    declare(m, name, (struct str){rest.ptr, (size_t)(end - rest.ptr)});
}

/* A document type, with what stands in its brackets. */
static void take_doctype(struct mend *m)
{
    size_t brackets = 0;
    m->at += 2;
    while (m->at < m->text.len) {
        struct str rest = str_from(m->text, m->at);
        if (brackets > 0 && str_starts(rest, STR("<!ENTITY"))) {
            take_entity(m);
            continue;
        }
        if (brackets > 0 && str_starts(rest, STR("<!--")) && skip_to(m, "-->", &m->no_comment_end))
            continue;
        brackets += rest.ptr[0] == '[';
        brackets -= rest.ptr[0] == ']' && brackets > 0;
        m->at++;
        if (rest.ptr[0] == '>' && brackets == 0)
            return;
    }
}

static void mend_markup(struct mend *m)
{
    struct str rest = str_from(m->text, m->at);
    char next = rest.len > 1 ? rest.ptr[1] : '\0', after = rest.len > 2 ? rest.ptr[2] : '\0';
    if (str_starts(rest, STR("<!--"))) {
        if (!skip_to(m, "-->", &m->no_comment_end))
            m->at += 4;
    } else if (str_starts(rest, STR("<![CDATA["))) {
        mend_cdata(m);
    } else if (str_starts(rest, STR("<!DOCTYPE")) || str_starts(rest, STR("<!doctype"))) {
        take_doctype(m);
    } else if (next == '?') {
        if (!skip_to(m, "?>", &m->no_instruction_end))
            m->at += 2;
    } else if (next == '/' && is_name_start(after)) {
        mend_end(m);
    } else if (is_name_start(next)) {
        mend_start(m);
    } else {
        if (m->depth > 0)
            buf_add_text(m->to, "&lt;");
        m->at++;
    }
}

bool xml_mend(struct str text, size_t line, struct buf *to, size_t *used, struct err *e)
{
    struct mend m = {.text = text, .to = to, .growth = text.len + MAX_GROWTH};
    while (m.at < text.len && !m.finished && (!m.rooted || m.depth > 0)) {
        const char *less = memchr(text.ptr + m.at, '<', text.len - m.at);
        size_t next = less != NULL ? (size_t)(less - text.ptr) : text.len;
        if (m.depth > 0)
            add_text(&m, to, stretch(&m, m.at, next));
        m.at = next;
        if (next < text.len)
            mend_markup(&m);
    }
    if (m.depth > 0)
        mend_fault(&m, text.len, "the document ends within its elements");
    while (m.depth > 0)
        close_top(&m);
    *used = m.at;
    if (m.guessed)
        err_set(e, "line %zu: %s", line + str_line(text, m.fault_at) - 1, m.fault);
    free(m.meanings);
    intern_free(&m.entities);
    arena_free(&m.kept);
    return !m.guessed;
}
