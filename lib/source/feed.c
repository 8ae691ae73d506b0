/*
 * RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, Google Alerts: XML with items. What an
 * element means stands in one table by namespace and name; of several that mean the
 * same the one of the highest rank counts, of equals the first, but of times the last. A document
 * that is not well-formed is read again after mending, and so is one that tells behind its items
 * what they take from it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "source/charset.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/html.h"
#include "source/url.h"
#include "source/xml.h"

#define MAX_BINDINGS 256 /* namespaces declared at once; more are ignored */

/* ---- namespaces ---- */

enum space {
    SPACE_PLAIN, /* none, RSS in its versions, and what is unknown at the root */
    SPACE_ATOM,
    SPACE_RDF,
    SPACE_DC,
    SPACE_TERMS,
    SPACE_CONTENT,
    SPACE_XHTML,
    SPACE_MEDIA,
    SPACE_ITUNES,
    SPACE_THREAD,
    SPACE_SLASH,
    SPACE_FEEDBURNER,
    SPACE_OTHER,
};

struct space_row {
    const char *prefix; /* meant when it is not declared */
    const char *uri;    /* in lower case, up to its version or its end */
    enum space space;
};

static const struct space_row spaces[] = {
    {"atom", "http://www.w3.org/2005/atom", SPACE_ATOM},
    {NULL, "http://purl.org/atom/ns", SPACE_ATOM},
    {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns", SPACE_RDF},
    {"dc", "http://purl.org/dc/elements/", SPACE_DC},
    {"dcterms", "http://purl.org/dc/terms", SPACE_TERMS},
    {"content", "http://purl.org/rss/1.0/modules/content", SPACE_CONTENT},
    {"xhtml", "http://www.w3.org/1999/xhtml", SPACE_XHTML},
    {"media", "http://search.yahoo.com/mrss", SPACE_MEDIA},
    {"itunes", "http://www.itunes.com/", SPACE_ITUNES},
    {"thr", "http://purl.org/syndication/thread/", SPACE_THREAD},
    {"slash", "http://purl.org/rss/1.0/modules/slash", SPACE_SLASH},
    {"feedburner", "http://rssnamespace.org/feedburner/", SPACE_FEEDBURNER},
    {NULL, "http://purl.org/rss/1.0/modules/", SPACE_OTHER},
    {NULL, "http://purl.org/rss/1.0", SPACE_PLAIN},
    {NULL, "http://purl.org/net/rss1.1", SPACE_PLAIN},
    {NULL, "http://my.netscape.com/rdf/simple/0.9", SPACE_PLAIN},
    {NULL, "http://channel.netscape.com/rdf/simple/0.9", SPACE_PLAIN},
    {NULL, "http://backend.userland.com/rss", SPACE_PLAIN},
    {NULL, "http://blogs.law.harvard.edu/tech/rss", SPACE_PLAIN},
};

/* ---- elements ---- */

enum field {
    FIELD_TITLE,
    FIELD_TEXT,
    FIELD_LINK,
    FIELD_ID,
    FIELD_TIME,
    FIELD_EDITED,
    FIELD_AUTHOR,
    FIELD_TAG,
    FIELD_LANG,
    FIELD_REPLIES,
    FIELDS, /* those behind are read from attributes alone */
    FIELD_MEDIA,
    FIELD_REPLY_TO,
};

struct field_row {
    enum space space;
    const char *name; /* lower case */
    enum field field;
    int rank;
};

static const struct field_row field_rows[] = {
    {SPACE_PLAIN, "title", FIELD_TITLE, 3},
    {SPACE_ATOM, "title", FIELD_TITLE, 3},
    {SPACE_DC, "title", FIELD_TITLE, 2},
    {SPACE_MEDIA, "title", FIELD_TITLE, 1},
    {SPACE_PLAIN, "description", FIELD_TEXT, 3},
    {SPACE_PLAIN, "summary", FIELD_TEXT, 3},
    {SPACE_PLAIN, "abstract", FIELD_TEXT, 3},
    {SPACE_ATOM, "summary", FIELD_TEXT, 3},
    {SPACE_DC, "description", FIELD_TEXT, 2},
    {SPACE_TERMS, "abstract", FIELD_TEXT, 2},
    {SPACE_ITUNES, "summary", FIELD_TEXT, 1},
    {SPACE_MEDIA, "description", FIELD_TEXT, 1},
    {SPACE_CONTENT, "encoded", FIELD_TEXT, 5},
    {SPACE_XHTML, "body", FIELD_TEXT, 4},
    {SPACE_XHTML, "div", FIELD_TEXT, 4},
    {SPACE_PLAIN, "body", FIELD_TEXT, 4},
    {SPACE_PLAIN, "fullitem", FIELD_TEXT, 4},
    {SPACE_PLAIN, "content", FIELD_TEXT, 4},
    {SPACE_ATOM, "content", FIELD_TEXT, 4},
    {SPACE_PLAIN, "link", FIELD_LINK, 4},
    {SPACE_ATOM, "link", FIELD_LINK, 4},
    {SPACE_FEEDBURNER, "origlink", FIELD_LINK, 5},
    {SPACE_PLAIN, "guid", FIELD_ID, 3},
    {SPACE_PLAIN, "id", FIELD_ID, 3},
    {SPACE_ATOM, "id", FIELD_ID, 3},
    {SPACE_DC, "identifier", FIELD_ID, 1},
    {SPACE_PLAIN, "pubdate", FIELD_TIME, 5},
    {SPACE_PLAIN, "published", FIELD_TIME, 5},
    {SPACE_ATOM, "published", FIELD_TIME, 5},
    {SPACE_ATOM, "issued", FIELD_TIME, 4},
    {SPACE_PLAIN, "issued", FIELD_TIME, 4},
    {SPACE_TERMS, "issued", FIELD_TIME, 4},
    {SPACE_DC, "date", FIELD_TIME, 3},
    {SPACE_ATOM, "created", FIELD_TIME, 2},
    {SPACE_PLAIN, "created", FIELD_TIME, 2},
    {SPACE_TERMS, "created", FIELD_TIME, 2},
    {SPACE_ATOM, "updated", FIELD_EDITED, 3},
    {SPACE_PLAIN, "updated", FIELD_EDITED, 3},
    {SPACE_ATOM, "modified", FIELD_EDITED, 2},
    {SPACE_PLAIN, "modified", FIELD_EDITED, 2},
    {SPACE_TERMS, "modified", FIELD_EDITED, 2},
    {SPACE_PLAIN, "lastbuilddate", FIELD_EDITED, 1},
    {SPACE_PLAIN, "author", FIELD_AUTHOR, 4},
    {SPACE_ATOM, "author", FIELD_AUTHOR, 4},
    {SPACE_DC, "creator", FIELD_AUTHOR, 3},
    {SPACE_DC, "author", FIELD_AUTHOR, 3},
    {SPACE_ITUNES, "author", FIELD_AUTHOR, 2},
    {SPACE_MEDIA, "credit", FIELD_AUTHOR, 1},
    {SPACE_PLAIN, "category", FIELD_TAG, 1},
    {SPACE_PLAIN, "tags", FIELD_TAG, 1},
    {SPACE_ATOM, "category", FIELD_TAG, 1},
    {SPACE_DC, "subject", FIELD_TAG, 1},
    {SPACE_ITUNES, "category", FIELD_TAG, 1},
    {SPACE_MEDIA, "category", FIELD_TAG, 1},
    {SPACE_ITUNES, "keywords", FIELD_TAG, 1},
    {SPACE_MEDIA, "keywords", FIELD_TAG, 1},
    {SPACE_PLAIN, "language", FIELD_LANG, 2},
    {SPACE_DC, "language", FIELD_LANG, 2},
    {SPACE_SLASH, "comments", FIELD_REPLIES, 2},
    {SPACE_THREAD, "total", FIELD_REPLIES, 2},
    {SPACE_PLAIN, "enclosure", FIELD_MEDIA, 1},
    {SPACE_MEDIA, "content", FIELD_MEDIA, 1},
    {SPACE_MEDIA, "thumbnail", FIELD_MEDIA, 1},
    {SPACE_THREAD, "in-reply-to", FIELD_REPLY_TO, 1},
};

/* ---- reading ---- */

/* A prefix declared at a depth; a later one goes before an earlier one. */
struct binding {
    char *prefix; /* "" for the default */
    enum space space;
    size_t depth;
};

enum language { RSS, ATOM };

struct level {
    struct str base; /* in the buffer of the level that says it */
    struct str lang;
};

enum spelling { GUESS, PLAIN, HTML };

/* An element whose text is being gathered. */
struct capture {
    const struct field_row *row; /* NULL: none */
    size_t depth;
    bool markup; /* it has elements within: `text` is HTML by now */
    enum spelling spelling;
    bool base64;
    struct str attribute; /* term or label of a category, isPermaLink … */
    struct buf text;
};

/* Of a feed or of an item. */
struct about {
    int rank[FIELDS];
    struct str link, author;
    struct str id;
    int64_t time, edited;
    struct str lang;
};

struct feed {
    struct source *s;
    struct binding *bindings;
    size_t binding_count, binding_cap;
    struct level levels[XML_DEPTH + 1]; /* by depth; 0: the document */
    struct buf bases[XML_DEPTH + 1];
    size_t depth;
    char root[64];
    bool known_root;
    size_t channel_depth; /* of the element that holds the feed's own data; 0: none */
    size_t item_depth;    /* 0: not in an item */
    enum language language;
    struct capture capture;
    size_t author_depth; /* of an <author> with elements within; 0: none */
    size_t origin_depth; /* of Atom's <source> in an item; 0: none */
    struct about channel, item, origin;
    struct about early; /* the channel as the first item found it */
    struct arena item_arena;
    struct str guid_link; /* a guid that is an address */
    size_t items;
    bool guessed; /* the document was mended, and something was lost */
};

static void lower(char *to, size_t room, const char *from)
{
    size_t len = 0;
    for (; from[len] != '\0' && len + 1 < room; len++)
        to[len] = (char)(from[len] >= 'A' && from[len] <= 'Z' ? from[len] | 0x20 : from[len]);
    to[len] = '\0';
}

/* What an item says is forgotten with it. */
static struct arena *arena_of(struct feed *f)
{
    return f->item_depth > 0 ? &f->item_arena : &f->s->arena;
}

static struct str keep(struct feed *f, struct str text)
{
    return arena_keep(arena_of(f), text);
}

/* ---- namespaces of elements ---- */

static enum space space_of_uri(const char *uri)
{
    char name[128];
    lower(name, sizeof name, uri);
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (strncmp(name, spaces[i].uri, strlen(spaces[i].uri)) == 0)
            return spaces[i].space;
    return *uri == '\0' ? SPACE_PLAIN : SPACE_OTHER;
}

static void bind(struct feed *f, const char **attributes)
{
    for (; *attributes != NULL; attributes += 2) {
        const char *name = attributes[0];
        if (strncmp(name, "xmlns", 5) != 0 || (name[5] != '\0' && name[5] != ':'))
            continue;
        if (f->binding_count == MAX_BINDINGS)
            return;
        const char *prefix = name[5] == ':' ? name + 6 : "";
        enum space space = space_of_uri(attributes[1]);
        if (*prefix == '\0' && space == SPACE_OTHER && f->depth <= 2)
            space = SPACE_PLAIN; /* feeds with a default namespace of their own */
        MEM_GROW(f->bindings, f->binding_count, f->binding_cap);
        f->bindings[f->binding_count++] =
            (struct binding){mem_string(str_of(prefix)), space, f->depth};
    }
}

static void unbind(struct feed *f, size_t depth)
{
    while (f->binding_count > 0 && f->bindings[f->binding_count - 1].depth > depth)
        free(f->bindings[--f->binding_count].prefix);
}

static enum space space_of_prefix(const struct feed *f, struct str prefix)
{
    for (size_t i = f->binding_count; i-- > 0;)
        if (str_is(prefix, f->bindings[i].prefix))
            return f->bindings[i].space;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (spaces[i].prefix != NULL && str_is(prefix, spaces[i].prefix))
            return spaces[i].space;
    return prefix.len == 0 ? SPACE_PLAIN : SPACE_OTHER;
}

/* The namespace of an element, and its name without prefix, in lower case. */
static enum space resolve_name(const struct feed *f, const char *name, char *local, size_t room)
{
    const char *colon = strchr(name, ':');
    struct str prefix = {name, colon != NULL ? (size_t)(colon - name) : 0};
    lower(local, room, colon != NULL ? colon + 1 : name);
    return space_of_prefix(f, prefix);
}

static const struct field_row *find_field(enum space space, const char *name)
{
    for (size_t i = 0; i < sizeof field_rows / sizeof *field_rows; i++)
        if (field_rows[i].space == space && strcmp(field_rows[i].name, name) == 0)
            return &field_rows[i];
    return NULL;
}

/* ---- bases and languages ---- */

/* A tag of a language, `en_US` put right. */
static struct str keep_language(struct feed *f, struct str tag)
{
    struct buf lang = {0};
    buf_add_str(&lang, str_trim(tag));
    for (size_t i = 0; i < lang.len; i++)
        if (lang.data[i] == '_')
            lang.data[i] = '-';
    struct str kept = keep(f, buf_str(&lang));
    buf_free(&lang);
    return kept;
}

static void open_level(struct feed *f, const char **attributes)
{
    struct level *level = &f->levels[f->depth];
    *level = f->levels[f->depth - 1];
    const char *base = xml_attribute(attributes, "xml:base");
    const char *lang = xml_attribute(attributes, "xml:lang");
    if (base != NULL) {
        struct buf *whole = &f->bases[f->depth];
        buf_clear(whole);
        url_resolve(whole, level->base, str_of(base));
        level->base = buf_str(whole);
    }
    if (lang != NULL)
        level->lang = keep_language(f, str_of(lang));
}

/* What relative addresses are relative to: xml:base, the document's address, or where
 * that is not known the feed's page. */
static struct str current_base(const struct feed *f)
{
    struct str base = f->levels[f->depth].base;
    return url_is_absolute(base) ? base : f->channel.link;
}

static struct str whole_address(struct feed *f, struct str address)
{
    struct buf whole = {0};
    url_lead(&whole, current_base(f), address);
    struct str kept = keep(f, buf_str(&whole));
    buf_free(&whole);
    return kept;
}

/* ---- fields ---- */

static struct about *about_of(struct feed *f)
{
    return f->origin_depth > 0 ? &f->origin : f->item_depth > 0 ? &f->item : &f->channel;
}

/* May a value of this rank go in? If so, it has gone in. */
static bool outranks(struct about *about, enum field field, int rank)
{
    if (about->rank[field] >= rank)
        return false;
    about->rank[field] = rank;
    return true;
}

/* The gathered text as UTF-8 text, HTML undone; in the arena. */
static struct str captured_text(struct feed *f, bool one_line)
{
    struct capture *c = &f->capture;
    charset_mend_twice(&c->text);
    charset_mend_controls(&c->text);
    struct str raw = str_trim(buf_str(&c->text));
    struct entry *post = f->item_depth > 0 && !one_line ? &f->s->entry : NULL;
    struct buf *plain = &f->s->scratch;
    buf_clear(plain);
    bool html = c->markup || c->spelling == HTML || (c->spelling == GUESS && html_is_likely(raw));
    if (html)
        html_text(plain, raw, current_base(f), post, arena_of(f));
    else
        html_fold(plain, raw);
    for (size_t i = 0; one_line && i < plain->len; i++)
        if (plain->data[i] == '\n')
            plain->data[i] = ' ';
    return keep(f, buf_str(plain));
}

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* Decodes in place: the result is shorter. */
static void decode_base64(struct buf *text)
{
    unsigned bits = 0, count = 0;
    size_t len = 0;
    for (size_t i = 0; i < text->len && text->data[i] != '='; i++) {
        int value = base64_value(text->data[i]);
        if (value < 0)
            continue;
        bits = (bits << 6 | (unsigned)value) & 0xFFFFFF;
        count += 6;
        if (count >= 8) {
            count -= 8;
            text->data[len++] = (char)(bits >> count & 0xFF);
        }
    }
    text->len = len;
}

static bool has_at(struct str text)
{
    return text.len > 0 && memchr(text.ptr, '@', text.len) != NULL;
}

/* `ann@example.com (Ann)`, `Ann <ann@example.com>` and the like: the name, else the
 * address. */
static struct str author_name(struct str text)
{
    struct str rest, name;
    text = str_trim(text);
    if (str_ends(text, STR(")")) && has_at(text)) {
        struct str before = str_trim(str_cut(text, '(', &rest));
        name = str_trim((struct str){rest.ptr, rest.len > 0 ? rest.len - 1 : 0});
        if (has_at(name) && before.len > 0)
            return before;
        if (name.len > 0)
            return name;
    }
    name = str_trim(str_cut(text, '<', &rest));
    if (has_at(rest) && name.len > 0)
        return name;
    if (str_starts(text, STR("mailto:")))
        return str_from(text, 7);
    return text;
}

/* Keywords and the like have commas between them; other tags come whole. */
static void add_tags(struct feed *f, const struct field_row *row, struct str text)
{
    struct entry *post = &f->s->entry;
    if (strcmp(row->name, "keywords") != 0 && strcmp(row->name, "tags") != 0) {
        entry_add(&post->tags, text);
        return;
    }
    while (text.len > 0)
        entry_add(&post->tags, str_trim(str_cut(text, ',', &text)));
}

static void set_text(struct feed *f, const struct field_row *row)
{
    if (f->item_depth == 0 || f->capture.text.len == 0 || f->item.rank[FIELD_TEXT] >= row->rank)
        return;
    struct str text = captured_text(f, false);
    if (text.len > 0 && outranks(&f->item, FIELD_TEXT, row->rank))
        f->s->entry.text = text;
}

static void set_address(struct feed *f, struct about *about, int rank, struct str address)
{
    struct str whole = whole_address(f, address);
    if (whole.len > 0 && outranks(about, FIELD_LINK, rank))
        about->link = whole;
}

static void set_id(struct feed *f, const struct field_row *row, struct str text)
{
    if (f->item_depth == 0 || text.len == 0 || !outranks(&f->item, FIELD_ID, row->rank))
        return;
    bool path = text.ptr[0] == '/'; /* names something within the site only */
    f->item.id = path ? whole_address(f, text) : keep(f, text);
    bool address = strcmp(row->name, "guid") == 0 && !str_is(f->capture.attribute, "false");
    if (address)
        f->guid_link = whole_address(f, text);
}

static void set_author(struct feed *f, struct about *about, int rank, struct str text)
{
    struct str name = author_name(text);
    if (name.len > 0 && outranks(about, FIELD_AUTHOR, rank))
        about->author = keep(f, name);
}

/* A time that is written twice has been corrected: the later one counts. */
static void set_time(struct about *about, const struct field_row *row, struct str text)
{
    int64_t time = date_parse(text);
    if (time == CLOCK_UNKNOWN || about->rank[row->field] > row->rank)
        return;
    about->rank[row->field] = row->rank;
    if (row->field == FIELD_TIME)
        about->time = time;
    else
        about->edited = time;
}

static void set_replies(struct feed *f, struct str text)
{
    int64_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || i > 9)
            return;
        count = count * 10 + (text.ptr[i] - '0');
    }
    if (text.len > 0)
        f->s->entry.metrics[ENTRY_REPLIES] = count;
}

