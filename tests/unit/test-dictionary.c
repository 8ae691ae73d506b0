/* lib/text/compiled, layout, merge and identity: dictionaries of MeCab, read, merged and
 * laid out anew. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/files.h"
#include "text/compiled.h"
#include "text/identity.h"
#include "text/layout.h"
#include "text/merge.h"

static char folder[64];

static char *path_of(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test-dictionary.XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    static const char *const names[] = {"sys.dic", "unk.dic", "matrix.bin", "char.bin",
                                        "dicrc",   "own.dic", IDENTITY_FILE};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    return rmdir(folder);
}

/* ---- the double array ---- */

/* The value of a key, or -1; *last is the highest cell that was read. */
static int32_t search(const struct cell *cells, size_t count, struct str key, size_t *last)
{
    uint32_t base = (uint32_t)cells[0].base;
    for (size_t i = 0; i < key.len; i++) {
        size_t at = base + 1u + (unsigned char)key.ptr[i];
        assert_true(at < count);
        *last = at > *last ? at : *last;
        if (cells[at].check != base)
            return -1;
        base = (uint32_t)cells[at].base;
    }
    return cells[base].check == base && cells[base].base < 0 ? -1 - cells[base].base : -1;
}

static void keys_lead_to_their_values(void **state)
{
    (void)state;
    const struct str keys[] = {STR("a"),    STR("a\x80"),        STR("ab"),
                               STR("abcd"), STR("\xE3\x81\x82"), STR("\xFF")};
    const struct str no_keys[] = {STR("abc"), STR("b"), STR("\xE3"), STR("\xFF\xFF"), STR("")};
    const int32_t values[] = {7, 0, 3, 1000000, 5, 6};
    size_t count, last = 0;
    struct layout *l = layout_new(keys, 6);
    struct cell *cells = layout_cells(l, values, &count);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(search(cells, count, keys[i], &last), values[i]);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(search(cells, count, no_keys[i], &last), -1);
    free(cells);
    layout_free(l);
}

#define MANY 20000

