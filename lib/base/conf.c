/*
 * Configuration by inih. Debian's build of it does not hand the line to its handler,
 * holds sections to 49 bytes and lines to 198, which is 65 Japanese characters. So the
 * reader that feeds it counts lines, keeps the section's whole name, and hands a long
 * line on as continued lines, cut within words, whose values are glued together again.
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
    struct str tail;     /* of a line that is handed on in pieces */
    size_t line;         /* handed on last */
    size_t long_line;    /* the first that could not be cut */
    bool glued;          /* what was handed on goes on within a word */
    bool continued;      /* it goes on with the entry before it */
    const char *section; /* under which it stands */
    size_t *lines;       /* by line as inih counts them: the line in the file */
    size_t fed, fed_cap;
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
    (void)section; /* may be cut */
    if (r->glued && c->count > 0) {
        struct conf_entry *last = &c->entries[c->count - 1];
        struct buf whole = {0};
        buf_addf(&whole, "%s%s", last->value, value);
        last->value = keep(c, buf_str(&whole));
        buf_free(&whole);
        return 1;
    }
    MEM_GROW(c->entries, c->count, c->capacity);
    c->entries[c->count++] = (struct conf_entry){.section = r->section,
                                                 .key = keep(c, str_of(key)),
                                                 .value = keep(c, str_of(value)),
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

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* How much of a long line may go first: up to a place inside a word, where inih drops no
 * blanks and sees no comment. 0: there is none. */
static size_t cut_line(struct str line, size_t room)
{
    for (size_t at = room; at > 0; at--) {
        unsigned char next = (unsigned char)line.ptr[at];
        bool inside = (next & 0xC0) == 0x80;
        if (!inside && next != ';' && next != '#' && next != '[' && !is_blank(line.ptr[at]) &&
            !is_blank(line.ptr[at - 1]))
            return at;
    }
    return 0;
}

static char *read_line(char *to, int size, void *data)
{
    struct reading *r = data;
    char *start = to;
    size_t room = (size_t)size - 3; /* a blank in front, a line break, a NUL */
    struct str line = r->tail;
    r->glued = line.len > 0;
    if (r->glued) {
        *to++ = ' '; /* continues the line before */
        r->tail.len = 0;
    } else if (r->rest.len > 0) {
        line = str_cut(r->rest, '\n', &r->rest);
        r->line++;
        r->continued = line.len > 0 && is_blank(line.ptr[0]);
        if (take_section(r, line))
            line = STR("[section]");
        else
            line.len = without_comment(line);
    } else {
        return NULL;
    }
    MEM_GROW(r->lines, r->fed, r->fed_cap);
    r->lines[r->fed++] = r->line;
    size_t length = line.len;
    bool comment = length > 0 && (line.ptr[0] == ';' || line.ptr[0] == '#');
    if (length > room && comment) {
        length = room;
    } else if (length > room) {
        length = cut_line(line, room);
        r->tail = str_from(line, length);
        if (length == 0) {
            r->long_line = r->long_line == 0 ? r->line : r->long_line;
            r->tail.len = 0;
        }
    }
    memcpy(to, line.ptr, length);
    to[length] = '\n';
    to[length + 1] = '\0';
    return start;
}

static bool conf_parse(struct conf *c, struct str text, struct err *e)
{
    size_t bad;
    if (!str_is_utf8(text, &bad))
        return err_set(e, "%s:%zu: bad UTF-8", c->path, str_line(text, bad));
    if (str_starts(text, STR("\xEF\xBB\xBF"))) /* inih would pass over it, take_section() not */
        text = str_from(text, 3);
    struct reading r = {.conf = c, .rest = text, .section = ""};
    int wrong = ini_parse_stream(read_line, &r, take_entry, &r);
    bool ok = wrong == 0 && r.long_line == 0;
    if (r.long_line > 0)
        err_set(e, "%s:%zu: the line is too long", c->path, r.long_line);
    else if (wrong > 0 && (size_t)wrong <= r.fed)
        err_set(e, "%s:%zu: neither [section] nor key = value", c->path, r.lines[wrong - 1]);
    else if (wrong != 0)
        err_set(e, "%s: cannot be read", c->path);
    free(r.lines);
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
