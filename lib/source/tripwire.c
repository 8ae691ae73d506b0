/* Counts in windows, and whether the last is out of its usual range. */
#include "source/tripwire.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define QUANTILE   0.95
#define LEAST_RISE 3 /* posts more than the mean, however quiet it usually is */

static size_t most_windows(const struct series *s)
{
    return (size_t)(TRIPWIRE_DAYS * 86400 / s->span) + 2;
}

static void drop_first(struct series *s, size_t count)
{
    if (count > s->count)
        count = s->count;
    memmove(s->counts, s->counts + count, (s->count - count) * sizeof *s->counts);
    s->count -= count;
    s->first += (int64_t)count;
}

void series_add(struct series *s, int64_t time, int64_t posts)
{
    int64_t window = time / s->span;
    if (s->count == 0)
        s->first = window;
    if (window < s->first && s->first + (int64_t)s->count - window <= (int64_t)most_windows(s)) {
        /* pages of counts may come newest first */
        size_t more = (size_t)(s->first - window);
        for (size_t i = 0; i < more; i++) {
            MEM_GROW(s->counts, s->count, s->cap);
            s->count++;
        }
        memmove(s->counts + more, s->counts, (s->count - more) * sizeof *s->counts);
        memset(s->counts, 0, more * sizeof *s->counts);
        s->first = window;
    }
    if (window < s->first)
        return;
    if (window - s->first > 10 * (int64_t)most_windows(s)) {
        s->count = 0; /* nothing of before is of use */
        s->first = window;
    }
    while (window - s->first >= (int64_t)s->count) {
        MEM_GROW(s->counts, s->count, s->cap);
        s->counts[s->count++] = 0;
    }
    s->counts[window - s->first] += posts;
}

void series_trim(struct series *s, int64_t now)
{
    int64_t oldest = now / s->span - (int64_t)most_windows(s) + 1;
    if (s->count > 0 && s->first < oldest)
        drop_first(s, (size_t)(oldest - s->first));
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Mean and variance of counts that are lowered to their 95th percentile. */
static void moments(const int64_t *counts, size_t count, double *mean, double *variance)
{
    int64_t *sorted = mem_alloc(count * sizeof *sorted);
    memcpy(sorted, counts, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_size);
    int64_t cap = sorted[(size_t)(QUANTILE * (double)(count - 1))];
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        double value = (double)(sorted[i] < cap ? sorted[i] : cap);
        sum += value;
        squares += value * value;
    }
    *mean = sum / (double)count;
    *variance = squares / (double)count - *mean * *mean;
    free(sorted);
}

static int64_t count_of(const struct series *s, int64_t window)
{
    bool there = window >= s->first && window - s->first < (int64_t)s->count;
    return there ? s->counts[window - s->first] : 0;
}

struct tripwire tripwire_look(const struct series *s, int64_t now, double sigma)
{
    struct tripwire t = {0};
    int64_t current = now / s->span, last = current - 1;
    t.count = count_of(s, current) > count_of(s, last) ? count_of(s, current) : count_of(s, last);
    if (s->count == 0 || last - s->first < TRIPWIRE_LEAST)
        return t;
    size_t history = (size_t)(last - s->first);
    if (history > s->count)
        history = s->count;
    double variance;
    moments(s->counts, history, &t.mean, &variance);
    double rise = sigma * sqrt(variance > t.mean ? variance : t.mean);
    t.known = true;
    t.most = fmax(floor(t.mean + rise), ceil(t.mean + LEAST_RISE) - 1);
    t.trips = (double)t.count > t.most;
    return t;
}

void series_write(const struct series *s, struct buf *to)
{
    buf_addf(to, "%lld %lld", (long long)s->span, (long long)s->first);
    for (size_t i = 0; i < s->count; i++)
        buf_addf(to, " %lld", (long long)s->counts[i]);
}

bool series_read(struct series *s, struct str text, int64_t span)
{
    char *copy = mem_string(text), *at = copy, *end;
    bool well = true;
    *s = (struct series){.span = span};
    for (size_t i = 0; *at != '\0' && well; i++, at = end) {
        int64_t number = strtoll(at, &end, 10);
        well = end != at && (i > 0 || number == span) && s->count < most_windows(s);
        if (i == 1)
            s->first = number;
        if (i < 2 || !well)
            continue;
        MEM_GROW(s->counts, s->count, s->cap);
        s->counts[s->count++] = number;
    }
    free(copy);
    if (!well)
        s->count = 0;
    return well;
}

void series_free(struct series *s)
{
    free(s->counts);
    *s = (struct series){0};
}
