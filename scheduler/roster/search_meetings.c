#include "scheduler/roster/search_internal.h"

#include <math.h>
#include <string.h>

#define MEETING_ROUNDS 32 /* between two that move a meeting held together or its agents */
#define MEETING_AGENTS 40 /* looked at again when one moves */
#define MEETING_DICE 0.1

void search_open_diary(struct search *search)
{
    const struct meetings *meetings = search->model->meetings;
    int n = meetings->n_invitations + 1;
    search->diary = diary_new(search->model);
    search->most_out = MAX(search->n_agents, RUIN_MAX);
    search->best_at = g_memdup2(search->diary->at, sizeof(int32_t) * (size_t)n);
    search->old_at = g_new0(int32_t, n);
    search->try_at = g_new0(int32_t, n);
    search->best_start =
        g_memdup2(search->diary->start, sizeof(int32_t) * (size_t)(meetings->n_meetings + 1));
    search->old_start = g_new0(int32_t, meetings->n_meetings + 1);
    search->lure = g_new0(double, search->model->n_axis + 1);
}

/* Puts an agent in at the tour in scratch with meetings where they cost least; returns the objective. */
static double try_tour(struct search *search, int agent)
{
    diary_place(search->diary, agent, &search->scratch, search_gain(search, agent));
    search_put_in(search, agent, &search->scratch);
    return search_objective(search);
}

/* Times to try for meetings held alone: where they are, or anywhere. */
static void pick_times(struct search *search, int agent, bool anywhere)
{
    const struct meetings *meetings = search->model->meetings;
    for (int i = meetings->of_agent[agent]; i < meetings->of_agent[agent + 1]; i++) {
        const struct invitation *asked = &meetings->invitations[i];
        search->try_at[i] = search->diary->at[i];
        if (anywhere && !meetings->together[asked->meeting] && asked->from <= asked->to)
            search->try_at[i] = asked->from + search_random_below(search, asked->to - asked->from + 1);
    }
}

/* An agent with meetings: the best tour as if there were none, one lured by the times they are at now, and
   one by times drawn at random; whichever costs least with its meetings placed. */
void search_insert_attending(struct search *search, int agent)
{
    const struct meetings *meetings = search->model->meetings;
    int first = meetings->of_agent[agent];
    size_t n = (size_t)(meetings->of_agent[agent + 1] - first) * sizeof(int32_t);
    double best = INFINITY;
    g_autofree int32_t *now = g_memdup2(search->diary->at + first, n);
    g_autofree int32_t *at = g_memdup2(search->diary->at + first, n);
    for (int kind = 0; kind < 3; kind++) {
        memcpy(search->diary->at + first, now, n);
        memcpy(search->lure, search_gain(search, agent),
               (size_t)search->model->n_axis * sizeof *search->lure);
        pick_times(search, agent, kind == 2);
        if (kind > 0 && !diary_lure(search->diary, agent, search->try_at, search->lure))
            continue;
        search_best_tour(search, agent, search->lure);
        double objective = try_tour(search, agent);
        search_take_out(search, agent);
        if (objective >= best)
            continue;
        best = objective;
        tour_copy(&search->other, &search->scratch);
        memcpy(at, search->diary->at + first, n);
    }
    memcpy(search->diary->at + first, at, n);
    search_put_in(search, agent, &search->other);
}

static void set_time(struct search *search, int invitation, int32_t at)
{
    int agent = search->model->meetings->invitations[invitation].agent;
    if (search->diary->at[invitation] == at)
        return;
    tour_copy(&search->scratch, &search->tours[agent]);
    search_take_out(search, agent);
    search->diary->at[invitation] = at;
    search_put_in(search, agent, &search->scratch);
}

/* What it costs when those who can leave at this interval do, one after the other as long as that costs less
   than missing it, less the price they would miss; `go` by place in the meeting. */
static double time_cost(struct search *search, int m, int32_t at, const uint8_t *ok, uint8_t *go)
{
    const struct roster_model *model = search->model;
    const struct meetings *meetings = model->meetings;
    int length = meetings->length[m], n = meetings->of_meeting[m + 1] - meetings->of_meeting[m];
    double cost = 0;
    for (int i = 0; i < n; i++) {
        int agent = meetings->invitations[meetings->by_meeting[meetings->of_meeting[m] + i]].agent;
        int set = search_class(search, agent)->set;
        double loss = 0;
        go[i] = 0;
        if (!ok[(size_t)i * (size_t)model->n_iv + (size_t)at])
            continue;
        for (int k = 0; k < length && set >= 0; k++) {
            int *count = search->count + (size_t)(at + k) * (size_t)model->n_sets;
            loss += worth_value(search->worth, at + k, count);
            count[set]--;
            loss -= worth_value(search->worth, at + k, count);
        }
        go[i] = loss < meetings->price[m];
        for (int k = 0; k < length && set >= 0 && !go[i]; k++)
            search->count[(size_t)(at + k) * (size_t)model->n_sets + (size_t)set]++;
        cost += go[i] ? loss - meetings->price[m] : 0;
    }
    for (int i = 0; i < n; i++) {
        int agent = meetings->invitations[meetings->by_meeting[meetings->of_meeting[m] + i]].agent;
        int set = search_class(search, agent)->set;
        for (int k = 0; k < length && set >= 0 && go[i]; k++)
            search->count[(size_t)(at + k) * (size_t)model->n_sets + (size_t)set]++;
    }
    return cost;
}

