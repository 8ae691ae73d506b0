/* lib/text/token: every surface is a slice of the original at its offset, whatever the
 * normalisation did in between; what is written is read back the same. */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "text/token.h"

static struct token_model *model;
static struct tokenizer *tokenizer;

static int open_tokenizer(void **state)
{
    (void)state;
    struct err e;
    struct token_options options = {.dictionary = NULL};
    model = token_model_new(&options, &e);
    tokenizer = model != NULL ? tokenizer_new(model, &e) : NULL;
    if (tokenizer == NULL)
        print_error("# %s\n", e.text);
    return tokenizer == NULL;
}

static int close_tokenizer(void **state)
{
    (void)state;
    tokenizer_free(tokenizer);
    token_model_free(model);
    return 0;
}

/* Runs the tokenizer; checks that tokens are slices in order, without overlap. */
static struct token_list run(struct str text)
{
    struct token_list list = tokenizer_run(tokenizer, text);
    size_t end = 0;
    for (size_t i = 0; i < list.count; i++) {
        const struct token *token = &list.tokens[i];
        assert_true(token->at >= end && token->surface.len > 0);
        assert_ptr_equal(token->surface.ptr, text.ptr + token->at);
        end = token->at + token->surface.len;
        assert_true(end <= text.len);
    }
    return list;
}

static void check(const char *text, const char *wanted)
{
    struct buf found = {0};
    struct token_list list = run(str_of(text));
    for (size_t i = 0; i < list.count; i++)
        buf_addf(&found, "%s%.*s/%.*s", i > 0 ? " " : "", (int)list.tokens[i].surface.len,
                 list.tokens[i].surface.ptr, (int)list.tokens[i].base.len, list.tokens[i].base.ptr);
    assert_str(buf_str(&found), wanted);
    buf_free(&found);
}

static void leads_back_to_the_original(void **state)
{
    (void)state;
    check("ｶﾞｿﾘﾝが高い", "ｶﾞｿﾘﾝ/ガソリン が/が 高い/高い");
    check("ＡＢＣ１２", "ＡＢＣ/abc １２/12");
    check("カ\xE3\x82\x99ス", "カ\xE3\x82\x99ス/ガス");
    check("コーヒーーー！", "コーヒーーー/コーヒー ！/!");
    check("え笑 え笑笑笑 草草", "え/え 笑/笑 え/え 笑笑笑/笑 草草/草");
    check("うけるｗｗｗ", "うける/うける ｗｗｗ/w");
    check("虫\xE2\x80\x8Bが", "虫\xE2\x80\x8B/虫 が/が");
    check("㍿アルファ", "㍿/株式会社 アルファ/アルファ");
    check("İstanbul", "İ/i\xCC\x87 stanbul/stanbul");
    check("", "");
    check(" \n\n ", "");
}

