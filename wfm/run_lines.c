#include "wfm/run_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"

static json_t *rounded(double value, double digits)
{
    return isfinite(value) ? json_real(round(value * digits) / digits) : json_null();
}

static json_t *gap_of(double objective, double bound)
{
    bool known = isfinite(objective) && isfinite(bound) && objective > 0;
    return known ? rounded((objective - bound) / objective, 1e6) : json_null();
}

/* Takes the value. free(). */
static char *line_of(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(12));
    json_decref(value);
    size_t length = strlen(text);
    char *line = realloc(text, length + 2);
    line[length] = '\n';
    line[length + 1] = '\0';
    return line;
}

/* Every second point goes. */
static void thin(struct run_trace *trace)
{
    int n = 0;
    for (int i = 0; i < trace->n; i += 2, n++) {
        trace->elapsed_s[n] = trace->elapsed_s[i];
        trace->objective[n] = trace->objective[i];
        trace->bound[n] = trace->bound[i];
        trace->whole[n] = trace->whole[i];
    }
    trace->n = n;
    trace->every_s = trace->elapsed_s[n - 1] / RUN_TRACE_MAX * 2;
}

void run_trace_add(struct run_trace *trace, const struct progress_state *at, double elapsed_s)
{
    if (!isfinite(at->objective) || !isfinite(at->bound))
        return;
    bool close = trace->n > 1 && elapsed_s - trace->elapsed_s[trace->n - 2] < trace->every_s;
    if (!close && trace->n == RUN_TRACE_MAX)
        thin(trace);
    int i = close ? trace->n - 1 : trace->n++;
    trace->elapsed_s[i] = elapsed_s;
    trace->objective[i] = at->objective;
    trace->bound[i] = at->bound;
    trace->whole[i] = at->n_started == at->n_units;
}

static json_t *trace_json(const struct run_trace *trace)
{
    json_t *elapsed = json_array(), *objective = json_array(), *bound = json_array(), *whole = json_array();
    for (int i = 0; i < trace->n; i++) {
        json_array_append_new(elapsed, rounded(trace->elapsed_s[i], 10));
        json_array_append_new(objective, rounded(trace->objective[i], 100));
        json_array_append_new(bound, rounded(trace->bound[i], 100));
        json_array_append_new(whole, json_boolean(trace->whole[i]));
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "elapsed_s", elapsed, "objective", objective, "bound", bound,
                     "whole", whole);
}

char *run_line_at(const struct progress_state *at, double percent, double elapsed_s,
                  const struct run_trace *trace)
{
    json_t *units = json_array();
    int done = 0;
    for (int i = 0; i < at->n_units; i++) {
        const struct progress_unit *unit = &at->units[i];
        done += strcmp(unit->state, "done") == 0;
        if (i < RUN_UNITS_SHOWN)
            json_array_append_new(units, json_pack("{s:s, s:s, s:o, s:o, s:o}", "state", unit->state, "phase",
                                                   unit->phase, "objective", rounded(unit->objective, 100),
                                                   "bound", rounded(unit->bound, 100), "gap",
                                                   gap_of(unit->objective, unit->bound)));
    }
    json_t *json = json_pack("{s:s, s:o}", "phase", at->phase, "percent", rounded(percent, 10));
    json_object_set_new(json, "objective", rounded(at->objective, 100));
    json_object_set_new(json, "bound", rounded(at->bound, 100));
    bool whole = at->n_started == at->n_units;
    json_object_set_new(json, "gap", whole ? gap_of(at->objective, at->bound) : json_null());
    json_object_set_new(json, "elapsed_s", rounded(elapsed_s, 10));
    json_object_set_new(json, "left_s", rounded(at->left_s, 10));
    json_object_set_new(json, "unit", json_integer(done));
    json_object_set_new(json, "units", json_integer(at->n_units));
    json_object_set_new(json, "started", json_integer(at->n_started));
    json_object_set_new(json, "per_unit", units);
    json_object_set_new(json, "trace", trace_json(trace));
    return line_of(json_pack("{s:o}", "at", json));
}

char *run_line_note(enum run_severity severity, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    return line_of(json_pack("{s:[s, s]}", "note", run_severity_name(severity), valid));
}

char *run_line_error(const GError *error)
{
    g_autofree char *valid = g_utf8_make_valid(error->message, -1);
    return line_of(json_pack("{s:[i, s]}", "error",
                             error->domain == WFM_ERROR ? error->code : WFM_ERROR_INTERNAL, valid));
}

bool run_line_parse(const char *text, struct run_line *out)
{
    *out = (struct run_line){.code = -1};
    json_t *root = json_loads(text, 0, NULL), *at = json_object_get(root, "at");
    const char *severity = NULL, *said = NULL;
    int code = -1;
    bool ok = true;
    if (json_is_object(at))
        out->at_json = json_dumps(at, JSON_COMPACT | JSON_REAL_PRECISION(12));
    else if (json_unpack(root, "{s:[s, s]}", "note", &severity, &said) == 0)
        ok = run_severity_parse(severity, &out->severity);
    else if (json_unpack(root, "{s:[i, s]}", "error", &code, &said) == 0)
        ok = code >= 0 && code < WFM_ERROR_N;
    else
        ok = false;
    if (ok) {
        out->text = g_strdup(said);
        out->code = code;
    }
    json_decref(root);
    return ok;
}

void run_line_clear(struct run_line *line)
{
    free(line->at_json);
    g_free(line->text);
    *line = (struct run_line){.code = -1};
}
