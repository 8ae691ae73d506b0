/*
 * Configuration files: INI, read by inih. Keeps every entry with its line, so that
 * whoever reads a section can say where a wrong value stands. The file owns all its
 * strings until conf_free().
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stddef.h>

#include "base/err.h"

struct conf_entry {
    const char *section; /* "watch acme" */
    const char *key;     /* NULL for the section's own line, where it has no entry */
    const char *value;
    size_t line;    /* from 1 */
    bool continues; /* the entry of the same key before it, on a line that begins blank */
};

struct conf {
    char *path;
    struct conf_entry *entries;
    size_t count, capacity;
    char **strings;
    size_t string_count, string_cap;
};

/* Reads the file that `named` names (-c); else $HINOBAN_CONF; else hinoban.conf in
 * $XDG_CONFIG_HOME/hinoban or ~/.config/hinoban, if there; else nothing, which is an empty
 * configuration and no error. */
bool conf_read(struct conf *c, const char *named, struct err *e);
void conf_free(struct conf *c);

/* Sets e to `FILE:LINE: …`; returns false. */
bool conf_error(const struct conf *c, const struct conf_entry *entry, struct err *e,
                const char *what, const char *value);

/* Is this the section of some program of ours (by its first word)? Each passes over those
 * of the others; what none knows is most likely misspelt: conf_check_sections() sets e and
 * returns false where there is such a section, or a key before the first. */
bool conf_section_is(const struct conf_entry *entry, const char *word);
bool conf_check_sections(const struct conf *c, struct err *e);

/* Calls `take` with each item of a value that is a list: separated by commas (also 、 and ，)
 * or line breaks, white space around an item cut off, empty items left out. */
void conf_list(const char *value, void (*take)(void *data, const char *item, size_t length),
               void *data);

#endif
