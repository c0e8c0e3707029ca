/* Seasonal naive: the last seen value of the same weekday and slot. What every other model has to beat. */
#include "forecast/model_table.h"
#include "forecast/root.h"
#include "forecast/week_roots.h"

static void *fit(const struct model *model, const struct model_input *input)
{
    (void)model;
    const struct day_matrix *matrix = input->matrix;
    int n_slots = matrix->n_slots;
    struct week_roots *week = week_roots_new(matrix);
    g_autofree uint8_t *known = g_new0(uint8_t, (gsize)(WEEK_DAYS * n_slots));
    for (int i = 0; i < WEEK_DAYS * n_slots; i++)
        week->z[i] = root_from_count(0);
    for (int day = input->origin - 1; day >= 0; day--) {
        int at = matrix_weekday(matrix, day) * n_slots;
        for (int s = 0; s < n_slots; s++)
            if (!known[at + s] && matrix->seen[day * n_slots + s] > 0) {
                week->z[at + s] = matrix->z[day * n_slots + s];
                known[at + s] = 1;
            }
    }
    return week;
}

const struct model model_naive = {"seasonal naive",
                                  "same weekday, last week",
                                  7,
                                  {0.05, 0.1, 0.1},
                                  fit,
                                  week_roots_predict,
                                  week_roots_free,
                                  NULL,
                                  true};
