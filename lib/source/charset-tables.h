/*
 * The tables that charset-generate writes: UTF-16 code units by the pointers of the
 * Encoding Standard, 0 where a code means nothing.
 */
#ifndef SOURCE_CHARSET_TABLES_H
#define SOURCE_CHARSET_TABLES_H

#include <stddef.h>
#include <stdint.h>

extern const uint16_t charset_jis0208[]; /* 60 rows of 188, as Shift_JIS counts */
extern const uint16_t charset_jis0212[]; /* 94 rows of 94 */
extern const uint16_t charset_big5[];    /* 126 rows of 157 */
extern const uint16_t charset_gbk[];     /* 126 rows of 190 */
extern const uint16_t charset_euckr[];   /* 126 rows of 190 */

struct charset_single {
    const char *name;
    uint16_t upper[128]; /* of bytes 80 to FF */
};

extern const struct charset_single charset_singles[];
extern const size_t charset_single_count;

#endif