/* The element that was being gathered has ended. */
static void take_field(struct feed *f)
{
    struct capture *c = &f->capture;
    const struct field_row *row = c->row;
    struct about *about = about_of(f);
    if (c->base64)
        decode_base64(&c->text);
    struct str text = str_trim(buf_str(&c->text));
    switch (row->field) {
    case FIELD_TITLE:
        if (f->item_depth > 0 && text.len > 0 && outranks(about, FIELD_TITLE, row->rank))
            f->s->entry.title = captured_text(f, true);
        break;
    case FIELD_TEXT: set_text(f, row); break;
    case FIELD_LINK: set_address(f, about, row->rank, text); break;
    case FIELD_ID: set_id(f, row, text); break;
    case FIELD_TIME:
    case FIELD_EDITED: set_time(about, row, text); break;
    case FIELD_AUTHOR: set_author(f, about, row->rank, captured_text(f, true)); break;
    case FIELD_TAG:
        if (f->item_depth > 0)
            add_tags(f, row, captured_text(f, true));
        break;
    case FIELD_LANG:
        if (text.len > 0 && outranks(about, FIELD_LANG, row->rank))
            about->lang = keep_language(f, text);
        break;
    case FIELD_REPLIES: set_replies(f, text); break;
    default: break;
    }
}

