#include "scheduler/roster/sell.h"

/* A work space; of one thread. */
struct lane {
    struct pricing *pricing;
    double *value;            /* slots of the largest catalogue */
    double *set_price;        /* n_axis */
    double *presence, *start; /* what the duals add to a shift: n_axis, starts of the largest catalogue */
};

struct sellers {
    const struct roster_model *model;
    const struct rows *rows;
    struct team *team;
    int *group; /* n_groups + 1: first class of each */
    int n_groups;
    struct lane *lanes;
    int n_lanes;
    /* of the run */
    const struct bound *bound;
    const double *prices, *dual;
    struct tour *tours;
    double *cost;
};

static void list_groups(struct sellers *sellers)
{
    const struct roster_model *model = sellers->model;
    sellers->group = g_new0(int, model->n_classes + 1);
    for (int c = 0; c < model->n_classes; c++) {
        const struct agent_class *class = &model->classes[c];
        if (c == 0 || class->catalogue != class[-1].catalogue || class->set != class[-1].set ||
            class->lead != class[-1].lead)
            sellers->group[sellers->n_groups++] = c;
    }
    sellers->group[sellers->n_groups] = model->n_classes;
}

struct sellers *sellers_new(const struct roster_model *model, struct pricing *pricing,
                            const struct rows *rows, struct team *team)
{
    struct sellers *sellers = g_new0(struct sellers, 1);
    int slots = 0, starts = 0;
    for (int c = 0; c < model->n_catalogues; c++) {
        slots = MAX(slots, model->catalogues[c].n_slots);
        starts = MAX(starts, model->catalogues[c].n_starts);
    }
    sellers->model = model;
    sellers->rows = rows;
    sellers->team = team;
    list_groups(sellers);
    sellers->n_lanes = team != NULL ? team_size(team) : 1;
    sellers->lanes = g_new0(struct lane, sellers->n_lanes);
    for (int i = 0; i < sellers->n_lanes; i++)
        sellers->lanes[i] = (struct lane){.pricing = i == 0 ? pricing : pricing_copy(pricing),
                                          .value = g_new0(double, slots + 1),
                                          .set_price = g_new0(double, model->n_axis + 1),
                                          .presence = g_new0(double, model->n_axis + 1),
                                          .start = g_new0(double, starts + 1)};
    return sellers;
}

void sellers_free(struct sellers *sellers)
{
    if (sellers == NULL)
        return;
    for (int i = 0; i < sellers->n_lanes; i++) {
        struct lane *lane = &sellers->lanes[i];
        if (i > 0)
            pricing_free(lane->pricing);
        g_free(lane->value);
        g_free(lane->set_price);
        g_free(lane->presence);
        g_free(lane->start);
    }
    g_free(sellers->lanes);
    g_free(sellers->group);
    g_free(sellers);
}

static void sell_group(void *data, int lane_number, int group)
{
    struct sellers *sellers = data;
    const struct lane *lane = &sellers->lanes[lane_number];
    const struct roster_model *model = sellers->model;
    int first = sellers->group[group];
    const struct agent_class *like = &model->classes[first];
    const struct catalogue *cat = &model->catalogues[like->catalogue];
    struct shift_cost cost_of_rows = {lane->presence, lane->start}, *coupled = NULL;
    if (sellers->rows != NULL &&
        rows_cost(sellers->rows, sellers->dual, cat, like->lead, lane->presence, lane->start))
        coupled = &cost_of_rows;
    bound_set_price(sellers->bound, sellers->prices, like->set, lane->set_price);
    pricing_table(lane->pricing, cat, lane->set_price, coupled, lane->value);
    for (int c = first; c < sellers->group[group + 1]; c++) {
        pricing_week(lane->pricing, &model->classes[c], lane->value, &sellers->tours[c]);
        sellers->cost[c] = pricing_bound(lane->pricing);
        pricing_place(lane->pricing, cat, lane->set_price, coupled, &sellers->tours[c]);
    }
}

void sellers_run(struct sellers *sellers, const struct bound *bound, const double *prices, const double *dual,
                 struct tour *tours, double *cost)
{
    sellers->bound = bound;
    sellers->prices = prices;
    sellers->dual = dual;
    sellers->tours = tours;
    sellers->cost = cost;
    if (sellers->team != NULL) {
        team_run(sellers->team, sell_group, sellers, sellers->n_groups);
        return;
    }
    for (int group = 0; group < sellers->n_groups; group++)
        sell_group(sellers, 0, group);
}
