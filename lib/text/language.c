#include "text/language.h"

#include <uchar.h>

#include "base/utf8.h"

/* Frequent characters of Chinese, simplified and not, that Japanese texts do not use, in the
 * order of their codes. In nine million characters of Japanese news stands none of them but
 * 這, 23 times, and there hiragana follows. */
static const char32_t chinese[] = U"业东为么书买产亲从们价你俩們儿兩关别务动单卖发吗吧听员呢咖咱"
                                  U"哦哪啊啡啦喔嗎嗯嘛坏够头她妳它实对应开张很怎总您找时样欢欸沒"
                                  U"爱现电种经给网裡见视觉說讓认让评识话该语说请谁谢賣货质购贵费"
                                  U"赶跟车转轻较边过运还这进远递這钱银长门问间际难马麼點";

static bool is_chinese(uint32_t c)
{
    size_t low = 0, high = sizeof chinese / sizeof *chinese - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (chinese[middle] < c)
            low = middle + 1;
        else
            high = middle;
    }
    return chinese[low] == c && c != 0;
}

static bool is_hiragana(uint32_t c)
{
    return c >= 0x3041 && c <= 0x309F && c != 0x306E; /* の, which Chinese shops like, too */
}

static bool is_other(uint32_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= 0xC0 && c < 0x2000 && c != 0xD7) ||
           (c >= 0xAC00 && c <= 0xD7A3);
}

struct letters language_letters(struct str text)
{
    struct letters letters = {0};
    for (size_t at = 0, length; at < text.len; at += length) {
        uint32_t c = utf8_code(text.ptr + at, &length);
        bool han = language_han(c);
        letters.own += han || language_kana(c);
        letters.hiragana += is_hiragana(c);
        letters.chinese += han && is_chinese(c);
        letters.others += is_other(c);
    }
    return letters;
}
