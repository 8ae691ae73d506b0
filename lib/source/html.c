/*
 * HTML to text over gumbo (https://github.com/google/gumbo-parser), which repairs
 * as browsers do. Its time and stack grow with the depth of nesting and with the
 * formatting elements left open, so a pass of our own goes first: it takes out what
 * is no text (scripts, styles, comments) and, where the nesting is beyond what
 * people write, all tags.
 */
#include "source/html.h"

#include <gumbo.h>
#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "source/url.h"

#define MAX_DEPTH      256     /* elements within elements */
#define MAX_WORK       1000000 /* sum over all tags of the formatting elements open there */
#define MAX_ATTRIBUTES 256     /* in one tag */
#define TAGS           (GUMBO_TAG_LAST + 1)

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_char(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':';
}

/* ---- kinds of elements ---- */

/* Text between their tags is none for a reader. */
static const GumboTag dropped[] = {GUMBO_TAG_SCRIPT,   GUMBO_TAG_STYLE,  GUMBO_TAG_TEMPLATE,
                                   GUMBO_TAG_NOSCRIPT, GUMBO_TAG_IFRAME, GUMBO_TAG_NOEMBED,
                                   GUMBO_TAG_NOFRAMES, GUMBO_TAG_TITLE,  GUMBO_TAG_TEXTAREA,
                                   GUMBO_TAG_SELECT,   GUMBO_TAG_SVG,    GUMBO_TAG_MATH};

/* A browser reads what is in these as characters up to their end tag. */
static const GumboTag raw[] = {GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE,    GUMBO_TAG_NOSCRIPT,
                               GUMBO_TAG_IFRAME, GUMBO_TAG_NOEMBED,  GUMBO_TAG_NOFRAMES,
                               GUMBO_TAG_TITLE,  GUMBO_TAG_TEXTAREA, GUMBO_TAG_XMP};

static const GumboTag blocks[] = {
    GUMBO_TAG_P,       GUMBO_TAG_DIV,        GUMBO_TAG_LI,      GUMBO_TAG_UL,
    GUMBO_TAG_OL,      GUMBO_TAG_DL,         GUMBO_TAG_DT,      GUMBO_TAG_DD,
    GUMBO_TAG_TABLE,   GUMBO_TAG_TR,         GUMBO_TAG_H1,      GUMBO_TAG_H2,
    GUMBO_TAG_H3,      GUMBO_TAG_H4,         GUMBO_TAG_H5,      GUMBO_TAG_H6,
    GUMBO_TAG_PRE,     GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_HR,      GUMBO_TAG_ARTICLE,
    GUMBO_TAG_SECTION, GUMBO_TAG_HEADER,     GUMBO_TAG_FOOTER,  GUMBO_TAG_ASIDE,
    GUMBO_TAG_NAV,     GUMBO_TAG_MAIN,       GUMBO_TAG_FIGURE,  GUMBO_TAG_FIGCAPTION,
    GUMBO_TAG_ADDRESS, GUMBO_TAG_FORM,       GUMBO_TAG_CENTER,  GUMBO_TAG_DETAILS,
    GUMBO_TAG_SUMMARY, GUMBO_TAG_CAPTION,    GUMBO_TAG_FIELDSET};

/* Left open, these are opened again in every block that follows. */
static const GumboTag formatting[] = {
    GUMBO_TAG_A,    GUMBO_TAG_B,  GUMBO_TAG_BIG,    GUMBO_TAG_CODE,  GUMBO_TAG_EM,
    GUMBO_TAG_FONT, GUMBO_TAG_I,  GUMBO_TAG_NOBR,   GUMBO_TAG_S,     GUMBO_TAG_SMALL,
    GUMBO_TAG_U,    GUMBO_TAG_TT, GUMBO_TAG_STRIKE, GUMBO_TAG_STRONG};

