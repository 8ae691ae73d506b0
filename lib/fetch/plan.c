/*
 * Sources out of the configuration. Keys that every source has stand in one table here,
 * those of a kind in the network's own; a value is checked when it is read, so that what
 * is wrong is told with its line.
 */
#include "fetch/plan.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/opt.h"
#include "fetch/address.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define LONGEST_SPAN     (10LL * 366 * CLOCK_DAY) /* seconds */
#define LONGEST_EXCHANGE 3600

struct planning {
    struct plan *plan;
    const struct conf *conf;
    struct planned *source; /* whose section it is */
    const struct conf_entry *entry;
    const char *value; /* whole */
    unsigned given;    /* which of the keys that every source has */
    struct err *e;
};

static bool wrong(const struct planning *p, const char *what)
{
    return conf_error(p->conf, p->entry, p->e, what, p->value);
}

/* ---- values ---- */

/* Seconds of `90s`, `15m`, `6h`, `7d`; a number alone is seconds. -1: none. */
static int64_t span_of(const char *text)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", CLOCK_DAY}};
    char *end;
    long long number = strtoll(text, &end, 10);
    if (end == text || number < 0 || number > LONGEST_SPAN)
        return -1;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(end, units[i].unit) == 0 && number <= LONGEST_SPAN / units[i].seconds)
            return number * units[i].seconds;
    return -1;
}

static bool take_span(struct planning *p, int64_t *to)
{
    int64_t span = span_of(p->value);
    if (span < 0)
        return wrong(p, "not a span of time such as 90s, 15m, 6h or 7d, of ten years at most:");
    *to = span;
    return true;
}

static bool take_count(struct planning *p, size_t *to, long long least, long long most)
{
    long long value;
    struct err why;
    if (!opt_number(p->value, least, most, &value, &why))
        return err_set(p->e, "%s:%zu: %s: %s", p->conf->path, p->entry->line, p->entry->key,
                       why.text);
    *to = (size_t)value;
    return true;
}

static bool take_truth(struct planning *p, bool *to)
{
    bool yes = strcmp(p->value, "yes") == 0;
    if (!yes && strcmp(p->value, "no") != 0)
        return wrong(p, "neither yes nor no:");
    *to = yes;
    return true;
}

static char *keep(char **to, struct str text)
{
    free(*to);
    return *to = mem_string(text);
}

/* A text that lives as long as the plan. */
static const char *keep_text(struct plan *plan, struct str text)
{
    MEM_GROW(plan->texts, plan->text_count, plan->text_cap);
    return plan->texts[plan->text_count++] = mem_string(text);
}

static const char *keep_lines(struct planning *p, const char *first, const char *second)
{
    struct buf both = {0};
    buf_addf(&both, "%s\n%s", first, second);
    const char *kept = keep_text(p->plan, buf_str(&both));
    buf_free(&both);
    return kept;
}

static bool take_address(struct planning *p)
{
    struct address_parts parts;
    for (const char *c = p->value; *c != '\0'; c++)
        if ((unsigned char)*c <= ' ')
            return wrong(p, "blanks in the address");
    if (!address_split(str_of(p->value), &parts))
        return wrong(p, "not an address of http or https without a user in it:");
    return true;
}

/* `20000`, `20000 posts`, `0.005 USD`: a number and what it counts. */
static bool take_amount(struct planning *p, double *amount, char *unit, size_t room)
{
    char *end;
    errno = 0;
    *amount = strtod(p->value, &end);
    bool number = end != p->value && errno == 0 && *amount >= 0 && *amount < 1e15;
    while (*end == ' ' || *end == '\t')
        end++;
    if (!number || strlen(end) >= room)
        return wrong(p, "not an amount such as 20000 posts or 100 USD:");
    for (const char *c = end; *c != '\0'; c++)
        if (!isalpha((unsigned char)*c))
            return wrong(p, "not an amount such as 20000 posts or 100 USD:");
    snprintf(unit, room, "%s", end);
    return true;
}

static bool take_currency(struct planning *p, const char *unit)
{
    struct budget *b = &p->source->budget;
    if (*unit != '\0' && b->currency[0] != '\0' && strcmp(unit, b->currency) != 0)
        return wrong(p, "another currency than before:");
    if (*unit != '\0')
        snprintf(b->currency, sizeof b->currency, "%s", unit);
    return true;
}

