/*
 * Which format a text is in, and who reads it. XML goes to the feed reader. JSON is
 * taken value by value, the elements of a top-level array one by one: each is asked
 * for the members that tell formats apart, in one scan, and given to the first format
 * that knows it.
 */
#include "source/source.h"

#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"
#include "source/charset.h"
#include "source/formats.h"
#include "source/html.h"

#define ROOT_BYTES 1024 /* how far in front of a feed's first tag there may be junk */

static const struct str archive = {"window.YTD.", 11};

/* In the order in which they are asked. */
static const struct source_format *const formats[] = {
    &source_feed,    &source_jsonfeed,    &source_x,       &source_mastodon,
    &source_twitter, &source_activitypub, &source_bluesky, &source_reddit,
    &source_youtube, &source_hatena,      &source_suggest, &source_fivech,
    &source_record,  &source_json,        &source_text,    NULL,
};

static const char *const mark_names[] = {
    [MARK_KIND] = "kind",
    [MARK_ID] = "id",
    [MARK_TEXT] = "text",
    [MARK_CONTENT] = "content",
    [MARK_DATA] = "data",
    [MARK_INCLUDES] = "includes",
    [MARK_META] = "meta",
    [MARK_ERRORS] = "errors",
    [MARK_VERSION] = "version",
    [MARK_ITEMS] = "items",
    [MARK_ID_STR] = "id_str",
    [MARK_FULL_TEXT] = "full_text",
    [MARK_STATUSES] = "statuses",
    [MARK_TWEET] = "tweet",
    [MARK_DELETE] = "delete",
    [MARK_EDIT_HISTORY_TWEETS] = "edit_history_tweet_ids",
    [MARK_EDIT_HISTORY_POSTS] = "edit_history_post_ids",
    [MARK_CONVERSATION_ID] = "conversation_id",
    [MARK_NOTE_TWEET] = "noteTweet",
    [MARK_URI] = "uri",
    [MARK_ACCOUNT] = "account",
    [MARK_HASHTAGS] = "hashtags",
    [MARK_ORDERED_ITEMS] = "orderedItems",
    [MARK_RECORD] = "record",
    [MARK_POST] = "post",
    [MARK_POSTS] = "posts",
    [MARK_FEED] = "feed",
    [MARK_EID] = "eid",
    [MARK_BOOKMARKS] = "bookmarks",
    [MARKS] = NULL,
};

const struct source_format *source_at(size_t number)
{
    return formats[number];
}

