/* Allocation that ends the program when memory runs out. */
#define _GNU_SOURCE /* program_invocation_short_name */
#include "base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

_Noreturn void mem_exhausted(void)
{
    static const char what[] = ": out of memory\n";
    const char *name = program_invocation_short_name;
    if (write(STDERR_FILENO, name, strlen(name)) < 0 ||
        write(STDERR_FILENO, what, sizeof what - 1) < 0)
        _exit(2);
    _exit(2);
}

void *mem_alloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (memory == NULL)
        mem_exhausted();
    return memory;
}

void *mem_zero(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (memory == NULL)
        mem_exhausted();
    return memory;
}

#define LINE 64

void *mem_lines(size_t size)
{
    void *memory = size <= SIZE_MAX - LINE ? aligned_alloc(LINE, (size / LINE + 1) * LINE) : NULL;
    if (memory == NULL)
        mem_exhausted();
    return memory;
}

void *mem_resize(void *old, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size)
        mem_exhausted();
    size_t bytes = count * size;
    void *memory = realloc(old, bytes > 0 ? bytes : 1);
    if (memory == NULL)
        mem_exhausted();
    return memory;
}

char *mem_string(struct str text)
{
    char *copy = mem_alloc(text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}
