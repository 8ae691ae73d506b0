/*
 * hinoban-report: judged posts in, a report of one day out. Workers read facts
 * out of records; figures take them in, in the order of the input; at the end the
 * report is made and written in the format asked for.
 */
#define _GNU_SOURCE /* TIOCGWINSZ */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/files.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "report/report.h"

#define WATCHES_MAX 64

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON, FORMAT_HTML };

enum {
    KEY_TEXT = OPT_LONG,
    KEY_MARKDOWN,
    KEY_JSON,
    KEY_HTML,
    KEY_LANG,
    KEY_DAYS,
    KEY_DAY,
    KEY_UNTIL,
    KEY_WATCH,
    KEY_TZ,
    KEY_TOP,
};

static const struct opt_row options[] = {
    {'c', "config", "FILE", "hinoban.conf with the watches"},
    {KEY_TEXT, "text", NULL, "write text for a terminal (the default)"},
    {KEY_MARKDOWN, "markdown", NULL, "write Markdown"},
    {KEY_JSON, "json", NULL, "write all figures as JSON"},
    {KEY_HTML, "html", NULL, "write one self-contained page"},
    {KEY_LANG, "lang", "ja|en", "language of the report (default ja)"},
    {KEY_DAY, "day", "YYYY-MM-DD", "report on this day (default: the last one in the data)"},
    {KEY_DAYS, "days", "N", "compare with up to N days before it (default 28)"},
    {KEY_UNTIL, "until", "TIME", "leave out posts and alerts from this time on (RFC 3339)"},
    {KEY_WATCH, "watch", "NAME", "only posts of this watch; may be given again"},
    {KEY_TZ, "tz", "ZONE", "time zone of days and hours (default Asia/Tokyo)"},
    {KEY_TOP, "top", "N", "posts in a list (default 10)"},
    {'o', "output", "FILE", "write to FILE, which is replaced when all is done"},
    {0, NULL, NULL, NULL},
};

struct program {
    enum format format;
    int lang;
    const struct filter_settings *settings;
    const char *zone, *path, *conf_path;
    const char *only[WATCHES_MAX];
    int64_t now;
    struct figures_plan plan;
    struct labels labels;
    struct texts texts;
    struct figures figures;
    struct conf conf;
    struct normal *normal;
    struct watchlist *watches;
};

/* ---- options ---- */

static bool take_lang(struct program *p, const char *arg, struct err *e)
{
    if (strcmp(arg, "ja") == 0)
        p->lang = LANG_JA;
    else if (strcmp(arg, "en") == 0)
        p->lang = LANG_EN;
    else
        return err_set(e, "'%s' is neither ja nor en", arg);
    return true;
}

static bool take_day(struct program *p, const char *arg, struct err *e)
{
    struct buf time = {0};
    int64_t start;
    buf_addf(&time, "%sT00:00:00Z", arg);
    bool good = strlen(arg) == 10 && clock_parse(buf_str(&time), &start);
    buf_free(&time);
    if (!good)
        return err_set(e, "'%s' is not a day such as 2026-08-22", arg);
    p->plan.day = (int32_t)(start / 86400 - (start % 86400 < 0));
    p->plan.day_fixed = true;
    return true;
}

static bool take_watch(struct program *p, const char *arg, struct err *e)
{
    if (*arg == '\0')
        return err_set(e, "a watch needs a name");
    if (p->plan.only_count == WATCHES_MAX)
        return err_set(e, "more than %d", WATCHES_MAX);
    p->only[p->plan.only_count++] = arg;
    return true;
}

static bool report_option(void *program, int key, const char *arg, struct err *e)
{
    struct program *p = program;
    long long number = 0;
    bool good = true;
    switch (key) {
    case KEY_TEXT: p->format = FORMAT_TEXT; break;
    case KEY_MARKDOWN: p->format = FORMAT_MARKDOWN; break;
    case KEY_JSON: p->format = FORMAT_JSON; break;
    case KEY_HTML: p->format = FORMAT_HTML; break;
    case KEY_LANG: return take_lang(p, arg, e);
    case KEY_DAY: return take_day(p, arg, e);
    case KEY_WATCH: return take_watch(p, arg, e);
    case KEY_TZ: p->zone = arg; break;
    case 'c': p->conf_path = arg; break;
    case 'o': p->path = arg; break;
    case KEY_UNTIL:
        return clock_parse(str_of(arg), &p->plan.until) ||
               err_set(e, "'%s' is not a time such as 2026-08-22T03:57:00Z", arg);
    case KEY_DAYS:
        good = opt_number(arg, 0, 3660, &number, e);
        p->plan.days = (int32_t)number;
        break;
    case KEY_TOP:
        good = opt_number(arg, 1, 1000, &number, e);
        p->plan.top = (size_t)number;
        break;
    default: good = false;
    }
    return good;
}

/* ---- the filter ---- */

/* A watch that the configuration does not define may still stand in records; but if it
 * is a slip of the pen, the report will be of a calm that is none. */
static void warn_of_unknown_watches(const struct program *p)
{
    for (size_t i = 0; i < p->plan.only_count; i++)
        if (watchlist_find(p->watches, str_of(p->only[i])) < 0)
            fprintf(stderr, "hinoban-report: --watch: %s defines no watch '%s'\n", p->conf.path,
                    p->only[i]);
}

