#include "scheduler/roster/meetings.h"

#include <math.h>
#include <string.h>

#include "scheduler/roster/kept.h"

#define SHIFT_MEETINGS_MAX (SHIFT_ACTIVITIES_MAX - TEMPLATE_BREAKS_MAX)

/* ---- who is asked to what ---- */

static bool is_of(const struct activity *activity, const struct meeting *meeting)
{
    return activity->kind == meeting->kind && activity->start_ts >= meeting->from_ts &&
           activity->end_ts <= meeting->to_ts &&
           activity->end_ts - activity->start_ts == (int64_t)meeting->length_min * 60;
}

/* Has the agent had the meeting in the published past? */
static bool had(const struct plan_problem *problem, const struct meeting *meeting, int agent)
{
    for (int i = 0; i < problem->n_past; i++) {
        const struct shift *shift = &problem->past[i];
        for (int k = 0; k < shift->n_activities && shift->agent == agent; k++)
            if (is_of(&shift->activities[k], meeting))
                return true;
    }
    return false;
}

/* Start of the meeting in what a re-plan may not touch any more; INT64_MIN when it is not there. */
static int64_t frozen_start(const struct plan_problem *problem, const struct meeting *meeting, int agent)
{
    const struct plan_base *base = problem->base;
    int from, to;
    kept_range(base, agent, &from, &to);
    for (int i = from; i < to; i++)
        for (int k = 0; k < base->shifts[i].n_activities; k++) {
            const struct activity *activity = &base->shifts[i].activities[k];
            if (is_of(activity, meeting) && activity->start_ts < base->frozen_ts)
                return activity->start_ts;
        }
    return INT64_MIN;
}

/* Where it may start; for one held together what is frozen for one is frozen for all. */
static void limit(const struct roster_model *model, const struct meeting *meeting, struct invitation *asked)
{
    const struct plan_problem *problem = model->problem;
    int64_t step = model->interval_s, length = (int64_t)meeting->length_min * 60;
    int64_t from = MAX(meeting->from_ts, model->start_ts);
    int64_t to = MIN(meeting->to_ts, roster_model_ts(model, model->n_iv)) - length;
    int64_t frozen = INT64_MIN;
    if (problem->base != NULL) {
        for (int k = 0; meeting->together && k < meeting->n_agents && frozen == INT64_MIN; k++)
            frozen = frozen_start(problem, meeting, meeting->agents[k]);
        if (!meeting->together)
            frozen = frozen_start(problem, meeting, asked->agent);
        from = MAX(from, problem->base->frozen_ts);
    }
    if (frozen != INT64_MIN)
        from = to = frozen;
    asked->from = (int32_t)((from - model->start_ts + step - 1) / step);
    asked->to = to < model->start_ts ? -1 : (int32_t)((to - model->start_ts) / step);
}

struct order {
    struct invitation asked;
    double price;
};

static int compare_order(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    if (x->asked.agent != y->asked.agent)
        return x->asked.agent - y->asked.agent;
    if (x->price != y->price)
        return x->price > y->price ? -1 : 1;
    return x->asked.meeting - y->asked.meeting;
}

static GArray *list_invitations(const struct roster_model *model)
{
    const struct operation *operation = model->problem->operation;
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct order));
    for (int m = 0; m < operation->n_meetings; m++) {
        const struct meeting *meeting = &operation->meetings[m];
        if (meeting->price <= 0 || meeting->from_ts >= roster_model_ts(model, model->n_iv) ||
            meeting->to_ts <= model->start_ts)
            continue;
        for (int k = 0; k < meeting->n_agents; k++) {
            struct order order = {{.meeting = m, .agent = meeting->agents[k]}, meeting->price};
            limit(model, meeting, &order.asked);
            g_array_append_val(list, order);
        }
    }
    g_array_sort(list, compare_order);
    return list;
}

