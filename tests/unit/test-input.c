/*
 * lib/base/input: files and pipes, plain and gzip, put together again from the
 * chunks, whatever the sizes; lines at the limit; pauses; damage.
 */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/input.h"

#define LIMIT ((size_t)1 << 20)

static char directory[64];
static char d[] = "d", e[] = "e", f[] = "f", g[] = "g", h[] = "h", none[] = "none",
            p[] = "p"; /* files */

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/test-input.XXXXXX");
    return mkdtemp(directory) == NULL || chdir(directory) != 0;
}

static int remove_directory(void **state)
{
    (void)state;
    return chdir("/") != 0 || rmdir(directory) != 0;
}

static void write_file(const char *name, struct str bytes)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    fclose(file);
}

/* Adds text as one gzip member. */
static void add_gzip(struct buf *to, struct str text)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    buf_reserve(to, deflateBound(&z, text.len) + 32);
    z.next_in = (unsigned char *)(uintptr_t)text.ptr;
    z.avail_in = (uInt)text.len;
    z.next_out = (unsigned char *)to->data + to->len;
    z.avail_out = (uInt)(to->cap - to->len);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    to->len += z.total_out;
    deflateEnd(&z);
}

/* What a run over the input gave: all text, and a trace of what came as what. */
struct result {
    struct buf text, trace;
    size_t chunks;
};

static void free_result(struct result *r)
{
    buf_free(&r->text);
    buf_free(&r->trace);
}

/* The trace has a letter for each run of pieces of one kind, `|` where a file opens,
 * `?` where the content is bad and `!` where the system failed. */
static void note(struct result *r, const struct chunk *c)
{
    char letter = "LlmEDX"[c->piece];
    if (c->piece == INPUT_BROKEN)
        letter = c->at_fault ? '!' : '?';
    if (c->opens && (c->text.len > 0 || c->piece == INPUT_BROKEN))
        buf_add_char(&r->trace, '|');
    if (c->text.len > 0 || c->piece != INPUT_LINES)
        if (r->trace.len == 0 || r->trace.data[r->trace.len - 1] != letter)
            buf_add_char(&r->trace, letter);
}

static struct result read_all(char **operands, size_t count, size_t max_line,
                              bool (*document)(void *, struct str))
{
    struct result r = {0};
    struct chunk c = {0};
    struct input *in = input_new(operands, count, max_line);
    if (document != NULL)
        input_documents(in, document, NULL);
    while (input_next(in, &c)) {
        r.chunks++;
        note(&r, &c);
        if (c.piece == INPUT_LINES && c.text.len > max_line + 1)
            assert_non_null(memchr(c.text.data, '\n', c.text.len));
        if (c.piece != INPUT_BROKEN) {
            assert_true(c.text.cap - c.text.len >= INPUT_SLACK || c.text.len == 0);
            buf_add_str(&r.text, buf_str(&c.text));
        }
    }
    assert_false(input_next(in, &c));
    input_free(in);
    buf_free(&c.text);
    return r;
}

static struct result read_one(char *name, size_t max_line)
{
    char *operands[] = {name};
    return read_all(operands, 1, max_line, NULL);
}

static void assert_result(struct result r, struct str text, const char *trace)
{
    assert_str(buf_str(&r.trace), trace);
    assert_int_equal(r.text.len, text.len);
    if (text.len > 0)
        assert_memory_equal(r.text.data, text.ptr, text.len);
    free_result(&r);
}

static void fill_lines(struct buf *b, size_t bytes)
{
    for (unsigned i = 0; b->len < bytes; i++)
        buf_addf(b, "%u %.*s\n", i, (int)(i * 7919 % 300),
                 "                                                                              "
                 "                                                                              "
                 "                                                                              "
                 "                                                                              ");
}

