/*
 * Writes charset-tables.c: what each code of the legacy charsets means, asked of the
 * build machine's iconv(3), so that the programs need none when they run (a static
 * program cannot load glibc's converters). Runs at build time only.
 *
 * Double-byte sets are laid out by the pointers of the Encoding Standard
 * (https://encoding.spec.whatwg.org/): row by row, only codes that can be trail
 * bytes. A code that stands for nothing, or for more than one character of the
 * Basic Multilingual Plane, is 0.
 */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trails {
    int from, to;
};

struct double_byte {
    const char *table, *charset;
    const char *prefix; /* bytes before each pair */
    struct trails leads[2], trails[2];
};

static const struct double_byte doubles[] = {
    {"charset_jis0208", "CP932", "", {{0x81, 0x9F}, {0xE0, 0xFC}}, {{0x40, 0x7E}, {0x80, 0xFC}}},
    {"charset_jis0212", "EUC-JP", "\x8F", {{0xA1, 0xFE}, {1, 0}}, {{0xA1, 0xFE}, {1, 0}}},
    {"charset_big5", "BIG5-HKSCS", "", {{0x81, 0xFE}, {1, 0}}, {{0x40, 0x7E}, {0xA1, 0xFE}}},
    {"charset_gbk", "GB18030", "", {{0x81, 0xFE}, {1, 0}}, {{0x40, 0x7E}, {0x80, 0xFE}}},
    {"charset_euckr", "UHC", "", {{0x81, 0xFE}, {1, 0}}, {{0x41, 0xFE}, {1, 0}}},
};

static const char *const singles[][2] = {
    {"ibm866", "IBM866"},           {"iso-8859-2", "ISO-8859-2"},   {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},   {"iso-8859-5", "ISO-8859-5"},   {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},   {"iso-8859-8", "ISO-8859-8"},   {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-13", "ISO-8859-13"}, {"iso-8859-14", "ISO-8859-14"}, {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"}, {"koi8-r", "KOI8-R"},           {"koi8-u", "KOI8-U"},
    {"macintosh", "MACINTOSH"},     {"windows-874", "CP874"},       {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},     {"windows-1252", "CP1252"},     {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},     {"windows-1255", "CP1255"},     {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},     {"windows-1258", "CP1258"},
};

static iconv_t open_charset(const char *charset)
{
    iconv_t converter = iconv_open("UTF-16BE", charset);
    if (converter == (iconv_t)-1) {
        fprintf(stderr,
                "charset-generate: this machine's iconv knows no %s: %s\n"
                "(Debian: install libc-gconv-modules-extra, or libc-bin before Debian 13)\n",
                charset, strerror(errno));
        exit(1);
    }
    return converter;
}

/* The one character that these bytes mean, or 0. */
static unsigned meaning(iconv_t converter, const unsigned char *bytes, size_t len)
{
    unsigned char wide[16];
    char input[8], *from = input, *to = (char *)wide;
    size_t room = sizeof wide;
    memcpy(input, bytes, len);
    iconv(converter, NULL, NULL, NULL, NULL);
    if (iconv(converter, &from, &len, &to, &room) == (size_t)-1 || len > 0 ||
        iconv(converter, NULL, NULL, &to, &room) == (size_t)-1 || sizeof wide - room != 2)
        return 0;
    unsigned code = (unsigned)wide[0] << 8 | wide[1];
    return code == 0xFFFD ? 0 : code;
}

static void print_code(unsigned code, size_t *column)
{
    printf("%s%u,", *column % 16 == 0 ? "\n    " : "", code);
    ++*column;
}

static void print_double(const struct double_byte *d)
{
    iconv_t converter = open_charset(d->charset);
    size_t prefix = strlen(d->prefix), column = 0;
    unsigned char bytes[4];
    memcpy(bytes, d->prefix, prefix);
    printf("\nconst uint16_t %s[] = {", d->table);
    for (size_t l = 0; l < 2; l++)
        for (int lead = d->leads[l].from; lead <= d->leads[l].to; lead++)
            for (size_t t = 0; t < 2; t++)
                for (int trail = d->trails[t].from; trail <= d->trails[t].to; trail++) {
                    bytes[prefix] = (unsigned char)lead;
                    bytes[prefix + 1] = (unsigned char)trail;
                    print_code(meaning(converter, bytes, prefix + 2), &column);
                }
    printf("\n};\n");
    iconv_close(converter);
}

static void print_single(const char *name, const char *charset)
{
    iconv_t converter = open_charset(charset);
    size_t column = 0;
    printf("    {\"%s\", {", name);
    for (unsigned code = 0x80; code <= 0xFF; code++) {
        unsigned char byte = (unsigned char)code;
        print_code(meaning(converter, &byte, 1), &column);
    }
    printf("\n    }},\n");
    iconv_close(converter);
}

int main(void)
{
    printf("/* Made by charset-generate; do not edit. */\n#include \"source/charset-tables.h\"\n");
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        print_double(&doubles[i]);
    printf("\nconst struct charset_single charset_singles[] = {\n");
    for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
        print_single(singles[i][0], singles[i][1]);
    printf("};\n\nconst size_t charset_single_count = sizeof charset_singles / sizeof "
           "*charset_singles;\n");
    return fflush(stdout) == 0 ? 0 : 1;
}
