/*
 * The script of the test server: rules of lines, read into one text and kept as an array
 * of words with their values. It may change while the server runs. The language is told
 * in tests/web.c.
 */
#include "web.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"

enum takes { NOTHING, NUMBER, TEXT };

static const struct {
    const char *name;
    enum takes takes;
} words[WORDS] = {
    [WORD_IF] = {"if", TEXT},
    [WORD_TIMES] = {"times", NUMBER},
    [WORD_STATUS] = {"status", NUMBER},
    [WORD_HEADER] = {"header", TEXT},
    [WORD_BODY] = {"body", TEXT},
    [WORD_FILE] = {"file", TEXT},
    [WORD_GZIP] = {"gzip", NOTHING},
    [WORD_BOMB] = {"bomb", NUMBER},
    [WORD_BIG] = {"big", NUMBER},
    [WORD_CUT] = {"cut", NUMBER},
    [WORD_STALL] = {"stall", NUMBER},
    [WORD_DELAY] = {"delay", NUMBER},
    [WORD_DRIP] = {"drip", NUMBER},
    [WORD_CLOSE] = {"close", NOTHING},
    [WORD_CHUNKED] = {"chunked", NOTHING},
    [WORD_GARBAGE] = {"garbage", TEXT},
    [WORD_RUN] = {"run", TEXT},
};

bool version_changed(const char *path, struct version *seen)
{
    struct stat now;
    if (stat(path, &now) != 0) {
        *seen = (struct version){0};
        return true;
    }
    bool same = now.st_mtim.tv_sec == seen->time.tv_sec &&
                now.st_mtim.tv_nsec == seen->time.tv_nsec && now.st_size == seen->size &&
                now.st_ino == seen->inode;
    *seen = (struct version){now.st_mtim, now.st_size, now.st_ino};
    return !same;
}

char *script_path(const struct script *s, const char *name)
{
    const char *slash = strrchr(s->path, '/');
    struct buf path = {0};
    if (slash != NULL && name[0] != '/')
        buf_add(&path, s->path, (size_t)(slash - s->path) + 1);
    buf_add_text(&path, name);
    char *copy = mem_string(buf_str(&path));
    buf_free(&path);
    return copy;
}

/* ---- reading ---- */

static bool add_rule(struct script *s, const char *method, const char *pattern)
{
    MEM_GROW(s->rules, s->rule_count, s->rule_capacity);
    struct rule *rule = &s->rules[s->rule_count++];
    *rule =
        (struct rule){.method = method, .pattern = pattern, .script = s, .first = s->line_count};
    for (size_t i = 0; i < WORDS; i++)
        rule->numbers[i] = -1;
    return true;
}

/* What is wrong with a value; NULL if nothing. */
static const char *wrong_value(enum word word, const char *value)
{
    char *stop;
    if (words[word].takes == NOTHING)
        return value[0] != '\0' ? "takes no value" : NULL;
    if (words[word].takes == NUMBER) {
        strtol(value, &stop, 10);
        return !isdigit((unsigned char)value[0]) || *stop != '\0' ? "takes a number" : NULL;
    }
    if ((word == WORD_HEADER || word == WORD_IF) && strchr(value, ':') == NULL)
        return "takes `name: value`";
    if (word == WORD_RUN && !service_known(value))
        return "takes the name of a service";
    return word != WORD_BODY && value[0] == '\0' ? "takes a value" : NULL;
}

/* Takes one line; NULL, or what is wrong with it. Cuts it in place. */
static const char *read_line(struct script *s, char *line)
{
    line += strspn(line, " \t");
    if (line[0] == '\0' || line[0] == '#')
        return NULL;
    char *value = line + strcspn(line, " ");
    if (*value != '\0')
        *value++ = '\0';
    if (isupper((unsigned char)line[0]) || strcmp(line, "*") == 0)
        return *value == '\0' || !add_rule(s, line, value) ? "a rule needs a pattern" : NULL;
    if (s->rule_count == 0)
        return "stands before any rule";
    for (enum word word = 0; word < WORDS; word++) {
        if (strcmp(line, words[word].name) != 0)
            continue;
        const char *wrong = wrong_value(word, value);
        if (wrong != NULL)
            return wrong;
        struct rule *rule = &s->rules[s->rule_count - 1];
        rule->numbers[word] = words[word].takes == NUMBER ? strtol(value, NULL, 10) : 1;
        rule->count++;
        MEM_GROW(s->lines, s->line_count, s->line_capacity);
        s->lines[s->line_count++] = (struct script_line){word, value};
        return NULL;
    }
    return "no such word";
}

