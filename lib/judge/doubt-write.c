/* Doubtful posts: kept lines, ranking, JSON. */
#include "judge/doubt.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/input.h"
#include "base/mem.h"
#include "record/write.h"

static const char *const members[] = {"kind", "text", "doubts", NULL};

struct line {
    size_t post, begin, end; /* first of its posts; bytes in texts, none if it is not told */
};

struct doubtful {
    struct buf texts;
    struct line *lines;
    size_t count, cap;
};

struct doubtful *doubtful_new(void)
{
    return mem_zero(1, sizeof(struct doubtful));
}

void doubtful_free(struct doubtful *d)
{
    if (d == NULL)
        return;
    buf_free(&d->texts);
    free(d->lines);
    free(d);
}

void doubtful_post(struct doubtful *d, size_t post, const struct record *record)
{
    MEM_GROW(d->lines, d->count, d->cap);
    size_t begin = d->texts.len;
    if (record != NULL)
        buf_add_str(&d->texts, record->line);
    d->lines[d->count++] = (struct line){post, begin, d->texts.len};
}

/* A line with its doubts, a run of the learner's list. */
struct case_of {
    const struct line *line;
    const struct doubt *first;
    size_t count;
    double most;
};

static double how_doubtful(const struct doubt *d)
{
    return d->given ? 1 - d->p : d->p;
}

static int by_doubt(const void *a, const void *b)
{
    const struct case_of *x = a, *y = b;
    if (x->most != y->most)
        return x->most > y->most ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

/* Doubts by line; both are in the order of posts. */
static struct case_of *by_line(const struct doubtful *d, const struct doubt *doubts, size_t count,
                               size_t *found)
{
    struct case_of *cases = mem_zero(d->count + 1, sizeof *cases);
    size_t line = 0;
    *found = 0;
    for (size_t i = 0; i < count; i++) {
        while (line + 1 < d->count && d->lines[line + 1].post <= doubts[i].post)
            line++;
        if (d->lines[line].begin == d->lines[line].end)
            continue;
        struct case_of *last = *found > 0 ? &cases[*found - 1] : NULL;
        if (last == NULL || last->line != &d->lines[line]) {
            last = &cases[(*found)++];
            *last = (struct case_of){&d->lines[line], &doubts[i], 0, 0};
        }
        last->count++;
        last->most = how_doubtful(&doubts[i]) > last->most ? how_doubtful(&doubts[i]) : last->most;
    }
    return cases;
}

static void put_doubts(struct buf *out, const struct case_of *c)
{
    struct json j = {out, false};
    json_open(&j, '[');
    for (size_t i = 0; i < c->count; i++) {
        const struct doubt *d = &c->first[i];
        json_open(&j, '{');
        json_key(&j, "question");
        json_text(&j, d->question);
        json_key(&j, "label");
        json_text(&j, d->label);
        json_key(&j, "given");
        json_bool(&j, d->given);
        json_key(&j, "p");
        json_number(&j, d->p, 3);
        if (d->likely != NULL) {
            json_key(&j, "likely");
            json_text(&j, d->likely);
        }
        json_close(&j, '}');
    }
    json_close(&j, ']');
}

static void write_line(const struct doubtful *d, const struct case_of *c, struct output *out)
{
    struct shape shape;
    struct record record;
    struct scan_error fault;
    struct buf line = {0}, member = {0}, made = {0};
    shape_init(&shape, members, "doubts");
    buf_add_str(&line, (struct str){buf_str(&d->texts).ptr + c->line->begin,
                                    c->line->end - c->line->begin});
    buf_reserve(&line, INPUT_SLACK);
    if (record_scan(&shape, buf_str(&line), &record, &fault)) {
        put_doubts(&member, c);
        record_put(&made, &shape, &record, buf_str(&member));
        output_add(out, buf_str(&made));
    }
    buf_free(&made);
    buf_free(&line);
    buf_free(&member);
}

size_t doubtful_write(const struct doubtful *d, const struct learner *l, struct output *out)
{
    size_t count, found = 0;
    if (d->count == 0)
        return 0;
    struct doubt *doubts = learner_doubts(l, &count);
    struct case_of *cases = by_line(d, doubts, count, &found);
    if (found > 0)
        qsort(cases, found, sizeof *cases, by_doubt);
    for (size_t i = 0; i < found; i++)
        write_line(d, &cases[i], out);
    free(cases);
    free(doubts);
    return found;
}
