/* Words that more posts have than before. */
#include "report/sections.h"

#include "report/pen.h"

static void word_table(struct pen *pen)
{
    static const struct column columns[] = {{"column.word", false},
                                            {"column.day", true},
                                            {NULL, false},
                                            {"column.before", true},
                                            {"column.g2", true}};
    const struct digest *d = pen->digest;
    grid_start(&pen->grid, columns, 5);
    for (size_t i = 0; i < d->word_count; i++) {
        const struct word_figures *word = &d->words[i];
        grid_add(&pen->grid, pen_safe_name(pen, word->word), MOOD_NONE);
        pen_add_count(pen, word->posts.now);
        grid_add_bar(&pen->grid, word->g2 / d->words[0].g2, MOOD_NONE);
        pen_add_count(pen, word->posts.before);
        grid_add_text(&pen->grid, shown_decimal(word->g2).text);
    }
    pen_table(pen);
}

void section_words(struct pen *pen)
{
    const struct digest *d = pen->digest;
    struct shown now = shown_count(d->word_posts.now), before = shown_count(d->word_posts.before);
    if (digest_now(d)->posts == 0)
        return;
    pen_heading(pen, 3, "section.words");
    if (d->word_posts.now == 0) {
        pen_paragraph(pen, PARAGRAPH_PLAIN, "words.nowords", NULL);
    } else if (d->word_posts.before == 0) {
        pen_paragraph(pen, PARAGRAPH_PLAIN, "words.nobase", NULL);
    } else if (d->word_count == 0) {
        pen_paragraph(pen, PARAGRAPH_PLAIN, "words.none", NULL);
    } else {
        word_table(pen);
        pen_paragraph(pen, PARAGRAPH_NOTE, "words.note",
                      TEXT_ARGS({"now", now.text}, {"before", before.text}));
    }
}
