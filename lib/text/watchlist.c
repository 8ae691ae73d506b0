/*
 * Watches. The terms are few (some hundreds at most), so a table over their first byte
 * and a comparison find them; texts are short.
 */
#include "text/watchlist.h"

#include <stdlib.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/utf8.h"

enum term_type { TERM_NAME, TERM_CATEGORY, TERM_RIVAL, TERM_EXCLUSION };

struct term {
    struct str text; /* normalised, owned */
    size_t watch;
    enum term_type type;
    uint32_t next; /* term + 1 with the same first byte */
    bool covers;   /* an exclusion that holds a name of its watch */
};

struct watch {
    char *name, *label;
    char **accounts;
    size_t account_count, account_cap;
    bool has_terms;
};

struct watchlist {
    const struct normal *normal;
    struct watch *watches;
    size_t count, capacity;
    struct term *terms;
    size_t term_count, term_cap;
    uint32_t first[256];
};

/* ---- reading the configuration ---- */

struct adding {
    struct watchlist *list;
    size_t watch;
    enum term_type type;
};

static void add_term(void *data, const char *item, size_t length)
{
    struct adding *a = data;
    struct watchlist *w = a->list;
    struct normal_text normal = {0};
    normal_analysis(w->normal, (struct str){item, length}, &normal);
    struct str text = str_trim(buf_str(&normal.text));
    if (text.len > 0) {
        MEM_GROW(w->terms, w->term_count, w->term_cap);
        struct term *term = &w->terms[w->term_count++];
        *term =
            (struct term){.text = {mem_string(text), text.len}, .watch = a->watch, .type = a->type};
        uint32_t *first = &w->first[(unsigned char)text.ptr[0]];
        term->next = *first;
        *first = (uint32_t)w->term_count;
        w->watches[a->watch].has_terms |= a->type == TERM_NAME;
    }
    normal_text_free(&normal);
}

static void add_account(void *data, const char *item, size_t length)
{
    struct adding *a = data;
    struct watch *watch = &a->list->watches[a->watch];
    struct str handle = {item, length};
    if (handle.len > 0 && handle.ptr[0] == '@')
        handle = str_from(handle, 1);
    MEM_GROW(watch->accounts, watch->account_count, watch->account_cap);
    watch->accounts[watch->account_count++] = mem_string(handle);
}

static bool take_key(struct watchlist *w, size_t watch, const struct conf *c,
                     const struct conf_entry *entry, struct err *e)
{
    static const struct {
        const char *key;
        enum term_type type;
    } lists[] = {{"terms", TERM_NAME},
                 {"category", TERM_CATEGORY},
                 {"rivals", TERM_RIVAL},
                 {"exclude", TERM_EXCLUSION}};
    struct adding adding = {w, watch, TERM_NAME};
    if (entry->key == NULL)
        return true;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(entry->key, lists[i].key) == 0) {
            adding.type = lists[i].type;
            conf_list(entry->value, add_term, &adding);
            return true;
        }
    if (strcmp(entry->key, "accounts") == 0) {
        conf_list(entry->value, add_account, &adding);
        return true;
    }
    if (strcmp(entry->key, "label") == 0) {
        if (*entry->value == '\0')
            return conf_error(c, entry, e, "empty value for", entry->key);
        free(w->watches[watch].label);
        w->watches[watch].label = mem_string(str_of(entry->value));
        return true;
    }
    return conf_error(c, entry, e, "unknown key", entry->key);
}

int watchlist_find(const struct watchlist *w, struct str name)
{
    for (size_t i = 0; i < w->count; i++)
        if (str_is(name, w->watches[i].name))
            return (int)i;
    return -1;
}

/* The number of the watch that a section defines, made when it is new; -1 on error. */
static int section_watch(struct watchlist *w, const struct conf *c, const struct conf_entry *entry,
                         struct err *e)
{
    struct str name;
    str_cut(str_of(entry->section), ' ', &name);
    name = str_trim(name);
    if (name.len == 0)
        return conf_error(c, entry, e,
                          "a watch needs a name, as in [watch acme]:", entry->section) -
               1;
    int known = watchlist_find(w, name);
    if (known >= 0)
        return known;
    if (w->count == WATCHES)
        return conf_error(c, entry, e, "too many watches (64 at most):", entry->section) - 1;
    MEM_GROW(w->watches, w->count, w->capacity);
    w->watches[w->count] = (struct watch){.name = mem_string(name)};
    return (int)w->count++;
}

