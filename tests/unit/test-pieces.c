/* lib/alike in pieces: the lines between steps, texts that meet under a key, pairs that are
 * made of them and read again. And base64, in which texts travel. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "alike/gather.h"
#include "alike/keys.h"
#include "alike/pairs.h"
#include "alike/side.h"
#include "alike/texts.h"
#include "base/base64.h"

/* ---- base64 ---- */

static void encodes_as_the_standard_does(void **state)
{
    /* RFC 4648, section 10 */
    static const char *const rows[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf there = {0}, back = {0};
        base64_add(&there, str_of(rows[i][0]));
        assert_str(buf_str(&there), rows[i][1]);
        assert_true(base64_take(&back, buf_str(&there)));
        assert_str(buf_str(&back), rows[i][0]);
        buf_free(&there);
        buf_free(&back);
    }
}

static void takes_all_bytes_back(void **state)
{
    (void)state;
    for (size_t length = 0; length < 260; length++) {
        char bytes[260];
        struct buf there = {0}, back = {0};
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)(i * 7 + length);
        base64_add(&there, (struct str){bytes, length});
        assert_true(base64_take(&back, buf_str(&there)));
        assert_true(str_equal(buf_str(&back), (struct str){bytes, length}));
        buf_free(&there);
        buf_free(&back);
    }
}

static void refuses_what_is_no_base64(void **state)
{
    static const char *const rows[] = {"Z",
                                       "Zg",
                                       "Zg=",
                                       "Z===",
                                       "====",
                                       "Zh==",
                                       "Zm9=",
                                       "Zg==Zg==",
                                       "Zm 9",
                                       "Zm\xFF"
                                       "9",
                                       "=AAA",
                                       "Z=AA"};
    struct buf to = {0};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(base64_take(&to, str_of(rows[i])));
    buf_free(&to);
}

/* ---- lines ---- */

static void reads_the_lines_that_it_writes(void **state)
{
    struct buf b = {0};
    struct line line;
    struct pair pair = {.form = 1,
                        .other = UINT64_MAX,
                        .common = 3,
                        .all = 40,
                        .kinds = PAIR_NEAR | SHARE_BIT(SHARE_HOLDS)};
    (void)state;
    line_add_kept(&b, 0xDEADBEEF, 17, 0x123456789ABCDEF0, STR("Zm9v"));
    assert_str(buf_str(&b), "kdeadbeef\tK00000011123456789abcdef0Zm9v\n");
    b.len--;
    assert_true(line_read(buf_str(&b), &line));
    assert_true(line.kind == 'k' && line.type == 'K' && line.hash == 0xDEADBEEF);
    assert_true(line.time == 17 && line.form == 0x123456789ABCDEF0);
    assert_str(line.key, "kdeadbeef");
    assert_str(line.text, "Zm9v");
    buf_clear(&b);
    line_add_asking(&b, 1, 2);
    assert_str(buf_str(&b), "k00000001\tA0000000000000002\n");
    buf_clear(&b);
    line_add_text(&b, 's', 2, STR("3,0.8"), STR("Zm9v"));
    assert_str(buf_str(&b), "s0000000000000002\tT3,0.8 Zm9v\n");
    b.len--;
    assert_true(line_read(buf_str(&b), &line));
    assert_str(line.settings, "3,0.8");
    buf_clear(&b);
    line_add_pair(&b, &pair, STR("3,0.8"));
    assert_str(buf_str(&b), "p0000000000000001\tPffffffffffffffff 3/40 hn 3,0.8\n");
    b.len--;
    assert_true(line_read(buf_str(&b), &line));
    assert_true(line.pair.form == pair.form && line.pair.other == pair.other);
    assert_true(line.pair.common == 3 && line.pair.all == 40 && line.pair.kinds == pair.kinds);
    buf_free(&b);
}