static bool take_budget(struct planning *p)
{
    char unit[8];
    double amount;
    if (!take_amount(p, &amount, unit, sizeof unit))
        return false;
    if (*unit == '\0' || strcmp(unit, "posts") == 0) {
        p->source->budget.posts = (int64_t)amount;
        return true;
    }
    p->source->budget.money = amount;
    return take_currency(p, unit);
}

static bool take_price(struct planning *p, double *price)
{
    char unit[8];
    return take_amount(p, price, unit, sizeof unit) && take_currency(p, unit);
}

static void add_watch(void *data, const char *item, size_t length)
{
    struct planned *source = data;
    MEM_GROW(source->watches, source->watch_count, source->watch_cap);
    source->watches[source->watch_count++] = mem_string((struct str){item, length});
}

static bool take_source_name(struct planning *p)
{
    if (*p->value == '\0' || strpbrk(p->value, ": \t\n") != NULL)
        return wrong(p, "not a name without blanks and colons:");
    p->source->settings.name = p->value;
    return true;
}

static bool take_tier(struct planning *p)
{
    if (!entry_is_tier(str_of(p->value)))
        return wrong(p, "none of sns, forum, matome, net-news, mass:");
    p->source->settings.tier = p->value;
    return true;
}

static bool take_base(struct planning *p)
{
    struct str base = str_of(p->value);
    if (!take_address(p))
        return false;
    while (str_ends(base, STR("/")))
        base.len--;
    keep(&p->source->base, base);
    return true;
}

/* ---- keys that every source has ---- */

static bool take_common(struct planning *p, bool *known)
{
    struct planned *s = p->source;
    const char *key = p->entry->key;
    static const char *const keys[] = {"kind",  "watch",         "source",     "tier",
                                       "every", "first",         "max-pages",  "budget",
                                       "price", "request-price", "secret-env", "secret-file",
                                       "user",  "base",          "private",    NULL};
    size_t which = 0;
    while (keys[which] != NULL && strcmp(keys[which], key) != 0)
        which++;
    *known = keys[which] != NULL;
    bool several = which == 1 || which == 7; /* a list, and budgets of posts and of money */
    if (*known && !several && (p->given & 1u << which) != 0)
        return wrong(p, "a second value:");
    p->given |= 1u << which;
    switch (which) {
    case 0: return true; /* read before */
    case 1: conf_list(p->value, add_watch, s); return true;
    case 2: return take_source_name(p);
    case 3: return take_tier(p);
    case 4: return take_span(p, &s->every);
    case 5: return take_span(p, &s->subject.first);
    case 6: return take_count(p, &s->max_pages, 1, 1000000);
    case 7: return take_budget(p);
    case 8: return take_price(p, &s->budget.price);
    case 9: return take_price(p, &s->budget.request_price);
    case 10: s->secret_env = p->value; return true;
    case 11: s->secret_file = p->value; return true;
    case 12: s->subject.user = p->value; return true;
    case 13: return take_base(p);
    case 14: return take_truth(p, &s->private_ok);
    default: return true;
    }
}

/* ---- keys of a kind ---- */

static bool is_choice(const struct network_key *key, const char *value)
{
    return str_is_any(str_of(value), key->choices);
}

static bool wrong_choice(struct planning *p, const struct network_key *key)
{
    struct buf what = {0};
    buf_addf(&what, "%s is none of", key->name);
    for (size_t i = 0; key->choices[i] != NULL; i++)
        buf_addf(&what, "%s %s", i > 0 ? "," : "", key->choices[i]);
    buf_add_char(&what, ':');
    wrong(p, buf_text(&what));
    buf_free(&what);
    return false;
}

static bool check_value(struct planning *p, const struct network_key *key)
{
    struct err why;
    switch (key->shape) {
    case KEY_URL: return take_address(p);
    case KEY_NUMBER:
        if (*p->value == '\0' || p->value[strspn(p->value, "0123456789")] != '\0')
            return wrong(p, "not a whole number:");
        return true;
    case KEY_SPAN: {
        int64_t span;
        return take_span(p, &span);
    }
    case KEY_CHOICE: return is_choice(key, p->value) || wrong_choice(p, key);
    case KEY_EXPR: {
        struct expr *x = expr_new(p->value, &why);
        if (x == NULL)
            return err_set(p->e, "%s:%zu: %s: %s", p->conf->path, p->entry->line, key->name,
                           why.text);
        expr_free(x);
        return true;
    }
    case KEY_TEXT:
    case KEY_LIST: return *p->value != '\0' || wrong(p, "empty value");
    }
    return true;
}

