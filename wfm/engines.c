#include "wfm/engines.h"

#include "wfm/accuracy.h"

static bool engine_accuracy(struct store *store, const struct accuracy_span *span, struct accuracy_row **rows,
                            int *n, GError **error)
{
    AUTO(operation) operation = store_operation_load(store, error);
    return operation != NULL && accuracy_rows(store, operation, span, rows, n, error);
}

const struct api_engines wfm_engines = {
    .accuracy = engine_accuracy,
};