/* These have no end, or a second one ends the first: they do not pile up. */
static const GumboTag shallow[] = {
    GUMBO_TAG_BR,   GUMBO_TAG_IMG, GUMBO_TAG_HR,    GUMBO_TAG_INPUT,  GUMBO_TAG_META,
    GUMBO_TAG_LINK, GUMBO_TAG_WBR, GUMBO_TAG_EMBED, GUMBO_TAG_SOURCE, GUMBO_TAG_PARAM,
    GUMBO_TAG_AREA, GUMBO_TAG_COL, GUMBO_TAG_BASE,  GUMBO_TAG_TRACK,  GUMBO_TAG_P,
    GUMBO_TAG_LI,   GUMBO_TAG_DT,  GUMBO_TAG_DD};

#define IS_ONE_OF(tag, list) tag_in(tag, list, sizeof(list) / sizeof *(list))

static bool tag_in(GumboTag tag, const GumboTag *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == tag)
            return true;
    return false;
}

/* ---- the pass before gumbo ---- */

struct prune {
    struct str html;
    size_t at;
    struct buf *to;
    unsigned open[TAGS];
    bool unended[TAGS]; /* raw elements of which no end tag follows any more */
    bool unended_comment, unended_cdata, unended_other; /* none of their ends follows any more */
    size_t depth, formatting_open, work;
    bool too_much;
};

struct tag {
    struct str name;
    GumboTag tag;
    bool end;
    size_t attributes;
};

/* Reads the attributes of a tag as the tokenizer of the HTML standard does, which
 * is what decides where the tag ends. Returns what follows its `>`. */
static size_t skip_attributes(struct str html, size_t at, size_t *attributes)
{
    enum { BEFORE_NAME, NAME, AFTER_NAME, BEFORE_VALUE, VALUE, QUOTED } state = BEFORE_NAME;
    char quote = '\0';
    for (; at < html.len; at++) {
        char c = html.ptr[at];
        if (state == QUOTED) {
            state = c == quote ? BEFORE_NAME : QUOTED;
        } else if (c == '>') {
            return at + 1;
        } else if (is_space(c)) {
            state = state == NAME ? AFTER_NAME : state == VALUE ? BEFORE_NAME : state;
        } else if (state == VALUE) {
            continue;
        } else if (state == BEFORE_VALUE) {
            quote = c;
            state = c == '"' || c == '\'' ? QUOTED : VALUE;
        } else if (c == '/') {
            state = BEFORE_NAME;
        } else if (c == '=' && state != BEFORE_NAME) {
            state = BEFORE_VALUE;
        } else {
            *attributes += state != NAME;
            state = NAME;
        }
    }
    return html.len;
}

/* Where the comment that begins at `at` ends; 0 if it does not. */
static size_t find_comment_end(struct str html, size_t at)
{
    struct str rest = str_from(html, at);
    if (str_starts(rest, STR("<!-->")) || str_starts(rest, STR("<!--->")))
        return at + (rest.ptr[4] == '>' ? 5 : 6);
    for (size_t i = at + 4; i + 2 < html.len; i++) {
        if (html.ptr[i] != '-' || html.ptr[i + 1] != '-')
            continue;
        if (html.ptr[i + 2] == '>')
            return i + 3;
        if (html.ptr[i + 2] == '!' && i + 3 < html.len && html.ptr[i + 3] == '>')
            return i + 4;
    }
    return 0;
}

/* Where the CDATA section that begins at `at` ends; 0 if it does not. */
static size_t find_cdata_end(struct str html, size_t at)
{
    ptrdiff_t end = str_find(str_from(html, at), STR("]]>"));
    return end >= 0 ? at + (size_t)end + 3 : 0;
}

/* Where the `<!`, `<?` or `</` that begins at p->at ends: a comment at its end or, where it
 * has none, at `>`, lest it swallow the rest. 0 if that is nothing but characters. */
static size_t find_markup_end(struct prune *p)
{
    struct str rest = str_from(p->html, p->at);
    size_t end = 0;
    if (str_starts(rest, STR("<!--")) && !p->unended_comment) {
        end = find_comment_end(p->html, p->at);
        p->unended_comment = end == 0;
    } else if (str_starts(rest, STR("<![CDATA["))) {
        end = p->unended_cdata ? 0 : find_cdata_end(p->html, p->at);
        p->unended_cdata = end == 0;
        return end;
    }
    char next = rest.len > 2 ? rest.ptr[2] : '\0';
    if (end == 0 && str_starts(rest, STR("<!--")) && memchr(rest.ptr, '>', rest.len) == NULL)
        return p->html.len;
    if (end > 0 || p->unended_other || next == '\'' || next == '"')
        return end;
    const char *greater = memchr(rest.ptr, '>', rest.len);
    p->unended_other = greater == NULL;
    return greater != NULL ? (size_t)(greater - p->html.ptr) + 1 : 0;
}

