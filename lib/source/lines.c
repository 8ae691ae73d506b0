/*
 * Plain text, a post a line. Two lines may say the same and be two people's, so a line
 * has no id.
 */
#include "record/scan.h"
#include "source/formats.h"

/* Has text nothing but white space, the wide blank of Japanese included? */
static bool is_blank(struct str text)
{
    const struct str wide = STR("\u3000");
    for (text = str_trim(text); str_starts(text, wide); text = str_trim(text))
        text = str_from(text, wide.len);
    return text.len == 0;
}

static bool text_convert(struct source *s, struct str value, struct err *e)
{
    size_t bad;
    if (!utf8_check(value, &bad))
        return err_set(e, "bad UTF-8 at byte %zu (iconv -f CP932 -t UTF-8 turns Shift_JIS into it)",
                       bad + 1);
    if (is_blank(value))
        return true;
    if (str_ends(value, STR("\r")))
        value.len--;
    entry_reset(&s->entry);
    s->entry.text = value;
    source_write(s, "text", NULL);
    return true;
}

const struct source_format source_text = {
    .name = "text",
    .what = "plain text, a post a line",
    .input = SOURCE_TEXT,
    .convert = text_convert,
};
