/* Where the posts of the day come from: single sources, and kinds of them. */
#include "report/sections.h"

#include "report/pen.h"

#define SOURCES_SHOWN 20

static void add_tones(struct pen *pen, const uint64_t tone[TONES])
{
    uint64_t known = tone[FACT_POSITIVE] + tone[FACT_NEUTRAL] + tone[FACT_NEGATIVE];
    grid_add_bar(&pen->grid, pen_share(tone[FACT_NEGATIVE], known), MOOD_BAD);
    grid_add_text(&pen->grid, shown_share(tone[FACT_NEGATIVE], known).text);
    grid_add_text(&pen->grid, shown_share(tone[FACT_POSITIVE], known).text);
}

static void add_source(struct pen *pen, struct str name, const struct source_figures *s)
{
    grid_add(&pen->grid, name, MOOD_NONE);
    pen_add_count(pen, s->posts.now);
    pen_add_change(pen, s->posts, pen->digest->base_days, MOOD_NONE);
    add_tones(pen, s->tone);
}

/* The sum of all sources from one on. */
static struct source_figures other_sources(const struct digest *d, size_t from)
{
    struct source_figures rest = {.posts = {0, 0}};
    for (size_t i = from; i < d->source_count; i++) {
        rest.posts.now += d->sources[i].posts.now;
        rest.posts.before += d->sources[i].posts.before;
        for (size_t tone = 0; tone < TONES; tone++)
            rest.tone[tone] += d->sources[i].tone[tone];
    }
    return rest;
}

static void source_table(struct pen *pen)
{
    static const struct column columns[] = {{"column.source", false}, {"column.posts", true},
                                            {"column.mean", true},    {"column.change", true},
                                            {"column.bar", false},    {"column.negative", true},
                                            {"column.positive", true}};
    const struct digest *d = pen->digest;
    size_t shown = d->source_count > SOURCES_SHOWN ? SOURCES_SHOWN : d->source_count;
    grid_start(&pen->grid, columns, 7);
    for (size_t i = 0; i < shown; i++) {
        struct str name = d->figures->sources.strings[d->sources[i].source];
        add_source(pen, pen_safe_name(pen, name), &d->sources[i]);
    }
    if (d->source_count > shown) {
        struct source_figures rest = other_sources(d, shown);
        struct shown count = shown_count(d->source_count - shown);
        pen_say(pen, "sources.rest", TEXT_ARGS({"count", count.text}));
        add_source(pen, buf_str(&pen->line), &rest);
        buf_clear(&pen->line);
    }
    pen_table(pen);
}

static void tier_table(struct pen *pen)
{
    static const struct column columns[] = {{"column.tier", false},
                                            {"column.posts", true},
                                            {"column.bar", false},
                                            {"column.negative", true},
                                            {"column.positive", true}};
    grid_start(&pen->grid, columns, 5);
    for (size_t tier = 0; tier <= FACT_TIER_UNKNOWN; tier++) {
        const uint64_t *tone = pen->digest->tiers[tier];
        uint64_t posts = tone[0] + tone[1] + tone[2] + tone[3];
        if (posts == 0)
            continue;
        grid_add(&pen->grid, pen_tier(pen, tier), MOOD_NONE);
        pen_add_count(pen, posts);
        add_tones(pen, tone);
    }
    pen_table(pen);
}

void section_sources(struct pen *pen)
{
    if (digest_now(pen->digest)->posts == 0)
        return;
    pen_heading(pen, 3, "section.sources");
    source_table(pen);
    tier_table(pen);
}
