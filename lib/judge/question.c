/* Questions and their answers as bits. */
#include "judge/question.h"

#include <math.h>

#include "judge/label.h"
#include "record/scan.h"
#include "record/value.h"

const char *const question_names[QUESTIONS] = {"tone",    "intents", "risks",
                                               "conduct", "level",   "support"};

static void add_names(struct question *q, const char *const *names)
{
    for (; *names != NULL; names++)
        intern_add(&q->answers, str_of(*names));
}

static void add_labels(struct question *q, uint32_t labels)
{
    for (int label = 0; label < LABELS; label++)
        if ((labels >> label & 1) != 0)
            intern_add(&q->answers, str_of(label_name((enum label)label)));
}

void question_init(struct question *q, const char *name)
{
    static const char *const tones[] = {"negative", "neutral", "positive", NULL};
    static const char *const levels[] = {"0", "1", "2", "3", "4", NULL};
    static const char *const truths[] = {"true", NULL};
    *q = (struct question){.name = name, .own = true};
    for (size_t i = 0; i < QUESTIONS; i++)
        q->own = q->own && strcmp(name, question_names[i]) != 0;
    if (strcmp(name, "tone") == 0)
        add_names(q, tones);
    else if (strcmp(name, "intents") == 0)
        add_labels(q, LABELS_INTENTS);
    else if (strcmp(name, "risks") == 0)
        add_labels(q, LABELS_RISKS);
    else if (strcmp(name, "conduct") == 0)
        add_labels(q, LABELS_CONDUCT);
    else if (strcmp(name, "level") == 0)
        add_names(q, levels);
    else if (strcmp(name, "support") == 0)
        add_names(q, truths);
    q->exclusive = strcmp(name, "tone") == 0 || strcmp(name, "level") == 0;
}

void question_free(struct question *q)
{
    intern_free(&q->answers);
}

/* An answer by its name; `scratch` is for one with escapes, or an exponent. Empty: it names none.
 */
static struct str answer_name(struct str raw, struct buf *scratch)
{
    enum value_type type = value_type(raw);
    if (type == VALUE_STRING)
        return value_string(raw, scratch);
    bool named = type == VALUE_NUMBER || (type == VALUE_BOOL && value_true(raw));
    return named ? value_short_number(raw, scratch) : (struct str){NULL, 0};
}

static uint32_t read_scalar(struct question *q, struct str raw)
{
    struct buf scratch = {0};
    uint32_t bit = 0;
    struct str name = answer_name(raw, &scratch);
    bool room =
        q->answers.count < question_room(q) || intern_find(&q->answers, name) != INTERN_NONE;
    if (name.len > 0 && room)
        bit = 1u << intern_add(&q->answers, name);
    q->beyond += name.len > 0 && !room;
    buf_free(&scratch);
    return bit;
}

/* Adds the bit of an answer that is known. */
static bool takes_scalar(const struct question *q, struct str raw, uint32_t *answers)
{
    struct buf scratch = {0};
    struct str name = answer_name(raw, &scratch);
    if (value_type(raw) == VALUE_BOOL)
        name = STR("true"); /* false says that this does not hold */
    uint32_t found = name.len > 0 ? intern_find(&q->answers, name) : INTERN_NONE;
    bool takes = name.len > 0 && (q->own || found != INTERN_NONE);
    if (found != INTERN_NONE)
        *answers |= 1u << found;
    buf_free(&scratch);
    return takes;
}

bool question_takes(const struct question *q, struct str raw)
{
    struct walk w;
    struct str item;
    uint32_t answers = 0;
    if (value_nothing(raw))
        return true;
    if (value_type(raw) != VALUE_ARRAY)
        return takes_scalar(q, raw, &answers);
    walk_begin(&w, raw);
    while (walk_next(&w, NULL, &item))
        if (!takes_scalar(q, item, &answers))
            return false;
    bool one = answers != 0 && (answers & (answers - 1)) == 0;
    return !q->exclusive || one;
}

uint32_t question_read(struct question *q, struct str raw)
{
    struct walk w;
    struct str item;
    uint32_t answers = 0;
    if (value_type(raw) != VALUE_ARRAY)
        return read_scalar(q, raw);
    walk_begin(&w, raw);
    while (walk_next(&w, NULL, &item))
        answers |= question_read(q, item);
    return answers;
}

size_t question_room(const struct question *q)
{
    return q->exclusive ? QUESTION_ANSWERS - 1 : QUESTION_ANSWERS;
}

uint32_t question_all(const struct question *q)
{
    return q->answers.count >= 32 ? UINT32_MAX : (1u << q->answers.count) - 1;
}

uint32_t question_find(const struct question *q, struct str key)
{
    if (memchr(key.ptr, '\\', key.len) == NULL)
        return intern_find(&q->answers, key);
    for (uint32_t a = 0; a < q->answers.count; a++)
        if (key_is(key, q->answers.strings[a].ptr))
            return a;
    return INTERN_NONE;
}

/* Returns the question's own object, ptr NULL if there is none. */
static struct str read_probabilities(const struct question *q, struct str object, double *values)
{
    struct str own = {NULL, 0}, key, value;
    struct walk w;
    for (uint32_t a = 0; a < q->answers.count; a++)
        values[a] = NAN;
    if (value_type(object) != VALUE_OBJECT)
        return own;
    walk_begin(&w, object);
    while (walk_next(&w, &key, &value)) {
        uint32_t a = question_find(q, key);
        if (a != INTERN_NONE)
            values[a] = value_number(value, NAN);
        if (key_is(key, q->name))
            own = value;
    }
    return own;
}

void question_probabilities(const struct question *q, struct str probabilities, double *values)
{
    struct str own = read_probabilities(q, probabilities, values);
    if (q->own || value_type(own) == VALUE_OBJECT)
        read_probabilities(q, own, values);
}

void question_write(const struct question *q, uint32_t answers, struct buf *out)
{
    const char *between = "";
    for (uint32_t a = 0; a < q->answers.count; a++)
        if ((answers >> a & 1) != 0) {
            buf_add_text(out, between);
            buf_add_str(out, q->answers.strings[a]);
            between = " ";
        }
    if (answers == 0)
        buf_add_char(out, '-');
}
