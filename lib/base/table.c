/* Tables in plain text. */
#include "base/table.h"

#include <stdlib.h>

#include "base/files.h"
#include "base/mem.h"

bool table_open(struct table *t, const char *path, struct err *e)
{
    *t = (struct table){.path = mem_string(str_of(path))};
    size_t bad;
    bool good = file_read(&t->text, path, e);
    if (good && !str_is_utf8(buf_str(&t->text), &bad))
        good = err_set(e, "%s:%zu: bad UTF-8", path, str_line(buf_str(&t->text), bad));
    ptrdiff_t nul = good ? str_find(buf_str(&t->text), (struct str){"", 1}) : -1;
    if (nul >= 0) /* the rest of its line would be lost to who takes a field for a C string */
        good = err_set(e, "%s:%zu: a NUL byte", path, str_line(buf_str(&t->text), (size_t)nul));
    if (good) {
        t->at = t->text.len - str_unmarked(buf_str(&t->text)).len;
        return true;
    }
    table_close(t);
    return false;
}

static bool is_comment(struct str line)
{
    return line.len == 0 || str_starts(line, STR("# ")) || str_is(line, "#");
}

/* Counts all fields and keeps as many as there is room for. */
static void table_split(struct table *t, struct str line)
{
    bool last = false;
    for (t->fields = 0; !last; t->fields++) {
        last = line.len == 0 || memchr(line.ptr, '\t', line.len) == NULL;
        struct str field = str_cut(line, '\t', &line);
        if (t->fields < TABLE_FIELDS)
            t->field[t->fields] = field;
    }
}

bool table_next(struct table *t, size_t min, size_t max, bool *bad, struct err *e)
{
    *bad = false;
    struct str rest = {t->text.data + t->at, t->text.len - t->at};
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest);
        t->at = t->text.len - rest.len;
        t->line++;
        if (line.len > 0 && line.ptr[line.len - 1] == '\r')
            line.len--;
        if (is_comment(line))
            continue;
        table_split(t, line);
        if (t->fields >= min && t->fields <= max)
            return true;
        *bad = true;
        return err_set(e, "%s:%zu: %zu fields where %zu to %zu are wanted", t->path, t->line,
                       t->fields, min, max);
    }
    return false;
}

bool table_error(const struct table *t, struct err *e, const char *what, struct str value)
{
    int len = value.len > 200 ? 200 : (int)value.len;
    return err_set(e, "%s:%zu: %s '%.*s'", t->path, t->line, what, len, value.ptr);
}

void table_close(struct table *t)
{
    free(t->path);
    buf_free(&t->text);
    *t = (struct table){0};
}
