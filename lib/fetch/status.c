/* The state of sources, told. */
#include "fetch/status.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/memory.h"
#include "record/write.h"
#include "text/width.h"

#define COLUMNS 8

static double cost_of(const struct planned *planned, const struct memory *m)
{
    return budget_cost(&planned->budget, m->billed, m->requests);
}

static bool has_price(const struct planned *planned)
{
    return planned->budget.price > 0 || planned->budget.request_price > 0;
}

/* What is remembered of a source, as of now; false, and e says why, where that cannot be read. */
static bool recall(struct memory *m, const char *directory, const struct planned *planned,
                   int64_t now, struct err *e)
{
    bool read = memory_load(m, directory, planned->subject.name, e);
    memory_turn_month(m, now);
    return read;
}

/* How far the source was read, in the network's own terms. */
static struct str position_of(const struct memory *m)
{
    static const char *const marks[] = {"since", "counted", "cursor", NULL};
    for (size_t i = 0; marks[i] != NULL; i++) {
        struct str mark = cursor_get(&m->cursor, marks[i]);
        if (mark.len > 0)
            return mark;
    }
    return STR("");
}

/* How many requests the service's limit leaves; -1: not known, or it has begun anew since. */
static int64_t left_of(const struct memory *m, int64_t now)
{
    return m->reset == CLOCK_UNKNOWN || m->reset > now ? m->remaining : -1;
}

static const char *state_of(const struct memory *m, int64_t now)
{
    if (m->spent)
        return "spent";
    bool waits = m->next != CLOCK_UNKNOWN && m->next > now;
    if (waits && (m->ordered || m->failures == 0))
        return "limit";
    if (m->failures > 0)
        return "failing";
    if (m->succeeded == CLOCK_UNKNOWN)
        return m->tried == CLOCK_UNKNOWN ? "new" : "begun";
    return "well";
}

/* When it is asked next by cron; CLOCK_UNKNOWN: at the next run. */
static int64_t next_of(const struct planned *planned, const struct memory *m)
{
    if (m->failures > 0)
        return m->next;
    int64_t due = m->tried != CLOCK_UNKNOWN ? m->tried + planned->every : CLOCK_UNKNOWN;
    return m->next != CLOCK_UNKNOWN && m->next > due ? m->next : due;
}

/* ---- the table ---- */

struct row {
    struct buf cells[COLUMNS];
};

/* The clock of the day before or behind now, else the date: a row is to fit into 80 columns. */
static void add_time(struct buf *cell, int64_t time, int64_t now)
{
    if (time == CLOCK_UNKNOWN) {
        buf_add_char(cell, '-');
        return;
    }
    struct civil c = clock_civil(time + clock_zone_offset(time));
    bool near = time > now - CLOCK_DAY && time < now + CLOCK_DAY;
    buf_addf(cell, near ? "%02d:%02d" : "%02d-%02d", near ? c.hour : c.month,
             near ? c.minute : c.day);
}

/* Of two budgets, is that of money nearer to its end? */
static bool money_ends_first(const struct planned *planned, const struct memory *m)
{
    const struct budget *b = &planned->budget;
    return b->posts == INT64_MAX ||
           cost_of(planned, m) * (double)b->posts >= (double)m->billed * b->money;
}

/* What the month has cost, of what it may cost. */
static void add_cost(struct buf *cell, const struct planned *planned, const struct memory *m)
{
    const struct budget *b = &planned->budget;
    if (b->money >= 0 && money_ends_first(planned, m))
        buf_addf(cell, "%.2f/%.10g %s", cost_of(planned, m), b->money, b->currency);
    else if (b->posts != INT64_MAX)
        buf_addf(cell, "%lld/%lld posts", (long long)m->billed, (long long)b->posts);
    else if (has_price(planned))
        buf_addf(cell, "%.2f %s", cost_of(planned, m), b->currency);
    else if (planned->subject.network->paid)
        buf_addf(cell, "%lld posts", (long long)m->billed);
    else
        buf_add_char(cell, '-');
}

/* m: NULL where it cannot be read. */
static void fill_row(struct row *row, const struct planned *planned, const struct memory *m,
                     int64_t now)
{
    struct buf *cells = row->cells;
    buf_add_text(&cells[0], planned->subject.name);
    buf_add_text(&cells[1], planned->subject.network->kind);
    if (m == NULL) {
        buf_add_text(&cells[2], "damaged");
        for (size_t i = 3; i < COLUMNS; i++)
            buf_add_char(&cells[i], '-');
        return;
    }
    buf_add_text(&cells[2], state_of(m, now));
    buf_addf(&cells[3], "%lld", (long long)m->posts);
    add_cost(&cells[4], planned, m);
    if (left_of(m, now) >= 0)
        buf_addf(&cells[5], "%lld", (long long)left_of(m, now));
    else
        buf_add_char(&cells[5], '-');
    add_time(&cells[6], m->succeeded, now);
    add_time(&cells[7], next_of(planned, m), now);
}