const struct source_format *source_find(const char *name)
{
    for (size_t i = 0; formats[i] != NULL; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const char *source_map_name(const struct source_settings *settings)
{
    return settings->configured ? "map" : "--map";
}

struct source *source_new(const struct source_settings *settings, struct err *e)
{
    struct source *s = mem_zero(1, sizeof *s);
    s->settings = settings;
    shape_init(&s->shape, mark_names, NULL);
    if (settings->map == NULL)
        return s;
    struct err why;
    s->map = settings->now_told ? expr_new_at(settings->map, settings->now, &why)
                                : expr_new(settings->map, &why);
    if (s->map != NULL)
        return s;
    err_set(e, "%s: %s", source_map_name(settings), why.text);
    source_free(s);
    return NULL;
}

void source_free(struct source *s)
{
    if (s == NULL)
        return;
    expr_free(s->map);
    entry_free(&s->entry);
    arena_free(&s->arena);
    buf_free(&s->document);
    buf_free(&s->scratch);
    free(s);
}

const char *source_name(const struct source *s, const char *name)
{
    return s->settings->name != NULL ? s->settings->name : name;
}

struct entry_origin source_origin(const struct source *s, const char *name, const char *tier)
{
    return (struct entry_origin){
        .source = source_name(s, name),
        .tier = s->settings->tier != NULL ? s->settings->tier : tier,
        .seen = s->settings->now,
        .watches = s->settings->watches,
        .watch_count = s->settings->watch_count,
    };
}

void source_write(struct source *s, const char *name, const char *tier)
{
    struct entry_origin origin = source_origin(s, name, tier);
    entry_write(s->lines, &s->entry, &origin);
}

void source_pick(struct str object, const char *const *names, struct str *values)
{
    struct shape shape;
    struct record r;
    struct scan_error ignored;
    shape_init(&shape, names, NULL);
    bool found = object.ptr != NULL && record_scan(&shape, object, &r, &ignored);
    for (size_t i = 0; i < shape.count; i++)
        values[i] = found ? r.member[i] : (struct str){NULL, 0};
}

void source_marks(struct str object, struct str *marks)
{
    source_pick(object, mark_names, marks);
}

bool source_has_only(struct str object, const char *const *names)
{
    struct walk w;
    struct str key, value;
    walk_begin(&w, object);
    while (walk_next(&w, &key, &value))
        if (!str_is_any(key, names))
            return false;
    return true;
}

bool source_has_some(struct str array, bool (*is_one)(struct str element))
{
    struct walk w;
    struct str element;
    walk_begin(&w, array);
    while (value_type(array) == VALUE_ARRAY && walk_next(&w, NULL, &element))
        if (is_one(element))
            return true;
    return false;
}

struct str source_member(struct source *s, struct str object, const char *name)
{
    return arena_json(&s->arena, value_member(object, name));
}

void source_list(struct source *s, struct entry_list *list, struct str array, const char *name)
{
    struct walk w;
    struct str element;
    walk_begin(&w, array);
    while (walk_next(&w, NULL, &element))
        entry_add(list,
                  name != NULL ? source_member(s, element, name) : arena_json(&s->arena, element));
}

struct str source_html(struct source *s, struct str html, struct str base)
{
    buf_clear(&s->scratch);
    html_text(&s->scratch, html, base, &s->entry, &s->arena);
    return arena_keep(&s->arena, buf_str(&s->scratch));
}

void source_fault(struct source *s, size_t *bad, const struct err *why, struct err *e)
{
    if ((*bad)++ == 0)
        *e = *why;
    else
        s->untold++;
}

bool source_each(struct source *s, struct str array, void *context,
                 bool (*convert)(struct source *s, void *context, struct str element,
                                 struct err *e),
                 struct err *e)
{
    struct walk w;
    struct str element;
    struct err why;
    size_t bad = 0;
    walk_begin(&w, array);
    while (walk_next(&w, NULL, &element))
        if (!convert(s, context, element, &why))
            source_fault(s, &bad, &why, e);
    return bad == 0;
}

void source_set_file(struct source *s, const char *file)
{
    s->file = file;
}

void source_set_bad(struct source *s, struct buf *bad)
{
    s->bad = bad;
}

/* ---- what a text is ---- */

static bool is_wide(const struct source_settings *settings, struct str head)
{
    const char *label = settings->charset;
    return charset_is_wide(head, label != NULL ? str_of(label) : STR(""));
}

static struct str skip_space(struct str text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.ptr[0]) != NULL && text.ptr[0] != '\0')
        text = str_from(text, 1);
    return text;
}

/* With what feeds begin; from ROOTS on their first tags. */
static const char *const begins[] = {"<?xml", "<rss", "<feed", "<rdf:RDF"};
#define BEGINS (sizeof begins / sizeof *begins)
#define ROOTS  1

static bool is_tag(struct str text, struct str tag)
{
    return str_starts(text, tag) && text.len > tag.len &&
           memchr(" \t\r\n>", text.ptr[tag.len], 5) != NULL;
}

/* Where a feed begins that is near, or ptr NULL. */
static struct str find_feed(struct str text)
{
    struct str head = {text.ptr, text.len < ROOT_BYTES ? text.len : ROOT_BYTES};
    const char *less;
    while (head.len > 0 && (less = memchr(head.ptr, '<', head.len)) != NULL) {
        head = str_from(head, (size_t)(less - head.ptr));
        for (size_t i = 0; i < BEGINS; i++)
            if (is_tag(head, str_of(begins[i])))
                return str_from(text, (size_t)(less - text.ptr));
        head = str_from(head, 1);
    }
    return (struct str){NULL, 0};
}

