/*
 * Configuration by inih. Debian's build of it does not hand the line to its handler,
 * so the reader that feeds it counts lines: when the handler is called, the line read
 * last is the entry's.
 */
#include "base/conf.h"

#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"

struct reading {
    struct conf *conf;
    struct str rest;
    size_t line;
    size_t long_line;
};

static const char *keep(struct conf *c, const char *text)
{
    MEM_GROW(c->strings, c->string_count, c->string_cap);
    return c->strings[c->string_count++] = mem_string(str_of(text));
}

static int take_entry(void *data, const char *section, const char *key, const char *value)
{
    struct reading *r = data;
    struct conf *c = r->conf;
    MEM_GROW(c->entries, c->count, c->capacity);
    c->entries[c->count++] = (struct conf_entry){.section = keep(c, section),
                                                 .key = keep(c, key),
                                                 .value = keep(c, value),
                                                 .line = r->line};
    return 1;
}

/* A section without entries is noted too: inih does not tell of it. */
static void note_section(struct reading *r, struct str line)
{
    line = str_trim(line);
    if (line.len < 2 || line.ptr[0] != '[')
        return;
    struct str name, rest;
    name = str_cut(str_from(line, 1), ']', &rest);
    struct conf *c = r->conf;
    char *section = mem_string(name);
    MEM_GROW(c->entries, c->count, c->capacity);
    c->entries[c->count++] =
        (struct conf_entry){.section = keep(c, section), .value = "", .line = r->line};
    free(section);
}

static char *read_line(char *to, int room, void *data)
{
    struct reading *r = data;
    if (r->rest.len == 0)
        return NULL;
    struct str line = str_cut(r->rest, '\n', &r->rest);
    r->line++;
    note_section(r, line);
    if (line.len > (size_t)room - 2) {
        if (r->long_line == 0)
            r->long_line = r->line;
        line.len = (size_t)room - 2;
    }
    memcpy(to, line.ptr, line.len);
    to[line.len] = '\n';
    to[line.len + 1] = '\0';
    return to;
}

static bool conf_parse(struct conf *c, struct str text, struct err *e)
{
    struct reading r = {.conf = c, .rest = text};
    int wrong = ini_parse_stream(read_line, &r, take_entry, &r);
    if (r.long_line > 0)
        return err_set(e, "%s:%zu: the line is too long", c->path, r.long_line);
    if (wrong > 0)
        return err_set(e, "%s:%d: neither [section] nor key = value", c->path, wrong);
    return wrong == 0 || err_set(e, "%s: cannot be read", c->path);
}

static bool first_existing(struct buf *path, const char *directory, const char *name)
{
    if (directory == NULL || *directory == '\0')
        return false;
    buf_clear(path);
    buf_addf(path, "%s/%s", directory, name);
    return access(buf_text(path), F_OK) == 0;
}

static bool find_conf(struct buf *path, const char *named)
{
    const char *set = named != NULL ? named : getenv("HINOBAN_CONF");
    if (set != NULL && *set != '\0') {
        buf_add_text(path, set);
        return true;
    }
    return first_existing(path, getenv("XDG_CONFIG_HOME"), "hinoban/hinoban.conf") ||
           first_existing(path, getenv("HOME"), ".config/hinoban/hinoban.conf");
}

bool conf_read(struct conf *c, const char *named, struct err *e)
{
    *c = (struct conf){.path = NULL};
    struct buf path = {0}, text = {0};
    bool ok = true;
    if (find_conf(&path, named)) {
        c->path = mem_string(buf_str(&path));
        ok = file_read(&text, c->path, e) && conf_parse(c, buf_str(&text), e);
    }
    buf_free(&path);
    buf_free(&text);
    if (!ok)
        conf_free(c);
    return ok;
}

void conf_free(struct conf *c)
{
    for (size_t i = 0; i < c->string_count; i++)
        free(c->strings[i]);
    free(c->strings);
    free(c->entries);
    free(c->path);
    *c = (struct conf){.path = NULL};
}

bool conf_error(const struct conf *c, const struct conf_entry *entry, struct err *e, const char *what,
                const char *value)
{
    return err_set(e, "%s:%zu: %s '%s'", c->path, entry->line, what, value);
}

/* How many bytes of a separator stand at p. */
static size_t separator(const char *p)
{
    if (*p == ',' || *p == '\n')
        return 1;
    return strncmp(p, "、", 3) == 0 || strncmp(p, "，", 3) == 0 ? 3 : 0;
}

void conf_list(const char *value, void (*take)(void *data, const char *item, size_t length), void *data)
{
    while (*value != '\0') {
        const char *end = value;
        while (*end != '\0' && separator(end) == 0)
            end++;
        struct str item = str_trim((struct str){value, (size_t)(end - value)});
        if (item.len > 0)
            take(data, item.ptr, item.len);
        value = *end != '\0' ? end + separator(end) : end;
    }
}