static bool take_entries(struct watchlist *w, const struct conf *c, struct err *e)
{
    if (!conf_check_sections(c, e))
        return false;
    for (size_t i = 0; i < c->count; i++) {
        const struct conf_entry *entry = &c->entries[i];
        if (!conf_section_is(entry, "watch"))
            continue;
        int watch = section_watch(w, c, entry, e);
        if (watch < 0 || !take_key(w, (size_t)watch, c, entry, e))
            return false;
    }
    for (size_t i = 0; i < w->count; i++)
        if (!w->watches[i].has_terms)
            return err_set(e, "%s: [watch %s] has no terms", c->path, w->watches[i].name);
    return true;
}

/* Finds out which exclusions hold a name of their watch. */
static void sort_exclusions(struct watchlist *w)
{
    for (size_t i = 0; i < w->term_count; i++)
        for (size_t k = 0; k < w->term_count; k++)
            if (w->terms[i].type == TERM_EXCLUSION && w->terms[k].type == TERM_NAME &&
                w->terms[i].watch == w->terms[k].watch &&
                str_find(w->terms[i].text, w->terms[k].text) >= 0)
                w->terms[i].covers = true;
}

struct watchlist *watchlist_new(const struct conf *c, const struct normal *n, struct err *e)
{
    struct watchlist *w = mem_zero(1, sizeof *w);
    w->normal = n;
    if (!take_entries(w, c, e)) {
        watchlist_free(w);
        return NULL;
    }
    sort_exclusions(w);
    return w;
}

void watchlist_free(struct watchlist *w)
{
    if (w == NULL)
        return;
    for (size_t i = 0; i < w->count; i++) {
        struct watch *watch = &w->watches[i];
        for (size_t k = 0; k < watch->account_count; k++)
            free(watch->accounts[k]);
        free(watch->accounts);
        free(watch->name);
        free(watch->label);
    }
    for (size_t i = 0; i < w->term_count; i++)
        free((char *)(uintptr_t)w->terms[i].text.ptr);
    free(w->watches);
    free(w->terms);
    free(w);
}

/* ---- asking ---- */

size_t watchlist_count(const struct watchlist *w)
{
    return w->count;
}

const char *watchlist_name(const struct watchlist *w, size_t watch)
{
    return w->watches[watch].name;
}

const char *watchlist_label(const struct watchlist *w, size_t watch)
{
    const struct watch *found = &w->watches[watch];
    return found->label != NULL ? found->label : found->name;
}

/* A text that is searched: normalised, and as it was written. */
struct searched {
    struct str text;
    const uint32_t *origin;
    struct str original;
};

/* A digit or a letter of Latin script in the normalised form, with or without an accent, or an
 * accent by itself. */
static bool is_latin(uint32_t code)
{
    if (code < 0xC0)
        return ascii_alnum(code);
    return (code < 0x370 && code != 0xD7 && code != 0xF7) || (code >= 0x1E00 && code < 0x1F00);
}

/* The character that ends before `at`, which is not 0. */
static uint32_t code_before(struct str text, size_t at)
{
    size_t length;
    do
        at--;
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xC0) == 0x80);
    return utf8_code(text.ptr + at, &length);
}

/* ① ™ № Ⅱ and 1️⃣ are signs, though letters and digits are made of them. */
static bool is_sign(struct str original, size_t at)
{
    size_t length;
    uint32_t code = utf8_code(original.ptr + at, &length);
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    struct str behind = str_from(original, at + length);
    return category == UTF8PROC_CATEGORY_SO || category == UTF8PROC_CATEGORY_NO ||
           category == UTF8PROC_CATEGORY_NL || str_starts(behind, STR("\xE2\x83\xA3")) ||
           str_starts(behind, STR("\xEF\xB8\x8F\xE2\x83\xA3"));
}

