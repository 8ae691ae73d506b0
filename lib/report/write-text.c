/*
 * The report for a terminal, a mail or a pager: as wide as asked, lines broken
 * between East Asian characters or at blanks, charts drawn with block characters,
 * colour only where asked for.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "report/writer.h"
#include "text/width.h"

#define CHART_ROWS 8
#define BAR_WIDTH  12
#define BAR_LEAST  4
#define CELL_LEAST 8

static const char *const mood_codes[] = {"", "\x1b[32m", "", "\x1b[31m", "\x1b[2m"};
static const char *const series_marks[CHART_SERIES] = {"█", "▒", "░", "·"};
static const enum mood series_moods[CHART_SERIES] = {MOOD_BAD, MOOD_PLAIN, MOOD_GOOD, MOOD_FAINT};

static void add_repeated(struct buf *out, const char *what, size_t times)
{
    while (times-- > 0)
        buf_add_text(out, what);
}

static void add_coloured(struct writer *w, enum mood mood, struct str text)
{
    bool on = w->colour && *mood_codes[mood] != '\0';
    buf_add_text(w->out, on ? mood_codes[mood] : "");
    buf_add_str(w->out, text);
    buf_add_text(w->out, on ? "\x1b[0m" : "");
}

/* Ends a line without blanks at its end. */
static void end_row(struct writer *w)
{
    while (w->out->len > 0 && w->out->data[w->out->len - 1] == ' ')
        w->out->len--;
    buf_add_char(w->out, '\n');
}

/* ---- paragraphs ---- */

/* What JIS X 4051 keeps from the beginning of a line, and from its end. */
static const char closing[] = "、。，．・：；！？」』）〕］｝〉》】〗〟％ー々ゝゞヽヾ…‥”’),.:;!?%]}"
                              "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ";
static const char opening[] = "「『（〔［｛〈《【〖〝“‘([{";

static bool may_break(struct str before, struct str after)
{
    return str_find(STR(closing), after) < 0 && str_find(STR(opening), before) < 0;
}

/* The bytes of text that go on a line of `width` columns. */
static size_t line_break(struct str text, size_t width)
{
    struct str rest = text, last = STR("");
    size_t used = 0, best = 0, w;
    bool was_wide = false;
    while (rest.len > 0) {
        size_t at = text.len - rest.len;
        struct str c = text_take(&rest, &w);
        if (*c.ptr == '\n')
            return at;
        if (at > 0 && (*c.ptr == ' ' || ((w == 2 || was_wide) && may_break(last, c))))
            best = at;
        if (used + w > width)
            return best > 0 ? best : at > 0 ? at : c.len;
        used += w;
        was_wide = w == 2;
        last = c;
    }
    return text.len;
}

static void add_wrapped(struct writer *w, struct str text, size_t indent, const char *first)
{
    size_t width = w->width > indent + 10 ? w->width - indent : 10;
    const char *lead = first;
    while (text.len > 0) {
        size_t take = line_break(text, width);
        add_repeated(w->out, " ", indent - text_width(str_of(lead)));
        buf_add_text(w->out, lead);
        buf_add_str(w->out, (struct str){text.ptr, take});
        end_row(w);
        text = str_from(text, take);
        if (text.len > 0 && (*text.ptr == ' ' || *text.ptr == '\n'))
            text = str_from(text, 1);
        lead = "";
    }
}

/* A heading, which stands out where colour may be used. */
static void add_strong(struct writer *w, struct str text, size_t indent, const char *first)
{
    buf_add_text(w->out, w->colour ? "\x1b[1m" : "");
    add_wrapped(w, text, indent, first);
    if (w->colour)
        w->out->len--; /* the colour ends before the line does */
    buf_add_text(w->out, w->colour ? "\x1b[0m\n" : "");
}

static void text_begin(struct writer *w, const struct document *d)
{
    add_strong(w, d->title, 0, "");
    add_wrapped(w, d->subtitle, 0, "");
}