/* Does it begin like XML, perhaps behind the warnings of a careless server? */
static bool is_xml(struct str text)
{
    struct str head = skip_space(text);
    if (head.len > 0 && strchr("<{[", head.ptr[0]) != NULL && head.ptr[0] != '\0')
        return head.ptr[0] == '<';
    return find_feed(head).ptr != NULL;
}

/* Such warnings may be HTML: it begins with a tag, and that is none of a feed's. */
static struct str skip_warnings(struct str text)
{
    struct str head = skip_space(text);
    bool told = head.len > 1 && (head.ptr[0] != '<' || ascii_alnum((unsigned char)head.ptr[1]));
    struct str feed = told ? find_feed(head) : (struct str){NULL, 0};
    return feed.ptr != NULL ? feed : text;
}

/* `window.YTD.tweets.part0 = [ …`: a file of a Twitter archive. */
static struct str skip_archive_prefix(struct str text)
{
    struct str head = skip_space(text), rest;
    if (!str_starts(head, archive))
        return text;
    str_cut(head, '=', &rest);
    return rest;
}

static bool is_archive(struct str text)
{
    return skip_archive_prefix(text).ptr != text.ptr;
}

/* A JSON value that goes on over several lines. What is cut off by the end of head may go on,
 * and so may what is in another charset from a later line on; what else is wrong before that
 * is a bad line. */
static bool is_long_value(struct str head)
{
    size_t used, bad;
    struct scan_error fault;
    struct str text = skip_space(head);
    size_t skipped = head.len - text.len;
    const char *newline = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;
    if (newline == NULL)
        return false;
    size_t line = skipped + (size_t)(newline - text.ptr);
    bool whole = json_scan(head, &used, &fault);
    bool foreign = !whole && fault.at > line && !utf8_check(head, &bad) && bad == fault.at;
    return whole ? used > line : foreign || fault.at + 4 >= head.len;
}

bool source_is_document(const struct source_settings *settings, struct str head)
{
    const struct source_format *from = settings->from;
    if (is_wide(settings, head))
        return true;
    head = str_unmarked(head);
    if ((from == NULL || from == &source_fivech) && fivech_begins(head))
        return true;
    if ((from == NULL || from->input == SOURCE_XML) && is_xml(head))
        return true;
    if (from != NULL && from->input == SOURCE_TEXT)
        return false;
    struct str text = skip_space(head);
    return is_archive(head) ||
           (text.len > 0 && (text.ptr[0] == '{' || text.ptr[0] == '[') && is_long_value(head));
}

/* ---- JSON ---- */

/* The first fault of several, and how many more there were. */
struct faults {
    struct err first;
    size_t count, at;
};

static void add_fault(struct faults *f, const struct err *e, size_t at)
{
    if (f->count++ == 0) {
        f->first = *e;
        f->at = at;
    }
}

static bool tell_faults(const struct faults *f, struct err *e, size_t *at)
{
    if (f->count == 0)
        return true;
    *at = f->at;
    if (f->count == 1)
        *e = f->first;
    else
        err_set(e, "%s (and %zu more)", f->first.text, f->count - 1);
    return false;
}

/* May the text be in that format? What is configured without one is a feed, and so a
 * stranger's: only files may bring records of our own and pages of networks. */
static bool may_be(const struct source *s, const struct source_format *format)
{
    const struct source_settings *settings = s->settings;
    if (settings->from != NULL)
        return settings->from == format;
    return !settings->configured || format == &source_jsonfeed;
}

/* The format that wants this array whole, or NULL. */
static const struct source_format *array_format(const struct source *s, struct str array)
{
    for (size_t i = 0; formats[i] != NULL; i++)
        if (formats[i]->claims_array != NULL && may_be(s, formats[i]) &&
            formats[i]->claims_array(array))
            return formats[i];
    return NULL;
}

