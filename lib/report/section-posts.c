/* What somebody should act on: posts to look at, and people to help. */
#include "report/sections.h"

#include "report/pen.h"

void section_urgent(struct pen *pen)
{
    const struct digest *d = pen->digest;
    struct post *const *posts = NULL;
    size_t number = digest_posts(d, SHELF_URGENT, &posts);
    if (pen_judged(digest_now(d)) == 0)
        return;
    pen_heading(pen, 3, "section.urgent");
    struct shown shown = shown_count(number);
    struct shown count = shown_count(digest_now(d)->urgent);
    if (digest_now(d)->urgent == 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "urgent.none", NULL);
    else
        pen_paragraph(pen, PARAGRAPH_NOTE, number == 0 ? "urgent.unquoted" : "urgent.note",
                      TEXT_ARGS({"shown", shown.text}, {"count", count.text}));
    for (size_t i = 0; i < number; i++) {
        pen_say_reach(pen, posts[i]);
        pen_quote(pen, posts[i]);
    }
}

void section_help(struct pen *pen)
{
    const struct digest *d = pen->digest;
    const struct report *r = pen->report;
    struct post *const *posts = NULL;
    size_t number = digest_posts(d, SHELF_HELP, &posts);
    if (pen_judged(digest_now(d)) == 0)
        return;
    pen_heading(pen, 3, "section.help");
    struct shown shown = shown_count(number);
    struct shown count = shown_count(digest_now(d)->help), now = shown_time(r->now, INT32_MIN);
    if (digest_now(d)->help == 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, "help.none", NULL);
    else
        pen_paragraph(pen, PARAGRAPH_NOTE, number == 0 ? "help.unquoted" : "help.note",
                      TEXT_ARGS({"shown", shown.text}, {"count", count.text}, {"now", now.text}));
    for (size_t i = 0; i < number; i++) {
        struct shown waiting = shown_duration(r->texts, r->now - posts[i]->fact.time);
        texts_say(r->texts, &pen->line, "help.waiting", TEXT_ARGS({"time", waiting.text}));
        pen_quote(pen, posts[i]);
    }
}
