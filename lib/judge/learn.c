/*
 * Learning. Features that few posts have are left out. Every pair of answer and fold
 * is a task for a pool of threads; what comes out does not depend on who did it when.
 */
#include "judge/learn.h"

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

#define ANSWERS     LEARNER_ANSWERS
#define LEAST_POSTS 4 /* that must have a feature */
#define LEAST_CASES 5 /* that an answer must have */
#define WEAK        2 /* of 127: features that weigh less for every answer are left out */
#define NEWTON      50
#define RATIO_LEAST 0.3 /* of a feature that tells nothing */
#define RATIO_SHARE 0.5

struct post {
    struct feature *features;
    size_t count;
    double times; /* see struct features */
    float numbers[NUMERICS];
    uint32_t *labels; /* by question */
    uint32_t asked;   /* questions, as bits */
    struct feature_node *nodes;
    double damping; /* of its sparse features, see MODEL_UNSEEN */
    size_t fold;
};

struct answer {
    char *name;
    double *weights; /* by liblinear's index, of all posts */
    double *scores;  /* by post, from the fold that has not seen it */
    double slope, shift, threshold;
    size_t right, wrong, missed, posts;
    bool lacking; /* too few posts: never holds */
};

struct question {
    char *name;
    bool exclusive, only_measured;
    double beta;   /* of the F that thresholds are set by */
    double alarms; /* share of the posts without an answer that may be said to have one */
    struct answer answers[ANSWERS];
    size_t count;
};

struct learner {
    struct learner_settings settings;
    struct question questions[ANSWERS];
    size_t question_count;
    struct post *posts;
    size_t post_count, post_cap;
    uint32_t *ids; /* of features that are kept, ascending */
    int *rarity;   /* of each, in parts of MODEL_RARITY */
    size_t id_count;
    pthread_mutex_t lock;
    size_t next, tasks;
};

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
        free(l->posts[i].labels);
        free(l->posts[i].nodes);
    }
    for (size_t q = 0; q < l->question_count; q++) {
        for (size_t a = 0; a < l->questions[q].count; a++) {
            free(l->questions[q].answers[a].name);
            free(l->questions[q].answers[a].weights);
            free(l->questions[q].answers[a].scores);
        }
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
    l->questions[l->question_count] = (struct question){
        .name = mem_string(str_of(name)), .exclusive = exclusive, .beta = 1, .alarms = 1};
    return l->question_count++;
}

void learner_beta(struct learner *l, size_t question, double beta, double alarms)
{
    l->questions[question].beta = beta;
    l->questions[question].alarms = alarms;
}

void learner_exclusive(struct learner *l, size_t question, bool exclusive)
{
    l->questions[question].exclusive = exclusive;
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
    if (found != SIZE_MAX || q->count == ANSWERS)
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
    memcpy(post->numbers, features->numbers, sizeof post->numbers);
    post->labels = mem_zero(ANSWERS, sizeof *post->labels);
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
    for (size_t i = 0; i < all;) {
        size_t same = i;
        while (same < all && ids[same] == ids[i])
            same++;
        if (same - i >= LEAST_POSTS) {
            double rarity = log((double)l->post_count / (double)(same - i)) * MODEL_RARITY;
            l->rarity[l->id_count] = rarity < 1 ? 1 : rarity > 127 ? 127 : (int)lrint(rarity);
            ids[l->id_count++] = ids[i];
        }
        i = same;
    }
    l->ids = ids;
}

static int index_of(const struct learner *l, uint32_t id)
{
    const uint32_t *found = bsearch(&id, l->ids, l->id_count, sizeof id, by_number);
    return found != NULL ? NUMERICS + 1 + (int)(found - l->ids) : 0;
}

static int by_index(const void *a, const void *b)
{
    return ((const struct feature_node *)a)->index - ((const struct feature_node *)b)->index;
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
        int index = index_of(l, post->features[i].id), times = (int)post->features[i].times;
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
}

/* ---- one fit ---- */

static size_t width_of(const struct learner *l)
{
    return NUMERICS + 1 + l->id_count; /* and the constant */
}

static bool holds(const struct post *post, size_t question, size_t answer)
{
    return (post->labels[question] >> answer & 1) != 0;
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
 * Manning 2012, "Baselines and Bigrams"). */
