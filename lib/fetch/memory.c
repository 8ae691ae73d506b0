/* The memory of a source, as JSON. */
#include "fetch/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/lock.h"
#include "base/mem.h"
#include "record/value.h"
#include "source/request.h"

#define VERSION 1

char *memory_default_directory(struct err *e)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    struct buf path = {0};
    if (state != NULL && *state == '/')
        buf_addf(&path, "%s/hinoban", state);
    else if (home != NULL && *home != '\0')
        buf_addf(&path, "%s/.local/state/hinoban", home);
    else
        err_set(e, "no place for the state: set HOME or say --state DIR");
    char *kept = path.len > 0 ? mem_string(buf_str(&path)) : NULL;
    buf_free(&path);
    return kept;
}

static char *path_in(const char *directory, const char *name)
{
    struct buf path = {0};
    buf_addf(&path, "%s/fetch%s%s", directory, *name != '\0' ? "/" : "", name);
    char *kept = mem_string(buf_str(&path));
    buf_free(&path);
    return kept;
}

bool memory_prepare(const char *directory, struct err *e)
{
    char *folder = path_in(directory, "");
    bool made = folder_make(folder, e);
    free(folder);
    return made;
}

bool memory_lock(const char *directory, bool *busy, struct err *e)
{
    char *path = path_in(directory, "lock");
    bool locked = lock_take(path, busy, e);
    if (*busy)
        err_set(e, "another hinoban-fetch is at work on %s", directory);
    free(path);
    if (locked) {
        char *folder = path_in(directory, "");
        atomic_sweep(folder, ".json");
        free(folder);
    }
    return locked;
}

/* ---- reading ---- */

static int64_t time_in(struct str object, const char *name)
{
    int64_t time;
    struct buf text = {0};
    struct str raw = value_member(object, name);
    bool is = value_type(raw) == VALUE_STRING && clock_parse(value_string(raw, &text), &time);
    buf_free(&text);
    return is ? time : CLOCK_UNKNOWN;
}

static void text_in(struct buf *to, struct str object, const char *name)
{
    struct str raw = value_member(object, name);
    buf_clear(to);
    if (value_type(raw) == VALUE_STRING)
        value_add_string(to, raw);
}

static int64_t number_in(struct str object, const char *name)
{
    return value_integer(value_member(object, name), 0);
}

static bool read_state(struct memory *m, struct str state)
{
    struct str month = value_member(state, "month"), total = value_member(state, "total");
    struct str limit = value_member(state, "limit"), text;
    struct buf known = {0};
    if (value_type(state) != VALUE_OBJECT || number_in(state, "version") != VERSION)
        return false;
    cursor_read(&m->cursor, value_member(state, "cursor"));
    cursor_read(&m->session, value_member(state, "session"));
    text = value_string(value_member(state, "known"), &known);
    bool well = known_read(&m->known, text);
    buf_free(&known);
    text_in(&m->etag, state, "etag");
    text_in(&m->modified, state, "modified");
    text_in(&m->identity, state, "identity");
    text_in(&m->problem, state, "problem");
    m->tried = time_in(state, "tried");
    m->succeeded = time_in(state, "succeeded");
    m->next = time_in(state, "next");
    m->gap = time_in(state, "gap");
    m->ordered = value_true(value_member(state, "ordered"));
    m->failures = number_in(state, "failures");
    m->limit = value_integer(value_member(limit, "limit"), -1);
    m->remaining = value_integer(value_member(limit, "remaining"), -1);
    m->reset = time_in(limit, "reset");
    m->month = number_in(month, "number");
    m->posts = number_in(month, "posts");
    m->billed = number_in(month, "billed");
    m->requests = number_in(month, "requests");
    m->withheld = number_in(month, "withheld");
    m->spent = value_true(value_member(month, "spent"));
    m->all_posts = number_in(total, "posts");
    m->all_billed = number_in(total, "billed");
    m->all_requests = number_in(total, "requests");
    return well;
}

bool memory_holds(const char *directory, const char *path)
{
    char *own = path_in(directory, "a"), *place = file_place(path);
    bool holds = place != NULL && file_is_beside(own, place);
    free(own);
    free(place);
    return holds;
}

