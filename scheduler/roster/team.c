#include "scheduler/roster/team.h"

#include <glib.h>
#include <stdbool.h>

struct member {
    struct team *team;
    GThread *thread;
    int lane;
};

struct team {
    struct member *members; /* size - 1: the others */
    int size;
    GMutex mutex;
    GCond start, end;
    unsigned job; /* grows with every job */
    int at_work;  /* members that have not ended the job */
    bool over;
    /* the job */
    team_fn fn;
    void *data;
    int n;
    int next; /* atomic */
};

static void do_items(struct team *team, int lane)
{
    for (;;) {
        int item = g_atomic_int_add(&team->next, 1);
        if (item >= team->n)
            return;
        team->fn(team->data, lane, item);
    }
}

static void *serve(void *user)
{
    struct member *member = user;
    struct team *team = member->team;
    unsigned done = 0;
    g_mutex_lock(&team->mutex);
    for (;;) {
        while (team->job == done && !team->over)
            g_cond_wait(&team->start, &team->mutex);
        if (team->over)
            break;
        done = team->job;
        g_mutex_unlock(&team->mutex);
        do_items(team, member->lane);
        g_mutex_lock(&team->mutex);
        if (--team->at_work == 0)
            g_cond_signal(&team->end);
    }
    g_mutex_unlock(&team->mutex);
    return NULL;
}

struct team *team_new(int threads)
{
    struct team *team = g_new0(struct team, 1);
    team->size = MAX(threads, 1);
    team->members = g_new0(struct member, team->size);
    g_mutex_init(&team->mutex);
    g_cond_init(&team->start);
    g_cond_init(&team->end);
    for (int i = 0; i + 1 < team->size; i++) {
        team->members[i] = (struct member){.team = team, .lane = i + 1};
        team->members[i].thread = g_thread_new("roster", serve, &team->members[i]);
    }
    return team;
}

void team_free(struct team *team)
{
    if (team == NULL)
        return;
    g_mutex_lock(&team->mutex);
    team->over = true;
    g_cond_broadcast(&team->start);
    g_mutex_unlock(&team->mutex);
    for (int i = 0; i + 1 < team->size; i++)
        g_thread_join(team->members[i].thread);
    g_cond_clear(&team->start);
    g_cond_clear(&team->end);
    g_mutex_clear(&team->mutex);
    g_free(team->members);
    g_free(team);
}

int team_size(const struct team *team)
{
    return team->size;
}

void team_run(struct team *team, team_fn fn, void *data, int n)
{
    if (team->size == 1 || n <= 1) {
        for (int item = 0; item < n; item++)
            fn(data, 0, item);
        return;
    }
    g_mutex_lock(&team->mutex);
    team->fn = fn;
    team->data = data;
    team->n = n;
    g_atomic_int_set(&team->next, 0);
    team->at_work = team->size - 1;
    team->job++;
    g_cond_broadcast(&team->start);
    g_mutex_unlock(&team->mutex);
    do_items(team, 0);
    g_mutex_lock(&team->mutex);
    while (team->at_work > 0)
        g_cond_wait(&team->end, &team->mutex);
    g_mutex_unlock(&team->mutex);
}
