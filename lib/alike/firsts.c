/*
 * A record is the length of the id and the number of shingles as numbers of seven bits a
 * byte, then id and text; it ends where the next begins.
 */
#include "alike/firsts.h"

#include "base/prefetch.h"

#define FIRSTS_PAGE 4096

static size_t put_number(char to[5], uint32_t number)
{
    size_t length = 0;
    for (; number >= 0x80; number >>= 7)
        to[length++] = (char)(number | 0x80);
    to[length++] = (char)number;
    return length;
}

static uint32_t take_number(struct str *rest)
{
    uint32_t number = 0;
    for (unsigned shift = 0; rest->len > 0 && shift < 32; shift += 7) {
        unsigned char byte = (unsigned char)*rest->ptr;
        *rest = str_from(*rest, 1);
        number |= (uint32_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

static void note_begin(struct firsts *f)
{
    uint64_t begin = f->bytes.len;
    if (f->count % FIRSTS_PAGE == 0)
        extent_add(&f->pages, &begin, sizeof begin);
    const uint64_t *pages = (const uint64_t *)(const void *)f->pages.data;
    uint32_t from_page = (uint32_t)(begin - pages[f->count / FIRSTS_PAGE]);
    extent_add(&f->begins, &from_page, sizeof from_page);
}

uint32_t firsts_add(struct firsts *f, const struct first *first, uint32_t time)
{
    char head[10];
    size_t length = put_number(head, (uint32_t)first->id.len);
    length += put_number(head + length, first->shingles);
    note_begin(f);
    extent_add(&f->times, &time, sizeof time);
    extent_add(&f->bytes, head, length);
    extent_add(&f->bytes, first->id.ptr, first->id.len);
    extent_add(&f->bytes, first->text.ptr, first->text.len);
    return f->count++;
}

static size_t begin_of(const struct firsts *f, uint32_t number)
{
    if (number == f->count)
        return f->bytes.len;
    const uint64_t *pages = (const uint64_t *)(const void *)f->pages.data;
    const uint32_t *begins = (const uint32_t *)(const void *)f->begins.data;
    return (size_t)pages[number / FIRSTS_PAGE] + begins[number];
}

struct first firsts_get(const struct firsts *f, uint32_t number)
{
    size_t begin = begin_of(f, number);
    struct str rest = {f->bytes.data + begin, begin_of(f, number + 1) - begin};
    struct first first;
    first.id.len = take_number(&rest);
    first.shingles = take_number(&rest);
    first.id.len = first.id.len < rest.len ? first.id.len : rest.len;
    first.id.ptr = rest.ptr;
    first.text = str_from(rest, first.id.len);
    return first;
}

void firsts_expect(const struct firsts *f, uint32_t number)
{
    prefetch(firsts_time(f, number));
    prefetch(f->begins.data + number * sizeof(uint32_t));
}

void firsts_fetch(const struct firsts *f, uint32_t number)
{
    const char *begin = f->bytes.data + begin_of(f, number);
    prefetch(begin);
    prefetch(begin + 64);
}

void firsts_sweep(struct firsts *f, uint32_t *to)
{
    struct firsts kept = {.horizon = f->horizon};
    for (uint32_t number = 0; number < f->count; number++) {
        to[number] = UINT32_MAX;
        if (!firsts_remembers(f, number))
            continue;
        struct first first = firsts_get(f, number);
        to[number] = firsts_add(&kept, &first, *firsts_time(f, number));
    }
    firsts_free(f);
    *f = kept;
}

size_t firsts_bytes(const struct firsts *f)
{
    return f->bytes.cap + f->begins.cap + f->pages.cap + f->times.cap;
}

void firsts_free(struct firsts *f)
{
    extent_free(&f->bytes);
    extent_free(&f->begins);
    extent_free(&f->pages);
    extent_free(&f->times);
    *f = (struct firsts){0};
}
