/*
 * The report as one page of HTML that needs nothing else: no script, no address
 * to load from, style inside, charts as SVG. Charts stretch to the width there is
 * while their labels stay text of the page, so both a phone and paper can be read.
 * The table of contents comes first, folded so that the summary is in sight, so the
 * body is gathered and written last.
 */
#include "report/writer.h"

#define FEW_BARS 8 /* fewer are not drawn over the whole width */

static const char *const mood_classes[] = {"", "good", "plain", "bad", "faint"};
static const char *const series_classes[CHART_SERIES] = {"bad", "plain", "good", "faint"};

static void add_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        switch (text.ptr[i]) {
        case '&': buf_add_text(out, "&amp;"); break;
        case '<': buf_add_text(out, "&lt;"); break;
        case '>': buf_add_text(out, "&gt;"); break;
        case '"': buf_add_text(out, "&quot;"); break;
        case '\'': buf_add_text(out, "&#39;"); break;
        case '\n': buf_add_text(out, "<br>"); break;
        default: buf_add_char(out, text.ptr[i]);
        }
}

static void add_element(struct buf *out, const char *open, struct str text, const char *close)
{
    if (text.len == 0)
        return;
    buf_add_text(out, open);
    add_escaped(out, text);
    buf_add_text(out, close);
}

static void html_begin(struct writer *w, const struct document *d)
{
    w->document = *d;
    w->headings = 0;
    w->level = 0;
}

static void close_sections(struct writer *w, unsigned level)
{
    for (; w->level >= level && w->level >= 2; w->level--)
        buf_add_text(&w->body, "</section>\n");
}

static void html_heading(struct writer *w, unsigned level, struct str title)
{
    level = level < 2 ? 2 : level > 4 ? 4 : level;
    if (level <= 3) {
        close_sections(w, level);
        buf_addf(&w->body, "<section id=\"s%u\" class=\"level%u\">\n", ++w->headings, level);
        buf_addf(&w->contents, "<li class=\"level%u\"><a href=\"#s%u\">", level, w->headings);
        add_escaped(&w->contents, title);
        buf_add_text(&w->contents, "</a></li>\n");
        w->level = level;
    }
    buf_addf(&w->body, "<h%u>", level);
    add_escaped(&w->body, title);
    buf_addf(&w->body, "</h%u>\n", level);
}

static void html_paragraph(struct writer *w, enum paragraph kind, struct str text)
{
    static const char *const open[] = {"<p class=\"lead\">", "<p>", "<p class=\"note\">"};
    add_element(&w->body, open[kind], text, "</p>\n");
}

static void html_tiles(struct writer *w, const struct tile *tiles, size_t count)
{
    buf_add_text(&w->body, "<dl class=\"tiles\">\n");
    for (size_t i = 0; i < count; i++) {
        add_element(&w->body, "<div><dt>", tiles[i].name, "</dt>");
        add_element(&w->body, "<dd class=\"value\">", tiles[i].value, "</dd>");
        buf_addf(&w->body, "<dd class=\"change %s\">", mood_classes[tiles[i].mood]);
        add_escaped(&w->body, tiles[i].change);
        buf_add_text(&w->body, "</dd></div>\n");
    }
    buf_add_text(&w->body, "</dl>\n");
}

/* ---- charts ---- */

static uint64_t bar_total(const struct chart_bar *bar)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < CHART_SERIES; i++)
        sum += bar->values[i];
    return sum;
}

/* A number from a short row of round ones that is at least `most`. */
static uint64_t round_up(uint64_t most)
{
    static const uint64_t steps[] = {4, 6, 8, 10, 12, 16, 20, 30, 40, 50, 60, 80, 100};
    uint64_t unit = 1;
    while (most / unit > 100)
        unit *= 10;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (most <= steps[i] * unit)
            return steps[i] * unit;
    return most;
}

static void add_bar_title(struct writer *w, const struct chart *c, const struct chart_bar *bar)
{
    buf_add_text(&w->body, "<title>");
    add_escaped(&w->body, str_of(bar->label.text));
    buf_add_text(&w->body, bar->missing != NULL ? ": " : "");
    if (bar->missing != NULL)
        add_escaped(&w->body, texts_get(w->texts, bar->missing));
    for (size_t i = 0; i < CHART_SERIES && bar->missing == NULL; i++) {
        if (c->series[i].len == 0)
            continue;
        buf_add_text(&w->body, i == 0 ? ": " : ", ");
        add_escaped(&w->body, c->series[i]);
        buf_addf(&w->body, " %s", shown_count(bar->values[i]).text);
    }
    buf_add_text(&w->body, "</title>");
}

