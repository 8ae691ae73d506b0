/*
 * build-dictionary DICTIONARY WORDS OUT POSTS...: at build time, makes one dictionary in
 * the folder OUT of the one in the folder DICTIONARY and the user dictionary WORDS. What
 * is often read is what MeCab reads for the texts of these posts.
 */
#include <mecab.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/files.h"
#include "base/mem.h"
#include "record/scan.h"
#include "text/merge.h"
#include "text/normal.h"
#include "text/post.h"

struct counter {
    struct merge *merge;
    struct normal *normal;
    mecab_model_t *model;
    mecab_t *tagger;
    mecab_lattice_t *lattice;
    struct normal_text text;
    struct buf line;
};

static bool open_counter(struct counter *c, const char *folder, const char *words, struct err *e)
{
    char program[] = "mecab", rc[] = "-r", none[] = "/dev/null", d[] = "-d", u[] = "-u";
    char *dictionary = mem_string(str_of(folder)), *user = mem_string(str_of(words));
    char *argv[] = {program, rc, none, d, dictionary, u, user};
    c->model = mecab_model_new(7, argv);
    free(dictionary);
    free(user);
    if (c->model == NULL)
        return err_set(e, "cannot load the MeCab dictionary in %s with %s", folder, words);
    c->tagger = mecab_model_new_tagger(c->model);
    c->lattice = mecab_model_new_lattice(c->model);
    c->normal = normal_new();
    return true;
}

static void close_counter(struct counter *c)
{
    if (c->model == NULL)
        return;
    mecab_lattice_destroy(c->lattice);
    mecab_destroy(c->tagger);
    mecab_model_destroy(c->model);
    normal_free(c->normal);
    normal_text_free(&c->text);
    buf_free(&c->line);
}

static void count_line(struct counter *c, struct str line)
{
    mecab_lattice_set_sentence2(c->lattice, line.ptr, line.len);
    if (!mecab_parse_lattice(c->tagger, c->lattice))
        return;
    for (size_t at = 0; at < line.len; at++) {
        const mecab_node_t *node = mecab_lattice_get_begin_nodes(c->lattice, at);
        if (node != NULL)
            merge_look_up(c->merge, str_from(line, (size_t)(node->surface - line.ptr)));
        for (; node != NULL; node = node->bnext)
            merge_weigh(c->merge, node->lcAttr, node->rcAttr);
    }
}

static void count_text(struct counter *c, struct str text)
{
    normal_analysis(c->normal, text, &c->text);
    for (struct str rest = buf_str(&c->text.text); rest.len > 0;) {
        buf_clear(&c->line);
        buf_add_str(&c->line, str_cut(rest, '\n', &rest));
        (void)buf_text(&c->line); /* behind blanks MeCab looks for a NUL */
        if (c->line.len > 0 && c->line.len <= UINT16_MAX)
            count_line(c, buf_str(&c->line));
    }
}

static bool count_posts(struct counter *c, const char *path, struct err *e)
{
    static const char *const members[] = {"title", "text", NULL};
    struct shape shape;
    struct buf file = {0}, scratch = {0};
    bool ok = file_read(&file, path, e);
    shape_init(&shape, members, NULL);
    for (struct str rest = buf_str(&file); ok && rest.len > 0;) {
        struct record record;
        struct scan_error bad;
        struct str line = str_cut(rest, '\n', &rest);
        ok = record_scan(&shape, line, &record, &bad) ||
             err_set(e, "%s: %s at byte %zu of line %zu", path, bad.what, bad.at,
                     str_line(buf_str(&file), (size_t)(line.ptr - file.data)));
        if (ok)
            count_text(c, post_text(record.member[0], record.member[1], &scratch));
    }
    buf_free(&file);
    buf_free(&scratch);
    return ok;
}

static bool count_all(struct counter *c, char **posts, struct err *e)
{
    bool ok = true;
    while (ok && *posts != NULL)
        ok = count_posts(c, *posts++, e);
    return ok;
}

static bool build(char **arguments, struct err *e)
{
    const char *folder = arguments[0], *words = arguments[1], *out = arguments[2];
    struct counter c = {.merge = merge_new(folder, words, e)};
    bool ok = c.merge != NULL && open_counter(&c, folder, words, e) &&
              count_all(&c, arguments + 3, e) && merge_write(c.merge, out, e);
    close_counter(&c);
    merge_free(c.merge);
    return ok;
}

int main(int argc, char **argv)
{
    struct err e;
    if (argc >= 4 && build(argv + 1, &e))
        return 0;
    fprintf(stderr, "build-dictionary: %s\n",
            argc >= 4 ? e.text : "usage: build-dictionary DICTIONARY WORDS OUT POSTS...");
    return 2;
}
