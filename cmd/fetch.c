/*
 * hinoban-fetch: the sources of hinoban.conf to posts. Networks are in lib/source, the
 * run is in lib/fetch; here are the options and what is said at the end.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/opt.h"
#include "fetch/memory.h"
#include "fetch/run.h"
#include "fetch/status.h"
#include "filter/filter.h"

#define NAME "hinoban-fetch"

enum {
    KEY_CRON = OPT_LONG,
    KEY_STATE,
    KEY_STATUS,
    KEY_JSON,
    KEY_REFRESH,
    KEY_PROGRESS,
    KEY_REJECTS,
    KEY_NOW,
    KEY_TZ,
    KEY_VERSION
};

static const struct opt_row options[] = {
    {'c', "config", "FILE", "the configuration (default: see hinoban.conf(5))"},
    {KEY_STATE, "state", "DIR", "where cursors and budgets are kept (--state /var/lib/hinoban)"},
    {KEY_CRON, "cron", NULL, "only sources whose time has come; quiet when another run is at work"},
    {KEY_REFRESH, "refresh", NULL, "read the posts that standard input names again"},
    {KEY_STATUS, "status", NULL, "tell what was read, what it cost, and when next; fetch nothing"},
    {KEY_JSON, "json", NULL, "with --status: a line of JSON for each source"},
    {KEY_PROGRESS, "progress", NULL, "show how far it is, where standard error is a terminal"},
    {KEY_REJECTS, "rejects", "FILE", "write answers that are not taken in whole to FILE"},
    {KEY_NOW, "now", "TIME", "the time that counts as now (RFC 3339)"},
    {KEY_TZ, "tz", "ZONE", "with --status: its time zone (default Asia/Tokyo)"},
    {'h', "help", NULL, "print this help and exit"},
    {KEY_VERSION, "version", NULL, "print the version and exit"},
    {0, NULL, NULL, NULL},
};

static const struct opt_row *const tables[] = {options, NULL};

struct program {
    const char *config, *state, *rejects, *zone; /* NULL: not given */
    bool cron, refresh, status, json, progress;
    int64_t now;
    char *directory;
    struct conf conf;
    struct plan plan;
    char *const *names;
    size_t name_count;
};

/* One line for people. */
static void say(const char *text)
{
    char *line = mem_string(str_of(text));
    err_one_line(line);
    fprintf(stderr, NAME ": %s\n", line);
    free(line);
}

static int fail(const struct err *e)
{
    say(e->text);
    return STATUS_FAILED;
}

static bool take_option(struct program *p, int key, const char *arg, struct err *e)
{
    switch (key) {
    case 'c': p->config = arg; return true;
    case KEY_STATE: p->state = arg; return *arg != '\0' || err_set(e, "--state: no folder named");
    case KEY_CRON: p->cron = true; return true;
    case KEY_STATUS: p->status = true; return true;
    case KEY_JSON: p->json = true; return true;
    case KEY_REFRESH: p->refresh = true; return true;
    case KEY_PROGRESS: p->progress = true; return true;
    case KEY_REJECTS: p->rejects = arg; return true;
    case KEY_TZ: p->zone = arg; return true;
    default:
        return clock_parse(str_of(arg), &p->now) ||
               err_set(e, "--now: '%s' is not a time such as 2026-08-22T03:57:00Z", arg);
    }
}

static bool check_options(struct program *p, struct err *e)
{
    if (p->json && !p->status)
        return err_set(e, "--json goes with --status");
    if (p->zone != NULL && !p->status)
        return err_set(e, "--tz goes with --status");
    if (p->status && (p->refresh || p->cron || p->progress || p->rejects != NULL))
        return err_set(e, "--status stands alone");
    if (p->status && p->name_count > 0)
        return err_set(e, "--status tells of all sources and takes no operands");
    if (p->refresh && p->cron)
        return err_set(e, "--refresh and --cron do not go together");
    if (p->refresh && p->name_count > 0)
        return err_set(e, "--refresh takes ids from standard input and no operands");
    return true;
}

static bool check_names(const struct program *p, struct err *e)
{
    for (size_t i = 0; i < p->name_count; i++)
        if (plan_find(&p->plan, p->names[i]) == NULL)
            return err_set(e, "no [source %s] in %s", p->names[i], p->conf.path);
    return true;
}

static bool open_plan(struct program *p, struct err *e)
{
    if (!conf_read(&p->conf, p->config, e))
        return false;
    if (p->conf.path == NULL)
        return err_set(e, "no configuration: write ~/.config/hinoban/hinoban.conf or say -c FILE");
    if (!plan_read(&p->plan, &p->conf, e))
        return false;
    if (p->plan.count == 0)
        return err_set(e, "%s has no [source NAME]", p->conf.path);
    if (!check_names(p, e))
        return false;
    p->directory = p->state != NULL ? mem_string(str_of(p->state)) : memory_default_directory(e);
    return p->directory != NULL;
}