static const struct source_format *recognise(const struct source *s, struct str value)
{
    struct record r;
    struct scan_error ignored;
    if (value_type(value) == VALUE_ARRAY)
        return array_format(s, value);
    if (!record_scan(&s->shape, value, &r, &ignored))
        return NULL;
    for (size_t i = 0; formats[i] != NULL; i++)
        if (formats[i]->claims != NULL && may_be(s, formats[i]) && formats[i]->claims(&r))
            return formats[i];
    return NULL;
}

static bool convert_value(struct source *s, struct str value, struct err *e)
{
    const struct source_format *format = s->settings->from;
    if (s->map != NULL)
        format = &source_json;
    else if (format == NULL)
        format = recognise(s, value);
    if (format == NULL)
        return err_set(e, s->settings->configured
                              ? "JSON, but no JSON Feed: kind = json takes any, with a map"
                              : "JSON of no known format: say with --map how it becomes posts");
    arena_clear(&s->arena);
    return format->convert(s, value, e);
}

/* Where a value stands, to tell it from others; a line that is one value needs no place. */
static size_t place_of(const struct source *s, struct str document, struct str value)
{
    size_t at = (size_t)(value.ptr - document.ptr), before = at;
    while (!s->in_document && before > 0 && strchr(" \t\r\n", document.ptr[before - 1]) != NULL)
        before--;
    return s->in_document || before > 0 ? at : SIZE_MAX;
}

/* A value at the top: an array is taken apart, unless the mapping or its format wants it
 * whole. */
static void convert_top(struct source *s, struct str document, struct str value, struct faults *f)
{
    struct err e;
    struct str element;
    bool array = value_type(value) == VALUE_ARRAY;
    bool whole = s->map != NULL || !array || array_format(s, value) != NULL;
    if (whole) {
        if (!convert_value(s, value, &e))
            add_fault(f, &e, array ? SIZE_MAX : place_of(s, document, value));
        return;
    }
    struct walk w;
    walk_begin(&w, value);
    while (walk_next(&w, NULL, &element))
        if (!convert_value(s, element, &e))
            add_fault(f, &e, place_of(s, document, element));
}

static bool begins_xml(struct str text)
{
    for (size_t i = 0; i < BEGINS; i++)
        if (str_starts(text, str_of(begins[i])))
            return true;
    return false;
}

/* An object, or an array that holds one or more, and not `[debug] 0.3 s`. */
static bool begins_json(struct str text)
{
    if (text.len > 0 && text.ptr[0] == '[') {
        text = skip_space(str_from(text, 1));
        return text.len > 0 && (text.ptr[0] == '{' || text.ptr[0] == '[');
    }
    return text.len > 0 && text.ptr[0] == '{';
}

/* From a fault at `at` on: the next line with which a value at the top, or XML, begins. A line
 * within what is broken may look like it, but a comma or the end of something follows it. */
static struct str behind_fault(const struct source *s, struct str rest, size_t at)
{
    while (at < rest.len) {
        size_t used;
        struct scan_error fault;
        if (at == 0 || rest.ptr[at - 1] != '\n')
            str_cut(str_from(rest, at), '\n', &rest);
        else
            rest = str_from(rest, at);
        rest = str_unmarked(rest);
        at = 0;
        if (str_starts(rest, archive) || (s->settings->from == NULL && begins_xml(rest)))
            return rest;
        if (!begins_json(rest))
            continue;
        if (!json_scan(rest, &used, &fault)) {
            at = fault.at;
            continue;
        }
        struct str next = skip_space(str_from(rest, used));
        if (next.len == 0 || memchr(",]}", next.ptr[0], 3) == NULL)
            return rest;
        at = used;
    }
    return (struct str){NULL, 0};
}

/* Passes over what stands between values: blanks, byte order marks, and what the files of an
 * archive have around theirs. */
