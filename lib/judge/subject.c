/* What a post is about: which watches, whether a rival, in which sentences. */
#include "judge/parts.h"

#include "base/mem.h"

/* Contexts that a name can stand for; the others tell what kind of text it is. */
#define CONTEXTS_OF_NAMES                                                                          \
    ((uint32_t)1 << GROUP_FOOD | (uint32_t)1 << GROUP_MEDICAL | (uint32_t)1 << GROUP_SHOP |        \
     (uint32_t)1 << GROUP_PRODUCT | (uint32_t)1 << GROUP_DEVICE | (uint32_t)1 << GROUP_NET |       \
     (uint32_t)1 << GROUP_MONEY | (uint32_t)1 << GROUP_DELIVERY)

void judge_add_contexts(void *data, struct str term)
{
    struct judge *j = data;
    struct token token = {.surface = term, .base = term, .pos = STR("名詞"), .pos2 = STR("一般")};
    matching_run(&j->matching, j->rules, j->normal, term, &token, 1);
    j->contexts[j->relevant] |= j->matching.groups & CONTEXTS_OF_NAMES;
}

/* ---- names ---- */

/* What stands within a name is named by it: a rival that is itself watched is none where the
 * post is about it, nor is ヤマト in ヤマト食品. */
static bool covers(const struct mention *a, const struct mention *b)
{
    return a->at <= b->at && a->end >= b->end && (!a->rival || b->rival);
}

static void add_mention(struct judge *j, struct mention mention)
{
    size_t kept = j->mention_count;
    for (size_t i = kept; i > 0 && j->mentions[i - 1].end > mention.at; i--)
        if (covers(&j->mentions[i - 1], &mention))
            return;
    while (kept > 0 && j->mentions[kept - 1].at == mention.at)
        kept--;
    for (size_t i = kept; i < j->mention_count; i++)
        if (!covers(&mention, &j->mentions[i]))
            j->mentions[kept++] = j->mentions[i];
    j->mention_count = kept;
    MEM_GROW(j->mentions, j->mention_count, j->mention_cap);
    j->mentions[j->mention_count++] = mention;
}

/* What stands behind a name that ends there. */
static struct str behind(const struct matching *m, uint32_t at)
{
    static const char *const titles[] = {"さん", "様", NULL};
    struct str text = str_from(buf_str(&m->normal.text), at);
    return str_from(text, str_starts_any(text, titles));
}

static bool is_predicate(const struct matching *m, uint32_t token)
{
    static const char *const kinds[] = {"動詞", "形容詞", "助動詞", NULL};
    return str_is_any(m->tokens[token].pos, kinds);
}

/* Is it but the ending of a verb: 変え|まし|た, 乗り換え|し|た? */
static bool is_ending(const struct token *token)
{
    return str_is(token->pos, "助動詞") || str_is(token->base, "する");
}

/* Where 「に乗り換えました。」 ends behind a name; else where the name does. */
static uint32_t end_of_coming(const struct matching *m, uint32_t end)
{
    static const char *const to[] = {"に", "へ", NULL};
    static const char *const came[] = {"乗り換", "乗りかえ", "のりかえ", "乗換", "変え",   "替え",
                                       "換え",   "かえ",     "切り替",   "切替", "鞍替え", NULL};
    struct str text = behind(m, end), verb = str_from(text, str_starts_any(text, to));
    size_t length = str_starts_any(verb, came);
    if (verb.len == text.len || length == 0)
        return end;
    end = (uint32_t)(m->normal.text.len - verb.len + length);
    uint32_t token = m->token_of[end - 1];
    do
        end = token < m->token_count ? m->token_end[token++] : end;
    while (token < m->token_count && is_ending(&m->tokens[token]));
    return str_starts(str_from(buf_str(&m->normal.text), end), STR("。")) ? end + 3 : end;
}

static void note_name(void *data, const struct watch_hit *hit)
{
    struct judge *j = data;
    struct matching *m = &j->matching;
    uint32_t at = (uint32_t)hit->at, end = (uint32_t)(hit->at + hit->len);
    uint32_t sentence = matching_sentence(m, at);
    bool relevant = hit->what == WATCH_NAME && (j->relevant >> hit->watch & 1) != 0;
    if (hit->what != WATCH_CATEGORY) /* who came over to the watched has not left it */
        matching_add_name(m, at, relevant ? end_of_coming(m, end) : end);
    if (hit->what == WATCH_RIVAL && (j->facing >> hit->watch & 1) != 0)
        add_mention(j, (struct mention){at, end, sentence, true});
    if (relevant) {
        add_mention(j, (struct mention){at, end, sentence, false});
        m->sentences[sentence].groups |= j->contexts[hit->watch];
    }
}

/* ---- what is said of rivals ---- */

