/*
 * test_parsers.c - every parser of parsers.h on its seeds, on what fuzzers found, and on mutations of the
 * seeds by fixed numbers: the same inputs in every run.
 */
#include <string.h>

#include "core/random.h"
#include "tests/fuzz/parsers.h"
#include "tests/support/testing.h"

#define MUTANT_BYTES_MAX 65536

/* Bytes that parsers give a meaning to, and numbers at the edges of types. */
static const char *const odd[] = {
    "\n",
    "\r\n",
    "\"",
    ",",
    ";",
    "\t",
    "|",
    ":",
    "=",
    "&",
    "%",
    "%00",
    "%2F",
    "+",
    "-",
    ".",
    " ",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "/",
    "//",
    "..",
    "\\",
    "\xef\xbb\xbf",
    "\xff",
    "\xc0\x80",
    "\xed\xa0\x80",
    "0",
    "-1",
    "1e999",
    "nan",
    "inf",
    "2147483648",
    "-2147483649",
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999999",
    "2026-11-23",
    "9999-12-31T23:59:59Z",
    "0000-01-01T00:00:00Z",
    "24:00",
    "null",
    "true",
    "@include \"x\"",
    "\"\"",
};

static size_t at_random(struct random *random, size_t n)
{
    return n > 0 ? (size_t)(random_next(random) % n) : 0;
}

static void mutate(GString *text, const char *other, size_t other_length, struct random *random)
{
    size_t at = at_random(random, text->len + 1), n = at_random(random, MIN(text->len - at, (size_t)64) + 1);
    switch (random_next(random) % 7) {
    case 0: /* a bit */
        if (at < text->len)
            text->str[at] = (char)(text->str[at] ^ (1 << random_next(random) % 8));
        break;
    case 1: /* a byte */
        if (at < text->len)
            text->str[at] = (char)random_next(random);
        break;
    case 2: /* less */
        g_string_erase(text, (gssize)at, (gssize)n);
        break;
    case 3: /* the same again, elsewhere */ {
        g_autofree char *piece = g_strndup(text->str + at, n);
        g_string_insert_len(text, (gssize)at_random(random, text->len + 1), piece, (gssize)strlen(piece));
        break;
    }
    case 4: /* a piece of another seed */ {
        size_t from = at_random(random, other_length + 1), m = at_random(random, other_length - from + 1);
        g_string_insert_len(text, (gssize)at, other + from, (gssize)MIN(m, (size_t)200));
        break;
    }
    case 5: /* cut */
        if (random_next(random) % 4 == 0)
            g_string_truncate(text, at);
        break;
    default: /* a meaningful piece, in place of some bytes or before them */
        if (random_next(random) % 2 == 0)
            g_string_erase(text, (gssize)at, (gssize)n);
        g_string_insert(text, (gssize)at, odd[at_random(random, G_N_ELEMENTS(odd))]);
        break;
    }
}

static enum parser_end run(const struct parser *parser, const char *text, size_t length)
{
    g_autofree char *why = NULL;
    enum parser_end end = parser->run(text, length, &why);
    if (end == PARSER_BROKEN) {
        g_autofree char *kept = g_build_filename(g_get_tmp_dir(), "fuzz-broken", NULL);
        g_file_set_contents(kept, text, (gssize)length, NULL);
        ck_abort_msg("%s: %s; the input is in %s", parser->name, why, kept);
    }
    return end;
}

/* --- seeds and their mutations */

/* How many of each parser, so that none takes much more than a second. */
static const struct {
    const char *parser;
    int mutants;
} efforts[] = {{"guard", 100000}, {"body", 40000},  {"query", 100000}, {"time", 100000},
               {"csv", 20000},    {"opfile", 4000}, {"planfile", 4000}};

START_TEST(seeds_and_mutants_are_answered)
{
    const struct parser *parser = parser_find(efforts[_i].parser);
    ck_assert_ptr_nonnull(parser);
    g_autoptr(GPtrArray) seeds = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) lengths = g_array_new(FALSE, FALSE, sizeof(size_t));
    size_t length;
    char *seed;
    int ends[PARSER_BROKEN + 1] = {0};
    while ((seed = parser_seed(parser, (int)seeds->len, &length)) != NULL) {
        g_ptr_array_add(seeds, seed);
        g_array_append_val(lengths, length);
        ends[run(parser, seed, length)]++;
    }
    ck_assert_msg(ends[PARSER_TAKEN] > 0, "%s: no seed is taken", parser->name);
    struct random random;
    random_seed(&random, (uint64_t)_i + 1);
    for (int m = 0; m < efforts[_i].mutants; m++) {
        size_t one = at_random(&random, seeds->len), two = at_random(&random, seeds->len);
        g_autoptr(GString) text =
            g_string_new_len(g_ptr_array_index(seeds, one), (gssize)g_array_index(lengths, size_t, one));
        for (uint64_t steps = 1 + random_next(&random) % 5; steps > 0; steps--)
            mutate(text, g_ptr_array_index(seeds, two), g_array_index(lengths, size_t, two), &random);
        g_string_truncate(text, MIN(text->len, (gsize)MUTANT_BYTES_MAX));
        ends[run(parser, text->str, text->len)]++;
    }
    ck_assert_msg(ends[PARSER_REFUSED] > 20 && ends[PARSER_TAKEN] > 20,
                  "%s: %d refused, %d taken: no good mixture", parser->name, ends[PARSER_REFUSED],
                  ends[PARSER_TAKEN]);
}
END_TEST

START_TEST(every_parser_is_mutated)
{
    ck_assert_int_eq((int)G_N_ELEMENTS(efforts), n_parsers);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("fuzzed parsers");
    TCase *tcase = tcase_create("fuzz");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, seeds_and_mutants_are_answered, 0, G_N_ELEMENTS(efforts));
    tcase_add_test(tcase, every_parser_is_mutated);
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