static void reads_what_there_is(void **state)
{
    (void)state;
    static const char *const texts[] = {"a\n",  "a",     "\n", "\n\n", "a\nb", "a\r\n\r\nb\r\n",
                                        "\x1F", "\x1F\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file(f, str_of(texts[i]));
        assert_result(read_one(f, LIMIT), str_of(texts[i]), "|L");
    }
    write_file(f, STR(""));
    assert_result(read_one(f, LIMIT), STR(""), "");
    write_file(f, STR("a\0b\n\0"));
    assert_result(read_one(f, LIMIT), STR("a\0b\n\0"), "|L");
    struct buf big = {0};
    fill_lines(&big, 3000000);
    write_file(f, buf_str(&big));
    assert_result(read_one(f, LIMIT), buf_str(&big), "|L");
    buf_free(&big);
    unlink(f);
}

static void undoes_gzip(void **state)
{
    (void)state;
    struct buf text = {0}, z = {0};
    fill_lines(&text, 2000000);
    add_gzip(&z, buf_str(&text));
    write_file(f, buf_str(&z));
    assert_result(read_one(f, LIMIT), buf_str(&text), "|L");
    /* several members, an empty one among them, cut within a line, zeros behind */
    buf_clear(&z);
    for (size_t at = 0; at < text.len; at += 300001) {
        size_t left = text.len - at;
        add_gzip(&z, (struct str){text.data + at, left < 300001 ? left : 300001});
        add_gzip(&z, STR(""));
    }
    for (int i = 0; i < 100000; i++)
        buf_add_char(&z, '\0');
    write_file(f, buf_str(&z));
    assert_result(read_one(f, LIMIT), buf_str(&text), "|L");
    buf_clear(&z);
    add_gzip(&z, STR(""));
    write_file(f, buf_str(&z));
    assert_result(read_one(f, LIMIT), STR(""), "");
    buf_free(&text);
    buf_free(&z);
    unlink(f);
}

/* A text of one letter makes much out of few bytes, which zlib keeps back when the
 * room is full. */
static void undoes_very_dense_gzip(void **state)
{
    (void)state;
    struct buf text = {0}, z = {0};
    for (int i = 0; i < 1000; i++)
        buf_add_text(
            &text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
    size_t block = text.len;
    buf_reserve(&text, 50 * block);
    for (int i = 0; i < 50; i++)
        buf_add(&text, text.data, block);
    add_gzip(&z, buf_str(&text));
    write_file(f, buf_str(&z));
    assert_result(read_one(f, LIMIT), buf_str(&text), "|L");
    buf_free(&text);
    buf_free(&z);
    unlink(f);
}

static void tells_damaged_gzip(void **state)
{
    (void)state;
    struct buf z = {0};
    struct str text = STR("one\ntwo\nthree\n");
    add_gzip(&z, text);
    for (size_t cut = 2; cut < z.len; cut++) { /* every truncation */
        write_file(f, (struct str){z.data, cut});
        struct result r = read_one(f, LIMIT);
        assert_true(r.trace.len > 0 && r.trace.data[r.trace.len - 1] == '?');
        assert_true(r.text.len <= text.len &&
                    memcmp(r.text.data != NULL ? r.text.data : "", text.ptr, r.text.len) == 0);
        free_result(&r);
    }
    z.data[z.len - 1] ^= 1; /* the length at the end */
    write_file(f, buf_str(&z));
    struct result r = read_one(f, LIMIT);
    assert_int_equal(r.trace.data[r.trace.len - 1], '?');
    free_result(&r);
    z.data[z.len - 1] ^= 1;
    static const char *const behind[] = {"x", "plain\n", "\x1F", "\x1F\x8B"};
    size_t whole = z.len;
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        z.len = whole;
        buf_add_text(&z, behind[i]);
        write_file(f, buf_str(&z));
        assert_result(read_one(f, LIMIT), text, "|L?");
    }
    buf_free(&z);
    unlink(f);
}

static void goes_on_after_what_cannot_be_read(void **state)
{
    (void)state;
    write_file(f, STR("a\nb"));
    write_file(g, STR("c\n"));
    assert_int_equal(mkdir(d, 0700), 0);
    char *operands[] = {f, none, g, d, f, f};
    assert_result(read_all(operands, 6, LIMIT, NULL), STR("a\nbc\na\nba\nb"), "|L|!|L|!|L|L");
    rmdir(d);
    unlink(f);
    unlink(g);
}

