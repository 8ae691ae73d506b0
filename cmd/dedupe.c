/*
 * hinoban-dedupe: posts in, posts that say what they are a copy of out. Workers make a
 * note of each post; then, in input order, each is looked up among the first ones.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alike/copies.h"
#include "base/atomic.h"
#include "base/files.h"
#include "base/lock.h"
#include "base/mem.h"
#include "filter/filter.h"

#define WINDOW_MAX ((long long)100 * 366 * 86400)

enum {
    KEY_EXACT = OPT_LONG,
    KEY_DROP,
    KEY_THRESHOLD,
    KEY_SHINGLE,
    KEY_STATE,
    KEY_WINDOW,
    KEY_STATS,
};

static const struct opt_row options[] = {
    {KEY_EXACT, "exact", NULL, "only texts that are the same, and reposts"},
    {KEY_DROP, "drop", NULL, "drop copies instead of marking them"},
    {KEY_THRESHOLD, "threshold", "T", "how alike near copies are, 0.1 to 1 (default 0.8)"},
    {KEY_SHINGLE, "shingle", "N", "characters that are compared at a time, 1 to 8 (default 3)"},
    {KEY_STATE, "state", "DIR", "remember first ones there from run to run"},
    {KEY_WINDOW, "window", "SPAN", "forget what was last posted so long ago, such as 7d"},
    {KEY_STATS, "stats", NULL, "tell figures on standard error at the end"},
    {0, NULL, NULL, NULL},
};

enum { ID = MEMBER_TEXT + 1, AUTHOR, REPOST_OF, QUOTE_OF, TIME, SEEN };
static const char *const members[] = {"kind",     "text", "id",   "author", "repost_of",
                                      "quote_of", "time", "seen", "dup",    NULL};
static const char *const kinds[] = {"post", NULL};

struct dedupe {
    struct filter *filter;
    bool drop, stats;
    const char *state; /* folder; NULL: one run */
    char *kept_in;     /* file */
    struct normal *normal;
    struct pack *pack;
    struct greetings *greetings;
    struct alike_plan plan;
    struct copies *copies;
};

static struct alike_post post_of(const struct record *r)
{
    return (struct alike_post){.id = r->member[ID],
                               .text = r->member[MEMBER_TEXT],
                               .author = r->member[AUTHOR],
                               .repost_of = r->member[REPOST_OF],
                               .quote_of = r->member[QUOTE_OF],
                               .time = r->member[TIME],
                               .seen = r->member[SEEN]};
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
    else if (d->drop && !copy.own_words)
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
        d->plan.exact = true;
        d->filter->default_jobs = 1;
        break;
    case KEY_DROP: d->drop = true; break;
    case KEY_STATS: d->stats = true; break;
    case KEY_THRESHOLD: return opt_real(arg, 0.1, 1, &d->plan.threshold, e);
    case KEY_SHINGLE:
        if (!opt_number(arg, 1, SHINGLE_MAX, &number, e))
            return false;
        d->plan.shingle = (unsigned)number;
        break;
    case KEY_STATE: d->state = arg; break;
    case KEY_WINDOW:
        if (!opt_span(arg, 1, WINDOW_MAX, &number, e))
            return false;
        d->plan.window = number;
        break;
    }
    return true;
}

static char *path_in(const char *folder, const char *name)
{
    struct buf path = {0};
    buf_addf(&path, "%s/dedupe/%s", folder, name);
    char *kept = mem_string(buf_str(&path));
    buf_free(&path);
    return kept;
}

/* Takes up what an earlier run has kept. */
static bool open_state(struct dedupe *d, struct err *e)
{
    char *folder = path_in(d->state, ""), *lock = path_in(d->state, "lock");
    bool busy = false;
    bool done = folder_make(folder, e) && lock_take(lock, &busy, e);
    if (busy)
        err_set(e, "another hinoban-dedupe is at work on %s", d->state);
    if (done) {
        atomic_sweep(folder, ".index");
        d->kept_in = path_in(d->state, "posts.index");
        done = copies_load(d->copies, d->kept_in, e);
    }
    free(folder);
    free(lock);
    return done;
}

static bool begin(void *program, const struct filter_settings *s, struct err *e)
{
    struct dedupe *d = program;
    d->normal = normal_new();
    d->pack = pack_new();
    d->greetings = greetings_new(d->normal, e);
    d->plan.normal = d->normal;
    d->plan.pack = d->pack;
    d->plan.greetings = d->greetings;
    d->plan.now = s->now;
    d->plan.timed = d->plan.window > 0 || d->state != NULL;
    alike_plan_sketch(&d->plan);
    d->copies = copies_new(&d->plan);
    return d->greetings != NULL && (d->state == NULL || open_state(d, e));
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
    fprintf(stderr, "forgotten %" PRIu64 "\nbytes kept a post %.0f\n", counts.forgotten,
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

/* The output is safe: from here on a later run may build on it. */
static bool keep(void *program, struct err *e)
{
    struct dedupe *d = program;
    return d->state == NULL || copies_save(d->copies, d->kept_in, e);
}

int main(int argc, char **argv)
{
    struct filter filter = {
        .name = "dedupe",
        .summary = "Says of each post whether it is a copy of one before it.",
        .operands = "[FILE]...",
        .options = options,
        .asks_time = true,
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
        .keep = keep,
    };
    struct dedupe d = {.filter = &filter, .plan = {.threshold = 0.8, .shingle = 3}};
    int status = filter_main(&filter, &d, argc, argv);
    copies_free(d.copies);
    greetings_free(d.greetings);
    pack_free(d.pack);
    normal_free(d.normal);
    free(d.kept_in);
    return status;
}
