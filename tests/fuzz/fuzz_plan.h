/*
 * fuzz_plan.h - a text given to the program as a plan file, all the way: read, checked, cut into planning
 * units, solved for a moment, checked again.
 */
#ifndef WFM_TESTS_FUZZ_FUZZ_PLAN_H
#define WFM_TESTS_FUZZ_FUZZ_PLAN_H

#include <stdbool.h>
#include <stddef.h>

enum fuzz_end {
    FUZZ_REFUSED, /* the reader, or the engine, explained what is wrong */
    FUZZ_SOLVED,  /* every unit has a roster that the checker confirms */
    FUZZ_BROKEN /* an error without words, of another kind than bad input, or a roster the checker rejects */
};

/* Runs the text; the engine gets few rounds and a clock that ticks at every look. *why (g_free): what was
   said. Never crashes, never hangs: that is the test. */
enum fuzz_end fuzz_plan(const char *text, size_t length, char **why);

#endif