static void text_heading(struct writer *w, unsigned level, struct str title)
{
    size_t width = text_width(title);
    buf_add_text(w->out, level <= 2 ? "\n\n" : "\n");
    add_strong(w, title, level <= 2 ? 0 : 2, level <= 2 ? "" : level == 3 ? "■ " : "□ ");
    if (level <= 2) {
        add_repeated(w->out, "═", width > w->width ? w->width : width);
        buf_add_char(w->out, '\n');
    }
}

static void text_paragraph(struct writer *w, enum paragraph kind, struct str text)
{
    add_wrapped(w, text, kind == PARAGRAPH_NOTE ? 2 : 0, "");
}

static void text_tiles(struct writer *w, const struct tile *tiles, size_t count)
{
    size_t names = 0, values = 0;
    for (size_t i = 0; i < count; i++) {
        size_t name = text_width(tiles[i].name), value = text_width(tiles[i].value);
        names = name > names ? name : names;
        values = value > values ? value : values;
    }
    for (size_t i = 0; i < count; i++) {
        buf_add_text(w->out, "  ");
        buf_add_str(w->out, tiles[i].name);
        add_repeated(w->out, " ",
                     names - text_width(tiles[i].name) + 2 + values - text_width(tiles[i].value));
        buf_add_str(w->out, tiles[i].value);
        if (tiles[i].change.len > 0)
            buf_add_text(w->out, "  ");
        add_coloured(w, tiles[i].mood, tiles[i].change);
        buf_add_char(w->out, '\n');
    }
}

/* ---- charts ---- */

static uint64_t bar_total(const struct chart_bar *bar)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < CHART_SERIES; i++)
        sum += bar->values[i];
    return sum;
}

static uint64_t chart_maximum(const struct chart *c)
{
    uint64_t most = 0;
    for (size_t i = 0; i < c->count; i++)
        most = bar_total(&c->bars[i]) > most ? bar_total(&c->bars[i]) : most;
    return most;
}

/* The series that stands in the middle of a row of the chart, or -1; a bar too low for that
 * shows the middle of itself. */
static int series_at(const struct chart_bar *bar, uint64_t most, size_t row)
{
    double level = ((double)row + 0.5) * (double)most / CHART_ROWS, sum = 0;
    double middle = (double)bar_total(bar) / 2;
    if (row == 0 && level > middle)
        level = middle;
    for (int i = 0; i < CHART_SERIES; i++) {
        sum += (double)bar->values[i];
        if (level < sum)
            return i;
    }
    return -1;
}

static void add_chart_row(struct writer *w, const struct chart *c, uint64_t most, size_t row,
                          size_t bar_width)
{
    struct shown scale = shown_count(most);
    buf_addf(w->out, "%9s ", row == CHART_ROWS - 1 ? scale.text : row == 0 ? "0" : "");
    buf_add_text(w->out, "│");
    for (size_t i = 0; i < c->count; i++) {
        int series = series_at(&c->bars[i], most, row);
        bool on = w->colour && series >= 0 && *mood_codes[series_moods[series]] != '\0';
        buf_add_text(w->out, on ? mood_codes[series_moods[series]] : "");
        if (c->bars[i].missing != NULL && row == 0)
            add_repeated(w->out, "×", bar_width);
        else
            add_repeated(w->out, series < 0 ? " " : series_marks[series], bar_width);
        buf_add_text(w->out, on ? "\x1b[0m" : "");
        buf_add_char(w->out, ' ');
    }
    end_row(w);
}

static void add_chart_labels(struct writer *w, const struct chart *c, size_t bar_width)
{
    add_repeated(w->out, " ", 11);
    size_t at = 0;
    for (size_t i = 0; i < c->count; i++) {
        size_t start = i * (bar_width + 1), width = strlen(c->bars[i].label.text);
        bool last = i + 1 == c->count;
        if (at > start || (!last && i > 0 && c->count > 8 && i % 6 != 0))
            continue;
        add_repeated(w->out, " ", start - at);
        buf_add_text(w->out, c->bars[i].label.text);
        at = start + width + 1;
        buf_add_char(w->out, ' ');
    }
    end_row(w);
}

