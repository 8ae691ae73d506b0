/* Errors as texts that travel up to the command. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A message is one line whatever a hostile file name or value holds. */
static void err_one_line(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            *text = '?';
}

bool err_set(struct err *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    err_one_line(e->text);
    return false;
}

bool err_system(struct err *e, const char *format, ...)
{
    int reason = errno;
    va_list args;
    va_start(args, format);
    int len = vsnprintf(e->text, sizeof e->text, format, args);
    va_end(args);
    if (len >= 0 && (size_t)len < sizeof e->text)
        snprintf(e->text + len, sizeof e->text - (size_t)len, ": %s", strerror(reason));
    err_one_line(e->text);
    return false;
}
