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

static bool may_not_begin_line(struct str c)
{
    static const char *const closing[] = {"、", "。", "，", "．", "」", "』", "）", "！", "？",
                                          "ー", "・", "％", ")",  ",",  ".",  "%",  "…",  "”"};
    for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
        if (str_is(c, closing[i]))
            return true;
    return false;
}

/* The bytes of text that go on a line of `width` columns. */
static size_t line_break(struct str text, size_t width)
{
    struct str rest = text;
    size_t used = 0, best = 0, w;
    bool was_wide = false;
    while (rest.len > 0) {
        size_t at = text.len - rest.len;
        struct str c = text_take(&rest, &w);
        if (*c.ptr == '\n')
            return at;
        if (at > 0 && (*c.ptr == ' ' || ((w == 2 || was_wide) && !may_not_begin_line(c))))
            best = at;
        if (used + w > width)
            return best > 0 ? best : at > 0 ? at : c.len;
        used += w;
        was_wide = w == 2;
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

static void text_begin(struct writer *w, const struct document *d)
{
    buf_add_text(w->out, w->colour ? "\x1b[1m" : "");
    buf_add_str(w->out, d->title);
    buf_add_text(w->out, w->colour ? "\x1b[0m\n" : "\n");
    add_wrapped(w, d->subtitle, 0, "");
}

static void text_heading(struct writer *w, unsigned level, struct str title)
{
    size_t width = text_width(title);
    buf_add_text(w->out, level <= 2 ? "\n\n" : "\n");
    buf_add_text(w->out, w->colour ? "\x1b[1m" : "");
    buf_add_text(w->out, level <= 2 ? "" : "■ ");
    buf_add_str(w->out, title);
    buf_add_text(w->out, w->colour ? "\x1b[0m\n" : "\n");
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

/* The series that stands in the middle of a row of the chart, or -1. */
static int series_at(const struct chart_bar *bar, uint64_t most, size_t row)
{
    double level = ((double)row + 0.5) * (double)most / CHART_ROWS, sum = 0;
    for (int i = 0; i < CHART_SERIES; i++) {
        sum += (double)bar->values[i];
        if (level < sum)
            return i;
    }
    return row == 0 && sum > 0 ? (bar->values[0] > 0 ? 0 : 1) : -1;
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
        if (c->bars[i].no_data && row == 0)
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

static size_t cell_width(const struct grid *g, const struct cell *c)
{
    return c->share >= 0 ? 12 : text_width(grid_text(g, c));
}

static void add_cell(struct writer *w, const struct grid *g, const struct cell *c, bool number,
                     size_t width)
{
    size_t fill = width - cell_width(g, c);
    if (c->share >= 0) {
        add_bar(w, c->share, c->mood, 12);
        add_repeated(w->out, " ", fill);
        return;
    }
    add_repeated(w->out, " ", number ? fill : 0);
    add_coloured(w, c->mood, grid_text(g, c));
    add_repeated(w->out, " ", number ? 0 : fill);
}

static struct str column_name(const struct writer *w, const struct column *c)
{
    return c->key == NULL ? STR("") : texts_get(w->texts, c->key);
}

static void text_table(struct writer *w, const struct grid *g)
{
    size_t widths[GRID_COLUMNS] = {0}, columns = g->column_count;
    bool named = false;
    for (size_t i = 0; i < columns; i++) {
        widths[i] = text_width(column_name(w, &g->columns[i]));
        named = named || widths[i] > 0;
    }
    for (size_t i = 0; i < g->cell_count; i++) {
        size_t width = cell_width(g, &g->cells[i]);
        if (width > widths[i % columns])
            widths[i % columns] = width;
    }
    buf_add_char(w->out, '\n');
    for (size_t i = 0; i < columns && named; i++) {
        struct str name = column_name(w, &g->columns[i]);
        add_repeated(w->out, " ", 2 + (g->columns[i].number ? widths[i] - text_width(name) : 0));
        add_coloured(w, MOOD_FAINT, name);
        add_repeated(w->out, " ", g->columns[i].number ? 0 : widths[i] - text_width(name));
    }
    if (named)
        end_row(w);
    for (size_t i = 0; i < g->cell_count; i++) {
        buf_add_text(w->out, "  ");
        add_cell(w, g, &g->cells[i], g->columns[i % columns].number, widths[i % columns]);
        if (i % columns == columns - 1)
            end_row(w);
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

/* The text with its evidence between 【】: colour would be lost when
 * lines are broken or copied. */
static void add_marked(struct buf *out, const struct marked *m)
{
    size_t at = 0;
    for (size_t i = 0; i < m->count; i++) {
        buf_add(out, m->text.ptr + at, m->marks[i].start - at);
        buf_add_text(out, "【");
        at = m->marks[i].end;
        buf_add(out, m->text.ptr + m->marks[i].start, at - m->marks[i].start);
        buf_add_text(out, "】");
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
    add_part(&line, q->post->author);
    add_part(&line, q->post->source);
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
