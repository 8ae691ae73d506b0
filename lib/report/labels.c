/* The table of labels, read once and looked through by length and bytes: the
 * longest kind has fifteen. */
#include "report/labels.h"

#include <stdlib.h>

#include "base/files.h"

static const char *const kinds[LABEL_KINDS] = {"tone",  "intent", "risk", "conduct",
                                               "level", "tier",   "stage"};

static int kind_of(struct str name)
{
    for (int kind = 0; kind < LABEL_KINDS; kind++)
        if (str_is(name, kinds[kind]))
            return kind;
    return -1;
}

/* False: the last column has none of its words. */
static bool take_rise(const struct table *file, enum label_rise *rise)
{
    struct str word = file->fields > 4 ? file->field[4] : STR("");
    *rise = str_is(word, "good") ? RISE_GOOD : str_is(word, "bad") ? RISE_BAD : RISE_NEITHER;
    return *rise != RISE_NEITHER || word.len == 0;
}

static bool labels_take(struct labels *l, int *last, struct err *e)
{
    int kind = kind_of(l->file.field[0]);
    enum label_rise rise;
    if (kind < *last)
        return table_error(&l->file, e, "kind unknown or out of order:", l->file.field[0]);
    if (l->count == LABEL_MAX)
        return table_error(&l->file, e, "too many labels:", l->file.field[1]);
    if (!take_rise(&l->file, &rise))
        return table_error(&l->file, e, "neither good nor bad:", l->file.field[4]);
    for (; *last < kind; (*last)++)
        l->first[*last + 1] = l->count;
    l->all[l->count++] = (struct label){.kind = (enum label_kind)kind,
                                        .rise = rise,
                                        .name = l->file.field[1],
                                        .shown = {l->file.field[2], l->file.field[3]}};
    return true;
}

bool labels_open(struct labels *l, struct err *e)
{
    *l = (struct labels){0};
    char *path = data_path("labels.tsv");
    bool bad = false, good = table_open(&l->file, path, e);
    free(path);
    if (!good)
        return false;
    int last = 0;
    while (good && table_next(&l->file, 4, 5, &bad, e))
        good = labels_take(l, &last, e);
    for (; last < LABEL_KINDS; last++)
        l->first[last + 1] = l->count;
    if (good && !bad && labels_bits(l) > LABEL_BITS)
        good =
            err_set(e, "labels.tsv: more than %d intents, risks and kinds of conduct", LABEL_BITS);
    if (good && !bad)
        return true;
    labels_close(l);
    return false;
}

void labels_close(struct labels *l)
{
    table_close(&l->file);
    l->count = 0;
}

int labels_find(const struct labels *l, enum label_kind kind, struct str name)
{
    for (size_t i = l->first[kind]; i < l->first[kind + 1]; i++)
        if (str_equal(l->all[i].name, name))
            return (int)(i - l->first[kind]);
    return -1;
}

size_t labels_bits(const struct labels *l)
{
    return l->first[LABEL_CONDUCT + 1] - l->first[LABEL_INTENT];
}

const struct label *labels_of_bit(const struct labels *l, size_t bit)
{
    return &l->all[l->first[LABEL_INTENT] + bit];
}

size_t labels_first_bit(const struct labels *l, enum label_kind kind)
{
    return l->first[kind] - l->first[LABEL_INTENT];
}

struct str labels_shown(const struct labels *l, enum label_kind kind, struct str name, int lang)
{
    int index = labels_find(l, kind, name);
    return index < 0 ? name : l->all[l->first[kind] + (size_t)index].shown[lang];
}
