#include "core/operation.h"

#include <limits.h>
#include <string.h>

/* Words in the name of a part of shrinkage that stand for time planned elsewhere. */
static const struct {
    const char *word, *why;
} planned[] = {
#define PLACED "the roster places it in every shift"
#define KNOWN "it belongs in time_off.csv when it is known"
    {"break", PLACED},    {"pause", PLACED},   {"meal", PLACED},   {"lunch", PLACED},
    {"training", PLACED}, {"meeting", PLACED}, {"huddle", PLACED}, {"leave", KNOWN},
    {"vacation", KNOWN},  {"holiday", KNOWN},  {"pto", KNOWN},
#undef PLACED
#undef KNOWN
};

/* Words that make leave of something nobody knows beforehand. */
static const char *const unplanned[] = {"sick", "sickness", "unplanned", "unscheduled", "emergency"};

/* The words of an id, in lower case: "Lunch_breaks", "lunchBreaks" are lunch, breaks. g_strfreev. */
static char **words_of(const char *name)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (const char *c = name; *c != '\0'; c++) {
        if (c > name && g_ascii_isupper(*c) && g_ascii_islower(c[-1]))
            g_string_append_c(text, ' ');
        g_string_append_c(text, g_ascii_isalnum(*c) ? g_ascii_tolower(*c) : ' ');
    }
    return g_strsplit(text->str, " ", -1);
}

static bool is_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    return strncmp(text, word, n) == 0 && (text[n] == '\0' || strcmp(text + n, "s") == 0);
}

/* Why the part counts twice, NULL when its name does not say so. */
static const char *planned_elsewhere(const char *name)
{
    const char *why = NULL;
    g_auto(GStrv) words = words_of(name);
    for (char **word = words; *word != NULL; word++) {
        for (size_t i = 0; i < G_N_ELEMENTS(unplanned); i++)
            if (strcmp(*word, unplanned[i]) == 0)
                return NULL;
        for (size_t i = 0; why == NULL && i < G_N_ELEMENTS(planned); i++)
            if (is_word(*word, planned[i].word))
                why = planned[i].why;
    }
    return why;
}

static void warn_shrinkage(GPtrArray *out, const char *kind, const char *id,
                           const struct shrinkage_part *parts, int n)
{
    for (int i = 0; i < n; i++) {
        const char *why = parts[i].share > 0 ? planned_elsewhere(parts[i].name) : NULL;
        if (why != NULL)
            g_ptr_array_add(out,
                            g_strdup_printf("%s %s: shrinkage.%s = %g would count twice: %s; take it out",
                                            kind, id, parts[i].name, parts[i].share, why));
    }
}

/* Agents by level, where there are any: a wait for the next level that nobody has, or that everybody has. */
static void warn_levels(GPtrArray *out, const struct operation *operation, int queue)
{
    const struct queue *q = &operation->queues[queue];
    int n_level[OVERFLOW_MAX + 1] = {0}, n = 0;
    for (int a = 0; a < operation->n_agents; a++)
        for (int k = 0; k < operation->agents[a].n_skills; k++)
            if (operation->agents[a].skills[k].queue == queue) {
                n_level[operation->agents[a].skills[k].overflow]++;
                n++;
            }
    if (q->overflow_after_s <= 0 || n == 0)
        return;
    if (n_level[0] == n)
        g_ptr_array_add(out,
                        g_strdup_printf("queue %s: overflow_after %g s does nothing: its %d agents are all "
                                        "of level 1; write %s@2 in the skills of those who come second",
                                        q->id, q->overflow_after_s, n, q->id));
    else if (n_level[0] == 0)
        g_ptr_array_add(out,
                        g_strdup_printf("queue %s: none of its %d agents is of level 1, so every contact "
                                        "waits %g s or more; take the lowest level down to 1",
                                        q->id, n, q->overflow_after_s));
}

static bool same_skills(const struct agent *a, const struct agent *b)
{
    bool same = a->n_skills == b->n_skills;
    for (int i = 0; same && i < a->n_skills; i++)
        same = a->skills[i].queue == b->skills[i].queue && a->skills[i].overflow == b->skills[i].overflow;
    return same;
}

/* How many agents have the agent's skills, when these are the queue and an immediate one; INT_MAX when the
   queue and deferred ones alone, 0 without the queue. */
static int blended_group(const struct operation *operation, int agent, int queue)
{
    const struct agent *own = &operation->agents[agent];
    bool serves = false, immediate = false;
    int n = 0;
    for (int k = 0; k < own->n_skills; k++) {
        serves |= own->skills[k].queue == queue;
        immediate |= !channel_is_deferred(operation->queues[own->skills[k].queue].channel);
    }
    for (int a = 0; serves && immediate && a < operation->n_agents; a++)
        n += same_skills(own, &operation->agents[a]);
    return serves && !immediate ? INT_MAX : n;
}

/* A threshold no group can ever be above: the work is not begun at all. */
static void warn_blending(GPtrArray *out, const struct operation *operation, int queue)
{
    const struct queue *q = &operation->queues[queue];
    int most = 0;
    for (int a = 0; q->blend_idle > 0 && a < operation->n_agents && most <= q->blend_idle; a++)
        most = MAX(most, blended_group(operation, a, queue));
    if (most > 0 && most <= q->blend_idle)
        g_ptr_array_add(
            out, g_strdup_printf("queue %s: blend_idle %d is never passed: the largest group of agents "
                                 "with the same skills has %d people, so nobody begins its work; take "
                                 "it well below that",
                                 q->id, q->blend_idle, most));
}

GPtrArray *operation_warnings(const struct operation *operation)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < operation->n_sites; i++)
        warn_shrinkage(out, "site", operation->sites[i].id, operation->sites[i].shrinkage_parts,
                       operation->sites[i].n_shrinkage_parts);
    for (int i = 0; i < operation->n_queues; i++) {
        warn_shrinkage(out, "queue", operation->queues[i].id, operation->queues[i].shrinkage_parts,
                       operation->queues[i].n_shrinkage_parts);
        warn_levels(out, operation, i);
        warn_blending(out, operation, i);
    }
    return out;
}
