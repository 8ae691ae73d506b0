/* lib/alike: censuses against exact counts, groups and their bounds, and clusters. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "alike/census.h"
#include "alike/cluster.h"
#include "alike/group.h"
#include "alike/seen.h"
#include "base/clock.h"
#include "base/hash.h"

static uint64_t thing(uint64_t number)
{
    return hash_bytes((struct str){(const char *)&number, sizeof number}, 7);
}

/* ---- censuses ---- */

static void a_census_counts_exactly_up_to_its_limit(void **state)
{
    (void)state;
    struct census c = {.limit = 100};
    for (uint64_t i = 0; i < 100; i++)
        for (uint64_t times = 0; times <= i; times++)
            assert_int_equal(census_add(&c, thing(i)), times + 1);
    assert_true(census_is_exact(&c));
    assert_int_equal(census_distinct(&c), 100);
    assert_int_equal(c.total, 5050);
    assert_int_equal(census_of(&c, thing(41)), 42);
    assert_int_equal(census_of(&c, thing(100)), 0);
    assert_int_equal(census_top(&c, 10), 955); /* 91 to 100 */
    assert_int_equal(census_top(&c, 1), 100);
    census_add(&c, thing(100));
    assert_false(census_is_exact(&c));
    census_free(&c);
    assert_int_equal(census_distinct(&c), 0);
    assert_int_equal(census_of(&c, thing(1)), 0);
    assert_int_equal(census_top(&c, 10), 0);
}

/* Five standard errors of 1.6 %, at numbers from just above the limit up. */
static void beyond_it_the_number_is_estimated(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {65, 200, 1000, 5000, 20000, 300000, 1000000};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct census c = {.limit = 64};
        for (uint64_t n = 0; n < numbers[i]; n++) {
            census_add(&c, thing(n));
            census_add(&c, thing(n)); /* more than once changes nothing */
        }
        double distinct = (double)census_distinct(&c), wanted = (double)numbers[i];
        assert_true(distinct > wanted * 0.92 && distinct < wanted * 1.08);
        assert_true(census_bytes(&c) < 8192);
        census_free(&c);
    }
}

/* Among many that come once, a few that come often, in an order that mixes them. */
static void the_frequent_are_counted_within_the_bound(void **state)
{
    (void)state;
    struct census c = {.limit = 256};
    uint64_t often[10] = {0}, sum = 0;
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t who = thing(i) % 100; /* a twentieth of all to ten things, unevenly */
        if (who < 5) {
            uint64_t one = i % 7 + (who == 0 ? 3 : 0);
            often[one]++;
            sum++;
            census_add(&c, thing(one));
        } else {
            census_add(&c, thing(1000 + i));
        }
    }
    uint64_t slack = c.total / (256 / 2);
    for (uint64_t one = 0; one < 10; one++) {
        assert_true(census_of(&c, thing(one)) <= often[one]);
        assert_true(census_of(&c, thing(one)) + slack >= often[one]);
    }
    assert_true(census_top(&c, 10) <= sum);
    assert_true(census_top(&c, 10) + 10 * slack >= sum);
    assert_in_range(c.count, 1, 256);
    census_free(&c);
}

/* ---- groups ---- */

static struct group_post post_at(int64_t time, uint64_t author)
{
    return (struct group_post){
        .author = author == 0 ? 0 : thing(author), .form = 1, .time = time, .reach = REACH_UNKNOWN};
}

static struct buf written(const struct group *g)
{
    struct buf out = {0};
    struct json j = {.out = &out};
    json_open(&j, '{');
    group_write(g, STR("\"first\""), &j);
    json_close(&j, '}');
    return out;
}

static void holds(const struct buf *out, const char *part)
{
    if (str_find(buf_str(out), str_of(part)) >= 0)
        return;
    print_error("# '%s' is not in '%.*s'\n", part, (int)out->len, out->data);
    fail();
}