/* ---- elements begin ---- */

static struct str attribute(const char **attributes, const char *name)
{
    const char *value = xml_attribute(attributes, name);
    return value != NULL ? str_trim(str_of(value)) : (struct str){NULL, 0};
}

/* Does a link of this relation lead to the page? */
static bool is_page(struct str rel)
{
    return rel.len == 0 || str_is(rel, "alternate") || str_ends(rel, STR("/relation/alternate"));
}

/* An Atom link: alternate leads to the page, enclosure to media. */
static void take_link_attributes(struct feed *f, const struct field_row *row,
                                 const char **attributes)
{
    struct str href = attribute(attributes, "href"), rel = attribute(attributes, "rel");
    if (str_is(rel, "enclosure") && f->item_depth > 0) {
        struct str url = whole_address(f, href);
        entry_add_media(&f->s->entry, entry_media_type(attribute(attributes, "type"), url), url,
                        keep(f, attribute(attributes, "title")));
    } else if (is_page(rel)) {
        bool html = str_starts(attribute(attributes, "type"), STR("text/html"));
        set_address(f, about_of(f), html ? row->rank : row->rank - 1, href);
    } else if (str_is(rel, "self")) {
        set_address(f, about_of(f), 1, href);
    }
}

static void take_media(struct feed *f, const char *name, const char **attributes)
{
    struct str url = attribute(attributes, "url"), type = attribute(attributes, "type");
    if (type.len == 0)
        type = attribute(attributes, "medium");
    if (type.len == 0 && strcmp(name, "thumbnail") == 0)
        type = STR("image");
    if (f->item_depth == 0 || url.len == 0)
        return;
    url = whole_address(f, url);
    entry_add_media(&f->s->entry, entry_media_type(type, url), url, (struct str){NULL, 0});
}

