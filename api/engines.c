#include "api/engines.h"

void accuracy_rows_free(struct accuracy_row *rows, int n)
{
    for (int i = 0; rows != NULL && i < n; i++) {
        g_free(rows[i].queue);
        g_free(rows[i].when);
    }
    g_free(rows);
}

void requirement_view_clear(struct requirement_view *view)
{
    g_free(view->offered);
    g_free(view->aht_s);
    g_free(view->required);
    g_free(view->at_work);
    g_free(view->sl);
    g_free(view->occupancy);
    *view = (struct requirement_view){0};
}