/* Starts from which some legal shift of the agent holds the meeting. */
static void find_starts(const struct roster_model *model, const struct invitation *asked, int length,
                        uint8_t *can)
{
    const struct agent_class *class = &model->classes[model->class_of_agent[asked->agent]];
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    for (int v = 0; v < cat->n_variants; v++) {
        const struct slot *slot = &cat->slots[cat->variants[v].slot];
        if (!class->legal[cat->variants[v].slot] ||
            model->plans[cat->starts[cat->variants[v].start].plan].on_call)
            continue;
        for (int32_t iv = MAX(slot->start_iv, asked->from); iv <= asked->to && iv + length <= slot->end_iv;
             iv++)
            can[iv] = 1;
    }
}

struct meetings *meetings_new(const struct roster_model *model)
{
    const struct operation *operation = model->problem->operation;
    if (operation->n_meetings == 0)
        return NULL;
    struct meetings *meetings = g_new0(struct meetings, 1);
    GArray *list = list_invitations(model);
    meetings->n_meetings = operation->n_meetings;
    meetings->length = g_new0(int, operation->n_meetings + 1);
    meetings->price = g_new0(double, operation->n_meetings + 1);
    meetings->together = g_new0(bool, operation->n_meetings + 1);
    for (int m = 0; m < operation->n_meetings; m++) {
        meetings->length[m] = operation->meetings[m].length_min * 60 / model->interval_s;
        meetings->price[m] = operation->meetings[m].price;
        meetings->together[m] = operation->meetings[m].together;
    }
    meetings->invitations = g_new0(struct invitation, list->len + 1);
    meetings->of_agent = g_new0(int, operation->n_agents + 1);
    meetings->of_meeting = g_new0(int, operation->n_meetings + 1);
    for (guint i = 0; i < list->len; i++) {
        struct invitation asked = g_array_index(list, struct order, i).asked;
        if (had(model->problem, &operation->meetings[asked.meeting], asked.agent))
            continue;
        meetings->invitations[meetings->n_invitations++] = asked;
        meetings->of_agent[asked.agent + 1]++;
        meetings->of_meeting[asked.meeting + 1]++;
    }
    g_array_free(list, TRUE);
    for (int a = 0; a < operation->n_agents; a++)
        meetings->of_agent[a + 1] += meetings->of_agent[a];
    for (int m = 0; m < operation->n_meetings; m++)
        meetings->of_meeting[m + 1] += meetings->of_meeting[m];
    meetings->by_meeting = g_new0(int, meetings->n_invitations + 1);
    g_autofree int *next = g_memdup2(meetings->of_meeting, sizeof(int) * (size_t)(operation->n_meetings + 1));
    for (int i = 0; i < meetings->n_invitations; i++)
        meetings->by_meeting[next[meetings->invitations[i].meeting]++] = i;
    meetings->can = g_new0(uint8_t, (size_t)meetings->n_invitations * (size_t)model->n_iv + 1);
    for (int i = 0; i < meetings->n_invitations; i++)
        find_starts(model, &meetings->invitations[i], meetings->length[meetings->invitations[i].meeting],
                    meetings->can + (size_t)i * (size_t)model->n_iv);
    if (meetings->n_invitations > 0)
        return meetings;
    meetings_free(meetings);
    return NULL;
}

void meetings_free(struct meetings *meetings)
{
    if (meetings == NULL)
        return;
    g_free(meetings->length);
    g_free(meetings->price);
    g_free(meetings->together);
    g_free(meetings->invitations);
    g_free(meetings->of_agent);
    g_free(meetings->by_meeting);
    g_free(meetings->of_meeting);
    g_free(meetings->can);
    g_free(meetings);
}

/* ---- the bound ---- */

/* What starting the invitation at iv loses, `sum` being prefix sums of the worth of the agent's work (NULL:
   worth nothing), or missing it costs. */
