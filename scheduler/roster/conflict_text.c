/*
 * conflict_text.c - conflicts in words.
 */
#include "scheduler/roster/conflict.h"

#include <string.h>

#include "scheduler/roster/relax.h"

#define NAMES_MAX 5 /* agents of a group named one by one */

static char *when(const struct plan_problem *problem, int agent, int64_t ts)
{
    const struct operation *op = problem->operation;
    AUTO(zone) zone = zone_new(op->sites[op->agents[agent].site].zone, NULL);
    return time_format(ts, zone);
}

char *conflict_item_text(const struct plan_problem *problem, int agent, const struct conflict_item *item)
{
    const struct operation *op = problem->operation;
    const struct time_off *off;
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;
    switch (item->kind) {
    case CONFLICT_RULE:
        if (relaxation_at(item->index)->offset == 0)
            return g_strdup(relaxation_at(item->index)->name);
        return g_strdup_printf("%s = %d", relaxation_at(item->index)->name, item->value);
    case CONFLICT_LOCK:
        from = day_format(problem->base->locks[item->index].day);
        return g_strdup_printf("the lock on %s", from);
    case CONFLICT_FROZEN:
        from = when(problem, agent, problem->base->frozen_ts);
        return g_strdup_printf("the shifts frozen before %s", from);
    case CONFLICT_TIME_OFF:
        off = &op->time_off[item->index];
        from = when(problem, agent, off->start_ts);
        to = when(problem, agent, off->end_ts);
        return g_strdup_printf("time off from %s to %s (%d minutes a day credited)", from, to,
                               off->credit_min);
    case CONFLICT_AVAILABLE:
        return g_strdup("the agent's availability");
    case CONFLICT_EMPLOYED:
        return g_strdup("the agent's employment dates");
    case CONFLICT_PAST:
        return g_strdup("the published shifts before the horizon");
    case CONFLICT_KIND_N:
        break;
    }
    return g_strdup("?");
}

char *conflict_change_text(const struct plan_problem *problem, int agent, const struct conflict_item *item)
{
    if (item->kind == CONFLICT_RULE && relaxation_at(item->index)->offset != 0)
        return g_strdup_printf("%s %d → %d", relaxation_at(item->index)->name, item->value, item->relaxed);
    g_autofree char *text = conflict_item_text(problem, agent, item);
    return g_strdup_printf("without %s", text);
}

/* "a, b and c". */
static void join(GString *text, int i, int n, const char *last)
{
    if (i > 0)
        g_string_append(text, i == n - 1 ? last : ", ");
}

static void describe_clash(const struct plan_problem *problem, const struct conflict *conflict, GString *text)
{
    const struct operation *op = problem->operation;
    int n_rules = 0, done = 0;
    for (int i = 0; i < conflict->n_clash; i++)
        n_rules += conflict->clash[i].kind == CONFLICT_RULE;
    for (int i = 0; i < conflict->n_clash; i++) {
        g_autofree char *item = conflict_item_text(problem, conflict->agent, &conflict->clash[i]);
        join(text, i, conflict->n_clash, " and ");
        g_string_append(text, item);
        done += conflict->clash[i].kind == CONFLICT_RULE;
        if (conflict->clash[i].kind == CONFLICT_RULE && done == n_rules)
            g_string_append_printf(text, " of contract %s",
                                   op->contracts[op->agents[conflict->agent].contract].id);
    }
    g_string_append(text, conflict->n_clash > 1 ? " cannot hold together" : " cannot hold");
}

static void describe_change(const struct plan_problem *problem, const struct conflict *conflict,
                            GString *text)
{
    bool one = conflict->n_ways > 0;
    const struct conflict_item *items = one ? conflict->ways : conflict->fix;
    int n = one ? conflict->n_ways : conflict->n_fix;
    if (n > 0)
        g_string_append(text, one && n > 1 ? "; enough is one of: " : "; enough is ");
    for (int i = 0; i < n; i++) {
        g_autofree char *item = conflict_change_text(problem, conflict->agent, &items[i]);
        join(text, i, n, one ? ", or " : " together with ");
        g_string_append(text, item);
    }
}

/* Behind the agent's name: what is the matter. */
static void describe(const struct plan_problem *problem, const struct conflict *conflict, GString *text)
{
    if (conflict->reason != NULL) {
        g_string_append(text, conflict->reason);
        return;
    }
    g_string_append(text, "no legal roster: ");
    describe_clash(problem, conflict, text);
    describe_change(problem, conflict, text);
}

char *conflict_text(const struct plan_problem *problem, const struct conflict *conflict)
{
    GString *text = g_string_new(NULL);
    describe(problem, conflict, text);
    return g_string_free(text, FALSE);
}

/* "agents a, b and c: …" for all that have the text of the first. */
static void group_text(const struct plan_problem *problem, const struct conflicts *conflicts, int first,
                       char *const *texts, GString *text)
{
    int n = 0, named = 0;
    for (int i = first; i < conflicts->n; i++)
        n += strcmp(texts[i], texts[first]) == 0;
    g_string_append(text, n > 1 ? "agents " : "agent ");
    for (int i = first; i < conflicts->n && named < NAMES_MAX; i++) {
        if (strcmp(texts[i], texts[first]) != 0)
            continue;
        join(text, named++, n, n <= NAMES_MAX ? " and " : ", ");
        g_string_append(text, problem->operation->agents[conflicts->all[i].agent].id);
    }
    if (n > NAMES_MAX)
        g_string_append_printf(text, " and %d more", n - NAMES_MAX);
    g_string_append_printf(text, ": %s", texts[first]);
}

char *conflicts_text(const struct plan_problem *problem, const struct conflicts *conflicts, int most)
{
    GString *text = g_string_new(NULL);
    char **texts = g_new0(char *, (gsize)conflicts->n + 1);
    int groups = 0;
    for (int i = 0; i < conflicts->n; i++)
        texts[i] = conflict_text(problem, &conflicts->all[i]);
    for (int i = 0; i < conflicts->n; i++) {
        bool seen = false;
        for (int k = 0; k < i && !seen; k++)
            seen = strcmp(texts[k], texts[i]) == 0;
        if (seen)
            continue;
        if (groups++ < most) {
            g_string_append(text, groups > 1 ? "\n" : "");
            group_text(problem, conflicts, i, texts, text);
        }
    }
    if (groups > most)
        g_string_append_printf(text, "\n… and %d more clashes", groups - most);
    g_strfreev(texts);
    return g_string_free(text, FALSE);
}