static void add_svg_bar(struct writer *w, const struct chart *c, size_t index, uint64_t top)
{
    const struct chart_bar *bar = &c->bars[index];
    double y = 100;
    buf_add_text(&w->body, "<g>");
    add_bar_title(w, c, bar);
    if (bar->missing != NULL)
        buf_addf(&w->body, "<rect class=\"missing\" x=\"%zu\" y=\"0\" width=\"8\" height=\"100\"/>",
                 index * 10 + 1);
    for (size_t i = 0; i < CHART_SERIES; i++) {
        double height = 100 * (double)bar->values[i] / (double)top;
        y -= height;
        if (bar->values[i] > 0)
            buf_addf(&w->body,
                     "<rect class=\"%s\" x=\"%zu\" y=\"%.2f\" width=\"8\" height=\"%.2f\"/>",
                     series_classes[i], index * 10 + 1, y, height);
    }
    buf_add_text(&w->body, "</g>\n");
}

static void add_legend(struct writer *w, const struct chart *c)
{
    buf_add_text(&w->body, "<span class=\"legend\">");
    for (size_t i = CHART_SERIES; i-- > 0;) {
        if (c->series[i].len == 0)
            continue;
        buf_addf(&w->body,
                 "<span><svg class=\"key\" viewBox=\"0 0 8 8\" aria-hidden=\"true\">"
                 "<rect class=\"%s\" width=\"8\" height=\"8\"/></svg>",
                 series_classes[i]);
        add_escaped(&w->body, c->series[i]);
        buf_add_text(&w->body, "</span> ");
    }
    buf_add_text(&w->body, "</span>");
}

static void add_axis(struct writer *w, const struct chart *c)
{
    buf_addf(&w->body, "<div class=\"axis %s\" aria-hidden=\"true\">",
             c->count > 8 ? "sparse" : "");
    for (size_t i = 0; i < c->count; i++) {
        buf_add_text(&w->body, c->bars[i].strong ? "<span class=\"strong\">" : "<span>");
        add_escaped(&w->body, str_of(c->bars[i].label.text));
        buf_add_text(&w->body, "</span>");
    }
    buf_add_text(&w->body, "</div>\n");
}

/* The chart's numbers, for those who do not see it. */
static void add_chart_table(struct writer *w, const struct chart *c)
{
    add_element(&w->body, "<details><summary>", texts_get(w->texts, "chart.numbers"),
                "</summary><div class=\"scroll\"><table>\n<tr><th></th>");
    for (size_t i = 0; i < CHART_SERIES; i++)
        add_element(&w->body, "<th class=\"number\">", c->series[i], "</th>");
    buf_add_text(&w->body, "</tr>\n");
    for (size_t b = 0; b < c->count; b++) {
        add_element(&w->body, "<tr><th>", str_of(c->bars[b].label.text), "</th>");
        for (size_t i = 0; i < CHART_SERIES; i++)
            if (c->series[i].len > 0)
                buf_addf(&w->body, "<td class=\"number\">%s</td>",
                         c->bars[b].missing != NULL ? "–" : shown_count(c->bars[b].values[i]).text);
        buf_add_text(&w->body, "</tr>\n");
    }
    buf_add_text(&w->body, "</table></div></details>\n");
}

static void html_chart(struct writer *w, const struct chart *c)
{
    uint64_t most = 1;
    for (size_t i = 0; i < c->count; i++)
        most = bar_total(&c->bars[i]) > most ? bar_total(&c->bars[i]) : most;
    uint64_t top = round_up(most);
    buf_addf(&w->body, "<figure class=\"chart %s\">\n<figcaption><b>",
             c->count < FEW_BARS ? "few" : "");
    add_escaped(&w->body, c->title);
    buf_add_text(&w->body, "</b> ");
    add_legend(w, c);
    buf_addf(&w->body,
             "</figcaption>\n<div class=\"plot\"><span class=\"top\">%s</span>"
             "<span class=\"half\">%s</span>"
             "<svg viewBox=\"0 0 %zu 100\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
             shown_count(top).text, shown_count(top / 2).text, c->count * 10);
    add_escaped(&w->body, c->description);
    buf_add_text(&w->body, "\">\n");
    for (int y = 0; y <= 100; y += 50)
        buf_addf(&w->body, "<line x1=\"0\" y1=\"%d\" x2=\"%zu\" y2=\"%d\"/>", y, c->count * 10, y);
    for (size_t i = 0; i < c->count; i++)
        add_svg_bar(w, c, i, top);
    buf_add_text(&w->body, "</svg></div>\n");
    add_axis(w, c);
    add_chart_table(w, c);
    buf_add_text(&w->body, "</figure>\n");
}

/* ---- tables and quotes ---- */

static void add_cell(struct writer *w, const struct grid *g, const struct cell *c, bool number,
                     bool head)
{
    const char *tag = head ? "th" : "td";
    buf_addf(&w->body, "<%s class=\"%s %s\">", tag, number ? "number" : "",
             c->share >= 0 ? "bar" : mood_classes[c->mood]);
    if (c->share >= 0)
        buf_addf(&w->body,
                 "<svg class=\"share\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" "
                 "aria-hidden=\"true\"><rect class=\"track\" width=\"100\" height=\"10\"/>"
                 "<rect class=\"%s\" width=\"%.1f\" height=\"10\"/></svg>",
                 c->mood == MOOD_NONE ? "accent" : mood_classes[c->mood], c->share * 100);
    else
        add_escaped(&w->body, grid_text(g, c));
    buf_addf(&w->body, "</%s>", tag);
}