static int compare_keys(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* Numbers to the base of 64, as runs of bytes from 80 to BF. */
static void make_keys(struct str keys[MANY], char (*text)[4])
{
    for (unsigned i = 0; i < MANY; i++) {
        unsigned mixed = (i * 7919u) % (64 * 64 * 64);
        size_t length = 0;
        for (; length == 0 || mixed > 0; mixed /= 64)
            text[i][length++] = (char)(0x80 + mixed % 64);
        keys[i] = (struct str){text[i], length};
    }
    qsort(keys, MANY, sizeof *keys, compare_keys);
}

static void many_keys_and_those_that_are_visited_first(void **state)
{
    (void)state;
    static struct str keys[MANY];
    static char text[MANY][4];
    static int32_t values[MANY];
    make_keys(keys, text);
    for (int32_t i = 0; i < MANY; i++)
        values[i] = i;
    struct layout *l = layout_new(keys, MANY);
    size_t count, last = 0;
    struct buf longer = {0};
    buf_add_str(&longer, keys[MANY - 5]);
    buf_add_text(&longer, "!?");
    layout_visit(l, buf_str(&longer));
    assert_int_equal(layout_found(l, MANY - 5), 1);
    assert_int_equal(layout_found(l, 0), 0);
    struct cell *cells = layout_cells(l, values, &count);
    for (int32_t i = 0; i < MANY; i++)
        assert_int_equal(search(cells, count, keys[i], &last), i);
    assert_true(last > 20000);
    last = 0;
    search(cells, count, keys[MANY - 5], &last);
    assert_true(last < 1100); /* three states and the root, at most 257 cells each */
    free(cells);
    layout_free(l);
    buf_free(&longer);
}

/* ---- files ---- */

#define WORDS 8
struct word {
    const char *key;
    uint16_t left, right;
    int16_t cost;
    const char *feature;
};

static void write_dictionary(const char *name, uint32_t type, const struct word *words,
                             size_t count, uint32_t ids)
{
    struct str keys[WORDS];
    int32_t values[WORDS];
    struct entry entries[WORDS];
    struct buf features = {0};
    size_t key_count = 0;
    for (size_t i = 0; i < count; i++) {
        entries[i] = (struct entry){.left = words[i].left,
                                    .right = words[i].right,
                                    .cost = words[i].cost,
                                    .feature = (uint32_t)features.len};
        buf_add(&features, words[i].feature, strlen(words[i].feature) + 1);
        if (i == 0 || strcmp(words[i].key, words[i - 1].key) != 0) {
            keys[key_count] = str_of(words[i].key);
            values[key_count++] = COMPILED_VALUE((uint32_t)i, 0);
        }
        values[key_count - 1]++;
    }
    struct layout *l = layout_new(keys, key_count);
    struct compiled d = {.head = {.type = type, .left_size = ids, .right_size = ids},
                         .entries = entries,
                         .entry_count = count,
                         .features = buf_str(&features)};
    strcpy(d.head.charset, "UTF-8");
    struct cell *cells = layout_cells(l, values, &d.cell_count);
    d.cells = cells;
    struct atomic a;
    struct err e;
    assert_true(atomic_open(&a, path_of(name), &e));
    compiled_write(&d, &a.out);
    assert_true(atomic_commit(&a, &e));
    free(cells);
    layout_free(l);
    buf_free(&features);
}

static void write_text(const char *name, struct str text)
{
    struct atomic a;
    struct err e;
    assert_true(atomic_open(&a, path_of(name), &e));
    output_add(&a.out, text);
    assert_true(atomic_commit(&a, &e));
}

struct found {
    struct buf text; /* of each key: the key, then its features */
    const struct compiled *d;
};

static void take_key(void *to, struct str key, int32_t value)
{
    struct found *f = to;
    buf_add_str(&f->text, key);
    for (uint32_t i = 0; i < COMPILED_COUNT(value); i++)
        buf_addf(&f->text, " %s",
                 f->d->features.ptr + f->d->entries[COMPILED_FIRST(value) + i].feature);
    buf_add_char(&f->text, ';');
}

static void assert_keys(const struct compiled *d, const char *expected)
{
    struct found f = {.d = d};
    assert_true(compiled_keys(d, take_key, &f));
    assert_str(buf_str(&f.text), expected);
    buf_free(&f.text);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    const struct word words[] = {{"a", 0, 1, -5, "A"}, {"ab", 1, 0, 7, "B"}, {"ab", 1, 1, 8, "C"}};
    struct compiled d;
    struct err e;
    write_dictionary("sys.dic", 0, words, 3, 2);
    assert_true(compiled_open(&d, path_of("sys.dic"), &e));
    assert_int_equal(d.head.size, 3);
    assert_int_equal(d.entries[0].cost, -5);
    assert_string_equal(d.head.charset, "UTF-8");
    assert_keys(&d, "a A;ab B C;");
    compiled_close(&d);
}

static void broken_files_are_refused(void **state)
{
    (void)state;
    const struct word word = {"a", 0, 1, -5, "A"};
    struct compiled d;
    struct err e;
    struct buf file = {0};
    write_dictionary("sys.dic", 0, &word, 1, 2);
    assert_true(file_read(&file, path_of("sys.dic"), &e));
    write_text("sys.dic", (struct str){file.data, file.len - 1}); /* cut short */
    assert_false(compiled_open(&d, path_of("sys.dic"), &e));
    assert_non_null(strstr(e.text, "is no compiled dictionary of MeCab"));
    compiled_close(&d);
    file.data[file.len - 1] = 'x'; /* a feature without an end */
    write_text("sys.dic", buf_str(&file));
    assert_false(compiled_open(&d, path_of("sys.dic"), &e));
    compiled_close(&d);
    write_text("sys.dic", STR("short"));
    assert_false(compiled_open(&d, path_of("sys.dic"), &e));
    compiled_close(&d);
    assert_false(compiled_open(&d, path_of("none"), &e));
    buf_free(&file);
}

/* ---- merging ---- */

static void write_matrix(const int16_t *costs, int16_t ids)
{
    struct buf matrix = {0};
    buf_add(&matrix, &ids, sizeof ids);
    buf_add(&matrix, &ids, sizeof ids);
    buf_add(&matrix, costs, (size_t)(ids * ids) * sizeof *costs);
    write_text("matrix.bin", buf_str(&matrix));
    buf_free(&matrix);
}

/* Costs by left id, then by the right id of what stands before. */
static const int16_t costs[9] = {0, 10, 20, 100, 110, 105, 205, 215, 900};

static void write_parts(void)
{
    const struct word system[] = {{"a", 1, 1, 50, "dear"},
                                  {"a", 1, 1, 40, "cheap"},
                                  {"a", 1, 2, 30, "other"},
                                  {"b", 1, 1, 0, "B"}};
    const struct word own[] = {{"a", 1, 1, 40, "as cheap"}, {"aa", 2, 2, 0, "B"}};
    const struct word unknown[] = {{"DEFAULT", 1, 1, 0, "U"}, {"DEFAULT", 1, 1, 1, "V"}};
    write_dictionary("sys.dic", 0, system, 4, 3);
    write_dictionary("own.dic", 1, own, 2, 3);
    write_dictionary("unk.dic", 2, unknown, 2, 3);
    write_matrix(costs, 3);
    write_text("char.bin", STR("types"));
    write_text("dicrc", STR("configuration"));
}

static void two_dictionaries_become_one(void **state)
{
    (void)state;
    struct err e;
    struct compiled d;
    struct buf file = {0};
    char own[128];
    write_parts();
    strcpy(own, path_of("own.dic"));
    struct merge *m = merge_new(folder, own, &e);
    assert_non_null(m);
    merge_look_up(m, STR("b"));
    for (int i = 0; i < 2; i++)
        merge_weigh(m, 2, 2);
    merge_weigh(m, 1, 1);
    merge_weigh(m, 3, 3); /* there is none */
    assert_true(merge_write(m, folder, &e));
    merge_free(m);

    assert_true(compiled_open(&d, path_of("sys.dic"), &e));
    assert_keys(&d, "a cheap other;aa B;b B;"); /* what never wins is out */
    assert_int_equal(d.features.len, sizeof "B" + sizeof "cheap" + sizeof "other");
    assert_int_equal(d.entries[0].left, 2); /* of b, which was looked up; 1 was met less */
    assert_int_equal(d.entries[3].left, 1);
    compiled_close(&d);
    assert_true(compiled_open(&d, path_of("unk.dic"), &e));
    assert_keys(&d, "DEFAULT U;");
    compiled_close(&d);

    const int16_t expected[11] = {3, 3, 0, 20, 10, 205, 900, 215, 100, 105, 110};
    assert_true(file_read(&file, path_of("matrix.bin"), &e));
    assert_int_equal(file.len, sizeof expected);
    assert_memory_equal(file.data, expected, sizeof expected);
    buf_free(&file);
}

static void the_identity_is_that_of_the_two(void **state)
{
    (void)state;
    struct err e;
    struct buf file = {0};
    char own[128], expected[IDENTITY_BYTES];
    write_parts();
    strcpy(own, path_of("own.dic"));
    struct merge *m = merge_new(folder, own, &e);
    assert_true(merge_write(m, folder, &e));
    merge_free(m);
    identity_text(expected, identity_add(identity_add(0, 4, 3, 3, 102), 2, 3, 3, 102));
    assert_true(file_read(&file, path_of(IDENTITY_FILE), &e));
    assert_str(buf_str(&file), expected);
    buf_free(&file);
}

static void parts_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    const struct word word = {"a", 2, 1, 0, "A"};
    struct err e;
    char own[128];
    write_parts();
    strcpy(own, path_of("own.dic"));
    write_dictionary("own.dic", 1, &word, 1, 4);
    assert_null(merge_new(folder, own, &e));
    assert_non_null(strstr(e.text, "was not made for"));
    write_parts();
    write_matrix(costs, 2);
    assert_null(merge_new(folder, own, &e));
    assert_non_null(strstr(e.text, "do not fit together"));
    write_parts();
    write_dictionary("unk.dic", 2, &(struct word){"DEFAULT", 3, 1, 0, "A"}, 1, 3);
    assert_null(merge_new(folder, own, &e)); /* an id beyond the matrix */
    assert_non_null(strstr(e.text, "do not fit together"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_lead_to_their_values),
        cmocka_unit_test(many_keys_and_those_that_are_visited_first),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(broken_files_are_refused),
        cmocka_unit_test(two_dictionaries_become_one),
        cmocka_unit_test(the_identity_is_that_of_the_two),
        cmocka_unit_test(parts_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