static void gives_a_character_to_one_token(void **state)
{
    (void)state;
    static const char *const texts[] = {"㈱ホシ", "25℃と㌔㍉", "㍻元年", "﷽", "ﬁ½"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(run(str_of(texts[i])).count > 0);
    check("築5年65㎡3LDK", "築/築 5/5 年/年 65/65 ㎡/m2 3/3 LDK/ldk");
    check("アクメ㈱。次", "アクメ/アクメ ㈱/(株) 。/。 次/次");
    check("気温35℃abc", "気温/気温 35/35 ℃/°c abc/abc");
    check("½ ⑴ŉ", "½/1⁄2 ⑴/(1) ŉ/ʼn");
    check("㈱！", "㈱/(株) ！/!");
}

static void takes_lines_beyond_the_limit_of_mecab(void **state)
{
    (void)state;
    static const char *const pieces[] = {"虫が入っていた。", "ア", "「", "123", "あ、", "👍", "w草"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf text = {0};
        while (text.len < 200000)
            buf_add_text(&text, pieces[i]);
        struct token_list list = run(buf_str(&text));
        size_t covered = 0;
        for (size_t k = 0; k < list.count; k++)
            covered += list.tokens[k].surface.len;
        assert_int_equal(covered, text.len);
        buf_free(&text);
    }
}

/* Writes tokens and reads them with one reader some times over. */
static void assert_same_read_back(struct str text, const struct token_list *list,
                                  const struct token_columns *columns, int times)
{
    struct buf out = {0};
    struct token_list read;
    struct token_reader *reader = token_reader_new(columns);
    token_list_write(list, columns, &out);
    for (int time = 0; time < times; time++) {
        assert_true(token_reader_read(reader, buf_str(&out), text, &read));
        assert_int_equal(read.count, list->count);
        for (size_t i = 0; i < read.count; i++) {
            assert_int_equal(read.tokens[i].at, list->tokens[i].at);
            assert_ptr_equal(read.tokens[i].surface.ptr, text.ptr + list->tokens[i].at);
            assert_true(str_equal(read.tokens[i].surface, list->tokens[i].surface));
            assert_true(str_equal(read.tokens[i].pos, list->tokens[i].pos));
            assert_true(str_equal(read.tokens[i].base, list->tokens[i].base));
            for (size_t k = 0; k < i && read.tokens[i].kind != 0; k++)
                assert_true((read.tokens[i].kind == read.tokens[k].kind) ==
                                (str_equal(read.tokens[i].surface, read.tokens[k].surface) &&
                                 str_equal(read.tokens[i].pos, read.tokens[k].pos) &&
                                 str_equal(read.tokens[i].base, read.tokens[k].base)) ||
                            read.tokens[k].kind == 0);
        }
    }
    token_reader_free(reader);
    buf_free(&out);
}

static void reads_back_what_it_wrote(void **state)
{
    (void)state;
    struct str text = STR(
        "＂ｶﾞｿﾘﾝ\\＂が\t高いｗ #虫 https://example.jp/ 👍🏽 ㈱ \"引用\"");
    struct token_columns columns;
    struct err e;
    assert_true(token_columns_parse(&columns, "offset surface,pos pos2 base,feature", &e));
    struct token_list list = run(text);
    assert_same_read_back(text, &list, &columns, 1);
}

/* Rows that a reader has seen, and those that it cannot keep, read like new ones. */
static void reads_rows_again(void **state)
{
    (void)state;
    struct buf text = {0}, word = {0};
    struct token_columns columns;
    struct err e;
    for (int i = 0; i < 40; i++)
        buf_add_text(&word, "長");
    for (int i = 0; i < 3; i++) {
        buf_addf(&text, "「猫」が\"]\"と言う],[\"犬も。%s ", buf_text(&word));
        buf_add_text(&text, "a/b [\"猫\",\"名詞\",\"猫\"] 猫が猫で");
    }
    assert_true(token_columns_parse(&columns, TOKEN_COLUMNS_DEFAULT, &e));
    struct token_list list = run(buf_str(&text));
    assert_same_read_back(buf_str(&text), &list, &columns, 3);
    buf_free(&text);
    buf_clear(&word);
    for (int i = 0; i < 200; i++) /* no escape in it: rows are found by their quotes */
        buf_addf(&word, "猫が%dつ]と,", i % 7);
    list = run(buf_str(&word));
    assert_same_read_back(buf_str(&word), &list, &columns, 3);
    buf_free(&word);
}

static void refuses_tokens_that_do_not_fit(void **state)
{
    (void)state;
    static const char *const raws[] = {"[[\"犬\",\"名詞\",\"犬\"]]",
                                       "[[\"猫\",\"名詞\"]]",
                                       "[\"猫\"]",
                                       "[1]",
                                       "{}",
                                       "[[]]",
                                       "[[\"\",\"名詞\",\"猫\"]]",
                                       "[[1,2,3]]"};
    struct token_columns columns;
    struct err e;
    assert_true(token_columns_parse(&columns, TOKEN_COLUMNS_DEFAULT, &e));
    struct token_list list;
    struct token_reader *reader = token_reader_new(&columns);
    for (int time = 0; time < 2; time++)
        for (size_t i = 0; i < sizeof raws / sizeof *raws; i++)
            assert_false(token_reader_read(reader, str_of(raws[i]), STR("猫"), &list));
    static const char *const others[] = {"x猫", "猫も", "猫 1", "猫、\n犬", "猫\u034F①"};
    static const char *const same[] = {"猫", " 猫。…\n", "「猫\u034F」", "\u3164猫\u180B", "猫😭"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(
            token_reader_read(reader, STR("[[\"猫\",\"名詞\",\"猫\"]]"), str_of(others[i]), &list));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(
            token_reader_read(reader, STR("[[\"猫\",\"名詞\",\"猫\"]]"), str_of(same[i]), &list));
    struct buf longer = {0}; /* room enough behind it for the short way */
    buf_addf(&longer, "[[\"猫\",\"名詞\"]%80s]", "");
    for (int time = 0; time < 2; time++)
        assert_false(token_reader_read(reader, buf_str(&longer), STR("猫"), &list));
    buf_free(&longer);
    assert_true(token_reader_read(
        reader, STR("[ [\"\\u732b\" , \"名詞\",null, [1,{\"a\":\"]\"}] ] ]"), STR("「猫"), &list));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.tokens[0].at, 3);
    token_reader_free(reader);
}

/* Reads a member that ends where memory ends, twice; the count of its tokens, SIZE_MAX where
 * it does not fit. */
static size_t read_at_the_end(const char *raw, const char *text)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), length = strlen(raw);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED && length <= page);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    char *at = pages + page - length;
    memcpy(at, raw, length);
    struct token_columns columns;
    struct token_list list;
    struct err e;
    assert_true(token_columns_parse(&columns, "surface", &e));
    struct token_reader *reader = token_reader_new(&columns);
    size_t count = SIZE_MAX;
    for (int time = 0; time < 2; time++)
        count = token_reader_read(reader, (struct str){at, length}, str_of(text), &list)
                    ? list.count
                    : SIZE_MAX;
    token_reader_free(reader);
    munmap(pages, 2 * page);
    return count;
}

