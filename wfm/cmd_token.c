#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/settings.h"

static const struct option_row create_rows[] = {
    {"role", OPTION_CHOICE, "planner|client|agent", NULL, 0, 0,
     "planner: everything; client: own queues, read only; agent: own shifts"},
    {"client", OPTION_TEXT, "ID", NULL, 0, 0, "whose, for the role client"},
    {"agent", OPTION_TEXT, "ID", NULL, 0, 0, "whose, for the role agent"},
    {"scope", OPTION_TEXT, "LIST", NULL, 0, 0,
     "what a planner's token may do: some of read,plan,publish,admin; default: all"},
    {"label", OPTION_TEXT, "TEXT", NULL, 0, 0, "what it is for, shown by wfm token list"},
    {"expires", OPTION_SPAN, "TIME", "90d", 60, 315360000, "valid for so long from now"},
    {.name = NULL},
};

static bool run_create(const struct options *options, GError **error)
{
    enum role role;
    if (!options_given(options, "role") || !role_parse(options_text(options, "role"), &role))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "whose token? --role planner, --role client --client ID or --role agent --agent ID");
    const char *client = options_text(options, "client"), *agent = options_text(options, "agent");
    if ((client != NULL) != (role == ROLE_CLIENT) || (agent != NULL) != (role == ROLE_AGENT))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "role client needs --client, role agent needs --agent, planner neither");
    unsigned scopes = 0;
    if (options_given(options, "scope") && !scopes_parse(options_text(options, "scope"), &scopes, error))
        return false;
    if (scopes != 0 && scopes != TOKEN_READ && role != ROLE_PLANNER)
        return wfm_fail(error, WFM_ERROR_USAGE, "--scope: a token of role %s has the scope read",
                        role_name(role));
    AUTO(store) store = settings_store(options, error);
    if (store == NULL)
        return false;
    int64_t expires_ts = g_get_real_time() / G_USEC_PER_SEC + (int64_t)options_real(options, "expires"), id;
    g_autofree char *text = NULL;
    const struct token_info wanted = {.role = role,
                                      .scopes = scopes,
                                      .client = (char *)client,
                                      .agent = (char *)agent,
                                      .label = (char *)options_text(options, "label"),
                                      .expires_ts = expires_ts};
    if (!store_token_make(store, &wanted, settings_actor(), &text, &id, error))
        return false;
    puts(text);
    fprintf(stderr,
            "token %" G_GINT64_FORMAT ": shown this once; wfm token revoke %" G_GINT64_FORMAT " ends it\n",
            id, id);
    return true;
}

static const struct column columns[] = {
    {"id", "id", COLUMN_INT, 0},
    {"role", "role", COLUMN_TEXT, 0},
    {"scopes", "scopes", COLUMN_TEXT, 0},
    {"client", "client", COLUMN_TEXT, 0},
    {"agent", "agent", COLUMN_TEXT, 0},
    {"label", "label", COLUMN_TEXT, 0},
    {"created", "created", COLUMN_TEXT, 0},
    {"expires", "expires", COLUMN_TEXT, 0},
    {"last_used", "last used", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static void add_ts(struct table *table, int64_t ts)
{
    g_autofree char *text = ts != 0 ? time_format(ts, NULL) : g_strdup("never");
    table_text(table, text);
}

static bool run_list(const struct options *options, GError **error)
{
    struct token_info *tokens;
    int n;
    AUTO(store) store = settings_store(options, error);
    if (store == NULL || !store_token_list(store, &tokens, &n, error))
        return false;
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < n; i++) {
        table_int(table, tokens[i].id);
        g_autofree char *scopes = scopes_text(tokens[i].scopes);
        table_text(table, role_name(tokens[i].role));
        table_text(table, scopes);
        table_text(table, tokens[i].client);
        table_text(table, tokens[i].agent);
        table_text(table, tokens[i].label);
        add_ts(table, tokens[i].created_ts);
        add_ts(table, tokens[i].expires_ts);
        add_ts(table, tokens[i].last_used_ts);
    }
    token_infos_free(tokens, n);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static bool run_revoke(const struct options *options, GError **error)
{
    guint64 id;
    if (!g_ascii_string_to_unsigned(options_arg(options, 0), 10, 1, G_MAXINT64, &id, NULL))
        return wfm_fail(error, WFM_ERROR_USAGE, "%s: not the number of a token (wfm token list)",
                        options_arg(options, 0));
    AUTO(store) store = settings_store(options, error);
    return store != NULL && store_token_revoke(store, (int64_t)id, settings_actor(), error);
}

static const struct command subcommands[] = {
    {.name = "create",
     .args = "",
     .summary = "make a token for the HTTP service and print it, this once",
     .rows = create_rows,
     .groups = OPTIONS_STORE,
     .run = run_create},
    {.name = "list",
     .args = "",
     .summary = "tokens in use",
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = run_list},
    {.name = "revoke",
     .args = "ID",
     .args_min = 1,
     .args_max = 1,
     .summary = "end a token",
     .groups = OPTIONS_STORE,
     .run = run_revoke},
    {.name = NULL},
};

const struct command command_token = {
    .name = "token", .args = "", .summary = "who may use the HTTP service", .subcommands = subcommands};
