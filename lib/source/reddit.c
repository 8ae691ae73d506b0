/*
 * Reddit's things (https://www.reddit.com/dev/api): submissions (t3), comments (t1), the
 * listings that hold them, and the pages of comments, which are a listing of one
 * submission and one of its comments, each with a listing of its replies. Texts come
 * with & < > written as entities unless they were asked for raw.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/html.h"

enum thing_member {
    NAME,
    ID,
    TITLE,
    SELFTEXT,
    SELFTEXT_HTML,
    BODY,
    BODY_HTML,
    AUTHOR,
    AUTHOR_FULLNAME,
    SUBREDDIT,
    PERMALINK,
    URL,
    IS_SELF,
    CREATED_UTC,
    EDITED,
    PARENT_ID,
    LINK_ID,
    SCORE,
    SCORE_HIDDEN,
    NUM_COMMENTS,
    CROSSPOST_PARENT,
    CROSSPOST_PARENT_LIST,
    REPLIES,
    THING_MEMBERS
};

static const char *const thing_members[] = {
    [NAME] = "name",
    [ID] = "id",
    [TITLE] = "title",
    [SELFTEXT] = "selftext",
    [SELFTEXT_HTML] = "selftext_html",
    [BODY] = "body",
    [BODY_HTML] = "body_html",
    [AUTHOR] = "author",
    [AUTHOR_FULLNAME] = "author_fullname",
    [SUBREDDIT] = "subreddit",
    [PERMALINK] = "permalink",
    [URL] = "url",
    [IS_SELF] = "is_self",
    [CREATED_UTC] = "created_utc",
    [EDITED] = "edited",
    [PARENT_ID] = "parent_id",
    [LINK_ID] = "link_id",
    [SCORE] = "score",
    [SCORE_HIDDEN] = "score_hidden",
    [NUM_COMMENTS] = "num_comments",
    [CROSSPOST_PARENT] = "crosspost_parent",
    [CROSSPOST_PARENT_LIST] = "crosspost_parent_list",
    [REPLIES] = "replies",
    [THING_MEMBERS] = NULL,
};

static struct str plain(struct source *s, struct str raw)
{
    return html_unescape(arena_json(&s->arena, raw), &s->arena);
}

/* Of what its author, a moderator or Reddit took away a note is left, which nobody wrote. */
static bool is_gone(struct str text)
{
    static const char *const notes[] = {"[removed]", "[deleted]", "[deleted by user]", NULL};
    return str_is_any(text, notes) ||
           (str_starts_nocase(text, STR("[ removed by reddit")) && str_ends(text, STR("]")));
}

/* The text as it was typed, else as it is shown. */
static struct str text_of(struct source *s, struct str typed, struct str html)
{
    struct str text = plain(s, typed);
    if (text.len == 0)
        text = source_html(s, plain(s, html), STR("https://www.reddit.com/"));
    return is_gone(text) ? STR("") : text;
}

/* `t3_abc`: the kind and what the thing is called within it. */
static struct str full_name(struct source *s, const char *kind, const struct str *thing)
{
    struct str name = arena_json(&s->arena, thing[NAME]);
    struct str id = arena_id(&s->arena, thing[ID]);
    if (name.len > 0 || id.len == 0)
        return name;
    return ARENA_JOIN(&s->arena, str_of(kind), STR("_"), id);
}

/* A permalink is a path; old comments have none, and theirs follows from their names. */
static struct str address(struct source *s, const struct str *thing)
{
    const struct str site = STR("https://www.reddit.com");
    struct str ref, path = str_cut(plain(s, thing[PERMALINK]), '?', &ref);
    struct str link = arena_json(&s->arena, thing[LINK_ID]);
    struct str id = arena_json(&s->arena, thing[ID]);
    if (str_starts(path, STR("/")))
        return ARENA_JOIN(&s->arena, site, path);
    if (path.len > 0)
        return path;
    if (!str_starts(link, STR("t3_")) || id.len == 0)
        return (struct str){NULL, 0};
    return ARENA_JOIN(&s->arena, site, STR("/comments/"), str_from(link, 3), STR("/_/"), id,
                      STR("/"));
}

static void take_author(struct source *s, const struct str *thing)
{
    struct str author = arena_json(&s->arena, thing[AUTHOR]);
    if (is_gone(author))
        return;
    s->entry.author.id = arena_json(&s->arena, thing[AUTHOR_FULLNAME]);
    s->entry.author.handle = author;
}

static void take_common(struct source *s, const struct str *thing)
{
    struct entry *post = &s->entry;
    post->url = address(s, thing);
    post->time = date_parse_json(thing[CREATED_UTC]);
    post->edited = date_parse_json(thing[EDITED]);
    take_author(s, thing);
    entry_add(&post->tags, arena_json(&s->arena, thing[SUBREDDIT]));
    if (!value_true(thing[SCORE_HIDDEN]))
        post->metrics[ENTRY_LIKES] = entry_count(thing[SCORE]);
}

