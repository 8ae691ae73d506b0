/*
 * A word of the table becomes one dictionary entry for each of its inflected forms.
 * MeCab wants context ids with an entry; they are read off an exemplar, a word of the
 * same class that the dictionary in use knows, so that no id is written down anywhere.
 */
#include "text/words.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <mecab.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/table.h"
#include "text/entity.h"
#include "text/normal.h"

#define FORMS 12

/* MeCab's compiler fails on an entry of 8 KB, without a word; one entry has the surface, whose
 * quotes are doubled, the base and twice the reading. */
#define WORD_BYTES 1000

struct form {
    struct str ending, name;
    unsigned short left, right;
};

struct inflection {
    struct str type, feature, exemplar, ending;
    struct form forms[FORMS];
    size_t form_count;
};

struct compiler {
    struct table inflection_table; /* owns the text of the inflections */
    struct inflection *inflections;
    size_t inflection_count, inflection_cap;
    struct normal *normal;
    mecab_model_t *model;
    mecab_t *tagger;
    mecab_lattice_t *lattice;
    struct buf csv;
};

/* The context ids of the entry `word` whose feature begins with `feature`. */
static bool find_ids(struct compiler *c, const char *word, const char *feature, struct form *form)
{
    size_t length = strlen(feature);
    mecab_lattice_set_sentence(c->lattice, word);
    if (!mecab_parse_lattice(c->tagger, c->lattice))
        return false;
    const mecab_node_t *node = mecab_lattice_get_begin_nodes(c->lattice, 0);
    for (; node != NULL; node = node->bnext)
        if (node->length == strlen(word) && strncmp(node->feature, feature, length) == 0) {
            form->left = node->lcAttr;
            form->right = node->rcAttr;
            return true;
        }
    return false;
}

static struct str without_dash(struct str ending)
{
    return str_is(ending, "-") ? (struct str){ending.ptr, 0} : ending;
}

static bool fill_form(struct compiler *c, const struct inflection *in, struct form *form)
{
    struct buf word = {0}, feature = {0};
    struct str stem = {in->exemplar.ptr, in->exemplar.len - in->ending.len};
    buf_add_str(&word, stem);
    buf_add_str(&word, form->ending);
    buf_add_str(&feature, in->feature);
    buf_add_char(&feature, ',');
    buf_add_str(&feature, form->name);
    bool found = find_ids(c, buf_text(&word), buf_text(&feature), form);
    buf_free(&word);
    buf_free(&feature);
    return found;
}

static bool read_inflection(struct compiler *c, struct err *e)
{
    struct table *t = &c->inflection_table;
    MEM_GROW(c->inflections, c->inflection_count, c->inflection_cap);
    struct inflection *in = &c->inflections[c->inflection_count++];
    *in = (struct inflection){.type = t->field[0],
                              .feature = t->field[1],
                              .exemplar = t->field[2],
                              .ending = without_dash(t->field[3])};
    for (struct str rest = t->field[4]; rest.len > 0 && in->form_count < FORMS;) {
        struct form *form = &in->forms[in->form_count++];
        form->ending = without_dash(str_cut(str_cut(rest, ' ', &rest), ':', &form->name));
        if (form->name.len == 0) { /* "*": not inflected */
            form->name = form->ending;
            form->ending.len = 0;
        }
        if (!fill_form(c, in, form))
            return table_error(t, e, "the dictionary does not know the exemplar", in->exemplar);
    }
    return true;
}

static bool read_inflections(struct compiler *c, struct err *e)
{
    char *path = data_path("inflections.tsv");
    bool bad = false, ok = table_open(&c->inflection_table, path, e);
    free(path);
    while (ok && table_next(&c->inflection_table, 5, 5, &bad, e))
        ok = read_inflection(c, e);
    return ok && !bad;
}

/* Longer words are surer: a cost that falls with the length, near ipadic's own for
 * words of two characters. */
static int word_cost(struct str surface)
{
    double cost = 4500 - 400 * pow((double)str_codes(surface), 1.5);
    return cost < -8000 ? -8000 : (int)cost;
}

