/*
 * The loop behind every filter. A job is a chunk of whole lines; workers turn it
 * into output bytes, complaints and (where the order matters to the program) a
 * list of records to settle; one thread collects the jobs in order and does
 * everything that can be seen from outside: standard output, standard error, the
 * file of rejects, the line numbers.
 */
#define _GNU_SOURCE /* getopt_long */
#include "filter/filter.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/turns.h"
#include "record/expr.h"
#include "record/write.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define MAX_JOBS       256
#define EXPECTED_AHEAD 8 /* records: as long as memory takes to come */

enum {
    KEY_WHERE = OPT_LONG + 1000,
    KEY_REJECTS,
    KEY_STRICT,
    KEY_MAX_LINE,
    KEY_NOW,
    KEY_VERSION,
};

static const struct opt_row common_options[] = {
    {KEY_WHERE, "where", "EXPR", "take only records for which this jq expression is true"},
    {'j', "jobs", "N", "worker threads (default: as many as fit the work)"},
    {KEY_REJECTS, "rejects", "FILE", "write lines that are not taken to FILE, unchanged"},
    {KEY_STRICT, "strict", NULL, "stop at the first bad line"},
    {KEY_MAX_LINE, "max-line", "SIZE", "longest line taken (default 64M)"},
    {'h', "help", NULL, "print this help and exit"},
    {KEY_VERSION, "version", NULL, "print the version and exit"},
    {0, NULL, NULL, NULL},
};

static const struct opt_row time_options[] = {
    {KEY_NOW, "now", "TIME", "the time that counts as now (RFC 3339)"},
    {0, NULL, NULL, NULL},
};

static const struct opt_row no_options[] = {{0, NULL, NULL, NULL}};

struct complaint {
    size_t line;    /* in the chunk, from 1 */
    struct str raw; /* the line as it came, for the file of rejects; ptr NULL: told before */
    size_t what_at; /* in the job's `whats`, with a NUL behind it */
};

/* A line that waits for its turn, where the program settles in order. */
struct waiting {
    struct str raw; /* pass it on as it is, unless `settle` */
    bool settle;
    size_t line; /* in the chunk, from 1 */
    struct record record;
    size_t note_at, note_len;
};

struct job {
    struct chunk chunk;
    struct buf out;
    struct buf notes;
    struct complaint *complaints;
    size_t complaint_count, complaint_cap;
    struct buf whats; /* what is wrong, one text after another */
    struct buf bad;   /* the parts of a document that were not taken */
    struct waiting *waiting;
    size_t waiting_count, waiting_cap;
    size_t lines;
};

/* Files that are read beside the operands. */
struct filter_files {
    char **paths;
    size_t count, capacity;
};

struct run {
    const struct filter *f;
    void *program;
    struct shape shape;
    struct filter_settings settings;
    struct filter_files also;
    size_t max_line;

    struct output out, rejects;
    struct buf member; /* for settle */
    size_t line;       /* of the current file, read so far */
    int status;
    bool stopped;
};

struct worker {
    struct run *run;
    void *own;
    struct expr *where;
    struct buf member;
};

/* ---- diagnostics ---- */

static void say(const struct filter *f, const char *file, size_t line, const char *what)
{
    struct buf message = {0};
    buf_addf(&message, "hinoban-%s: ", f->name);
    if (line > 0)
        buf_addf(&message, "%s:%zu: ", file, line);
    buf_addf(&message, "%s\n", what);
    struct str left = buf_str(&message);
    while (left.len > 0) {
        ssize_t written = write(STDERR_FILENO, left.ptr, left.len);
        if (written <= 0)
            break;
        left = str_from(left, (size_t)written);
    }
    buf_free(&message);
}

static int fail(const struct filter *f, const struct err *e)
{
    say(f, NULL, 0, e->text);
    return STATUS_FAILED;
}

