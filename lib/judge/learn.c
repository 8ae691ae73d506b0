/*
 * Learning. Features that few posts have are left out. Every pair of answer and fold
 * is a task for a pool of threads; what comes out does not depend on who did it when.
 */
#include "judge/learner.h"

#define model linear_model /* liblinear's name is ours too */
#include <linear.h>
#undef model

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "judge/model.h"

#define LEAST_POSTS 4     /* that must have a feature, … */
#define MORE_POSTS  25000 /* … and one more for so many posts: else there are ever more of them */
#define LEAST_CASES 5     /* that an answer must have, … */
#define FOLD_CASES  4     /* … and outside a fold */
#define FEW_CASES   15    /* of fewer than these a draw may leave too few outside a fold */

/* Of each answer: one for a fold, and one for all posts. */
static size_t rounds_of(const struct learner *l)
{
    return l->settings.folds < 2 ? 1 : l->settings.folds + 1;
}

struct learner *learner_new(const struct learner_settings *settings)
{
    struct learner *l = mem_zero(1, sizeof *l);
    l->settings = *settings;
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void learner_free(struct learner *l)
{
    for (size_t i = 0; i < l->post_count; i++) {
        free(l->posts[i].features);
        free(l->posts[i].placed);
        free(l->posts[i].parts);
        free(l->posts[i].labels);
        free(l->posts[i].nodes);
    }
    for (size_t q = 0; q < l->question_count; q++) {
        for (size_t a = 0; a < l->questions[q].count; a++) {
            free(l->questions[q].answers[a].name);
            free(l->questions[q].answers[a].weights);
            free(l->questions[q].answers[a].scores);
        }
        for (size_t round = 0; l->questions[q].some != NULL && round < rounds_of(l); round++)
            free(l->questions[q].some[round]);
        free(l->questions[q].some);
        free(l->questions[q].name);
    }
    free(l->posts);
    free(l->ids);
    free(l->rarity);
    pthread_mutex_destroy(&l->lock);
    free(l);
}

size_t learner_question(struct learner *l, const char *name, bool exclusive)
{
    l->questions[l->question_count] =
        (struct question){.name = mem_string(str_of(name)), .exclusive = exclusive, .alarms = 1};
    return l->question_count++;
}

void learner_alarms(struct learner *l, size_t question, double alarms)
{
    l->questions[question].alarms = alarms;
}

void learner_common(struct learner *l, size_t question, double share)
{
    l->questions[question].common = share;
}

void learner_exclusive(struct learner *l, size_t question, bool exclusive)
{
    l->questions[question].exclusive = exclusive;
}

bool learner_is_exclusive(const struct learner *l, size_t question)
{
    return l->questions[question].exclusive;
}

void learner_only_measure(struct learner *l, size_t question)
{
    l->questions[question].only_measured = true;
}

size_t learner_find(const struct learner *l, size_t question, const char *name)
{
    const struct question *q = &l->questions[question];
    for (size_t a = 0; a < q->count; a++)
        if (strcmp(q->answers[a].name, name) == 0)
            return a;
    return SIZE_MAX;
}

size_t learner_answer(struct learner *l, size_t question, const char *name)
{
    struct question *q = &l->questions[question];
    size_t found = learner_find(l, question, name);
    if (found != SIZE_MAX || q->count == LEARNER_ANSWERS)
        return found;
    q->answers[q->count] =
        (struct answer){.name = mem_string(str_of(name)), .slope = 1, .threshold = 0.5};
    return q->count++;
}

size_t learner_answer_count(const struct learner *l, size_t question)
{
    return l->questions[question].count;
}

const char *learner_name(const struct learner *l, size_t question)
{
    return l->questions[question].name;
}

size_t learner_post(struct learner *l, const struct features *features)
{
    MEM_GROW(l->posts, l->post_count, l->post_cap);
    struct post *post = &l->posts[l->post_count];
    size_t bytes = features->count * sizeof *features->list;
    *post = (struct post){.count = features->count, .times = (double)features->times};
    post->features = mem_alloc(bytes + 1);
    memcpy(post->features, features->list, bytes);
    if (features->placed_count > 0) {
        bytes = features->placed_count * sizeof *features->placed;
        post->placed = mem_alloc(bytes);
        post->placed_count = features->placed_count;
        memcpy(post->placed, features->placed, bytes);
    }
    memcpy(post->numbers, features->numbers, sizeof post->numbers);
    post->labels = mem_zero(LEARNER_ANSWERS, sizeof *post->labels);
    return l->post_count++;
}

void learner_label(struct learner *l, size_t post, size_t question, uint32_t answers)
{
    l->posts[post].labels[question] = answers;
    l->posts[post].asked |= 1u << question;
}

/* ---- features ---- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Keeps the features that enough posts have. */
static void keep_features(struct learner *l)
{
    size_t all = 0, at = 0;
    for (size_t i = 0; i < l->post_count; i++)
        all += l->posts[i].count;
    uint32_t *ids = mem_alloc(all * sizeof *ids + 1);
    for (size_t i = 0; i < l->post_count; i++)
        for (size_t k = 0; k < l->posts[i].count; k++)
            ids[at++] = l->posts[i].features[k].id;
    qsort(ids, all, sizeof *ids, by_number);
    l->rarity = mem_alloc(all * sizeof *l->rarity + 1);
    size_t least = LEAST_POSTS + l->post_count / MORE_POSTS;
    for (size_t i = 0; i < all;) {
        size_t same = i;
        while (same < all && ids[same] == ids[i])
            same++;
        if (same - i >= least) {
            double rarity = log((double)l->post_count / (double)(same - i)) * MODEL_RARITY;
            l->rarity[l->id_count] = rarity < 1 ? 1 : rarity > 127 ? 127 : (int)lrint(rarity);
            ids[l->id_count++] = ids[i];
        }
        i = same;
    }
    l->ids = ids;
}

int learner_index(const struct learner *l, uint32_t id)
{
    const uint32_t *found = bsearch(&id, l->ids, l->id_count, sizeof id, by_number);
    return found != NULL ? NUMERICS + 1 + (int)(found - l->ids) : 0;
}

static int by_index(const void *a, const void *b)
{
    return ((const struct feature_node *)a)->index - ((const struct feature_node *)b)->index;
}

/* The parts of a post, each a vector of length 1. Parts of which nothing is known are none. */
static void make_parts(const struct learner *l, struct post *post)
{
    size_t count = 0;
    post->parts = mem_alloc((post->placed_count + FEATURE_PARTS + 1) * sizeof *post->parts);
    for (size_t i = 0; i < post->placed_count; i++)
        if (post->placed[i].part >= post->part_count)
            post->part_count = post->placed[i].part + 1;
    for (uint32_t part = 0; part < post->part_count; part++) {
        size_t from = count;
        double squares = 0;
        for (size_t i = 0; i < post->placed_count; i++) {
            int index = post->placed[i].part == part ? learner_index(l, post->placed[i].id) : 0;
            if (index == 0)
                continue;
            double rarity = l->rarity[index - NUMERICS - 1];
            post->parts[count++] = (struct part_node){index, (float)rarity};
            squares += rarity * rarity;
        }
        for (size_t i = from; i < count; i++)
            post->parts[i].value /= (float)sqrt(squares);
        if (count > from)
            post->parts[count++] = (struct part_node){PART_ENDS, 0};
    }
    post->parts[count] = (struct part_node){PARTS_END, 0};
    free(post->placed);
    post->placed = NULL;
}

/* A post as liblinear wants it: numbers, features, the constant, an end. */
static void make_nodes(const struct learner *l, struct post *post)
{
    struct feature_node *nodes = mem_alloc((NUMERICS + post->count + 2) * sizeof *nodes);
    size_t count = 0, sparse;
    double squares = 0;
    for (int i = 0; i < NUMERICS; i++)
        if (post->numbers[i] != 0)
            nodes[count++] = (struct feature_node){i + 1, MODEL_NUMBERS * post->numbers[i]};
    sparse = count;
    for (size_t i = 0; i < post->count; i++) {
        int index = learner_index(l, post->features[i].id), times = (int)post->features[i].times;
        if (index == 0)
            continue;
        double rarity = l->rarity[index - NUMERICS - 1];
        nodes[count++] = (struct feature_node){index, times * rarity};
        squares += times * rarity * rarity;
    }
    squares *= post->times;
    for (size_t i = sparse; i < count; i++)
        nodes[i].value /= sqrt(squares);
    qsort(nodes, count, sizeof *nodes, by_index);
    double unseen = MODEL_UNSEEN * MODEL_RARITY * MODEL_RARITY; /* in parts of rarity */
    post->damping = sqrt(squares / (squares + unseen));
    nodes[count++] = (struct feature_node){NUMERICS + 1 + (int)l->id_count, 1};
    nodes[count] = (struct feature_node){-1, 0};
    post->nodes = nodes;
    if (post->placed_count > 0)
        make_parts(l, post);
}

/* ---- one fit ---- */

static size_t width_of(const struct learner *l)
{
    return NUMERICS + 1 + l->id_count; /* and the constant */
}

/* liblinear draws the order of posts from rand(3). Ours takes its place in a program that
 * links this file: each task draws by itself, so that threads do not disturb each other
 * and the same posts give the same model. (Steele, Lea and Flood 2014, SplitMix.) */
static _Thread_local uint64_t draws;

int rand(void)
{
    uint64_t z = draws += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (int)((z ^ z >> 31) & RAND_MAX);
}

/* How much more a case weighs than the rest. Of answers of which one holds, as much as all
 * the others: how often each occurs here says nothing about elsewhere. Of others less, since
 * they are rare everywhere. */
static double balance(const struct learner *l, size_t question, size_t posts, size_t cases)
{
    double ratio = (double)(posts - cases) / (double)cases;
    if (l->questions[question].exclusive)
        return ratio / (double)(l->questions[question].count - 1);
    double root = sqrt(ratio);
    return root > 4 ? 4 : root < 1 ? 1 : root;
}

/* How much more often each sparse feature stands in posts that have the answer: the log of
 * the ratio of shares, by which features are scaled before they are weighed (Wang and
 * Manning 2012, "Baselines and Bigrams"). Where any number of
 * answers hold, a smaller part of that was found to be best. */
static double *ratios(const struct learner *l, size_t question, const struct problem *problem)
{
    bool exclusive = l->questions[question].exclusive;
    double least = exclusive ? 0.3 : 0.8, share = exclusive ? 0.5 : 0.2;
    size_t width = width_of(l);
    double *yes = mem_zero(width, sizeof *yes), *no = mem_zero(width, sizeof *no);
    double yes_posts = 1, no_posts = 1;
    for (int i = 0; i < problem->l; i++) {
        bool is = problem->y[i] > 0;
        *(is ? &yes_posts : &no_posts) += 1;
        for (const struct feature_node *node = problem->x[i]; node->index > 0; node++)
            (is ? yes : no)[node->index - 1] += 1;
    }
    for (size_t i = 0; i < width; i++) {
        double ratio = log((yes[i] + 1) / yes_posts) - log((no[i] + 1) / no_posts);
        bool sparse = i >= NUMERICS && i + 1 < width;
        yes[i] = sparse ? least + share * fabs(ratio) : 1;
    }
    free(no);
    return yes;
}

static bool is_sparse(const struct learner *l, int index)
{
    return index > NUMERICS && index <= NUMERICS + (int)l->id_count;
}

static double damping(const struct learner *l, size_t question, const struct post *post)
{
    return l->questions[question].exclusive ? post->damping : 1;
}

/* A copy of the posts' nodes, scaled, and sparse ones damped by post. One allocation, at
 * nodes[0]. */
static struct feature_node **scaled(const struct learner *l, const struct problem *problem,
                                    const double *ratio, const double *damped)
{
    size_t count = 0;
    for (int i = 0; i < problem->l; i++)
        for (const struct feature_node *node = problem->x[i];; node++) {
            count++;
            if (node->index < 0)
                break;
        }
    struct feature_node **x = mem_alloc((size_t)problem->l * sizeof *x);
    struct feature_node *to = mem_alloc(count * sizeof *to);
    for (int i = 0; i < problem->l; i++) {
        x[i] = to;
        for (const struct feature_node *node = problem->x[i];; node++) {
            *to = *node;
            if (node->index < 0)
                break;
            to++->value *= ratio[node->index - 1] * (is_sparse(l, node->index) ? damped[i] : 1);
        }
        to++;
    }
    return x;
}

/* The posts that have an answer. */
static size_t cases_of(const struct learner *l, size_t question, size_t answer)
{
    size_t cases = 0;
    for (size_t i = 0; i < l->post_count; i++)
        cases += learner_holds(&l->posts[i], question, answer);
    return cases;
}

static size_t asked_of(const struct learner *l, size_t question)
{
    size_t asked = 0;
    for (size_t i = 0; i < l->post_count; i++)
        asked += l->posts[i].asked >> question & 1;
    return asked;
}

/* Do enough posts have the answer, and not all that are asked? */
static bool is_answer_learnable(const struct learner *l, size_t question, size_t answer)
{
    size_t cases = cases_of(l, question, answer);
    return cases >= LEAST_CASES && cases < asked_of(l, question);
}

/* Is each answer on all posts that are asked, or on none? */
static bool are_alike(const struct learner *l)
{
    for (size_t q = 0; q < l->question_count; q++)
        for (size_t a = 0; a < l->questions[q].count; a++) {
            size_t cases = cases_of(l, q, a);
            if (cases > 0 && cases < asked_of(l, q))
                return false;
        }
    return true;
}

/* Weights from the posts outside a fold (SIZE_MAX: all posts). NULL: too few have the answer. */
static double *fit(const struct learner *l, size_t question, size_t answer, size_t fold)
{
    struct problem problem = {.n = (int)width_of(l), .bias = 1};
    problem.y = mem_alloc(l->post_count * sizeof *problem.y);
    problem.x = mem_alloc(l->post_count * sizeof *problem.x);
    double *damped = mem_alloc(l->post_count * sizeof *damped);
    size_t cases = 0, least = fold == SIZE_MAX ? LEAST_CASES : FOLD_CASES;
    for (size_t i = 0; i < l->post_count; i++) {
        const struct post *post = &l->posts[i];
        if ((post->asked >> question & 1) == 0 || post->fold == fold)
            continue;
        bool yes = learner_holds(post, question, answer);
        cases += yes;
        damped[problem.l] = damping(l, question, post);
        problem.x[problem.l] = post->nodes;
        problem.y[problem.l++] = yes ? 1 : -1;
    }
    double *weights = NULL;
    draws = 1 + answer + 64 * question + 4096 * (fold == SIZE_MAX ? 63 : fold);
    if (cases >= least && cases < (size_t)problem.l &&
        cases_of(l, question, answer) >= LEAST_CASES) {
        int labels[] = {1, -1};
        double costs[] = {balance(l, question, (size_t)problem.l, cases), 1};
        struct parameter p = {.solver_type = L2R_L2LOSS_SVC_DUAL,
                              .eps = 0.1,
                              .C = l->settings.cost,
                              .nr_weight = 2,
                              .weight_label = labels,
                              .weight = costs};
        double *ratio = ratios(l, question, &problem);
        struct problem given = problem;
        given.x = scaled(l, &problem, ratio, damped);
        struct linear_model *m = train(&given, &p);
        double sign = m->label[0] == 1 ? 1 : -1;
        weights = mem_alloc(width_of(l) * sizeof *weights);
        for (size_t i = 0; i < width_of(l); i++)
            weights[i] = sign * m->w[i] * ratio[i];
        free_and_destroy_model(&m);
        free(given.x[0]);
        free(given.x);
        free(ratio);
    }
    free(damped);
    free(problem.y);
    free(problem.x);
    return weights;
}

/* What the part comes to that says most for the answer. */
static double best_part(const double *weights, const struct post *post)
{
    double best = -INFINITY;
    const struct part_node *node = post->parts;
    while (node != NULL && node->index != PARTS_END) {
        double sum = 0;
        for (; node->index != PART_ENDS; node++)
            sum += weights[node->index - 1] * (double)node->value;
        best = fmax(best, sum);
        node++;
    }
    return best - (double)MODEL_CHANCE * log((double)post->part_count);
}

double learner_score(const struct learner *l, size_t question, const double *weights,
                     const struct post *post)
{
    double numbers = 0, words = 0;
    for (const struct feature_node *node = post->nodes; node->index > 0; node++)
        *(is_sparse(l, node->index) ? &words : &numbers) += weights[node->index - 1] * node->value;
    words *= damping(l, question, post);
    double best = best_part(weights, post);
    if (!l->questions[question].exclusive && isfinite(best))
        words += MODEL_PART * (best - words);
    return numbers + words;
}

/* ---- all fits ---- */

/* Adds to an answer's weights its share of what is common: sums stay sums, so that a model
 * needs no more room or time for it. */
static void add_common(const struct learner *l, const struct question *q, size_t round,
                       double *weights)
{
    const double *some = q->some != NULL ? q->some[round] : NULL;
    for (size_t i = 0; some != NULL && weights != NULL && i < width_of(l); i++)
        weights[i] += q->common * some[i];
}

static void fit_answer(struct learner *l, size_t question, size_t number, size_t round)
{
    struct question *q = &l->questions[question];
    struct answer *answer = &q->answers[number];
    bool all = round + 1 == rounds_of(l);
    if (all && q->only_measured) {
        answer->lacking = !is_answer_learnable(l, question, number);
        return;
    }
    double *weights = fit(l, question, number, all ? SIZE_MAX : round);
    add_common(l, q, round, weights);
    if (all) {
        answer->weights = weights;
        answer->lacking = weights == NULL;
        return;
    }
    for (size_t i = 0; i < l->post_count; i++)
        if (l->posts[i].fold == round)
            answer->scores[i] =
                weights != NULL ? learner_score(l, question, weights, &l->posts[i]) : NAN;
    free(weights);
}

/* Tasks are rounds of what is common to the answers of questions, then of each answer. */
static void do_task(struct learner *l, size_t task)
{
    size_t rounds = rounds_of(l), round = task % rounds, number = task / rounds, q = 0;
    for (q = 0; q < l->question_count && number >= (l->questions[q].some != NULL); q++)
        number -= l->questions[q].some != NULL;
    if (q < l->question_count) {
        l->questions[q].some[round] =
            fit(l, q, SOME_ANSWER, round + 1 == rounds ? SIZE_MAX : round);
        return;
    }
    for (q = 0; number >= l->questions[q].count; q++)
        number -= l->questions[q].count;
    fit_answer(l, q, number, round);
}

static void *work(void *data)
{
    struct learner *l = data;
    for (;;) {
        pthread_mutex_lock(&l->lock);
        size_t task = l->next++;
        if (task < l->end && l->settings.progress != NULL)
            l->settings.progress(task, l->tasks);
        pthread_mutex_unlock(&l->lock);
        if (task >= l->end)
            return NULL;
        do_task(l, task);
    }
}

static void run_tasks(struct learner *l, size_t from, size_t end)
{
    pthread_t threads[64];
    l->next = from;
    l->end = end;
    size_t started = 0;
    size_t wanted = l->settings.threads > 64 ? 64 : l->settings.threads;
    while (started + 1 < wanted && pthread_create(&threads[started], NULL, work, l) == 0)
        started++;
    work(l);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static void quiet(const char *text)
{
    (void)text;
}

/* Is there some answer that enough posts have, and enough have not? */
static bool is_learnable(const struct learner *l, size_t question)
{
    const struct question *q = &l->questions[question];
    for (size_t a = 0; a < q->count && !(q->exclusive && q->count < 2); a++)
        if (is_answer_learnable(l, question, a))
            return true;
    return false;
}

/* Puts the posts that have an answer into folds as evenly as can be; each stays in the one that it
 * was drawn into as long as there is room, or was put into with those of another answer. */
static void spread(struct learner *l, size_t question, size_t answer)
{
    size_t folds = l->settings.folds, count = 0;
    size_t *held = mem_zero(folds, sizeof *held);
    for (size_t i = 0; i < l->post_count; i++) {
        struct post *post = &l->posts[i];
        if (!learner_holds(post, question, answer))
            continue;
        while (!post->dealt && held[post->fold] > count / folds)
            post->fold = (post->fold + 1) % folds;
        post->dealt = true;
        held[post->fold]++;
        count++;
    }
    free(held);
}

static void draw_folds(struct learner *l)
{
    size_t folds = l->settings.folds;
    for (size_t i = 0; i < l->post_count; i++) {
        uint64_t draw = hash_bytes((struct str){(const char *)&i, sizeof i}, l->settings.seed);
        l->posts[i].fold = folds > 1 ? draw % folds : 0;
    }
    for (size_t q = 0; folds > 1 && q < l->question_count; q++)
        for (size_t a = 0; a < l->questions[q].count; a++)
            if (cases_of(l, q, a) < FEW_CASES)
                spread(l, q, a);
}

bool learner_run(struct learner *l, struct err *e)
{
    if (l->post_count < 2 * LEAST_CASES)
        return err_set(e, "%zu labelled %s too few to learn from", l->post_count,
                       l->post_count == 1 ? "post is" : "posts are");
    bool any = false;
    for (size_t q = 0; q < l->question_count; q++) {
        l->questions[q].learnable = is_learnable(l, q);
        any = any || (!l->questions[q].only_measured && l->questions[q].learnable);
    }
    if (!any && are_alike(l))
        return err_set(e, "all posts are labelled alike: nothing to learn from");
    if (!any)
        return err_set(e, "no label is on %d posts, and not on all: nothing to learn from",
                       LEAST_CASES);
    set_print_string_function(quiet);
    keep_features(l);
    for (size_t i = 0; i < l->post_count; i++)
        make_nodes(l, &l->posts[i]);
    draw_folds(l);
    size_t rounds = rounds_of(l), common = 0;
    for (size_t q = 0; q < l->question_count; q++) {
        struct question *question = &l->questions[q];
        for (size_t a = 0; a < question->count; a++)
            question->answers[a].scores = mem_zero(l->post_count, sizeof(double));
        if (question->common > 0)
            question->some = mem_zero(rounds, sizeof *question->some);
        common += question->common > 0 ? rounds : 0;
        l->tasks += question->count * rounds;
    }
    l->tasks += common;
    run_tasks(l, 0, common);
    run_tasks(l, common, l->tasks);
    if (l->settings.folds > 1)
        learner_calibrate(l);
    return true;
}

/* ---- what was learned ---- */

size_t learner_answers(const struct learner *l)
{
    size_t count = 0;
    for (size_t q = 0; q < l->question_count; q++)
        count += l->questions[q].count;
    return count;
}

struct learned learner_figures(const struct learner *l, size_t number)
{
    size_t q = 0;
    while (number >= l->questions[q].count)
        number -= l->questions[q++].count;
    const struct answer *a = &l->questions[q].answers[number];
    return (struct learned){l->questions[q].name,
                            a->name,
                            l->questions[q].exclusive,
                            a->posts,
                            a->right,
                            a->wrong,
                            a->missed,
                            a->threshold,
                            a->flat,
                            a->lacking,
                            !l->questions[q].learnable,
                            l->questions[q].none,
                            l->questions[q].alarmed,
                            l->questions[q].alarming};
}
