/*
 * run_lines.h - what the process of an attempt says to its worker on standard output: JSON, one line each.
 *
 *   {"at": {"phase", "percent", "objective", "bound", "gap", "elapsed_s", "left_s", "unit", "units",
 * "per_unit"}}
 *   {"note": ["info" | "warning", text]}
 *   {"error": [code, text]}
 *
 * "at" is what people see as the run's progress; null where there is no figure. "unit" of "units" planning
 * units are done; of "per_unit" there are RUN_UNITS_SHOWN at most.
 */
#ifndef WFM_WFM_RUN_LINES_H
#define WFM_WFM_RUN_LINES_H

#include <jansson.h>
#include <stdio.h>

#include "core/store/run.h"
#include "wfm/progress.h"

#define RUN_UNITS_SHOWN 64
#define RUN_LINE_MAX (64 * 1024)

/* The lines, each with its newline. free() them. */
char *run_line_at(const struct progress_state *at, double percent, double elapsed_s);
char *run_line_note(enum run_severity severity, const char *text);
char *run_line_error(const GError *error);

struct run_line {
    char *at_json; /* or NULL */
    char *text;    /* of a note or an error, or NULL */
    enum run_severity severity;
    int code; /* of an error; -1: none */
};
/* Reads one without its newline; false when it is none. run_line_clear. */
bool run_line_parse(const char *text, struct run_line *out);
void run_line_clear(struct run_line *line);

#endif
