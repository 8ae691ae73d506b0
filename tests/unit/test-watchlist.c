/* lib/text/watchlist: where a text speaks of a watch, and what is wrong in a section. */
#include "unit.h"

#include <stdlib.h>

#include "text/watchlist.h"

/* A configuration of one section out of key, value pairs. */
static struct watchlist *make(struct conf_entry *entries, size_t count, struct normal *n,
                              struct err *e)
{
    struct conf c = {.path = (char *)(uintptr_t) "x.conf", .entries = entries, .count = count};
    return watchlist_new(&c, n, e);
}

static uint64_t match(const struct watchlist *w, const struct normal *n, const char *text)
{
    struct normal_text normal = {0};
    normal_analysis(n, str_of(text), &normal);
    uint64_t watches = watchlist_match(w, &normal, str_of(text));
    normal_text_free(&normal);
    return watches;
}

static void finds_names_outside_exclusions(void **state)
{
    (void)state;
    struct err e;
    struct normal *n = normal_new();
    struct conf_entry entries[] = {{"watch a", "terms", "ほしまる、ＨＲ-20, acme", 2, false},
                                   {"watch a", "exclude", "ほしまる駅, 星占い, bar", 3, false},
                                   {"watch b", "terms", "みなと", 5, false},
                                   {"desk", "hours", "9", 6, false}};
    struct watchlist *w = make(entries, 4, n, &e);
    assert_non_null(w);
    assert_int_equal(match(w, n, "ほしまるが好き"), 1);
    assert_int_equal(match(w, n, "ﾎｼﾏﾙ"), 0);
    assert_int_equal(match(w, n, "hr-20とみなと"), 3);
    assert_int_equal(match(w, n, "ＡＣＭＥの acmeの"), 1);
    assert_int_equal(match(w, n, "acmes xacme hr-200"), 0);
    assert_int_equal(match(w, n, "ほしまる駅で待つ"), 0);
    assert_int_equal(match(w, n, "ほしまる駅でほしまるを買う"), 1);
    assert_int_equal(match(w, n, "ほしまる駅でacmeを買う"), 1);
    assert_int_equal(match(w, n, "今日の星占い。acmeの方は"), 0);
    assert_int_equal(match(w, n, "Barcelonaでacme, barでも"), 0);
    assert_int_equal(match(w, n, "Barcelonaでacme, Crowbarでも"), 1);
    assert_int_equal(match(w, n, ""), 0);
    watchlist_free(w);
    normal_free(n);
}

static void lets_no_letter_touch_a_latin_term(void **state)
{
    (void)state;
    static const char *const stands[] = {"①acmeの",     "acme™の",     "№acme",   "acme№1",
                                         "Ⅱacme",       "acme1️⃣", "℡acme",   "acme²",
                                         "1️⃣acme", "×acme÷",      "acmeのé", "caféの"};
    static const char *const touched[] = {"acmeéの", "éacmeの", "ｓacme", "acme１", "acmee\u0301",
                                          "cafésの", "ñcafé",   "ộacme",  "𝐬acme",  "caf"};
    struct err e;
    struct normal *n = normal_new();
    struct conf_entry entries[] = {{"watch a", "terms", "acme, café", 2, false},
                                   {"watch b", "terms", "caf", 4, false}};
    struct watchlist *w = make(entries, 2, n, &e);
    assert_non_null(w);
    for (size_t i = 0; i < sizeof stands / sizeof *stands; i++)
        assert_int_equal(match(w, n, stands[i]), 1);
    for (size_t i = 0; i < sizeof touched / sizeof *touched; i++)
        assert_int_equal(match(w, n, touched[i]) & 1, 0);
    assert_int_equal(match(w, n, "cafの"), 2);
    watchlist_free(w);
    normal_free(n);
}

static void knows_names_labels_and_accounts(void **state)
{
    (void)state;
    struct err e;
    struct normal *n = normal_new();
    struct conf_entry entries[] = {{"watch a", "terms", "x", 2, false},
                                   {"watch a", "label", "エックス", 3, false},
                                   {"watch a", "accounts", "@Foo_PR, bar", 4, false},
                                   {"watch b", "terms", "y", 6, false}};
    struct watchlist *w = make(entries, 4, n, &e);
    assert_non_null(w);
    assert_int_equal(watchlist_count(w), 2);
    assert_int_equal(watchlist_find(w, STR("b")), 1);
    assert_int_equal(watchlist_find(w, STR("c")), -1);
    assert_string_equal(watchlist_label(w, 0), "エックス");
    assert_string_equal(watchlist_label(w, 1), "b");
    assert_true(watchlist_is_official(w, 0, STR("foo_pr")));
    assert_false(watchlist_is_official(w, 0, STR("foo")));
    assert_false(watchlist_is_official(w, 1, STR("bar")));
    watchlist_free(w);
    normal_free(n);
}

static void tells_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        struct conf_entry entry;
        const char *told;
    } cases[] = {
        {{"watch a", "colour", "red", 7, false}, "x.conf:7: unknown key 'colour'"},
        {{"watching a", "terms", "x", 7, false}, "x.conf:7: unknown section 'watching a'"},
        {{"watch", "terms", "x", 7, false},
         "x.conf:7: a watch needs a name, as in [watch acme]: 'watch'"},
        {{"", "terms", "x", 7, false}, "x.conf:7: a key before the first section: 'terms'"},
        {{"watch a", "label", "", 7, false}, "x.conf:7: empty value for 'label'"},
        {{"watch a", "label", "x", 7, false}, "x.conf: [watch a] has no terms"},
    };
    struct normal *n = normal_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e;
        struct conf_entry entry = cases[i].entry;
        assert_null(make(&entry, 1, n, &e));
        assert_string_equal(e.text, cases[i].told);
    }
    normal_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_names_outside_exclusions),
        cmocka_unit_test(lets_no_letter_touch_a_latin_term),
        cmocka_unit_test(knows_names_labels_and_accounts),
        cmocka_unit_test(tells_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