/* Brackets in strings must not lead it beyond the member's end. */
static void reads_nothing_behind_the_member(void **state)
{
    (void)state;
    struct buf raw = {0}, text = {0};
    for (int blanks = 0; blanks < 200; blanks++) {
        buf_clear(&raw);
        buf_clear(&text);
        buf_addf(&text, "],[%*s", blanks, "");
        buf_addf(&raw, "[[\"%s\"]]", buf_text(&text));
        assert_int_equal(read_at_the_end(buf_text(&raw), buf_text(&text)), 1);
        buf_clear(&raw);
        buf_addf(&raw, "[[\"a\"],[\"%*s\"]]", blanks + 1, "");
        assert_int_equal(read_at_the_end(buf_text(&raw), "a"), SIZE_MAX);
    }
    buf_free(&raw);
    buf_free(&text);
}

static void knows_its_columns(void **state)
{
    (void)state;
    struct token_columns columns;
    struct err e;
    assert_true(token_columns_parse(&columns, " surface  ,base", &e));
    assert_int_equal(columns.count, 2);
    assert_false(token_columns_parse(&columns, "", &e));
    assert_false(token_columns_parse(&columns, "surface,colour", &e));
    assert_non_null(strstr(e.text, "colour"));
    assert_false(token_columns_parse(&columns, "pos,pos,pos,pos,pos,pos,pos,pos,pos", &e));
}

/* Equal tokens get equal numbers, others others, in whatever text they stand. */
static void numbers_tell_tokens(void **state)
{
    (void)state;
    static const char *const texts[] = {"猫が猫を見た", "見た猫が鳴く",
                                        "@neko 見て https://example.com/a 😺", "ねこ猫ネコ"};
    struct token seen[64];
    size_t count = 0;
    struct err e;
    struct tokenizer *numbering = tokenizer_new(model, &e);
    tokenizer_number(numbering, 7);
    for (size_t i = 0; i < 2 * sizeof texts / sizeof *texts; i++) {
        struct str text = str_of(texts[i % (sizeof texts / sizeof *texts)]);
        struct token_list list = tokenizer_run(numbering, text);
        for (size_t t = 0; t < list.count; t++) {
            const struct token *token = &list.tokens[t];
            assert_true(token->kind >= 7);
            for (size_t k = 0; k < count; k++) {
                bool same = str_equal(seen[k].surface, token->surface) &&
                            str_equal(seen[k].pos, token->pos) &&
                            str_equal(seen[k].base, token->base);
                assert_true(same == (seen[k].kind == token->kind));
            }
            assert_true(count < 64);
            seen[count] = *token;
            seen[count].base = str_of(mem_string(token->base)); /* the next text takes its place */
            count++;
        }
    }
    for (size_t k = 0; k < count; k++)
        free((char *)(uintptr_t)seen[k].base.ptr);
    tokenizer_free(numbering);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leads_back_to_the_original),
        cmocka_unit_test(gives_a_character_to_one_token),
        cmocka_unit_test(takes_lines_beyond_the_limit_of_mecab),
        cmocka_unit_test(reads_back_what_it_wrote),
        cmocka_unit_test(reads_rows_again),
        cmocka_unit_test(refuses_tokens_that_do_not_fit),
        cmocka_unit_test(reads_nothing_behind_the_member),
        cmocka_unit_test(knows_its_columns),
        cmocka_unit_test(numbers_tell_tokens),
    };
    return cmocka_run_group_tests(tests, open_tokenizer, close_tokenizer);
}
