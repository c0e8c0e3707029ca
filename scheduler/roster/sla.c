#include "scheduler/roster/sla.h"

#include <math.h>
#include <string.h>

#define STEER_ROUNDS 100  /* between two moves of the multipliers */
#define STEER_RATE 0.15   /* their largest relative move */
#define STEER_LEAST 0.002 /* of the price: least multiplier the search works at */

struct sla_account {
    const struct demand *demand;
    struct worth *worth;
    double *total;    /* n_rows: contacts of all pieces */
    double *got;      /* n_rows */
    double *contacts; /* n_iv × n_queues */
    int *row;         /* n_iv × n_queues: -1 = none */
    int *lean;        /* n_rows: rounds that ended short less those that did not */
    int rounds;
    double *kept; /* n_rows */
};

struct sla_account *sla_account_new(const struct roster_model *model, struct worth *worth)
{
    const struct demand *demand = &model->problem->demand;
    if (demand->n_rows == 0)
        return NULL;
    struct sla_account *account = g_new0(struct sla_account, 1);
    size_t cells = (size_t)demand->n_queues * (size_t)demand->grid.n, n = (size_t)demand->n_rows;
    account->demand = demand;
    account->worth = worth;
    account->total = g_new0(double, n + 1);
    account->got = g_new0(double, n + 1);
    account->contacts = g_new0(double, cells + 1);
    account->row = g_new(int, cells + 1);
    account->lean = g_new0(int, n + 1);
    account->kept = g_new0(double, n + 1);
    memset(account->row, -1, cells * sizeof *account->row);
    for (int r = 0; r < demand->n_rows; r++) {
        const struct sla_row *row = &demand->rows[r];
        for (int32_t iv = row->from_iv; iv < row->to_iv; iv++) {
            account->row[(size_t)iv * (size_t)demand->n_queues + (size_t)row->queue] = r;
            for (int k = 0; k < demand->n_pieces; k++) {
                size_t at = DEMAND_PIECE(demand, row->queue, iv, k);
                account->total[r] += demand->width[at] * demand->gain[at];
            }
        }
    }
    sla_account_keep(account);
    return account;
}

void sla_account_free(struct sla_account *account)
{
    if (account == NULL)
        return;
    void *const owned[] = {account->total, account->got,  account->contacts,
                           account->row,   account->lean, account->kept};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(account);
}

/* A of one row. */
static double row_cost(const struct sla_account *account, int r)
{
    const struct sla_row *row = &account->demand->rows[r];
    double got = account->got[r];
    return row->price * MAX(row->need - got, 0) +
           worth_multipliers(account->worth)[r] * (got - account->total[r]);
}

double sla_account_clear(struct sla_account *account)
{
    double sum = 0;
    if (account == NULL)
        return 0;
    const struct demand *demand = account->demand;
    memset(account->got, 0, (size_t)demand->n_rows * sizeof *account->got);
    memset(account->contacts, 0,
           (size_t)demand->n_queues * (size_t)demand->grid.n * sizeof *account->contacts);
    for (int r = 0; r < demand->n_rows; r++)
        sum += row_cost(account, r);
    return sum;
}

double sla_account_set(struct sla_account *account, int iv)
{
    double change = 0;
    if (account == NULL)
        return 0;
    size_t n = (size_t)account->demand->n_queues, first = (size_t)iv * n;
    const double *now = worth_contacts(account->worth);
    for (size_t q = 0; q < n; q++) {
        int r = account->row[first + q];
        double more = now[q] - account->contacts[first + q];
        if (r < 0 || more == 0)
            continue;
        change -= row_cost(account, r);
        account->contacts[first + q] = now[q];
        account->got[r] += more;
        change += row_cost(account, r);
    }
    return change;
}

bool sla_account_steer(struct sla_account *account)
{
    if (account == NULL)
        return false;
    int n = account->demand->n_rows;
    for (int r = 0; r < n; r++)
        account->lean[r] += account->got[r] < account->demand->rows[r].need ? 1 : -1;
    if (++account->rounds < STEER_ROUNDS)
        return false;
    g_autofree double *next = g_new(double, n + 1);
    for (int r = 0; r < n; r++) {
        double price = account->demand->rows[r].price, old = worth_multipliers(account->worth)[r];
        double moved = MAX(old, STEER_LEAST * price) * exp(STEER_RATE * account->lean[r] / account->rounds);
        next[r] = CLAMP(moved, STEER_LEAST * price, price);
        account->lean[r] = 0;
    }
    account->rounds = 0;
    worth_reprice(account->worth, next);
    return true;
}

void sla_account_keep(struct sla_account *account)
{
    if (account != NULL)
        memcpy(account->kept, worth_multipliers(account->worth),
               (size_t)account->demand->n_rows * sizeof *account->kept);
}

bool sla_account_return(struct sla_account *account)
{
    if (account == NULL)
        return false;
    worth_reprice(account->worth, account->kept);
    return true;
}

double sla_shortage(const struct demand *demand, const double *staffed)
{
    double sum = 0;
    g_autofree double *missing = g_new(double, demand->n_rows + 1);
    for (int r = 0; r < demand->n_rows; r++)
        missing[r] = demand->rows[r].need;
    for (int q = 0, r = 0; q < demand->n_queues; q++)
        for (int iv = 0; iv < demand->grid.n; iv++) {
            while (r < demand->n_rows &&
                   (demand->rows[r].queue < q || (demand->rows[r].queue == q && demand->rows[r].to_iv <= iv)))
                r++;
            bool counts = r < demand->n_rows && demand->rows[r].queue == q && demand->rows[r].from_iv <= iv;
            double agents = staffed[DEMAND_CELL(demand, q, iv)];
            for (int k = 0; k < demand->n_pieces; k++) {
                size_t at = DEMAND_PIECE(demand, q, iv, k);
                double used = MIN(agents, demand->width[at]);
                agents -= used;
                sum += (demand->width[at] - used) * demand->value[at];
                if (counts)
                    missing[r] -= used * demand->gain[at];
            }
        }
    for (int r = 0; r < demand->n_rows; r++)
        sum += demand->rows[r].price * MAX(missing[r], 0);
    return sum;
}
