/* Posts that spread, and what is known of their copies, on the day and beyond it (spread.h). */
#include "report/sections.h"

#include "base/clock.h"
#include "report/pen.h"

static struct shown shown_known(int64_t number)
{
    return number < 0 ? (struct shown){"–"} : shown_count((uint64_t)number);
}

static void say_group_size(struct pen *pen, const struct spread_view *v)
{
    struct shown copies = shown_known(v->copies), authors = shown_known(v->authors);
    struct shown reach = shown_known(v->reach), share = {"–"};
    if (v->top10 >= 0)
        share = shown_share((uint64_t)(v->top10 * 10000 + 0.5), 10000);
    pen_say(pen,
            v->authors < 0      ? "group.all.nobody"
            : !v->authors_exact ? "group.all.about"
            : v->authors > 10   ? "group.all"
                                : "group.all.few",
            TEXT_ARGS({"copies", copies.text}, {"authors", authors.text}, {"share", share.text}));
    if (v->reach >= 0)
        pen_say(pen, "group.reach", TEXT_ARGS({"reach", reach.text}));
}

static void say_group_path(struct pen *pen, const struct spread_view *v)
{
    struct buf path = {0}, name = {0};
    for (size_t i = 0; i < v->place_count; i++) {
        const struct spread_place *p = &v->places[i];
        struct shown time = shown_time(p->time, pen->digest->day), posts = shown_known(p->posts);
        buf_clear(&name);
        buf_add_str(&name, p->source.len > 0 ? p->source : pen_text(pen, "name.unknown"));
        buf_add_text(&path, i > 0 ? " → " : "");
        texts_say(
            pen->report->texts, &path, "group.place",
            TEXT_ARGS({"source", buf_text(&name)}, {"time", time.text}, {"posts", posts.text}));
    }
    if (v->more_places)
        buf_add_text(&path, " → …");
    if (v->place_count > 1)
        pen_say(pen, "group.path", TEXT_ARGS({"path", buf_text(&path)}));
    buf_free(&path);
    buf_free(&name);
}

static void say_group_peak(struct pen *pen, const struct spread_view *v)
{
    struct shown hour = shown_time(v->peak_hour, pen->digest->day), peak = shown_known(v->peak);
    struct shown mean = shown_decimal(v->per_hour);
    if (v->peak > 1 && v->per_hour >= 0)
        pen_say(pen, "group.peak",
                TEXT_ARGS({"hour", hour.text}, {"peak", peak.text}, {"mean", mean.text}));
}

static void say_group_texts(struct pen *pen, const struct spread_view *v)
{
    struct buf texts = {0}, one = {0};
    struct shown count = shown_known(v->text_count);
    for (size_t i = 0; i < v->text_shown; i++) {
        struct shown posts = shown_known(v->texts[i].posts);
        buf_clear(&one);
        buf_add_str(&one, v->texts[i].text);
        if (i > 0)
            buf_add_text(&texts, pen_comma(pen));
        texts_say(pen->report->texts, &texts, "group.text",
                  TEXT_ARGS({"text", buf_text(&one)}, {"posts", posts.text}));
    }
    if (v->text_count > 1 && v->text_shown > 0)
        pen_say(pen, v->texts_exact ? "group.texts" : "group.texts.about",
                TEXT_ARGS({"count", count.text}, {"texts", buf_text(&texts)}));
    buf_free(&texts);
    buf_free(&one);
}

/* Or is it all said already? */
static bool tells_more(const struct spread_view *v, const struct spread_figures *s)
{
    return s->told || v->copies != (int64_t)s->copies || v->place_count > 1 || v->text_count > 1 ||
           v->peak > 1;
}

/* What a cluster record says of a group beyond the day. One that knows a part of the posts
 * would say a part for all. */
static void say_group(struct pen *pen, const struct spread_figures *s)
{
    struct spread_view view;
    if (s->group == NULL || !spread_is_whole(s->group, s->copies))
        return;
    spread_view_make(&view, s->group);
    if (tells_more(&view, s)) {
        say_group_size(pen, &view);
        say_group_path(pen, &view);
        say_group_peak(pen, &view);
        if (!s->deleted)
            say_group_texts(pen, &view);
        pen_end_paragraph(pen, PARAGRAPH_NOTE);
    }
    spread_view_free(&view);
}

static void say_spread(struct pen *pen, const struct spread_figures *s)
{
    struct shown copies = shown_count(s->copies), authors = shown_count(s->authors);
    struct shown count = shown_count(s->spread), reach = shown_count(s->reach);
    if (s->copies > 0)
        pen_add_fact(pen, s->authors > 0 ? "spread.copies" : "spread.copies.nobody",
                     TEXT_ARGS({"copies", copies.text}, {"authors", authors.text}));
    if (s->spread > 0)
        pen_add_fact(pen, "spread.metrics", TEXT_ARGS({"count", count.text}));
    if (s->reach > 0) /* 0: neither views nor followers are known */
        pen_add_fact(pen, "spread.reach", TEXT_ARGS({"reach", reach.text}));
    if (s->post == NULL) {
        pen_add_fact(pen, "spread.lost", NULL);
        pen_end_paragraph(pen, PARAGRAPH_PLAIN);
        return;
    }
    struct shown time =
        shown_time(s->read != NULL ? s->read->time : CLOCK_UNKNOWN, pen->digest->day);
    if (!s->first)
        pen_add_fact(pen,
                     s->deleted        ? "spread.copyof.deleted"
                     : s->read != NULL ? "spread.copyof.read"
                                       : "spread.copyof",
                     TEXT_ARGS({"time", time.text}));
    pen_quote(pen, s->post);
}

void section_spread(struct pen *pen)
{
    const struct digest *d = pen->digest;
    if (digest_now(d)->posts == 0)
        return;
    pen_heading(pen, 3, "section.spread");
    if (d->spread_count == 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "spread.none", NULL);
    size_t half = (pen->report->figures->plan.top + 1) / 2;
    for (size_t i = 0; i < d->spread_count && i < half; i++) {
        say_spread(pen, &d->spread[i]);
        say_group(pen, &d->spread[i]);
    }
}
