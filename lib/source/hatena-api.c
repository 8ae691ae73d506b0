/*
 * Hatena: who bookmarked a page, and what they wrote (entry/jsonlite). All bookmarks come
 * at once, `null` where there are none. How many there are is a record only when it has
 * changed.
 */
#include "record/value.h"
#include "source/formats.h"
#include "source/networks.h"

static const struct network_key keys[] = {
    {.name = "url", .shape = KEY_URL, .needed = true},
    {.name = NULL},
};

static enum step hatena_ask(struct poll *p, struct err *e)
{
    (void)e;
    if (p->pages > 0)
        return STEP_DONE;
    request_begin(&p->request, p->subject->base);
    request_path(&p->request, "/entry/jsonlite/");
    request_query_text(&p->request, "url", subject_text(p->subject, "url"));
    return STEP_ASK;
}

/* Takes the records of kind count out of the lines from `from` on. */
static void drop_counts(struct buf *lines, size_t from)
{
    struct str rest = str_from(buf_str(lines), from);
    size_t kept = from;
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest);
        if (value_is(value_member(line, "kind"), "count"))
            continue;
        memmove(lines->data + kept, line.ptr, line.len + 1);
        kept += line.len + 1;
    }
    lines->len = kept;
}

static bool hatena_read(struct poll *p, const struct answer *a, struct err *e)
{
    struct str page = poll_json(a->body, e);
    size_t from = p->lines->len;
    if (page.ptr == NULL)
        return false;
    if (value_type(page) == VALUE_NULL) {
        p->page = (struct page){.oldest = CLOCK_UNKNOWN};
        return true;
    }
    if (value_type(value_member(page, "bookmarks")) != VALUE_ARRAY)
        return err_set(e, "the answer is no list of Hatena's bookmarks");
    if (!poll_take(p, page, e))
        return false;
    int64_t count = entry_count(value_member(page, "count"));
    if (count == cursor_number(p->cursor, "count", -1))
        drop_counts(p->lines, from);
    else if (count >= 0)
        cursor_set_number(p->cursor, "count", count);
    return true;
}

const struct network network_hatena = {
    .kind = "hatena",
    .what = "Hatena: bookmarks of a page",
    .format = &source_hatena,
    .base = "https://b.hatena.ne.jp",
    .keys = keys,
    .overlaps = true,
    .every = 3600,
    .least = 0,
    .ask = hatena_ask,
    .read = hatena_read,
};