static struct str next_value(bool archived, struct str rest)
{
    rest = skip_space(rest);
    if (str_starts(rest, STR(";")) && archived)
        rest = skip_space(str_from(rest, 1));
    rest = skip_space(str_unmarked(rest));
    return skip_space(skip_archive_prefix(rest));
}

/* Takes the values that stand in `rest` of the document, up to where XML begins, which is
 * returned. */
static struct str convert_values(struct source *s, struct str document, bool archived,
                                 struct str rest, struct faults *f)
{
    bool xml_may_follow = s->settings->from == NULL;
    for (rest = next_value(archived, rest); rest.len > 0; rest = next_value(archived, rest)) {
        size_t used;
        struct scan_error fault;
        struct err why;
        if (xml_may_follow && rest.ptr[0] == '<')
            return rest;
        if (!json_scan(rest, &used, &fault)) {
            err_set(&why, "%s", fault.what);
            add_fault(f, &why, (size_t)(rest.ptr - document.ptr) + fault.at);
            rest = behind_fault(s, rest, fault.at);
            continue;
        }
        convert_top(s, document, (struct str){rest.ptr, used}, f);
        rest = str_from(rest, used);
    }
    return rest;
}

/* ---- lines of text ---- */

static void convert_lines(struct source *s, struct str text, struct faults *f)
{
    struct err why;
    while (text.len > 0) {
        struct str line = str_cut(text, '\n', &text);
        if (str_trim(line).len > 0 && !source_text.convert(s, line, &why))
            add_fault(f, &why, SIZE_MAX);
    }
}

/* ---- documents one behind another ---- */

/* What goes on behind a document: the next one. What else a server leaves there, up to the
 * next line, is no loss. */
static struct str next_document(const struct source *s, struct str rest)
{
    bool json = s->settings->from == NULL, ends = true; /* does a comment end further on? */
    while (rest.len > 0) {
        rest = skip_space(rest);
        rest = str_unmarked(rest);
        if (begins_xml(rest) || (json && begins_json(rest)))
            break;
        bool begins_comment = ends && str_starts(rest, STR("<!--"));
        ptrdiff_t comment = begins_comment ? str_find(rest, STR("-->")) : -1;
        ends = ends && (!begins_comment || comment >= 0);
        if (comment >= 0)
            rest = str_from(rest, (size_t)comment + 3);
        else
            str_cut(rest, '\n', &rest);
    }
    return rest;
}

/* Takes the feed that text begins with, and returns the document behind it. */
static struct str convert_feed(struct source *s, struct str text, struct faults *f)
{
    struct err why;
    if (!source_feed.convert(s, text, &why))
        add_fault(f, &why, SIZE_MAX);
    return next_document(s, s->behind);
}

/* What follows begins in a later line, if anything does. */
static void move_line(struct source *s, struct str text, struct str rest)
{
    if (rest.len > 0)
        s->line += str_line(text, text.len - rest.len) - 1;
}

/* s->behind is set to what is left to be decoded by itself. */
static void convert_documents(struct source *s, struct str text, struct faults *f)
{
    const struct source_format *from = s->settings->from;
    bool feed = from == &source_feed || (from == NULL && is_xml(text));
    bool archived = is_archive(text);
    struct str rest = feed ? skip_warnings(text) : text;
    move_line(s, text, rest);
    while (rest.len > 0) {
        struct str from_here = rest;
        rest = feed ? convert_feed(s, rest, f) : convert_values(s, text, archived, rest, f);
        move_line(s, from_here, rest);
        if (feed && s->alone)
            break;
        feed = rest.len > 0 && rest.ptr[0] == '<';
    }
    s->behind = rest;
}

/* ---- any text ---- */