/* The surface. What is behind it MeCab takes as it stands: it knows no quotes there, so that no
 * other field can hold a comma. */
static void add_surface(struct buf *csv, struct str text)
{
    bool quote = memchr(text.ptr, '"', text.len) != NULL;
    if (!quote) {
        buf_add_str(csv, text);
        return;
    }
    buf_add_char(csv, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_add_char(csv, '"');
        buf_add_char(csv, text.ptr[i]);
    }
    buf_add_char(csv, '"');
}

/* Hiragana as katakana. */
static void add_katakana(struct buf *b, struct str hiragana)
{
    size_t len;
    for (size_t at = 0; at < hiragana.len; at += len)
        buf_add_code(b, text_code(hiragana, at, &len) + 0x60);
}

/* The reading of a form: that of the word with the form's ending; "*" if the word's own ending is
 * read in another way. */
static void add_reading(struct buf *b, const struct inflection *in, const struct form *form,
                        struct str reading)
{
    struct buf ending = {0};
    add_katakana(&ending, in->ending);
    if (str_equal(form->ending, in->ending)) {
        buf_add_str(b, reading);
    } else if (str_ends(reading, buf_str(&ending))) {
        buf_add_str(b, (struct str){reading.ptr, reading.len - ending.len});
        add_katakana(b, form->ending);
    } else {
        buf_add_char(b, '*');
    }
    buf_free(&ending);
}

static void add_entry(struct buf *csv, const struct inflection *in, const struct form *form,
                      struct str stem, struct str base, struct str reading)
{
    struct buf surface = {0}, read = {0};
    buf_add_str(&surface, stem);
    buf_add_str(&surface, form->ending);
    add_reading(&read, in, form, reading);
    if (surface.len > 0) {
        add_surface(csv, buf_str(&surface));
        buf_addf(csv, ",%d,%d,%d,%.*s,%.*s,", form->left, form->right, word_cost(buf_str(&surface)),
                 (int)in->feature.len, in->feature.ptr, (int)form->name.len, form->name.ptr);
        buf_add_str(csv, base);
        buf_add_char(csv, ',');
        buf_add_str(csv, buf_str(&read));
        buf_add_char(csv, ',');
        buf_add_str(csv, buf_str(&read));
        buf_add_char(csv, '\n');
    }
    buf_free(&surface);
    buf_free(&read);
}

static const struct inflection *find_inflection(const struct compiler *c, struct str type)
{
    for (size_t i = 0; i < c->inflection_count; i++)
        if (str_equal(c->inflections[i].type, type))
            return &c->inflections[i];
    return NULL;
}

/* Base form and reading stand in the dictionary as they are, where a comma ends them. */
static bool check_fields(const struct table *t, struct err *e)
{
    for (size_t i = 2; i < t->fields; i++) {
        if (str_find(t->field[i], STR(",")) >= 0)
            return table_error(t, e, "a base form or reading may not hold a comma:", t->field[i]);
        if (t->field[i].len > WORD_BYTES)
            return table_error(t, e, "longer than 1,000 bytes:", t->field[i]);
    }
    return true;
}

static bool check_word(const struct table *t, struct str word, const struct inflection *in,
                       struct err *e)
{
    if (word.len == 0)
        return table_error(t, e, "no word:", t->field[0]);
    if (str_find(word, STR(",")) >= 0) /* or ， as it was written */
        return table_error(t, e, "a word may not hold a comma:", t->field[0]);
    if (word.len > WORD_BYTES)
        return table_error(t, e, "longer than 1,000 bytes:", t->field[0]);
    return str_ends(word, in->ending) ||
           table_error(t, e, "a word of this type does not end like that:", t->field[0]);
}

