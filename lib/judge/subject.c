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

/* What stands within a name is named by it: a rival that is itself watched is none where the
 * post is about it, nor is ヤマト in ヤマト食品. */
static void add_mention(struct judge *j, struct mention mention)
{
    for (size_t i = j->mention_count; i > 0 && j->mentions[i - 1].end > mention.at; i--) {
        struct mention *before = &j->mentions[i - 1];
        if (!before->rival && before->end >= mention.end)
            return;
        if (!mention.rival && before->at == mention.at && before->end <= mention.end)
            before->rival = false;
    }
    MEM_GROW(j->mentions, j->mention_count, j->mention_cap);
    j->mentions[j->mention_count++] = mention;
}

static void note_name(void *data, const struct watch_hit *hit)
{
    struct judge *j = data;
    uint32_t at = (uint32_t)hit->at, end = (uint32_t)(hit->at + hit->len);
    uint32_t sentence = matching_sentence(&j->matching, at);
    if (hit->what != WATCH_CATEGORY)
        matching_add_name(&j->matching, at, end);
    if (hit->what == WATCH_RIVAL && (j->facing >> hit->watch & 1) != 0)
        add_mention(j, (struct mention){at, end, sentence, true});
    else if (hit->what == WATCH_NAME && (j->relevant >> hit->watch & 1) != 0) {
        add_mention(j, (struct mention){at, end, sentence, false});
        j->matching.sentences[sentence].groups |= j->contexts[hit->watch];
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

/* Of each sentence, and of the post: is a watch of its own named, or a rival? */
static void note_subjects(struct judge *j)
{
    for (size_t i = 0; i < j->mention_count; i++) {
        const struct mention *mention = &j->mentions[i];
        j->speaks[mention->sentence] |= mention->rival ? SPEAKS_RIVAL : SPEAKS_NAME;
        j->rival_named = j->rival_named || mention->rival;
        j->named = j->named || !mention->rival;
    }
}

void judge_find_subject(struct judge *j, const struct post_facts *post)
{
    struct matching *m = &j->matching;
    if (j->speaks_cap < m->sentence_count) {
        j->speaks_cap = m->sentence_count * 2 + 16;
        j->speaks = mem_resize(j->speaks, j->speaks_cap, 1);
    }
    memset(j->speaks, 0, m->sentence_count);
    j->relevant = 0;
    j->mention_count = 0;
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
    note_subjects(j);
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