static bool take_own(struct planning *p, bool *known)
{
    struct subject *s = &p->source->subject;
    *known = false;
    for (size_t i = 0; s->network->keys[i].name != NULL; i++) {
        if (strcmp(s->network->keys[i].name, p->entry->key) != 0)
            continue;
        *known = true;
        const struct network_key *key = &s->network->keys[i];
        if (!check_value(p, key))
            return false;
        if (s->values[i] != NULL && key->shape != KEY_LIST)
            return wrong(p, "a second value:");
        s->values[i] = s->values[i] != NULL ? keep_lines(p, s->values[i], p->value) : p->value;
        if (key->shape == KEY_SPAN) { /* networks read seconds */
            char seconds[32];
            snprintf(seconds, sizeof seconds, "%lld", (long long)span_of(p->value));
            s->values[i] = keep_text(p->plan, str_of(seconds));
        }
    }
    return true;
}

static bool take_key(struct planning *p)
{
    bool common, own;
    if (!take_common(p, &common))
        return false;
    if (common)
        return true;
    if (!take_own(p, &own))
        return false;
    if (own)
        return true;
    return err_set(p->e, "%s:%zu: a source of kind %s has no key '%s'", p->conf->path,
                   p->entry->line, p->source->subject.network->kind, p->entry->key);
}

/* ---- sections ---- */

static bool set_kind(struct planning *p)
{
    const struct network *n = network_find(p->value);
    if (n != NULL) {
        p->source->subject.network = n;
        p->source->every = n->every;
        return true;
    }
    struct buf kinds = {0};
    for (size_t i = 0; network_at(i) != NULL; i++)
        buf_addf(&kinds, "%s%s", i > 0 ? ", " : "", network_at(i)->kind);
    err_set(p->e, "%s:%zu: no kind of source '%s'; there are %s", p->conf->path, p->entry->line,
            p->value, buf_text(&kinds));
    buf_free(&kinds);
    return false;
}

/* An entry's value with that of the entries that go on with it, one a line. */
static const char *whole_value(struct planning *p, size_t *at)
{
    const struct conf *c = p->conf;
    size_t last = *at;
    while (last + 1 < c->count && c->entries[last + 1].continues &&
           c->entries[last + 1].key != NULL)
        last++;
    if (last == *at)
        return c->entries[last].value;
    struct buf whole = {0};
    for (size_t i = *at; i <= last; i++)
        buf_addf(&whole, "%s%s", i > *at ? "\n" : "", c->entries[i].value);
    *at = last;
    const char *text = keep_text(p->plan, buf_str(&whole));
    buf_free(&whole);
    return text;
}

static bool section_is(const struct conf_entry *entry, const char *name)
{
    return strcmp(entry->section, name) == 0;
}

/* The kind must be known before the other keys can be read. */
static bool find_kind(struct planning *p, const char *section)
{
    for (size_t i = 0; i < p->conf->count; i++) {
        p->entry = &p->conf->entries[i];
        p->value = p->entry->value;
        if (section_is(p->entry, section) && p->entry->key != NULL &&
            strcmp(p->entry->key, "kind") == 0)
            return set_kind(p);
    }
    return err_set(p->e, "%s:%zu: [%s] has no kind", p->conf->path, p->source->line, section);
}

static bool take_section(struct planning *p, const char *section)
{
    if (!find_kind(p, section))
        return false;
    for (size_t i = 0; i < p->conf->count; i++) {
        p->entry = &p->conf->entries[i];
        if (!section_is(p->entry, section) || p->entry->key == NULL)
            continue;
        p->value = whole_value(p, &i);
        if (!take_key(p))
            return false;
    }
    return true;
}

/* ---- what a source needs ---- */

static bool lacks(const struct planning *p, const char *what)
{
    return err_set(p->e, "%s:%zu: [source %s] of kind %s needs %s", p->conf->path, p->source->line,
                   p->source->subject.name, p->source->subject.network->kind, what);
}

static bool check_budget(const struct planning *p)
{
    struct budget *b = &p->source->budget;
    if (b->money >= 0 && b->price == 0 && b->request_price == 0)
        return lacks(p, "a price, to keep a budget of money");
    return true;
}

