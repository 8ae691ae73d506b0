/*
 * hinoban-dedupe: posts in, posts that say what they are a copy of out. Workers make a
 * note of each post; then, in input order, each is looked up among the first ones.
 *
 * Where the work is shared out: --keys writes what posts may be found by, --grouped makes
 * pairs of that, and --pairs takes them in place of looking.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alike/cluster.h"
#include "alike/copies.h"
#include "alike/gather.h"
#include "alike/keys.h"
#include "alike/pairs.h"
#include "base/atomic.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/lock.h"
#include "base/mem.h"
#include "filter/filter.h"

#define WINDOW_MAX (100LL * 366 * 86400)
#define EVERY_MAX  (366LL * 86400)

enum {
    KEY_EXACT = OPT_LONG,
    KEY_DROP,
    KEY_THRESHOLD,
    KEY_SHINGLE,
    KEY_STATE,
    KEY_WINDOW,
    KEY_CLUSTERS,
    KEY_CLUSTERS_ONLY,
    KEY_EVERY,
    KEY_MIN_SIZE,
    KEY_STATS,
    KEY_KEYS,
    KEY_GROUPED,
    KEY_PAIRS,
};

static const struct opt_row options[] = {
    {KEY_EXACT, "exact", NULL,
     "only texts that are the same, reposts, and quotes by their quote_of"},
    {KEY_DROP, "drop", NULL, "drop copies instead of marking them"},
    {KEY_THRESHOLD, "threshold", "T", "how alike near copies are, 0.1 to 1 (default 0.8)"},
    {KEY_SHINGLE, "shingle", "N", "characters that are compared at a time, 1 to 8 (default 3)"},
    {KEY_STATE, "state", "DIR", "remember first ones there from run to run"},
    {KEY_WINDOW, "window", "SPAN", "forget what was last posted so long ago, such as 7d"},
    {KEY_CLUSTERS, "clusters", NULL, "write what each group of copies comes to, behind the posts"},
    {KEY_CLUSTERS_ONLY, "clusters-only", NULL, "write that and nothing else"},
    {KEY_EVERY, "every", "SPAN",
     "write groups that grew also whenever the posts' time passes SPAN"},
    {KEY_MIN_SIZE, "min-size", "N", "leave out groups of fewer posts (default 2)"},
    {KEY_STATS, "stats", NULL, "tell figures on standard error at the end"},
    {KEY_KEYS, "keys", NULL, "write what near copies are found by, a key a line, to be sorted"},
    {KEY_GROUPED, "grouped", NULL, "read such lines, sorted; twice, a sort between, makes pairs"},
    {KEY_PAIRS, "pairs", "FILE", "take near copies from these pairs, as found from the same posts"},
    {0, NULL, NULL, NULL},
};

enum { ID = MEMBER_TEXT + 1, AUTHOR, REPOST_OF, QUOTE_OF, TIME, SEEN, TITLE, SOURCE };
static const char *const members[] = {"kind", "text", "id",    "author", "repost_of", "quote_of",
                                      "time", "seen", "title", "source", "dup",       NULL};
static const char *const kinds[] = {"post", NULL};

/* With clusters, these too. */
enum { URL = SOURCE + 2, TIER, WATCH, METRICS };
static const char *const cluster_members[] = {
    "kind",  "text",   "id",  "author", "repost_of", "quote_of", "time",    "seen",
    "title", "source", "dup", "url",    "tier",      "watch",    "metrics", NULL};

/* What the program is run for. */
enum mode { MODE_MARK, MODE_KEYS, MODE_GROUPED };

struct dedupe {
    struct filter *filter;
    enum mode mode;
    const char *only_marks; /* an option that was given and goes with marking alone */
    char **pair_files;
    size_t pair_file_count, pair_file_cap;
    struct pairs *pairs;
    struct keys *keys;
    struct gather *gather;
    bool drop, stats, grouped, only;
    const char *state; /* folder; NULL: one run */
    char *kept_in;     /* file */
    struct state kept; /* what it held */
    int64_t every;     /* seconds; 0: clusters at the end alone */
    uint64_t min_size;
    int64_t now;
    struct normal *normal;
    struct pack *pack;
    struct greetings *greetings;
    struct alike_plan plan;
    struct copies *copies;
    struct clusters *clusters; /* NULL: not wanted */
};