static void text_chart(struct writer *w, const struct chart *c)
{
    uint64_t most = chart_maximum(c);
    size_t bar_width = c->count <= 8 ? 5 : 2;
    while (bar_width > 1 && 11 + c->count * (bar_width + 1) > w->width)
        bar_width--;
    buf_add_text(w->out, "\n  ");
    buf_add_str(w->out, c->title);
    for (size_t i = 0; i < CHART_SERIES; i++) {
        if (c->series[i].len == 0)
            continue;
        buf_addf(w->out, "  %s ", series_marks[i]);
        buf_add_str(w->out, c->series[i]);
    }
    buf_add_char(w->out, '\n');
    for (size_t row = CHART_ROWS; row-- > 0 && most > 0;)
        add_chart_row(w, c, most, row, bar_width);
    add_chart_labels(w, c, bar_width);
}

/* ---- tables ---- */

static void add_bar(struct writer *w, double share, enum mood mood, size_t width)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    size_t units = (size_t)(share * (double)width * 8 + 0.5);
    struct buf bar = {0};
    add_repeated(&bar, "█", units / 8);
    buf_add_text(&bar, eighths[units % 8]);
    add_coloured(w, mood, buf_str(&bar));
    add_repeated(w->out, " ", width - units / 8 - (units % 8 > 0));
    buf_free(&bar);
}

static struct str column_name(const struct writer *w, const struct column *c)
{
    return c->key == NULL ? STR("") : texts_get(w->texts, c->key);
}

/* East Asian words may be broken, but are not taken apart into single characters. */
static size_t longest_word(struct str text)
{
    size_t longest = 0;
    while (text.len > 0) {
        struct str word = str_cut(text, ' ', &text);
        size_t width = text_width(word);
        if (width > CELL_LEAST && width > str_codes(word))
            width = CELL_LEAST;
        longest = width > longest ? width : longest;
    }
    return longest;
}

/* How wide a column is, and how narrow it may become. */
struct extent {
    size_t width, least;
};

static void widen(struct extent *x, size_t width, size_t least)
{
    x->width = width > x->width ? width : x->width;
    x->least = least > x->least ? least : x->least;
}

static void measure(const struct writer *w, const struct grid *g, struct extent *extents)
{
    for (size_t i = 0; i < g->column_count; i++) {
        struct str name = column_name(w, &g->columns[i]);
        extents[i] = (struct extent){text_width(name), longest_word(name)};
    }
    for (size_t i = 0; i < g->cell_count; i++) {
        const struct cell *c = &g->cells[i];
        size_t width = text_width(grid_text(g, c)), column = i % g->column_count;
        if (c->share >= 0)
            widen(&extents[column], BAR_WIDTH, BAR_LEAST);
        else if (g->columns[column].number)
            widen(&extents[column], width, width);
        else
            widen(&extents[column], width, width < CELL_LEAST ? width : CELL_LEAST);
    }
}

/* Makes the widest columns narrower until the table fits, as far as that goes. */
static void fit(struct extent *extents, size_t columns, size_t width)
{
    for (;;) {
        struct extent *widest = NULL;
        size_t sum = 0;
        for (size_t i = 0; i < columns; i++) {
            struct extent *x = &extents[i];
            sum += 2 + x->width;
            if (x->width > x->least && (widest == NULL || x->width > widest->width))
                widest = x;
        }
        if (sum <= width || widest == NULL)
            return;
        widest->width--;
    }
}

/* What stands in one column of a row. */
struct piece {
    struct str text; /* what is left of it */
    double share;    /* of a bar; negative: none */
    enum mood mood;
};

