/* What all sections share: how a sentence, a heading, a cell and a quote get onto the page. */
#include "report/pen.h"

#include <math.h>

#include "base/clock.h"

void pen_free(struct pen *pen)
{
    buf_free(&pen->line);
    buf_free(&pen->name);
    buf_free(&pen->title);
    buf_free(&pen->subtitle);
    grid_free(&pen->grid);
}

struct str pen_text(const struct pen *pen, const char *key)
{
    return texts_get(pen->report->texts, key);
}

void pen_say(struct pen *pen, const char *key, const struct text_arg *args)
{
    if (pen->line.len > 0 && pen->report->texts->lang == LANG_EN)
        buf_add_char(&pen->line, ' ');
    texts_say(pen->report->texts, &pen->line, key, args);
}

void pen_end_paragraph(struct pen *pen, enum paragraph kind)
{
    if (pen->line.len > 0)
        pen->writer->table->paragraph(pen->writer, kind, buf_str(&pen->line));
    buf_clear(&pen->line);
}

void pen_paragraph(struct pen *pen, enum paragraph kind, const char *key,
                   const struct text_arg *args)
{
    pen_say(pen, key, args);
    pen_end_paragraph(pen, kind);
}

void pen_heading(struct pen *pen, unsigned level, const char *key)
{
    pen->writer->table->heading(pen->writer, level, pen_text(pen, key));
}

void pen_table(struct pen *pen)
{
    pen->writer->table->table(pen->writer, &pen->grid);
}

/* Would a spreadsheet take it for a formula? Wide signs are read as the narrow ones, where people
 * write Japanese. */
