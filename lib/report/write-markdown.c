/*
 * The report as Markdown (GitHub's, for its tables). What strangers wrote is
 * escaped character by character: every sign that has a meaning in Markdown or
 * HTML gets a backslash or becomes an entity, and a mention or an address is
 * broken so that no renderer makes a link of it.
 */
#include "report/writer.h"

/* Adds text with a backslash before each of these signs. */
static void add_with(struct buf *out, struct str text, const char *signs)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool address = c == ':' && text.len - i > 2 && text.ptr[i + 1] == '/';
        bool bare = c == 'w' && str_starts(str_from(text, i), STR("www."));
        if (c == '<')
            buf_add_text(out, "&lt;");
        else if (c == '>')
            buf_add_text(out, "&gt;");
        else if (c == '&')
            buf_add_text(out, "&amp;");
        else if (c == '@')
            buf_add_text(out, "&#64;");
        else if (address)
            buf_add_text(out, "&#58;");
        else if (bare)
            buf_add_text(out, "&#119;");
        else if (c == '\n')
            buf_add_char(out, ' ');
        else if (c != '\0' && strchr(signs, c) != NULL)
            buf_addf(out, "\\%c", c);
        else
            buf_add_char(out, c);
    }
}

/* What strangers wrote. */
static void add_escaped(struct buf *out, struct str text)
{
    add_with(out, text, "\\`*_{}[]()#+-.!|~=^$\"'");
}

/* Our own sentences and figures, in which a name of theirs may stand: signs that
 * mean something only at the beginning of a line are left as they are. */
static void add_own(struct buf *out, struct str text)
{
    add_with(out, text, "\\`*_[]|~$");
}

/* One that is a line of its own, which such a name may begin: it makes no heading and no
 * list of it. */
static void add_line(struct buf *out, struct str text)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    add_own(out, (struct str){text.ptr, digits});
    text = str_from(text, digits);
    if (text.len > 0 && *text.ptr != '\0' && strchr(digits > 0 ? ".)" : "#+-=", *text.ptr) != NULL)
        buf_add_char(out, '\\');
    add_own(out, text);
}

static void markdown_begin(struct writer *w, const struct document *d)
{
    buf_add_text(w->out, "# ");
    add_own(w->out, d->title);
    buf_add_text(w->out, "\n\n");
    add_line(w->out, d->subtitle);
    buf_add_char(w->out, '\n');
}

static void markdown_heading(struct writer *w, unsigned level, struct str title)
{
    buf_add_text(w->out, level <= 2 ? "\n## " : level == 3 ? "\n### " : "\n#### ");
    add_escaped(w->out, title);
    buf_add_char(w->out, '\n');
}

static void markdown_paragraph(struct writer *w, enum paragraph kind, struct str text)
{
    buf_add_text(w->out, kind == PARAGRAPH_LEAD ? "\n**" : "\n");
    add_line(w->out, text);
    buf_add_text(w->out, kind == PARAGRAPH_LEAD ? "**\n" : "\n");
}

static void markdown_tiles(struct writer *w, const struct tile *tiles, size_t count)
{
    buf_add_text(w->out, "\n| | | |\n|---|---:|---|\n");
    for (size_t i = 0; i < count; i++) {
        buf_add_text(w->out, "| ");
        add_own(w->out, tiles[i].name);
        buf_add_text(w->out, " | ");
        add_own(w->out, tiles[i].value);
        buf_add_text(w->out, " | ");
        add_own(w->out, tiles[i].change);
        buf_add_text(w->out, " |\n");
    }
}

static void add_chart_line(struct writer *w, const struct chart_bar *bar, const struct chart *c,
                           uint64_t most)
{
    uint64_t total = 0;
    for (size_t i = 0; i < CHART_SERIES; i++)
        total += bar->values[i];
    buf_add_text(w->out, "| ");
    add_own(w->out, str_of(bar->label.text));
    buf_add_text(w->out, " | ");
    for (uint64_t i = 0; most > 0 && i < (total * 20 + most - 1) / most; i++)
        buf_add_text(w->out, "█");
    if (bar->missing != NULL)
        buf_add_str(w->out, texts_get(w->texts, bar->missing));
    buf_addf(w->out, " | %s |", bar->missing != NULL ? "–" : shown_count(total).text);
    for (size_t i = 0; i < CHART_SERIES; i++)
        if (c->series[i].len > 0)
            buf_addf(w->out, " %s |",
                     bar->missing != NULL ? "–" : shown_count(bar->values[i]).text);
    buf_add_char(w->out, '\n');
}

