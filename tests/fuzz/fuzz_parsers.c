/*
 * fuzz_parsers.c - libFuzzer over one parser of parsers.h, chosen by WFM_FUZZ. With WFM_FUZZ_SEEDS=DIR it
 * writes the seeds of that parser there before it begins. tests/fuzz/run-fuzzers builds and runs it.
 */
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/parsers.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct parser *parser;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *name = g_getenv("WFM_FUZZ"), *seeds = g_getenv("WFM_FUZZ_SEEDS");
    parser = parser_find(name != NULL ? name : "");
    if (parser == NULL) {
        g_printerr("set WFM_FUZZ to the name of a parser of tests/fuzz/parsers.c\n");
        exit(2);
    }
    size_t length;
    char *text;
    for (int k = 0; seeds != NULL && (text = parser_seed(parser, k, &length)) != NULL; k++) {
        g_autofree char *path = g_strdup_printf("%s/seed-%d", seeds, k);
        g_file_set_contents(path, text, (gssize)length, NULL);
        g_free(text);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_malloc(size + 1), *why = NULL;
    memcpy(text, data, size);
    text[size] = '\0';
    if (parser->run(text, size, &why) == PARSER_BROKEN) {
        g_printerr("%s\n", why != NULL ? why : "broken");
        abort();
    }
    return 0;
}