static void complain(struct job *job, struct str raw, const struct err *what)
{
    MEM_GROW(job->complaints, job->complaint_count, job->complaint_cap);
    job->complaints[job->complaint_count++] =
        (struct complaint){.line = job->lines, .raw = raw, .what_at = job->whats.len};
    buf_add(&job->whats, what->text, strlen(what->text) + 1);
}

static void complain_too_long(struct job *job, struct str raw, size_t limit)
{
    struct err e;
    err_set(&e, "longer than the limit of %zu bytes (--max-line)", limit);
    complain(job, raw, &e);
}

static void complain_at(struct job *job, struct str raw, const char *what, size_t at)
{
    struct err e;
    err_set(&e, "%s at byte %zu", what, at + 1);
    complain(job, raw, &e);
}

/* ---- work on one chunk, in a worker's thread ---- */

static bool is_blank(struct str line)
{
    return str_trim(line).len == 0;
}

static void pass_on(struct worker *w, struct job *job, struct str line)
{
    const struct filter *f = w->run->f;
    if (f->sums_up)
        return;
    if (f->settle != NULL) {
        MEM_GROW(job->waiting, job->waiting_count, job->waiting_cap);
        struct waiting *waiting = &job->waiting[job->waiting_count++];
        waiting->settle = false;
        waiting->raw = line;
    } else {
        buf_add_str(&job->out, line);
        buf_add_char(&job->out, '\n');
    }
}

static bool kind_is_ours(const struct filter *f, const struct record *r)
{
    struct str kind = r->member[MEMBER_KIND];
    if (kind.ptr == NULL) /* without kind, a text makes it a post */
        return r->member[MEMBER_TEXT].ptr != NULL;
    if (*kind.ptr != '"')
        return false;
    struct str name = {kind.ptr + 1, kind.len - 2};
    for (const char *const *known = f->kinds; *known != NULL; known++)
        if (key_is(name, *known))
            return true;
    return false;
}

static bool text_is_wrong(const struct record *r)
{
    struct str text = r->member[MEMBER_TEXT];
    return text.ptr != NULL && text.ptr[0] != '"' && text.ptr[0] != 'n';
}

/* Asks --where whether a record is taken. False where it cannot tell: the line is bad. */
static bool ask_where(struct worker *w, struct job *job, struct str line, struct str json,
                      bool *taken)
{
    *taken = w->where == NULL;
    if (*taken)
        return true;
    struct err why, e;
    if (expr_test(w->where, json, taken, &why))
        return true;
    err_set(&e, "--where: %s", why.text);
    complain(job, line, &e);
    return false;
}

static void work_on_record(struct worker *w, struct job *job, struct str line,
                           const struct record *r, filter_work *work)
{
    struct run *run = w->run;
    buf_clear(&w->member);
    struct filter_item item = {.record = r, .member = &w->member};
    enum filter_verdict verdict = work(w->own, &item);
    if (verdict == FILTER_BAD) {
        struct err e;
        err_set(&e, "%s", item.problem);
        complain(job, line, &e);
    } else if (verdict == FILTER_TEXT) {
        buf_add_str(&job->out, buf_str(&w->member));
    } else if (verdict == FILTER_PASS) {
        pass_on(w, job, line);
    } else if (verdict == FILTER_PUT && run->f->settle == NULL) {
        record_put(&job->out, &run->shape, r, buf_str(&w->member));
    } else if (verdict == FILTER_PUT) {
        MEM_GROW(job->waiting, job->waiting_count, job->waiting_cap);
        struct waiting *waiting = &job->waiting[job->waiting_count++];
        waiting->settle = true;
        waiting->line = job->lines;
        waiting->raw = line;
        record_copy(&waiting->record, r, &run->shape);
        waiting->note_at = job->notes.len;
        waiting->note_len = w->member.len;
        buf_add_str(&job->notes, buf_str(&w->member));
    }
}

