/* Figures of agreement as text for people and as JSON. */
#include "judge/agreement.h"
#include "record/write.h"
#include "text/width.h"

/* ---- JSON ---- */

static void put_number(struct json *j, const char *name, double number, int decimals)
{
    json_key(j, name);
    json_number(j, number, decimals);
}

static void put_text(struct json *j, const char *name, const struct buf *text)
{
    json_key(j, name);
    json_str(j, buf_str(text));
}

static void put_interval(struct json *j, const char *name, struct interval i)
{
    json_key(j, name);
    json_open(j, '[');
    json_number(j, i.value, 4);
    json_number(j, i.low, 4);
    json_number(j, i.high, 4);
    json_close(j, ']');
}

static void put_answers(struct json *j, const struct question_figures *q)
{
    json_key(j, "labels");
    json_open(j, '{');
    for (size_t i = 0; i < q->answer_count; i++) {
        const struct answer_figures *a = &q->answers[i];
        json_key_str(j, a->name);
        json_open(j, '{');
        json_put_count(j, "posts", a->counts.right + a->counts.missed);
        put_interval(j, "precision", a->precision);
        put_interval(j, "recall", a->recall);
        put_interval(j, "f1", a->f1);
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void put_comparison(struct json *j, const struct question_figures *q)
{
    if (q->comparison == COMPARISON_NONE)
        return;
    json_key(j, "against");
    json_open(j, '{');
    if (q->comparison == COMPARISON_MADE) {
        json_put_count(j, "only_this_right", q->only_this);
        json_put_count(j, "only_other_right", q->only_other);
        json_put_count(j, "left_out", q->left_out);
        put_number(j, "p", q->p, 6);
    } else {
        json_put_count(j, "posts", q->compared);
        json_put_count(j, "other_posts", q->compared_other);
        json_put_count(j, "differs_at", q->differs_at);
    }
    json_close(j, '}');
}

static void put_question(struct json *j, const struct question_figures *q)
{
    json_key(j, q->name);
    json_open(j, '{');
    json_put_count(j, "posts", q->posts);
    json_put_count(j, "not_counted", q->beyond);
    put_interval(j, "micro_f1", q->micro_f1);
    put_number(j, "macro_f1", q->macro_f1, 4);
    if (q->probabilities > 0) {
        put_number(j, "calibration_error", q->calibration_error, 4);
    } else {
        json_key(j, "calibration_error");
        json_null(j);
    }
    put_answers(j, q);
    put_comparison(j, q);
    json_close(j, '}');
}

static void put_mistake(struct json *j, const struct mistake *m)
{
    json_open(j, '{');
    put_text(j, "id", &m->id);
    json_key(j, "question");
    json_str(j, str_of(m->question));
    put_text(j, "title", &m->title);
    put_text(j, "text", &m->text);
    put_text(j, "label", &m->label);
    put_text(j, "judged", &m->judged);
    json_key(j, "why");
    json_raw(j, buf_str(&m->why));
    json_close(j, '}');
}

void agreement_write_json(const struct agreement_figures *f, struct buf *out)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_put_count(&j, "posts", f->labelled);
    json_put_count(&j, "unlabelled", f->unlabelled);
    json_put_count(&j, "unjudged", f->unjudged);
    if (f->all_questions) {
        json_put_count(&j, "harmless", f->harmless);
        put_interval(&j, "false_alarms", f->false_alarms);
    }
    for (size_t i = 0; i < f->question_count; i++)
        put_question(&j, &f->questions[i]);
    json_key(&j, "worst");
    json_open(&j, '[');
    for (size_t i = 0; i < f->worst_count; i++)
        put_mistake(&j, f->worst[i].thing);
    json_close(&j, ']');
    json_close(&j, '}');
    buf_add_char(out, '\n');
}

/* ---- text ---- */

static void add_interval(struct buf *out, const char *before, struct interval i)
{
    buf_addf(out, "%s%.3f (%.3f to %.3f)", before, i.value, i.low, i.high);
}

static void add_answers(const struct question_figures *q, struct buf *out)
{
    buf_addf(out, "  %-18s %6s  %-22s %-22s %s\n", "", "posts", "precision", "recall", "F1");
    for (size_t i = 0; i < q->answer_count; i++) {
        const struct answer_figures *a = &q->answers[i];
        size_t posts = a->counts.right + a->counts.missed;
        if (posts + a->counts.wrong == 0)
            continue;
        buf_add_text(out, "  ");
        text_add_column(out, a->name, 18, false);
        buf_addf(out, " %6zu", posts);
        add_interval(out, "  ", a->precision);
        add_interval(out, "  ", a->recall);
        add_interval(out, "  ", a->f1);
        buf_add_char(out, '\n');
    }
}

static void add_confusion(const struct question_figures *q, struct buf *out)
{
    bool gaps = false; /* is some post judged to be nothing? */
    for (size_t a = 0; a < q->answer_count; a++)
        gaps = gaps || q->unanswered[a] > 0;
    buf_addf(out, "  %-18s", "labelled \\ judged");
    for (size_t b = 0; b < q->answer_count; b++) {
        buf_add_char(out, ' ');
        text_add_column(out, q->answers[b].name, 9, true);
    }
    buf_add_text(out, gaps ? "         -\n" : "\n");
    for (size_t a = 0; a < q->answer_count; a++) {
        buf_add_text(out, "  ");
        text_add_column(out, q->answers[a].name, 18, false);
        for (size_t b = 0; b < q->answer_count; b++)
            buf_addf(out, " %9zu", q->confusion[a][b]);
        if (gaps)
            buf_addf(out, " %9zu", q->unanswered[a]);
        buf_add_char(out, '\n');
    }
}

static void add_difference(const struct question_figures *q, struct buf *out)
{
    buf_addf(out,
             "  not the same posts and labels in the same order: %zu here, %zu there; post %zu ",
             q->compared, q->compared_other, q->differs_at);
    buf_add_text(out, "is the first that differs");
    if (q->differs_id.len > 0) {
        buf_add_text(out, ", there ");
        text_add_harmless(out, q->differs_id);
    }
    buf_add_char(out, '\n');
}

static void add_comparison(const struct question_figures *q, struct buf *out)
{
    if (q->comparison == COMPARISON_DIFFERENT)
        add_difference(q, out);
    if (q->comparison != COMPARISON_MADE)
        return;
    buf_addf(out, "  all right here and not there: %zu posts, the other way round: %zu (p ",
             q->only_this, q->only_other);
    if (q->p < 0.0001)
        buf_add_text(out, "< 0.0001)\n");
    else
        buf_addf(out, "= %.4f)\n", q->p);
    if (q->left_out > 0)
        buf_addf(out, "  left out there: %zu posts that one run has not judged\n", q->left_out);
}

static void add_question(const struct question_figures *q, struct buf *out)
{
    if (q->posts == 0)
        return;
    text_add_harmless(out, str_of(q->name));
    buf_addf(out, ": %zu %s", q->posts, q->posts == 1 ? "post" : "posts");
    add_interval(out, ", micro-F1 ", q->micro_f1);
    buf_addf(out, ", macro-F1 %.3f\n", q->macro_f1);
    add_answers(q, out);
    if (q->beyond > 0)
        buf_addf(out, "  more than %zu answers: %zu times another one, which does not count\n",
                 q->room, q->beyond);
    if (q->exclusive)
        add_confusion(q, out);
    if (q->probabilities > 0)
        buf_addf(out, "  probabilities are off by %.3f on average\n", q->calibration_error);
    add_comparison(q, out);
    buf_add_char(out, '\n');
}

static void add_harmless(struct buf *out, const char *before, struct str text)
{
    buf_add_text(out, before);
    text_add_harmless(out, text);
}

static void add_mistake(const struct mistake *m, struct buf *out)
{
    add_harmless(out, "", m->id.len > 0 ? buf_str(&m->id) : STR("-"));
    add_harmless(out, ": ", str_of(m->question));
    add_harmless(out, ": labelled ", buf_str(&m->label));
    add_harmless(out, ", judged ", buf_str(&m->judged));
    if (m->title.len > 0)
        add_harmless(out, "\n  ", buf_str(&m->title));
    if (m->text.len > 0 || m->title.len == 0)
        add_harmless(out, "\n  ", buf_str(&m->text));
    add_harmless(out, "\n  ", buf_str(&m->why));
    buf_add_char(out, '\n');
}

void agreement_write_text(const struct agreement_figures *f, struct buf *out)
{
    buf_addf(out, "%zu labelled %s", f->labelled, f->labelled == 1 ? "post" : "posts");
    if (f->unlabelled > 0)
        buf_addf(out, ", %zu without a label", f->unlabelled);
    if (f->unjudged > 0)
        buf_addf(out, ", %zu that nobody has judged (hinoban-classify does)", f->unjudged);
    buf_add_text(out, "\n\n");
    for (size_t i = 0; i < f->question_count; i++)
        add_question(&f->questions[i], out);
    if (f->all_questions && f->harmless > 0) {
        buf_addf(out, "false alarms: %zu of %zu posts without risk and conduct", f->alarms,
                 f->harmless);
        add_interval(out, ", ", f->false_alarms);
        buf_add_text(out, "\n\n");
    }
    for (size_t i = 0; i < f->worst_count; i++)
        add_mistake(f->worst[i].thing, out);
}