static void hands_out_long_lines_in_pieces(void **state)
{
    (void)state;
    static const size_t limits[] = {1, 10, 300, 100000, 130000, 300000, 600000};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t over = 0; over < 2; over++)
            for (size_t end = 0; end < 2; end++) {
                struct buf b = {0};
                buf_add_text(&b, "x\n");
                for (size_t n = 0; n < limits[i] + over; n++)
                    buf_add_char(&b, 'a');
                buf_add_text(&b, end == 0 ? "\ny\n" : "");
                write_file(f, buf_str(&b));
                struct result r = read_one(f, limits[i]);
                assert_int_equal(r.text.len, b.len);
                assert_memory_equal(r.text.data, b.data, b.len);
                /* at the limit it is a line like others; over it, if it came in
                 * whole, the reader of lines will see that it is too long */
                if (over == 0)
                    assert_str(buf_str(&r.trace), "|L");
                free_result(&r);
                buf_free(&b);
            }
    struct buf b = {0};
    buf_add_text(&b, "x\n");
    for (int n = 0; n < 3000000; n++)
        buf_add_char(&b, 'a');
    buf_add_text(&b, "\ny\n");
    write_file(f, buf_str(&b));
    assert_result(read_one(f, 1000), buf_str(&b), "|LlmEL");
    b.len -= 3; /* no newline at the end of the file */
    write_file(f, buf_str(&b));
    assert_result(read_one(f, 1000), buf_str(&b), "|LlmE");
    write_file(f, (struct str){b.data + 2, b.len - 2});
    assert_result(read_one(f, 1000), (struct str){b.data + 2, b.len - 2}, "|lmE");
    buf_free(&b);
    unlink(f);
}

static bool is_angle(void *context, struct str head)
{
    (void)context;
    const char *newline = head.len > 0 ? memchr(head.ptr, '\n', head.len) : NULL;
    assert_true(head.len <= 4096 || (newline != NULL && newline + 4097 >= head.ptr + head.len));
    return head.len > 0 && head.ptr[0] == '<';
}

static void hands_out_documents_whole(void **state)
{
    (void)state;
    struct buf b = {0}, z = {0};
    buf_add_char(&b, '<');
    fill_lines(&b, 900000);
    add_gzip(&z, buf_str(&b));
    write_file(f, buf_str(&b));
    write_file(g, STR("line\n"));
    write_file(h, buf_str(&z));
    write_file(e, STR(""));
    char *operands[] = {f, g, h, e, g};
    struct result r = read_all(operands, 5, LIMIT, is_angle);
    assert_str(buf_str(&r.trace), "|D|L|D|L");
    assert_int_equal(r.text.len, 2 * b.len + 10);
    free_result(&r);
    r = read_all(operands, 2, 1000, is_angle); /* over the limit: told, not handed out */
    assert_str(buf_str(&r.trace), "|?|L");
    assert_str(buf_str(&r.text), "line\n");
    free_result(&r);
    buf_free(&b);
    buf_free(&z);
    for (char *const *name = operands; name < operands + 4; name++)
        unlink(*name);
}

/* A writer that waits to be told each of its steps. */
struct writer {
    pthread_t thread;
    const char *path;
    struct str steps[8];
    size_t count;
    int go[2]; /* a pipe: one byte lets one step through */
};

static void *write_steps(void *argument)
{
    struct writer *w = argument;
    int fd = open(w->path, O_WRONLY);
    for (size_t i = 0; i < w->count && fd >= 0; i++) {
        char byte;
        if (read(w->go[0], &byte, 1) != 1)
            break;
        for (struct str left = w->steps[i]; left.len > 0;) {
            ssize_t written = write(fd, left.ptr, left.len);
            if (written <= 0)
                break;
            left = str_from(left, (size_t)written);
        }
    }
    close(fd);
    return NULL;
}

static void start_writer(struct writer *w)
{
    unlink(w->path);
    assert_int_equal(mkfifo(w->path, 0600), 0);
    assert_int_equal(pipe(w->go), 0);
    assert_int_equal(pthread_create(&w->thread, NULL, write_steps, w), 0);
}