static void markdown_chart(struct writer *w, const struct chart *c)
{
    uint64_t most = 0;
    for (size_t i = 0; i < c->count; i++) {
        uint64_t total = 0;
        for (size_t s = 0; s < CHART_SERIES; s++)
            total += c->bars[i].values[s];
        most = total > most ? total : most;
    }
    buf_add_text(w->out, "\n| ");
    add_own(w->out, c->title);
    buf_add_text(w->out, " | | ");
    buf_add_str(w->out, texts_get(w->texts, "column.posts"));
    for (size_t i = 0; i < CHART_SERIES; i++)
        if (c->series[i].len > 0) {
            buf_add_text(w->out, " | ");
            add_own(w->out, c->series[i]);
        }
    buf_add_text(w->out, " |\n|---|---|---:|");
    for (size_t i = 0; i < CHART_SERIES; i++)
        buf_add_text(w->out, c->series[i].len > 0 ? "---:|" : "");
    buf_add_char(w->out, '\n');
    for (size_t i = 0; i < c->count; i++)
        add_chart_line(w, &c->bars[i], c, most);
}

static void add_cell(struct writer *w, const struct grid *g, const struct cell *c, bool number)
{
    buf_add_char(w->out, ' ');
    if (c->share >= 0)
        for (int i = 0; i < (int)(c->share * 12 + 0.5); i++)
            buf_add_text(w->out, "█");
    else if (number)
        add_own(w->out, grid_text(g, c));
    else
        add_escaped(w->out, grid_text(g, c));
    buf_add_text(w->out, " |");
}

static void markdown_table(struct writer *w, const struct grid *g)
{
    size_t columns = g->column_count;
    buf_add_text(w->out, "\n|");
    for (size_t i = 0; i < columns; i++) {
        buf_add_char(w->out, ' ');
        if (g->columns[i].key != NULL)
            add_own(w->out, texts_get(w->texts, g->columns[i].key));
        buf_add_text(w->out, " |");
    }
    buf_add_text(w->out, "\n|");
    for (size_t i = 0; i < columns; i++)
        buf_add_text(w->out, g->columns[i].number ? "---:|" : "---|");
    for (size_t i = 0; i < g->cell_count; i++) {
        if (i % columns == 0)
            buf_add_text(w->out, "\n|");
        add_cell(w, g, &g->cells[i], g->columns[i % columns].number);
    }
    buf_add_char(w->out, '\n');
}

static void add_part(struct buf *out, struct str part, bool *any)
{
    if (part.len == 0)
        return;
    buf_add_text(out, *any ? " · " : "");
    add_escaped(out, part);
    *any = true;
}

static void add_marked(struct buf *out, const struct marked *m)
{
    size_t at = 0;
    for (size_t i = 0; i < m->count; i++) {
        struct safe_mark mark = m->marks[i];
        add_escaped(out, (struct str){m->text.ptr + at, mark.start - at});
        buf_add_text(out, "<mark>");
        add_escaped(out, (struct str){m->text.ptr + mark.start, mark.end - mark.start});
        buf_add_text(out, "</mark>");
        at = mark.end;
    }
    add_escaped(out, str_from(m->text, at));
}

static void markdown_quote(struct writer *w, const struct quote *q)
{
    bool any = false;
    buf_add_text(w->out, "\n> ");
    add_part(w->out, q->badge, &any);
    add_part(w->out, q->when, &any);
    add_part(w->out, q->author, &any);
    add_part(w->out, q->source, &any);
    add_part(w->out, q->facts, &any);
    add_part(w->out, q->labels, &any);
    if (q->post->url.len > 0) {
        buf_add_text(w->out, any ? " · [" : "[");
        buf_add_str(w->out, texts_get(w->texts, "quote.link"));
        buf_add_text(w->out, "](<");
        buf_add_str(w->out, q->post->url);
        buf_add_text(w->out, ">)");
    }
    buf_add_text(w->out, "  \n> ");
    if (q->post->title.text.len > 0) {
        add_marked(w->out, &q->post->title);
        buf_add_text(w->out, "  \n> ");
    }
    buf_add_text(w->out, "「");
    add_marked(w->out, &q->post->text);
    buf_add_text(w->out, "」\n");
}

static void markdown_end(struct writer *w)
{
    (void)w;
}

const struct writer_table writer_markdown = {markdown_begin, markdown_heading, markdown_paragraph,
                                             markdown_tiles, markdown_chart,   markdown_table,
                                             markdown_quote, markdown_end};