/* What --where does not take is gone, but for a program that wants to know of it. */
static void leave_out(struct worker *w, struct job *job, struct str line, const struct record *r)
{
    const struct filter *f = w->run->f;
    if (f->work_left_out != NULL && kind_is_ours(f, r))
        work_on_record(w, job, line, r, f->work_left_out);
}

static void work_on_line(struct worker *w, struct job *job, struct str line)
{
    struct run *run = w->run;
    struct record r;
    struct scan_error fault;
    bool taken;
    if (line.len > run->max_line) {
        complain_too_long(job, line, run->max_line);
    } else if (!record_scan(&run->shape, line, &r, &fault)) {
        if (!is_blank(line))
            complain_at(job, line, fault.what, fault.at);
    } else if (!ask_where(w, job, line, r.line, &taken)) {
        return;
    } else if (!taken) {
        leave_out(w, job, line, &r);
    } else if (!kind_is_ours(run->f, &r)) {
        pass_on(w, job, line);
    } else if (text_is_wrong(&r)) {
        complain_at(job, line, "text is not a string",
                    (size_t)(r.member[MEMBER_TEXT].ptr - line.ptr));
    } else {
        work_on_record(w, job, line, &r, run->f->work);
    }
}

/* Keeps of the lines made from `from` on those that --where takes. */
static void sift_lines(struct worker *w, struct job *job, size_t from, struct str raw)
{
    if (w->where == NULL)
        return;
    struct buf made = {0};
    buf_add(&made, job->out.data + from, job->out.len - from);
    job->out.len = from;
    struct str rest = buf_str(&made);
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest);
        bool taken;
        if (!ask_where(w, job, raw, line, &taken)) {
            raw = (struct str){NULL, 0}; /* rejected once is enough */
        } else if (taken) {
            buf_add_str(&job->out, line);
            buf_add_char(&job->out, '\n');
        }
    }
    buf_free(&made);
}

static void convert_text(struct worker *w, struct job *job, struct str text, bool document)
{
    struct run *run = w->run;
    if (!document && text.len > run->max_line) {
        complain_too_long(job, text, run->max_line);
        return;
    }
    size_t from = job->out.len, complaints = job->complaint_count;
    struct filter_source source = {.file = job->chunk.file,
                                   .text = text,
                                   .document = document,
                                   .lines = &job->out,
                                   .out = run->f->in_order ? &run->out : NULL,
                                   .bad = run->settings.rejects != NULL ? &job->bad : NULL,
                                   .at = SIZE_MAX};
    source.problem.text[0] = '\0';
    bool whole = run->f->convert(w->own, &source);
    sift_lines(w, job, from, text);
    if (whole)
        return;
    if (job->complaint_count > complaints)
        text = (struct str){NULL, 0};
    else if (job->bad.len > 0)
        text = buf_str(&job->bad);
    if (source.at == SIZE_MAX)
        complain(job, text, &source.problem);
    else
        complain_at(job, text, source.problem.text, source.at);
}

/* The line without its newline, and what is left of the text behind it. */
static struct str take_line(struct str *rest)
{
    return str_cut(*rest, '\n', rest);
}

static void work_on_lines(struct worker *w, struct job *job)
{
    struct run *run = w->run;
    struct str rest = buf_str(&job->chunk.text);
    if (job->chunk.opens)
        rest = str_unmarked(rest);
    while (rest.len > 0) {
        struct str line = take_line(&rest);
        job->lines++;
        if (run->f->convert == NULL)
            work_on_line(w, job, line);
        else if (!is_blank(line))
            convert_text(w, job, line, false);
        if (run->settings.strict && job->complaint_count > 0)
            break;
    }
}