static void add_place(struct judge *j, uint32_t at, uint32_t end)
{
    MEM_GROW(j->rivals, j->rival_count, j->rival_cap);
    j->rivals[j->rival_count++] = (struct place){at, end};
}

bool judge_is_rivals(const struct judge *j, uint32_t at, uint32_t end)
{
    size_t count = BEGUN_BEFORE(struct place, j->rivals, j->rival_count, at + 1);
    return count > 0 && end <= j->rivals[count - 1].end;
}

bool judge_is_watched(const struct judge *j, uint32_t at)
{
    size_t i = BEGUN_BEFORE(struct mention, j->mentions, j->mention_count, at);
    while (i < j->mention_count && j->mentions[i].at == at && j->mentions[i].rival)
        i++;
    return i < j->mention_count && j->mentions[i].at == at;
}

/* 「ギンガじゃなくて」「ギンガではないよ」, but not 「ギンガじゃない？」. */
static bool is_denied(const struct matching *m, const struct mention *mention)
{
    static const char *const is[] = {"じゃ", "では", "で", NULL};
    static const char *const no[] = {"なかった", "ない", "なく", "ねえ", "ありません", NULL};
    static const char *const asks[] = {"?",      "か",     "の?",  "のか", "っけ",
                                       "ですか", "でしょ", "だろ", NULL};
    struct str text = behind(m, mention->end), rest = str_from(text, str_starts_any(text, is));
    size_t length = str_starts_any(rest, no);
    return rest.len < text.len && length > 0 && str_starts_any(str_from(rest, length), asks) == 0;
}

/* Something is measured by the name, or goes over to a rival or comes from there: this is not
 * said of it. */
static bool is_aside(const struct matching *m, const struct mention *mention)
{
    static const char *const measures[] = {
        "より",   "のより", "の方より", "のほうより", "と違",   "とちが", "とは違", "とはちが",
        "と比べ", "に比べ", "とくらべ", "にくらべ",   "と同じ", "みたい", "並み",   NULL};
    static const char *const ways[] = {
        "にした",     "にして",     "にしよ",     "にしま",     "にしと",   "にしな",
        "にしちゃっ", "にしちゃい", "にしちゃう", "にしちゃお", "にす",     "に移",
        "に戻",       "を見習",     "から乗り換", "から乗換",   "から変え", "から替え",
        "から切り替", "から移",     "で契約",     "と契約",     "に契約",   NULL};
    static const char *const judges[] = {"にしては", "にしても", "にしたって", NULL};
    static const char *const goes[] = {"にしてもら", "にしてもいい", "にしてもよか", "にしてもよさ",
                                       NULL};
    struct str text = behind(m, mention->end);
    return str_starts_any(text, measures) > 0 ||
           (mention->rival &&
            (str_starts_any(text, judges) == 0 || str_starts_any(text, goes) > 0) &&
            (str_starts_any(text, ways) > 0 || end_of_coming(m, mention->end) > mention->end));
}

/* Does a verb or an adjective stand there? */
static bool says_something(const struct matching *m, uint32_t at, uint32_t end)
{
    uint32_t token = m->token_of[at];
    while (token < m->token_of[end] && !is_predicate(m, token))
        token++;
    return token < m->token_of[end];
}

static bool ends_clause(const struct matching *m, uint32_t token)
{
    static const char *const commas[] = {"、", ",", NULL};
    static const char *const joints[] = {"から", "ので", "けど", "けれど", "けれども",
                                         "のに", "し",   "が",   NULL};
    struct str surface = matching_surface(m, token);
    return str_is_any(surface, commas) ||
           (token > 0 && is_predicate(m, token - 1) && str_is_any(surface, joints));
}

/* Where the clause begins in which the name stands. */
static uint32_t clause_begin(const struct matching *m, const struct mention *mention)
{
    uint32_t own = m->token_of[mention->at], first = own;
    uint32_t least = m->token_of[m->sentences[mention->sentence].at];
    while (first > least && !ends_clause(m, first - 1))
        first--;
    return first < own ? m->token_at[first] : mention->at;
}

/* Where the clause ends, once it has said something, or where it comes to the watched. */
static uint32_t clause_end(const struct matching *m, const struct mention *mention,
                           const struct mention *stop)
{
    const struct sentence *s = &m->sentences[mention->sentence];
    uint32_t last = m->token_of[mention->end], end = m->token_of[s->end];
    const struct mention *next = mention + 1;
    for (bool said = false; last < end && !(said && ends_clause(m, last)); last++) {
        for (; next < stop && next->at <= m->token_at[last]; next++)
            if (!next->rival && !is_denied(m, next) && !is_aside(m, next))
                return next->at;
        said = said || is_predicate(m, last);
    }
    return last < end ? m->token_end[last] : s->end;
}

/* In a sentence with both, what is said of a rival begins where it is named and ends where the
 * watched is, or, where that was spoken of before, with the clause. What cannot be told apart is
 * said of the watched, whose trouble is not to be missed. */