static void prune_markup(struct prune *p)
{
    size_t end = find_markup_end(p);
    if (end == 0) {
        buf_add_text(p->to, "&lt;");
        end = p->at + 1;
    }
    p->at = end;
}

/* Where the end tag of a raw element begins, or the end of all. */
static size_t find_end_tag(struct str html, size_t at, struct str name)
{
    while (at < html.len) {
        const char *less = memchr(html.ptr + at, '<', html.len - at);
        if (less == NULL)
            break;
        at = (size_t)(less - html.ptr);
        struct str rest = str_from(html, at);
        if (rest.len > name.len + 2 && rest.ptr[1] == '/' &&
            strncasecmp(rest.ptr + 2, name.ptr, name.len) == 0 &&
            !is_name_char(rest.ptr[2 + name.len]))
            return at;
        at++;
    }
    return html.len;
}

/* Keeps count of what is open. An end tag counts only where its like is open; of
 * names that HTML does not know no end counts, since they share one place. */
static void prune_count(struct prune *p, const struct tag *tag)
{
    bool format = IS_ONE_OF(tag->tag, formatting);
    if (tag->end) {
        if (tag->tag != GUMBO_TAG_UNKNOWN && p->open[tag->tag] > 0) {
            p->open[tag->tag]--;
            p->depth--;
            p->formatting_open -= format;
        }
    } else if (!IS_ONE_OF(tag->tag, shallow)) {
        p->open[tag->tag]++;
        p->depth++;
        p->formatting_open += format;
    }
    p->work += p->formatting_open;
    p->too_much = p->too_much || p->depth > MAX_DEPTH || p->work > MAX_WORK ||
                  tag->attributes > MAX_ATTRIBUTES;
}

/* Reads the tag at p->at, which is moved behind it. */
static struct tag prune_read_tag(struct prune *p)
{
    struct tag tag = {.end = p->html.ptr[p->at + 1] == '/'};
    size_t start = p->at + 1 + tag.end, end = start;
    while (end < p->html.len && !is_space(p->html.ptr[end]) && p->html.ptr[end] != '/' &&
           p->html.ptr[end] != '>')
        end++;
    tag.name = (struct str){p->html.ptr + start, end - start};
    tag.tag = tag.name.len < 32 ? gumbo_tagn_enum(tag.name.ptr, (unsigned)tag.name.len)
                                : GUMBO_TAG_UNKNOWN;
    p->at = skip_attributes(p->html, end, &tag.attributes);
    return tag;
}

static void prune_tag(struct prune *p, bool flatten)
{
    size_t from = p->at;
    struct tag tag = prune_read_tag(p);
    if (!tag.end && IS_ONE_OF(tag.tag, raw)) {
        size_t content = p->at;
        size_t end = p->unended[tag.tag] ? p->html.len : find_end_tag(p->html, content, tag.name);
        p->unended[tag.tag] = end == p->html.len;
        bool code = tag.tag == GUMBO_TAG_SCRIPT || tag.tag == GUMBO_TAG_STYLE;
        if (end < p->html.len || code)
            p->at = end;
        if (tag.tag == GUMBO_TAG_XMP && !flatten)
            buf_add(p->to, p->html.ptr + content, p->at - content);
        return;
    }
    if (IS_ONE_OF(tag.tag, raw) || tag.tag == GUMBO_TAG_PLAINTEXT)
        return;
    prune_count(p, &tag);
    if (!flatten)
        buf_add(p->to, p->html.ptr + from, p->at - from);
    else if (tag.tag == GUMBO_TAG_BR || IS_ONE_OF(tag.tag, blocks))
        buf_add_text(p->to, "<br>");
}

/* Copies html without what is no text; with flatten, without any tag but line
 * breaks. False where there is too much for gumbo. */
