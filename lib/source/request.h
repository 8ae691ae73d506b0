/*
 * A request for a network, and the answer to it. Networks build and read them; who
 * carries them is no business of theirs (see lib/fetch).
 *
 * A request owns its buffers; request_free() gives them back and leaves an empty one.
 * An answer owns nothing.
 */
#ifndef SOURCE_REQUEST_H
#define SOURCE_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "source/url.h"

struct request {
    struct buf url;
    struct buf headers; /* `Name: value`, each with a NUL behind it */
    struct buf body;    /* sent by POST where there is one */
    bool post;          /* POST, even without a body */
    bool queried;       /* the address has its question mark */
};

struct answer {
    int status;                      /* of HTTP */
    struct str body;                 /* encodings of transfer and content undone */
    struct str charset;              /* that Content-Type names, or empty */
    struct str link, etag, modified; /* headers Link, ETag and Last-Modified, or empty */
    struct str url;                  /* that answered, after redirections */
    int64_t date;                    /* the server's clock, or CLOCK_UNKNOWN */
};

/* Begins a new request for this address. */
void request_begin(struct request *r, const char *url);
void request_free(struct request *r);

/* Adds text as it is to the address. */
void request_path(struct request *r, const char *text);

/* Adds text to the path as one segment, percent-encoded. */
void request_segment(struct request *r, struct str text);

/* Adds `name=value` to the query, both percent-encoded. */
void request_query(struct request *r, const char *name, struct str value);
void request_query_text(struct request *r, const char *name, const char *value);
void request_query_number(struct request *r, const char *name, int64_t value);
void request_query_time(struct request *r, const char *name, int64_t time);

/* All of them in one value, with commas between. */
void request_query_ids(struct request *r, const char *name, const struct str *ids, size_t count);

/* The same for each item of a list (conf_list()); NULL has none. */
void request_query_list(struct request *r, const char *name, const char *list);

/* Adds a header. Line breaks and controls in value become blanks. */
void request_header(struct request *r, const char *name, struct str value);

/* Authorization: Bearer TOKEN, or Basic USER:PASSWORD. */
void request_bearer(struct request *r, struct str token);
void request_basic(struct request *r, struct str user, struct str password);

/* Adds `name=value` to a form in the body. */
void request_form(struct request *r, const char *name, struct str value);

#endif