static void a_million_copies_take_bounded_memory(void **state)
{
    (void)state;
    struct group g = {0};
    for (uint32_t i = 0; i < 1000000; i++) {
        struct group_post post = post_at((int64_t)i * 60, i + 1);
        char text[16], watches[32], name[16];
        snprintf(text, sizeof text, "\"%u\"", i);
        snprintf(watches, sizeof watches, "[\"all\",\"%u\"]", i);
        snprintf(name, sizeof name, "\"%u\"", i % 1000);
        post.form = thing(i);
        struct group_words words = {str_of(text), str_of(name), str_of(name), str_of(watches)};
        group_add(&g, &post, &words);
    }
    assert_true(group_bytes(&g) < 256 * 1024);
    struct buf out = written(&g);
    assert_true(out.len < 16 * 1024);
    holds(&out, "\"posts\":1000000,");
    holds(&out, "\"exact\":false");
    holds(&out, "\"networks_more\":968000");
    holds(&out, "\"watch\":[\"all\",\"0\",\"1\",");
    holds(&out, ",\"30\"]");           /* 32 of them */
    holds(&out, "\"earlier\":989940"); /* all but 167 hours of 60 and one of 40 */
    buf_free(&out);
    group_free(&g);
}

/* Small ones and one beyond all bounds: what is loaded writes the same and goes on in the same
 * way, and what is cut off anywhere is refused. */
static void a_saved_group_is_the_same(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 30, 6000};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        struct group g = {0}, loaded;
        struct extent saved = {0};
        for (uint32_t i = 0; i < counts[k]; i++) {
            struct group_post post = post_at((int64_t)i * 4000, i + 1);
            post.form = thing(i / 2);
            post.reach = i;
            struct group_words words = {.source = i % 3 ? STR("\"x\"") : STR("\"net-news\""),
                                        .tier = STR("null"),
                                        .watches = STR("[\"w\"]")};
            if (i > 0)
                words.text = STR("\"some text\"");
            group_add(&g, &post, &words);
        }
        extent_add(&saved, "before", 6);
        group_save(&g, &saved);
        struct str whole = {saved.data + 6, saved.len - 6};
        assert_int_equal(group_saved(whole).len, whole.len);
        assert_true(group_load(&loaded, whole));
        struct group_post more = post_at(5, 1);
        struct group_words words = {STR("\"another\""), STR("\"y\""), STR("null"),
                                    STR("[\"w\",\"x\"]")};
        group_add(&g, &more, &words);
        group_add(&loaded, &more, &words);
        struct buf before = written(&g), after = written(&loaded);
        assert_true(str_equal(buf_str(&before), buf_str(&after)));
        assert_int_equal(loaded.posts, counts[k] + 1);
        group_free(&loaded);
        for (size_t length = 0; length < whole.len; length += 1 + length / 64)
            assert_false(group_load(&loaded, (struct str){whole.ptr, length}));
        buf_free(&before);
        buf_free(&after);
        extent_free(&saved);
        group_free(&g);
    }
}

static void what_is_not_known_is_null(void **state)
{
    (void)state;
    struct group g = {0};
    struct group_post post = post_at(CLOCK_UNKNOWN, 0);
    struct group_words words = {.source = STR("null"), .tier = STR("null")};
    group_add(&g, &post, &words);
    group_add(&g, &post, &words);
    struct buf out = written(&g);
    holds(&out, "\"from\":null,\"to\":null,\"posts\":2");
    holds(&out, "\"authors\":{\"count\":null,\"exact\":true,\"top10\":null,\"unknown\":2}");
    holds(&out, "\"reach\":null,\"reach_unknown\":2");
    holds(&out, "\"networks\":[{\"source\":null,\"time\":null,\"posts\":2}]");
    holds(&out, "\"per_hour\":null,\"peak\":null,\"peak_hour\":null,\"hours\":[]");
    holds(&out, "\"unknown\":2}");
    holds(&out, "\"top\":[{\"text\":\"first\",\"posts\":2}]");
    buf_free(&out);
    group_free(&g);
}