static bool is_binary(struct str type)
{
    return type.len > 0 && memchr(type.ptr, '/', type.len) != NULL &&
           !str_starts(type, STR("text/")) && !str_ends(type, STR("+xml")) &&
           !str_ends(type, STR("/xml"));
}

/* How the text of an element is spelled. Atom says it in attributes: 1.0 in type, 0.3
 * in mode as well, without which it is XML and its elements tell. RSS leaves it to a
 * guess. */
static void take_type(struct feed *f, enum space space, const char **attributes)
{
    struct capture *c = &f->capture;
    struct str type = attribute(attributes, "type"), mode = attribute(attributes, "mode");
    bool atom = space == SPACE_ATOM || f->language == ATOM, escaped = str_is(mode, "escaped");
    bool text = type.len == 0 || str_is(type, "text") || str_starts(type, STR("text/plain"));
    bool html = str_is(type, "html") || (str_starts(type, STR("text/html")) && (escaped || !atom));
    if (html)
        c->spelling = HTML;
    else if (atom && text && !escaped)
        c->spelling = PLAIN;
    c->base64 = str_is(mode, "base64") || (atom && is_binary(type));
}

/* Atom's <content src="…">: what would stand there is a picture, a film, a page. */
static void take_content_elsewhere(struct feed *f, struct str type, struct str src)
{
    struct str url = whole_address(f, src);
    const char *media = entry_media_type(type, url);
    if (media != NULL)
        entry_add_media(&f->s->entry, media, url, (struct str){NULL, 0});
    else
        set_address(f, &f->item, 1, src);
}