struct worker {
    const struct dedupe *program;
    struct note_maker maker;
    struct buf scratch;
};

static struct alike_post post_of(const struct record *r)
{
    return (struct alike_post){.id = r->member[ID],
                               .title = r->member[TITLE],
                               .text = r->member[MEMBER_TEXT],
                               .source = r->member[SOURCE],
                               .author = r->member[AUTHOR],
                               .repost_of = r->member[REPOST_OF],
                               .quote_of = r->member[QUOTE_OF],
                               .time = r->member[TIME],
                               .seen = r->member[SEEN]};
}

static struct cluster_post cluster_post_of(const struct record *r)
{
    return (struct cluster_post){.id = r->member[ID],
                                 .title = r->member[TITLE],
                                 .text = r->member[MEMBER_TEXT],
                                 .author = r->member[AUTHOR],
                                 .url = r->member[URL],
                                 .source = r->member[SOURCE],
                                 .time = r->member[TIME],
                                 .seen = r->member[SEEN],
                                 .tier = r->member[TIER],
                                 .watch = r->member[WATCH],
                                 .metrics = r->member[METRICS]};
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    struct worker *w = worker;
    struct alike_post post = post_of(item->record);
    if (w->program->clusters != NULL) {
        struct cluster_post more = cluster_post_of(item->record);
        if (post.title.ptr != NULL)
            more.compared = note_compared(&w->maker, &post);
        cluster_note(&more, w->program->now, &w->scratch, item->member);
    }
    note_make(&w->maker, &post, item->member);
    return FILTER_PUT;
}

/* The part of a note that copies are found by: what clusters want stands before it. */
static struct str note_of_copies(const struct dedupe *d, struct str note)
{
    return d->clusters == NULL ? note : str_from(note, cluster_note_size(note));
}

static void expect(void *program, struct str note)
{
    const struct dedupe *d = program;
    copies_expect(d->copies, note_of_copies(d, note));
}

/* Writes the groups that have changed since the last time. */
static void write_clusters(struct dedupe *d, int64_t time, struct output *out)
{
    while (clusters_write(d->clusters, time, d->min_size, &out->pending))
        output_add(out, STR("")); /* which writes when enough has gathered */
}

/* Shows a post to the clusters; where it begins a new period, they are written before it. */
static void settle_clusters(struct dedupe *d, const struct filter_item *item, bool copied,
                            const struct copy *copy)
{
    int64_t end;
    if (d->every > 0 && clusters_turn(d->clusters, cluster_note_time(item->note), d->every, &end))
        write_clusters(d, end, item->ahead);
    struct cluster_finding finding = {
        .copied = copied,
        .first = !copied || copy->own_words,
        .copy = copy,
        .moment = copies_moment(d->copies),
    };
    clusters_take(d->clusters, item->note, note_form(note_of_copies(d, item->note)), &finding);
}

static enum filter_verdict settle(void *program, struct filter_item *item)
{
    struct dedupe *d = program;
    struct alike_post post = post_of(item->record);
    struct copy copy = {.how = COPY_SAME};
    bool copied = copies_take(d->copies, &post, note_of_copies(d, item->note), &copy);
    if (d->clusters != NULL)
        settle_clusters(d, item, copied, &copy);
    if (d->only || (copied && d->drop && !copy.own_words))
        return FILTER_DROP;
    if (copied)
        copy_write(&copy, item->member);
    else
        buf_add_text(item->member, "null");
    return FILTER_PUT;
}

/* ---- work that is shared out ---- */

static enum filter_verdict settle_keys(void *program, struct filter_item *item)
{
    struct dedupe *d = program;
    keys_take(d->keys, item->note, &item->ahead->pending);
    output_add(item->ahead, STR("")); /* which writes when enough has gathered */
    return FILTER_DROP;
}

static bool group_line(void *worker, struct filter_source *source)
{
    const struct worker *w = worker;
    return gather_take(w->program->gather, source->text, source->out, &source->problem);
}