static bool check_source(struct planning *p)
{
    struct planned *s = p->source;
    const struct network *n = s->subject.network;
    for (size_t i = 0; n->keys[i].name != NULL; i++)
        if (n->keys[i].needed && s->subject.values[i] == NULL)
            return lacks(p, n->keys[i].name);
    bool secret = s->secret_env != NULL || s->secret_file != NULL;
    if (n->wants_user && s->subject.user == NULL)
        return lacks(p, "user");
    if (n->wants_secret && !secret)
        return lacks(p, "secret-env or secret-file");
    if (s->secret_env != NULL && s->secret_file != NULL)
        return lacks(p, "one of secret-env and secret-file, not both");
    if (!check_budget(p))
        return false;
    s->subject.base = s->base != NULL ? s->base : n->base;
    struct err why;
    if (n->check != NULL && !n->check(&s->subject, &why))
        return err_set(p->e, "%s:%zu: [source %s]: %s", p->conf->path, s->line, s->subject.name,
                       why.text);
    return true;
}

static void finish_source(struct planned *s)
{
    const struct network *n = s->subject.network;
    s->settings.from = n->format;
    s->settings.configured = true;
    s->settings.watches = s->watches;
    s->settings.watch_count = s->watch_count;
    if (s->settings.name == NULL)
        s->settings.name = n->source;
    for (size_t i = 0; n->keys[i].name != NULL; i++)
        if (n->keys[i].shape == KEY_EXPR && strcmp(n->keys[i].name, "map") == 0)
            s->settings.map = s->subject.values[i];
}

/* It is a part of a path, and shown in tables. */
static bool is_name(struct str name)
{
    if (name.len > 64 || memchr(name.ptr, '/', name.len) != NULL)
        return false;
    char *shown = mem_string(name);
    err_one_line(shown);
    bool plain = str_is(name, shown);
    free(shown);
    return plain;
}

static struct planned *find_name(const struct plan *plan, struct str name)
{
    for (size_t i = 0; i < plan->count; i++)
        if (str_is(name, plan->sources[i].subject.name))
            return &plan->sources[i];
    return NULL;
}

static bool add_source(struct plan *plan, const struct conf_entry *entry, struct err *e)
{
    struct str rest, name;
    str_cut(str_of(entry->section), ' ', &rest);
    name = str_trim(rest);
    if (name.len == 0)
        return conf_error(plan->conf, entry, e,
                          "a source needs a name, as in [source acme-x]:", entry->section);
    if (!is_name(name))
        return conf_error(plan->conf, entry, e,
                          "not a source's name (64 bytes, no slash, no controls):", entry->section);
    if (find_name(plan, name) != NULL) /* with other blanks around it */
        return conf_error(plan->conf, entry, e, "a second source of the name of", entry->section);
    MEM_GROW(plan->sources, plan->count, plan->cap);
    struct planned *s = &plan->sources[plan->count++];
    *s = (struct planned){.line = entry->line,
                          .max_pages = 100,
                          .subject = {.name = keep_text(plan, name), .first = CLOCK_DAY},
                          .budget = {.posts = INT64_MAX, .money = -1}};
    struct planning p = {.plan = plan, .conf = plan->conf, .source = s, .e = e};
    if (!take_section(&p, entry->section) || !check_source(&p))
        return false;
    finish_source(s);
    return true;
}

/* ---- [fetch] ---- */