static void begin_capture(struct feed *f, const struct field_row *row, enum space space,
                          const char **attributes)
{
    struct capture *c = &f->capture;
    struct str src = attribute(attributes, "src");
    buf_clear(&c->text);
    *c = (struct capture){.row = row, .depth = f->depth, .text = c->text};
    if (row->field == FIELD_TITLE || row->field == FIELD_TEXT)
        take_type(f, space, attributes);
    if (row->field == FIELD_ID)
        c->attribute = keep(f, attribute(attributes, "isPermaLink"));
    if (row->field == FIELD_TEXT && src.len > 0 && f->item_depth > 0)
        take_content_elsewhere(f, attribute(attributes, "type"), src);
}

/* The Channel Definition Format says in attributes, in any case, what others say in elements. */
static void take_channel_definition(struct feed *f, struct about *about, const char **attributes)
{
    static const struct field_row modified = {SPACE_PLAIN, "lastmod", FIELD_EDITED, 1};
    for (; *attributes != NULL; attributes += 2) {
        if (strcasecmp(attributes[0], "href") == 0)
            set_address(f, about, 1, str_trim(str_of(attributes[1])));
        else if (strcasecmp(attributes[0], modified.name) == 0)
            set_time(about, &modified, str_of(attributes[1]));
    }
}

