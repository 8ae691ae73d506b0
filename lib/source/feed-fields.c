/*
 * What a feed or an item says of itself: addresses made whole by the base that holds where they
 * stand, languages, authors, times. Of several values the one of the highest rank counts, of
 * equals the first, but of times the last.
 */
#include "source/date.h"
#include "source/feed-parts.h"
#include "source/url.h"

struct arena *feed_arena(struct feed *f)
{
    return f->item_depth > 0 ? &f->item_arena : &f->s->arena;
}

struct str feed_keep(struct feed *f, struct str text)
{
    return arena_keep(feed_arena(f), text);
}

/* A tag of a language, `en_US` put right. */
static struct str keep_language(struct feed *f, struct str tag)
{
    struct buf lang = {0};
    buf_add_str(&lang, str_trim(tag));
    for (size_t i = 0; i < lang.len; i++)
        if (lang.data[i] == '_')
            lang.data[i] = '-';
    struct str kept = feed_keep(f, buf_str(&lang));
    buf_free(&lang);
    return kept;
}

void feed_open_level(struct feed *f, const char **attributes)
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

struct str feed_base(const struct feed *f)
{
    struct str base = f->levels[f->depth].base;
    return url_is_absolute(base) ? base : f->channel.link;
}

struct str feed_whole_address(struct feed *f, struct str address)
{
    struct buf whole = {0};
    url_lead(&whole, feed_base(f), address);
    struct str kept = feed_keep(f, buf_str(&whole));
    buf_free(&whole);
    return kept;
}

struct about *feed_about(struct feed *f)
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
    struct str text = feed_captured_text(f, false);
    if (text.len > 0 && outranks(&f->item, FIELD_TEXT, row->rank))
        f->s->entry.text = text;
}

void feed_set_address(struct feed *f, struct about *about, int rank, struct str address)
{
    struct str whole = feed_whole_address(f, address);
    if (whole.len > 0 && outranks(about, FIELD_LINK, rank))
        about->link = whole;
}

static void set_id(struct feed *f, const struct field_row *row, struct str text)
{
    if (f->item_depth == 0 || text.len == 0 || !outranks(&f->item, FIELD_ID, row->rank))
        return;
    bool path = text.ptr[0] == '/'; /* names something within the site only */
    f->item.id = path ? feed_whole_address(f, text) : feed_keep(f, text);
    bool address = strcmp(row->name, "guid") == 0 && !str_is(f->capture.attribute, "false");
    if (address)
        f->guid_link = feed_whole_address(f, text);
}

static void set_author(struct feed *f, struct about *about, int rank, struct str text)
{
    struct str name = author_name(text);
    if (name.len > 0 && outranks(about, FIELD_AUTHOR, rank))
        about->author = feed_keep(f, name);
}

void feed_set_time(struct about *about, const struct field_row *row, struct str text)
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
        if (!ascii_digit((unsigned char)text.ptr[i]) || i > 9)
            return;
        count = count * 10 + (text.ptr[i] - '0');
    }
    if (text.len > 0)
        f->s->entry.metrics[ENTRY_REPLIES] = count;
}

void feed_take_field(struct feed *f)
{
    struct capture *c = &f->capture;
    const struct field_row *row = c->row;
    struct about *about = feed_about(f);
    if (c->base64)
        feed_decode_base64(&c->text);
    struct str text = str_trim(buf_str(&c->text));
    switch (row->field) {
    case FIELD_TITLE:
        if (f->item_depth > 0 && text.len > 0 && outranks(about, FIELD_TITLE, row->rank))
            f->s->entry.title = feed_captured_text(f, true);
        break;
    case FIELD_TEXT: set_text(f, row); break;
    case FIELD_LINK: feed_set_address(f, about, row->rank, text); break;
    case FIELD_ID: set_id(f, row, text); break;
    case FIELD_TIME:
    case FIELD_EDITED: feed_set_time(about, row, text); break;
    case FIELD_AUTHOR: set_author(f, about, row->rank, feed_captured_text(f, true)); break;
    case FIELD_TAG:
        if (f->item_depth > 0)
            add_tags(f, row, feed_captured_text(f, true));
        break;
    case FIELD_LANG:
        if (text.len > 0 && outranks(about, FIELD_LANG, row->rank))
            about->lang = keep_language(f, text);
        break;
    case FIELD_REPLIES: set_replies(f, text); break;
    default: break;
    }
}