static bool want_keys(struct dedupe *d, struct err *e)
{
    if (d->mode == MODE_GROUPED)
        return err_set(e, "does not go with --grouped");
    d->mode = MODE_KEYS;
    d->filter->settle = settle_keys;
    d->filter->expect = NULL;
    d->filter->sums_up = true;
    return true;
}

static bool want_grouped(struct dedupe *d, struct err *e)
{
    if (d->mode == MODE_KEYS)
        return err_set(e, "does not go with --keys");
    d->mode = MODE_GROUPED;
    d->filter->convert = group_line;
    d->filter->in_order = true;
    return true;
}

/* With pairs little more is left than for exact copies. */
static void want_pairs(struct dedupe *d, const char *file)
{
    MEM_GROW(d->pair_files, d->pair_file_count, d->pair_file_cap);
    d->pair_files[d->pair_file_count++] = mem_string(str_of(file));
    d->filter->default_jobs = 1;
}

/* ---- options ---- */

static void want_clusters(struct dedupe *d, bool only)
{
    d->grouped = true;
    d->filter->members = cluster_members;
    d->only = d->only || only;
    d->filter->sums_up = d->only;
}

/* Keeps the name of an option that --keys and --grouped have no use for. */
static void note_only_marks(struct dedupe *d, int key)
{
    for (const struct opt_row *row = options; row->name != NULL; row++)
        if (row->key == key)
            d->only_marks = row->name;
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
        return true;
    case KEY_STATE:
        d->state = arg;
        if (*arg == '\0')
            return err_set(e, "a folder is wanted");
        break;
    case KEY_WINDOW:
        if (!opt_span(arg, 1, WINDOW_MAX, &number, e))
            return false;
        d->plan.window = number;
        break;
    case KEY_CLUSTERS: want_clusters(d, false); break;
    case KEY_CLUSTERS_ONLY: want_clusters(d, true); break;
    case KEY_EVERY:
        if (!opt_span(arg, 1, EVERY_MAX, &number, e))
            return false;
        d->every = number;
        break;
    case KEY_MIN_SIZE:
        if (!opt_number(arg, 2, INT32_MAX, &number, e))
            return false;
        d->min_size = (uint64_t)number;
        break;
    case KEY_KEYS: return want_keys(d, e);
    case KEY_GROUPED: return want_grouped(d, e);
    case KEY_PAIRS: want_pairs(d, arg); break;
    }
    note_only_marks(d, key);
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

/* What the state holds, in its order. */
static void list_contents(struct dedupe *d, const struct state_content *contents[STATE_CONTENTS])
{
    contents[0] = copies_content(d->copies);
    contents[1] = d->clusters != NULL ? clusters_content(d->clusters) : NULL;
}

static bool load_state(struct dedupe *d, struct err *e)
{
    const struct state_content *contents[STATE_CONTENTS];
    list_contents(d, contents);
    if (!state_load(&d->kept, d->kept_in, contents, e))
        return false;
    copies_resume(d->copies);
    if (d->clusters != NULL)
        clusters_resume(d->clusters);
    return true;
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
        done = load_state(d, e);
    }
    free(folder);
    free(lock);
    return done;
}

/* Do the options go together? */
static bool check_options(const struct dedupe *d, const struct filter_settings *s, struct err *e)
{
    const char *mode = d->mode == MODE_KEYS ? "keys" : "grouped";
    if (d->mode != MODE_MARK && d->only_marks != NULL)
        return err_set(e, "--%s does not go with --%s", d->only_marks, mode);
    if (d->mode == MODE_GROUPED && s->where != NULL)
        return err_set(e, "--where goes with --keys, not with --grouped");
    if (d->pair_file_count > 0 && (d->plan.exact || d->state != NULL))
        return err_set(e, "--%s does not go with --pairs", d->state != NULL ? "state" : "exact");
    if (!d->grouped && (d->every > 0 || d->min_size > 0))
        return err_set(e, "--%s goes with --clusters", d->every > 0 ? "every" : "min-size");
    return true;
}

