/* Options from one table. */
#define _GNU_SOURCE /* getopt_long */
#include "base/opt.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static size_t opt_count(const struct opt_row *const *tables)
{
    size_t count = 0;
    for (; *tables != NULL; tables++)
        for (const struct opt_row *row = *tables; row->key != 0; row++)
            count++;
    return count;
}

void opt_open(struct opt_parser *p, const struct opt_row *const *tables, int argc, char **argv)
{
    size_t count = opt_count(tables);
    *p = (struct opt_parser){.tables = tables, .argc = argc, .argv = argv};
    p->longs = mem_zero(count + 1, sizeof *p->longs);
    p->shorts = mem_zero(2 * count + 1, 1);
    size_t at = 0, s = 0;
    for (; *tables != NULL; tables++)
        for (const struct opt_row *row = *tables; row->key != 0; row++) {
            p->longs[at++] = (struct option){
                row->name, row->arg != NULL ? required_argument : no_argument, NULL, row->key};
            if (row->key < OPT_LONG) {
                p->shorts[s++] = (char)row->key;
                if (row->arg != NULL)
                    p->shorts[s++] = ':';
            }
        }
    char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    if (slash != NULL)
        argv[0] = slash + 1; /* for getopt's messages */
    optind = 0;
}

int opt_next(struct opt_parser *p, const char **arg)
{
    int key = getopt_long(p->argc, p->argv, p->shorts, p->longs, NULL);
    *arg = optarg;
    return key;
}

void opt_close(struct opt_parser *p)
{
    free(p->longs);
    free(p->shorts);
}

void opt_print_help(FILE *to, const struct opt_row *const *tables)
{
    for (; *tables != NULL; tables++)
        for (const struct opt_row *row = *tables; row->key != 0; row++) {
            char left[64];
            snprintf(left, sizeof left, "%c%c%s --%s%s%s", row->key < OPT_LONG ? '-' : ' ',
                     row->key < OPT_LONG ? row->key : ' ', row->key < OPT_LONG ? "," : " ",
                     row->name, row->arg != NULL ? " " : "", row->arg != NULL ? row->arg : "");
            fprintf(to, strlen(left) > 26 ? "  %s\n%30s%s\n" : "  %-26s  %s%s\n", left,
                    strlen(left) > 26 ? "" : row->help, strlen(left) > 26 ? row->help : "");
        }
}

bool opt_number(const char *arg, long long min, long long max, long long *value, struct err *e)
{
    char *end;
    errno = 0;
    long long number = strtoll(arg, &end, 10);
    if (end == arg || *end != '\0' || errno != 0 || number < min || number > max)
        return err_set(e, "'%s' is not a whole number from %lld to %lld", arg, min, max);
    *value = number;
    return true;
}

bool opt_named_number(const char *name, const char *arg, long long min, long long max,
                      long long *value, struct err *e)
{
    struct err why;
    return opt_number(arg, min, max, value, &why) || err_set(e, "--%s: %s", name, why.text);
}

bool opt_size(const char *arg, size_t min, size_t max, size_t *value, struct err *e)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(arg, &end, 10);
    unsigned shift = 0;
    if (end != arg && *end != '\0') {
        static const char units[] = "KMG";
        const char *unit = strchr(units, *end & ~0x20);
        if (unit != NULL && *unit != '\0' && end[1] == '\0') {
            shift = 10 * (unsigned)(unit - units + 1);
            end++;
        }
    }
    if (end == arg || *arg == '-' || *end != '\0' || errno != 0 || number > max >> shift ||
        number << shift < min)
        return err_set(e, "'%s' is not a size from %zu to %zu bytes (units K, M, G)", arg, min,
                       max);
    *value = (size_t)(number << shift);
    return true;
}

bool opt_span(const char *arg, long long min, long long max, long long *seconds, struct err *e)
{
    static const char units[] = "smhdw";
    static const long long lengths[] = {1, 60, 3600, 86400, 7 * 86400};
    char *end;
    errno = 0;
    long long number = strtoll(arg, &end, 10);
    const char *unit = end != arg && *end != '\0' && end[1] == '\0' ? strchr(units, *end) : NULL;
    long long length = unit != NULL ? lengths[unit - units] : 0;
    if (length == 0 || errno != 0 || number < 0 || number > max / length || number * length < min)
        return err_set(e,
                       "'%s' is not a span of time such as 90m, 12h or 7d, of %lld to %lld seconds",
                       arg, min, max);
    *seconds = number * length;
    return true;
}

bool opt_real(const char *arg, double min, double max, double *value, struct err *e)
{
    char *end;
    errno = 0;
    double number = strtod(arg, &end);
    if (end == arg || *end != '\0' || errno != 0 || !(number >= min && number <= max))
        return err_set(e, "'%s' is not a number from %g to %g", arg, min, max);
    *value = number;
    return true;
}