static void let_go(const struct writer *w)
{
    assert_int_equal(write(w->go[1], "g", 1), 1);
}

static void end_writer(struct writer *w)
{
    close(w->go[1]);
    pthread_join(w->thread, NULL);
    close(w->go[0]);
    unlink(w->path);
}

/* Reads until the input says that it pauses: everything before must be out. */
static void assert_pause(struct input *in, struct chunk *c, struct str want)
{
    struct buf got = {0};
    do {
        assert_true(input_next(in, c));
        buf_add_str(&got, buf_str(&c->text));
    } while (!c->pausing);
    assert_int_equal(got.len, want.len);
    assert_memory_equal(got.data, want.ptr, want.len);
    buf_free(&got);
}

static void answers_when_input_pauses(void **state)
{
    (void)state;
    struct writer w = {
        .path = p, .steps = {STR("a\n"), STR("b\nc"), STR("d\n"), STR("")}, .count = 4};
    start_writer(&w);
    char *operands[] = {p};
    struct input *in = input_new(operands, 1, LIMIT);
    struct chunk c = {0};
    let_go(&w);
    assert_pause(in, &c, STR("a\n"));
    let_go(&w);
    assert_pause(in, &c, STR("b\n"));
    let_go(&w);
    assert_pause(in, &c, STR("cd\n"));
    end_writer(&w);
    input_free(in);
    buf_free(&c.text);
}

/* However much came at once, and wherever it was torn. */
static void answers_after_a_flood(void **state)
{
    (void)state;
    for (size_t bytes = 1000; bytes < 700000; bytes = bytes * 2 + 777) {
        struct buf torn = {0};
        fill_lines(&torn, bytes);
        size_t whole = torn.len;
        buf_add_text(&torn, "torn");
        struct writer w = {.path = p, .steps = {buf_str(&torn), STR("\n")}, .count = 2};
        start_writer(&w);
        char *operands[] = {p};
        struct input *in = input_new(operands, 1, LIMIT);
        struct chunk c = {0};
        struct buf got = {0};
        let_go(&w);
        while (got.len < whole || !c.pausing) {
            assert_true(input_next(in, &c));
            buf_add_str(&got, buf_str(&c.text));
        }
        assert_int_equal(got.len, whole);
        let_go(&w);
        end_writer(&w);
        input_free(in);
        buf_free(&c.text);
        buf_free(&got);
        buf_free(&torn);
    }
}

static void answers_before_the_next_file(void **state)
{
    (void)state;
    write_file(f, STR("a\n"));
    struct writer w = {.path = p, .steps = {STR("b\n")}, .count = 1};
    unlink(p);
    assert_int_equal(mkfifo(p, 0600), 0);
    char *operands[] = {f, p};
    struct input *in = input_new(operands, 2, LIMIT);
    struct chunk c = {0};
    assert_pause(in, &c, STR("a\n")); /* though nobody has opened the other end */
    start_writer(&w);
    let_go(&w);
    assert_true(input_next(in, &c));
    while (c.text.len == 0)
        assert_true(input_next(in, &c));
    assert_str(buf_str(&c.text), "b\n");
    assert_true(c.opens);
    assert_string_equal(c.file, "p");
    end_writer(&w);
    input_free(in);
    buf_free(&c.text);
    unlink(f);
}

static void answers_when_gzip_pauses(void **state)
{
    (void)state;
    struct buf one = {0}, two = {0};
    add_gzip(&one, STR("a\nb"));
    add_gzip(&two, STR("c\n"));
    struct writer w = {.path = p, .steps = {buf_str(&one), buf_str(&two)}, .count = 2};
    start_writer(&w);
    char *operands[] = {p};
    struct input *in = input_new(operands, 1, LIMIT);
    struct chunk c = {0};
    let_go(&w);
    assert_pause(in, &c, STR("a\n"));
    let_go(&w);
    end_writer(&w);
    assert_true(input_next(in, &c));
    assert_str(buf_str(&c.text), "bc\n");
    input_free(in);
    buf_free(&c.text);
    buf_free(&one);
    buf_free(&two);
}

