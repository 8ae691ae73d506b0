/* The title of the document, and the headings of its parts: one for all posts, one a watch. */
#include "report/sections.h"

#include "report/pen.h"

void section_title(struct pen *pen, const char *style)
{
    const struct report *r = pen->report;
    const struct digest *all = &r->digests[0];
    struct buf zone = {0}, span = {0};
    struct shown date = shown_date(all->day), weekday = shown_weekday(r->texts, all->day);
    struct shown now = shown_time(r->now, INT32_MIN), posts = shown_count(digest_now(all)->posts);
    struct shown end = shown_time(r->end, all->day);
    bool known = r->figures->day_known, data = all->days[all->day_count - 1].data;
    texts_say(r->texts, &pen->title,
              !known             ? "title.nodata"
              : pen_is_part(pen) ? "title.part"
                                 : "title",
              TEXT_ARGS({"date", date.text}, {"weekday", weekday.text}));
    safe_line(&zone, str_of(r->zone), PEN_NAME);
    texts_say(r->texts, &span, pen_is_part(pen) ? "span.part" : "span",
              TEXT_ARGS({"end", end.text}));
    if (known)
        texts_say(r->texts, &pen->subtitle, data ? "subtitle" : "subtitle.nodata",
                  TEXT_ARGS({"zone", buf_text(&zone)}, {"span", buf_text(&span)},
                            {"posts", posts.text}, {"now", now.text}));
    struct document document = {.title = buf_str(&pen->title),
                                .subtitle = buf_str(&pen->subtitle),
                                .lang = r->texts->lang == LANG_JA ? "ja" : "en",
                                .style = style};
    pen->writer->table->begin(pen->writer, &document);
    buf_free(&zone);
    buf_free(&span);
}

void section_open(struct pen *pen, const struct digest *d)
{
    pen->digest = d;
    struct str name = d->scope == 0 ? pen_text(pen, "scope.all") : pen_watch_name(pen, d->name);
    pen->writer->table->heading(pen->writer, 2, name);
}
