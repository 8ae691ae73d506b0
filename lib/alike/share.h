/*
 * What two texts have in common around the anchors that both have: they are laid over each
 * other there, and the run that is the same is measured.
 */
#ifndef ALIKE_SHARE_H
#define ALIKE_SHARE_H

#include "alike/anchor.h"
#include "alike/pack.h"

enum alike_share {
    SHARE_CORE,   /* one run of both, two thirds of each and long: news with another head */
    SHARE_HOLDS,  /* this text holds the other */
    SHARE_INSIDE, /* the other holds this one, at its beginning or a long one */
    SHARE_BEGINS, /* the other begins with this one */
    SHARE_KINDS
};

#define SHARE_BIT(kind) (1u << (kind))

/* The kinds that hold of the asked text, with all its anchors, and another, seen from those
 * anchors under which the other is kept: what both begin with or quote may stand apart from
 * what matters. Only so many runs are measured. 0: none. */
unsigned shares_of(const struct codes *asked, const struct places *anchors,
                   const struct codes *other);

#endif