static void convert_any(struct source *s, struct str text, struct faults *f)
{
    const struct source_format *from = s->settings->from;
    struct str head = skip_space(text);
    struct err e;
    size_t at = SIZE_MAX;
    bool json = head.len > 0 && strchr("{[\"-0123456789tfn", head.ptr[0]) != NULL;
    bool done = true;
    s->behind = (struct str){NULL, 0};
    if (from == &source_record && !s->in_document)
        done = record_convert_line(s, text, &e, &at);
    else if (from == &source_text)
        convert_lines(s, text, f);
    else if (from == &source_fivech ||
             (s->in_document && may_be(s, &source_fivech) && fivech_begins(text)))
        done = source_fivech.convert(s, text, &e);
    else if (json || from != NULL || s->map != NULL || is_xml(text) || is_archive(text))
        convert_documents(s, text, f);
    else
        done = err_set(&e, s->settings->configured
                               ? "neither XML nor JSON"
                               : "neither XML nor JSON; --from text takes lines of plain text");
    if (!done)
        add_fault(f, &e, at);
}

/* A document as UTF-8. A thread of 5ch is in CP932 where it can be and is not UTF-8: to
 * guess takes kana, and few words in kanji may be all that there is. */
static struct str document_text(struct source *s, struct str text)
{
    const struct source_format *from = s->settings->from;
    const char *label = s->settings->charset;
    struct charset sjis;
    size_t bad;
    bool thread = from == &source_fivech || (from == NULL && fivech_begins(text));
    buf_clear(&s->document);
    if (thread && label == NULL && !utf8_check(text, &bad) &&
        charset_find(STR("shift_jis"), &sjis) && charset_decode(&sjis, text, &s->document) == 0)
        return buf_str(&s->document);
    return charset_document(text, label != NULL ? str_of(label) : STR(""), &s->document);
}

/* ---- each document in its own charset ---- */

/* Documents are cut apart before anything is known of their charset. */
struct seams {
    struct str root; /* `<rss`, `<feed` or `<rdf:RDF`; empty: not there yet */
    bool open;       /* its end has not come */
};

/* Does a document begin at `at`, behind another one or, which is the end of that, amid it?
 * Behind it there may be JSON, in which a tag stands in the middle of a line. */
static bool is_seam(const struct seams *seams, struct str text, size_t at)
{
    struct str before = {text.ptr, at}, here = str_from(text, at);
    if (seams->root.len == 0 || (!is_tag(here, STR("<?xml")) && !is_tag(here, seams->root)))
        return false;
    return seams->open || str_ends(before, STR("\n")) || str_ends(before, STR_MARK) ||
           str_ends(before, STR("</rss>")) || str_ends(before, STR("</feed>")) ||
           str_ends(before, STR("</rdf:RDF>"));
}

static void note_tag(struct seams *seams, struct str here)
{
    for (size_t i = ROOTS; seams->root.len == 0 && i < BEGINS; i++)
        if (is_tag(here, str_of(begins[i]))) {
            seams->root = str_of(begins[i]);
            seams->open = true;
            return;
        }
    if (seams->open && here.len > 1 && here.ptr[1] == '/')
        seams->open = !str_starts(str_from(here, 2), str_from(seams->root, 1));
}

/* The length of what text begins with: a comment or a CDATA section, in which a tag is an
 * example, or a character. */
static size_t quoted(struct str text)
{
    bool comment = str_starts(text, STR("<!--")), data = str_starts(text, STR("<![CDATA["));
    if (!comment && !data)
        return 1;
    ptrdiff_t end = str_find(text, comment ? STR("-->") : STR("]]>"));
    return end >= 0 ? (size_t)end + 3 : text.len;
}

/* Up to where the next document begins. */
static struct str cut_piece(struct str text)
{
    struct seams seams = {.open = false};
    const char *less;
    size_t at = 0;
    while (at < text.len && (less = memchr(text.ptr + at, '<', text.len - at)) != NULL) {
        at = (size_t)(less - text.ptr);
        struct str before = {text.ptr, at}, here = str_from(text, at);
        if (is_seam(&seams, text, at)) {
            before.len -= str_ends(before, STR_MARK) ? STR_MARK.len : 0;
            return before;
        }
        note_tag(&seams, here);
        at += quoted(here);
    }
    return text;
}