static double loss_at(const struct meetings *meetings, const struct roster_model *model, int invitation,
                      int32_t iv, const double *sum)
{
    int m = meetings->invitations[invitation].meeting, length = meetings->length[m];
    if (!meetings->can[(size_t)invitation * (size_t)model->n_iv + (size_t)iv])
        return meetings->price[m];
    return sum == NULL ? 0 : MIN(meetings->price[m], sum[iv + length] - sum[iv]);
}

static const double *sum_of(const struct roster_model *model, const double *sums, int set)
{
    return set < 0 ? NULL : sums + (size_t)set * (size_t)(model->n_axis + 1);
}

static void take(const struct roster_model *model, int set, int32_t iv, int length, double *taken)
{
    for (int32_t i = iv; set >= 0 && i < iv + length; i++)
        taken[(size_t)set * (size_t)model->n_axis + (size_t)i] += 1;
}

static int set_of(const struct roster_model *model, const struct invitation *asked)
{
    return model->classes[model->class_of_agent[asked->agent]].set;
}

/* One start for all: what each loses there. */
static double together_floor(const struct meetings *meetings, const struct roster_model *model,
                             const double *sums, int m, double *taken)
{
    int first = meetings->of_meeting[m], last = meetings->of_meeting[m + 1], length = meetings->length[m];
    double price = meetings->price[m], best = price * (last - first);
    int32_t start = -1;
    const struct invitation *any = &meetings->invitations[meetings->by_meeting[first]];
    for (int32_t iv = any->from; iv <= any->to; iv++) {
        double cost = 0;
        for (int i = first; i < last && cost < best; i++) {
            int asked = meetings->by_meeting[i], set = set_of(model, &meetings->invitations[asked]);
            cost += loss_at(meetings, model, asked, iv, sum_of(model, sums, set));
        }
        if (cost < best) {
            best = cost;
            start = iv;
        }
    }
    for (int i = first; i < last && start >= 0; i++) {
        int asked = meetings->by_meeting[i], set = set_of(model, &meetings->invitations[asked]);
        if (set >= 0 && loss_at(meetings, model, asked, start, sum_of(model, sums, set)) < price)
            take(model, set, start, length, taken);
    }
    return best;
}

static double alone_floor(const struct meetings *meetings, const struct roster_model *model,
                          const double *sums, int invitation, double *taken)
{
    const struct invitation *asked = &meetings->invitations[invitation];
    int set = set_of(model, asked);
    double best = meetings->price[asked->meeting];
    int32_t start = -1;
    for (int32_t iv = asked->from; iv <= asked->to; iv++) {
        double loss = loss_at(meetings, model, invitation, iv, sum_of(model, sums, set));
        if (loss < best) {
            best = loss;
            start = iv;
        }
    }
    if (start >= 0)
        take(model, set, start, meetings->length[asked->meeting], taken);
    return best;
}

double meetings_floor(const struct meetings *meetings, const struct roster_model *model, const double *price,
                      double *taken)
{
    size_t width = (size_t)model->n_axis + 1;
    g_autofree double *sums = g_new0(double, (size_t)model->n_sets *width + 1);
    double floor = 0;
    for (int s = 0; s < model->n_sets; s++)
        for (int iv = 0; iv < model->n_axis; iv++)
            sums[(size_t)s * width + (size_t)iv + 1] =
                sums[(size_t)s * width + (size_t)iv] + price[(size_t)s * (size_t)model->n_axis + (size_t)iv];
    for (int m = 0; m < meetings->n_meetings; m++) {
        int first = meetings->of_meeting[m], last = meetings->of_meeting[m + 1];
        if (first < last && meetings->together[m])
            floor += together_floor(meetings, model, sums, m, taken);
        for (int i = first; i < last && !meetings->together[m]; i++)
            floor += alone_floor(meetings, model, sums, meetings->by_meeting[i], taken);
    }
    return floor;
}

