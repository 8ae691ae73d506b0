/* lib/judge/sample: which posts are chosen, told by their lines. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>

#include "judge/sample.h"

static void take_titled(struct sample *s, const char *line, const char *title, const char *text,
                        const char *probabilities)
{
    struct buf verdict = {0};
    buf_addf(&verdict, "{\"p\":%s}", probabilities);
    sample_take(s, str_of(line), str_of(title), str_of(text), buf_str(&verdict));
    buf_free(&verdict);
}

static void take(struct sample *s, const char *line, const char *text, const char *probabilities)
{
    take_titled(s, line, "null", text, probabilities);
}

/* Frees the sample. */
static void assert_chosen(struct sample *s, const char *lines)
{
    struct output out;
    struct err e;
    output_open(&out, open("/dev/null", O_WRONLY), "/dev/null");
    sample_write(s, &out);
    assert_str(buf_str(&out.pending), lines);
    assert_true(output_close(&out, &e));
    sample_free(s);
}

static void the_most_doubtful_come_first_and_of_equals_the_first(void **state)
{
    (void)state;
    struct sample *s = sample_new(4, NULL);
    take(s, "sure", "\"abcdef\"", "{\"a\":0.01,\"b\":0.99}");
    take(s, "torn", "\"ghijkl\"", "{\"a\":0.01,\"b\":0.45}");
    take(s, "own", "\"mnopqr\"", "{\"a\":1,\"own\":{\"x\":0.5}}");
    take(s, "torn too", "\"stuvwx\"", "{\"b\":0.55}");
    take(s, "silent", "\"yzABCD\"", "null");
    assert_chosen(s, "own\ntorn\ntorn too\nsure\n");
}

static void with_a_question_only_doubt_about_it_counts(void **state)
{
    (void)state;
    static const char *const questions[] = {"tone", "risks", "topic"};
    static const char *const chosen[] = {"first\n", "second\n", "third\n"};
    for (size_t i = 0; i < 3; i++) {
        struct sample *s = sample_new(1, questions[i]);
        take(s, "first", "\"abcdef\"", "{\"negative\":0.5}");
        take(s, "second", "\"ghijkl\"", "{\"defect\":0.5,\"topic\":{\"a\":0.1}}");
        take(s, "third", "\"mnopqr\"", "{\"topic\":{\"a\":0.4}}");
        assert_chosen(s, chosen[i]);
    }
}

/* Runs of three bytes, the last two bytes and the end being one too: abcdefgh and abcdefghi
 * have six of nine in common, abcdefgh and abcdxyzw two of twelve. */
static void of_texts_that_are_alike_one_is_taken(void **state)
{
    (void)state;
    struct sample *s = sample_new(9, NULL);
    take(s, "1", "\"abcdefgh\"", "{\"a\":0.5}");
    take(s, "the same", "\"\\u0061bcdefgh\"", "{\"a\":0.5}");
    take(s, "more than half", "\"abcdefghi\"", "{\"a\":0.5}");
    take(s, "less", "\"abcdxyzw\"", "{\"a\":0.5}");
    take(s, "empty", "\"\"", "{\"a\":0.5}");
    take(s, "empty too", "null", "{\"a\":0.5}");
    take(s, "short", "\"a\"", "{\"a\":0.5}");
    take(s, "short too", "\"b\"", "{\"a\":0.5}");
    take(s, "short again", "\"a\"", "{\"a\":0.5}");
    take(s, "NUL", "\"\\u0000abcdefgh\"", "{\"a\":0.5}");
    take(s, "another NUL", "\"\\u0000stuvwxyz\"", "{\"a\":0.5}");
    assert_chosen(s, "1\nless\nempty\nshort\nshort too\nanother NUL\n");
}

