/* jq expressions by libjq. */
#include "record/expr.h"

#include <jq.h>
#include <jv.h>
#include <stdlib.h>

#include "base/mem.h"

struct expr {
    jq_state *jq;
    struct err *e; /* of the call under way */
    struct buf mended;
};

static void expr_complain(void *data, jv message)
{
    struct expr *x = data;
    if (jv_get_kind(message) != JV_KIND_STRING)
        message = jv_dump_string(message, 0);
    if (x->e != NULL && x->e->text[0] == '\0')
        err_set(x->e, "%s", jv_string_value(message));
    jv_free(message);
}

/* libjq would end the program by a signal. */
static void expr_exhausted(void *data)
{
    (void)data;
    mem_exhausted();
}

struct expr *expr_new(const char *program, struct err *e)
{
    struct expr *x = mem_zero(1, sizeof *x);
    x->jq = jq_init();
    if (x->jq == NULL) {
        err_set(e, "libjq does not start");
        free(x);
        return NULL;
    }
    e->text[0] = '\0';
    x->e = e;
    jq_set_error_cb(x->jq, expr_complain, x);
    jq_set_nomem_handler(x->jq, expr_exhausted, NULL);
    int compiled = jq_compile(x->jq, program);
    x->e = NULL;
    if (compiled)
        return x;
    if (e->text[0] == '\0')
        err_set(e, "not a jq expression: %s", program);
    expr_free(x);
    return NULL;
}

/* Compiled as it is first: a message on what is wrong quotes no line that nobody wrote. */
struct expr *expr_new_at(const char *program, int64_t now, struct err *e)
{
    struct expr *x = expr_new(program, e);
    if (x == NULL || strstr(program, "now") == NULL)
        return x;
    expr_free(x);
    struct buf fixed = {0};
    buf_addf(&fixed, "def now: %lld; %s", (long long)now, program);
    x = expr_new(buf_text(&fixed), e);
    buf_free(&fixed);
    return x;
}

void expr_free(struct expr *x)
{
    if (x == NULL)
        return;
    jq_teardown(&x->jq);
    buf_free(&x->mended);
    free(x);
}

/* Is there a \uXXXX at p between low and high? */
static bool is_escape_between(const char *p, const char *end, unsigned low, unsigned high)
{
    if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
        return false;
    char digits[5] = {p[2], p[3], p[4], p[5], '\0'};
    unsigned long code = strtoul(digits, NULL, 16);
    return code >= low && code <= high;
}

/* libjq refuses the lone surrogates that the scanner lets through: they become
 * U+FFFD. json is text that the scanner has passed. */
static struct str mend_surrogates(struct expr *x, struct str json)
{
    if (str_find(json, STR("\\ud")) < 0 && str_find(json, STR("\\uD")) < 0)
        return json;
    buf_clear(&x->mended);
    const char *p = json.ptr, *end = json.ptr + json.len;
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        buf_add(&x->mended, p, (size_t)((slash != NULL ? slash : end) - p));
        if (slash == NULL || end - slash < 2)
            break;
        p = slash + 2;
        if (is_escape_between(slash, end, 0xD800, 0xDBFF) &&
            is_escape_between(slash + 6, end, 0xDC00, 0xDFFF)) {
            p = slash + 12;
        } else if (is_escape_between(slash, end, 0xD800, 0xDFFF)) {
            buf_add_text(&x->mended, "\\ufffd");
            p = slash + 6;
            continue;
        }
        buf_add(&x->mended, slash, (size_t)(p - slash));
    }
    return buf_str(&x->mended);
}

static bool expr_start(struct expr *x, struct str json, struct err *e)
{
    json = mend_surrogates(x, json);
    jv_nomem_handler(expr_exhausted, NULL); /* of this thread */
    jv value = jv_parse_sized(json.ptr, (int)json.len);
    if (!jv_is_valid(value)) {
        jv message = jv_invalid_get_msg(value);
        const char *why = jv_get_kind(message) == JV_KIND_STRING ? jv_string_value(message) : "";
        const char *quote = strstr(why, " (while parsing"); /* the whole record follows */
        int length = (int)(quote != NULL ? (size_t)(quote - why) : strlen(why));
        err_set(e, "jq cannot read the record%s%.*s", length > 0 ? ": " : "", length, why);
        jv_free(message);
        return false;
    }
    jq_start(x->jq, value, 0);
    return true;
}

/* The next result, or an invalid jv at the end; *failed where an error ended it. */
static jv expr_next(struct expr *x, bool *failed, struct err *e)
{
    jv result = jq_next(x->jq);
    *failed = false;
    if (!jv_is_valid(result) && jv_invalid_has_msg(jv_copy(result))) {
        *failed = true;
        jv message = jv_invalid_get_msg(result);
        if (jv_get_kind(message) != JV_KIND_STRING)
            message = jv_dump_string(message, 0);
        err_set(e, "%s", jv_string_value(message));
        jv_free(message);
        return jv_invalid();
    }
    if (!jv_is_valid(result) && jq_halted(x->jq)) { /* no end, but a program's end */
        *failed = true;
        err_set(e, "the expression halts");
    }
    return result;
}

bool expr_test(struct expr *x, struct str json, bool *holds, struct err *e)
{
    if (!expr_start(x, json, e))
        return false;
    bool failed;
    jv result = expr_next(x, &failed, e);
    jv_kind kind = jv_get_kind(result);
    *holds = kind != JV_KIND_INVALID && kind != JV_KIND_NULL && kind != JV_KIND_FALSE;
    jv_free(result);
    return !failed;
}

bool expr_each(struct expr *x, struct str json, struct buf *results, struct err *e)
{
    if (!expr_start(x, json, e))
        return false;
    for (;;) {
        bool failed;
        jv result = expr_next(x, &failed, e);
        if (!jv_is_valid(result)) {
            jv_free(result);
            return !failed;
        }
        jv text = jv_dump_string(result, 0);
        buf_add(results, jv_string_value(text), (size_t)jv_string_length_bytes(jv_copy(text)));
        buf_add_char(results, '\n');
        jv_free(text);
    }
}