static void work_on_job(void *worker, void *given)
{
    struct worker *w = worker;
    struct job *job = given;
    buf_clear(&job->out);
    buf_clear(&job->notes);
    buf_clear(&job->whats);
    buf_clear(&job->bad);
    job->complaint_count = job->waiting_count = job->lines = 0;
    if (job->chunk.piece == INPUT_LINES) {
        work_on_lines(w, job);
    } else if (job->chunk.piece == INPUT_DOCUMENT) {
        job->lines = 1;
        struct str text = buf_str(&job->chunk.text);
        convert_text(w, job, text, true);
    }
}

/* ---- collecting, in order ---- */

static void write_reject(struct run *run, struct str raw, bool newline)
{
    if (run->settings.rejects == NULL || raw.ptr == NULL)
        return;
    output_add(&run->rejects, raw);
    if (newline)
        output_add(&run->rejects, STR("\n"));
}

static void tell_complaint(struct run *run, const struct job *job, const struct complaint *c)
{
    bool document = job->chunk.piece == INPUT_DOCUMENT;
    const char *what = job->whats.data + c->what_at;
    run->settings.rejected += c->raw.ptr != NULL;
    run->status = run->status == STATUS_OK ? STATUS_PARTLY : run->status;
    if (document) {
        struct err e;
        err_set(&e, "%s: %s", job->chunk.file, what);
        say(run->f, NULL, 0, e.text);
    } else {
        say(run->f, job->chunk.file, run->line + c->line, what);
    }
    write_reject(run, c->raw, c->raw.len == 0 || c->raw.ptr[c->raw.len - 1] != '\n');
    run->stopped = run->stopped || run->settings.strict;
}

static void settle_one(struct run *run, const struct job *job, const struct waiting *waiting)
{
    buf_clear(&run->member);
    struct filter_item item = {.record = &waiting->record,
                               .member = &run->member,
                               .file = job->chunk.file,
                               .line = run->line + waiting->line,
                               .ahead = &run->out,
                               .note = {job->notes.data + waiting->note_at, waiting->note_len}};
    enum filter_verdict verdict = run->f->settle(run->program, &item);
    if (verdict == FILTER_PUT)
        record_put(&run->out.pending, &run->shape, &waiting->record, buf_str(&run->member));
    else if (verdict == FILTER_PASS) {
        output_add(&run->out, waiting->raw);
        output_add(&run->out, STR("\n"));
    }
    output_add(&run->out, STR(""));
}

static void expect_one(struct run *run, const struct job *job, size_t i)
{
    if (i >= job->waiting_count || !job->waiting[i].settle)
        return;
    const struct waiting *waiting = &job->waiting[i];
    run->f->expect(run->program,
                   (struct str){job->notes.data + waiting->note_at, waiting->note_len});
}

static void collect_waiting(struct run *run, const struct job *job)
{
    for (size_t i = 0; i < job->waiting_count; i++) {
        const struct waiting *waiting = &job->waiting[i];
        if (run->f->expect != NULL)
            expect_one(run, job, i + EXPECTED_AHEAD);
        if (waiting->settle) {
            settle_one(run, job, waiting);
        } else {
            output_add(&run->out, waiting->raw);
            output_add(&run->out, STR("\n"));
        }
    }
}

static void collect_broken(struct run *run, const struct job *job)
{
    say(run->f, NULL, 0, job->chunk.problem.text);
    run->settings.unread++;
    int status = job->chunk.at_fault ? STATUS_FAILED : STATUS_PARTLY;
    if (status > run->status)
        run->status = status;
    run->stopped = run->stopped || run->settings.strict;
}

/* A line over the limit arrives in pieces, each its own job. */
static void collect_long(struct run *run, const struct job *job)
{
    if (job->chunk.piece == INPUT_LONG) {
        run->line++;
        run->settings.rejected++;
        struct err e;
        err_set(&e, "longer than the limit of %zu bytes (--max-line)", run->max_line);
        say(run->f, job->chunk.file, run->line, e.text);
        run->status = run->status == STATUS_OK ? STATUS_PARTLY : run->status;
    }
    struct str raw = buf_str(&job->chunk.text);
    bool last = job->chunk.piece == INPUT_LONG_END;
    write_reject(run, raw, last && !(raw.len > 0 && raw.ptr[raw.len - 1] == '\n'));
    run->stopped = run->stopped || (last && run->settings.strict);
}