/* The best start of a meeting held together for the rosters at hand. */
void search_retime(struct search *search, int m)
{
    const struct meetings *meetings = search->model->meetings;
    const int *asked = meetings->by_meeting + meetings->of_meeting[m];
    int n = meetings->of_meeting[m + 1] - meetings->of_meeting[m];
    if (n == 0 || !meetings->together[m])
        return;
    size_t n_iv = (size_t)search->model->n_iv;
    g_autofree uint8_t *ok = g_new0(uint8_t, (size_t)n * n_iv + 1);
    g_autofree uint8_t *go = g_new0(uint8_t, n + 1), *best_go = g_new0(uint8_t, n + 1);
    g_autofree int32_t *was = g_new0(int32_t, n + 1);
    double old = search_objective(search), best = 0;
    int32_t old_start = search->diary->start[m], start = -1;
    for (int i = 0; i < n; i++) {
        was[i] = search->diary->at[asked[i]];
        set_time(search, asked[i], -1);
        diary_fits(search->diary, asked[i], &search->tours[meetings->invitations[asked[i]].agent],
                   ok + (size_t)i * n_iv);
    }
    const struct invitation *any = &meetings->invitations[asked[0]];
    for (int32_t iv = any->from; iv <= any->to; iv++) {
        double cost = time_cost(search, m, iv, ok, go);
        if (cost < best) {
            best = cost;
            start = iv;
            memcpy(best_go, go, (size_t)n);
        }
    }
    for (int i = 0; i < n; i++)
        set_time(search, asked[i], best_go[i] ? start : -1);
    search->diary->start[m] = start;
    if (search_objective(search) <= old + 1e-9 * fabs(old))
        return;
    for (int i = 0; i < n; i++)
        set_time(search, asked[i], was[i]);
    search->diary->start[m] = old_start;
}

void search_retime_all(struct search *search)
{
    for (int m = 0; search->diary != NULL && m < search->model->meetings->n_meetings; m++)
        search_retime(search, m);
}

/* Which meeting held together is looked at in this round: now and then one, -1 else. */
int search_pick_meeting(struct search *search, bool *move)
{
    const struct meetings *meetings = search->model->meetings;
    *move = false;
    if (search->diary == NULL || search->rounds % MEETING_ROUNDS != 0)
        return -1;
    int m = search_random_below(search, meetings->n_meetings), first = meetings->of_meeting[m];
    bool held = meetings->together[m] && first < meetings->of_meeting[m + 1];
    const struct invitation *asked = &meetings->invitations[meetings->by_meeting[held ? first : 0]];
    if (!held || asked->from > asked->to)
        return -1;
    *move = search->rounds / MEETING_ROUNDS % 2 == 1;
    return m;
}

int search_asked_to(const struct search *search, int m)
{
    return search->model->meetings->of_meeting[m + 1] - search->model->meetings->of_meeting[m];
}

/* A start for the meeting, likely one that costs little at what work is worth now, other than where it is; -1
   when there is none. What one more is worth says little of many who leave: hence the dice. */
static int32_t draw_start(struct search *search, int m)
{
    const struct meetings *meetings = search->model->meetings;
    const struct invitation *asked = &meetings->invitations[meetings->by_meeting[meetings->of_meeting[m]]];
    double none = meetings->price[m] * search_asked_to(search, m), least = INFINITY;
    const double *gain = search_gains(search);
    int32_t best = -1;
    for (int32_t iv = asked->from; iv <= asked->to; iv++) {
        double cost = meetings_together(meetings, search->model, m, iv, gain);
        if (iv == search->diary->start[m] || cost >= none)
            continue;
        cost += MEETING_DICE * none * random_uniform(&search->random);
        if (cost < least) {
            least = cost;
            best = iv;
        }
    }
    return best;
}

/* The meeting is tried elsewhere: those who are asked go out, and some more follow to be looked at again;
   returns how many in all. */
int search_move_meeting(struct search *search, int m)
{
    const struct meetings *meetings = search->model->meetings;
    int first = meetings->of_meeting[m], n = meetings->of_meeting[m + 1] - first;
    for (int i = 0; i < n; i++)
        search->out[i] = meetings->invitations[meetings->by_meeting[first + i]].agent;
    for (int a = 0, from = search_random_below(search, search->n_agents);
         a < search->n_agents && n < MEETING_AGENTS && n < search->most_out; a++) {
        int agent = (from + a) % search->n_agents;
        bool again = false;
        for (int i = 0; i < n; i++)
            again |= search->out[i] == agent;
        if (!again)
            search->out[n++] = agent;
    }
    search->diary->start[m] = draw_start(search, m);
    return n;
}

void search_copy_diary(struct search *search, int32_t *at, const int32_t *from_at, int32_t *start,
                       const int32_t *from_start)
{
    const struct meetings *meetings = search->model->meetings;
    memcpy(at, from_at, (size_t)meetings->n_invitations * sizeof *at);
    memcpy(start, from_start, (size_t)meetings->n_meetings * sizeof *start);
}
