/*
 * What an element means stands in two tables: its namespace by the address that is declared or,
 * without a declaration, by the usual prefix, and what it says by namespace and name.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "source/feed-parts.h"

#define MAX_BINDINGS 256 /* namespaces declared at once; more are ignored */

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

static void lower(char *to, size_t room, const char *from)
{
    size_t len = 0;
    for (; from[len] != '\0' && len + 1 < room; len++)
        to[len] = (char)(from[len] >= 'A' && from[len] <= 'Z' ? from[len] | 0x20 : from[len]);
    to[len] = '\0';
}

static enum space space_of_uri(const char *uri)
{
    char name[128];
    lower(name, sizeof name, uri);
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (strncmp(name, spaces[i].uri, strlen(spaces[i].uri)) == 0)
            return spaces[i].space;
    return *uri == '\0' ? SPACE_PLAIN : SPACE_OTHER;
}

void feed_bind(struct feed *f, const char **attributes)
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

void feed_unbind(struct feed *f, size_t depth)
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

const char *feed_local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

enum space feed_resolve_name(const struct feed *f, const char *name, char *local, size_t room)
{
    const char *behind = feed_local_name(name);
    struct str prefix = {name, behind > name ? (size_t)(behind - name) - 1 : 0};
    lower(local, room, behind);
    return space_of_prefix(f, prefix);
}

const struct field_row *feed_find_row(enum space space, const char *name)
{
    for (size_t i = 0; i < sizeof field_rows / sizeof *field_rows; i++)
        if (field_rows[i].space == space && strcmp(field_rows[i].name, name) == 0)
            return &field_rows[i];
    return NULL;
}
