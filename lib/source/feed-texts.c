/*
 * The text of an element as it is gathered: plain, until the first element within makes HTML of
 * it, which is undone when it has ended; in Atom 0.3 it may be base64.
 */
#include "source/charset.h"
#include "source/feed-parts.h"
#include "source/html.h"
#include "source/url.h"

static void add_escaped(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '<')
            buf_add_text(to, "&lt;");
        else if (c == '&')
            buf_add_text(to, "&amp;");
        else if (c == '"')
            buf_add_text(to, "&quot;");
        else
            buf_add_char(to, c);
    }
}

/* The first element within: what was gathered is text, and becomes HTML. */
static void become_markup(struct capture *c)
{
    struct buf html = {0};
    c->markup = true;
    add_escaped(&html, buf_str(&c->text));
    buf_free(&c->text);
    c->text = html;
}

void feed_add_start_tag(struct feed *f, const char *name, const char **attributes)
{
    struct capture *c = &f->capture;
    if (!c->markup)
        become_markup(c);
    buf_add_char(&c->text, '<');
    buf_add_text(&c->text, feed_local_name(name));
    for (; *attributes != NULL; attributes += 2) {
        bool address = strcmp(attributes[0], "href") == 0 || strcmp(attributes[0], "src") == 0;
        buf_addf(&c->text, " %s=\"", attributes[0]);
        struct buf whole = {0};
        if (address)
            url_lead(&whole, feed_base(f), str_of(attributes[1]));
        add_escaped(&c->text, address ? buf_str(&whole) : str_of(attributes[1]));
        buf_free(&whole);
        buf_add_char(&c->text, '"');
    }
    buf_add_char(&c->text, '>');
}

void feed_add_end_tag(struct capture *c, const char *name)
{
    static const char *const voids[] = {"br", "img", "hr", "input", "wbr", "meta", "link"};
    const char *local = feed_local_name(name);
    for (size_t i = 0; i < sizeof voids / sizeof *voids; i++)
        if (strcasecmp(local, voids[i]) == 0)
            return;
    buf_addf(&c->text, "</%s>", local);
}

void feed_add_text(struct capture *c, struct str text)
{
    if (c->markup)
        add_escaped(&c->text, text);
    else
        buf_add_str(&c->text, text);
}

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

void feed_decode_base64(struct buf *text)
{
    unsigned bits = 0, count = 0;
    size_t len = 0;
    for (size_t i = 0; i < text->len && text->data[i] != '='; i++) {
        int value = base64_value(text->data[i]);
        if (value < 0)
            continue;
        bits = (bits << 6 | (unsigned)value) & 0xFFFFFF;
        count += 6;
        if (count >= 8) {
            count -= 8;
            text->data[len++] = (char)(bits >> count & 0xFF);
        }
    }
    text->len = len;
}

struct str feed_captured_text(struct feed *f, bool one_line)
{
    struct capture *c = &f->capture;
    charset_mend_twice(&c->text);
    charset_mend_controls(&c->text);
    struct str raw = str_trim(buf_str(&c->text));
    struct entry *post = f->item_depth > 0 && !one_line ? &f->s->entry : NULL;
    struct buf *plain = &f->s->scratch;
    buf_clear(plain);
    bool html = c->markup || c->spelling == SPELLING_HTML ||
                (c->spelling == SPELLING_GUESS && html_is_likely(raw));
    if (html)
        html_text(plain, raw, feed_base(f), post, feed_arena(f));
    else
        html_fold(plain, raw);
    for (size_t i = 0; one_line && i < plain->len; i++)
        if (plain->data[i] == '\n')
            plain->data[i] = ' ';
    return feed_keep(f, buf_str(plain));
}
