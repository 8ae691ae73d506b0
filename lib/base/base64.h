/* Base64 (RFC 4648, section 4): any bytes as letters, digits, plus, slash and =. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stdbool.h>

#include "base/buf.h"

/* Adds bytes as base64. */
void base64_add(struct buf *to, struct str bytes);

/* Adds the bytes that base64 stands for. False where text is none. */
bool base64_take(struct buf *to, struct str text);

#endif