static double *ratios(const struct learner *l, const struct problem *problem)
{
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
        yes[i] = sparse ? RATIO_LEAST + RATIO_SHARE * fabs(ratio) : 1;
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

/* Weights from the posts outside a fold (SIZE_MAX: all posts). NULL: too few. */
static double *fit(const struct learner *l, size_t question, size_t answer, size_t fold)
{
    struct problem problem = {.n = (int)width_of(l), .bias = 1};
    problem.y = mem_alloc(l->post_count * sizeof *problem.y);
    problem.x = mem_alloc(l->post_count * sizeof *problem.x);
    double *damped = mem_alloc(l->post_count * sizeof *damped);
    size_t cases = 0;
    for (size_t i = 0; i < l->post_count; i++) {
        const struct post *post = &l->posts[i];
        if ((post->asked >> question & 1) == 0 || post->fold == fold)
            continue;
        bool yes = holds(post, question, answer);
        cases += yes;
        damped[problem.l] = damping(l, question, post);
        problem.x[problem.l] = post->nodes;
        problem.y[problem.l++] = yes ? 1 : -1;
    }
    double *weights = NULL;
    draws = 1 + answer + 64 * question + 4096 * (fold == SIZE_MAX ? 63 : fold);
    if (cases >= LEAST_CASES && cases < (size_t)problem.l) {
        int labels[] = {1, -1};
        double costs[] = {balance(l, question, (size_t)problem.l, cases), 1};
        struct parameter p = {.solver_type = L2R_L2LOSS_SVC_DUAL,
                              .eps = 0.1,
                              .C = l->settings.cost,
                              .nr_weight = 2,
                              .weight_label = labels,
                              .weight = costs};
        double *ratio = ratios(l, &problem);
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

static double score(const struct learner *l, size_t question, const double *weights,
                    const struct post *post)
{
    double sum = 0, damped = damping(l, question, post);
    for (const struct feature_node *node = post->nodes; node->index > 0; node++)
        sum += weights[node->index - 1] * node->value * (is_sparse(l, node->index) ? damped : 1);
    return sum;
}

/* ---- all fits ---- */

static size_t rounds_of(const struct learner *l)
{
    return l->settings.folds < 2 ? 1 : l->settings.folds + 1;
}

static void do_task(struct learner *l, size_t task)
{
    size_t round = task % rounds_of(l), number = task / rounds_of(l), q = 0;
    while (number >= l->questions[q].count)
        number -= l->questions[q++].count;
    struct answer *answer = &l->questions[q].answers[number];
    bool all = round + 1 == rounds_of(l);
    if (all && l->questions[q].only_measured)
        return;
    double *weights = fit(l, q, number, all ? SIZE_MAX : round);
    if (all) {
        answer->weights = weights;
        answer->lacking = weights == NULL;
        return;
    }
    for (size_t i = 0; i < l->post_count; i++)
        if (l->posts[i].fold == round)
            answer->scores[i] = weights != NULL ? score(l, q, weights, &l->posts[i]) : -10;
    free(weights);
}

static void *work(void *data)
{
    struct learner *l = data;
    for (;;) {
        pthread_mutex_lock(&l->lock);
        size_t task = l->next++;
        if (task < l->tasks && l->settings.progress != NULL)
            l->settings.progress(task, l->tasks);
        pthread_mutex_unlock(&l->lock);
        if (task >= l->tasks)
            return NULL;
        do_task(l, task);
    }
}

static void run_tasks(struct learner *l)
{
    pthread_t threads[64];
    size_t started = 0;
    size_t wanted = l->settings.threads > 64 ? 64 : l->settings.threads;
    while (started + 1 < wanted && pthread_create(&threads[started], NULL, work, l) == 0)
        started++;
    work(l);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* ---- calibration: Platt 1999, with the targets that keep few cases from certainty ---- */

static void calibrate(const struct learner *l, size_t question, struct answer *answer,
                      size_t number)
{
    double yes = 0, no = 0, slope = 1, shift = 0;
    for (size_t i = 0; i < l->post_count; i++)
        if ((l->posts[i].asked >> question & 1) != 0)
            *(holds(&l->posts[i], question, number) ? &yes : &no) += 1;
    double high = (yes + 1) / (yes + 2), low = 1 / (no + 2);
    bool exclusive = l->questions[question].exclusive;
    double weight =
        exclusive && yes > 0 ? no / yes / (double)(l->questions[question].count - 1) : 1;
    for (int round = 0; round < NEWTON; round++) {
        double g1 = 0, g2 = 0, h11 = 1e-9, h22 = 1e-9, h12 = 0;
        for (size_t i = 0; i < l->post_count; i++) {
            if ((l->posts[i].asked >> question & 1) == 0)
                continue;
            double z = answer->scores[i], p = 1 / (1 + exp(-(slope * z + shift)));
            bool is = holds(&l->posts[i], question, number);
            double each = is ? weight : 1; /* as they weigh in fit() */
            double d = each * (p - (is ? high : low)), w = each * p * (1 - p);
            g1 += d * z;
            g2 += d;
            h11 += w * z * z;
            h22 += w;
            h12 += w * z;
        }
        double det = h11 * h22 - h12 * h12;
        if (det < 1e-12 || (fabs(g1) < 1e-6 && fabs(g2) < 1e-6))
            break;
        slope -= (h22 * g1 - h12 * g2) / det;
        shift -= (h11 * g2 - h12 * g1) / det;
    }
    bool sane = isfinite(slope) && isfinite(shift) && slope > 0.05 && slope < 100;
    answer->slope = sane ? slope : 1;
    answer->shift = sane ? shift : 0;
}

static double probability(const struct answer *answer, double z)
{
    return 1 / (1 + exp(-(answer->slope * z + answer->shift)));
}

struct case_of {
    double p;
    bool yes;
};

static int by_falling(const void *a, const void *b)
{
    const struct case_of *x = a, *y = b;
    return x->p > y->p ? -1 : x->p < y->p ? 1 : (int)y->yes - (int)x->yes;
}

/* The F of van Rijsbergen 1979. */
static double f_of(double beta, size_t right, size_t said, size_t yes)
{
    double square = beta * beta;
    return (1 + square) * (double)right / ((double)said + square * (double)yes);
}

/* The threshold of an answer with the best F, in the middle between two posts. */
static void set_threshold(const struct learner *l, size_t question, struct answer *answer,
                          size_t number)
{
    struct case_of *cases = mem_alloc(l->post_count * sizeof *cases + 1);
    size_t count = 0, yes = 0, right = 0;
    double best = 0, beta = l->questions[question].beta;
    for (size_t i = 0; i < l->post_count; i++) {
        if ((l->posts[i].asked >> question & 1) == 0)
            continue;
        cases[count] = (struct case_of){probability(answer, answer->scores[i]),
                                        holds(&l->posts[i], question, number)};
        yes += cases[count++].yes;
    }
    qsort(cases, count, sizeof *cases, by_falling);
    for (size_t i = 0; i < count; i++) {
        right += cases[i].yes;
        double f = f_of(beta, right, i + 1, yes), next = i + 1 < count ? cases[i + 1].p : 0;
        if (f > best && next < cases[i].p) {
            best = f;
            answer->threshold = (cases[i].p + next) / 2;
        }
    }
    free(cases);
}

/* The one threshold of all answers with the best F over them together, among those that
 * leave enough posts without an answer alone. */
static void set_common_threshold(const struct learner *l, struct question *question, size_t number)
{
    struct case_of *cases = mem_alloc(l->post_count * question->count * sizeof *cases + 1);
    struct case_of *none = mem_alloc(l->post_count * sizeof *none + 1);
    size_t count = 0, none_count = 0, yes = 0, right = 0, alarmed = 0;
    double best = 0, threshold = 0.5;
    for (size_t i = 0; i < l->post_count; i++) {
        double most = 0;
        if ((l->posts[i].asked >> number & 1) == 0)
            continue;
        for (size_t a = 0; a < question->count; a++) {
            const struct answer *answer = &question->answers[a];
            double p = probability(answer, answer->scores[i]);
            cases[count] = (struct case_of){p, holds(&l->posts[i], number, a)};
            yes += cases[count++].yes;
            most = p > most ? p : most;
        }
        if (l->posts[i].labels[number] == 0)
            none[none_count++] = (struct case_of){most, false};
    }
    qsort(cases, count, sizeof *cases, by_falling);
    qsort(none, none_count, sizeof *none, by_falling);
    for (size_t i = 0; i < count; i++) {
        right += cases[i].yes;
        for (; alarmed < none_count && none[alarmed].p >= cases[i].p; alarmed++)
            continue;
        double f = f_of(question->beta, right, i + 1, yes);
        double next = i + 1 < count ? cases[i + 1].p : 0;
        bool few = (double)alarmed <= question->alarms * (double)none_count;
        if (f > best && next < cases[i].p && few) {
            best = f;
            threshold = (cases[i].p + next) / 2;
        }
    }
    for (size_t a = 0; a < question->count; a++)
        question->answers[a].threshold = threshold;
    free(cases);
    free(none);
}

static void
count_answer(const struct learner *l, size_t question, struct answer *answer, size_t number,
             bool (*says)(const struct learner *, size_t post, size_t question, size_t number))
{
    for (size_t i = 0; i < l->post_count; i++) {
        if ((l->posts[i].asked >> question & 1) == 0)
            continue;
        bool yes = holds(&l->posts[i], question, number), said = says(l, i, question, number);
        answer->posts += yes;
        answer->right += yes && said;
        answer->wrong += !yes && said;
        answer->missed += yes && !said;
    }
}

static bool is_over(const struct learner *l, size_t post, size_t question, size_t number)
{
    const struct answer *a = &l->questions[question].answers[number];
    return probability(a, a->scores[post]) >= a->threshold;
}

static bool is_most(const struct learner *l, size_t post, size_t question, size_t number)
{
    const struct question *q = &l->questions[question];
    double own = probability(&q->answers[number], q->answers[number].scores[post]);
    for (size_t a = 0; a < q->count; a++) {
        double p = probability(&q->answers[a], q->answers[a].scores[post]);
        if (p > own || (p == own && a < number))
            return false;
    }
    return true;
}

static void judge_answers(struct learner *l)
{
    for (size_t q = 0; q < l->question_count; q++) {
        struct question *question = &l->questions[q];
        for (size_t a = 0; a < question->count; a++) {
            calibrate(l, q, &question->answers[a], a);
            if (!question->exclusive && question->alarms >= 1)
                set_threshold(l, q, &question->answers[a], a);
        }
        if (!question->exclusive && question->alarms < 1)
            set_common_threshold(l, question, q);
        for (size_t a = 0; a < question->count; a++)
            count_answer(l, q, &question->answers[a], a, question->exclusive ? is_most : is_over);
    }
}

static void quiet(const char *text)
{
    (void)text;
}

/* Is there some answer that enough posts have, and enough have not? */
static bool is_learnable(const struct learner *l, size_t question)
{
    const struct question *q = &l->questions[question];
    for (size_t a = 0; a < q->count && !(q->exclusive && q->count < 2); a++) {
        size_t cases = 0, posts = 0;
        for (size_t i = 0; i < l->post_count; i++) {
            bool asked = (l->posts[i].asked >> question & 1) != 0;
            posts += asked;
            cases += asked && holds(&l->posts[i], question, a);
        }
        if (cases >= LEAST_CASES && cases < posts)
            return true;
    }
    return false;
}

bool learner_run(struct learner *l, struct err *e)
{
    if (l->post_count < 2 * LEAST_CASES)
        return err_set(e, "%zu labelled posts are too few to learn from", l->post_count);
    bool any = false;
    for (size_t q = 0; q < l->question_count; q++)
        any = any || is_learnable(l, q);
    if (!any)
        return err_set(e, "no label is on %d posts, and not on all: nothing to learn from",
                       LEAST_CASES);
    set_print_string_function(quiet);
    keep_features(l);
    for (size_t i = 0; i < l->post_count; i++) {
        make_nodes(l, &l->posts[i]);
        uint64_t draw = hash_bytes((struct str){(const char *)&i, sizeof i}, l->settings.seed);
        l->posts[i].fold = l->settings.folds > 1 ? draw % l->settings.folds : 0;
    }
    for (size_t q = 0; q < l->question_count; q++)
        for (size_t a = 0; a < l->questions[q].count; a++) {
            l->questions[q].answers[a].scores = mem_zero(l->post_count, sizeof(double));
            l->tasks += rounds_of(l);
        }
    run_tasks(l);
    if (l->settings.folds > 1)
        judge_answers(l);
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
                            a->lacking};
}

/* ---- the file ---- */

struct file {
    struct model_header header;
    struct model_question questions[ANSWERS];
    struct model_answer answers[MODEL_ANSWERS];
    const struct answer *sources[MODEL_ANSWERS];
    float *numeric;
    struct model_slot *slots;
    int8_t *weights;
    struct buf strings, content;
};

static uint32_t keep_string(struct file *f, const char *text)
{
    uint32_t at = (uint32_t)f->strings.len;
    buf_add(&f->strings, text, strlen(text) + 1);
    return at;
}

static double weight_of(const struct answer *a, size_t index)
{
    return a->weights != NULL ? a->weights[index] : 0;
}

static double sparse_weight(const struct learner *l, const struct answer *a, size_t i)
{
    return weight_of(a, NUMERICS + i) * l->rarity[i] / MODEL_RARITY;
}

/* What nothing was learned of is left out, so that other models or the rules go on to answer
 * it; of answers of which one holds all stay as long as some were learned. */
static bool is_left_out(const struct question *q, size_t answer)
{
    if (!q->exclusive)
        return q->answers[answer].lacking;
    for (size_t a = 0; a < q->count; a++)
        if (!q->answers[a].lacking)
            return false;
    return true;
}

static void put_answer(const struct learner *l, struct file *f, const struct answer *from,
                       bool exclusive)
{
    double most = 1e-9;
    for (size_t i = 0; i < l->id_count; i++)
        most = fmax(most, fabs(sparse_weight(l, from, i)));
    f->sources[f->header.answers] = from;
    f->answers[f->header.answers++] = (struct model_answer){
        .name = keep_string(f, from->name),
        .bias = from->lacking ? -20 : (float)weight_of(from, NUMERICS + l->id_count),
        .scale = (float)(most / 127),
        .threshold = (float)from->threshold,
        .slope = (float)from->slope,
        .shift = (float)from->shift,
        .unseen = exclusive ? MODEL_UNSEEN : 0};
}

static void put_answers(const struct learner *l, struct file *f)
{
    for (size_t q = 0; q < l->question_count; q++) {
        const struct question *question = &l->questions[q];
        uint32_t first = f->header.answers;
        for (size_t a = 0; !question->only_measured && a < question->count; a++)
            if (!is_left_out(question, a))
                put_answer(l, f, &question->answers[a], question->exclusive);
        uint32_t count = f->header.answers - first;
        if (count > 0)
            f->questions[f->header.questions++] = (struct model_question){
                keep_string(f, question->name), first, count, question->exclusive};
    }
    f->header.stride = (f->header.answers + 1 + 7) / 8 * 8;
}

static void put_weights(const struct learner *l, struct file *f)
{
    const struct model_header *h = &f->header;
    f->numeric = mem_zero((size_t)NUMERICS * h->answers, sizeof *f->numeric);
    for (size_t n = 0; n < NUMERICS; n++)
        for (uint32_t a = 0; a < h->answers; a++)
            f->numeric[n * h->answers + a] = MODEL_NUMBERS * (float)weight_of(f->sources[a], n);
    f->header.slots = 16;
    while (f->header.slots < 2 * l->id_count)
        f->header.slots *= 2;
    f->slots = mem_zero(h->slots, sizeof *f->slots);
    f->weights = mem_zero(l->id_count * h->stride + 1, 1);
    for (size_t i = 0; i < l->id_count; i++) {
        bool any = false;
        int8_t *row = f->weights + (size_t)f->header.features * h->stride;
        for (uint32_t a = 0; a < h->answers; a++) {
            row[a] = (int8_t)lrint(sparse_weight(l, f->sources[a], i) / f->answers[a].scale);
            any = any || row[a] >= WEAK || row[a] <= -WEAK;
        }
        if (!any) { /* it would cost time and change next to nothing */
            memset(row, 0, h->stride);
            continue;
        }
        row[h->stride - 1] = (int8_t)l->rarity[i];
        uint32_t slot = model_slot_of(h, l->ids[i]);
        while (f->slots[slot].id != 0)
            slot = (slot + 1) & (h->slots - 1);
        f->slots[slot] = (struct model_slot){l->ids[i], f->header.features++};
    }
}

static void put_content(struct file *f)
{
    const struct model_header *h = &f->header;
    struct buf *c = &f->content;
    buf_add(c, f->questions, h->questions * sizeof *f->questions);
    buf_add(c, f->answers, h->answers * sizeof *f->answers);
    buf_add(c, f->numeric, (size_t)NUMERICS * h->answers * sizeof *f->numeric);
    buf_add(c, f->slots, h->slots * sizeof *f->slots);
    buf_add(c, f->weights, (size_t)h->features * h->stride);
    buf_add_str(c, buf_str(&f->strings));
    f->header.hash = model_hash(h, buf_str(c));
}

void learner_write(const struct learner *l, const char *made_from, struct output *out)
{
    struct file *f = mem_zero(1, sizeof *f);
    f->header =
        (struct model_header){.magic = MODEL_MAGIC, .version = MODEL_VERSION, .numerics = NUMERICS};
    snprintf(f->header.rules, sizeof f->header.rules, "%s", l->settings.rules);
    snprintf(f->header.tokens, sizeof f->header.tokens, "%s", l->settings.tokens);
    f->header.made_from = keep_string(f, made_from);
    put_answers(l, f);
    put_weights(l, f);
    f->header.string_bytes = (uint32_t)f->strings.len;
    put_content(f);
    output_add(out, (struct str){(const char *)&f->header, sizeof f->header});
    output_add(out, buf_str(&f->content));
    free(f->numeric);
    free(f->slots);
    free(f->weights);
    buf_free(&f->strings);
    buf_free(&f->content);
    free(f);
}