/* ---- status ---- */

static int tell_status(struct program *p, struct output *out)
{
    struct buf text = {0};
    struct err e;
    int64_t now = p->now != CLOCK_UNKNOWN ? p->now : clock_now();
    if (!clock_set_zone(p->zone != NULL ? p->zone : "Asia/Tokyo", &e))
        return fail(&e);
    bool well = p->json ? status_json(&p->plan, p->directory, now, &text, &e)
                        : status_table(&p->plan, p->directory, now, &text, &e);
    if (!well)
        say(e.text);
    output_add(out, buf_str(&text));
    buf_free(&text);
    if (!output_flush(out, &e))
        return fail(&e);
    return well ? STATUS_OK : STATUS_PARTLY;
}

/* ---- fetching ---- */

static bool run(struct program *p, struct output *out, struct output *rejects,
                struct run_result *result, struct err *e)
{
    struct run_plan plan = {.plan = &p->plan,
                            .directory = p->directory,
                            .now = p->now,
                            .cron = p->cron,
                            .names = p->names,
                            .name_count = p->name_count,
                            .progress = p->progress && isatty(STDERR_FILENO),
                            .out = out,
                            .rejects = rejects,
                            .say = say};
    if (!p->refresh)
        return run_poll(&plan, result, e);
    struct buf ids = {0};
    bool done = file_read(&ids, "-", e) && run_refresh(&plan, buf_str(&ids), result, e);
    buf_free(&ids);
    return done;
}

static bool open_rejects(const struct program *p, struct output *rejects, struct err *e)
{
    const char *path = p->rejects;
    if (plan_reads(&p->plan, path) || memory_holds(p->directory, path) ||
        (p->refresh && file_is(path, "-")))
        return err_set(e, "--rejects: %s is also read", path);
    return output_create(rejects, path, "rejects", e);
}

/* With the state locked. */
static int fetch_locked(struct program *p, struct output *out)
{
    struct output file, *rejects = p->rejects != NULL ? &file : NULL;
    struct run_result result;
    struct err e, late;
    if (rejects != NULL && !open_rejects(p, rejects, &e))
        return fail(&e);
    bool done = run(p, out, rejects, &result, &e);
    if (rejects != NULL && !output_close(rejects, &late) && done)
        return fail(&late);
    if (!done || !output_flush(out, &e))
        return fail(&e);
    if (!p->cron && result.polled == 0 && result.failed == 0 && result.waiting > 0)
        say("nothing to ask: every source waits (--status tells until when)");
    return result.failed + result.faulty + result.unread > 0 ? STATUS_PARTLY : STATUS_OK;
}

static int fetch(struct program *p, struct output *out)
{
    struct err e;
    bool busy;
    if (!memory_prepare(p->directory, &e))
        return fail(&e);
    if (!memory_lock(p->directory, &busy, &e)) {
        say(e.text);
        return busy && p->cron ? STATUS_OK : STATUS_FAILED;
    }
    return fetch_locked(p, out);
}

static int print(const char *format, const char *text)
{
    printf(format, text);
    if (strcmp(text, NAME) == 0) {
        printf("Reads the sources of hinoban.conf and writes posts, one JSON object a line.\n\n");
        opt_print_help(stdout, tables);
    }
    if (fflush(stdout) == 0)
        return STATUS_OK;
    struct err e;
    err_system(&e, "cannot write standard output");
    return fail(&e);
}

int main(int argc, char **argv)
{
    struct program p = {.now = CLOCK_UNKNOWN};
    struct opt_parser parser;
    struct output out;
    struct err e;
    const char *arg;
    int key, status = -1;
    if (!output_hold_standard())
        return STATUS_FAILED;
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN);       /* a limit of size is told as a full disk is */
    setlocale(LC_CTYPE, "C.UTF-8"); /* libcurl takes names like 日本.example by it */
    opt_open(&parser, tables, argc, argv);
    while (status < 0 && (key = opt_next(&parser, &arg)) != -1) {
        if (key == 'h')
            status = print("usage: %s [OPTION]... [SOURCE]...\n", NAME);
        else if (key == KEY_VERSION)
            status = print(NAME " %s\n", PACKAGE_VERSION);
        else if (key == '?')
            status = STATUS_FAILED;
        else if (!take_option(&p, key, arg, &e))
            status = fail(&e);
    }
    opt_close(&parser);
    p.names = argv + optind;
    p.name_count = optind < argc ? (size_t)(argc - optind) : 0;
    if (status < 0 && (!check_options(&p, &e) || !open_plan(&p, &e)))
        status = fail(&e);
    if (status < 0) {
        output_open_standard(&out);
        status = p.status ? tell_status(&p, &out) : fetch(&p, &out);
        buf_free(&out.pending);
    }
    plan_free(&p.plan);
    conf_free(&p.conf);
    free(p.directory);
    return status;
}