static void begin_item(struct feed *f, const char **attributes)
{
    if (f->items == 0)
        f->early = f->channel;
    f->item_depth = f->depth;
    arena_clear(&f->item_arena);
    f->item = f->origin = (struct about){.time = CLOCK_UNKNOWN, .edited = CLOCK_UNKNOWN};
    f->guid_link = (struct str){NULL, 0};
    entry_reset(&f->s->entry);
    struct str about = attribute(attributes, "rdf:about");
    if (about.len == 0)
        about = attribute(attributes, "about");
    if (about.len > 0) {
        f->item.id = keep(f, about);
        f->item.rank[FIELD_ID] = 2;
        set_address(f, &f->item, 1, about);
    }
    take_channel_definition(f, &f->item, attributes);
}

/* A category: what it is called stands in attributes or in the text. */
static void begin_tag(struct feed *f, const struct field_row *row, enum space space,
                      const char **attributes)
{
    static const char *const names[] = {"term", "label", "text"};
    bool said = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = attribute(attributes, names[i]);
        if (name.len > 0 && f->item_depth > 0 && !url_is_absolute(name))
            entry_add(&f->s->entry.tags, keep(f, name));
        said = said || name.len > 0;
    }
    if (!said || space == SPACE_MEDIA)
        begin_capture(f, row, space, attributes);
}

/* An element that may say something about the feed or the item it stands in. */
static void begin_field(struct feed *f, enum space space, const char *name, const char **attributes)
{
    const struct field_row *row = find_field(space, name);
    if (row == NULL)
        return;
    switch (row->field) {
    case FIELD_LINK:
        if (xml_attribute(attributes, "href") != NULL)
            take_link_attributes(f, row, attributes);
        else if (is_page(attribute(attributes, "rel")))
            begin_capture(f, row, space, attributes);
        break;
    case FIELD_TAG: begin_tag(f, row, space, attributes); break;
    case FIELD_AUTHOR:
        f->author_depth = f->depth;
        begin_capture(f, row, space, attributes);
        break;
    case FIELD_MEDIA: take_media(f, name, attributes); break;
    case FIELD_REPLY_TO:
        if (f->item_depth > 0)
            f->s->entry.reply_to = keep(f, attribute(attributes, "ref"));
        break;
    default: begin_capture(f, row, space, attributes);
    }
}

/* <name>, <email> within <author>: each is an author of its own rank. */
static void begin_author_part(struct feed *f, const char *name, const char **attributes)
{
    static const struct field_row parts[] = {{SPACE_PLAIN, "name", FIELD_AUTHOR, 6},
                                             {SPACE_PLAIN, "email", FIELD_AUTHOR, 5}};
    f->capture.row = NULL;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].name, name) == 0)
            begin_capture(f, &parts[i], SPACE_PLAIN, attributes);
}

/* ---- markup inside a text ---- */

/* The first element within: what was gathered is text, and becomes HTML. */
static void become_markup(struct capture *c)
{
    struct buf html = {0};
    c->markup = true;
    for (size_t i = 0; i < c->text.len; i++) {
        char ch = c->text.data[i];
        if (ch == '<')
            buf_add_text(&html, "&lt;");
        else if (ch == '&')
            buf_add_text(&html, "&amp;");
        else
            buf_add_char(&html, ch);
    }
    buf_free(&c->text);
    c->text = html;
}

static void add_escaped(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '<')
            buf_add_text(to, "&lt;");
        else if (c == '&')
            buf_add_text(to, "&amp;");
        else if (c == '"')
            buf_add_text(to, "&quot;");
        else
            buf_add_char(to, c);
    }
}

