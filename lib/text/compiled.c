/*
 * The format is not written down anywhere but in MeCab's own source (dictionary.cpp and
 * darts.h), so that all that is read is checked to stand in the file.
 */
#include "text/compiled.h"

#include "base/files.h"
#include "base/mem.h"

#define VERSION 102u

static bool broken(struct err *e, const char *path)
{
    return err_set(e, "%s is no compiled dictionary of MeCab (version %u), or is broken", path,
                   VERSION);
}

/* Every entry's feature must end within the features. */
static bool features_end(const struct compiled *d)
{
    bool good = d->features.len == 0 || d->features.ptr[d->features.len - 1] == '\0';
    for (size_t i = 0; good && i < d->entry_count; i++)
        good = d->entries[i].feature < d->features.len;
    return good;
}

bool compiled_open(struct compiled *d, const char *path, struct err *e)
{
    *d = (struct compiled){.cells = NULL};
    if (!file_read(&d->file, path, e))
        return false;
    struct compiled_head *h = &d->head;
    if (d->file.len < sizeof *h)
        return broken(e, path);
    memcpy(h, d->file.data, sizeof *h);
    uint64_t size =
        (uint64_t)sizeof *h + h->cell_bytes + h->entry_bytes + (uint64_t)h->feature_bytes;
    if ((h->check ^ COMPILED_MAGIC) != d->file.len || size != d->file.len ||
        h->version != VERSION || h->cell_bytes % sizeof *d->cells != 0 || h->cell_bytes == 0 ||
        h->entry_bytes % sizeof *d->entries != 0)
        return broken(e, path);
    char *at = d->file.data + sizeof *h;
    d->cells = (const void *)at;
    d->cell_count = h->cell_bytes / sizeof *d->cells;
    d->entries = (void *)(at + h->cell_bytes);
    d->entry_count = h->entry_bytes / sizeof *d->entries;
    d->features = (struct str){at + h->cell_bytes + h->entry_bytes, h->feature_bytes};
    return features_end(d) || broken(e, path);
}

void compiled_close(struct compiled *d)
{
    buf_free(&d->file);
    *d = (struct compiled){.cells = NULL};
}

struct walker {
    const struct compiled *d;
    struct buf key;
    void (*take)(void *to, struct str key, int32_t value);
    void *to;
};

static bool walk_state(struct walker *w, uint32_t base)
{
    const struct compiled *d = w->d;
    if (base < d->cell_count && d->cells[base].check == base && d->cells[base].base < 0) {
        int32_t value = -1 - d->cells[base].base;
        if ((uint64_t)COMPILED_FIRST(value) + COMPILED_COUNT(value) <= d->entry_count)
            w->take(w->to, buf_str(&w->key), value);
    }
    for (unsigned byte = 0; byte < 256 && base + 1 + byte < d->cell_count; byte++) {
        const struct cell *child = &d->cells[base + 1 + byte];
        if (child->check != base || child->base <= 0)
            continue;
        if (w->key.len == COMPILED_KEY_BYTES)
            return false;
        buf_add_char(&w->key, (char)byte);
        if (!walk_state(w, (uint32_t)child->base))
            return false;
        w->key.len--;
    }
    return true;
}

bool compiled_keys(const struct compiled *d, void (*take)(void *to, struct str key, int32_t value),
                   void *to)
{
    struct walker w = {.d = d, .take = take, .to = to};
    bool ok = walk_state(&w, (uint32_t)d->cells[0].base);
    buf_free(&w.key);
    return ok;
}

void compiled_write(const struct compiled *d, struct output *to)
{
    struct compiled_head h = d->head;
    h.version = VERSION;
    h.size = (uint32_t)d->entry_count;
    h.cell_bytes = (uint32_t)(d->cell_count * sizeof *d->cells);
    h.entry_bytes = (uint32_t)(d->entry_count * sizeof *d->entries);
    h.feature_bytes = (uint32_t)d->features.len;
    h.unused = 0;
    h.check =
        (uint32_t)(sizeof h + h.cell_bytes + h.entry_bytes + h.feature_bytes) ^ COMPILED_MAGIC;
    output_add(to, (struct str){(const char *)&h, sizeof h});
    output_add(to, (struct str){(const char *)d->cells, h.cell_bytes});
    output_add(to, (struct str){(const char *)d->entries, h.entry_bytes});
    output_add(to, d->features);
}
