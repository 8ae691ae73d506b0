/*
 * Writing JSON into a buffer, and putting a member into a record. Commas are the
 * writer's business. The buffer belongs to the caller.
 */
#ifndef RECORD_WRITE_H
#define RECORD_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "record/scan.h"

struct json {
    struct buf *out;
    bool comma; /* one is due before the next key or element */
};

void json_open(struct json *j, char bracket);  /* '{' or '[' */
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_key(struct json *j, const char *name);
void json_key_str(struct json *j, struct str name);
void json_str(struct json *j, struct str text);   /* bytes that are not UTF-8 become U+FFFD */
void json_valid(struct json *j, struct str text); /* the same for what is known to be UTF-8 */
void json_text(struct json *j, const char *text);
void json_integer(struct json *j, int64_t number);
void json_number(struct json *j, double number, int decimals); /* not finite: null */
void json_bool(struct json *j, bool value);
void json_null(struct json *j);
void json_time(struct json *j, int64_t time);  /* CLOCK_UNKNOWN: null */
void json_raw(struct json *j, struct str raw); /* JSON as it is; absent: null */

/* A member of an object: its name, and its value as above. */
void json_put_count(struct json *j, const char *name, uint64_t count);
void json_put_time(struct json *j, const char *name, int64_t time);

/* Adds text as a JSON string, quotes included. */
void json_add_string(struct buf *out, struct str text);

/* Adds the record as a line of its own with the member `name` put in before the
 * closing brace, in place of any older one (shape->own). Everything else stays byte
 * for byte. */
void record_put(struct buf *out, const struct shape *shape, const struct record *r,
                struct str value);

#endif