static void add_piece(struct writer *w, struct piece *p, bool number, size_t width)
{
    if (p->share >= 0) {
        size_t bar = width < BAR_WIDTH ? width : BAR_WIDTH;
        add_bar(w, p->share, p->mood, bar);
        add_repeated(w->out, " ", width - bar);
        p->share = -1;
        return;
    }
    struct str line = {p->text.ptr, p->text.len > 0 ? line_break(p->text, width) : 0};
    size_t used = text_width(line), fill = used < width ? width - used : 0;
    add_repeated(w->out, " ", number ? fill : 0);
    add_coloured(w, p->mood, line);
    add_repeated(w->out, " ", number ? 0 : fill);
    p->text = str_from(p->text, line.len);
    if (p->text.len > 0 && *p->text.ptr == ' ')
        p->text = str_from(p->text, 1);
}

/* A row takes as many lines as its longest piece. */
static void add_row(struct writer *w, const struct grid *g, struct piece *pieces,
                    const struct extent *extents)
{
    bool more;
    do {
        more = false;
        for (size_t i = 0; i < g->column_count; i++) {
            buf_add_text(w->out, "  ");
            add_piece(w, &pieces[i], g->columns[i].number, extents[i].width);
            more = more || pieces[i].text.len > 0;
        }
        end_row(w);
    } while (more);
}

static void text_table(struct writer *w, const struct grid *g)
{
    struct extent extents[GRID_COLUMNS];
    struct piece pieces[GRID_COLUMNS];
    size_t columns = g->column_count;
    bool named = false;
    measure(w, g, extents);
    fit(extents, columns, w->width);
    for (size_t i = 0; i < columns; i++) {
        pieces[i] = (struct piece){column_name(w, &g->columns[i]), -1, MOOD_FAINT};
        named = named || pieces[i].text.len > 0;
    }
    buf_add_char(w->out, '\n');
    if (named)
        add_row(w, g, pieces, extents);
    for (size_t i = 0; i < g->cell_count; i++) {
        const struct cell *c = &g->cells[i];
        pieces[i % columns] = (struct piece){grid_text(g, c), c->share, c->mood};
        if (i % columns == columns - 1)
            add_row(w, g, pieces, extents);
    }
}

/* ---- quotes ---- */

static void add_part(struct buf *out, struct str part)
{
    if (part.len == 0)
        return;
    if (out->len > 0)
        buf_add_text(out, " · ");
    buf_add_str(out, part);
}

/* The text with its evidence between 〖〗, which posts hardly have: colour would be lost when
 * lines are broken or copied. */
static void add_marked(struct buf *out, const struct marked *m)
{
    size_t at = 0;
    for (size_t i = 0; i < m->count; i++) {
        buf_add(out, m->text.ptr + at, m->marks[i].start - at);
        buf_add_text(out, "〖");
        at = m->marks[i].end;
        buf_add(out, m->text.ptr + m->marks[i].start, at - m->marks[i].start);
        buf_add_text(out, "〗");
    }
    buf_add_str(out, str_from(m->text, at));
    for (size_t i = 0; i < out->len; i++)
        if (out->data[i] == '\n')
            out->data[i] = ' ';
}

static void text_quote(struct writer *w, const struct quote *q)
{
    struct buf line = {0};
    add_part(&line, q->badge);
    add_part(&line, q->when);
    add_part(&line, q->author);
    add_part(&line, q->source);
    add_part(&line, q->facts);
    add_part(&line, q->labels);
    buf_add_char(w->out, '\n');
    add_wrapped(w, buf_str(&line), 4, "  • ");
    buf_clear(&line);
    add_marked(&line, &q->post->title);
    add_wrapped(w, buf_str(&line), 4, "");
    buf_clear(&line);
    buf_add_text(&line, "「");
    add_marked(&line, &q->post->text);
    buf_add_text(&line, "」");
    add_wrapped(w, buf_str(&line), 4, "");
    if (q->post->url.len > 0) {
        buf_add_text(w->out, "    ");
        add_coloured(w, MOOD_FAINT, q->post->url);
        buf_add_char(w->out, '\n');
    }
    buf_free(&line);
}

static void text_end(struct writer *w)
{
    (void)w;
}

const struct writer_table writer_text = {text_begin, text_heading, text_paragraph, text_tiles,
                                         text_chart, text_table,   text_quote,     text_end};