static bool begins_formula(struct str text)
{
    static const char *const signs[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠", "−", NULL};
    return str_starts_any(text, signs) > 0;
}

struct str pen_safe_cell(struct pen *pen, struct str text, size_t limit)
{
    buf_clear(&pen->name);
    safe_line(&pen->name, text, limit);
    if (begins_formula(buf_str(&pen->name))) {
        buf_add_char(&pen->name, ' ');
        memmove(pen->name.data + 1, pen->name.data, pen->name.len - 1);
        *pen->name.data = '\'';
    }
    return buf_str(&pen->name);
}

struct str pen_safe_name(struct pen *pen, struct str name)
{
    if (pen_safe_cell(pen, name, PEN_NAME).len == 0)
        buf_add_str(&pen->name, pen_text(pen, name.len == 0 ? "name.unknown" : "name.invisible"));
    return buf_str(&pen->name);
}

struct str pen_watch_name(struct pen *pen, struct str name)
{
    const struct watchlist *watches = pen->report->figures->plan.watches;
    int number = watches == NULL ? -1 : watchlist_find(watches, name);
    if (number >= 0)
        name = str_of(watchlist_label(watches, (size_t)number));
    return pen_safe_name(pen, name);
}

struct str pen_label(const struct pen *pen, enum label_kind kind, struct str name)
{
    return labels_shown(pen->report->labels, kind, name, pen->report->texts->lang);
}

struct str pen_label_of_bit(const struct pen *pen, size_t bit)
{
    return labels_of_bit(pen->report->labels, bit)->shown[pen->report->texts->lang];
}

struct str pen_level(const struct pen *pen, int level)
{
    static const char names[] = "01234";
    return pen_label(pen, LABEL_LEVEL, (struct str){names + level, 1});
}

struct str pen_tier(const struct pen *pen, size_t tier)
{
    const struct labels *l = pen->report->labels;
    bool known = tier < FACT_TIER_UNKNOWN && tier < l->first[LABEL_TIER + 1] - l->first[LABEL_TIER];
    return known ? l->all[l->first[LABEL_TIER] + tier].shown[pen->report->texts->lang]
                 : pen_text(pen, "tier.unknown");
}

const char *pen_comma(const struct pen *pen)
{
    return pen->report->texts->lang == LANG_JA ? "、" : ", ";
}

void pen_add_count(struct pen *pen, uint64_t number)
{
    grid_add_text(&pen->grid, shown_count(number).text);
}

bool pen_is_part(const struct pen *pen)
{
    return pen->report->end != CLOCK_UNKNOWN;
}

void pen_add_change(struct pen *pen, struct change c, size_t days, enum mood rise)
{
    if (days == 0) {
        grid_add(&pen->grid, STR("–"), MOOD_FAINT);
        grid_add(&pen->grid, STR("–"), MOOD_FAINT);
        return;
    }
    double mean = pen_mean(c.before, days), change = (double)c.now - mean;
    enum mood fall = rise == MOOD_BAD ? MOOD_GOOD : rise == MOOD_GOOD ? MOOD_BAD : MOOD_NONE;
    bool same = c.now > 0 ? fabs(change) < 0.05 : c.before == 0;
    grid_add_text(&pen->grid, shown_decimal(mean).text);
    grid_add(&pen->grid,
             pen_is_part(pen) ? STR("–") : str_of(shown_signed(same ? 0 : change, "").text),
             same || pen_is_part(pen) ? MOOD_FAINT
             : change > 0             ? rise
                                      : fall);
}

void pen_add_fact(struct pen *pen, const char *key, const struct text_arg *args)
{
    buf_add_text(&pen->line, pen->line.len > 0 ? " · " : "");
    texts_say(pen->report->texts, &pen->line, key, args);
}

void pen_add_reach(struct pen *pen, const struct post *post)
{
    struct shown reach = shown_count(post->fact.reach);
    if (post->fact.reach > 0)
        pen_add_fact(pen, post->fact.flags & POST_VIEWS ? "quote.views" : "quote.followers",
                     TEXT_ARGS({"count", reach.text}));
}

static void add_labels(struct pen *pen, struct buf *out, uint32_t labels)
{
    const struct labels *l = pen->report->labels;
    for (size_t bit = 0; bit < labels_bits(l); bit++) {
        if (!(labels >> bit & 1))
            continue;
        if (out->len > 0)
            buf_add_text(out, pen->report->texts->lang == LANG_JA ? "、" : " · ");
        buf_add_str(out, pen_label_of_bit(pen, bit));
    }
}

static void add_badge(struct pen *pen, struct buf *out, int level)
{
    struct shown number = shown_count((uint64_t)level);
    struct buf name = {0};
    buf_add_str(&name, pen_level(pen, level));
    texts_say(pen->report->texts, out, "quote.level",
              TEXT_ARGS({"level", number.text}, {"name", buf_text(&name)}));
    buf_free(&name);
}

void pen_quote(struct pen *pen, const struct post *post)
{
    struct buf badge = {0}, labels = {0}, author = {0}, source = {0};
    struct shown when = shown_time(post->fact.time, pen->digest->day);
    const struct fact *f = &post->fact;
    if (f->level >= 2)
        add_badge(pen, &badge, f->level);
    add_labels(pen, &labels, f->labels);
    safe_line(&author, post->author, PEN_NAME);
    safe_line(&source, post->source, PEN_NAME);
    struct quote q = {.post = post,
                      .badge = buf_str(&badge),
                      .level = f->level,
                      .author = buf_str(&author),
                      .source = buf_str(&source),
                      .when = str_of(when.text),
                      .facts = buf_str(&pen->line),
                      .labels = buf_str(&labels)};
    pen->writer->table->quote(pen->writer, &q);
    buf_clear(&pen->line);
    buf_free(&badge);
    buf_free(&labels);
    buf_free(&author);
    buf_free(&source);
}

uint64_t pen_judged(const struct tally *t)
{
    return t->tone[FACT_POSITIVE] + t->tone[FACT_NEUTRAL] + t->tone[FACT_NEGATIVE];
}

size_t pen_days_known(const struct digest *d, uint64_t (*known)(const struct tally *))
{
    size_t count = 0;
    for (size_t i = 0; i + 1 < d->day_count; i++) {
        const struct day_figures *day = &d->days[i];
        count += day->data && (day->tally.posts == 0 || known(&day->tally) > 0);
    }
    return count;
}

double pen_mean(uint64_t before, size_t days)
{
    return days == 0 ? 0 : (double)before / (double)days;
}

double pen_share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (double)part / (double)whole;
}

size_t pen_busiest_hour(const struct digest *d)
{
    size_t best = 0;
    for (size_t hour = 1; hour < 24; hour++)
        if (digest_hour(d, hour) > digest_hour(d, best))
            best = hour;
    return best;
}