static void split_sentence(struct judge *j, const struct mention *mention,
                           const struct mention *stop)
{
    const struct matching *m = &j->matching;
    const struct mention *name = NULL, *rival = NULL; /* the last ones */
    uint32_t said_to = mention->at;
    bool said = false; /* something since the name */
    for (; mention < stop; mention++) {
        struct place *open = rival != NULL ? &j->rivals[j->rival_count - 1] : NULL;
        if (is_denied(m, mention) || is_aside(m, mention))
            continue;
        said = said || says_something(m, said_to, mention->at);
        said_to = mention->end;
        if (!mention->rival) {
            if (open != NULL && open->end > mention->at) {
                open->at = said ? open->at : rival->at;
                open->end = mention->at;
            }
            name = mention;
            said = false;
        } else if (name == NULL ? open == NULL
                                : said && (open == NULL || open->end <= mention->at)) {
            rival = mention;
            if (name == NULL)
                add_place(j, clause_begin(m, mention), m->sentences[mention->sentence].end);
            else
                add_place(j, mention->at, clause_end(m, mention, stop));
        }
    }
}

/* What a sentence without the watched says is said of its rivals, be they subjects or not; where
 * the watched is only denied, they must be. */
static void find_rivals_in(struct judge *j, const struct mention *mention,
                           const struct mention *stop)
{
    const struct matching *m = &j->matching;
    const struct sentence *s = &m->sentences[mention->sentence];
    bool named = false, denied = false, rivals = false, subjects = false;
    for (const struct mention *i = mention; i < stop; i++) {
        bool counts = !is_denied(m, i);
        named = named || (!i->rival && counts);
        denied = denied || (!i->rival && !counts);
        rivals = rivals || (i->rival && counts);
        subjects = subjects || (i->rival && counts && !is_aside(m, i));
    }
    if (named && subjects)
        split_sentence(j, mention, stop);
    else if (!named && (denied ? subjects : rivals))
        add_place(j, s->at, s->end);
}

static void find_rivals(struct judge *j)
{
    for (size_t i = 0, end; i < j->mention_count; i = end) {
        uint32_t sentence = j->mentions[i].sentence;
        for (end = i; end < j->mention_count && j->mentions[end].sentence == sentence; end++) {
            j->named = j->named || !j->mentions[end].rival;
            j->rival_named = j->rival_named || j->mentions[end].rival;
        }
        find_rivals_in(j, &j->mentions[i], &j->mentions[i] + (end - i));
    }
}

/* A post about a watch is in its contexts throughout; where it names a rival too, only in
 * the sentences that name the watch. */
static void add_subject_contexts(struct judge *j)
{
    struct matching *m = &j->matching;
    uint32_t contexts = 0;
    for (size_t watch = 0; watch < watchlist_count(j->watches); watch++)
        if ((j->relevant >> watch & 1) != 0)
            contexts |= j->contexts[watch];
    m->groups |= contexts;
    for (size_t i = 0; i < m->sentence_count && !(j->named && j->rival_named); i++)
        m->sentences[i].groups |= contexts;
}

void judge_find_subject(struct judge *j, const struct post_facts *post)
{
    struct matching *m = &j->matching;
    j->relevant = 0;
    j->mention_count = j->rival_count = 0;
    j->off_topic = j->named = j->rival_named = false;
    if (j->watches == NULL || watchlist_count(j->watches) == 0)
        return;
    bool foreign = false; /* a watch that the configuration does not define */
    for (size_t i = 0; i < post->watch_count; i++) {
        int watch = watchlist_find(j->watches, post->watches[i]);
        if (watch >= 0)
            j->relevant |= (uint64_t)1 << watch;
        else
            foreign = true;
    }
    if (!post->watch_known || post->watch_count == 0)
        j->relevant |= watchlist_match(j->watches, &m->normal, post->text);
    j->facing = j->relevant != 0 || foreign ? j->relevant : UINT64_MAX;
    watchlist_hits(j->watches, &m->normal, post->text, note_name, j);
    find_rivals(j);
    j->off_topic = j->relevant == 0 && !foreign && (post->watch_known || j->rival_named);
    add_subject_contexts(j);
}

/* An account speaks for its own watch: where the post is about others, it is anybody's. */
bool judge_is_official(const struct judge *j, const struct post_facts *post)
{
    struct str handle = post->handle;
    if (j->watches == NULL || handle.len == 0)
        return false;
    if (handle.ptr[0] == '@')
        handle = str_from(handle, 1);
    bool about_any = j->relevant == 0 && post->watch_count == 0;
    for (size_t watch = 0; watch < watchlist_count(j->watches); watch++)
        if ((about_any || (j->relevant >> watch & 1) != 0) &&
            watchlist_is_official(j->watches, watch, handle))
            return true;
    return false;
}