static void waits_on_a_descriptor_that_does_not_block(void **state)
{
    (void)state;
    struct writer w = {.path = p, .steps = {STR("a\n"), STR("b\n")}, .count = 2};
    start_writer(&w);
    int fd = open(p, O_RDONLY), old = dup(STDIN_FILENO);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    dup2(fd, STDIN_FILENO);
    struct input *in = input_new(NULL, 0, LIMIT);
    struct chunk c = {0};
    let_go(&w);
    assert_pause(in, &c, STR("a\n"));
    let_go(&w);
    assert_true(input_next(in, &c));
    while (c.text.len == 0)
        assert_true(input_next(in, &c));
    assert_str(buf_str(&c.text), "b\n");
    assert_string_equal(c.file, "-");
    end_writer(&w);
    input_free(in);
    dup2(old, STDIN_FILENO);
    close(old);
    close(fd);
    buf_free(&c.text);
}

/* ---- files read whole ---- */

/* Notes each line with a | behind it; does not like one that begins with !. */
static bool note_line(void *data, struct str line, struct err *why)
{
    buf_add_str(data, line);
    buf_add_char(data, '|');
    return !str_starts(line, STR("!")) || err_set(why, "not liked");
}

static void assert_lines(char **files, size_t count, size_t most, const char *lines,
                         const char *problem)
{
    struct buf got = {0};
    struct err why = {.text = ""};
    assert_int_equal(input_each_line(files, count, most, note_line, &got, &why), *problem == '\0');
    assert_str(buf_str(&got), lines);
    assert_string_equal(why.text, problem);
    buf_free(&got);
}

static void gives_each_line_of_files(void **state)
{
    (void)state;
    char *both[] = {f, g};
    write_file(f, STR("\xEF\xBB\xBF"
                      "a\n\n \r\nb"));
    write_file(g, STR("c\r\n\n!d\ne\n"));
    assert_lines(both, 1, LIMIT, "a|b|", "");
    assert_lines(both, 2, LIMIT, "a|b|c\r|!d|", "g:3: not liked");
    write_file(g, STR("c\n12345678\n"));
    assert_lines(both, 2, 8, "a|b|c|12345678|", "");
    assert_lines(both, 2, 7, "a|b|c|", "g:2: longer than 7 bytes");
    both[1] = none;
    assert_lines(both, 2, LIMIT, "a|b|", "cannot open none: No such file or directory");
    write_file(f, STR("a\n!b\n"));
    assert_lines(both, 2, LIMIT, "a|!b|", "f:2: not liked");
    unlink(f);
    unlink(g);
}

/* What is left of a file that is cut may end in a line that nobody likes. */
static void tells_that_a_file_is_cut_before_its_lines(void **state)
{
    (void)state;
    struct buf z = {0};
    char *one[] = {f};
    add_gzip(&z, STR("a\n!b\n"));
    write_file(f, (struct str){z.data, z.len - 6});
    assert_lines(one, 1, LIMIT, "a|!b|", "f: gzip data ends before its end");
    unlink(f);
    buf_free(&z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_there_is),
        cmocka_unit_test(undoes_gzip),
        cmocka_unit_test(undoes_very_dense_gzip),
        cmocka_unit_test(tells_damaged_gzip),
        cmocka_unit_test(goes_on_after_what_cannot_be_read),
        cmocka_unit_test(hands_out_long_lines_in_pieces),
        cmocka_unit_test(hands_out_documents_whole),
        cmocka_unit_test(answers_when_input_pauses),
        cmocka_unit_test(answers_after_a_flood),
        cmocka_unit_test(answers_before_the_next_file),
        cmocka_unit_test(answers_when_gzip_pauses),
        cmocka_unit_test(waits_on_a_descriptor_that_does_not_block),
        cmocka_unit_test(gives_each_line_of_files),
        cmocka_unit_test(tells_that_a_file_is_cut_before_its_lines),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
