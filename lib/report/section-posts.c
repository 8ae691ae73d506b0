/* What somebody should act on: posts to look at, and people to help. */
#include "report/sections.h"

#include "report/pen.h"

/* How many posts there are, and that so many follow: texts for none, for none that follow, and
 * else. */
static void say_number(struct pen *pen, uint64_t count, size_t number, const char *const texts[3])
{
    struct shown all = shown_count(count), shown = shown_count(number);
    struct shown now = shown_time(pen->report->now, INT32_MIN);
    if (count == 0)
        pen_paragraph(pen, PARAGRAPH_PLAIN, texts[0], NULL);
    else
        pen_paragraph(pen, PARAGRAPH_NOTE, texts[number == 0 ? 1 : 2],
                      TEXT_ARGS({"shown", shown.text}, {"count", all.text}, {"now", now.text}));
}

void section_urgent(struct pen *pen)
{
    static const char *const texts[] = {"urgent.none", "urgent.unquoted", "urgent.note"};
    const struct digest *d = pen->digest;
    struct post *const *posts = NULL;
    size_t number = digest_posts(d, SHELF_URGENT, &posts);
    if (pen_judged(digest_now(d)) == 0)
        return;
    pen_heading(pen, 3, "section.urgent");
    say_number(pen, digest_now(d)->urgent, number, texts);
    for (size_t i = 0; i < number; i++) {
        pen_add_reach(pen, posts[i]);
        pen_quote(pen, posts[i]);
    }
}

void section_help(struct pen *pen)
{
    static const char *const texts[] = {"help.none", "help.unquoted", "help.note"};
    const struct digest *d = pen->digest;
    const struct report *r = pen->report;
    struct post *const *posts = NULL;
    size_t number = digest_posts(d, SHELF_HELP, &posts);
    if (pen_judged(digest_now(d)) == 0)
        return;
    pen_heading(pen, 3, "section.help");
    say_number(pen, digest_now(d)->help, number, texts);
    for (size_t i = 0; i < number; i++) {
        struct shown waiting = shown_duration(r->texts, r->now - posts[i]->fact.time);
        pen_add_fact(pen, "help.waiting", TEXT_ARGS({"time", waiting.text}));
        pen_quote(pen, posts[i]);
    }
}