static void times_out_of_order_are_put_in_order(void **state)
{
    (void)state;
    static const int64_t times[] = {7200, 10, -1, 7201, CLOCK_UNKNOWN, 3600};
    struct group g = {0};
    static const char *const sources[] = {"\"a\"", "\"b\"", "\"b\"", "\"a\"", "null", "\"b\""};
    for (size_t i = 0; i < 6; i++) {
        struct group_post post = post_at(times[i], 1);
        struct group_words words = {STR("\"t\""), str_of(sources[i]), STR("null"), {NULL, 0}};
        group_add(&g, &post, &words);
    }
    struct buf out = written(&g);
    holds(&out, "\"from\":\"1969-12-31T23:59:59Z\",\"to\":\"1970-01-01T02:00:01Z\"");
    holds(&out, "\"networks\":[{\"source\":\"b\",\"time\":\"1969-12-31T23:59:59Z\",\"posts\":3},"
                "{\"source\":\"a\",\"time\":\"1970-01-01T02:00:00Z\",\"posts\":2},"
                "{\"source\":null,\"time\":null,\"posts\":1}]");
    holds(&out, "\"hours\":[[\"1969-12-31T23:00:00Z\",1],[\"1970-01-01T00:00:00Z\",1],"
                "[\"1970-01-01T01:00:00Z\",1],[\"1970-01-01T02:00:00Z\",2]]");
    holds(&out, "\"per_hour\":2.50,\"peak\":2,\"peak_hour\":\"1970-01-01T02:00:00Z\"");
    buf_free(&out);
    group_free(&g);
}

static void views_hold_over_followers_and_more_over_less(void **state)
{
    (void)state;
    assert_int_equal(group_reach_better(REACH_UNKNOWN, 5), 5);
    assert_int_equal(group_reach_better(5, REACH_UNKNOWN), 5);
    assert_int_equal(group_reach_better(5, 4), 5);
    assert_true(group_reach_better(5000, REACH_VIEWS | 3) == (REACH_VIEWS | 3));
    assert_true(group_reach_better(REACH_VIEWS | 3, REACH_VIEWS | 9) == (REACH_VIEWS | 9));
    assert_int_equal(group_reach_better(REACH_UNKNOWN, REACH_UNKNOWN), REACH_UNKNOWN);
}

/* ---- clusters ---- */

static const char *metrics = "null";

static void take_both(struct clusters *c, const char *id, const char *of, uint32_t first,
                      bool first_too)
{
    struct cluster_post post = {.id = str_of(id), .text = STR("\"t\""), .metrics = str_of(metrics)};
    struct copy copy = {.how = COPY_REPOST, .first = first, .own = first};
    struct buf scratch = {0}, note = {0};
    if (of != NULL)
        copy.of = str_of(of);
    cluster_note(&post, 0, &scratch, &note);
    struct cluster_finding finding = {.copied = of != NULL, .first = first_too, .copy = &copy};
    clusters_take(c, buf_str(&note), 1, &finding);
    buf_free(&scratch);
    buf_free(&note);
}

static void take(struct clusters *c, const char *id, const char *of, uint32_t first)
{
    take_both(c, id, of, first, of == NULL);
}

static void write_is(struct clusters *c, const char *const *parts)
{
    struct buf out = {0};
    while (clusters_write(c, CLOCK_UNKNOWN, 2, &out))
        continue;
    size_t lines = 0, wanted = 0;
    for (size_t i = 0; i < out.len; i++)
        lines += out.data[i] == '\n';
    for (; parts[wanted] != NULL; wanted++)
        holds(&out, parts[wanted]);
    assert_int_equal(lines, wanted);
    buf_free(&out);
}