/* What a submission leads to, if it is more than a text of its own. */
static void take_link(struct source *s, const struct str *thing)
{
    struct str url = plain(s, thing[URL]);
    if (value_true(thing[IS_SELF]) || url.len == 0)
        return;
    if (str_starts(url, STR("/")))
        url = ARENA_JOIN(&s->arena, STR("https://www.reddit.com"), url);
    entry_add(&s->entry.links, url);
    entry_add_media(&s->entry, entry_media_type((struct str){NULL, 0}, url), url,
                    (struct str){NULL, 0});
}

/* A crosspost has no text of its own: that of the first one. */
static void take_crosspost(struct source *s, const struct str *thing)
{
    struct entry *post = &s->entry;
    struct str first = {NULL, 0}, original[THING_MEMBERS];
    struct walk w;
    post->repost_of = arena_json(&s->arena, thing[CROSSPOST_PARENT]);
    walk_begin(&w, thing[CROSSPOST_PARENT_LIST]);
    if (post->repost_of.len == 0 || post->text.len > 0 || !walk_next(&w, NULL, &first))
        return;
    source_pick(first, thing_members, original);
    post->text = text_of(s, original[SELFTEXT], original[SELFTEXT_HTML]);
}

static bool convert_submission(struct source *s, struct str data, struct err *e)
{
    struct entry *post = &s->entry;
    struct str thing[THING_MEMBERS];
    source_pick(data, thing_members, thing);
    entry_reset(post);
    post->id = full_name(s, "t3", thing);
    if (post->id.len == 0 || value_type(thing[TITLE]) != VALUE_STRING)
        return err_set(e, "a submission of Reddit's has no name or no title");
    post->title = plain(s, thing[TITLE]);
    if (is_gone(post->title))
        post->title = (struct str){NULL, 0};
    post->text = text_of(s, thing[SELFTEXT], thing[SELFTEXT_HTML]);
    post->thread = post->id;
    take_common(s, thing);
    post->metrics[ENTRY_REPLIES] = entry_count(thing[NUM_COMMENTS]);
    take_link(s, thing);
    take_crosspost(s, thing);
    source_write(s, "reddit", "forum");
    return true;
}

static bool convert_comment(struct source *s, const struct str *thing, struct err *e)
{
    struct entry *post = &s->entry;
    entry_reset(post);
    post->id = full_name(s, "t1", thing);
    if (post->id.len == 0 || value_type(thing[BODY]) != VALUE_STRING)
        return err_set(e, "a comment of Reddit's has no name or no body");
    post->text = text_of(s, thing[BODY], thing[BODY_HTML]);
    post->reply_to = arena_json(&s->arena, thing[PARENT_ID]);
    post->thread = arena_json(&s->arena, thing[LINK_ID]);
    take_common(s, thing);
    source_write(s, "reddit", "forum");
    return true;
}

static bool convert_thing(struct source *s, void *context, struct str thing, struct err *e);

/* A comment, and behind it those that answer it. */
static bool convert_replied(struct source *s, struct str data, struct err *e)
{
    struct str thing[THING_MEMBERS];
    struct err why;
    source_pick(data, thing_members, thing);
    size_t bad = !convert_comment(s, thing, e);
    if (value_type(thing[REPLIES]) == VALUE_OBJECT && !convert_thing(s, NULL, thing[REPLIES], &why))
        source_fault(s, &bad, &why, e);
    return bad == 0;
}

/* A thing by its kind. Accounts, communities and the notes that there is more are no
 * posts. Goes as deep as the scanner lets JSON be nested; each level is looked through
 * as seldom as can be, since it holds all that are below it. */
static bool convert_thing(struct source *s, void *context, struct str thing, struct err *e)
{
    static const char *const names[] = {"kind", "data", NULL}, *const within[] = {"children", NULL};
    struct str member[2], children;
    source_pick(thing, names, member);
    struct str kind = member[0], data = member[1];
    if (value_type(kind) != VALUE_STRING || value_type(data) != VALUE_OBJECT)
        return err_set(e, "an object of Reddit's has no kind or no data");
    if (value_is(kind, "Listing")) {
        source_pick(data, within, &children);
        return source_each(s, children, context, convert_thing, e);
    }
    if (value_is(kind, "t3"))
        return convert_submission(s, data, e);
    return !value_is(kind, "t1") || convert_replied(s, data, e);
}

static bool reddit_claims(const struct record *object)
{
    const struct str *marks = object->member;
    static const char *const kinds[] = {"Listing", "t1", "t3", "more"};
    if (value_type(marks[MARK_DATA]) != VALUE_OBJECT)
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (value_is(marks[MARK_KIND], kinds[i]))
            return true;
    return false;
}

static bool reddit_convert(struct source *s, struct str value, struct err *e)
{
    return convert_thing(s, NULL, value, e);
}

const struct source_format source_reddit = {
    .name = "reddit",
    .what = "listings, submissions and comments of Reddit",
    .input = SOURCE_JSON,
    .claims = reddit_claims,
    .convert = reddit_convert,
};