bool memory_load(struct memory *m, const char *directory, const char *name, struct err *e)
{
    struct buf file = {0}, text = {0};
    struct scan_error fault;
    size_t used;
    url_encode(&file, str_of(name));
    buf_add_text(&file, ".json");
    *m = (struct memory){.path = path_in(directory, buf_text(&file)),
                         .tried = CLOCK_UNKNOWN,
                         .succeeded = CLOCK_UNKNOWN,
                         .next = CLOCK_UNKNOWN,
                         .gap = CLOCK_UNKNOWN,
                         .limit = -1,
                         .remaining = -1,
                         .reset = CLOCK_UNKNOWN};
    bool done = true;
    if (access(m->path, F_OK) == 0) {
        done = file_read(&text, m->path, e);
        if (done && (!json_scan(buf_str(&text), &used, &fault) ||
                     !read_state(m, (struct str){buf_text(&text), used})))
            done = err_set(e, "%s is damaged; move it away to begin anew", m->path);
    } else if (errno != ENOENT) {
        done = err_system(e, "cannot read %s", m->path);
    }
    buf_free(&file);
    buf_free(&text);
    return done;
}

/* ---- writing ---- */

static void put_text(struct json *j, const char *name, const struct buf *text)
{
    json_key(j, name);
    json_str(j, buf_str(text));
}

static void put_number(struct json *j, const char *name, int64_t number)
{
    json_key(j, name);
    json_integer(j, number);
}

void memory_put_month(const struct memory *m, struct json *j)
{
    put_number(j, "posts", m->posts);
    put_number(j, "billed", m->billed);
    put_number(j, "requests", m->requests);
    put_number(j, "withheld", m->withheld);
}

void memory_put_total(const struct memory *m, struct json *j)
{
    json_key(j, "total");
    json_open(j, '{');
    put_number(j, "posts", m->all_posts);
    put_number(j, "billed", m->all_billed);
    put_number(j, "requests", m->all_requests);
    json_close(j, '}');
}

static void put_counts(const struct memory *m, struct json *j)
{
    json_key(j, "month");
    json_open(j, '{');
    put_number(j, "number", m->month);
    memory_put_month(m, j);
    json_key(j, "spent");
    json_bool(j, m->spent);
    json_close(j, '}');
    memory_put_total(m, j);
}

static void write_state(const struct memory *m, const char *name, struct buf *to)
{
    struct json j = {.out = to};
    struct buf known = {0};
    json_open(&j, '{');
    put_number(&j, "version", VERSION);
    json_key(&j, "name");
    json_text(&j, name);
    put_text(&j, "identity", &m->identity);
    json_key(&j, "cursor");
    cursor_write(&m->cursor, &j);
    json_key(&j, "session");
    cursor_write(&m->session, &j);
    put_text(&j, "etag", &m->etag);
    put_text(&j, "modified", &m->modified);
    json_put_time(&j, "tried", m->tried);
    json_put_time(&j, "succeeded", m->succeeded);
    json_put_time(&j, "next", m->next);
    json_key(&j, "ordered");
    json_bool(&j, m->ordered);
    put_number(&j, "failures", m->failures);
    put_text(&j, "problem", &m->problem);
    json_put_time(&j, "gap", m->gap);
    json_key(&j, "limit");
    json_open(&j, '{');
    put_number(&j, "limit", m->limit);
    put_number(&j, "remaining", m->remaining);
    json_put_time(&j, "reset", m->reset);
    json_close(&j, '}');
    put_counts(m, &j);
    known_write(&m->known, &known);
    put_text(&j, "known", &known);
    json_close(&j, '}');
    buf_add_char(to, '\n');
    buf_free(&known);
}

bool memory_save(struct memory *m, const char *name, struct err *e)
{
    struct atomic file;
    struct buf text = {0};
    known_trim(&m->known);
    write_state(m, name, &text);
    mode_t mask = umask(077); /* sessions are nobody else's */
    bool done = atomic_open(&file, m->path, e);
    umask(mask);
    if (done) {
        output_add(&file.out, buf_str(&text));
        done = atomic_commit(&file, e);
    }
    buf_free(&text);
    return done;
}

void memory_free(struct memory *m)
{
    free(m->path);
    cursor_free(&m->cursor);
    cursor_free(&m->session);
    known_free(&m->known);
    buf_free(&m->etag);
    buf_free(&m->modified);
    buf_free(&m->identity);
    buf_free(&m->problem);
    *m = (struct memory){0};
}

/* ---- months ---- */

int64_t memory_month(int64_t time)
{
    struct civil c = clock_civil(time);
    return (int64_t)c.year * 12 + c.month - 1;
}

int64_t memory_next_month(int64_t time)
{
    int64_t next = memory_month(time) + 1;
    return clock_days((int)(next / 12), (int)(next % 12) + 1, 1) * CLOCK_DAY;
}

void memory_turn_month(struct memory *m, int64_t now)
{
    int64_t month = memory_month(now);
    if (month < m->month - 1) /* the clock was far ahead once: its month is not waited for */
        m->month = month;
    if (month <= m->month) /* not when the clock went back: what was spent is spent */
        return;
    m->month = month;
    m->posts = m->billed = m->requests = m->withheld = 0;
    m->spent = false;
}
