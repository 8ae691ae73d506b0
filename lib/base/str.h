/*
 * Slices: bytes that somebody else owns. A slice is valid as long as the
 * memory it points into; each function that returns one says whose that is.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct str {
    const char *ptr; /* not terminated; may hold NUL bytes */
    size_t len;      /* bytes */
};

/* A slice of a string literal. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

static inline struct str str_of(const char *text)
{
    return (struct str){text, strlen(text)};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_is(struct str a, const char *text)
{
    return str_equal(a, str_of(text));
}

static inline bool str_starts(struct str a, struct str prefix)
{
    return a.len >= prefix.len && (prefix.len == 0 || memcmp(a.ptr, prefix.ptr, prefix.len) == 0);
}

/* The same, whatever the case of ASCII letters. */
static inline bool str_starts_nocase(struct str a, struct str prefix)
{
    return a.len >= prefix.len &&
           (prefix.len == 0 || strncasecmp(a.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool str_ends(struct str a, struct str suffix)
{
    return a.len >= suffix.len &&
           (suffix.len == 0 || memcmp(a.ptr + a.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

static inline struct str str_from(struct str a, size_t at)
{
    return (struct str){at > 0 ? a.ptr + at : a.ptr, a.len - at}; /* a.ptr may be NULL */
}

#define STR_MARK STR("\xEF\xBB\xBF") /* the byte order mark of UTF-8 */

/* a without the byte order mark with which it may begin. */
static inline struct str str_unmarked(struct str a)
{
    return str_starts(a, STR_MARK) ? str_from(a, STR_MARK.len) : a;
}

/* a without the white space of ASCII at both ends. */
struct str str_trim(struct str a);

/* Cuts a at the first `separator`: returns what stands before it and leaves
 * what follows in *rest; without one, returns all of a and *rest is empty. */
struct str str_cut(struct str a, char separator, struct str *rest);

/* Where needle first stands in a, or -1. */
ptrdiff_t str_find(struct str a, struct str needle);

/* Is a one of the texts of a list that ends with NULL? */
bool str_is_any(struct str a, const char *const *list);

/* The length of the first text of such a list with which a begins; 0: with none. */
size_t str_starts_any(struct str a, const char *const *list);

/* Is a byte or code point an ASCII digit? */
static inline bool ascii_digit(unsigned c)
{
    return c >= '0' && c <= '9';
}

/* A letter or digit? */
static inline bool ascii_alnum(unsigned c)
{
    return ascii_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* The beginning of a: no more bytes than `most`, and no character of UTF-8 cut in two. */
struct str str_head(struct str a, size_t most);

/* How many code points of UTF-8 begin in a. */
size_t str_codes(struct str a);

/* Is a well-formed UTF-8? *bad is the first byte that is not. */
bool str_is_utf8(struct str a, size_t *bad);

/* The line, from 1, in which byte `at` stands. */
size_t str_line(struct str a, size_t at);

/* Byte-wise order, shorter first where one begins the other: for qsort. */
int str_compare(struct str a, struct str b);

#endif