static bool take_agent(struct planning *p)
{
    for (const char *c = p->value; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return wrong(p, "control characters in");
    if (*p->value == '\0')
        return wrong(p, "empty value");
    keep(&p->plan->agent, str_of(p->value));
    return true;
}

static bool take_general(struct planning *p)
{
    struct plan *plan = p->plan;
    const char *key = p->entry->key;
    int64_t span = 0;
    struct err why;
    if (strcmp(key, "user-agent") == 0)
        return take_agent(p);
    if (strcmp(key, "max-size") == 0)
        return opt_size(p->value, 1024, (size_t)1 << 32, &plan->http.max_size, &why) ||
               err_set(p->e, "%s:%zu: max-size: %s", p->conf->path, p->entry->line, why.text);
    if (strcmp(key, "connections") == 0)
        return take_count(p, &plan->http.total, 1, 256);
    if (strcmp(key, "per-host") == 0)
        return take_count(p, &plan->http.host, 1, 16);
    if (strcmp(key, "tries") == 0)
        return take_count(p, &plan->tries, 1, 10);
    if (strcmp(key, "timeout") == 0 || strcmp(key, "stall") == 0) {
        if (!take_span(p, &span))
            return false;
        if (span < 1 || span > LONGEST_EXCHANGE)
            return wrong(p, "not a time from 1s to 1h:");
        *(strcmp(key, "timeout") == 0 ? &plan->http.seconds : &plan->http.stall) = (long)span;
        return true;
    }
    if (strcmp(key, "patience") == 0)
        return take_span(p, &plan->patience);
    return conf_error(p->conf, p->entry, p->e, "unknown key", key);
}

static bool read_general(struct plan *plan, struct err *e)
{
    struct planning p = {.plan = plan, .conf = plan->conf, .e = e};
    for (size_t i = 0; i < plan->conf->count; i++) {
        p.entry = &plan->conf->entries[i];
        if (!section_is(p.entry, "fetch") || p.entry->key == NULL)
            continue;
        p.value = whole_value(&p, &i);
        if (!take_general(&p))
            return false;
    }
    plan->http.agent = plan->agent;
    return true;
}

static bool is_first_of_section(const struct conf *c, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(c->entries[i].section, c->entries[at].section) == 0)
            return false;
    return true;
}

bool plan_read(struct plan *plan, const struct conf *conf, struct err *e)
{
    *plan = (struct plan){
        .conf = conf,
        .patience = 10,
        .tries = 3,
        .http = {.max_size = (size_t)16 << 20, .seconds = 60, .stall = 20, .total = 32, .host = 2}};
    keep(&plan->agent, STR("hinoban/" PACKAGE_VERSION " (social listening; feeds and APIs)"));
    if (!conf_check_sections(conf, e) || !read_general(plan, e))
        return false;
    for (size_t i = 0; i < conf->count; i++) {
        const struct conf_entry *entry = &conf->entries[i];
        if (conf_section_is(entry, "source") && is_first_of_section(conf, i) &&
            !add_source(plan, entry, e))
            return false;
    }
    return true;
}

void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct planned *s = &plan->sources[i];
        for (size_t k = 0; k < s->watch_count; k++)
            free((void *)s->watches[k]);
        free(s->watches);
        free(s->secret);
        free(s->base);
    }
    for (size_t i = 0; i < plan->text_count; i++)
        free(plan->texts[i]);
    free(plan->texts);
    free(plan->sources);
    free(plan->agent);
    *plan = (struct plan){.conf = NULL};
}

struct planned *plan_find(const struct plan *plan, const char *name)
{
    return find_name(plan, str_of(name));
}

double budget_cost(const struct budget *b, int64_t posts, int64_t requests)
{
    return b->price * (double)posts + b->request_price * (double)requests;
}

/* ---- secrets ---- */

/* A file's path: `~/` is the home, what is relative is beside the configuration. */
static void secret_path(const struct plan *plan, const char *named, struct buf *path)
{
    const char *home = getenv("HOME"), *slash = strrchr(plan->conf->path, '/');
    if (strncmp(named, "~/", 2) == 0 && home != NULL)
        buf_addf(path, "%s%s", home, named + 1);
    else if (*named != '/' && slash != NULL)
        buf_addf(path, "%.*s/%s", (int)(slash - plan->conf->path), plan->conf->path, named);
    else
        buf_add_text(path, named);
}

bool plan_reads(const struct plan *plan, const char *path)
{
    struct buf secret = {0};
    bool reads = file_is(path, plan->conf->path);
    for (size_t i = 0; i < plan->count && !reads; i++) {
        if (plan->sources[i].secret_file == NULL)
            continue;
        buf_clear(&secret);
        secret_path(plan, plan->sources[i].secret_file, &secret);
        reads = file_is(path, buf_text(&secret));
    }
    buf_free(&secret);
    return reads;
}

