/*
 * run_lines.h - what the process of an attempt says to its worker on standard output: JSON, one line each.
 *
 *   {"at": {"phase", "percent", "objective", "bound", "gap", "elapsed_s", "left_s", "unit", "units",
 * "started", "per_unit", "trace"}}
 *   {"note": ["info" | "warning", text]}
 *   {"error": [code, text]}
 *
 * "at" is what people see as the run's progress; null where there is no figure. "unit" of "units" planning
 * units are done, "started" have a roster of their own; of "per_unit" there are RUN_UNITS_SHOWN at most.
 * "trace" is how objective and bound have come there (struct run_trace).
 */
#ifndef WFM_WFM_RUN_LINES_H
#define WFM_WFM_RUN_LINES_H

#include <jansson.h>
#include <stdio.h>

#include "core/store/run.h"
#include "wfm/progress.h"

#define RUN_UNITS_SHOWN 64
#define RUN_LINE_MAX (64 * 1024)

/* Objective and bound over the seconds of an attempt, thinned by halves so that it never has more points; the
   last is the latest. */
#define RUN_TRACE_MAX 100
struct run_trace {
    int n;
    double every_s; /* between points, at least */
    double elapsed_s[RUN_TRACE_MAX], objective[RUN_TRACE_MAX], bound[RUN_TRACE_MAX];
    bool whole[RUN_TRACE_MAX]; /* all units had a roster */
};
/* Adds where it is; a state without figures is none. */
void run_trace_add(struct run_trace *trace, const struct progress_state *at, double elapsed_s);

/* The lines, each with its newline. free() them. */
char *run_line_at(const struct progress_state *at, double percent, double elapsed_s,
                  const struct run_trace *trace);
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
