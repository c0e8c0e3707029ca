#include "tests/bench/files_ask.h"

#include "tests/bench/bench.h"
#include "tests/bench/series_files.h"

#include <stdio.h>

bool files_ask_parse(struct files_ask *ask, int argc, char **argv, const GOptionEntry *own)
{
    *ask = (struct files_ask){.name = argv[0], .csv = bench_take_csv(&argc, argv)};
    const GOptionEntry special[] = {
        {"special", 0, 0, G_OPTION_ARG_FILENAME, &ask->special, "special days: queue,date,name,kind", "FILE"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    const GOptionEntry files[] = {
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &ask->files, NULL, NULL},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new("FILE.csv…");
    g_option_context_add_main_entries(context, special, NULL);
    g_option_context_add_main_entries(context, own, NULL);
    g_option_context_add_main_entries(context, files, NULL);
    return g_option_context_parse(context, &argc, &argv, &ask->error) && ask->files != NULL;
}

static void files_ask_clear(struct files_ask *ask)
{
    g_clear_pointer(&ask->files, g_strfreev);
    g_clear_pointer(&ask->special, g_free);
    g_clear_error(&ask->error);
}

int files_ask_refuse(struct files_ask *ask, const char *needs)
{
    fprintf(stderr, "wfm-bench %s: %s\n", ask->name, ask->error != NULL ? ask->error->message : needs);
    files_ask_clear(ask);
    return 2;
}

GPtrArray *files_ask_read(struct files_ask *ask)
{
    GPtrArray *queues = series_files_read(ask->files, ask->special, &ask->error);
    if (queues == NULL)
        fprintf(stderr, "wfm-bench %s: %s\n", ask->name, ask->error->message);
    files_ask_clear(ask);
    return queues;
}

int files_ask_table(struct files_ask *ask, const char *const *columns,
                    bool (*queue)(const struct file_queue *queue, struct bench_table *table, void *user),
                    void (*all)(struct bench_table *table, void *user), void *user)
{
    bool csv = ask->csv, good = true;
    GPtrArray *queues = files_ask_read(ask);
    if (queues == NULL)
        return 1;
    struct bench_table *table = bench_table_new(csv, columns);
    for (guint i = 0; i < queues->len && good; i++)
        good = queue(queues->pdata[i], table, user);
    all(table, user);
    bench_table_end(table);
    g_ptr_array_free(queues, TRUE);
    return good ? 0 : 1;
}