static void refuses_other_lines(void **state)
{
    static const char *const rows[] = {
        "",
        "k",
        "\t",
        "k0000001\tA0000000000000002",
        "k000000001\tA0000000000000002",
        "kDEADBEEF\tA0000000000000002",
        "k00000001 A0000000000000002",
        "k00000001\t",
        "k00000001\tA000000000000002",
        "k00000001\tA00000000000000020",
        "k00000001\tK0000001100000000000000",
        "k00000001\tK000000110000000000000002",
        "k00000001\tT3,0.8 Zm9v",
        "t0000000000000002\tA0000000000000002",
        "t0000000000000002\tT3,0.8",
        "p0000000000000001\tP0000000000000002 3/40  3,0.8",
        "p0000000000000001\tP0000000000000002 3/40 x 3,0.8",
        "p0000000000000001\tP0000000000000002 41/40 n 3,0.8",
        "p0000000000000001\tP0000000000000002 0/0 n 3,0.8",
        "p0000000000000001\tP0000000000000002 /40 n 3,0.8",
        "p0000000000000001\tP0000000000000002 3/99999999999 n 3,0.8",
        "p0000000000000001\tP0000000000000002 3/-4 n 3,0.8",
        "x0000000000000001\tP0000000000000002 3/40 n 3,0.8",
        "{\"text\":\"a\"}",
    };
    struct line line;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (line_read(str_of(rows[i]), &line))
            fail_msg("taken: %s", rows[i]);
}

/* ---- texts ---- */

static void count_gone(void *context, uint64_t form)
{
    (void)form;
    ++*(size_t *)context;
}

static void keeps_texts_once_and_the_earliest(void **state)
{
    struct texts t = {.count = 0};
    size_t gone = 0;
    (void)state;
    for (uint64_t i = 0; i < 3; i++)
        for (uint64_t form = 1; form <= 3; form++) {
            struct texts_one one = {.form = form,
                                    .time = (uint32_t)(10 * (4 - form) + (i + form) % 3)};
            texts_add(&t, &one, form == 1 ? STR("one") : STR("more"), count_gone, &gone);
        }
    texts_settle(&t, count_gone, &gone);
    assert_int_equal(t.count, 3);
    assert_int_equal(t.all[0].form, 3);
    assert_int_equal(t.all[0].time, 10);
    assert_int_equal(t.all[2].form, 1);
    assert_int_equal(t.all[2].time, 30);
    assert_str(texts_text(&t, 2), "one");
    assert_int_equal(gone, 0);
    texts_free(&t);
}

static void holds_so_many_texts_and_bytes(void **state)
{
    struct texts t = {.count = 0};
    size_t gone = 0;
    char *large = calloc(1, 1 << 20);
    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        struct texts_one one = {.form = i + 1, .time = 100000 - i};
        texts_add(&t, &one, STR("text"), count_gone, &gone);
        assert_true(t.count <= 2 * TEXTS_MOST + 1);
    }
    texts_settle(&t, count_gone, &gone);
    assert_int_equal(t.count, TEXTS_MOST);
    assert_int_equal(gone + t.count, 100000);
    assert_int_equal(t.all[0].time, 1);
    texts_clear(&t);
    for (uint32_t i = 0; i < 300; i++) {
        struct texts_one one = {.form = i + 1, .time = i};
        texts_add(&t, &one, (struct str){large, 1 << 20}, count_gone, &gone);
        assert_true(t.bytes.len <= (TEXTS_LEAST + 2) << 20);
    }
    assert_true(t.count >= TEXTS_LEAST);
    free(large);
    texts_free(&t);
}

/* Whatever the order in which they come, the same ones are held, and all are told of. */
static void holds_the_same_in_any_order(void **state)
{
    enum { TEXTS = 30000, STRIDE = 7919 }; /* which share no factor */
    char *large = calloc(1, 200000);
    uint64_t held[2][TEXTS_MOST];
    size_t held_count[2];
    (void)state;
    for (size_t size = 4; size <= 200000; size *= 50000 / 4) { /* by number, then by bytes */
        for (int way = 0; way < 2; way++) {
            struct texts t = {.count = 0};
            size_t gone = 0;
            for (uint32_t i = 0; i < TEXTS; i++) {
                uint32_t n = way == 0 ? i : i * STRIDE % TEXTS;
                struct texts_one one = {.form = n % (TEXTS - 100) + 1, .time = n * 31 % 5000};
                struct str text = {large, size - (size > 4 ? n % 7 * 5000 : 0)};
                texts_add(&t, &one, text, count_gone, &gone);
            }
            texts_settle(&t, count_gone, &gone);
            held_count[way] = t.count;
            for (size_t i = 0; i < t.count; i++)
                held[way][i] = t.all[i].form;
            texts_free(&t);
        }
        assert_true(held_count[0] >= TEXTS_LEAST && held_count[0] == held_count[1]);
        assert_true(size == 4 ? held_count[0] == TEXTS_MOST : held_count[0] < 1000);
        assert_memory_equal(held[0], held[1], held_count[0] * sizeof **held);
    }
    free(large);
}

