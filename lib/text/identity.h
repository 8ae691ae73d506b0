/*
 * What a dictionary is told by: models say with it for which tokens they were made. It is
 * a hash of what the files of a dictionary, one after another, say of themselves. A
 * dictionary that was merged of others has theirs, in a file beside it.
 */
#ifndef TEXT_IDENTITY_H
#define TEXT_IDENTITY_H

#include <stdint.h>

#define IDENTITY_FILE  "hinoban.id"
#define IDENTITY_BYTES 17 /* 16 hexadecimal digits and a NUL */

/* The identity so far, 0 in the beginning, with one more file. */
uint64_t identity_add(uint64_t identity, unsigned size, unsigned left, unsigned right,
                      unsigned version);

void identity_text(char text[IDENTITY_BYTES], uint64_t identity);

#endif
