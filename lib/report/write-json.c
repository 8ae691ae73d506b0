/*
 * All figures as one JSON object, for programs: counts, never shares, so that
 * nobody has to undo a rounding. The schema is in hinoban-report(1); members may
 * be added to it, and "schema" grows when one changes its meaning.
 */
#include <math.h>

#include "base/clock.h"
#include "record/write.h"
#include "report/report.h"

static void put_tones(struct json *j, const uint64_t tone[TONES])
{
    for (size_t i = 0; i < TONES; i++)
        json_put_count(j, fact_tones[i], tone[i]);
}

static void put_tally(struct json *j, const struct tally *t)
{
    json_put_count(j, "posts", t->posts);
    json_put_count(j, "copies", t->copies);
    json_put_count(j, "authors", t->authors);
    json_put_count(j, "reach", t->reach);
    json_put_count(j, "reach_known", t->reach_known);
    put_tones(j, t->tone);
    json_put_count(j, "urgent", t->urgent);
    json_put_count(j, "help", t->help);
}

static void put_day(struct json *j, const char *name, int32_t day)
{
    json_key(j, name);
    json_text(j, shown_date(day).text);
}

static void put_change(struct json *j, struct change c)
{
    json_put_count(j, "now", c.now);
    json_put_count(j, "before", c.before);
}

static void put_labels(struct json *j, const struct report *r, uint32_t labels)
{
    json_key(j, "labels");
    json_open(j, '[');
    for (size_t bit = 0; bit < labels_bits(r->labels); bit++)
        if (labels >> bit & 1)
            json_str(j, labels_of_bit(r->labels, bit)->name);
    json_close(j, ']');
}

static void put_marks(struct json *j, const struct marked *m)
{
    for (size_t i = 0; i < m->count; i++)
        json_str(
            j, (struct str){m->text.ptr + m->marks[i].start, m->marks[i].end - m->marks[i].start});
}

static void put_post_members(struct json *j, const struct report *r, const struct post *post)
{
    const struct fact *f = &post->fact;
    json_key(j, "time");
    json_time(j, f->time);
    json_key(j, "author");
    json_str(j, post->author);
    json_key(j, "source");
    json_str(j, post->source);
    json_key(j, "url");
    if (post->url.len > 0)
        json_str(j, post->url);
    else
        json_null(j);
    json_key(j, "title");
    json_str(j, post->title.text);
    json_key(j, "text");
    json_str(j, post->text.text);
    json_key(j, "tone");
    json_text(j, fact_tones[f->tone]);
    json_put_count(j, "level", f->level);
    json_put_count(j, "reach", f->reach);
    json_put_count(j, "spread", fact_shares(f));
    put_labels(j, r, f->labels);
    json_key(j, "evidence");
    json_open(j, '[');
    put_marks(j, &post->title);
    put_marks(j, &post->text);
    json_close(j, ']');
}