static bool open_watches(struct program *p, struct err *e)
{
    if (!conf_read(&p->conf, p->conf_path, e))
        return false;
    p->normal = normal_new();
    p->watches = watchlist_new(&p->conf, p->normal, e);
    if (p->watches != NULL && watchlist_count(p->watches) > 0) {
        p->plan.watches = p->watches;
        warn_of_unknown_watches(p);
    }
    return p->watches != NULL;
}

static bool report_begin(void *program, const struct filter_settings *s, struct err *e)
{
    struct program *p = program;
    p->settings = s;
    p->now = p->plan.now = s->now;
    p->plan.labels = &p->labels;
    p->plan.only = p->only;
    if (!open_watches(p, e))
        return false;
    filter_also_reads(s, p->conf.path);
    if (p->path != NULL && !filter_may_write(s, "output", p->path, e))
        return false;
    return clock_set_zone(p->zone, e) && labels_open(&p->labels, e) &&
           texts_open(&p->texts, p->lang, e) && figures_open(&p->figures, &p->plan, e);
}

static void *report_open_worker(void *program, struct err *e)
{
    struct program *p = program;
    (void)e;
    struct fact_reader *reader = mem_zero(1, sizeof *reader);
    reader->labels = &p->labels;
    reader->now = p->now;
    reader->normal = p->normal;
    reader->watches = p->plan.watches;
    return reader;
}

static void report_close_worker(void *program, void *worker)
{
    struct fact_reader *reader = worker;
    (void)program;
    buf_free(&reader->scratch);
    normal_text_free(&reader->form);
    free(reader);
}

static enum filter_verdict report_work(void *worker, struct filter_item *item)
{
    fact_read(worker, item->record, item->member);
    return FILTER_PUT;
}

static enum filter_verdict report_work_left_out(void *worker, struct filter_item *item)
{
    fact_read_left_out(worker, item->record, item->member);
    return FILTER_PUT;
}

static enum filter_verdict report_settle(void *program, struct filter_item *item)
{
    struct program *p = program;
    figures_add(&p->figures, item->record, item->note);
    return FILTER_DROP;
}

/* ---- writing ---- */

static size_t terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    long width = columns != NULL ? strtol(columns, NULL, 10) : 0;
    struct winsize size;
    if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return width < 40 ? (width > 0 ? 40 : 80) : width > 400 ? 400 : (size_t)width;
}

static bool colour_is_wanted(const struct program *p)
{
    const char *no_colour = getenv("NO_COLOR");
    return p->path == NULL && isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0');
}

static bool write_report(struct program *p, const struct report *r, struct buf *out, struct err *e)
{
    static const struct writer_table *const writers[] = {[FORMAT_TEXT] = &writer_text,
                                                         [FORMAT_MARKDOWN] = &writer_markdown,
                                                         [FORMAT_HTML] = &writer_html};
    struct buf style = {0};
    if (p->format == FORMAT_JSON) {
        report_write_json(r, out);
        return true;
    }
    if (p->format == FORMAT_HTML) {
        char *path = data_path("report.css");
        bool read = file_read(&style, path, e);
        free(path);
        if (!read)
            return false;
    }
    struct writer writer = {.table = writers[p->format],
                            .out = out,
                            .texts = &p->texts,
                            .width = terminal_width(),
                            .colour = colour_is_wanted(p)};
    report_write(r, &writer, buf_text(&style));
    buf_free(&style);
    return true;
}

static bool put_out(const struct program *p, struct str bytes, struct output *out, struct err *e)
{
    if (p->path == NULL) {
        output_add(out, bytes);
        return true;
    }
    struct atomic file;
    if (p->settings->failed)
        return err_set(e, "not all input could be read; %s is not written", p->path);
    if (!atomic_open(&file, p->path, e))
        return false;
    output_add(&file.out, bytes);
    return atomic_commit(&file, e);
}

static bool report_finish(void *program, struct output *out, struct err *e)
{
    struct program *p = program;
    struct report r;
    struct buf bytes = {0};
    p->figures.rejected = p->settings->rejected;
    p->figures.unread = p->settings->unread;
    report_make(&r, &p->figures, &p->texts, p->now, p->zone);
    bool done = write_report(p, &r, &bytes, e) && put_out(p, buf_str(&bytes), out, e);
    report_free(&r);
    buf_free(&bytes);
    return done;
}

static const struct filter filter = {
    .name = "report",
    .summary = "Writes a report of a day of judged posts.",
    .operands = "[FILE]...",
    .options = options,
    .asks_time = true,
    .option = report_option,
    .begin = report_begin,
    .members = fact_members,
    .kinds = fact_kinds,
    .sums_up = true,
    .work = report_work,
    .work_left_out = report_work_left_out,
    .settle = report_settle,
    .open_worker = report_open_worker,
    .close_worker = report_close_worker,
    .finish = report_finish,
};

int main(int argc, char **argv)
{
    struct program program = {
        .zone = "Asia/Tokyo",
        .plan = {.until = CLOCK_UNKNOWN, .days = 28, .top = 10},
    };
    int status = filter_main(&filter, &program, argc, argv);
    figures_close(&program.figures);
    texts_close(&program.texts);
    labels_close(&program.labels);
    watchlist_free(program.watches);
    normal_free(program.normal);
    conf_free(&program.conf);
    return status;
}
