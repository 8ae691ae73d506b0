/* Tables, built cell by cell. */
#include <stdlib.h>

#include "base/mem.h"
#include "report/writer.h"

void grid_start(struct grid *g, const struct column *columns, size_t count)
{
    memcpy(g->columns, columns, count * sizeof *columns);
    g->column_count = count;
    g->cell_count = 0;
    g->caption = (struct str){"", 0};
    buf_clear(&g->bytes);
}

static struct cell *grid_cell(struct grid *g, struct str text)
{
    MEM_GROW(g->cells, g->cell_count, g->cell_cap);
    struct cell *c = &g->cells[g->cell_count++];
    *c = (struct cell){.at = g->bytes.len, .len = text.len, .share = -1};
    buf_add_str(&g->bytes, text);
    return c;
}

void grid_add(struct grid *g, struct str text, enum mood mood)
{
    grid_cell(g, text)->mood = mood;
}

void grid_add_text(struct grid *g, const char *text)
{
    grid_cell(g, str_of(text));
}

void grid_add_bar(struct grid *g, double share, enum mood mood)
{
    struct cell *c = grid_cell(g, STR(""));
    c->share = share < 0 ? 0 : share > 1 ? 1 : share;
    c->mood = mood;
}

struct str grid_text(const struct grid *g, const struct cell *c)
{
    return (struct str){g->bytes.data + c->at, c->len};
}

void grid_free(struct grid *g)
{
    free(g->cells);
    buf_free(&g->bytes);
    *g = (struct grid){0};
}
