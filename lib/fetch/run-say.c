/*
 * What people are told: how far the run is, what became of a source, and a server's own words about
 * it. No secret is among it.
 */
#include <stdio.h>

#include "base/clock.h"
#include "fetch/run-parts.h"
#include "record/value.h"

#define DETAIL_BYTES 200 /* of what a server says of an error */

void run_clear_progress(const struct run *run)
{
    if (run->plan->progress)
        fputs("\r\033[K", stderr);
}

void run_show_progress(struct run *run)
{
    int64_t now = clock_steady();
    if (!run->plan->progress || now - run->shown < 100)
        return;
    run->shown = now;
    fprintf(stderr, "\r\033[K%zu of %zu sources, %zu records", run->over, run->count, run->records);
    fflush(stderr);
}

void task_hide_secrets(const struct task *t, struct buf *text)
{
    plan_hide(t->run->plan->plan, &t->memory.session, text);
}

void task_say(struct task *t, const char *what)
{
    struct buf text = {0};
    buf_addf(&text, "%s: %s", t->planned->subject.name, what);
    task_hide_secrets(t, &text);
    run_clear_progress(t->run);
    t->run->plan->say(buf_text(&text));
    buf_free(&text);
}

/* The server's own words about an error, out of the members that services use. */
static void add_detail(const struct task *t, struct buf *to, struct str body)
{
    static const char *const names[] = {"detail", "error_description", "message", "error", "title",
                                        "reason"};
    struct err ignored;
    struct buf text = {0};
    struct str json = poll_json(body, &ignored), raw = {NULL, 0}, first;
    struct walk w;
    for (int depth = 0; depth < 2 && raw.ptr == NULL && value_type(json) == VALUE_OBJECT; depth++) {
        for (size_t i = 0; i < sizeof names / sizeof *names && raw.ptr == NULL; i++)
            if (value_type(value_member(json, names[i])) == VALUE_STRING)
                raw = value_member(json, names[i]);
        struct str inner = value_member(json, "error");
        walk_begin(&w, value_member(json, "errors"));
        json = value_type(inner) == VALUE_OBJECT ? inner
               : walk_next(&w, NULL, &first)     ? first
                                                 : (struct str){NULL, 0};
    }
    if (raw.ptr != NULL) {
        value_add_string(&text, raw);
        task_hide_secrets(t, &text); /* before one is cut in two */
        buf_add_text(to, ": ");
        buf_add_str(to, str_head(buf_str(&text), DETAIL_BYTES));
    }
    buf_free(&text);
}

void task_describe(const struct task *t, struct buf *what)
{
    const struct answer *a = &t->exchange.answer;
    struct str rest, host = a->url;
    ptrdiff_t slashes = str_find(host, STR("://"));
    host = str_from(host, slashes >= 0 ? (size_t)slashes + 3 : 0);
    host = str_cut(str_cut(host, '/', &rest), '?', &rest);
    buf_addf(what, "HTTP %d from %.*s", a->status, (int)host.len, host.ptr);
    add_detail(t, what, a->body);
}
