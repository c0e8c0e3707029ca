/*
 * kill_publisher CONNINFO ROSTER: publishes a draft and says "published" on standard output once the store
 * has said so. tests/e2e/test_kill.c kills it, or the database under it, at any moment.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/store/store.h"

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 3)
        return 2;
    AUTO(store) store = store_open(argv[1], &error);
    if (store == NULL ||
        !store_roster_publish(store, g_ascii_strtoll(argv[2], NULL, 10), "publisher", &error)) {
        fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    puts("published");
    fflush(stdout);
    return EXIT_SUCCESS;
}