static void html_table(struct writer *w, const struct grid *g)
{
    size_t columns = g->column_count;
    buf_add_text(&w->body, "<div class=\"scroll\"><table>\n");
    add_element(&w->body, "<caption>", g->caption, "</caption>\n");
    buf_add_text(&w->body, "<thead><tr>");
    for (size_t i = 0; i < columns; i++) {
        bool bar = i < g->cell_count && g->cells[i].share >= 0;
        buf_addf(&w->body, "<th class=\"%s\" scope=\"col\">",
                 bar                    ? "bar"
                 : g->columns[i].number ? "number"
                                        : "");
        if (g->columns[i].key != NULL)
            add_escaped(&w->body, texts_get(w->texts, g->columns[i].key));
        buf_add_text(&w->body, "</th>");
    }
    buf_add_text(&w->body, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < g->cell_count; i++) {
        if (i % columns == 0)
            buf_add_text(&w->body, "<tr>");
        add_cell(w, g, &g->cells[i], g->columns[i % columns].number, i % columns == 0);
        if (i % columns == columns - 1)
            buf_add_text(&w->body, "</tr>\n");
    }
    buf_add_text(&w->body, "</tbody></table></div>\n");
}

static void add_marked(struct buf *out, const struct marked *m)
{
    size_t at = 0;
    for (size_t i = 0; i < m->count; i++) {
        struct safe_mark mark = m->marks[i];
        add_escaped(out, (struct str){m->text.ptr + at, mark.start - at});
        add_element(out, "<mark>", (struct str){m->text.ptr + mark.start, mark.end - mark.start},
                    "</mark>");
        at = mark.end;
    }
    add_escaped(out, str_from(m->text, at));
}

static void html_quote(struct writer *w, const struct quote *q)
{
    struct buf *out = &w->body;
    buf_addf(out, "<blockquote class=\"post severity%d\">\n<p class=\"meta\">", q->level);
    add_element(out, "<span class=\"badge\">", q->badge, "</span> ");
    add_element(out, "<span class=\"when\">", q->when, "</span> ");
    add_element(out, "<bdi class=\"who\">", q->author, "</bdi> ");
    add_element(out, "<span>", q->source, "</span> ");
    add_element(out, "<span>", q->facts, "</span>");
    buf_add_text(out, "</p>\n");
    if (q->post->title.text.len > 0) {
        buf_add_text(out, "<p class=\"title\" dir=\"auto\">");
        add_marked(out, &q->post->title);
        buf_add_text(out, "</p>\n");
    }
    buf_add_text(out, "<p class=\"said\" dir=\"auto\">「");
    add_marked(out, &q->post->text);
    buf_add_text(out, "」</p>\n<p class=\"foot\">");
    add_element(out, "<span class=\"labels\">", q->labels, "</span> ");
    if (q->post->url.len > 0) {
        add_element(out, "<a rel=\"noopener noreferrer nofollow\" href=\"", q->post->url, "\">");
        add_escaped(out, texts_get(w->texts, "quote.link"));
        buf_add_text(out, "</a>");
    }
    buf_add_text(out, "</p>\n</blockquote>\n");
}

static void html_end(struct writer *w)
{
    const struct document *d = &w->document;
    close_sections(w, 2);
    buf_addf(w->out,
             "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
             "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<meta name=\"referrer\" content=\"no-referrer\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n",
             d->lang);
    add_element(w->out, "<title>", d->title, "</title>\n");
    buf_add_text(w->out, "<style>\n");
    buf_add_text(w->out, d->style);
    buf_add_text(w->out, "</style>\n</head>\n<body>\n<header>\n");
    add_element(w->out, "<h1>", d->title, "</h1>\n");
    add_element(w->out, "<p>", d->subtitle, "</p>\n");
    struct str contents = texts_get(w->texts, "contents");
    add_element(w->out, "</header>\n<nav aria-label=\"", contents, "\">");
    add_element(w->out, "<details><summary>", contents, "</summary>\n<ul>\n");
    buf_add_str(w->out, buf_str(&w->contents));
    buf_add_text(w->out, "</ul>\n</details></nav>\n<main>\n");
    buf_add_str(w->out, buf_str(&w->body));
    buf_add_text(w->out, "</main>\n</body>\n</html>\n");
    buf_free(&w->body);
    buf_free(&w->contents);
}

const struct writer_table writer_html = {html_begin, html_heading, html_paragraph, html_tiles,
                                         html_chart, html_table,   html_quote,     html_end};