double meetings_together(const struct meetings *meetings, const struct roster_model *model, int meeting,
                         int32_t iv, const double *gain)
{
    int length = meetings->length[meeting];
    double cost = 0;
    for (int i = meetings->of_meeting[meeting]; i < meetings->of_meeting[meeting + 1]; i++) {
        int asked = meetings->by_meeting[i], set = set_of(model, &meetings->invitations[asked]);
        double loss = 0;
        for (int k = 0; k < length && set >= 0; k++)
            loss += gain[(size_t)set * (size_t)model->n_axis + (size_t)(iv + k)];
        bool can = meetings->can[(size_t)asked * (size_t)model->n_iv + (size_t)iv];
        cost += can ? MIN(loss, meetings->price[meeting]) : meetings->price[meeting];
    }
    return cost;
}

/* ---- the diary ---- */

struct diary *diary_new(const struct roster_model *model)
{
    struct diary *diary = g_new0(struct diary, 1);
    diary->model = model;
    diary->meetings = model->meetings;
    diary->at = g_new(int32_t, diary->meetings->n_invitations + 1);
    diary->start = g_new(int32_t, diary->meetings->n_meetings + 1);
    diary->shift = g_new0(int, model->n_iv + 1);
    diary->sum = g_new0(double, model->n_iv + 1);
    for (int i = 0; i < diary->meetings->n_invitations; i++)
        diary->at[i] = -1;
    for (int m = 0; m < diary->meetings->n_meetings; m++)
        diary->start[m] = -1;
    return diary;
}

void diary_free(struct diary *diary)
{
    if (diary == NULL)
        return;
    g_free(diary->at);
    g_free(diary->start);
    g_free(diary->shift);
    g_free(diary->sum);
    g_free(diary);
}

bool diary_asks(const struct diary *diary, int agent)
{
    return diary != NULL && diary->meetings->of_agent[agent] < diary->meetings->of_agent[agent + 1];
}

/* Number of the shift that works in each interval. The caller clears it again with the same tour. */
static void mark_shifts(struct diary *diary, int agent, const struct tour *tour, bool set)
{
    const struct roster_model *model = diary->model;
    const struct catalogue *cat = &model->catalogues[model->classes[model->class_of_agent[agent]].catalogue];
    for (int d = 0; d < tour->n; d++) {
        const struct duty *duty = &tour->duty[d];
        const struct slot *slot = &cat->slots[duty->slot];
        const struct break_plan *plan = &model->plans[cat->starts[cat->variants[duty->variant].start].plan];
        for (int32_t iv = slot->start_iv; iv < slot->end_iv && iv < model->n_iv; iv++)
            diary->shift[iv] = set && !plan->on_call ? d + 1 : 0;
        for (int b = 0; b < plan->n; b++)
            for (int i = 0; i < plan->len[b]; i++) {
                int32_t iv = slot->start_iv + duty->offset[plan->rule[b]] + i;
                if (iv < model->n_iv)
                    diary->shift[iv] = 0;
            }
    }
}

/* All of [iv, iv + length) is work of one shift. */
static bool fits(const struct diary *diary, int32_t iv, int length)
{
    if (iv < 0 || iv + length > diary->model->n_iv || diary->shift[iv] == 0)
        return false;
    for (int i = 1; i < length; i++)
        if (diary->shift[iv + i] != diary->shift[iv])
            return false;
    return true;
}

static bool room(const int *held, const struct diary *diary, int32_t iv)
{
    return held[diary->shift[iv] - 1] < SHIFT_MEETINGS_MAX;
}

static int32_t best_start(const struct diary *diary, const struct invitation *asked, const int *held,
                          double *least)
{
    int length = diary->meetings->length[asked->meeting];
    int32_t from = asked->from, to = asked->to, best = -1;
    *least = diary->meetings->price[asked->meeting];
    if (diary->meetings->together[asked->meeting]) {
        int32_t start = diary->start[asked->meeting];
        if (start < from || start > to)
            return -1;
        from = to = start;
    }
    for (int32_t iv = from; iv <= to; iv++) {
        double cost = diary->sum[iv + length] - diary->sum[iv];
        if (cost < *least && fits(diary, iv, length) && room(held, diary, iv)) {
            *least = cost;
            best = iv;
        }
    }
    return best;
}

