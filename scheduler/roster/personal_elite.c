#include "scheduler/roster/personal_elite.h"

#include <string.h>

struct elites {
    const struct personal_model *model;
    struct personal_roster *roster[ELITES_MAX];
    uint8_t *cells[ELITES_MAX]; /* n_agents × n_days × (n_tmpl + 1) */
    int n;
};

struct elites *elites_new(const struct personal_model *model)
{
    struct elites *elites = g_new0(struct elites, 1);
    elites->model = model;
    return elites;
}

void elites_free(struct elites *elites)
{
    if (elites == NULL)
        return;
    for (int i = 0; i < elites->n; i++) {
        personal_roster_free(elites->roster[i]);
        g_free(elites->cells[i]);
    }
    g_free(elites);
}

static size_t n_cells(const struct personal_model *model)
{
    return (size_t)model->n_agents * (size_t)model->n_days * (size_t)(model->n_tmpl + 1);
}

void elites_mark(const struct personal_roster *roster, uint8_t *cells)
{
    size_t n = (size_t)roster->model->n_agents * (size_t)roster->model->n_days;
    size_t stride = (size_t)(roster->model->n_tmpl + 1);
    for (size_t at = 0; at < n; at++)
        cells[at * stride + roster->work[at]] = 1;
}

void elites_add(struct elites *elites, const struct personal_roster *roster, const uint8_t *cells)
{
    size_t size = (size_t)elites->model->n_agents * (size_t)elites->model->n_days;
    int dearest = 0;
    for (int i = 0; i < elites->n; i++) {
        if (memcmp(elites->roster[i]->work, roster->work, size) == 0)
            return;
        if (elites->roster[i]->cost > elites->roster[dearest]->cost)
            dearest = i;
    }
    if (elites->n < ELITES_MAX) {
        dearest = elites->n++;
        elites->roster[dearest] = personal_roster_new(elites->model);
        elites->cells[dearest] = g_new(uint8_t, n_cells(elites->model) + 1);
    } else if (elites->roster[dearest]->cost <= roster->cost)
        return;
    personal_roster_copy(elites->roster[dearest], roster);
    memcpy(elites->cells[dearest], cells, n_cells(elites->model));
}

int elites_n(const struct elites *elites)
{
    return elites->n;
}

const struct personal_roster *elites_at(const struct elites *elites, int i)
{
    return elites->roster[i];
}

int elites_choose(const struct elites *elites, int want, struct random *random, int *chosen)
{
    int n = 0;
    want = CLAMP(want, 2, elites->n);
    for (int i = 0; i < elites->n; i++) /* each of those left with the same chance */
        if (random_next(random) % (uint64_t)(elites->n - i) < (uint64_t)(want - n))
            chosen[n++] = i;
    return n;
}

void elites_bar(const struct elites *elites, const int *chosen, int n, uint8_t *barred)
{
    size_t size = n_cells(elites->model);
    memset(barred, 1, size);
    for (int i = 0; i < n; i++)
        for (size_t at = 0; at < size; at++)
            barred[at] &= (uint8_t)!elites->cells[chosen[i]][at];
}
