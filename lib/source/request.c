/* Requests, built piece by piece. */
#include "source/request.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/conf.h"

void request_begin(struct request *r, const char *url)
{
    buf_clear(&r->url);
    buf_clear(&r->headers);
    buf_clear(&r->body);
    buf_add_text(&r->url, url);
    r->post = false;
    r->queried = strchr(url, '?') != NULL;
}

void request_free(struct request *r)
{
    buf_free(&r->url);
    buf_free(&r->headers);
    buf_free(&r->body);
    r->queried = false;
}

void request_path(struct request *r, const char *text)
{
    buf_add_text(&r->url, text);
}

void request_segment(struct request *r, struct str text)
{
    url_encode(&r->url, text);
}

void request_query(struct request *r, const char *name, struct str value)
{
    char last = r->url.len > 0 ? r->url.data[r->url.len - 1] : '\0';
    if (!r->queried)
        buf_add_char(&r->url, '?');
    else if (last != '?' && last != '&')
        buf_add_char(&r->url, '&');
    r->queried = true;
    url_encode(&r->url, str_of(name));
    buf_add_char(&r->url, '=');
    url_encode(&r->url, value);
}

void request_query_text(struct request *r, const char *name, const char *value)
{
    request_query(r, name, str_of(value));
}

void request_query_number(struct request *r, const char *name, int64_t value)
{
    struct buf text = {0};
    buf_addf(&text, "%lld", (long long)value);
    request_query(r, name, buf_str(&text));
    buf_free(&text);
}

void request_query_time(struct request *r, const char *name, int64_t time)
{
    struct buf text = {0};
    clock_format(&text, time);
    request_query(r, name, buf_str(&text));
    buf_free(&text);
}

void request_query_ids(struct request *r, const char *name, const struct str *ids, size_t count)
{
    struct buf list = {0};
    for (size_t i = 0; i < count; i++) {
        buf_add_text(&list, i > 0 ? "," : "");
        buf_add_str(&list, ids[i]);
    }
    request_query(r, name, buf_str(&list));
    buf_free(&list);
}

struct list_of {
    struct request *request;
    const char *name;
};

static void add_item(void *data, const char *item, size_t length)
{
    const struct list_of *to = data;
    request_query(to->request, to->name, (struct str){item, length});
}

void request_query_list(struct request *r, const char *name, const char *list)
{
    struct list_of to = {r, name};
    if (list != NULL)
        conf_list(list, add_item, &to);
}

void request_header(struct request *r, const char *name, struct str value)
{
    buf_addf(&r->headers, "%s: ", name);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        buf_add_char(&r->headers, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
    buf_add_char(&r->headers, '\0');
}

void request_bearer(struct request *r, struct str token)
{
    struct buf value = {0};
    buf_add_text(&value, "Bearer ");
    buf_add_str(&value, token);
    request_header(r, "Authorization", buf_str(&value));
    buf_free(&value);
}

void request_basic(struct request *r, struct str user, struct str password)
{
    struct buf pair = {0}, value = {0};
    buf_add_str(&pair, user);
    buf_add_char(&pair, ':');
    buf_add_str(&pair, password);
    buf_add_text(&value, "Basic ");
    base64_add(&value, buf_str(&pair));
    request_header(r, "Authorization", buf_str(&value));
    buf_free(&pair);
    buf_free(&value);
}

void request_form(struct request *r, const char *name, struct str value)
{
    if (r->body.len > 0)
        buf_add_char(&r->body, '&');
    else
        request_header(r, "Content-Type", STR("application/x-www-form-urlencoded"));
    url_encode(&r->body, str_of(name));
    buf_add_char(&r->body, '=');
    url_encode(&r->body, value);
}