/* The bytes behind so many `>`, which are the same in all charsets but those of UTF-16 and
 * UTF-32 and part of no other character, but where ISO-2022-JP has shifted. */
static struct str behind_tags(struct str text, size_t count)
{
    bool shifted = false;
    size_t at = 0;
    for (; at < text.len && count > 0; at++) {
        if (text.ptr[at] == '\x1B' && at + 1 < text.len)
            shifted = text.ptr[at + 1] == '$';
        count -= text.ptr[at] == '>' && !shifted;
    }
    return str_from(text, at);
}

static size_t count_tags(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '>';
    return count;
}

/* offset: where plain stands in the text as it came, or SIZE_MAX where it was transcoded: a
 * place in it helps nobody. */
static void convert_plain(struct source *s, struct str plain, size_t offset, struct faults *f)
{
    bool first = f->count == 0;
    convert_any(s, plain, f);
    if (first && f->count > 0 && f->at != SIZE_MAX)
        f->at = offset == SIZE_MAX ? SIZE_MAX : f->at + offset;
}

/* A piece whose documents are in one charset, or the first in one and the others in another. */
static void convert_piece(struct source *s, struct str text, struct str piece, struct faults *f)
{
    struct str plain = document_text(s, piece);
    bool inside = plain.ptr >= text.ptr && plain.ptr <= text.ptr + text.len;
    s->alone = !inside && !is_wide(s->settings, piece);
    convert_plain(s, plain, inside ? (size_t)(plain.ptr - text.ptr) : SIZE_MAX, f);
    if (!s->alone || s->behind.len == 0)
        return;
    struct str read = {plain.ptr, (size_t)(s->behind.ptr - plain.ptr)};
    plain = document_text(s, behind_tags(piece, count_tags(read)));
    s->alone = false;
    convert_plain(s, next_document(s, plain), SIZE_MAX, f);
}

static void convert_document(struct source *s, struct str text, struct faults *f)
{
    const struct source_format *from = s->settings->from;
    bool feeds =
        (from == NULL || from == &source_feed) && is_xml(text) && !is_wide(s->settings, text);
    struct str rest = text;
    do {
        struct str piece = feeds ? cut_piece(rest) : rest;
        size_t line = s->line, faults = f->count + s->untold;
        convert_piece(s, text, piece, f);
        if (f->count + s->untold > faults && piece.len < text.len && s->bad != NULL)
            buf_add_str(s->bad, piece);
        s->line = line;
        move_line(s, rest, str_from(rest, piece.len));
        rest = str_from(rest, piece.len);
    } while (rest.len > 0);
}

/* A line is in UTF-8, unless it is said to be in what it can be. Where files stand one behind
 * another, each may bring its byte order mark. */
static void convert_line(struct source *s, struct str line, struct faults *f)
{
    const char *label = s->settings->charset;
    size_t skipped = line.len - str_unmarked(line).len;
    line = str_from(line, skipped);
    if (skip_space(line).len == 0)
        return;
    struct str plain = line;
    buf_clear(&s->document);
    if (label != NULL && !charset_is_told(line, str_of(label), &s->document, &plain))
        plain = line;
    convert_plain(s, plain, plain.ptr == line.ptr ? skipped : SIZE_MAX, f);
}

bool source_convert(struct source *s, struct str text, bool document, struct buf *lines,
                    struct err *e, size_t *at)
{
    struct faults faults = {.count = 0};
    *at = SIZE_MAX;
    s->lines = lines;
    s->in_document = document;
    s->alone = false;
    s->line = 1;
    s->untold = 0;
    arena_clear(&s->arena);
    if (document)
        convert_document(s, text, &faults);
    else
        convert_line(s, text, &faults);
    faults.count += s->untold;
    return tell_faults(&faults, e, at);
}
