/* One program at a time: a lock on a file, which is made if it is not there. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <stdbool.h>

#include "base/err.h"

/* Takes the lock, until the program ends. *busy: another program has it (and the result is
 * false). */
bool lock_take(const char *path, bool *busy, struct err *e);

#endif
