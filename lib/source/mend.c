/*
 * XML that expat refuses, written anew so that it does not. One pass: the text is cut
 * into tags, character data and the rest as leniently as can be, and only what is
 * sound is written, with a stack of open elements that sees to it that each is closed
 * once. Comments, processing instructions and the document type go.
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

struct mend {
    struct str text;
    size_t at;
    struct buf *to;
    struct str open[XML_DEPTH]; /* names as spelled in text */
    size_t depth;
    bool rooted;   /* the document's element has begun */
    bool finished; /* nothing more is read */
    struct intern entities;
    struct str *meanings; /* by number; ptr NULL: none */
    size_t meaning_cap;
    struct arena kept;                                     /* the meanings */
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

/* What an entity of HTML means; ptr NULL for none. Each name is looked up once. */
static struct str entity_meaning(struct mend *m, struct str name)
{
    struct str none = {NULL, 0};
    uint32_t number = intern_find(&m->entities, name);
    if (number != INTERN_NONE)
        return m->meanings[number];
    if (m->entities.count >= MAX_ENTITIES)
        return none;
    struct buf meaning = {0};
    bool known = html_entity(&meaning, name);
    size_t count = intern_add(&m->entities, name);
    MEM_GROW(m->meanings, count, m->meaning_cap);
    m->meanings[count] = known ? arena_keep(&m->kept, buf_str(&meaning)) : none;
    buf_free(&meaning);
    return m->meanings[count];
}

/* Adds the reference at m->text.ptr[at], or an ampersand; returns what follows. */
static size_t add_reference(struct mend *m, size_t at, size_t end)
{
    struct str rest = {m->text.ptr + at + 1, end - at - 1};
    size_t len = 0;
    if (rest.len > 0 && rest.ptr[0] == '#') {
        unsigned code = reference_number(str_from(rest, 1), &len);
        if (len == 0) {
            buf_add_text(m->to, "&amp;");
            return at + 1;
        }
        if (may_stand_in_xml(code))
            buf_addf(m->to, "&#%u;", code);
        else
            buf_add_code(m->to, 0xFFFD);
        bool closed = len + 1 < rest.len && rest.ptr[len + 1] == ';';
        return at + 2 + len + closed;
    }
    while (len < rest.len && len < 32 && is_name_char(rest.ptr[len]))
        len++;
    struct str name = {rest.ptr, len}, meaning = {NULL, 0};
    if (len > 0 && len < rest.len && rest.ptr[len] == ';')
        meaning = entity_meaning(m, name);
    if (meaning.ptr == NULL) {
        buf_add_text(m->to, "&amp;");
        return at + 1;
    }
    add_characters(m->to, meaning);
    return at + 2 + len;
}

/* Adds the text from `from` to `end`, references kept or undone. */
static void add_text(struct mend *m, size_t from, size_t end)
{
    while (from < end) {
        const char *ampersand = memchr(m->text.ptr + from, '&', end - from);
        size_t stop = ampersand != NULL ? (size_t)(ampersand - m->text.ptr) : end;
        add_characters(m->to, (struct str){m->text.ptr + from, stop - from});
        from = stop < end ? add_reference(m, stop, end) : end;
    }
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
    add_text(m, from, end);
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
        add_characters(m->to, (struct str){m->text.ptr + from, end - from});
}

/* A document type, with what stands in its brackets. */
static void skip_doctype(struct mend *m)
{
    size_t brackets = 0;
    for (m->at += 2; m->at < m->text.len; m->at++) {
        char c = m->text.ptr[m->at];
        brackets += c == '[';
        brackets -= c == ']' && brackets > 0;
        if (c == '>' && brackets == 0)
            break;
    }
    m->at += m->at < m->text.len;
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
        skip_doctype(m);
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

static size_t line_of(struct str text, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += text.ptr[i] == '\n';
    return line;
}

bool xml_mend(struct str text, struct buf *to, size_t *used, struct err *e)
{
    struct mend m = {.text = text, .to = to};
    while (m.at < text.len && !m.finished && (!m.rooted || m.depth > 0)) {
        const char *less = memchr(text.ptr + m.at, '<', text.len - m.at);
        size_t next = less != NULL ? (size_t)(less - text.ptr) : text.len;
        if (m.depth > 0)
            add_text(&m, m.at, next);
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
        err_set(e, "line %zu: %s", line_of(text, m.fault_at), m.fault);
    free(m.meanings);
    intern_free(&m.entities);
    arena_free(&m.kept);
    return !m.guessed;
}
