/*
 * hinoban-dedupe: posts in, posts that say what they are a copy of out. Workers make a
 * note of each post; then, in input order, each is looked up among the first ones.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alike/copies.h"
#include "base/mem.h"
#include "filter/filter.h"

enum { KEY_EXACT = OPT_LONG, KEY_DROP, KEY_THRESHOLD, KEY_SHINGLE, KEY_STATS };

static const struct opt_row options[] = {
    {KEY_EXACT, "exact", NULL, "only texts that are the same, and reposts"},
    {KEY_DROP, "drop", NULL, "drop copies instead of marking them"},
    {KEY_THRESHOLD, "threshold", "T", "how alike near copies are, 0.1 to 1 (default 0.8)"},
    {KEY_SHINGLE, "shingle", "N", "characters that are compared at a time, 1 to 8 (default 3)"},
    {KEY_STATS, "stats", NULL, "tell figures on standard error at the end"},
    {0, NULL, NULL, NULL},
};

enum { ID = MEMBER_TEXT + 1, AUTHOR, REPOST_OF };
static const char *const members[] = {"kind", "text", "id", "author", "repost_of", "dup", NULL};
static const char *const kinds[] = {"post", NULL};

struct dedupe {
    struct filter *filter;
    bool exact, drop, stats;
    double threshold;
    unsigned shingle;
    struct normal *normal;
    struct alike_plan plan;
    struct copies *copies;
};

static struct alike_post post_of(const struct record *r)
{
    return (struct alike_post){.id = r->member[ID],
                               .text = r->member[MEMBER_TEXT],
                               .author = r->member[AUTHOR],
                               .repost_of = r->member[REPOST_OF]};
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    struct alike_post post = post_of(item->record);
    note_make(worker, &post, item->member);
    return FILTER_PUT;
}

static void expect(void *program, struct str note)
{
    const struct dedupe *d = program;
    copies_expect(d->copies, note);
}

static enum filter_verdict settle(void *program, struct filter_item *item)
{
    struct dedupe *d = program;
    struct alike_post post = post_of(item->record);
    struct copy copy = {.how = COPY_SAME};
    if (!copies_take(d->copies, &post, item->note, &copy))
        buf_add_text(item->member, "null");
    else if (d->drop)
        return FILTER_DROP;
    else
        copy_write(&copy, item->member);
    return FILTER_PUT;
}

static bool take_option(void *program, int key, const char *arg, struct err *e)
{
    struct dedupe *d = program;
    long long number;
    switch (key) {
    case KEY_EXACT: /* leaves too little work for more threads than one */
        d->exact = true;
        d->filter->default_jobs = 1;
        break;
    case KEY_DROP: d->drop = true; break;
    case KEY_STATS: d->stats = true; break;
    case KEY_THRESHOLD: return opt_real(arg, 0.1, 1, &d->threshold, e);
    case KEY_SHINGLE:
        if (!opt_number(arg, 1, SHINGLE_MAX, &number, e))
            return false;
        d->shingle = (unsigned)number;
        break;
    }
    return true;
}

static bool begin(void *program, const struct filter_settings *s, struct err *e)
{
    struct dedupe *d = program;
    (void)s;
    (void)e;
    d->normal = normal_new();
    d->plan = alike_plan_make(d->exact, d->threshold, d->shingle, d->normal);
    d->copies = copies_new(&d->plan);
    return true;
}

static void *open_worker(void *program, struct err *e)
{
    struct note_maker *m = mem_zero(1, sizeof *m);
    (void)e;
    m->plan = &((struct dedupe *)program)->plan;
    return m;
}

static void close_worker(void *program, void *worker)
{
    (void)program;
    note_maker_free(worker);
    free(worker);
}

static void tell_stats(const struct dedupe *d)
{
    struct copies_counts counts = copies_count(d->copies);
    fprintf(stderr, "posts %" PRIu64 "\nfirst ones %" PRIu64 "\n", counts.posts, counts.firsts);
    for (int how = 0; how < COPY_HOWS; how++)
        fprintf(stderr, "%s %" PRIu64 "\n", copy_how_name((enum copy_how)how), counts.copies[how]);
    fprintf(stderr, "candidates %" PRIu64 "\nverified %" PRIu64 "\n", counts.candidates,
            counts.verified);
    fprintf(stderr, "bytes kept a post %.0f\n",
            counts.posts == 0 ? 0.0 : (double)counts.bytes / (double)counts.posts);
}

static bool finish(void *program, struct output *out, struct err *e)
{
    struct dedupe *d = program;
    (void)out;
    (void)e;
    if (d->stats)
        tell_stats(d);
    return true;
}

int main(int argc, char **argv)
{
    struct filter filter = {
        .name = "dedupe",
        .summary = "Says of each post whether it is a copy of one before it.",
        .operands = "[FILE]...",
        .options = options,
        .option = take_option,
        .begin = begin,
        .members = members,
        .adds = "dup",
        .kinds = kinds,
        .work = work,
        .settle = settle,
        .expect = expect,
        .open_worker = open_worker,
        .close_worker = close_worker,
        .finish = finish,
    };
    struct dedupe d = {.filter = &filter, .threshold = 0.8, .shingle = 3};
    int status = filter_main(&filter, &d, argc, argv);
    copies_free(d.copies);
    normal_free(d.normal);
    return status;
}
