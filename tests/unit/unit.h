/* What every unit test begins with: cmocka with the headers that it wants before
 * it, and an assertion for slices. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

/* Is the slice this text? */
#define assert_str(slice, text) assert_str_at((slice), (text), __FILE__, __LINE__)

static inline void assert_str_at(struct str slice, const char *text, const char *file, int line)
{
    if (str_equal(slice, str_of(text)))
        return;
    print_error("# '%.*s' is not '%s'\n", (int)slice.len, slice.ptr, text);
    _fail(file, line);
}

#endif
