#include "api/prices.h"

#include <string.h>
#include <sys/resource.h>

#include "core/error.h"

#define PATIENCE_DEFAULT_MS 5000
#define NICE 5 /* of the thread that computes */

struct prices_wait {
    struct roster_view *view; /* counted */
    bool multipliers;         /* they are enough */
    /* of who waits: */
    struct MHD_Connection *connection; /* suspended */
    gint64 until_us;
};

struct prices {
    int patience_ms;
    gint stop;    /* atomic: the explainer is to stop */
    GMutex mutex; /* guards all below, and what of every struct roster_problem is its own */
    GCond changed;
    GQueue *unexplained; /* views, counted: whose prices are asked for */
    GPtrArray *waiting;  /* struct prices_wait */
    bool resting;
    GThread *explainer, *waker;
};

void prices_wait_free(struct prices_wait *wait)
{
    if (wait == NULL)
        return;
    roster_view_unref(wait->view);
    g_free(wait);
}

/* With the mutex held: is it there, or why it never will be? */
static bool is_there(const struct prices_wait *wait)
{
    const struct roster_problem *shared = wait->view->shared;
    return shared->explained != NULL || shared->unexplained != NULL ||
           (wait->multipliers && shared->multipliers != NULL);
}

/* --- the thread that computes
 * ------------------------------------------------------------------------------------------------------- */

struct explaining {
    struct prices *prices;
    struct roster_problem *shared;
};

static bool told_to_stop(void *user)
{
    const struct explaining *e = user;
    return g_atomic_int_get(&e->prices->stop) != 0;
}

static void take_multipliers(void *user, const double *multipliers, int n)
{
    const struct explaining *e = user;
    double *own = g_new0(double, n + 1);
    memcpy(own, multipliers, (size_t)n * sizeof *own);
    g_mutex_lock(&e->prices->mutex);
    if (e->shared->multipliers == NULL) /* whoever was given the first has no lock on them */
        e->shared->multipliers = g_steal_pointer(&own);
    g_cond_broadcast(&e->prices->changed);
    g_mutex_unlock(&e->prices->mutex);
    g_free(own);
}

static gpointer explain_all(gpointer data)
{
    struct prices *prices = data;
    setpriority(PRIO_PROCESS, 0,
                NICE); /* of this thread alone: whoever waits for anything else comes first */
    g_mutex_lock(&prices->mutex);
    while (!prices->resting) {
        AUTO(roster_view) view = g_queue_pop_head(prices->unexplained);
        if (view == NULL) {
            g_cond_wait(&prices->changed, &prices->mutex);
            continue;
        }
        g_mutex_unlock(&prices->mutex);
        struct explaining e = {prices, view->shared};
        const struct explain_watch watch = {told_to_stop, take_multipliers, &e};
        GError *why = NULL;
        struct explained *explained = explain_watched(view->problem, view->made, &watch, &why);
        g_mutex_lock(&prices->mutex);
        view->shared->explained = explained;
        if (prices->resting) /* that it was stopped says nothing of the roster */
            g_clear_error(&why);
        view->shared->unexplained = why;
        g_cond_broadcast(&prices->changed);
    }
    g_mutex_unlock(&prices->mutex);
    return NULL;
}

/* --- the thread that lets go who waits
 * ------------------------------------------------------------------------------------------------------- */

/* With the mutex held: those whose time has come, out of the list; *next_us: when that of another will. */
static GPtrArray *due(struct prices *prices, gint64 *next_us)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)prices_wait_free);
    gint64 now_us = g_get_monotonic_time();
    *next_us = G_MAXINT64;
    for (guint k = 0; k < prices->waiting->len;) {
        const struct prices_wait *wait = g_ptr_array_index(prices->waiting, k);
        if (prices->resting || now_us >= wait->until_us || is_there(wait)) {
            g_ptr_array_add(out, g_ptr_array_steal_index_fast(prices->waiting, k));
        } else {
            *next_us = MIN(*next_us, wait->until_us);
            k++;
        }
    }
    return out;
}

static gpointer wake_all(gpointer data)
{
    struct prices *prices = data;
    g_mutex_lock(&prices->mutex);
    for (;;) {
        gint64 next_us;
        g_autoptr(GPtrArray) out = due(prices, &next_us);
        if (out->len > 0) {
            g_mutex_unlock(&prices->mutex);
            for (guint k = 0; k < out->len; k++)
                MHD_resume_connection(((struct prices_wait *)g_ptr_array_index(out, k))->connection);
            g_clear_pointer(&out, g_ptr_array_unref);
            g_mutex_lock(&prices->mutex);
        } else if (prices->resting) {
            break;
        } else if (next_us < G_MAXINT64) {
            g_cond_wait_until(&prices->changed, &prices->mutex, next_us);
        } else {
            g_cond_wait(&prices->changed, &prices->mutex);
        }
    }
    g_mutex_unlock(&prices->mutex);
    return NULL;
}