static bool html_prune(struct str html, bool flatten, struct buf *to)
{
    struct prune p = {.html = html, .to = to};
    while (p.at < html.len && (flatten || !p.too_much)) {
        const char *less = memchr(html.ptr + p.at, '<', html.len - p.at);
        size_t next = less != NULL ? (size_t)(less - html.ptr) : html.len;
        buf_add(to, html.ptr + p.at, next - p.at);
        p.at = next;
        if (next == html.len)
            break;
        char after = next + 1 < html.len ? html.ptr[next + 1] : '\0';
        char second = next + 2 < html.len ? html.ptr[next + 2] : '\0';
        if (is_letter(after) || (after == '/' && is_letter(second)))
            prune_tag(&p, flatten);
        else if (after == '!' || after == '?' || after == '/')
            prune_markup(&p);
        else
            buf_add(to, html.ptr + p.at++, 1);
    }
    return !p.too_much;
}

/* ---- folding white space ---- */

struct folder {
    struct buf *to;
    size_t start;
    unsigned breaks; /* line breaks due before the next character */
    bool blank;      /* white space was seen */
    bool wrapped;    /* with a line break in it */
    bool wide;       /* the last character is East Asian */
    bool keep;       /* inside <pre> */
};

/* Kana, kanji and full-width forms: lines of them break anywhere. */
static bool is_wide(const char *p, size_t len)
{
    unsigned char c = (unsigned char)*p;
    if (len < 3 || c < 0xE2)
        return false;
    if (c >= 0xE3 && c <= 0xE9)
        return true;
    return c == 0xEF && (unsigned char)p[1] >= 0xBC && (unsigned char)p[1] <= 0xBE;
}

static void fold_break(struct folder *f)
{
    f->breaks += f->breaks < 2;
}

/* A block begins or ends: at least one line break. */
static void fold_block(struct folder *f)
{
    if (f->breaks == 0)
        f->breaks = 1;
}

static void fold_due(struct folder *f, bool wide)
{
    if (f->to->len > f->start) {
        if (f->breaks > 0)
            buf_add(f->to, "\n\n", f->breaks);
        else if (f->blank && !(f->wrapped && f->wide && wide))
            buf_add_char(f->to, ' ');
    }
    f->breaks = 0;
    f->blank = f->wrapped = false;
}

static void fold_white(struct folder *f, char c)
{
    if (f->keep && c == '\n')
        fold_break(f);
    f->blank = true;
    f->wrapped = f->wrapped || c == '\n' || c == '\r';
}

static void fold_text(struct folder *f, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_space(text.ptr[i])) {
            fold_white(f, text.ptr[i]);
            continue;
        }
        bool wide = is_wide(text.ptr + i, text.len - i);
        if (f->blank || f->breaks > 0)
            fold_due(f, wide);
        size_t from = i;
        while (i + 1 < text.len && !is_space(text.ptr[i + 1]))
            i++;
        buf_add(f->to, text.ptr + from, i + 1 - from);
        size_t last = i;
        while (last > from && ((unsigned char)text.ptr[last] & 0xC0) == 0x80)
            last--;
        f->wide = is_wide(text.ptr + last, text.len - last);
    }
}

void html_fold(struct buf *to, struct str text)
{
    struct folder f = {.to = to, .start = to->len, .keep = true};
    fold_text(&f, text);
}

/* ---- the tree ---- */

struct reading {
    struct folder fold;
    struct str base;
    struct entry *post;
    struct arena *arena;
};

static struct str attribute(const GumboElement *element, const char *name)
{
    const GumboAttribute *found = gumbo_get_attribute(&element->attributes, name);
    return found != NULL ? str_of(found->value) : (struct str){NULL, 0};
}

/* The address made whole, in the arena; empty where it leads nowhere on the web. */
static struct str whole_address(struct reading *r, struct str address)
{
    struct buf whole = {0};
    struct str kept = {NULL, 0};
    url_lead(&whole, r->base, address);
    if (url_is_web(buf_str(&whole)))
        kept = arena_keep(r->arena, buf_str(&whole));
    buf_free(&whole);
    return kept;
}

