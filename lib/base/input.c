/*
 * Chunks of whole lines out of files and pipes, plain or gzip. Bytes are read
 * straight into the chunk; only the unfinished line at its end is copied, to the
 * front of the next one.
 */
#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"

#define CHUNK_BYTES ((size_t)512 * 1024)
#define RAW_BYTES   ((size_t)64 * 1024)
#define HEAD_BYTES  ((size_t)4096)

struct input {
    char *const *operands;
    size_t operand_count, next_operand;
    size_t max_line;
    bool (*is_document)(void *context, struct str head);
    void *context;

    int fd; /* -1: no file is open */
    const char *file;
    bool open;     /* between input_open_next() and input_close_file() */
    bool first;    /* nothing of this file was handed out yet */
    bool ended;    /* what is left of the file is in `carry` */
    bool failed;   /* it ended badly: see problem */
    bool at_fault; /* … and by the system's fault */
    struct err problem;
    bool owed;     /* a piece was handed out that was not `pausing` */
    bool document; /* hand it out whole */
    bool in_long;  /* in the middle of a line over the limit */
    bool decided;  /* gzip or not */
    bool asked;    /* lines or document */
    bool gzip;
    bool member_open; /* inside a gzip member */
    z_stream inflate;
    unsigned char *raw; /* compressed bytes not yet inflated */
    size_t raw_at, raw_len;
    struct buf carry; /* bytes read that belong to the next piece */
};

struct input *input_new(char *const *operands, size_t count, size_t max_line)
{
    static char standard[] = "-";
    static char *const only_standard[] = {standard};
    struct input *in = mem_zero(1, sizeof *in);
    in->operands = count > 0 ? operands : only_standard;
    in->operand_count = count > 0 ? count : 1;
    in->max_line = max_line;
    in->fd = -1;
    in->raw = mem_alloc(RAW_BYTES);
    return in;
}

static void input_close_file(struct input *in)
{
    if (in->gzip)
        inflateEnd(&in->inflate);
    if (in->fd > STDIN_FILENO)
        close(in->fd);
    in->fd = -1;
    in->gzip = in->open = false;
    buf_clear(&in->carry);
}

void input_free(struct input *in)
{
    if (in == NULL)
        return;
    input_close_file(in);
    buf_free(&in->carry);
    free(in->raw);
    free(in);
}

void input_documents(struct input *in, bool (*decide)(void *context, struct str head),
                     void *context)
{
    in->is_document = decide;
    in->context = context;
}

/* The file ends here, and not well; `in->problem` says why. */
static void input_fail(struct input *in, bool at_fault)
{
    in->failed = in->ended = true;
    in->at_fault = at_fault;
}

static void input_open_next(struct input *in)
{
    in->file = in->operands[in->next_operand++];
    in->open = in->first = true;
    in->ended = in->failed = in->in_long = in->document = in->decided = in->asked = false;
    in->raw_at = in->raw_len = 0;
    in->fd = strcmp(in->file, "-") == 0 ? STDIN_FILENO : open(in->file, O_RDONLY | O_CLOEXEC);
    if (in->fd < 0) {
        err_system(&in->problem, "cannot open %s", in->file);
        input_fail(in, true);
    }
}

/* Bytes read, 0 at the end, -1 on failure. Whoever shares the descriptor may have
 * made it non-blocking. */
static ssize_t read_some(int fd, void *to, size_t room)
{
    for (;;) {
        ssize_t got = read(fd, to, room);
        if (got >= 0 || (errno != EINTR && errno != EAGAIN))
            return got;
        if (errno == EAGAIN)
            poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
    }
}

static bool input_would_block(const struct input *in)
{
    if (in->ended || in->raw_at < in->raw_len)
        return false;
    struct pollfd p = {.fd = in->fd, .events = POLLIN};
    return poll(&p, 1, 0) == 0;
}

static void input_read_failed(struct input *in)
{
    err_system(&in->problem, "cannot read %s", in->file);
    input_fail(in, true);
}

static void input_gzip_failed(struct input *in, const char *what)
{
    err_set(&in->problem, "%s: gzip data %s", in->file, what);
    input_fail(in, false);
}

