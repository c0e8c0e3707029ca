#include "scheduler/roster/lattice.h"

#include <math.h>
#include <string.h>

struct lattice {
    int n_iv, n_sets;
    int *most;      /* n_iv × n_sets: agents beyond it add nothing */
    size_t *first;  /* n_iv: where its table begins */
    double *values; /* by interval, then staffing */
};

/* Agents of the set alone until one more adds nothing; further ones add nothing beside others either. */
static int most_useful(const struct roster_model *model, struct worth *worth, int iv, int set, int *count)
{
    memset(count, 0, (size_t)model->n_sets * sizeof *count);
    while (count[set] < model->sets[set].n_agents) {
        if (worth_gain(worth, iv, count, set) <= 0)
            break;
        count[set]++;
    }
    return count[set];
}

static void fill_table(struct lattice *lattice, struct worth *worth, int iv, int *count)
{
    const int *most = lattice->most + (size_t)iv * (size_t)lattice->n_sets;
    double *value = lattice->values + lattice->first[iv];
    memset(count, 0, (size_t)lattice->n_sets * sizeof *count);
    for (int s = 0; s >= 0;) {
        *value++ = worth_alone(worth, iv, count);
        for (s = lattice->n_sets - 1; s >= 0 && ++count[s] > most[s]; s--)
            count[s] = 0;
    }
}

struct lattice *lattice_new(const struct roster_model *model, struct worth *worth, size_t points)
{
    if (model->n_sets == 0 || model->problem->demand.n_rows > 0)
        return NULL;
    AUTO(lattice) lattice = g_new0(struct lattice, 1);
    g_autofree int *count = g_new0(int, model->n_sets);
    size_t n = 0;
    lattice->n_iv = model->n_iv;
    lattice->n_sets = model->n_sets;
    lattice->most = g_new0(int, (size_t)model->n_iv *(size_t)model->n_sets + 1);
    lattice->first = g_new0(size_t, model->n_iv + 1);
    for (int iv = 0; iv < model->n_iv; iv++) {
        size_t size = 1;
        lattice->first[iv] = n;
        for (int s = 0; s < model->n_sets && size <= points; s++) {
            int most = most_useful(model, worth, iv, s, count);
            lattice->most[(size_t)iv * (size_t)model->n_sets + (size_t)s] = most;
            size *= (size_t)most + 1;
        }
        n += size;
        if (n > points)
            return NULL;
    }
    lattice->values = g_new(double, n + 1);
    for (int iv = 0; iv < model->n_iv; iv++)
        fill_table(lattice, worth, iv, count);
    return g_steal_pointer(&lattice);
}

void lattice_free(struct lattice *lattice)
{
    if (lattice == NULL)
        return;
    g_free(lattice->most);
    g_free(lattice->first);
    g_free(lattice->values);
    g_free(lattice);
}

double lattice_buy(const struct lattice *lattice, int iv, const double *price, int *count)
{
    int last = lattice->n_sets - 1;
    size_t n_iv = (size_t)lattice->n_iv;
    const int *most = lattice->most + (size_t)iv * (size_t)lattice->n_sets;
    const double *value = lattice->values + lattice->first[iv];
    double best = -INFINITY, own = price[(size_t)last * n_iv + (size_t)iv];
    size_t at = 0, best_at = 0;
    g_autofree int *others = g_new0(int, lattice->n_sets);
    for (int s = 0; s >= 0;) {
        double paid = 0;
        for (int k = 0; k < last; k++)
            paid += others[k] * price[(size_t)k * n_iv + (size_t)iv];
        for (int k = 0; k <= most[last]; k++) {
            double left = value[at + (size_t)k] - (paid + k * own);
            if (left > best) {
                best = left;
                best_at = at + (size_t)k;
            }
        }
        at += (size_t)most[last] + 1;
        for (s = last - 1; s >= 0 && ++others[s] > most[s]; s--)
            others[s] = 0;
    }
    for (int s = last; s >= 0; s--) {
        count[s] = (int)(best_at % ((size_t)most[s] + 1));
        best_at /= (size_t)most[s] + 1;
    }
    return best;
}
