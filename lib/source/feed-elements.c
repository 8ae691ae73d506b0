/*
 * Elements that say something begin: what stands in their attributes is taken at once, and for the
 * rest their text is gathered.
 */
#include "source/feed-parts.h"
#include "source/url.h"
#include "source/xml.h"

struct str feed_attribute(const char **attributes, const char *name)
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
    struct str href = feed_attribute(attributes, "href"), rel = feed_attribute(attributes, "rel");
    if (str_is(rel, "enclosure") && f->item_depth > 0) {
        struct str url = feed_whole_address(f, href);
        entry_add_media(&f->s->entry, entry_media_type(feed_attribute(attributes, "type"), url),
                        url, feed_keep(f, feed_attribute(attributes, "title")));
    } else if (is_page(rel)) {
        bool html = str_starts(feed_attribute(attributes, "type"), STR("text/html"));
        feed_set_address(f, feed_about(f), html ? row->rank : row->rank - 1, href);
    } else if (str_is(rel, "self")) {
        feed_set_address(f, feed_about(f), 1, href);
    }
}

static void take_media(struct feed *f, const char *name, const char **attributes)
{
    struct str url = feed_attribute(attributes, "url"), type = feed_attribute(attributes, "type");
    if (type.len == 0)
        type = feed_attribute(attributes, "medium");
    if (type.len == 0 && strcmp(name, "thumbnail") == 0)
        type = STR("image");
    if (f->item_depth == 0 || url.len == 0)
        return;
    url = feed_whole_address(f, url);
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
    struct str type = feed_attribute(attributes, "type"), mode = feed_attribute(attributes, "mode");
    bool atom = space == SPACE_ATOM || f->language == FEED_ATOM, escaped = str_is(mode, "escaped");
    bool text = type.len == 0 || str_is(type, "text") || str_starts(type, STR("text/plain"));
    bool html = str_is(type, "html") || (str_starts(type, STR("text/html")) && (escaped || !atom));
    if (html)
        c->spelling = SPELLING_HTML;
    else if (atom && text && !escaped)
        c->spelling = SPELLING_PLAIN;
    c->base64 = str_is(mode, "base64") || (atom && is_binary(type));
}

/* Atom's <content src="…">: what would stand there is a picture, a film, a page. */
static void take_content_elsewhere(struct feed *f, struct str type, struct str src)
{
    struct str url = feed_whole_address(f, src);
    const char *media = entry_media_type(type, url);
    if (media != NULL)
        entry_add_media(&f->s->entry, media, url, (struct str){NULL, 0});
    else
        feed_set_address(f, &f->item, 1, src);
}

static void begin_capture(struct feed *f, const struct field_row *row, enum space space,
                          const char **attributes)
{
    struct capture *c = &f->capture;
    struct str src = feed_attribute(attributes, "src");
    buf_clear(&c->text);
    *c = (struct capture){.row = row, .depth = f->depth, .text = c->text};
    if (row->field == FIELD_TITLE || row->field == FIELD_TEXT)
        take_type(f, space, attributes);
    if (row->field == FIELD_ID)
        c->attribute = feed_keep(f, feed_attribute(attributes, "isPermaLink"));
    if (row->field == FIELD_TEXT && src.len > 0 && f->item_depth > 0)
        take_content_elsewhere(f, feed_attribute(attributes, "type"), src);
}

/* A category: what it is called stands in attributes or in the text. */
static void begin_tag(struct feed *f, const struct field_row *row, enum space space,
                      const char **attributes)
{
    static const char *const names[] = {"term", "label", "text"};
    bool said = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str name = feed_attribute(attributes, names[i]);
        if (name.len > 0 && f->item_depth > 0 && !url_is_absolute(name))
            entry_add(&f->s->entry.tags, feed_keep(f, name));
        said = said || name.len > 0;
    }
    if (!said || space == SPACE_MEDIA)
        begin_capture(f, row, space, attributes);
}

void feed_begin_field(struct feed *f, enum space space, const char *name, const char **attributes)
{
    const struct field_row *row = feed_find_row(space, name);
    if (row == NULL)
        return;
    switch (row->field) {
    case FIELD_LINK:
        if (xml_attribute(attributes, "href") != NULL)
            take_link_attributes(f, row, attributes);
        else if (is_page(feed_attribute(attributes, "rel")))
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
            f->s->entry.reply_to = feed_keep(f, feed_attribute(attributes, "ref"));
        break;
    default: begin_capture(f, row, space, attributes);
    }
}

void feed_begin_author_part(struct feed *f, const char *name, const char **attributes)
{
    static const struct field_row parts[] = {{SPACE_PLAIN, "name", FIELD_AUTHOR, 6},
                                             {SPACE_PLAIN, "email", FIELD_AUTHOR, 5}};
    f->capture.row = NULL;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].name, name) == 0)
            begin_capture(f, &parts[i], SPACE_PLAIN, attributes);
}
