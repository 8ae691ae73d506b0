/*
 * Feeds by their address. A feed has no cursor: each reading brings the last entries,
 * known ones again. If not one of them is known although some were, entries have come
 * and gone between two readings: a gap.
 */
#include "source/formats.h"
#include "source/networks.h"

static const struct network_key feed_keys[] = {
    {.name = "url", .shape = KEY_URL, .needed = true},
    {.name = NULL},
};

static enum step feed_ask(struct poll *p, struct err *e)
{
    (void)e;
    if (p->pages > 0)
        return STEP_DONE;
    request_begin(&p->request, subject_text(p->subject, "url"));
    request_header(&p->request, "Accept",
                   STR("application/rss+xml, application/atom+xml, application/feed+json, "
                       "application/rdf+xml, application/xml;q=0.9, application/json;q=0.9, "
                       "text/xml;q=0.9, */*;q=0.1"));
    if (p->subject->user != NULL)
        request_basic(&p->request, str_of(p->subject->user), p->subject->secret);
    return STEP_ASK;
}

static bool feed_read(struct poll *p, const struct answer *a, struct err *e)
{
    size_t before = p->known->count;
    if (!poll_take(p, a->body, e))
        return false;
    bool all_new = p->page.posts > 0 && p->page.fresh == p->page.posts;
    bool later = p->page.oldest != CLOCK_UNKNOWN && p->page.oldest > p->last;
    if (before > 0 && p->last != CLOCK_UNKNOWN && all_new && later)
        poll_gap(p, p->last, p->page.oldest, "entries left the feed before they were read");
    return true;
}

const struct network network_feed = {
    .kind = "feed",
    .what = "a feed: RSS, RDF, Atom, JSON Feed, Google Alerts",
    .source = "feed",
    .keys = feed_keys,
    .overlaps = true,
    .conditional = true,
    .every = 600,
    .least = 1,
    .ask = feed_ask,
    .read = feed_read,
};