static void script_clear(struct script *s)
{
    buf_free(&s->text);
    s->line_count = s->rule_count = 0;
}

void script_free(struct script *s)
{
    script_clear(s);
    free(s->lines);
    free(s->rules);
}

bool script_refresh(struct script *s, struct err *e)
{
    if (!version_changed(s->path, &s->version))
        return true;
    script_clear(s);
    if (!file_read(&s->text, s->path, e))
        return false;
    buf_add(&s->text, "\n", 2);
    size_t number = 0;
    for (char *line = s->text.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        number++;
        const char *wrong = read_line(s, line);
        if (wrong != NULL) {
            err_set(e, "%s:%zu: %s: %s", s->path, number, line + strspn(line, " \t"), wrong);
            script_clear(s);
            s->version = (struct version){0}; /* so that the next request tells it again */
            return false;
        }
    }
    return true;
}

/* ---- matching ---- */

/* fnmatch(3) on a slice. */
static bool glob_holds(const char *glob, struct str text)
{
    char *copy = mem_string(text);
    bool holds = fnmatch(glob, copy, 0) == 0;
    free(copy);
    return holds;
}

static bool condition_holds(const char *condition, const struct request *r)
{
    struct str glob, name = str_cut(str_of(condition), ':', &glob);
    char *header = mem_string(str_trim(name)), *pattern = mem_string(str_trim(glob));
    struct str value = request_header(r, header);
    bool holds = value.ptr != NULL && glob_holds(pattern, value);
    free(header);
    free(pattern);
    return holds;
}

static bool rule_holds(const struct rule *rule, const struct request *r)
{
    bool head = str_is(r->method, "HEAD") && strcmp(rule->method, "GET") == 0;
    size_t at = 0;
    if (strcmp(rule->method, "*") != 0 && !str_is(r->method, rule->method) && !head)
        return false;
    if (rule->numbers[WORD_TIMES] >= 0 && rule->used >= rule->numbers[WORD_TIMES])
        return false;
    if (!glob_holds(rule->pattern, r->target))
        return false;
    for (const char *text; (text = rule_text(rule, WORD_IF, &at)) != NULL;)
        if (!condition_holds(text, r))
            return false;
    return true;
}

struct rule *script_match(struct script *s, const struct request *r)
{
    for (size_t i = 0; i < s->rule_count; i++)
        if (rule_holds(&s->rules[i], r)) {
            s->rules[i].used++;
            return &s->rules[i];
        }
    return NULL;
}

const char *rule_text(const struct rule *rule, enum word word, size_t *at)
{
    while (*at < rule->count) {
        const struct script_line *line = &rule->script->lines[rule->first + (*at)++];
        if (line->word == word)
            return line->value;
    }
    return NULL;
}

/* ---- putting in ---- */

/* Adds what a name between braces stands for; false if for nothing. */
static bool add_meaning(struct buf *to, struct str name, const struct request *r, unsigned port)
{
    char *text = mem_string(name), *stop = text;
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    struct str word = {text, letters};
    bool known = true;
    int64_t time = clock_now();
    if (text[letters] == '+' || text[letters] == '-')
        time += strtol(text + letters, &stop, 10);
    else
        stop = text + letters;
    if (str_is(word, "q") && *stop == ':')
        form_value(to, r->query, stop + 1);
    else if (*stop != '\0')
        known = false;
    else if (str_is(word, "port"))
        buf_addf(to, "%u", port);
    else if (str_is(word, "now"))
        buf_addf(to, "%lld", (long long)time);
    else if (str_is(word, "date"))
        http_date(to, time);
    else if (str_is(word, "iso"))
        clock_format(to, time);
    else
        known = false;
    free(text);
    return known;
}

void script_expand(struct buf *to, const char *text, const struct request *r, unsigned port)
{
    while (*text != '\0') {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;
        if (end != NULL &&
            add_meaning(to, (struct str){text + 1, (size_t)(end - text) - 1}, r, port))
            text = end + 1;
        else
            buf_add_char(to, *text++);
    }
}

void script_unescape(struct buf *to, const char *text)
{
    static const char names[] = "ntr0", meant[] = "\n\t\r";
    for (; *text != '\0'; text++) {
        const char *at = *text == '\\' && text[1] != '\0' ? strchr(names, text[1]) : NULL;
        if (*text != '\\' || text[1] == '\0') {
            buf_add_char(to, *text);
        } else {
            buf_add_char(to, at != NULL ? meant[at - names] : text[1]);
            text++;
        }
    }
}