static bool collect_job(void *context, void *collected, bool idle)
{
    struct run *run = context;
    const struct job *job = collected;
    if (job->chunk.opens)
        run->line = 0;
    if (job->chunk.piece == INPUT_BROKEN)
        collect_broken(run, job);
    else if (job->chunk.piece != INPUT_LINES && job->chunk.piece != INPUT_DOCUMENT)
        collect_long(run, job);
    output_add(&run->out, buf_str(&job->out));
    collect_waiting(run, job);
    for (size_t i = 0; i < job->complaint_count; i++)
        tell_complaint(run, job, &job->complaints[i]);
    run->line += job->lines;
    struct err ignored;
    if (idle && job->chunk.pausing) {
        output_flush(&run->out, &ignored);
        if (run->settings.rejects != NULL)
            output_flush(&run->rejects, &ignored);
    }
    return !run->stopped && run->out.error == 0 && run->rejects.error == 0;
}

/* ---- the run ---- */

static void read_all(struct run *run, struct pool *pool)
{
    struct input *in =
        input_new(run->settings.operands, run->settings.operand_count, run->max_line);
    if (run->f->is_document != NULL)
        input_documents(in, run->f->is_document, run->program);
    for (;;) {
        struct job *job = pool_free_job(pool);
        if (job == NULL || !input_next(in, &job->chunk))
            break;
        pool_give(pool);
    }
    pool_finish(pool);
    input_free(in);
}

static struct expr *open_where(const struct filter_settings *s, struct err *e)
{
    return s->now_told ? expr_new_at(s->where, s->now, e) : expr_new(s->where, e);
}

static bool open_workers(struct run *run, struct worker *workers, size_t count, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        workers[i].run = run;
        if (run->settings.where != NULL) {
            struct err why;
            workers[i].where = open_where(&run->settings, &why);
            if (workers[i].where == NULL)
                return err_set(e, "--where: %s", why.text);
        }
        workers[i].own = run->f->open_worker(run->program, e);
        if (workers[i].own == NULL)
            return false;
    }
    return true;
}

static void close_workers(struct run *run, struct worker *workers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (workers[i].own != NULL)
            run->f->close_worker(run->program, workers[i].own);
        expr_free(workers[i].where);
        buf_free(&workers[i].member);
    }
}

static bool work_in_pool(struct run *run, struct worker *workers, struct err *e)
{
    size_t threads = run->settings.jobs > 1 ? run->settings.jobs : 0;
    size_t job_count = threads > 0 ? 2 * threads + 2 : 1;
    struct job *jobs = mem_zero(job_count, sizeof *jobs);
    void **job_list = mem_zero(job_count, sizeof *job_list);
    void **worker_list = mem_zero(run->settings.jobs, sizeof *worker_list);
    for (size_t i = 0; i < job_count; i++)
        job_list[i] = &jobs[i];
    for (size_t i = 0; i < run->settings.jobs; i++)
        worker_list[i] = &workers[i];
    struct pool_plan plan = {.threads = threads,
                             .workers = worker_list,
                             .jobs = job_list,
                             .job_count = job_count,
                             .work = work_on_job,
                             .collect = collect_job,
                             .context = run};
    struct pool *pool = pool_new(&plan);
    if (pool == NULL)
        err_system(e, "cannot start %zu threads", threads);
    else
        read_all(run, pool);
    for (size_t i = 0; i < job_count; i++) {
        buf_free(&jobs[i].chunk.text);
        buf_free(&jobs[i].out);
        buf_free(&jobs[i].notes);
        buf_free(&jobs[i].whats);
        buf_free(&jobs[i].bad);
        free(jobs[i].complaints);
        free(jobs[i].waiting);
    }
    free(jobs);
    free(job_list);
    free(worker_list);
    return pool != NULL;
}