static void add_start_tag(struct feed *f, const char *name, const char **attributes)
{
    struct capture *c = &f->capture;
    const char *colon = strchr(name, ':');
    if (!c->markup)
        become_markup(c);
    buf_add_char(&c->text, '<');
    buf_add_text(&c->text, colon != NULL ? colon + 1 : name);
    for (; *attributes != NULL; attributes += 2) {
        bool address = strcmp(attributes[0], "href") == 0 || strcmp(attributes[0], "src") == 0;
        buf_addf(&c->text, " %s=\"", attributes[0]);
        struct buf whole = {0};
        if (address)
            url_lead(&whole, current_base(f), str_of(attributes[1]));
        add_escaped(&c->text, address ? buf_str(&whole) : str_of(attributes[1]));
        buf_free(&whole);
        buf_add_char(&c->text, '"');
    }
    buf_add_char(&c->text, '>');
}

static void add_end_tag(struct capture *c, const char *name)
{
    static const char *const voids[] = {"br", "img", "hr", "input", "wbr", "meta", "link"};
    const char *colon = strchr(name, ':');
    const char *local = colon != NULL ? colon + 1 : name;
    for (size_t i = 0; i < sizeof voids / sizeof *voids; i++)
        if (strcasecmp(local, voids[i]) == 0)
            return;
    buf_addf(&c->text, "</%s>", local);
}

/* ---- items end ---- */

/* Did nothing come of an item but its tag? Where a document is cut off there is none. */
static bool is_cut(const struct feed *f)
{
    const struct entry *post = &f->s->entry;
    return f->guessed && post->title.len + post->text.len + f->item.link.len + f->item.id.len == 0;
}

static void write_item(struct feed *f)
{
    struct entry *post = &f->s->entry;
    post->url = f->item.link.len > 0       ? f->item.link
                : url_is_web(f->guid_link) ? f->guid_link
                                           : (struct str){NULL, 0};
    post->time = f->item.time != CLOCK_UNKNOWN ? f->item.time : f->item.edited;
    post->edited = f->item.edited != post->time ? f->item.edited : CLOCK_UNKNOWN;
    struct str lang = f->levels[f->item_depth].lang;
    post->lang = f->item.lang.len > 0 ? f->item.lang
                                      : entry_inherited(lang.len > 0 ? lang : f->channel.lang);
    post->author.name = f->item.author.len > 0 ? f->item.author : f->origin.author;
    if (post->author.name.len == 0 && f->language == ATOM)
        post->author.name = entry_inherited(f->channel.author);
    post->id = f->item.id;
    entry_identify(post, entry_inherited(f->channel.link), &f->item_arena);
    source_write(f->s, "feed", "net-news");
    f->items++;
    f->item_depth = 0;
}

/* ---- the reader's calls ---- */

static void note_root(struct feed *f, enum space space, const char *name)
{
    static const char *const roots[] = {"rss", "feed", "rdf", "channel", "entry", "item"};
    snprintf(f->root, sizeof f->root, "%s", name);
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        f->known_root = f->known_root || strcmp(name, roots[i]) == 0;
    f->language =
        strcmp(name, "feed") == 0 || strcmp(name, "entry") == 0 || space == SPACE_ATOM ? ATOM : RSS;
}

/* An element in an item. Of the feed from which an aggregated one has it (Atom's <source>)
 * its author alone counts: it goes before the author of the feed at hand (RFC 4287, 4.2.1). */
static void begin_in_item(struct feed *f, enum space space, const char *name,
                          const char **attributes)
{
    size_t depth = f->depth - f->item_depth;
    bool group = depth == 2 && (space == SPACE_MEDIA || space == SPACE_ITUNES); /* categories */
    bool atom = space == SPACE_ATOM || (space == SPACE_PLAIN && f->language == ATOM);
    if (f->origin_depth > 0) {
        if (atom && depth == 2 && strcmp(name, "author") == 0)
            begin_field(f, space, name, attributes);
    } else if (atom && depth == 1 && strcmp(name, "source") == 0) {
        f->origin_depth = f->depth;
    } else if (depth == 1 || group) {
        begin_field(f, space, name, attributes);
    }
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct feed *f = context;
    char local[sizeof f->root];
    f->depth++;
    bind(f, attributes);
    open_level(f, attributes);
    enum space space = resolve_name(f, name, local, sizeof local);
    if (f->depth == 1)
        note_root(f, space, local);
    bool part = f->author_depth > 0 && f->depth == f->author_depth + 1;
    if (part && !f->capture.markup) {
        begin_author_part(f, local, attributes);
    } else if (f->capture.row != NULL) {
        add_start_tag(f, name, attributes);
    } else if (f->item_depth == 0 && (strcmp(local, "item") == 0 || strcmp(local, "entry") == 0)) {
        begin_item(f, attributes);
    } else if (f->item_depth == 0 &&
               (strcmp(local, "channel") == 0 || strcmp(local, "feed") == 0)) {
        f->channel_depth = f->depth;
        take_channel_definition(f, &f->channel, attributes);
    } else if (f->item_depth > 0) {
        begin_in_item(f, space, local, attributes);
    } else if (f->channel_depth > 0 && f->depth == f->channel_depth + 1) {
        begin_field(f, space, local, attributes);
    }
}