/* Reads more compressed bytes behind those that are unread; false at the end. */
static bool input_refill(struct input *in)
{
    size_t left = in->raw_len - in->raw_at;
    memmove(in->raw, in->raw + in->raw_at, left);
    in->raw_at = 0;
    in->raw_len = left;
    ssize_t got = read_some(in->fd, in->raw + left, RAW_BYTES - left);
    if (got < 0)
        input_read_failed(in);
    else
        in->raw_len += (size_t)got;
    return got > 0;
}

/* Looks at the first bytes: two tell gzip. */
static void input_decide_gzip(struct input *in)
{
    while (in->raw_len < 2 && input_refill(in))
        continue;
    in->decided = true;
    in->gzip = in->raw_len >= 2 && in->raw[0] == 0x1F && in->raw[1] == 0x8B;
    if (!in->gzip)
        return;
    in->inflate = (z_stream){.avail_out = 1};
    in->member_open = true;
    if (inflateInit2(&in->inflate, 15 + 16) != Z_OK) {
        in->gzip = false;
        input_gzip_failed(in, "cannot be read: zlib does not start");
    }
}

/* After a member another one may follow, or zeros (the padding of tapes), as
 * gzip(1) takes it; anything else is told. False at the end. */
static bool input_next_member(struct input *in)
{
    for (;;) {
        while (in->raw_at < in->raw_len && in->raw[in->raw_at] == 0)
            in->raw_at++;
        if (in->raw_len - in->raw_at >= 2)
            break;
        if (!input_refill(in)) {
            if (!in->failed && in->raw_at < in->raw_len)
                input_gzip_failed(in, "is followed by something else");
            return false;
        }
    }
    in->member_open = in->raw[in->raw_at] == 0x1F && in->raw[in->raw_at + 1] == 0x8B &&
                      inflateReset(&in->inflate) == Z_OK;
    if (!in->member_open)
        input_gzip_failed(in, "is followed by something else");
    return in->member_open;
}

/* Inflates up to `room` bytes to the end of text; false at the end. */
static bool input_inflate(struct input *in, struct buf *text, size_t room)
{
    for (;;) {
        if (!in->member_open && !input_next_member(in))
            return false;
        /* a full output buffer may have left bytes within zlib */
        bool drained = in->inflate.avail_out > 0;
        if (drained && in->raw_at == in->raw_len && !input_refill(in)) {
            if (!in->failed)
                input_gzip_failed(in, "ends before its end");
            return false;
        }
        in->inflate.next_in = in->raw + in->raw_at;
        in->inflate.avail_in = (uInt)(in->raw_len - in->raw_at);
        in->inflate.next_out = (unsigned char *)text->data + text->len;
        in->inflate.avail_out = (uInt)room;
        int status = inflate(&in->inflate, Z_NO_FLUSH);
        size_t made = room - in->inflate.avail_out;
        in->raw_at = in->raw_len - in->inflate.avail_in;
        text->len += made;
        in->member_open = status != Z_STREAM_END;
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
            input_gzip_failed(in, "is damaged");
            return false;
        }
        if (made > 0)
            return true;
    }
}

/* Adds bytes of the file to text, up to `room`. False at the end of the file,
 * which may be a failure: see in->failed. */
static bool input_pull(struct input *in, struct buf *text, size_t room)
{
    buf_reserve(text, room + INPUT_SLACK);
    if (!in->decided && !in->failed)
        input_decide_gzip(in);
    if (in->ended)
        return false;
    bool more;
    if (in->gzip) {
        more = input_inflate(in, text, room);
    } else if (in->raw_at < in->raw_len) {
        size_t left = in->raw_len - in->raw_at;
        size_t take = left < room ? left : room;
        buf_add(text, in->raw + in->raw_at, take);
        in->raw_at += take;
        more = true;
    } else {
        ssize_t got = read_some(in->fd, text->data + text->len, room);
        if (got < 0)
            input_read_failed(in);
        else
            text->len += (size_t)got;
        more = got > 0;
    }
    if (!more)
        in->ended = true;
    return more;
}

