#include "api/engines.h"

void accuracy_rows_free(struct accuracy_row *rows, int n)
{
    for (int i = 0; rows != NULL && i < n; i++) {
        g_free(rows[i].queue);
        g_free(rows[i].when);
    }
    g_free(rows);
}
