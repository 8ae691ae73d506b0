/* The networks that there are. */
#ifndef SOURCE_NETWORKS_H
#define SOURCE_NETWORKS_H

#include "source/network.h"

extern const struct network network_feed;       /* feed-web.c */
extern const struct network network_x;          /* x-api.c */
extern const struct network network_x_mentions; /* x-api.c */
extern const struct network network_x_counts;   /* x-api.c */
extern const struct network network_bluesky;    /* bluesky-api.c */
extern const struct network network_mastodon;   /* mastodon-api.c */
extern const struct network network_reddit;     /* reddit-api.c */
extern const struct network network_youtube;    /* youtube-api.c */
extern const struct network network_hatena;     /* hatena-api.c */
extern const struct network network_suggest;    /* suggest-api.c */
extern const struct network network_json;       /* json-api.c */

#endif
