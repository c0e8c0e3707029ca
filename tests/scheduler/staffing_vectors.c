#include "tests/scheduler/staffing_vectors.h"

#include "core/csv.h"
#include "core/error.h"
#include "tests/scheduler/staffing_vectors_internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Told apart by their columns; the first that fits. */
static const struct {
    const char *columns[8];
    void (*run)(struct vectors *file);
} kinds[] = {
    {{"model", "lambda_per_hour"}, vectors_models},
    {{"scenario", "interval", "interval_s", "lambda_per_hour", "aht_s", "agents"}, vectors_transient},
    {{"scenario", "kind", "index", "metric", "value"}, vectors_ctmc},
    {{"scenario", "metric", "mean"}, vectors_reference},
};

static int column_of(const struct vectors *file, const char *column)
{
    for (guint i = 0; i < file->header->len; i++)
        if (strcmp(file->header->pdata[i], column) == 0)
            return (int)i;
    return -1;
}

bool vectors_has(const struct vectors *file, const char *column)
{
    return column_of(file, column) >= 0;
}

const char *vectors_text(const struct vectors *file, guint row, const char *column)
{
    char **fields = file->rows->pdata[row];
    int at = column_of(file, column);
    return at >= 0 && at < (int)g_strv_length(fields) ? fields[at] : "";
}

double vectors_number(const struct vectors *file, guint row, const char *column)
{
    const char *text = vectors_text(file, row, column);
    char *end;
    double x = g_ascii_strtod(text, &end);
    return *text != '\0' && *end == '\0' ? x : NAN;
}

const char *check_text(const struct check *check, const char *column)
{
    return vectors_text(check->file, check->row, column);
}

double check_number(const struct check *check, const char *column)
{
    return vectors_number(check->file, check->row, column);
}

double check_number_or(const struct check *check, const char *column, double fallback)
{
    double x = check_number(check, column);
    return isnan(x) ? fallback : x;
}

double half_unit(const char *text)
{
    const char *point = strchr(text, '.'), *exponent = strpbrk(text, "eE");
    size_t digits = 0;
    if (point != NULL)
        digits = (exponent != NULL ? (size_t)(exponent - point) : strlen(point)) - 1;
    double scale = exponent != NULL ? (double)g_ascii_strtoll(exponent + 1, NULL, 10) : 0;
    return 0.5 * pow(10, scale - (double)digits);
}

struct check check_begin(struct vectors *file, guint row, const char *model)
{
    struct vector_result *result = (struct vector_result *)vector_results_find(file->results, model);
    if (result == NULL) {
        result = g_new0(struct vector_result, 1);
        result->model = g_strdup(model);
        g_ptr_array_add(file->results, result);
    }
    return (struct check){.file = file, .row = row, .result = result};
}

void check_end(struct check *check)
{
    check->result->rows++;
    check->result->checked += check->any;
    check->result->failed += check->failed;
}

/* What names a row to a reader: its id, or its scenario and what follows. */
static char *where(const struct check *check)
{
    const char *id = check_text(check, "id");
    if (*id != '\0')
        return g_strdup(id);
    return g_strdup_printf("%s %s%s%s", check_text(check, "scenario"), check_text(check, "kind"),
                           check_text(check, "index"), check_text(check, "interval"));
}

void check_error(struct check *check, const char *column, double got, double want, double error, bool good)
{
    check->any = true;
    if (!(error <= check->result->worst))
        check->result->worst = isnan(error) ? INFINITY : error;
    if (good)
        return;
    check->failed = true;
    g_autofree char *at = where(check);
    if (check->result->first_failed == NULL)
        check->result->first_failed = g_strdup_printf("%s %s: got %.17g, want %.17g", at, column, got, want);
}

void vectors_unknown(struct vectors *file, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    if (!g_hash_table_contains(file->said, text))
        fprintf(stderr, "%s: %s: not checked\n", file->path, text);
    g_hash_table_add(file->said, text);
}

/* ---- scenarios ---- */

