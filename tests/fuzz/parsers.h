/*
 * parsers.h - one entry per parser that reads what strangers send: bytes in, and whatever comes, an answer or
 * an explanation. The same entries serve libFuzzer (fuzz_parsers.c, run-fuzzers) and the test of `make check`
 * (test_parsers.c), which mutates the same seeds from fixed numbers.
 */
#ifndef WFM_TESTS_FUZZ_PARSERS_H
#define WFM_TESTS_FUZZ_PARSERS_H

#include <glib.h>
#include <stdint.h>

enum parser_end {
    PARSER_REFUSED, /* with an error of ours that says why */
    PARSER_TAKEN,
    PARSER_BROKEN /* an error without words or of a kind that blames us, or a value that does not read back */
};

struct parser {
    const char *name;
    /* *why (g_free; may stay NULL): what was said, or what is broken. `text` has a NUL behind `length`. */
    enum parser_end (*run)(const char *text, size_t length, char **why);
};

extern const struct parser parsers[];
extern const int n_parsers;

/* NULL when there is none of that name. */
const struct parser *parser_find(const char *name);

/* Seed number k of a parser (g_free), NULL past the last. Some are files of the source tree. */
char *parser_seed(const struct parser *parser, int k, size_t *length);

#endif
