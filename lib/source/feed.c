/*
 * RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, Google Alerts: XML with items. What an element means
 * stands in tables (feed-names.c). A document that is not well-formed is read again after mending,
 * and so is one that tells behind its items what they take from it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "source/feed-parts.h"
#include "source/url.h"

/* ---- items ---- */

/* The Channel Definition Format says in attributes, in any case, what others say in elements. */
static void take_channel_definition(struct feed *f, struct about *about, const char **attributes)
{
    static const struct field_row modified = {SPACE_PLAIN, "lastmod", FIELD_EDITED, 1};
    for (; *attributes != NULL; attributes += 2) {
        if (strcasecmp(attributes[0], "href") == 0)
            feed_set_address(f, about, 1, str_trim(str_of(attributes[1])));
        else if (strcasecmp(attributes[0], modified.name) == 0)
            feed_set_time(about, &modified, str_of(attributes[1]));
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
    struct str about = feed_attribute(attributes, "rdf:about");
    if (about.len == 0)
        about = feed_attribute(attributes, "about");
    if (about.len > 0) {
        f->item.id = feed_keep(f, about);
        f->item.rank[FIELD_ID] = 2;
        feed_set_address(f, &f->item, 1, about);
    }
    take_channel_definition(f, &f->item, attributes);
}

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
    if (post->author.name.len == 0 && f->language == FEED_ATOM)
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
    f->language = strcmp(name, "feed") == 0 || strcmp(name, "entry") == 0 || space == SPACE_ATOM
                      ? FEED_ATOM
                      : FEED_RSS;
}

/* An element in an item. Of the feed from which an aggregated one has it (Atom's <source>)
 * its author alone counts: it goes before the author of the feed at hand (RFC 4287, 4.2.1). */
static void begin_in_item(struct feed *f, enum space space, const char *name,
                          const char **attributes)
{
    size_t depth = f->depth - f->item_depth;
    bool group = depth == 2 && (space == SPACE_MEDIA || space == SPACE_ITUNES); /* categories */
    bool atom = space == SPACE_ATOM || (space == SPACE_PLAIN && f->language == FEED_ATOM);
    if (f->origin_depth > 0) {
        if (atom && depth == 2 && strcmp(name, "author") == 0)
            feed_begin_field(f, space, name, attributes);
    } else if (atom && depth == 1 && strcmp(name, "source") == 0) {
        f->origin_depth = f->depth;
    } else if (depth == 1 || group) {
        feed_begin_field(f, space, name, attributes);
    }
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct feed *f = context;
    char local[sizeof f->root];
    f->depth++;
    feed_bind(f, attributes);
    feed_open_level(f, attributes);
    enum space space = feed_resolve_name(f, name, local, sizeof local);
    if (f->depth == 1)
        note_root(f, space, local);
    bool part = f->author_depth > 0 && f->depth == f->author_depth + 1;
    if (part && !f->capture.markup) {
        feed_begin_author_part(f, local, attributes);
    } else if (f->capture.row != NULL) {
        feed_add_start_tag(f, name, attributes);
    } else if (f->item_depth == 0 && (strcmp(local, "item") == 0 || strcmp(local, "entry") == 0)) {
        begin_item(f, attributes);
    } else if (f->item_depth == 0 &&
               (strcmp(local, "channel") == 0 || strcmp(local, "feed") == 0)) {
        f->channel_depth = f->depth;
        take_channel_definition(f, &f->channel, attributes);
    } else if (f->item_depth > 0) {
        begin_in_item(f, space, local, attributes);
    } else if (f->channel_depth > 0 && f->depth == f->channel_depth + 1) {
        feed_begin_field(f, space, local, attributes);
    }
}

static void on_end(void *context, const char *name)
{
    struct feed *f = context;
    if (f->capture.row != NULL && f->depth == f->capture.depth) {
        feed_take_field(f);
        f->capture.row = NULL;
    } else if (f->capture.row != NULL) {
        feed_add_end_tag(&f->capture, name);
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
    feed_unbind(f, f->depth);
}

static void on_text(void *context, struct str text)
{
    struct feed *f = context;
    if (f->capture.row != NULL)
        feed_add_text(&f->capture, text);
}

/* ---- documents ---- */

static const struct xml_reader feed_reader = {on_start, on_end, on_text};

static void reset(struct feed *f)
{
    feed_unbind(f, 0);
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
    bool author = f->language == FEED_RSS || str_equal(f->early.author, f->channel.author);
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
    feed_unbind(f, 0);
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
