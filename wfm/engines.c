#include "wfm/engines.h"

#include "wfm/accuracy.h"
#include "wfm/run_ask.h"

static bool engine_accuracy(struct store *store, const struct accuracy_span *span, struct accuracy_row **rows,
                            int *n, GError **error)
{
    AUTO(operation) operation = store_operation_load(store, error);
    return operation != NULL && accuracy_rows(store, operation, span, rows, n, error);
}

static bool engine_run_ask(struct store *store, const json_t *body, enum run_kind *kind, char **ask_json,
                           json_t *errors, GError **error)
{
    json_t *ask = NULL;
    if (!run_ask_read(store, body, kind, &ask, errors, error))
        return false;
    *ask_json = json_dumps(ask, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(ask);
    return true;
}

const struct api_engines wfm_engines = {
    .run_ask = engine_run_ask,
    .accuracy = engine_accuracy,
    .requirement = engine_requirement,
};