static bool add_word(struct compiler *c, const struct table *t, struct err *e)
{
    struct str type = t->fields > 1 && t->field[1].len > 0 ? t->field[1] : STR("proper");
    if (!check_fields(t, e))
        return false;
    const struct inflection *in = find_inflection(c, type);
    if (in == NULL)
        return table_error(t, e, "unknown type of word", type);
    struct normal_text surface = {0};
    normal_analysis(c->normal, str_trim(t->field[0]), &surface);
    struct str word = buf_str(&surface.text);
    bool good = check_word(t, word, in, e);
    if (good) {
        struct str stem = {word.ptr, word.len - in->ending.len};
        struct str base = t->fields > 2 && t->field[2].len > 0 ? t->field[2] : word;
        struct str reading = t->fields > 3 && t->field[3].len > 0 ? t->field[3] : STR("*");
        for (size_t i = 0; i < in->form_count; i++)
            add_entry(&c->csv, in, &in->forms[i], stem, base, reading);
    }
    normal_text_free(&surface);
    return good;
}

static bool read_words(struct compiler *c, const char *path, struct err *e)
{
    struct table t;
    if (!table_open(&t, path, e))
        return false;
    bool bad = false, ok = true;
    while (ok && table_next(&t, 1, 4, &bad, e))
        ok = add_word(c, &t, e);
    table_close(&t);
    return ok && !bad;
}

static bool open_model(struct compiler *c, const char *dictionary, struct err *e)
{
    char program[] = "mecab", rc[] = "-r", none[] = "/dev/null", d[] = "-d";
    char *path = mem_string(str_of(dictionary));
    char *argv[] = {program, rc, none, d, path};
    c->model = mecab_model_new(5, argv);
    free(path);
    if (c->model == NULL)
        return err_set(e, "cannot load the MeCab dictionary in %s", dictionary);
    c->tagger = mecab_model_new_tagger(c->model);
    c->lattice = mecab_model_new_lattice(c->model);
    return true;
}

/* MeCab's compiler talks on standard output and ends the process when it fails, so it
 * runs in a child. */
static bool run_compiler(const char *dictionary, const char *csv, const char *out, struct err *e)
{
    char program[] = "mecab-dict-index", d[] = "-d", u[] = "-u", f[] = "-f", t[] = "-t";
    char utf8[] = "utf-8";
    char *from = mem_string(str_of(dictionary)), *to = mem_string(str_of(out));
    char *entries = mem_string(str_of(csv));
    char *argv[] = {program, d, from, u, to, f, utf8, t, utf8, entries};
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_DFL); /* it does not ask whether it could write */
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0) {
            dup2(null, STDOUT_FILENO);
            dup2(null, STDERR_FILENO);
        }
        _exit(mecab_dict_index(10, argv) == 0 ? 0 : 1);
    }
    free(from);
    free(to);
    free(entries);
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (child < 0)
        return err_system(e, "cannot start the dictionary compiler");
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           err_set(e, "MeCab's compiler could not make a user dictionary for %s", dictionary);
}

static bool write_dictionary(const struct compiler *c, const char *dictionary, const char *out,
                             struct err *e)
{
    struct buf csv = {0};
    struct output entries;
    struct err ignored;
    int fd = file_nameless(&csv, e);
    output_open(&entries, fd, "a temporary file");
    output_add(&entries, buf_str(&c->csv));
    bool ok =
        fd >= 0 && output_flush(&entries, e) && run_compiler(dictionary, buf_text(&csv), out, e);
    output_close(&entries, &ignored);
    buf_free(&csv);
    return ok;
}

bool words_compile(const char *words, const char *dictionary, const char *out, struct err *e)
{
    struct compiler c = {.normal = normal_new()};
    bool ok = open_model(&c, dictionary, e) && read_inflections(&c, e) && read_words(&c, words, e);
    if (ok && c.csv.len == 0)
        ok = err_set(e, "%s: no words", words);
    ok = ok && write_dictionary(&c, dictionary, out, e);
    if (c.model != NULL) {
        mecab_lattice_destroy(c.lattice);
        mecab_destroy(c.tagger);
        mecab_model_destroy(c.model);
    }
    table_close(&c.inflection_table);
    free(c.inflections);
    buf_free(&c.csv);
    normal_free(c.normal);
    return ok;
}
