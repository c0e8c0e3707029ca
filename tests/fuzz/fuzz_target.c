/*
 * fuzz_target.c - the same for libFuzzer, to run for hours by hand: build with CC=clang --enable-sanitizers,
 * then `make tests/fuzz/fuzz-plan && tests/fuzz/fuzz-plan DIR`, DIR with plan files to begin from
 * (`wfm-bench roster --agents 4 --rounds 1 --save DIR/a.plan`).
 */
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_malloc(size + 1), *why = NULL;
    memcpy(text, data, size);
    text[size] = '\0';
    if (fuzz_plan(text, size, &why) == FUZZ_BROKEN)
        abort();
    return 0;
}