static void copies_of_copies_and_of_what_comes_later_belong_together(void **state)
{
    (void)state;
    struct pack *pack = pack_new();
    struct clusters *c = clusters_new(pack, true);
    take(c, "\"a\"", NULL, 0);
    take(c, "\"b\"", "\"a\"", SEEN_NONE);
    take(c, "\"c\"", "\"b\"", SEEN_NONE); /* a copy of a copy */
    take(c, "\"b\"", "\"a\"", SEEN_NONE); /* read again */
    take(c, "\"d\"", "\"d\"", SEEN_NONE); /* of itself */
    take(c, "\"e\"", "\"z\"", SEEN_NONE); /* of one that comes later */
    take(c, "\"f\"", "null", SEEN_NONE);  /* of nobody knows what */
    take(c, "\"z\"", NULL, 1);
    take(c, "", NULL, 2); /* a first one without an id */
    take(c, "", "null", 2);
    write_is(c, (const char *const[]){
                    "\"id\":\"cluster:a\",\"time\":null,\"first\":{\"id\":\"a\",\"url\":null,"
                    "\"source\":null,\"tier\":null,\"time\":null,\"author\":null,\"text\":\"t\"},"
                    "\"from\":null,\"to\":null,\"posts\":3,\"copies\":2",
                    "\"id\":\"cluster:z\",\"time\":null,\"first\":{\"id\":\"z\",\"url\":null,"
                    "\"source\":null,\"tier\":null,\"time\":null,\"author\":null,\"text\":\"t\"},"
                    "\"from\":null,\"to\":null,\"posts\":2,\"copies\":1",
                    "\"id\":null,\"time\":null,\"first\":{\"id\":null,", NULL});
    write_is(c, (const char *const[]){NULL}); /* nothing has changed since */
    take(c, "\"g\"", "\"f\"", SEEN_NONE);
    metrics = "{\"views\":3}";
    take(c, "\"f\"", "null", SEEN_NONE);
    metrics = "null";
    take(c, "12", "\"a\"", SEEN_NONE);
    write_is(c, (const char *const[]){"\"reach\":3,\"reach_unknown\":1", "\"posts\":4,\"copies\":3",
                                      NULL});
    clusters_free(c);
    pack_free(pack);
}

/* As a quote with words of its own is, which others repost. */
static void a_copy_may_be_a_first_one_too(void **state)
{
    (void)state;
    struct pack *pack = pack_new();
    struct clusters *c = clusters_new(pack, true);
    take(c, "\"a\"", NULL, 0);
    take_both(c, "\"q\"", "\"a\"", SEEN_NONE, true);
    take(c, "\"r\"", "\"q\"", SEEN_NONE);
    take(c, "\"s\"", "\"q\"", SEEN_NONE);
    write_is(c, (const char *const[]){"\"id\":\"cluster:q\"", "\"id\":\"cluster:a\"", NULL});
    metrics = "{\"views\":7}"; /* it brings both up to date */
    take_both(c, "\"q\"", "\"a\"", SEEN_NONE, false);
    metrics = "{\"views\":5}"; /* of an earlier reading */
    take_both(c, "\"q\"", "\"a\"", SEEN_NONE, false);
    metrics = "null";
    write_is(c,
             (const char *const[]){"\"posts\":3,\"copies\":2,", "\"posts\":2,\"copies\":1,", NULL});
    take(c, "\"t\"", "\"q\"", SEEN_NONE);
    take(c, "\"u\"", "\"a\"", SEEN_NONE);
    write_is(c, (const char *const[]){"\"reach\":7,\"reach_unknown\":3",
                                      "\"reach\":7,\"reach_unknown\":2", NULL});
    clusters_free(c);
    pack_free(pack);
}

static void periods_are_of_the_clock(void **state)
{
    (void)state;
    struct clusters *c = clusters_new(NULL, true);
    int64_t end = 0;
    assert_false(clusters_turn(c, CLOCK_UNKNOWN, 3600, &end));
    assert_false(clusters_turn(c, -1, 3600, &end)); /* the first one begins it */
    assert_true(clusters_turn(c, 0, 3600, &end));
    assert_int_equal(end, 0);
    assert_false(clusters_turn(c, 3599, 3600, &end));
    assert_true(clusters_turn(c, 9000, 3600, &end));
    assert_int_equal(end, 3600);
    assert_false(clusters_turn(c, 3600, 3600, &end)); /* late */
    assert_false(clusters_turn(c, 10799, 3600, &end));
    assert_true(clusters_turn(c, 10800, 3600, &end));
    assert_int_equal(end, 10800);
    clusters_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_census_counts_exactly_up_to_its_limit),
        cmocka_unit_test(beyond_it_the_number_is_estimated),
        cmocka_unit_test(the_frequent_are_counted_within_the_bound),
        cmocka_unit_test(a_million_copies_take_bounded_memory),
        cmocka_unit_test(a_saved_group_is_the_same),
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(times_out_of_order_are_put_in_order),
        cmocka_unit_test(views_hold_over_followers_and_more_over_less),
        cmocka_unit_test(copies_of_copies_and_of_what_comes_later_belong_together),
        cmocka_unit_test(a_copy_may_be_a_first_one_too),
        cmocka_unit_test(periods_are_of_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