/* Makes what the mode works with. */
static bool begin_mode(struct dedupe *d, struct err *e)
{
    if (d->mode == MODE_KEYS) {
        d->plan.timed = true;
        d->keys = keys_new(&d->plan);
    } else if (d->mode == MODE_GROUPED) {
        d->gather = gather_new(&d->plan);
    } else if (d->pair_file_count > 0) {
        d->pairs = pairs_new(d->pair_files, d->pair_file_count, &d->plan, e);
        d->plan.pairs = d->pairs;
        d->plan.exact = true;
        return d->pairs != NULL;
    }
    return true;
}

static bool begin(void *program, const struct filter_settings *s, struct err *e)
{
    struct dedupe *d = program;
    if (!check_options(d, s, e))
        return false;
    for (size_t i = 0; i < d->pair_file_count; i++)
        filter_also_reads(s, d->pair_files[i]);
    d->now = s->now;
    d->normal = normal_new();
    d->pack = pack_new();
    if (d->grouped)
        d->clusters = clusters_new(d->pack, d->plan.window == 0);
    d->greetings = greetings_new(d->normal, e);
    d->plan.normal = d->normal;
    d->plan.pack = d->pack;
    d->plan.greetings = d->greetings;
    d->plan.now = s->now;
    d->plan.timed = d->plan.window > 0 || d->state != NULL;
    alike_plan_sketch(&d->plan);
    d->copies = copies_new(&d->plan);
    if (d->greetings == NULL || !begin_mode(d, e) || (d->state != NULL && !open_state(d, e)))
        return false;
    filter_also_reads(s, d->kept_in);
    return true;
}

static void *open_worker(void *program, struct err *e)
{
    struct worker *w = mem_zero(1, sizeof *w);
    (void)e;
    w->program = program;
    w->maker.plan = &w->program->plan;
    return w;
}

static void close_worker(void *program, void *worker)
{
    struct worker *w = worker;
    (void)program;
    note_maker_free(&w->maker);
    buf_free(&w->scratch);
    free(w);
}

static void tell_stats(const struct dedupe *d)
{
    struct copies_counts counts = copies_count(d->copies);
    struct clusters_counts clusters = {0};
    fprintf(stderr, "posts %" PRIu64 "\nfirst ones %" PRIu64 "\n", counts.posts, counts.firsts);
    for (int how = 0; how < COPY_HOWS; how++)
        fprintf(stderr, "%s %" PRIu64 "\n", copy_how_name((enum copy_how)how), counts.copies[how]);
    fprintf(stderr, "candidates %" PRIu64 "\nverified %" PRIu64 "\n", counts.candidates,
            counts.verified);
    fprintf(stderr, "forgotten %" PRIu64 "\n", counts.forgotten);
    if (d->clusters != NULL) {
        clusters = clusters_count(d->clusters);
        fprintf(stderr, "groups %" PRIu64 "\n", clusters.groups);
    }
    fprintf(stderr, "bytes kept a post %.0f\n",
            counts.posts == 0 ? 0.0
                              : (double)(counts.bytes + clusters.bytes) / (double)counts.posts);
}

static bool finish(void *program, struct output *out, struct err *e)
{
    struct dedupe *d = program;
    if (d->gather != NULL)
        return gather_end(d->gather, out, e);
    if (d->clusters != NULL && (d->every == 0 || d->state == NULL))
        write_clusters(d, CLOCK_UNKNOWN, out);
    if (d->stats)
        tell_stats(d);
    return true;
}

/* The output is safe: from here on a later run may build on it. */
static bool keep(void *program, struct err *e)
{
    struct dedupe *d = program;
    if (d->state == NULL)
        return true;
    const struct state_content *contents[STATE_CONTENTS];
    list_contents(d, contents);
    return state_save(d->kept_in, contents, e);
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
    pairs_free(d.pairs);
    keys_free(d.keys);
    gather_free(d.gather);
    for (size_t i = 0; i < d.pair_file_count; i++)
        free(d.pair_files[i]);
    free(d.pair_files);
    greetings_free(d.greetings);
    pack_free(d.pack);
    clusters_free(d.clusters);
    state_close(&d.kept);
    normal_free(d.normal);
    free(d.kept_in);
    return status;
}
