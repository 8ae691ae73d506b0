/* Well-formed XML, by expat. */
#define XML_DTD /* its header shows the limits on entities only then */
#include "source/xml.h"

#include <expat.h>
#include <stdint.h>

/* What entities may blow a document up to: a factor, once it is past a size. */
#define AMPLIFICATION      10.0f
#define AMPLIFICATION_FROM (256 * 1024)

/* expat 2.9 has these in 64 bits, and warns of the older ones. */
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
#define XML_INDEX XML_GetCurrentByteIndex64
#define XML_LINE  XML_GetCurrentLineNumber64
#else
#define XML_INDEX XML_GetCurrentByteIndex
#define XML_LINE  XML_GetCurrentLineNumber
#endif

struct reading {
    const struct xml_reader *reader;
    void *context;
    XML_Parser parser;
    size_t line; /* in which the text begins */
    size_t depth;
    bool ended; /* the document's element has */
    bool too_deep;
};

static void XMLCALL on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *r = data;
    if (r->depth == XML_DEPTH) {
        r->too_deep = true;
        XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    r->depth++;
    r->reader->start(r->context, name, attributes);
}

static void XMLCALL on_end(void *data, const XML_Char *name)
{
    struct reading *r = data;
    if (r->too_deep)
        return;
    r->ended = --r->depth == 0;
    r->reader->end(r->context, name);
}

static void XMLCALL on_text(void *data, const XML_Char *text, int len)
{
    struct reading *r = data;
    if (!r->too_deep)
        r->reader->text(r->context, (struct str){text, (size_t)len});
}

static enum xml_outcome tell_fault(const struct reading *r, enum XML_Error code, struct err *e)
{
    size_t line = r->line + (size_t)XML_LINE(r->parser) - 1;
    if (r->too_deep)
        err_set(e, "line %zu: elements nested deeper than %d", line, XML_DEPTH);
    else
        err_set(e, "line %zu: %s", line, XML_ErrorString(code));
    bool bomb = code == XML_ERROR_AMPLIFICATION_LIMIT_BREACH;
    return r->too_deep || bomb ? XML_HOSTILE : XML_BROKEN;
}

static void prepare(struct reading *r)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetBillionLaughsAttackProtectionMaximumAmplification(r->parser, AMPLIFICATION);
    XML_SetBillionLaughsAttackProtectionActivationThreshold(r->parser, AMPLIFICATION_FROM);
}

enum xml_outcome xml_read(struct str text, size_t line, const struct xml_reader *reader,
                          void *context, size_t *used, struct err *e)
{
    struct reading r = {.reader = reader, .context = context, .line = line};
    enum xml_outcome outcome = XML_WHOLE;
    *used = text.len;
    r.parser = text.len <= INT32_MAX ? XML_ParserCreate("UTF-8") : NULL;
    if (r.parser == NULL) {
        err_set(e, "too large for an XML document");
        return XML_BROKEN;
    }
    prepare(&r);
    bool done = XML_Parse(r.parser, text.ptr, (int)text.len, XML_TRUE) == XML_STATUS_OK;
    enum XML_Error code = XML_GetErrorCode(r.parser);
    if (!done && r.ended) { /* what stands there is none of its own */
        int64_t at = XML_INDEX(r.parser);
        *used = at >= 0 ? (size_t)at : text.len;
    } else if (!done) {
        outcome = tell_fault(&r, code, e);
    }
    XML_ParserFree(r.parser);
    return outcome;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (; *attributes != NULL; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}