/* Is there a Latin letter or digit, as the author wrote it, on both sides of `at`? */
static bool is_joined(const struct searched *s, size_t at)
{
    size_t length;
    return at > 0 && at < s->text.len && is_latin(code_before(s->text, at)) &&
           is_latin(utf8_code(s->text.ptr + at, &length)) &&
           !is_sign(s->original, s->origin[at - 1]) && !is_sign(s->original, s->origin[at]);
}

static bool stands_at(const struct term *term, const struct searched *s, size_t at)
{
    return str_starts(str_from(s->text, at), term->text) && !is_joined(s, at) &&
           !is_joined(s, at + term->text.len);
}

static bool stands_in(const struct term *term, const struct searched *s)
{
    ptrdiff_t found;
    for (size_t at = 0; (found = str_find(str_from(s->text, at), term->text)) >= 0; at++) {
        at += (size_t)found;
        if (stands_at(term, s, at))
            return true;
    }
    return false;
}

/* The watches that an exclusion voids in the whole text. */
static uint64_t voided_watches(const struct watchlist *w, const struct searched *s)
{
    uint64_t voided = 0;
    for (size_t i = 0; i < w->term_count; i++) {
        const struct term *term = &w->terms[i];
        if (term->type == TERM_EXCLUSION && !term->covers && stands_in(term, s))
            voided |= (uint64_t)1 << term->watch;
    }
    return voided;
}

/* Does an exclusion of the same watch cover the place? */
static bool is_excluded(const struct watchlist *w, size_t watch, const struct searched *s,
                        size_t at, size_t len)
{
    for (size_t i = 0; i < w->term_count; i++) {
        const struct term *term = &w->terms[i];
        if (!term->covers || term->watch != watch)
            continue;
        size_t from = at + len > term->text.len ? at + len - term->text.len : 0;
        for (size_t start = from; start <= at && start < s->text.len; start++)
            if (start + term->text.len >= at + len && stands_at(term, s, start))
                return true;
    }
    return false;
}

void watchlist_hits(const struct watchlist *w, const struct normal_text *normal,
                    struct str original, void (*take)(void *data, const struct watch_hit *hit),
                    void *data)
{
    struct searched s = {buf_str(&normal->text), normal->origin, original};
    uint64_t voided = voided_watches(w, &s);
    for (size_t at = 0; at < s.text.len; at++)
        for (uint32_t n = w->first[(unsigned char)s.text.ptr[at]]; n != 0;
             n = w->terms[n - 1].next) {
            const struct term *term = &w->terms[n - 1];
            if (term->type == TERM_EXCLUSION || !stands_at(term, &s, at))
                continue;
            if (term->type == TERM_NAME && ((voided >> term->watch & 1) != 0 ||
                                            is_excluded(w, term->watch, &s, at, term->text.len)))
                continue;
            static const enum watch_term kinds[] = {WATCH_NAME, WATCH_CATEGORY, WATCH_RIVAL};
            struct watch_hit hit = {term->watch, kinds[term->type], at, term->text.len};
            take(data, &hit);
        }
}

static void add_bit(void *data, const struct watch_hit *hit)
{
    if (hit->what == WATCH_NAME)
        *(uint64_t *)data |= (uint64_t)1 << hit->watch;
}

uint64_t watchlist_match(const struct watchlist *w, const struct normal_text *normal,
                         struct str original)
{
    uint64_t watches = 0;
    watchlist_hits(w, normal, original, add_bit, &watches);
    return watches;
}

void watchlist_categories(const struct watchlist *w, size_t watch,
                          void (*take)(void *data, struct str term), void *data)
{
    for (size_t i = 0; i < w->term_count; i++)
        if (w->terms[i].type == TERM_CATEGORY && w->terms[i].watch == watch)
            take(data, w->terms[i].text);
}

bool watchlist_is_official(const struct watchlist *w, size_t watch, struct str handle)
{
    const struct watch *found = &w->watches[watch];
    for (size_t i = 0; i < found->account_count; i++)
        if (strlen(found->accounts[i]) == handle.len &&
            strncasecmp(found->accounts[i], handle.ptr, handle.len) == 0)
            return true;
    return false;
}
