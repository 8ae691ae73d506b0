/* The labels of the five questions. */
#include "judge/label.h"

static const char *const names[] = {"complaint",
                                    "question",
                                    "request",
                                    "praise",
                                    "boycott",
                                    "exposure",
                                    "call-in",
                                    "hearsay",
                                    "contamination",
                                    "safety",
                                    "defect",
                                    "service",
                                    "outage",
                                    "misconduct",
                                    "remark",
                                    "advertising",
                                    "stealth-marketing",
                                    "leak",
                                    "labor",
                                    "harassment",
                                    "discrimination",
                                    "scandal",
                                    "rumor",
                                    "abuse",
                                    "hate",
                                    "troll",
                                    "threat",
                                    "spam",
                                    "polarity"};

const char *const label_questions[] = {"tone", "intents", "risks", "conduct", "level", NULL};

const char *label_name(enum label label)
{
    return names[label];
}

int label_find(struct str name)
{
    for (int i = 0; i <= LABEL_POLARITY; i++)
        if (str_is(name, names[i]))
            return i;
    return -1;
}