/* ---- groups ---- */

struct bench {
    struct alike_plan plan;
    struct gather *gather;
    struct output out; /* a file without a name */
    struct buf written;
};

static void bench_open(struct bench *b)
{
    *b = (struct bench){.plan = {.shingle = 3, .threshold = 0.8}};
    alike_plan_sketch(&b->plan);
    b->plan.pack = pack_new();
    b->gather = gather_new(&b->plan);
    char path[] = "/tmp/test-pieces.XXXXXX";
    output_open(&b->out, mkstemp(path), "lines");
    unlink(path);
}

static void bench_close(struct bench *b)
{
    struct err e;
    gather_free(b->gather);
    pack_free((struct pack *)b->plan.pack);
    output_close(&b->out, &e);
    buf_free(&b->written);
}

/* All that was written so far. */
static const struct buf *written(struct bench *b)
{
    struct err e;
    assert_true(output_flush(&b->out, &e));
    off_t size = lseek(b->out.fd, 0, SEEK_END);
    buf_clear(&b->written);
    buf_reserve(&b->written, (size_t)size + 1);
    assert_int_equal(pread(b->out.fd, b->written.data, (size_t)size, 0), size);
    b->written.len = (size_t)size;
    return &b->written;
}

static void add_packed(struct bench *b, const char *text, struct buf *to)
{
    struct codes codes = {0};
    struct buf packed = {0};
    codes_read(&codes, str_of(text), SIZE_MAX);
    pack_codes(b->plan.pack, codes.at, codes.count, &packed);
    base64_add(to, buf_str(&packed));
    codes_free(&codes);
    buf_free(&packed);
}

static bool give(struct bench *b, struct buf *line)
{
    struct err e;
    line->len -= line->len > 0 && line->data[line->len - 1] == '\n';
    bool taken = gather_take(b->gather, buf_str(line), &b->out, &e);
    buf_clear(line);
    return taken;
}

static void give_kept(struct bench *b, uint32_t key, uint32_t time, uint64_t form, const char *text)
{
    struct buf line = {0}, packed = {0};
    add_packed(b, text, &packed);
    line_add_kept(&line, key, time, form, buf_str(&packed));
    assert_true(give(b, &line));
    buf_free(&line);
    buf_free(&packed);
}

static void give_asking(struct bench *b, uint32_t key, uint64_t form)
{
    struct buf line = {0};
    line_add_asking(&line, key, form);
    assert_true(give(b, &line));
    buf_free(&line);
}

static void end(struct bench *b)
{
    struct err e;
    assert_true(gather_end(b->gather, &b->out, &e));
}

static size_t count_lines(const struct buf *b, const char *with)
{
    size_t count = 0;
    struct str rest = buf_str(b);
    while (rest.len > 0)
        count += str_find(str_cut(rest, '\n', &rest), str_of(with)) >= 0;
    return count;
}

static void sends_kept_texts_to_those_that_ask(void **state)
{
    struct bench b;
    (void)state;
    bench_open(&b);
    give_asking(&b, 1, 0xA);
    give_kept(&b, 1, 5, 0xB, "this text is kept under a key");
    give_asking(&b, 1, 0xB); /* it asks by its key, too, but not for itself */
    give_asking(&b, 1, 0xA);
    give_asking(&b, 2, 0xC); /* nothing is kept there */
    assert_int_equal(count_lines(written(&b), "\t"), 1);
    assert_true(
        str_starts(buf_str(written(&b)), STR("t000000000000000a\tC00000005000000000000000b")));
    give_kept(&b, 3, 5, 0xB, "this text is kept under a key");
    give_asking(&b, 3, 0xA); /* sent lately */
    end(&b);
    assert_int_equal(count_lines(written(&b), "\t"), 1);
    bench_close(&b);
}

