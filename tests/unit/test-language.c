/* lib/text/language: which texts are not taken for Japanese. */
#include "unit.h"

#include "text/language.h"

static bool is_foreign(const char *text)
{
    return language_is_foreign(language_letters(str_of(text)));
}

static void tells_other_scripts(void **state)
{
    (void)state;
    assert_true(is_foreign("this is not in Japanese"));
    assert_true(is_foreign("일본 과자에서 벌레가 나왔다는 이야기가 퍼지고 있다"));
    assert_true(is_foreign("Just tried the 焼き芋 one again, it really tastes like autumn"));
    assert_false(is_foreign("OK thanks"));
    assert_false(is_foreign("iPhone SE (3rd generation) が壊れたので返品したい"));
    assert_false(is_foreign(""));
}

static void tells_chinese(void **state)
{
    (void)state;
    const char *foreign[] = {"这家店的服务太差了，再也不会来",
                             "這家店的服務太差了，我們等了一個小時",
                             "昨天在吉祥寺买的巧克力里面有虫子，怎么办", "请问这款手机可以用吗？",
                             "「優の良品」的饼干很好吃，谢谢你"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_true(is_foreign(foreign[i]));
    const char *japanese[] = {"東京株式市場続落、終値三万円割", "哪吒最高",
                              "「你好吗」って聞かれた", "サイゼリヤ新商品発売延期、異物混入",
                              "経理担当者逮捕　横領容疑　被害総額二億円"};
    for (size_t i = 0; i < sizeof japanese / sizeof *japanese; i++)
        assert_false(is_foreign(japanese[i]));
}

/* The first, the last and one between of the table, twice each. */
static void finds_each_end_of_its_table(void **state)
{
    (void)state;
    assert_int_equal(language_letters(STR("业业")).chinese, 2);
    assert_int_equal(language_letters(STR("點點")).chinese, 2);
    assert_int_equal(language_letters(STR("语吗说")).chinese, 3);
    assert_int_equal(language_letters(STR("丁丈黒黙齢一龠")).chinese, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_other_scripts),
        cmocka_unit_test(tells_chinese),
        cmocka_unit_test(finds_each_end_of_its_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