static void put_shelf(struct json *j, const struct report *r, const struct digest *d,
                      const char *name, size_t shelf)
{
    struct post *const *posts = NULL;
    size_t count = digest_posts(d, shelf, &posts);
    json_key(j, name);
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        put_post_members(j, r, posts[i]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_days(struct json *j, const struct digest *d)
{
    json_key(j, "days");
    json_open(j, '[');
    size_t count = d->figures->day_known ? d->day_count : 0;
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        put_day(j, "day", d->days[i].day);
        json_key(j, "data");
        json_bool(j, d->days[i].data);
        put_tally(j, &d->days[i].tally);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_hours(struct json *j, const struct report *r, const struct digest *d)
{
    json_key(j, "hours");
    json_open(j, '[');
    for (size_t hour = 0; hour < 24; hour++) {
        if (report_lacks_hour(r, d, hour))
            continue;
        json_open(j, '{');
        json_put_count(j, "hour", hour);
        put_tones(j, d->hours[hour]);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_label_kind(struct json *j, const struct report *r, const struct digest *d,
                           const char *name, enum label_kind kind)
{
    const struct labels *l = r->labels;
    size_t first = labels_first_bit(l, kind);
    json_key(j, name);
    json_open(j, '{');
    for (size_t i = l->first[kind]; i < l->first[kind + 1]; i++) {
        json_key_str(j, l->all[i].name);
        json_open(j, '{');
        put_change(j, d->labels[first + i - l->first[kind]]);
        put_shelf(j, r, d, "posts", SHELF_TYPICAL + first + i - l->first[kind]);
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void put_words(struct json *j, const struct digest *d)
{
    json_key(j, "words");
    json_open(j, '[');
    for (size_t i = 0; i < d->word_count; i++) {
        struct buf name = {0};
        safe_line(&name, d->words[i].word, SIZE_MAX);
        json_open(j, '{');
        json_key(j, "word");
        json_str(j, buf_str(&name));
        put_change(j, d->words[i].posts);
        json_key(j, "g2");
        json_number(j, d->words[i].g2, 2);
        json_close(j, '}');
        buf_free(&name);
    }
    json_close(j, ']');
    json_key(j, "word_posts");
    json_open(j, '{');
    put_change(j, d->word_posts);
    json_close(j, '}');
}

static void put_known(struct json *j, const char *name, int64_t number)
{
    json_key(j, name);
    if (number < 0)
        json_null(j);
    else
        json_integer(j, number);
}

static void put_share(struct json *j, const char *name, double number, int decimals)
{
    json_key(j, name);
    json_number(j, number < 0 ? NAN : number, decimals);
}

static void put_group_networks(struct json *j, const struct spread_view *v)
{
    json_key(j, "networks");
    json_open(j, '[');
    for (size_t i = 0; i < v->place_count; i++) {
        json_open(j, '{');
        json_key(j, "source");
        if (v->places[i].source.len > 0)
            json_str(j, v->places[i].source);
        else
            json_null(j);
        json_put_time(j, "time", v->places[i].time);
        put_known(j, "posts", v->places[i].posts);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_group_texts(struct json *j, const struct spread_view *v, bool deleted)
{
    put_known(j, "text_count", v->text_count);
    json_key(j, "texts_exact");
    json_bool(j, v->texts_exact);
    json_key(j, "texts");
    json_open(j, '[');
    for (size_t i = 0; i < v->text_shown && !deleted; i++) {
        json_open(j, '{');
        json_key(j, "text");
        json_str(j, v->texts[i].text);
        put_known(j, "posts", v->texts[i].posts);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_group(struct json *j, const struct spread_figures *s)
{
    struct spread_view v;
    json_key(j, "cluster");
    if (s->group == NULL || !spread_is_whole(s->group, s->copies)) {
        json_null(j);
        return;
    }
    spread_view_make(&v, s->group);
    json_open(j, '{');
    put_known(j, "copies", v.copies);
    put_known(j, "authors", v.authors);
    json_key(j, "authors_exact");
    json_bool(j, v.authors_exact);
    put_share(j, "top10", v.top10, 4);
    put_known(j, "reach", v.reach);
    json_put_time(j, "from", v.from);
    json_put_time(j, "to", v.to);
    put_share(j, "per_hour", v.per_hour, 2);
    put_known(j, "peak", v.peak);
    json_put_time(j, "peak_hour", v.peak_hour);
    put_group_networks(j, &v);
    put_group_texts(j, &v, s->deleted);
    json_close(j, '}');
    spread_view_free(&v);
}

static void put_spread(struct json *j, const struct report *r, const struct digest *d)
{
    json_key(j, "spread");
    json_open(j, '[');
    for (size_t i = 0; i < d->spread_count; i++) {
        const struct spread_figures *s = &d->spread[i];
        json_open(j, '{');
        json_put_count(j, "copies", s->copies);
        put_known(j, "authors", s->copies > 0 && s->authors == 0 ? -1 : (int64_t)s->authors);
        json_put_count(j, "shares", s->spread);
        put_known(j, "reach", s->told ? -1 : (int64_t)s->reach);
        json_key(j, "first");
        json_bool(j, s->first);
        json_key(j, "post");
        if (s->post == NULL) {
            json_null(j);
        } else {
            json_open(j, '{');
            put_post_members(j, r, s->post);
            json_close(j, '}');
        }
        put_group(j, s);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_sources(struct json *j, const struct report *r, const struct digest *d)
{
    const struct labels *l = r->labels;
    json_key(j, "sources");
    json_open(j, '[');
    for (size_t i = 0; i < d->source_count; i++) {
        struct buf name = {0};
        safe_line(&name, r->figures->sources.strings[d->sources[i].source], SIZE_MAX);
        json_open(j, '{');
        json_key(j, "source");
        json_str(j, buf_str(&name));
        put_change(j, d->sources[i].posts);
        put_tones(j, d->sources[i].tone);
        json_close(j, '}');
        buf_free(&name);
    }
    json_close(j, ']');
    json_key(j, "tiers");
    json_open(j, '{');
    for (size_t i = l->first[LABEL_TIER]; i < l->first[LABEL_TIER + 1]; i++) {
        json_key_str(j, l->all[i].name);
        json_open(j, '{');
        put_tones(j, d->tiers[i - l->first[LABEL_TIER]]);
        json_close(j, '}');
    }
    json_key(j, "other");
    json_open(j, '{');
    put_tones(j, d->tiers[FACT_TIER_UNKNOWN]);
    json_close(j, '}');
    json_close(j, '}');
    json_key(j, "tier_urgent");
    json_open(j, '{');
    for (size_t i = l->first[LABEL_TIER]; i < l->first[LABEL_TIER + 1]; i++) {
        json_key_str(j, l->all[i].name);
        json_time(j, d->tier_urgent[i - l->first[LABEL_TIER]]);
    }
    json_key(j, "other");
    json_time(j, d->tier_urgent[FACT_TIER_UNKNOWN]);
    json_close(j, '}');
}

static void put_scope(struct json *j, const struct report *r, const struct digest *d)
{
    struct tally before = digest_before(d);
    struct buf name = {0};
    safe_line(&name, d->name, SIZE_MAX);
    json_open(j, '{');
    json_key(j, "watch");
    if (d->scope == 0)
        json_null(j);
    else
        json_str(j, buf_str(&name));
    buf_free(&name);
    json_key(j, "now");
    json_open(j, '{');
    put_tally(j, digest_now(d));
    json_close(j, '}');
    json_key(j, "before");
    json_open(j, '{');
    json_put_count(j, "days", d->base_days);
    put_tally(j, &before);
    json_close(j, '}');
    put_days(j, d);
    put_hours(j, r, d);
    put_label_kind(j, r, d, "intents", LABEL_INTENT);
    put_label_kind(j, r, d, "risks", LABEL_RISK);
    put_label_kind(j, r, d, "conduct", LABEL_CONDUCT);
    put_words(j, d);
    put_spread(j, r, d);
    put_sources(j, r, d);
    put_shelf(j, r, d, "urgent", SHELF_URGENT);
    put_shelf(j, r, d, "help", SHELF_HELP);
    json_close(j, '}');
}

static void put_voices(struct json *j, const struct report *r)
{
    json_key(j, "voices");
    json_open(j, '[');
    for (size_t i = 0; i < r->voice_count; i++) {
        struct buf name = {0};
        safe_line(&name, r->figures->watches.strings[r->voices[i].scope - 1], SIZE_MAX);
        json_open(j, '{');
        json_key(j, "watch");
        json_str(j, buf_str(&name));
        json_put_count(j, "posts", r->voices[i].posts);
        json_put_count(j, "negative", r->voices[i].negative);
        json_put_count(j, "unjudged", r->voices[i].unjudged);
        json_close(j, '}');
        buf_free(&name);
    }
    json_close(j, ']');
}

static void put_others(struct json *j, const struct figures *f)
{
    json_key(j, "alerts");
    json_open(j, '[');
    for (size_t i = 0; i < f->alert_count; i++) {
        const struct alert *alert = figures_alert(f, i);
        json_open(j, '{');
        json_key(j, "time");
        json_time(j, alert->time);
        json_put_count(j, "level", (uint64_t)alert->level);
        json_key(j, "watch");
        json_str(j, alert->watch);
        json_key(j, "stage");
        json_str(j, alert->stage);
        json_key(j, "what");
        json_str(j, alert->what);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_key(j, "gaps");
    json_open(j, '[');
    for (size_t i = 0; i < f->gap_count; i++) {
        json_open(j, '{');
        json_key(j, "source");
        json_str(j, f->gaps[i].source);
        json_key(j, "from");
        json_time(j, f->gaps[i].from);
        json_key(j, "to");
        json_time(j, f->gaps[i].to);
        json_key(j, "reason");
        json_str(j, f->gaps[i].reason);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_data(struct json *j, const struct figures *f)
{
    json_key(j, "data");
    json_open(j, '{');
    json_put_count(j, "records", f->records);
    json_put_count(j, "rejected", f->rejected);
    json_put_count(j, "files_cut", f->unread);
    json_put_count(j, "posts", f->posts);
    json_put_count(j, "reread", f->reread);
    json_put_count(j, "deleted", f->deleted);
    json_put_count(j, "unjudged", f->unjudged);
    json_put_count(j, "without_tokens", f->without_words);
    json_put_count(j, "without_time", f->without_time);
    json_put_count(j, "future", f->future);
    json_put_count(j, "after_until", f->after_until);
    json_put_count(j, "other_watch", f->other_watch);
    json_put_count(j, "other_where", f->other_where);
    json_put_count(j, "suggests", f->suggests);
    json_put_count(j, "clusters", f->cluster_records);
    json_put_count(j, "clusters_left_out", f->clusters.left_out);
    json_put_count(j, "words_left_out", f->words_left_out);
    json_put_count(j, "gaps_left_out", f->gaps_left_out);
    json_put_count(j, "alerts_left_out", f->alerts_left_out);
    json_close(j, '}');
}

void report_write_json(const struct report *r, struct buf *out)
{
    struct json j = {.out = out};
    struct buf zone = {0};
    safe_line(&zone, str_of(r->zone), 80);
    json_open(&j, '{');
    json_put_count(&j, "schema", 1);
    if (r->figures->day_known) {
        put_day(&j, "day", r->digests[0].day);
    } else {
        json_key(&j, "day");
        json_null(&j);
    }
    json_key(&j, "zone");
    json_str(&j, buf_str(&zone));
    json_key(&j, "now");
    json_time(&j, r->now);
    json_put_time(&j, "until", r->end);
    json_key(&j, "scopes");
    json_open(&j, '[');
    for (size_t i = 0; i < r->digest_count; i++)
        put_scope(&j, r, &r->digests[i]);
    json_close(&j, ']');
    put_voices(&j, r);
    put_others(&j, r->figures);
    put_data(&j, r->figures);
    json_close(&j, '}');
    buf_add_char(out, '\n');
    buf_free(&zone);
}