static void collect_media(struct reading *r, const GumboElement *element, const char *type)
{
    struct str alt = attribute(element, "alt");
    bool pixel =
        str_is(attribute(element, "width"), "1") || str_is(attribute(element, "height"), "1");
    struct str url = whole_address(r, attribute(element, "src"));
    if (!pixel && url.len > 0)
        entry_add_media(r->post, type, url, arena_keep(r->arena, alt));
}

/* Is this one of the words of a class or rel? */
static bool has_word(struct str words, const char *word)
{
    while (words.len > 0)
        if (str_is(str_cut(words, ' ', &words), word))
            return true;
    return false;
}

/* Networks make links of tags and mentions, and say so. */
static bool is_plain_link(const GumboElement *element)
{
    struct str class = attribute(element, "class");
    return !has_word(class, "mention") && !has_word(class, "hashtag") &&
           !has_word(attribute(element, "rel"), "tag");
}

static void collect(struct reading *r, const GumboElement *element)
{
    if (element->tag == GUMBO_TAG_A && is_plain_link(element))
        entry_add(&r->post->links, whole_address(r, attribute(element, "href")));
    else if (element->tag == GUMBO_TAG_IMG)
        collect_media(r, element, "image");
    else if (element->tag == GUMBO_TAG_VIDEO)
        collect_media(r, element, "video");
    else if (element->tag == GUMBO_TAG_AUDIO)
        collect_media(r, element, "audio");
    else if (element->tag == GUMBO_TAG_SOURCE)
        collect_media(r, element,
                      entry_media_type(attribute(element, "type"), attribute(element, "src")));
}

/* Is it the address that servers put beside a quote for programs that know of none? Where the
 * quote is told, it is not the author's word. */
static bool is_told_quote(const struct reading *r, const GumboElement *element)
{
    return r->post != NULL && r->post->quote_of.len > 0 &&
           has_word(attribute(element, "class"), "quote-inline");
}

/* False where the element's content is not to be read. */
static bool enter_element(struct reading *r, const GumboElement *element)
{
    if (IS_ONE_OF(element->tag, dropped) || is_told_quote(r, element))
        return false;
    if (r->post != NULL)
        collect(r, element);
    if (element->tag == GUMBO_TAG_BR)
        fold_break(&r->fold);
    else if (IS_ONE_OF(element->tag, blocks))
        fold_block(&r->fold);
    else if (element->tag == GUMBO_TAG_TD || element->tag == GUMBO_TAG_TH)
        r->fold.blank = true;
    if (element->tag == GUMBO_TAG_PRE)
        r->fold.keep = true;
    return true;
}

static void leave_element(struct reading *r, const GumboElement *element)
{
    if (IS_ONE_OF(element->tag, blocks))
        fold_block(&r->fold);
    if (element->tag == GUMBO_TAG_PRE)
        r->fold.keep = false;
}

static const GumboVector *children_of(const GumboNode *node)
{
    bool element = node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
    return element ? &node->v.element.children : NULL;
}

/* What to read first in a node; NULL where it has nothing within. */
static const GumboNode *enter_node(struct reading *r, const GumboNode *node)
{
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
        node->type == GUMBO_NODE_CDATA)
        fold_text(&r->fold, str_of(node->v.text.text));
    const GumboVector *children = children_of(node);
    if (children == NULL || !enter_element(r, &node->v.element) || children->length == 0)
        return NULL;
    return children->data[0];
}

/* Walks the tree without recursion: its depth is somebody else's choice. */
static void read_tree(struct reading *r, const GumboNode *root)
{
    const GumboNode *node = root;
    for (;;) {
        const GumboNode *next = enter_node(r, node);
        while (next == NULL) {
            if (children_of(node) != NULL)
                leave_element(r, &node->v.element);
            if (node == root)
                return;
            const GumboVector *siblings = children_of(node->parent);
            size_t after = node->index_within_parent + 1;
            if (siblings != NULL && after < siblings->length)
                next = siblings->data[after];
            else
                node = node->parent;
        }
        node = next;
    }
}

static GumboOutput *parse_fragment(const GumboOptions *options, struct str html)
{
    return gumbo_parse_with_options(options, html.ptr, html.len);
}

