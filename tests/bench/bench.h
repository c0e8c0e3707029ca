/*
 * bench.h - wfm-bench is one program with a subcommand per benchmark; each prints a table, or CSV with
 * --format csv.
 *
 * A benchmark lives in bench_<name>.c, defines `int bench_<name>(int argc, char **argv)` (argv[0] is its
 * name; returns an exit status) and has one row in the table of bench.c.
 */
#ifndef WFM_TESTS_BENCH_BENCH_H
#define WFM_TESTS_BENCH_BENCH_H

#include <stdbool.h>

int bench_erlang(int argc, char **argv);
int bench_transient(int argc, char **argv);
int bench_staffing(int argc, char **argv);
int bench_forecast(int argc, char **argv);
int bench_forecast_scale(int argc, char **argv);
int bench_intraday(int argc, char **argv);
int bench_reconcile(int argc, char **argv);
int bench_aht(int argc, char **argv);
int bench_forecast_score(int argc, char **argv);
int bench_sparse(int argc, char **argv);
int bench_forecast_chart(int argc, char **argv);
int bench_roster(int argc, char **argv);
int bench_curtois(int argc, char **argv);
int bench_simulate(int argc, char **argv);
int bench_sla(int argc, char **argv);
int bench_corrections(int argc, char **argv);

/* CPU nanoseconds of a day of 48 quarter hours in the fast engine of transient.h, for `wfm-bench erlang`. */
double bench_transient_day_ns(double peak_erl);

/* A table printed aligned on a terminal, or as CSV. Cells are copied. */
struct bench_table;
/* columns: NULL-terminated names. csv: machine form. */
struct bench_table *bench_table_new(bool csv, const char *const *columns);
/* One cell of the current row (printf form); a row is complete after as many cells as columns. */
void bench_cell(struct bench_table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints the complete rows not printed yet, at once: for rows that take long. Columns are as wide as what is
   known so far, and at least as a number. */
void bench_table_flush(struct bench_table *table);
/* Prints the rest and frees. */
void bench_table_end(struct bench_table *table);

/* True when "--format csv" stands in argv (and removes it); a wrong format ends the program with a message.
 */
bool bench_take_csv(int *argc, char **argv);

/* CPU seconds of this process, and monotonic wall seconds. */
double bench_cpu_s(void);
double bench_wall_s(void);

#endif
