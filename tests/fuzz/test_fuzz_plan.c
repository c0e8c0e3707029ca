/*
 * test_fuzz_plan.c - valid plan files with values swapped, made huge, negative, empty or of another type,
 * cut, and with bytes changed: whatever comes, an explanation or a roster the checker confirms.
 */
#include <string.h>

#include "core/planfile.h"
#include "scheduler/roster/roster.h"
#include "tests/fuzz/fuzz_plan.h"
#include "tests/scheduler/roster_random.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define CHUNKS 10
#define BASES 4       /* plan files per chunk */
#define MUTATIONS 100 /* of each */

/* A value of a JSON text: a number, a text that is no key, true, false or null. */
struct token {
    size_t at, length;
};

static bool in_demand(const char *text, size_t at)
{
    const char *demand = strstr(text, "\"demand\""), *past = strstr(text, "\"past\"");
    return demand != NULL && past != NULL && at > (size_t)(demand - text) && at < (size_t)(past - text);
}

/* All of them but most of the demand's, which is the bulk of a file. */
static GArray *tokens_of(const char *text)
{
    GArray *tokens = g_array_new(FALSE, FALSE, sizeof(struct token));
    for (size_t i = 0; text[i] != '\0';) {
        size_t n = strcspn(text + i, "0123456789-\"tfn");
        i += n;
        struct token token = {i, 0};
        if (text[i] == '"') {
            token.length = 2 + strcspn(text + i + 1, "\"");
            i += token.length;
            size_t blank = strspn(text + i, " \n");
            if (text[i + blank] == ':')
                continue;
        } else if (text[i] != '\0') {
            token.length = strcspn(text + i, ",]} \n");
            i += token.length;
        }
        if (token.length > 0 && (!in_demand(text, token.at) || tokens->len % 50 == 0))
            g_array_append_val(tokens, token);
    }
    return tokens;
}

static char *replaced(const char *text, struct token token, const char *by, size_t length)
{
    GString *out = g_string_new_len(text, (gssize)token.at);
    g_string_append_len(out, by, (gssize)length);
    g_string_append(out, text + token.at + token.length);
    return g_string_free(out, FALSE);
}

static char *mutated(const char *text, const GArray *tokens, struct dice *dice)
{
    static const char *const odd[] = {
        "0",     "-1",         "1",          "7",           "1440",
        "10080", "1000000000", "2147483647", "-2147483648", "9223372036854775807",
        "1e308", "-1e308",     "1e-300",     "0.5",         "null",
        "true",  "\"\"",       "\"x\"",      "[]",          "{}",
        "1e999"};
    int n = (int)tokens->len - 1;
    struct token one = g_array_index(tokens, struct token, dice_between(dice, 0, n));
    struct token two = g_array_index(tokens, struct token, dice_between(dice, 0, n));
    switch (dice_between(dice, 0, 9)) {
    case 0: /* cut */
        return g_strndup(text, (gsize)dice_between(dice, 0, (int)strlen(text)));
    case 1: { /* a byte */
        char *copy = g_strdup(text);
        copy[dice_between(dice, 0, (int)strlen(text) - 1)] = (char)dice_between(dice, 1, 255);
        return copy;
    }
    case 2:
    case 3: /* one value in place of another */
        return replaced(text, one, text + two.at, two.length);
    default: {
        const char *by = odd[dice_between(dice, 0, (int)G_N_ELEMENTS(odd) - 1)];
        return replaced(text, one, by, strlen(by));
    }
    }
}

/* The hash would refuse every change before it is looked at. */
static void drop_hash(char *text)
{
    char *hash = strstr(text, "\"inputs_sha256\"");
    ck_assert_ptr_nonnull(hash);
    char *end = strchr(hash, ',');
    memset(hash, ' ', (size_t)(end - hash) + 1);
}

static char *base_plan(unsigned number)
{
    struct roster_control control = {0};
    GError *error = NULL;
    for (;; number += 1000) {
        AUTO(plan_problem) problem = random_problem(number);
        problem->limits.rounds = 2;
        problem->limits.seconds = 0.01;
        AUTO(plan_solution)
        solution = operation_check(problem->operation, NULL) ? roster_solve(problem, &control, NULL) : NULL;
        if (solution == NULL || problem->operation->n_agents == 0)
            continue;
        char *text = plan_format(problem, solution, &error);
        ck_no_error(error);
        drop_hash(text);
        return text;
    }
}

START_TEST(explained_or_solved)
{
    int ends[FUZZ_BROKEN + 1] = {0};
    for (unsigned base = 0; base < BASES; base++) {
        g_autofree char *text = base_plan((unsigned)_i * BASES + base);
        GArray *tokens = tokens_of(text);
        struct dice dice = {(uint64_t)_i * BASES + base + 1};
        for (int m = 0; m < MUTATIONS; m++) {
            g_autofree char *mutant = mutated(text, tokens, &dice), *why = NULL;
            enum fuzz_end end = fuzz_plan(mutant, strlen(mutant), &why);
            if (end == FUZZ_BROKEN) {
                g_autofree char *kept = g_build_filename(g_get_tmp_dir(), "fuzz-broken.plan", NULL);
                g_file_set_contents(kept, mutant, -1, NULL);
                ck_abort_msg("chunk %d, base %u, mutation %d: %s; the plan is in %s", _i, base, m, why, kept);
            }
            ends[end]++;
        }
        g_array_free(tokens, TRUE);
    }
    ck_assert_msg(ends[FUZZ_REFUSED] > 20 && ends[FUZZ_SOLVED] > 20,
                  "%d refused, %d solved: not a good mixture", ends[FUZZ_REFUSED], ends[FUZZ_SOLVED]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("fuzzed plans");
    TCase *tcase = tcase_create("fuzz");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, explained_or_solved, 0, CHUNKS);
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