static json_t *scenario_in_file(const char *path, const char *name)
{
    json_error_t error;
    json_t *all = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (all == NULL)
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
    json_t *scenario = json_incref(json_object_get(all, name));
    json_decref(all);
    return scenario;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static json_t *scenario_in_folder(const char *folder, const char *name)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    if (dir == NULL)
        return NULL;
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    for (const char *entry = g_dir_read_name(dir); entry != NULL; entry = g_dir_read_name(dir))
        if (g_str_has_suffix(entry, "_scenarios.json"))
            g_ptr_array_add(files, g_build_filename(folder, entry, NULL));
    g_dir_close(dir);
    g_ptr_array_sort(files, by_name);
    json_t *scenario = NULL;
    for (guint i = 0; i < files->len && scenario == NULL; i++)
        scenario = scenario_in_file(files->pdata[i], name);
    g_ptr_array_free(files, TRUE);
    return scenario;
}

json_t *vectors_scenario(struct vectors *file, const char *name)
{
    g_autofree char *folder = g_path_get_dirname(file->path);
    const char *shared = g_getenv("WFM_SHARED");
    /* beside the source tree, seen from there or from a build folder in it */
    const char *const elsewhere[] = {shared != NULL ? shared : "../shared", "../shared", "../../shared"};
    json_t *scenario = scenario_in_folder(folder, name);
    for (size_t i = 0; i < G_N_ELEMENTS(elsewhere) && scenario == NULL; i++) {
        g_autofree char *known = g_build_filename(elsewhere[i], "data", "staffing", NULL);
        scenario = scenario_in_folder(known, name);
    }
    if (scenario == NULL)
        vectors_unknown(file, "scenario \"%s\" (in no *_scenarios.json of %s or %s/data/staffing)", name,
                        folder, elsewhere[0]);
    return scenario;
}

/* ---- reading ---- */

static bool on_row(const struct csv_row *row, void *user, GError **error)
{
    (void)error;
    struct vectors *file = user;
    char **fields = g_new0(char *, row->n + 1);
    for (int i = 0; i < row->n; i++)
        fields[i] = g_strdup(row->fields[i]);
    if (file->header->len > 0) {
        g_ptr_array_add(file->rows, fields);
        return true;
    }
    for (int i = 0; i < row->n; i++)
        g_ptr_array_add(file->header, fields[i]);
    g_free(fields);
    return true;
}

static bool has_columns(const struct vectors *file, const char *const *columns)
{
    for (int i = 0; columns[i] != NULL; i++)
        if (!vectors_has(file, columns[i]))
            return false;
    return true;
}

bool vectors_open(struct vectors *file, const char *path, GError **error)
{
    *file = (struct vectors){
        .path = path,
        .header = g_ptr_array_new_with_free_func(g_free),
        .rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev),
        .results = g_ptr_array_new(),
        .said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    if (csv_read(path, &(struct csv_options){.separator = ','}, on_row, file, error))
        return true;
    vectors_close(file);
    return false;
}

void vectors_close(struct vectors *file)
{
    g_ptr_array_free(file->header, TRUE);
    g_ptr_array_free(file->rows, TRUE);
    g_hash_table_destroy(file->said);
    if (file->results != NULL)
        vector_results_free(file->results);
}

static bool run(struct vectors *file, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (has_columns(file, kinds[i].columns)) {
            kinds[i].run(file);
            return true;
        }
    g_ptr_array_add(file->header, NULL);
    g_autofree char *header = g_strjoinv(",", (char **)file->header->pdata);
    return wfm_fail(error, WFM_ERROR_INPUT,
                    "%s: no kind of staffing vectors has this header: \"%s\" (see the table in "
                    "tests/scheduler/staffing_vectors.h)",
                    file->path, header);
}

GPtrArray *vector_results(const char *path, char **message)
{
    struct vectors file;
    GPtrArray *results = NULL;
    g_autoptr(GError) error = NULL;
    if (vectors_open(&file, path, &error)) {
        if (run(&file, &error))
            results = g_steal_pointer(&file.results);
        vectors_close(&file);
    }
    if (results == NULL)
        *message = g_strdup(error->message);
    return results;
}

void vector_results_free(GPtrArray *results)
{
    for (guint i = 0; i < results->len; i++) {
        struct vector_result *result = results->pdata[i];
        g_free(result->model);
        g_free(result->first_failed);
        g_free(result);
    }
    g_ptr_array_free(results, TRUE);
}

const struct vector_result *vector_results_find(const GPtrArray *results, const char *model)
{
    for (guint i = 0; i < results->len; i++) {
        const struct vector_result *result = results->pdata[i];
        if (strcmp(result->model, model) == 0)
            return result;
    }
    return NULL;
}