static void on_end(void *context, const char *name)
{
    struct feed *f = context;
    if (f->capture.row != NULL && f->depth == f->capture.depth) {
        take_field(f);
        f->capture.row = NULL;
    } else if (f->capture.row != NULL) {
        add_end_tag(&f->capture, name);
    }
    if (f->depth == f->author_depth)
        f->author_depth = 0;
    if (f->depth == f->origin_depth)
        f->origin_depth = 0;
    if (f->depth == f->item_depth && is_cut(f))
        f->item_depth = 0;
    else if (f->depth == f->item_depth)
        write_item(f);
    if (f->depth == f->channel_depth)
        f->channel_depth = 0;
    f->depth--;
    unbind(f, f->depth);
}

static void on_text(void *context, struct str text)
{
    struct feed *f = context;
    if (f->capture.row == NULL)
        return;
    if (f->capture.markup)
        add_escaped(&f->capture.text, text);
    else
        buf_add_str(&f->capture.text, text);
}

/* ---- documents ---- */

static const struct xml_reader feed_reader = {on_start, on_end, on_text};

static void reset(struct feed *f)
{
    unbind(f, 0);
    struct feed fresh = {.s = f->s, .bindings = f->bindings, .binding_cap = f->binding_cap};
    fresh.capture.text = f->capture.text;
    fresh.item_arena = f->item_arena;
    memcpy(fresh.bases, f->bases, sizeof fresh.bases);
    fresh.channel.time = fresh.channel.edited = CLOCK_UNKNOWN;
    if (f->s->settings->base != NULL)
        fresh.levels[0].base = str_of(f->s->settings->base);
    *f = fresh;
}

static void begin_document(struct feed *f)
{
    reset(f);
    arena_clear(&f->s->arena);
}

/* Has some of what items take from their feed come behind the first? */
static bool is_told_late(const struct feed *f)
{
    bool author = f->language == RSS || str_equal(f->early.author, f->channel.author);
    return f->items > 0 && !(author && str_equal(f->early.link, f->channel.link) &&
                             str_equal(f->early.lang, f->channel.lang));
}

/* Reads what is well-formed. Neither RSS nor Atom gives the order of elements a meaning, so
 * where it matters the document is read again with what it has told of itself. */
static enum xml_outcome read_elements(struct feed *f, struct str text, size_t *used, struct err *e)
{
    size_t lines = f->s->lines->len;
    enum xml_outcome outcome = xml_read(text, f->s->line, &feed_reader, f, used, e);
    if (outcome != XML_WHOLE || !is_told_late(f))
        return outcome;
    struct about channel = f->channel;
    bool guessed = f->guessed;
    f->s->lines->len = lines;
    reset(f);
    f->channel = channel;
    f->guessed = guessed;
    return xml_read(text, f->s->line, &feed_reader, f, used, e);
}

/* Reads one that is not well-formed, as far as it can be mended. */
static bool read_mended(struct feed *f, struct str text, size_t *used, struct err *e)
{
    struct buf mended = {0};
    size_t ignored;
    bool sound = xml_mend(text, f->s->line, &mended, used, e);
    begin_document(f);
    f->guessed = !sound;
    struct err fault;
    if (read_elements(f, buf_str(&mended), &ignored, &fault) != XML_WHOLE && sound) {
        *e = fault;
        sound = false;
    }
    buf_free(&mended);
    return sound;
}

/* Reads one document; *used is set to where it ends. False where something is wrong
 * with it; what could be read has been written. */
static bool read_document(struct feed *f, struct str text, size_t *used, struct err *e)
{
    size_t lines = f->s->lines->len;
    struct err why;
    begin_document(f);
    enum xml_outcome outcome = read_elements(f, text, used, e);
    bool done = outcome == XML_WHOLE;
    if (!done) {
        f->s->lines->len = lines;
        done = read_mended(f, text, used, &why) && outcome != XML_HOSTILE;
        if (outcome != XML_HOSTILE)
            *e = why;
    }
    if (f->items == 0 && !f->known_root && f->root[0] == '\0')
        return err_set(e, "no feed: the document is empty");
    if (f->items == 0 && !f->known_root)
        return err_set(e, "no feed (RSS, RDF or Atom): the document's element is <%s>", f->root);
    if (!done) {
        why = *e;
        err_set(e, "not well-formed, %zu entries taken: %.500s", f->items, why.text);
    }
    return done;
}

static bool feed_convert(struct source *s, struct str value, struct err *e)
{
    struct feed *f = mem_zero(1, sizeof *f);
    size_t used;
    f->s = s;
    bool done = read_document(f, value, &used, e);
    s->behind = str_from(value, used);
    unbind(f, 0);
    for (size_t i = 0; i <= XML_DEPTH; i++)
        buf_free(&f->bases[i]);
    free(f->bindings);
    buf_free(&f->capture.text);
    arena_free(&f->item_arena);
    free(f);
    return done;
}

const struct source_format source_feed = {
    .name = "feed",
    .what = "RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, Google Alerts",
    .input = SOURCE_XML,
    .convert = feed_convert,
};