void html_text(struct buf *to, struct str html, struct str base, struct entry *p,
               struct arena *arena)
{
    struct reading r = {
        .fold = {.to = to, .start = to->len}, .base = base, .post = p, .arena = arena};
    bool plain = html.len == 0 || (memchr(html.ptr, '<', html.len) == NULL &&
                                   memchr(html.ptr, '&', html.len) == NULL);
    if (plain) {
        fold_text(&r.fold, html);
        return;
    }
    struct buf pruned = {0};
    if (!html_prune(html, false, &pruned)) {
        buf_clear(&pruned);
        html_prune(html, true, &pruned);
    }
    GumboOptions options = kGumboDefaultOptions;
    options.fragment_context = GUMBO_TAG_BODY;
    options.max_errors = 0;
    buf_text(&pruned);
    GumboOutput *output = parse_fragment(&options, buf_str(&pruned));
    read_tree(&r, output->root);
    gumbo_destroy_output(&options, output);
    buf_free(&pruned);
}

/* ---- three entities ---- */

struct str html_unescape(struct str text, struct arena *arena)
{
    static const struct {
        const char *entity;
        char meant;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}};
    if (text.len == 0 || memchr(text.ptr, '&', text.len) == NULL)
        return text;
    char *to = arena_room(arena, text.len);
    size_t len = 0;
    for (size_t at = 0; at < text.len;) {
        char c = text.ptr[at];
        size_t taken = 1;
        for (size_t i = 0; c == '&' && taken == 1 && i < sizeof entities / sizeof *entities; i++)
            if (str_starts(str_from(text, at), str_of(entities[i].entity))) {
                c = entities[i].meant;
                taken = strlen(entities[i].entity);
            }
        to[len++] = c;
        at += taken;
    }
    return (struct str){to, len};
}

/* ---- is it HTML? ---- */

static bool entity_at(struct str text, size_t at)
{
    size_t end = at + 1;
    if (end < text.len && text.ptr[end] == '#')
        end++;
    while (end < text.len && end - at < 32 && is_name_char(text.ptr[end]) && text.ptr[end] != '-')
        end++;
    return end > at + 1 && end < text.len && text.ptr[end] == ';';
}

static bool tag_at(struct str text, size_t at)
{
    size_t start = at + 1;
    if (start < text.len && text.ptr[start] == '/')
        start++;
    size_t end = start;
    while (end < text.len && end - start < 32 && is_name_char(text.ptr[end]))
        end++;
    bool closed =
        end < text.len && (is_space(text.ptr[end]) || text.ptr[end] == '/' || text.ptr[end] == '>');
    return closed && end > start &&
           gumbo_tagn_enum(text.ptr + start, (unsigned)(end - start)) != GUMBO_TAG_UNKNOWN;
}

bool html_is_likely(struct str text)
{
    for (size_t at = 0; at < text.len; at++)
        if ((text.ptr[at] == '&' && entity_at(text, at)) ||
            (text.ptr[at] == '<' && tag_at(text, at)) ||
            str_starts(str_from(text, at), STR("<!--")))
            return true;
    return false;
}

bool html_entity(struct buf *to, struct str name)
{
    char reference[40];
    if (name.len == 0 || name.len > sizeof reference - 3)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (!is_letter(name.ptr[i]) && !(name.ptr[i] >= '0' && name.ptr[i] <= '9'))
            return false;
    reference[0] = '&';
    memcpy(reference + 1, name.ptr, name.len);
    reference[name.len + 1] = ';';
    struct str whole = {reference, name.len + 2};
    size_t before = to->len;
    GumboOptions options = kGumboDefaultOptions;
    options.fragment_context = GUMBO_TAG_BODY;
    options.max_errors = 0;
    GumboOutput *output = parse_fragment(&options, whole);
    const GumboVector *children = children_of(output->root);
    for (size_t i = 0; children != NULL && i < children->length; i++) {
        const GumboNode *node = children->data[i];
        if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE)
            buf_add_text(to, node->v.text.text);
    }
    gumbo_destroy_output(&options, output);
    if (to->len > before && to->data[to->len - 1] != ';')
        return true;
    to->len = before;
    return false;
}