/* The same where all of the text is kept: in ever larger pieces. */
static bool input_pull_more(struct input *in, struct buf *text)
{
    return input_pull(in, text, text->len < CHUNK_BYTES ? CHUNK_BYTES : text->len);
}

static const char *last_newline(const struct buf *text, size_t from)
{
    for (size_t at = text->len; at > from; at--)
        if (text->data[at - 1] == '\n')
            return text->data + at - 1;
    return NULL;
}

/* Keeps what stands behind `keep` for the next piece. */
static void input_carry(struct input *in, struct chunk *c, size_t keep)
{
    buf_clear(&in->carry);
    buf_add(&in->carry, c->text.data + keep, c->text.len - keep);
    c->text.len = keep;
}

static void input_begin(struct input *in, struct chunk *c)
{
    buf_clear(&c->text);
    c->file = in->file;
    c->opens = in->first;
    c->pausing = false;
    c->piece = INPUT_LINES;
    buf_add_str(&c->text, buf_str(&in->carry));
    buf_clear(&in->carry);
}

/* A line over the limit, piece by piece, so that it can be kept whole in a file
 * of rejects without ever being held whole. */
static bool input_long(struct input *in, struct chunk *c)
{
    if (c->text.len == 0)
        input_pull(in, &c->text, CHUNK_BYTES);
    char *newline = c->text.len > 0 ? memchr(c->text.data, '\n', c->text.len) : NULL;
    if (newline != NULL)
        input_carry(in, c, (size_t)(newline - c->text.data) + 1);
    c->piece = newline != NULL || in->ended ? INPUT_LONG_END : INPUT_LONG_MORE;
    in->in_long = c->piece == INPUT_LONG_MORE;
    return true;
}

/* Hands out nothing, to say that the input pauses: what went before was not yet
 * said to be followed by a pause. */
static bool input_pause(struct input *in, struct chunk *c)
{
    input_carry(in, c, 0);
    c->pausing = true;
    return true;
}

static bool input_lines(struct input *in, struct chunk *c)
{
    size_t searched = 0;
    while (!in->ended) {
        bool pausing = input_would_block(in);
        const char *newline = NULL;
        if (pausing || c->text.len >= CHUNK_BYTES / 2) {
            newline = last_newline(&c->text, searched);
            searched = c->text.len;
        }
        if (newline != NULL) {
            input_carry(in, c, (size_t)(newline - c->text.data) + 1);
            c->pausing = pausing;
            return true;
        }
        if (pausing && in->owed)
            return input_pause(in, c);
        if (c->text.len > in->max_line && last_newline(&c->text, 0) == NULL) {
            c->piece = INPUT_LONG;
            in->in_long = true;
            return true;
        }
        input_pull_more(in, &c->text);
    }
    return c->text.len > 0;
}

static bool input_document(struct input *in, struct chunk *c)
{
    c->piece = INPUT_DOCUMENT;
    while (c->text.len <= in->max_line && input_pull_more(in, &c->text))
        continue;
    if (c->text.len > in->max_line) {
        err_set(&in->problem, "%s: longer than the limit of %zu bytes (--max-line)", in->file,
                in->max_line);
        input_fail(in, false);
        buf_clear(&c->text);
    }
    return c->text.len > 0;
}

/* The first line that is not blank: blank ones tell nothing. */
struct first_line {
    bool begun;
    size_t searched; /* bytes */
    size_t end;      /* behind its newline; 0: not there yet */
};

static void find_first_line(struct first_line *line, struct str text)
{
    size_t at = line->searched;
    for (; !line->begun && at < text.len; at++)
        line->begun = strchr(" \t\r\n", text.ptr[at]) == NULL || text.ptr[at] == '\0';
    const char *newline = at < text.len ? memchr(text.ptr + at, '\n', text.len - at) : NULL;
    line->searched = text.len;
    if (newline != NULL)
        line->end = (size_t)(newline - text.ptr) + 1;
}

/* Reads a file's first bytes and asks what it is: a line by itself and an array with an element
 * a line are told apart where the first line ends, however long it is. */
