/* What keeps answers in memory: texts squeezed and back, and a bound that holds whatever comes. */
#include "tests/support/testing.h"

#include <string.h>

#include "api/kept.h"
#include "api/squeeze.h"

static const struct {
    const char *unit;
    int times;
} texts[] = {{"", 1},
             {"a", 1},
             {"ab", 7},
             {"a", 100000},
             {"{\"kind\":\"break\",\"paid\":true},", 3000},
             {"0123456789abcdef", 1}};

static char *text_of(int k, gsize *length)
{
    GString *text = g_string_new(NULL);
    if (k < (int)G_N_ELEMENTS(texts))
        for (int n = 0; n < texts[k].times; n++)
            g_string_append(text, texts[k].unit);
    GRand *rand = g_rand_new_with_seed((guint32)k);
    for (int n = 0; k >= (int)G_N_ELEMENTS(texts) && n < k * 997; n++) /* runs of all lengths, and noise */
        if (text->len > 8 && g_rand_int_range(rand, 0, 4) == 0)
            g_string_append_len(text, text->str + g_rand_int_range(rand, 0, (gint32)text->len / 2),
                                g_rand_int_range(rand, 0, (gint32)MIN(text->len / 2, 700)));
        else
            g_string_append_c(text, (char)g_rand_int_range(rand, 0, 256));
    g_rand_free(rand);
    *length = text->len;
    return g_string_free(text, FALSE);
}

START_TEST(squeezed_texts_come_back)
{
    gsize length, small;
    g_autofree char *text = text_of(_i, &length);
    g_autofree char *squeezed = squeeze(text, length, &small);
    g_autofree char *back = unsqueeze(squeezed, small, length);
    ck_assert_uint_le(small, length + length / 255 + 16);
    ck_assert_ptr_nonnull(back);
    ck_assert_mem_eq(back, text, length);
    if (_i < (int)G_N_ELEMENTS(texts) && texts[_i].times >= 3000)
        ck_assert_uint_lt(small * 50, length);
    for (gsize cut = 0; cut < small && cut < 300; cut++) { /* broken ones are refused, not read beyond */
        g_autofree char *part = g_memdup2(squeezed, cut + 1);
        g_free(unsqueeze(part, cut, length));
        squeezed[cut] ^= 0x55;
        g_free(unsqueeze(squeezed, small, length));
        squeezed[cut] ^= 0x55;
    }
}
END_TEST

#define AGENTS 10000
START_TEST(memory_is_bounded)
{
    static const gsize sizes[] = {1, 100, 2100, 40000};
    struct kept_answers *answers = kept_answers_new(1024 * 1024);
    struct kept_figures figures;
    char *bytes = g_malloc0(40000);
    unsigned char key[KEPT_KEY_BYTES] = {0};
    struct kept *held = NULL;
    for (int agent = 0; agent < AGENTS; agent++) {
        memcpy(key, &agent, sizeof agent);
        kept_put(answers, key, kept_new(bytes, sizes[_i]));
        if (agent == 0)
            held = kept_find(answers, key);
        kept_figures(answers, &figures);
        ck_assert_uint_le(figures.memory, figures.memory_max);
        ck_assert(kept_has(answers, key));
    }
    ck_assert_uint_gt(figures.memory, figures.memory_max / 2);
    ck_assert_uint_eq(held->n_bytes, sizes[_i]); /* what is in use stays */
    memset(key, 0, sizeof key);
    ck_assert(!kept_has(answers, key));
    kept_unref(held);
    kept_answers_free(answers);
    g_free(bytes);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/kept");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 30);
    tcase_add_loop_test(t, squeezed_texts_come_back, 0, (int)G_N_ELEMENTS(texts) + 12);
    tcase_add_loop_test(t, memory_is_bounded, 0, 4);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
