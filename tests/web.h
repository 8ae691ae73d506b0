/*
 * The parts of the test server (tests/web.c): requests as they were read, the script
 * that says what to answer, and the simulated services.
 */
#ifndef TESTS_WEB_H
#define TESTS_WEB_H

#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "record/write.h"

/* ---- web-http.c: requests and header lines ---- */

#define REQUEST_HEADERS 64

struct request {
    struct str method, target;
    struct str path, query; /* of the target; the query without its `?` */
    struct str names[REQUEST_HEADERS], values[REQUEST_HEADERS];
    size_t headers;
    struct str body;
    bool old; /* HTTP/1.0 */
};

/* How many bytes a whole request at the beginning of text takes: 0 while it is not
 * complete, -1 if it is none. *waits: only its body is missing. */
ssize_t request_length(struct str text, bool *waits);

/* Takes a whole request apart; the slices point into text. */
bool request_parse(struct request *r, struct str text);

/* A header's value, empty (ptr NULL) without it. */
struct str request_header(const struct request *r, const char *name);

/* Adds the decoded parameter of a query or of a form; false without it. */
bool form_value(struct buf *to, struct str form, const char *name);

/* A parameter of the query as number, text as text in `to` (cleared before). */
long request_number(const struct request *r, const char *name, long otherwise);
struct str request_value(const struct request *r, const char *name, struct buf *to);

/* What is sent back. */
struct answer {
    int status;
    struct buf head; /* header lines, each with CR LF */
    struct buf body;
};

void answer_header(struct answer *a, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *status_text(int status);
void http_date(struct buf *to, int64_t time);

/* Compresses in place. */
void gzip_body(struct buf *body);
void gzip_zeros(struct buf *to, size_t megabytes);

/* ---- web-script.c: rules ---- */

enum word {
    WORD_IF,
    WORD_TIMES,
    WORD_STATUS,
    WORD_HEADER,
    WORD_BODY,
    WORD_FILE,
    WORD_GZIP,
    WORD_BOMB,
    WORD_BIG,
    WORD_CUT,
    WORD_STALL,
    WORD_DELAY,
    WORD_DRIP,
    WORD_CLOSE,
    WORD_CHUNKED,
    WORD_GARBAGE,
    WORD_RUN,
    WORDS,
};

struct rule {
    const char *method, *pattern;
    const struct script *script;
    size_t first, count; /* its lines in script->lines */
    long numbers[WORDS]; /* -1: not said; words without argument: 1 */
    long used;
};

struct script_line {
    enum word word;
    const char *value;
};

/* A version of a file, to see when it has changed. */
struct version {
    struct timespec time;
    off_t size;
    ino_t inode;
};

struct script {
    const char *path;
    struct version version;
    struct buf text; /* lines end with NUL; the strings of rules point here */
    struct script_line *lines;
    size_t line_count, line_capacity;
    struct rule *rules;
    size_t rule_count, rule_capacity;
};

/* Reads the script if it has changed since; counts of `times` begin anew then. */
bool script_refresh(struct script *s, struct err *e);
void script_free(struct script *s);

/* The first rule that holds, its use counted; NULL if none does. */
struct rule *script_match(struct script *s, const struct request *r);

/* The next value that the rule gives for a word, NULL at the end; *at begins as 0. */
const char *rule_text(const struct rule *rule, enum word word, size_t *at);

/* Adds text with {now}, {date}, {iso}, {port} and {q:name} put in. */
void script_expand(struct buf *to, const char *text, const struct request *r, unsigned port);

/* Adds text with its backslashes undone. */
void script_unescape(struct buf *to, const char *text);

/* A file named in the script, looked for beside it. The caller frees it. */
char *script_path(const struct script *s, const char *name);

/* Has the file another version than *seen, or is it gone? Notes the new one. */
bool version_changed(const char *path, struct version *seen);

/* ---- web-posts.c: what services have to give ---- */

struct item {
    struct str id, text;
    int64_t time;
};

/* BY_PLACE_TWO: as they stand, lines without id: EPOCH and a text. */
enum order { BY_PLACE, BY_PLACE_TWO, BY_ID, BY_TIME };

struct posts {
    char *path;
    struct version version;
    struct buf text;
    struct item *items; /* oldest first */
    enum order order;
    size_t count, capacity;
};

/* The posts of a file, read again when it has changed; lines without newline are still
 * being written and left out. Owned here. NULL, with e set, if it cannot be read. */
const struct posts *posts_of(const char *path, enum order order, struct err *e);

/* Ids are numbers of any length: shorter ones come first. */
int id_compare(struct str a, struct str b);

/* ---- web-services.c, web-x.c, web-session.c ---- */

struct service {
    const struct rule *rule;
    const char *arguments; /* key=value … */
    const struct request *request;
    unsigned port;
    struct answer *answer;
};

bool service_known(const char *run);

/* Fills the answer. `run` is the word's value: name and arguments. */
void service_run(const struct rule *rule, const char *run, const struct request *r, unsigned port,
                 struct answer *a);

/* Posts given out by all services. */
long services_served(void);
void services_serve(size_t posts);

/* An argument of the run line; NULL without it (the text), else the caller frees it. */
char *service_text(const struct service *s, const char *key);
long service_number(const struct service *s, const char *key, long otherwise);

/* The posts that the argument names; NULL when the answer has become an error. */
const struct posts *service_posts(struct service *s, const char *key, enum order order);

/* How many an answer may hold: what the client asks for in parameter `name` (min to max,
 * else `otherwise`), but no more than the script's page=. */
size_t service_page(const struct service *s, const char *name, long max, long otherwise);

/* Begins a JSON answer; the other makes it an error of that status. */
struct json service_json(struct service *s, int status);
void service_error(struct service *s, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a member in one go. */
void member_text(struct json *j, const char *name, const char *text);
void member_str(struct json *j, const char *name, struct str text);
void member_number(struct json *j, const char *name, int64_t number);
void member_time(struct json *j, const char *name, int64_t time); /* with milliseconds */

/* Adds a place in a listing as an opaque token, and reads one. */
void token_add(struct buf *to, struct str place);
bool token_read(struct buf *to, struct str token);

/* Checks token= and counts for limit=, whose headers begin with `prefix` (date: the reset is
 * RFC 3339, else epoch). False when the answer has become an error. */
bool service_admits(struct service *s, const char *prefix, bool date);

/* A time in a parameter, CLOCK_UNKNOWN without it. False, with an error, if it is none. */
bool service_time(struct service *s, const char *name, int64_t *time);

/* Writers of posts take turns among seven: 1 to 7. */
unsigned service_author(struct str id);

void serve_x(struct service *s);
void serve_xcounts(struct service *s);
void serve_bluesky(struct service *s);
void serve_reddit(struct service *s);

#endif