static bool read_private_file(const char *path, struct buf *to, struct err *e)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe would never come */
    if (fd < 0 || fstat(fd, &about) != 0) {
        err_system(e, "cannot open %s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool ok = true;
    char bytes[8192];
    if (!S_ISREG(about.st_mode))
        ok = err_set(e, "%s is no file", path);
    else if ((about.st_mode & 077) != 0)
        ok = err_set(e, "others can read %s: chmod 600 it", path);
    ssize_t got = ok ? read(fd, bytes, sizeof bytes) : 0;
    if (got < 0)
        ok = err_system(e, "cannot read %s", path);
    if (ok)
        buf_add(to, bytes, (size_t)got);
    close(fd);
    return ok;
}

bool plan_secret(const struct plan *plan, struct planned *source, struct err *e)
{
    struct buf text = {0}, path = {0};
    bool ok = true;
    if (source->secret != NULL || (source->secret_env == NULL && source->secret_file == NULL))
        return true;
    if (source->secret_env != NULL) {
        const char *value = getenv(source->secret_env);
        if (value == NULL || *value == '\0')
            ok = err_set(e, "environment variable %s is not set", source->secret_env);
        else
            buf_add_text(&text, value);
    } else {
        secret_path(plan, source->secret_file, &path);
        ok = read_private_file(buf_text(&path), &text, e);
    }
    struct str secret = str_trim(buf_str(&text));
    if (ok && (secret.len == 0 || memchr(secret.ptr, '\n', secret.len) != NULL))
        ok = err_set(e, "the secret is empty or has several lines");
    else if (ok && secret.len < SECRET_LEAST)
        ok = err_set(e, "the secret has less than %d bytes: it could not be hidden", SECRET_LEAST);
    if (ok) {
        keep(&source->secret, secret);
        source->subject.secret = str_of(source->secret);
    }
    buf_free(&text);
    buf_free(&path);
    return ok;
}

/* Which bytes of a text are to be hidden: marked first and taken out at the end, since one
 * secret may begin another. */
struct veil {
    struct str text;
    char *hidden; /* 1 or 0 for each byte */
};

/* As it is, or with any of its bytes percent-encoded. */
static void veil_mark(struct veil *v, struct str secret)
{
    if (secret.len < SECRET_LEAST)
        return;
    for (size_t at = 0; at < v->text.len;) {
        size_t length = url_spelled(str_from(v->text, at), secret);
        memset(v->hidden + at, 1, length);
        at += length > 0 ? length : 1;
    }
}

static void veil_draw(const struct veil *v, struct buf *to)
{
    for (size_t i = 0; i < v->text.len; i++)
        if (!v->hidden[i])
            buf_add_char(to, v->text.ptr[i]);
        else if (i == 0 || !v->hidden[i - 1])
            buf_add_text(to, "***");
}

/* The forms in which a secret is sent. */
static void mark_forms(struct veil *v, const struct planned *source)
{
    struct str secret = str_of(source->secret);
    const char *user = source->subject.user;
    struct buf encoded = {0}, pair = {0};
    veil_mark(v, secret);
    if (user != NULL) {
        buf_addf(&pair, "%s:%s", user, source->secret);
        base64_add(&encoded, buf_str(&pair));
        veil_mark(v, buf_str(&encoded));
    }
    buf_free(&encoded);
    buf_free(&pair);
}

/* `http://USER:PASSWORD@HOST`, which libcurl says back where it cannot read it. */
static void mark_proxy(struct veil *v, const char *variable)
{
    const char *value = getenv(variable), *at = value != NULL ? strrchr(value, '@') : NULL;
    if (at == NULL)
        return;
    struct str user = {value, (size_t)(at - value)}, password;
    ptrdiff_t slashes = str_find(user, STR("://"));
    user = str_from(user, slashes >= 0 ? (size_t)slashes + 3 : 0);
    str_cut(user, ':', &password);
    veil_mark(v, user);
    veil_mark(v, password);
}

void plan_hide(const struct plan *plan, const struct cursor *session, struct buf *text)
{
    struct veil v = {.text = buf_str(text), .hidden = mem_zero(text->len, 1)};
    struct buf shown = {0};
    for (size_t i = 0; i < plan->count; i++)
        if (plan->sources[i].secret != NULL)
            mark_forms(&v, &plan->sources[i]);
    for (size_t i = 0; http_proxies[i] != NULL; i++)
        mark_proxy(&v, http_proxies[i]);
    for (size_t i = 0; session != NULL && i < session->count; i++)
        if (strcmp(session->marks[i].name, SESSION_OWNER) != 0)
            veil_mark(&v, str_of(session->marks[i].value));
    veil_draw(&v, &shown);
    free(v.hidden);
    buf_free(text);
    *text = shown;
}
