/*
 * Configuration by inih. Debian's build of it does not hand the line to its handler,
 * holds sections to 49 bytes and lines to 198, which is 65 Japanese characters. So the
 * reader that feeds it counts lines and keeps the section's whole name; of a line that is too
 * long for it it keeps the value, and inih sees the key.
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
    struct str rest;     /* of the file */
    struct str value;    /* of the line handed on last, where that was too long; or empty */
    size_t line;         /* handed on last */
    size_t long_line;    /* the first with a key that is too long */
    bool continued;      /* it goes on with the entry before it */
    const char *section; /* under which it stands */
};

static const char *keep(struct conf *c, struct str text)
{
    MEM_GROW(c->strings, c->string_count, c->string_cap);
    return c->strings[c->string_count++] = mem_string(text);
}

static int take_entry(void *data, const char *section, const char *key, const char *value)
{
    struct reading *r = data;
    struct conf *c = r->conf;
    struct str whole = r->value.len > 0 ? r->value : str_of(value);
    (void)section; /* may be cut */
    MEM_GROW(c->entries, c->count, c->capacity);
    c->entries[c->count++] = (struct conf_entry){.section = r->section,
                                                 .key = keep(c, str_of(key)),
                                                 .value = keep(c, whole),
                                                 .line = r->line,
                                                 .continues = r->continued};
    return 1;
}

/* A section is an entry of its own: inih does not tell of one that is empty. Its line
 * goes to inih short, since nothing asks it for the name. */
static bool take_section(struct reading *r, struct str line)
{
    line = str_trim(line);
    if (line.len < 2 || line.ptr[0] != '[' || memchr(line.ptr, ']', line.len) == NULL)
        return false;
    struct str rest, name = str_cut(str_from(line, 1), ']', &rest);
    struct conf *c = r->conf;
    r->section = keep(c, name);
    MEM_GROW(c->entries, c->count, c->capacity);
    c->entries[c->count++] =
        (struct conf_entry){.section = r->section, .value = "", .line = r->line};
    return true;
}

/* The length of a line without the comment that may end it. */
static size_t without_comment(struct str line)
{
    for (size_t i = 1; i < line.len; i++)
        if (line.ptr[i] == ';' && (line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t'))
            return i;
    return line.len;
}

/* What stands before = or :, or all of the line. */
static size_t key_length(struct str line)
{
    size_t length = 0;
    while (length < line.len && line.ptr[length] != '=' && line.ptr[length] != ':')
        length++;
    return length;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* What inih is given of a line for which it has no room: of an entry the key, or the blank
 * that continues one, and a letter for the value, which is kept. */
static struct str shorten(struct reading *r, struct str line, size_t room, struct buf *to)
{
    struct str text = str_trim(line);
    if (text.len == 0 || text.ptr[0] == ';' || text.ptr[0] == '#')
        return STR("");
    size_t key = r->continued ? 0 : key_length(text);
    if (key == text.len)
        return str_head(text, room); /* no entry, and inih will say so */
    struct str name = str_trim((struct str){text.ptr, key});
    if (name.len + 2 > room) {
        r->long_line = r->long_line == 0 ? r->line : r->long_line;
        return STR("");
    }
    r->value = str_trim(str_from(text, r->continued ? 0 : key + 1));
    buf_add_str(to, name);
    buf_add_text(to, r->continued ? " " : "=");
    buf_add_text(to, r->value.len > 0 ? "x" : "");
    return buf_str(to);
}

/* Does the line go on with an entry? There must be one in the section. */
static bool continues(const struct conf *c, struct str line)
{
    return line.len > 0 && is_blank(line.ptr[0]) && c->count > 0 &&
           c->entries[c->count - 1].key != NULL;
}

static char *read_line(char *to, int size, void *data)
{
    struct reading *r = data;
    struct buf shorter = {0};
    size_t room = (size_t)size - 2; /* a line break, a NUL */
    if (r->rest.len == 0)
        return NULL;
    struct str line = str_cut(r->rest, '\n', &r->rest);
    r->line++;
    r->continued = continues(r->conf, line);
    r->value.len = 0;
    if (take_section(r, line))
        line = STR("[section]");
    else
        line.len = without_comment(line);
    if (line.len > room)
        line = shorten(r, line, room, &shorter);
    memcpy(to, line.ptr, line.len);
    to[line.len] = '\n';
    to[line.len + 1] = '\0';
    buf_free(&shorter);
    return to;
}

static bool conf_parse(struct conf *c, struct str text, struct err *e)
{
    size_t bad;
    if (!str_is_utf8(text, &bad))
        return err_set(e, "%s:%zu: bad UTF-8", c->path, str_line(text, bad));
    ptrdiff_t nul = str_find(text, (struct str){"", 1});
    if (nul >= 0)
        return err_set(e, "%s:%zu: a NUL byte", c->path, str_line(text, (size_t)nul));
    text = str_unmarked(text); /* inih would pass over it, take_section() not */
    struct reading r = {.conf = c, .rest = text, .section = ""};
    int wrong = ini_parse_stream(read_line, &r, take_entry, &r);
    bool ok = wrong == 0 && r.long_line == 0;
    if (r.long_line > 0)
        err_set(e, "%s:%zu: the key is too long", c->path, r.long_line);
    else if (wrong > 0)
        err_set(e, "%s:%d: neither [section] nor key = value", c->path, wrong);
    else if (wrong != 0)
        err_set(e, "%s: cannot be read", c->path);
    return ok;
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
    if (named != NULL && *named == '\0')
        return err_set(e, "the name of the configuration file is empty");
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

/* How many bytes of a separator stand at p, which ends with a NUL or at `left`. */
static size_t separator(const char *p, size_t left)
{
    if (left >= 1 && (*p == ',' || *p == '\n'))
        return 1;
    return left >= 3 && (memcmp(p, "、", 3) == 0 || memcmp(p, "，", 3) == 0) ? 3 : 0;
}

bool conf_error(const struct conf *c, const struct conf_entry *entry, struct err *e,
                const char *what, const char *value)
{
    return err_set(e, "%s:%zu: %s '%s'", c->path, entry->line, what, value);
}

bool conf_section_is(const struct conf_entry *entry, const char *word)
{
    size_t length = strcspn(entry->section, " ");
    return strlen(word) == length && strncmp(entry->section, word, length) == 0;
}

bool conf_check_sections(const struct conf *c, struct err *e)
{
    static const char *const known[] = {"watch", "source", "fetch", "desk", "deliver", NULL};
    for (size_t i = 0; i < c->count; i++) {
        const struct conf_entry *entry = &c->entries[i];
        const char *const *word = known;
        while (*word != NULL && !conf_section_is(entry, *word))
            word++;
        if (*word != NULL)
            continue;
        if (*entry->section == '\0')
            return conf_error(c, entry, e, "a key before the first section:", entry->key);
        return conf_error(c, entry, e, "unknown section", entry->section);
    }
    return true;
}

void conf_list(const char *value, void (*take)(void *data, const char *item, size_t length),
               void *data)
{
    const char *stop = value + strlen(value);
    while (value < stop) {
        const char *end = value;
        while (end < stop && separator(end, (size_t)(stop - end)) == 0)
            end++;
        struct str item = str_trim((struct str){value, (size_t)(end - value)});
        if (item.len > 0)
            take(data, item.ptr, item.len);
        value = end < stop ? end + separator(end, (size_t)(stop - end)) : stop;
    }
}