static void a_title_is_text_too(void **state)
{
    (void)state;
    struct sample *s = sample_new(9, NULL);
    take_titled(s, "title alone", "\"abcdefgh\"", "\"\"", "{\"a\":0.5}");
    take_titled(s, "another", "\"stuvwxyz\"", "\"\"", "{\"a\":0.5}");
    take_titled(s, "the first again", "\"abcdefgh\"", "\"x\"", "{\"a\":0.5}");
    take_titled(s, "a text", "null", "\"more\"", "{\"a\":0.5}");
    take_titled(s, "the same under a title", "\"ijklmnop\"", "\"more\"", "{\"a\":0.5}");
    assert_chosen(s, "title alone\nanother\na text\nthe same under a title\n");
}

/* As long as a page, of the same few letters: a third of their runs is the same. */
static void long_texts_are_not_alike_for_being_long(void **state)
{
    (void)state;
    struct sample *s = sample_new(9, NULL);
    for (unsigned i = 0; i < 4; i++) {
        struct buf text = {0};
        char line[] = {(char)('0' + i), '\0'};
        uint32_t random = i / 2;
        buf_add_char(&text, '"');
        for (int k = 0; k < 9000; k++) {
            random = random * 1664525 + 1013904223;
            buf_add_char(&text, (char)('a' + (random >> 16) % 24));
        }
        buf_add_char(&text, '"');
        take(s, line, buf_text(&text), "{\"a\":0.5}");
        buf_free(&text);
    }
    assert_chosen(s, "0\n2\n");
}

/* Copies that come with more doubt, or later, than there is room for. */
static void copies_crowd_nothing_out(void **state)
{
    (void)state;
    static const char *const texts[] = {"\"abcd\"", "\"efgh\"", "\"ijkl\""};
    struct sample *s = sample_new(4, NULL);
    for (size_t i = 0; i < 3; i++)
        take(s, texts[i], texts[i], "{\"a\":0.7}");
    for (size_t i = 0; i < 1000; i++)
        take(s, "copy", "\"zzzz\"", "{\"a\":0.5}");
    assert_chosen(s, "copy\n\"abcd\"\n\"efgh\"\n\"ijkl\"\n");
}

static void without_probabilities_there_is_no_doubt(void **state)
{
    (void)state;
    struct sample *s = sample_new(4, "t");
    assert_false(sample_doubts(s));
    take(s, "sure", "\"abcdef\"", "{\"t\":{\"x\":1,\"y\":0}}");
    take(s, "of another", "\"ghijkl\"", "{\"a\":0.5}");
    take(s, "none", "\"mnopqr\"", "null");
    sample_take(s, STR("unjudged"), STR("null"), STR("\"stuvwx\""), (struct str){NULL, 0});
    assert_true(sample_doubts(s));
    assert_chosen(s, "sure\n");
}

/* More than are kept at a time; doubt grows, so that the best come last. */
static void many_posts_pass_through_few_kept(void **state)
{
    (void)state;
    struct sample *s = sample_new(2, NULL);
    char line[16], text[40], p[40];
    for (int i = 0; i < 900; i++) {
        snprintf(line, sizeof line, "%d", i);
        snprintf(text, sizeof text, "\"%08x\"", (unsigned)i * 2654435761u);
        snprintf(p, sizeof p, "{\"a\":%.4f}", i / 2000.0);
        take(s, line, text, p);
    }
    assert_chosen(s, "899\n898\n");
}

static void nothing_of_nothing(void **state)
{
    (void)state;
    assert_chosen(sample_new(5, "tone"), "");
    sample_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_doubtful_come_first_and_of_equals_the_first),
        cmocka_unit_test(with_a_question_only_doubt_about_it_counts),
        cmocka_unit_test(of_texts_that_are_alike_one_is_taken),
        cmocka_unit_test(a_title_is_text_too),
        cmocka_unit_test(long_texts_are_not_alike_for_being_long),
        cmocka_unit_test(copies_crowd_nothing_out),
        cmocka_unit_test(without_probabilities_there_is_no_doubt),
        cmocka_unit_test(many_posts_pass_through_few_kept),
        cmocka_unit_test(nothing_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
