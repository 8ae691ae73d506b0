/* Errors as texts that travel up to the command. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void err_one_line(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)text[0], next = (unsigned char)text[1];
        if (c < 0x20 || c == 0x7F)
            *text = '?';
        else if (c == 0xC2 && next >= 0x80 && next < 0xA0) /* C1: also the CSI of terminals */
            text[0] = text[1] = '?';
    }
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