static void refuses_keys_that_are_not_in_order(void **state)
{
    struct bench b;
    struct buf line = {0};
    (void)state;
    bench_open(&b);
    give_asking(&b, 2, 1);
    line_add_asking(&line, 1, 1);
    assert_false(give(&b, &line));
    line_add_text(&line, 's', 1, STR("4,0.8"), STR("Zm9v"));
    assert_false(give(&b, &line));
    struct buf long_text = {0};
    for (size_t i = 0; i < 400000; i++)
        buf_add_char(&long_text, 'A');
    line_add_kept(&line, 3, 1, 1, buf_str(&long_text)); /* longer than any that is compared */
    assert_false(give(&b, &line));
    buf_free(&long_text);
    give_asking(&b, 2, 2);
    end(&b);
    bench_close(&b);
    buf_free(&line);
}

/* Of many that are near to each other only some are sent; what is near to none is, however
 * late it came. */
static void sends_of_a_crowd_what_stands_alone(void **state)
{
    struct bench b;
    char text[100];
    (void)state;
    bench_open(&b);
    for (uint32_t i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "everybody says the same here and only adds a number %u",
                 1000 + i);
        give_kept(&b, 7, i, i + 1, text);
    }
    give_kept(&b, 7, 900, 0xF00D, "something else that has this key by chance");
    end(&b);
    assert_int_equal(count_lines(written(&b), "t0000000000000064\tC"), GATHER_MOST);
    assert_int_equal(count_lines(written(&b), "t0000000000000064\tC00000384000000000000f00d"), 1);
    assert_int_equal(count_lines(written(&b), "t0000000000000064\tC000000000000000000000001"), 1);
    bench_close(&b);
}

/* Of long texts only so many bytes are sent to each that asks; those that stand alone go
 * first here, too. */
static void sends_of_long_texts_so_many_bytes(void **state)
{
    enum { TEXTS = 40, ASKING = 10 };
    static const size_t lengths[] = {8000, 60000}; /* code points */
    (void)state;
    for (size_t row = 0; row < 2; row++) {
        struct bench b;
        bench_open(&b);
        for (uint32_t i = 0; i < TEXTS; i++) {
            struct buf text = {0};
            uint32_t random = i < TEXTS - 1 ? 5 : 77; /* the last one is another */
            for (size_t at = 0; at < lengths[row]; at++) {
                random = random * 1664525 + 1013904223;
                buf_add_code(&text, 0x4E00 + random / 65536 % 20000);
            }
            buf_addf(&text, " %u", i);
            give_kept(&b, 7, i, i + 1, buf_text(&text));
            buf_free(&text);
        }
        for (uint64_t form = 0; form < ASKING; form++)
            give_asking(&b, 7, 0xF000 + form);
        end(&b);
        const struct buf *lines = written(&b);
        size_t most = GATHER_BYTES + GATHER_MOST * 100;
        assert_true(lines->len <= (TEXTS + ASKING) * most);
        assert_int_equal(count_lines(lines, "t000000000000f001\tC000000000000000000000001"), 1);
        assert_int_equal(count_lines(lines, "t000000000000f001\tC000000270000000000000028"),
                         row == 0 ? 1 : 0);
        assert_int_equal(count_lines(lines, "t000000000000f001\tC"), row == 0 ? 8 : 1);
        bench_close(&b);
    }
}

