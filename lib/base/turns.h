/*
 * Turns of the processor. Programs chained by pipes wake each other all the time, and each
 * change of programs costs what the processor's caches held; work in long turns costs less.
 */
#ifndef BASE_TURNS_H
#define BASE_TURNS_H

/* This thread, and those it will start, work in long turns and take none from others that
 * have just begun theirs. A matter of speed alone: where the system cannot, all stays as it is. */
void turns_long(void);

#endif