void filter_also_reads(const struct filter_settings *s, const char *path)
{
    struct filter_files *also = s->also;
    if (path == NULL)
        return;
    MEM_GROW(also->paths, also->count, also->capacity);
    also->paths[also->count++] = mem_string(str_of(path));
}

void filter_also_reads_data(const struct filter_settings *s, const char *name)
{
    char *path = data_path(name);
    filter_also_reads(s, path);
    free(path);
}

static void forget_files(struct filter_files *also)
{
    for (size_t i = 0; i < also->count; i++)
        free(also->paths[i]);
    free(also->paths);
}

/* Is the file at path one of the inputs? */
static bool is_read(const struct filter_settings *s, const char *path)
{
    bool reads = s->operand_count == 0 && file_is(path, "-");
    for (size_t i = 0; i < s->operand_count && !reads; i++)
        reads = file_is(path, s->operands[i]);
    for (size_t i = 0; i < s->also->count && !reads; i++) { /* or will read, as a state */
        const char *also = s->also->paths[i];
        reads = strcmp(also, "-") == 0 ? file_is(path, also) : file_is_one(path, also);
    }
    return reads;
}

bool filter_may_write(const struct filter_settings *s, const char *option, const char *path,
                      struct err *e)
{
    if (strcmp(path, "-") == 0)
        return true;
    if (is_read(s, path))
        return err_set(e, "--%s: %s is also the input", option, path);
    if (s->rejects != NULL && s->rejects != path && file_is_one(s->rejects, path))
        return err_set(e, "--%s: %s is also the file of --rejects", option, path);
    return true;
}

static bool open_rejects(struct run *run, struct err *e)
{
    const char *path = run->settings.rejects;
    run->rejects.fd = -1;
    if (path == NULL)
        return true;
    return filter_may_write(&run->settings, "rejects", path, e) &&
           output_create(&run->rejects, path, "rejects", e);
}

static int run_filter(struct run *run)
{
    const struct filter *f = run->f;
    struct err e = {.text = ""};
    static const char *const none[] = {NULL};
    shape_init(&run->shape, f->members != NULL ? f->members : none, f->adds);
    output_open_standard(&run->out);
    if (f->begin != NULL && !f->begin(run->program, &run->settings, &e))
        return fail(f, &e);
    size_t workers_wanted = run->settings.jobs;
    struct worker *workers = mem_zero(workers_wanted, sizeof *workers);
    bool done = open_workers(run, workers, workers_wanted, &e) && open_rejects(run, &e) &&
                work_in_pool(run, workers, &e);
    close_workers(run, workers, workers_wanted);
    free(workers);
    buf_free(&run->member);
    run->settings.failed = run->status == STATUS_FAILED;
    if (done && f->finish != NULL && !(run->stopped && run->settings.strict))
        done = f->finish(run->program, &run->out, &e);
    if (!done)
        fail(f, &e);
    struct err late;
    if (!output_close(&run->out, &late))
        done = fail(f, &late) == STATUS_OK;
    if (run->settings.rejects != NULL && run->rejects.fd >= 0 &&
        !output_close(&run->rejects, &late))
        done = fail(f, &late) == STATUS_OK;
    if (done && f->keep != NULL && !run->stopped && run->status != STATUS_FAILED)
        done = f->keep(run->program, &e) || fail(f, &e) == STATUS_OK;
    return done ? run->status : STATUS_FAILED;
}

static void print_help(const struct filter *f, const struct opt_row *const *tables)
{
    printf("usage: hinoban-%s [OPTION]... %s\n%s\n\n", f->name, f->operands, f->summary);
    opt_print_help(stdout, tables);
    printf("\nThe manual: man hinoban-%s\n", f->name);
}