static void input_ask(struct input *in, struct chunk *c)
{
    struct first_line line = {.end = 0};
    size_t head = HEAD_BYTES;
    in->asked = true;
    while (c->text.len < head && input_pull_more(in, &c->text)) {
        if (line.end == 0)
            find_first_line(&line, buf_str(&c->text));
        if (line.end > 0 && input_would_block(in))
            break;
        head = line.end > 0 ? line.end + HEAD_BYTES : in->max_line + 1;
    }
    if (c->text.len < head)
        head = c->text.len;
    if (in->ended && line.end > 0 && str_trim(str_from(buf_str(&c->text), line.end)).len == 0)
        head = line.end - 1; /* nothing follows that could go on with it: no need to scan it */
    in->document = in->is_document(in->context, (struct str){c->text.data, head});
}

static bool input_piece_of_file(struct input *in, struct chunk *c)
{
    input_begin(in, c);
    if (in->first && in->owed && input_would_block(in))
        return input_pause(in, c);
    if (in->is_document != NULL && !in->asked)
        input_ask(in, c);
    if (in->in_long)
        return input_long(in, c);
    return in->document ? input_document(in, c) : input_lines(in, c);
}

/* Opening a pipe by its name waits for who writes to it. */
static bool input_opening_waits(const struct input *in)
{
    struct stat status;
    return stat(in->operands[in->next_operand], &status) == 0 && S_ISFIFO(status.st_mode);
}

static bool input_give(struct input *in, struct chunk *c)
{
    in->owed = !c->pausing;
    in->first = in->first && c->text.len == 0;
    return true;
}

bool input_next(struct input *in, struct chunk *c)
{
    for (;;) {
        if (!in->open) {
            if (in->next_operand == in->operand_count)
                return false;
            if (in->owed && input_opening_waits(in)) {
                input_begin(in, c);
                input_pause(in, c);
                return input_give(in, c);
            }
            input_open_next(in);
        }
        bool left = !in->ended || in->carry.len > 0 || in->in_long;
        if (left && input_piece_of_file(in, c))
            return input_give(in, c);
        bool failed = in->failed;
        if (failed) {
            input_begin(in, c);
            c->piece = INPUT_BROKEN;
            c->at_fault = in->at_fault;
            c->problem = in->problem;
        }
        input_close_file(in);
        if (failed)
            return input_give(in, c);
    }
}

/* ---- files read whole ---- */

struct lines {
    bool (*take)(void *data, struct str line, struct err *why);
    void *data;
    size_t number, most;
};

static bool take_lines(struct lines *l, const struct chunk *c, struct err *e)
{
    struct str rest = buf_str(&c->text);
    struct err why;
    if (c->piece == INPUT_BROKEN)
        return err_set(e, "%s", c->problem.text);
    if (c->opens) {
        l->number = 0;
        rest = str_unmarked(rest);
    }
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest);
        l->number++;
        if (c->piece != INPUT_LINES || line.len > l->most)
            return err_set(e, "%s:%zu: longer than %zu bytes", c->file, l->number, l->most);
        if (str_trim(line).len > 0 && !l->take(l->data, line, &why))
            return err_set(e, "%s:%zu: %s", c->file, l->number, why.text);
    }
    return true;
}

bool input_each_line(char *const *files, size_t count, size_t max_line,
                     bool (*take)(void *data, struct str line, struct err *why), void *data,
                     struct err *e)
{
    struct lines l = {take, data, 0, max_line};
    struct chunk c = {.piece = INPUT_LINES};
    struct input *in = input_new(files, count, max_line);
    bool done = true;
    buf_reserve(&c.text, INPUT_SLACK);
    while (done && input_next(in, &c))
        done = take_lines(&l, &c, e);
    /* A file that is cut ends within a line: that it is cut says more. */
    const char *file = c.file;
    if (!done && c.piece == INPUT_LINES && input_next(in, &c) && c.piece == INPUT_BROKEN &&
        c.file == file)
        err_set(e, "%s", c.problem.text);
    input_free(in);
    buf_free(&c.text);
    return done;
}
