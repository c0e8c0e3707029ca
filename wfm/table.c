#include "wfm/commands.h"

const struct command *wfm_commands(void)
{
    static struct command all[48];
    if (all[0].name == NULL) {
        const struct command *const each[] = {
#define X(name) &command_##name,
            COMMAND_TABLE(X)
#undef X
        };
        G_STATIC_ASSERT(G_N_ELEMENTS(each) < G_N_ELEMENTS(all));
        for (size_t i = 0; i < G_N_ELEMENTS(each); i++)
            all[i] = *each[i];
    }
    return all;
}