/* Ends a --help or --version: standard output may be full. */
static int close_stdout(const struct filter *f)
{
    struct err e;
    if (fflush(stdout) == 0)
        return STATUS_OK;
    err_system(&e, "cannot write standard output");
    return fail(f, &e);
}

/* Puts the option's long name before what is wrong with its argument. */
static void name_option(struct err *e, const struct opt_row *const *tables, int key)
{
    struct err what = *e;
    for (; *tables != NULL; tables++)
        for (const struct opt_row *row = *tables; row->key != 0; row++)
            if (row->key == key)
                err_set(e, "--%s: %s", row->name, what.text);
}

static bool take_common(struct run *run, int key, const char *arg, struct err *e)
{
    long long number;
    switch (key) {
    case KEY_WHERE: run->settings.where = arg; return true;
    case KEY_REJECTS: run->settings.rejects = arg; return true;
    case KEY_STRICT: run->settings.strict = true; return true;
    case KEY_MAX_LINE: return opt_size(arg, 1, (size_t)1 << 30, &run->max_line, e);
    case KEY_NOW:
        run->settings.now_told = true;
        return clock_parse(str_of(arg), &run->settings.now) ||
               err_set(e, "'%s' is not a time such as 2026-08-22T03:57:00Z", arg);
    case 'j':
        if (!opt_number(arg, 1, MAX_JOBS, &number, e))
            return false;
        run->settings.jobs = (size_t)number;
        return true;
    default: return run->f->option(run->program, key, arg, e);
    }
}

/* Reads the options. STATUS_OK to go on; otherwise, or when *ended, the program's
 * exit status. */
static int read_options(struct run *run, int argc, char **argv, bool *ended)
{
    const struct filter *f = run->f;
    const struct opt_row *const tables[] = {f->options != NULL ? f->options : no_options,
                                            f->asks_time ? time_options : no_options,
                                            common_options, NULL};
    struct opt_parser parser;
    opt_open(&parser, tables, argc, argv);
    int status = STATUS_OK, key;
    const char *arg;
    struct err e;
    *ended = false;
    while (status == STATUS_OK && !*ended && (key = opt_next(&parser, &arg)) != -1) {
        *ended = key == 'h' || key == KEY_VERSION;
        if (key == 'h')
            print_help(f, tables);
        else if (key == KEY_VERSION)
            printf("hinoban-%s %s\n", f->name, PACKAGE_VERSION);
        else if (key == '?')
            status = STATUS_FAILED;
        else if (!take_common(run, key, arg, &e)) {
            name_option(&e, tables, key);
            status = fail(f, &e);
        }
    }
    if (status != STATUS_OK) {
        struct err hint;
        err_set(&hint, "try 'hinoban-%s --help'", f->name);
        say(f, NULL, 0, hint.text);
    }
    opt_close(&parser);
    return *ended ? close_stdout(f) : status;
}

static size_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > MAX_JOBS ? MAX_JOBS : (size_t)count;
}

int filter_main(const struct filter *f, void *program, int argc, char **argv)
{
    struct run run = {.f = f, .program = program, .max_line = INPUT_LINE};
    if (!output_hold_standard())
        return STATUS_FAILED;
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN); /* a limit of size is told as a full disk is */
    turns_long();
    run.settings.now = clock_now();
    bool ended;
    int status = read_options(&run, argc, argv, &ended);
    if (ended || status != STATUS_OK)
        return status;
    if (run.settings.jobs == 0)
        run.settings.jobs = f->default_jobs > 0 ? f->default_jobs : processors();
    if (f->in_order)
        run.settings.jobs = 1;
    run.settings.operands = argv + optind;
    run.settings.operand_count = (size_t)(argc - optind);
    run.settings.also = &run.also;
    status = run_filter(&run);
    forget_files(&run.also);
    return status;
}
