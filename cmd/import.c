/*
 * hinoban-import: feeds, API pages, dumps, plain text to posts. The formats are in
 * lib/source; here are the options and the hand-over to the filter loop.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "filter/filter.h"
#include "source/charset.h"
#include "source/source.h"
#include "source/url.h"

enum { KEY_FROM = OPT_LONG, KEY_MAP, KEY_CHARSET, KEY_BASE, KEY_SOURCE, KEY_TIER, KEY_WATCH };

struct import {
    struct source_settings settings;
    const char **watches;
    size_t watch_count, watch_cap;
};

static const struct opt_row options[] = {
    {KEY_FROM, "from", "FORMAT",
     "feed, jsonfeed, x, mastodon, twitter, activitypub, bluesky, reddit,\n"
     "                              youtube, hatena, suggest, 5ch, record, json or text\n"
     "                              (default: recognised; --from text)"},
    {KEY_MAP, "map", "EXPR", "jq: posts out of any JSON (--map '.[] | {id, text: .body}')"},
    {KEY_CHARSET, "charset", "LABEL",
     "charset of documents and lines, as HTTP's Content-Type gave it (--charset euc-jp)"},
    {KEY_BASE, "base", "URL",
     "address of the documents, for relative ones in it (--base https://acme.example/feed.xml)"},
    {KEY_SOURCE, "source", "NAME", "name of the source, also before ids (--source acme-blog)"},
    {KEY_TIER, "tier", "TIER", "sns, forum, matome, net-news or mass (--tier matome)"},
    {KEY_WATCH, "watch", "NAME", "watch that the posts belong to; may be repeated (--watch acme)"},
    {0, NULL, NULL, NULL},
};

static bool take_from(struct import *import, const char *arg, struct err *e)
{
    import->settings.from = source_find(arg);
    if (import->settings.from != NULL)
        return true;
    struct buf names = {0};
    for (size_t i = 0; source_at(i) != NULL; i++)
        buf_addf(&names, "%s%s", i > 0 ? ", " : "", source_at(i)->name);
    err_set(e, "'%s' is none of %s", arg, buf_text(&names));
    buf_free(&names);
    return false;
}

/* A source's name stands before the colon of ids. */
static bool take_source(struct import *import, const char *arg, struct err *e)
{
    size_t bad;
    if (*arg == '\0' || strpbrk(arg, ": \t\r\n") != NULL || !utf8_check(str_of(arg), &bad))
        return err_set(e, "'%s' is not a name without blanks and colons", arg);
    import->settings.name = arg;
    return true;
}

static bool take_tier(struct import *import, const char *arg, struct err *e)
{
    if (!entry_is_tier(str_of(arg)))
        return err_set(e, "'%s' is none of sns, forum, matome, net-news, mass", arg);
    import->settings.tier = arg;
    return true;
}

static bool take_charset(struct import *import, const char *arg, struct err *e)
{
    struct charset ignored;
    if (!charset_find(str_of(arg), &ignored))
        return err_set(e, "'%s' is no charset that is known", arg);
    import->settings.charset = arg;
    return true;
}

static bool take_base(struct import *import, const char *arg, struct err *e)
{
    size_t bad;
    if (!url_is_web(str_of(arg)) || !utf8_check(str_of(arg), &bad))
        return err_set(e, "'%s' is no address of the web (https://…)", arg);
    import->settings.base = arg;
    return true;
}

static bool import_option(void *program, int key, const char *arg, struct err *e)
{
    struct import *import = program;
    switch (key) {
    case KEY_FROM: return take_from(import, arg, e);
    case KEY_MAP: import->settings.map = arg; return true;
    case KEY_CHARSET: return take_charset(import, arg, e);
    case KEY_BASE: return take_base(import, arg, e);
    case KEY_SOURCE: return take_source(import, arg, e);
    case KEY_TIER: return take_tier(import, arg, e);
    default:
        if (*arg == '\0')
            return err_set(e, "a watch needs a name");
        MEM_GROW(import->watches, import->watch_count, import->watch_cap);
        import->watches[import->watch_count++] = arg;
        return true;
    }
}

static bool import_begin(void *program, const struct filter_settings *s, struct err *e)
{
    struct import *import = program;
    const struct source_format *json = source_find("json");
    const struct source_format *from = import->settings.from;
    import->settings.now = s->now;
    import->settings.now_told = s->now_told;
    import->settings.watches = import->watches;
    import->settings.watch_count = import->watch_count;
    if (from == json && import->settings.map == NULL)
        return err_set(e, "--from json needs --map EXPR");
    if (import->settings.map != NULL && from != NULL && from != json)
        return err_set(e, "--map is for JSON, not for --from %s", from->name);
    return true;
}

static void *import_open_worker(void *program, struct err *e)
{
    struct import *import = program;
    return source_new(&import->settings, e);
}

static void import_close_worker(void *program, void *worker)
{
    (void)program;
    source_free(worker);
}

static bool import_convert(void *worker, struct filter_source *source)
{
    source_set_file(worker, source->file);
    source_set_bad(worker, source->bad);
    return source_convert(worker, source->text, source->document, source->lines, &source->problem,
                          &source->at);
}

static bool import_is_document(void *program, struct str head)
{
    const struct import *import = program;
    return source_is_document(&import->settings, head);
}

static const struct filter import_filter = {
    .name = "import",
    .summary = "Turns feeds, API pages, dumps and plain text into posts, one JSON object a line.",
    .operands = "[FILE]...",
    .options = options,
    .asks_time = true,
    .option = import_option,
    .begin = import_begin,
    .open_worker = import_open_worker,
    .close_worker = import_close_worker,
    .convert = import_convert,
    .is_document = import_is_document,
};

int main(int argc, char **argv)
{
    struct import import = {.watches = NULL};
    int status = filter_main(&import_filter, &import, argc, argv);
    free(import.watches);
    return status;
}