void diary_place(struct diary *diary, int agent, const struct tour *tour, const double *gain)
{
    const struct meetings *meetings = diary->meetings;
    g_autofree int *held = g_new0(int, tour->n + 1);
    mark_shifts(diary, agent, tour, true);
    for (int iv = 0; iv < diary->model->n_iv; iv++)
        diary->sum[iv + 1] = diary->sum[iv] + gain[iv];
    for (int i = meetings->of_agent[agent]; i < meetings->of_agent[agent + 1]; i++) {
        const struct invitation *asked = &meetings->invitations[i];
        double least;
        int32_t iv = diary->at[i] = best_start(diary, asked, held, &least);
        if (iv < 0)
            continue;
        held[diary->shift[iv] - 1]++;
        for (int k = 0; k < meetings->length[asked->meeting]; k++)
            diary->shift[iv + k] = 0;
    }
    mark_shifts(diary, agent, tour, false);
}

int diary_cut(const struct diary *diary, int agent, int32_t *cover, int n)
{
    const struct meetings *meetings = diary->meetings;
    for (int i = meetings->of_agent[agent]; i < meetings->of_agent[agent + 1]; i++) {
        int32_t at = diary->at[i];
        int kept = 0;
        for (int k = 0; k < n && at >= 0; k++)
            if (cover[k] < at || cover[k] >= at + meetings->length[meetings->invitations[i].meeting])
                cover[kept++] = cover[k];
        n = at >= 0 ? kept : n;
    }
    return n;
}

double diary_cost(const struct diary *diary, int agent)
{
    double cost = 0;
    for (int i = diary->meetings->of_agent[agent]; i < diary->meetings->of_agent[agent + 1]; i++)
        cost += diary->at[i] < 0 ? diary->meetings->price[diary->meetings->invitations[i].meeting] : 0;
    return cost;
}

void diary_fits(struct diary *diary, int invitation, const struct tour *tour, uint8_t *ok)
{
    const struct meetings *meetings = diary->meetings;
    const struct invitation *asked = &meetings->invitations[invitation];
    int agent = asked->agent;
    g_autofree int *held = g_new0(int, tour->n + 1);
    memset(ok, 0, (size_t)diary->model->n_iv * sizeof *ok);
    mark_shifts(diary, agent, tour, true);
    for (int i = meetings->of_agent[agent]; i < meetings->of_agent[agent + 1]; i++) {
        int32_t other = diary->at[i];
        if (i == invitation || other < 0)
            continue;
        held[diary->shift[other] > 0 ? diary->shift[other] - 1 : tour->n]++;
        for (int k = 0; k < meetings->length[meetings->invitations[i].meeting]; k++)
            diary->shift[other + k] = 0;
    }
    for (int32_t iv = asked->from; iv <= asked->to; iv++)
        ok[iv] = fits(diary, iv, meetings->length[asked->meeting]) && room(held, diary, iv);
    mark_shifts(diary, agent, tour, false);
}

bool diary_lure(const struct diary *diary, int agent, const int32_t *at, double *price)
{
    const struct meetings *meetings = diary->meetings;
    bool any = false;
    for (int i = meetings->of_agent[agent]; i < meetings->of_agent[agent + 1]; i++) {
        int m = meetings->invitations[i].meeting;
        int32_t start = meetings->together[m] ? diary->start[m] : at[i];
        for (int k = 0; start >= 0 && k < meetings->length[m]; k++)
            price[start + k] = meetings->price[m] / meetings->length[m];
        any |= start >= 0;
    }
    return any;
}
