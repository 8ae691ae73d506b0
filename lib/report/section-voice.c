/* Share of voice: how many of the posts of the day speak of each watch. */
#include "report/sections.h"

#include "report/pen.h"

#define VOICES_SHOWN 20

static void add_voice(struct pen *pen, struct str name, const struct voice *voice, uint64_t whole)
{
    grid_add(&pen->grid, name, MOOD_NONE);
    pen_add_count(pen, voice->posts);
    grid_add_text(&pen->grid, shown_share(voice->posts, whole).text);
    grid_add_bar(&pen->grid, pen_share(voice->posts, whole), MOOD_NONE);
    if (voice->posts > 0 && voice->unjudged == voice->posts)
        grid_add_text(&pen->grid, "–");
    else
        pen_add_count(pen, voice->negative);
}

void section_voice(struct pen *pen)
{
    static const struct column columns[] = {{"column.watch", false},
                                            {"column.posts", true},
                                            {"column.share", true},
                                            {NULL, false},
                                            {"column.negative", true}};
    const struct report *r = pen->report;
    uint64_t whole = digest_now(pen->digest)->posts;
    struct voice rest = {.posts = 0};
    pen_heading(pen, 3, "section.voice");
    grid_start(&pen->grid, columns, 5);
    for (size_t i = 0; i < r->voice_count; i++) {
        const struct voice *voice = &r->voices[i];
        if (i >= VOICES_SHOWN) {
            rest.posts += voice->posts;
            rest.negative += voice->negative;
            rest.unjudged += voice->unjudged;
            continue;
        }
        struct str name = r->figures->watches.strings[voice->scope - 1];
        add_voice(pen, pen_watch_name(pen, name), voice, whole);
    }
    if (r->voice_count > VOICES_SHOWN) {
        struct shown count = shown_count(r->voice_count - VOICES_SHOWN);
        pen_say(pen, "voice.rest", TEXT_ARGS({"count", count.text}));
        add_voice(pen, buf_str(&pen->line), &rest, whole);
        buf_clear(&pen->line);
    }
    pen_table(pen);
    struct shown parts = shown_count(REPORT_WATCHES);
    pen_say(pen, "voice.note", NULL);
    if (r->voice_count > REPORT_WATCHES)
        pen_say(pen, "voice.parts", TEXT_ARGS({"count", parts.text}));
    pen_end_paragraph(pen, PARAGRAPH_NOTE);
}