static void makes_pairs_of_texts_that_have_met(void **state)
{
    struct bench b;
    struct buf line = {0}, packed = {0};
    struct err e;
    (void)state;
    bench_open(&b);
    add_packed(&b, "the pudding that was bought today had an insect in it", &packed);
    line_add_text(&line, 't', 1, STR("3,0.8"), buf_str(&packed));
    struct buf own = {0};
    buf_add_str(&own, buf_str(&line));
    assert_true(give(&b, &line));
    buf_clear(&packed);
    add_packed(&b, "the pudding that was bought today had an insect in it too", &packed);
    line_add_candidate(&line, 1, 9, 2, buf_str(&packed));
    assert_true(give(&b, &line));
    buf_clear(&packed);
    add_packed(&b, "it has nothing in common with any other of these", &packed);
    line_add_candidate(&line, 1, 9, 3, buf_str(&packed));
    assert_true(give(&b, &line));
    end(&b);
    assert_str(buf_str(written(&b)), "p0000000000000001\tP0000000000000002 49/51 ibn 3,0.8\n");
    bench_close(&b);

    bench_open(&b); /* the text itself has not come */
    line_add_candidate(&line, 1, 9, 2, buf_str(&packed));
    assert_true(give(&b, &line));
    assert_false(gather_end(b.gather, &b.out, &e));
    assert_non_null(strstr(e.text, "missing or damaged"));
    bench_close(&b);

    bench_open(&b); /* … or is damaged */
    assert_true(give(&b, &own));
    line_add_candidate(&line, 1, 9, 2, STR("!!!!"));
    assert_true(give(&b, &line));
    assert_false(gather_end(b.gather, &b.out, &e));
    bench_close(&b);
    buf_free(&own);
    buf_free(&line);
    buf_free(&packed);
}

/* ---- pairs ---- */

static struct pairs *read_pairs(const char *text, struct err *e)
{
    char path[] = "/tmp/test-pieces.XXXXXX";
    struct alike_plan plan = {.shingle = 3, .threshold = 0.8};
    char *files[] = {path};
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    struct pairs *p = pairs_new(files, 1, &plan, e);
    unlink(path);
    return p;
}

static void reads_pairs(void **state)
{
    struct err e;
    size_t count;
    (void)state;
    struct pairs *p = read_pairs("p0000000000000002\tP0000000000000001 3/4 n 3,0.8\n"
                                 "p0000000000000001\tP0000000000000009 3/4 n 3,0.8\n\n"
                                 "p0000000000000002\tP0000000000000001 3/4 n 3,0.8\n"
                                 "p0000000000000001\tP0000000000000002 3/4 h 3,0.8",
                                 &e);
    assert_non_null(p);
    const struct pair *of = pairs_of(p, 1, &count);
    assert_int_equal(count, 2);
    assert_int_equal(of[0].other, 2);
    assert_int_equal(of[1].other, 9);
    pairs_of(p, 2, &count);
    assert_int_equal(count, 1);
    pairs_of(p, 3, &count);
    assert_int_equal(count, 0);
    pairs_of(p, 0, &count);
    assert_int_equal(count, 0);
    pairs_free(p);
}

static void tells_what_is_no_pair(void **state)
{
    static const char *const rows[][2] = {
        {"p0000000000000002\tP0000000000000001 3/4 n 3,0.8\nhello\n", ":2: not a pair"},
        {"k00000001\tA0000000000000002\n", ":1: not yet a pair"},
        {"p0000000000000002\tP0000000000000001 3/4 n 3,0.7\n", ":1: a pair of other settings"},
    };
    struct err e;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_null(read_pairs(rows[i][0], &e));
        assert_non_null(strstr(e.text, rows[i][1]));
    }
    struct buf large = {0};
    for (unsigned i = 0; i < 1000000; i++)
        buf_add_char(&large, 'p');
    assert_null(read_pairs(buf_text(&large), &e));
    assert_non_null(strstr(e.text, ":1: longer than "));
    buf_free(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_as_the_standard_does),
        cmocka_unit_test(takes_all_bytes_back),
        cmocka_unit_test(refuses_what_is_no_base64),
        cmocka_unit_test(reads_the_lines_that_it_writes),
        cmocka_unit_test(refuses_other_lines),
        cmocka_unit_test(keeps_texts_once_and_the_earliest),
        cmocka_unit_test(holds_so_many_texts_and_bytes),
        cmocka_unit_test(sends_kept_texts_to_those_that_ask),
        cmocka_unit_test(refuses_keys_that_are_not_in_order),
        cmocka_unit_test(sends_of_a_crowd_what_stands_alone),
        cmocka_unit_test(holds_the_same_in_any_order),
        cmocka_unit_test(sends_of_long_texts_so_many_bytes),
        cmocka_unit_test(makes_pairs_of_texts_that_have_met),
        cmocka_unit_test(reads_pairs),
        cmocka_unit_test(tells_what_is_no_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