/* --- life
 * ------------------------------------------------------------------------------------------------------- */

struct prices *prices_start(int patience_ms)
{
    struct prices *prices = g_new0(struct prices, 1);
    prices->patience_ms = patience_ms == 0 ? PATIENCE_DEFAULT_MS : MAX(patience_ms, 0);
    g_mutex_init(&prices->mutex);
    g_cond_init(&prices->changed);
    prices->unexplained = g_queue_new();
    prices->waiting = g_ptr_array_new_with_free_func((GDestroyNotify)prices_wait_free);
    prices->explainer = g_thread_new("prices", explain_all, prices);
    prices->waker = g_thread_new("patience", wake_all, prices);
    return prices;
}

void prices_rest(struct prices *prices)
{
    if (prices == NULL)
        return;
    g_mutex_lock(&prices->mutex);
    prices->resting = true;
    g_atomic_int_set(&prices->stop, 1);
    g_cond_broadcast(&prices->changed);
    g_mutex_unlock(&prices->mutex);
    if (prices->waker != NULL)
        g_thread_join(g_steal_pointer(&prices->waker));
    if (prices->explainer != NULL)
        g_thread_join(g_steal_pointer(&prices->explainer));
}

void prices_free(struct prices *prices)
{
    if (prices == NULL)
        return;
    prices_rest(prices);
    g_queue_free_full(prices->unexplained, (GDestroyNotify)roster_view_unref);
    g_ptr_array_unref(prices->waiting);
    g_cond_clear(&prices->changed);
    g_mutex_clear(&prices->mutex);
    g_free(prices);
}

/* --- for the threads that serve
 * ------------------------------------------------------------------------------------------------------- */

/* Asked for when nobody has yet. */
static bool look(struct prices *prices, struct roster_view *view, bool multipliers, struct prices_wait **wait,
                 GError **error)
{
    struct roster_problem *shared = view->shared;
    g_mutex_lock(&prices->mutex);
    if (!shared->explaining && !prices->resting) {
        shared->explaining = true;
        g_queue_push_tail(prices->unexplained, roster_view_ref(view));
        g_cond_broadcast(&prices->changed);
    }
    bool done = shared->explained != NULL || (multipliers && shared->multipliers != NULL);
    if (!done && shared->unexplained != NULL) {
        g_propagate_error(error, g_error_copy(shared->unexplained));
    } else if (!done) {
        prices_wait_free(*wait);
        *wait = g_new0(struct prices_wait, 1);
        **wait = (struct prices_wait){.view = roster_view_ref(view), .multipliers = multipliers};
        wfm_fail(error, WFM_ERROR_LIMIT,
                 "prices of roster %" G_GINT64_FORMAT
                 " are being computed, which takes minutes for hundreds of agents; ask again",
                 view->id);
    }
    g_mutex_unlock(&prices->mutex);
    return done;
}

const struct explained *prices_explained(struct prices *prices, struct roster_view *view,
                                         struct prices_wait **wait, GError **error)
{
    return look(prices, view, false, wait, error) ? view->shared->explained : NULL;
}

const double *prices_multipliers(struct prices *prices, struct roster_view *view, struct prices_wait **wait,
                                 GError **error)
{
    static const double none[1];
    if (view->problem->demand.n_rows == 0)
        return none;
    return look(prices, view, true, wait, error) ? view->shared->multipliers : NULL;
}

bool prices_suspend(struct prices *prices, struct prices_wait **wait, struct MHD_Connection *connection)
{
    if (prices->patience_ms == 0)
        return false;
    struct prices_wait *own = g_steal_pointer(wait);
    own->connection = connection;
    own->until_us = g_get_monotonic_time() + (gint64)prices->patience_ms * 1000;
    MHD_suspend_connection(connection); /* before anybody can find it, and without the mutex: it is slow */
    g_mutex_lock(&prices->mutex);
    bool waits = !prices->resting;
    if (waits)
        g_ptr_array_add(prices->waiting, own);
    g_cond_broadcast(&prices->changed);
    g_mutex_unlock(&prices->mutex);
    if (!waits) {
        MHD_resume_connection(connection);
        prices_wait_free(own);
    }
    return true;
}
