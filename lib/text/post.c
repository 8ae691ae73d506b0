/* The text of a post, and the names of tiers. */
#include "text/post.h"

#include "record/value.h"

const char *const tier_names[] = {"sns", "forum", "matome", "net-news", "mass", NULL};

struct str post_text(struct str raw_title, struct str raw_text, struct buf *scratch)
{
    buf_clear(scratch);
    if (value_type(raw_title) != VALUE_STRING || raw_title.len == 2)
        return value_string(raw_text, scratch);
    value_add_string(scratch, raw_title);
    buf_add_char(scratch, '\n');
    value_add_string(scratch, raw_text);
    return buf_str(scratch);
}

size_t post_title_bytes(struct str raw_title, struct buf *scratch)
{
    struct str title = value_string(raw_title, scratch);
    return title.len > 0 ? title.len + 1 : 0;
}