static size_t width_of(const struct buf *cell)
{
    return text_width(buf_str(cell));
}

static void write_table(struct row *rows, size_t count, struct buf *out)
{
    size_t width[COLUMNS] = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            if (width_of(&rows[i].cells[k]) > width[k])
                width[k] = width_of(&rows[i].cells[k]);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < COLUMNS; k++) {
            struct buf *cell = &rows[i].cells[k];
            bool right = k >= 3 && k <= 5, last = k + 1 == COLUMNS;
            int fill = (int)(width[k] - width_of(cell));
            buf_addf(out, "%*s%s%*s", right ? fill : 0, "", buf_text(cell),
                     right || last ? 0 : fill, "");
            buf_add_text(out, last ? "\n" : "  ");
        }
    }
}

bool status_table(const struct plan *plan, const char *directory, int64_t now, struct buf *out,
                  struct err *e)
{
    static const char *const heads[COLUMNS] = {"SOURCE", "KIND", "STATE", "READ",
                                               "COST",   "LEFT", "LAST",  "NEXT"};
    struct row *rows = mem_zero(plan->count + 1, sizeof *rows);
    bool well = true;
    struct buf problems = {0};
    for (size_t k = 0; k < COLUMNS; k++)
        buf_add_text(&rows[0].cells[k], heads[k]);
    for (size_t i = 0; i < plan->count; i++) {
        struct memory m;
        bool read = recall(&m, directory, &plan->sources[i], now, e);
        well = well && read;
        fill_row(&rows[i + 1], &plan->sources[i], read ? &m : NULL, now);
        if (read && m.problem.len > 0) {
            char *problem = mem_string(buf_str(&m.problem));
            err_one_line(problem);
            buf_addf(&problems, "%s: %s\n", plan->sources[i].subject.name, problem);
            free(problem);
        }
        memory_free(&m);
    }
    write_table(rows, plan->count + 1, out);
    if (problems.len > 0)
        buf_addf(out, "\n%s", buf_text(&problems));
    for (size_t i = 0; i <= plan->count; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            buf_free(&rows[i].cells[k]);
    buf_free(&problems);
    free(rows);
    return well;
}

/* ---- JSON ---- */

static void put_number(struct json *j, const char *name, int64_t number)
{
    json_key(j, name);
    if (number < 0)
        json_null(j);
    else
        json_integer(j, number);
}

static void put_text(struct json *j, const char *name, struct str text)
{
    json_key(j, name);
    if (text.len == 0)
        json_null(j);
    else
        json_str(j, text);
}

static void put_money(struct json *j, const struct planned *planned, const struct memory *m)
{
    const struct budget *b = &planned->budget;
    json_key(j, "cost");
    if (has_price(planned))
        json_number(j, cost_of(planned, m), 6);
    else
        json_null(j);
    put_text(j, "currency", str_of(b->currency));
    json_key(j, "budget");
    if (b->money >= 0)
        json_number(j, b->money, 6);
    else
        json_null(j);
    put_number(j, "budget_posts", b->posts != INT64_MAX ? b->posts : -1);
}

static void put_figures(struct json *j, const struct planned *planned, const struct memory *m,
                        int64_t now)
{
    json_key(j, "month");
    json_open(j, '{');
    memory_put_month(m, j);
    put_money(j, planned, m);
    json_close(j, '}');
    memory_put_total(m, j);
    json_key(j, "limit");
    json_open(j, '{');
    put_number(j, "limit", m->limit);
    put_number(j, "remaining", left_of(m, now));
    json_put_time(j, "reset", m->reset);
    json_close(j, '}');
    json_key(j, "cursor");
    cursor_write(&m->cursor, j);
    put_text(j, "position", position_of(m));
    put_number(j, "known", (int64_t)m->known.count);
    json_put_time(j, "last_try", m->tried);
    json_put_time(j, "last_success", m->succeeded);
    json_put_time(j, "next_try", next_of(planned, m));
    put_number(j, "failures", m->failures);
    put_text(j, "problem", buf_str(&m->problem));
    json_put_time(j, "unread_since", m->gap);
}

/* m: NULL where it cannot be read. */
static void write_source(const struct planned *planned, const struct memory *m, int64_t now,
                         struct buf *out)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    put_text(&j, "name", str_of(planned->subject.name));
    put_text(&j, "kind", str_of(planned->subject.network->kind));
    put_text(&j, "state", str_of(m != NULL ? state_of(m, now) : "damaged"));
    if (m != NULL)
        put_figures(&j, planned, m, now);
    json_close(&j, '}');
    buf_add_char(out, '\n');
}

bool status_json(const struct plan *plan, const char *directory, int64_t now, struct buf *out,
                 struct err *e)
{
    bool well = true;
    for (size_t i = 0; i < plan->count; i++) {
        struct memory m;
        bool read = recall(&m, directory, &plan->sources[i], now, e);
        well = well && read;
        write_source(&plan->sources[i], read ? &m : NULL, now, out);
        memory_free(&m);
    }
    return well;
}
