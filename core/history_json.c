#include "core/history_json.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "core/auto.h"
#include "core/error.h"

#define LINE_BYTES_MAX (64u << 10)
#define VALUE_SHOWN 100
#define FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY)

AUTO_DEFINE(json_t, json_decref);

struct teller {
    const char *file;
    const char *const *names;
    int n;
    csv_row_fn fn;
    history_json_bad_fn bad;
    void *user;
    GPtrArray *texts; /* n, owned */
};

static bool wants_text(const char *name)
{
    return strcmp(name, "queue") == 0 || strcmp(name, "interval_start") == 0;
}

static int find_name(const struct teller *teller, const char *name)
{
    for (int i = 0; i < teller->n; i++)
        if (teller->names[i] != NULL && strcmp(teller->names[i], name) == 0)
            return i;
    return -1;
}

static bool tell_bad(const struct teller *teller, long line, const char *column, const json_t *value,
                     const char *detail, GError **error)
{
    struct csv_row row = {teller->file, line, NULL, 0};
    char *text = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    g_autofree char *cut = text != NULL ? g_strndup(text, VALUE_SHOWN) : NULL;
    g_autofree char *valid = cut != NULL ? g_utf8_make_valid(cut, -1) : NULL;
    free(text);
    return teller->bad(&row, column, valid, detail, teller->user, error);
}

/* The text of a member as a CSV has it. NULL when it is of another kind. */
static char *member_text(const char *name, const json_t *value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (json_is_null(value))
        return g_strdup("");
    if (wants_text(name))
        return json_is_string(value) ? g_strdup(json_string_value(value)) : NULL;
    if (!json_is_number(value))
        return NULL;
    return g_strdup(g_ascii_formatd(number, sizeof number, "%.17g", json_number_value(value)));
}

static bool tell_row(struct teller *teller, long line, json_t *object, GError **error)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object))
        return tell_bad(teller, line, NULL, object, "not an object", error);
    g_ptr_array_set_size(teller->texts, 0);
    for (int i = 0; i < teller->n; i++)
        g_ptr_array_add(teller->texts, g_strdup(""));
    json_object_foreach(object, name, value)
    {
        int i = find_name(teller, name);
        if (i < 0)
            return tell_bad(teller, line, name, value, "is not known here", error);
        char *text = member_text(name, value);
        if (text == NULL)
            return tell_bad(teller, line, name, value,
                            wants_text(name) ? "is not a string" : "is not a number", error);
        g_free(g_ptr_array_index(teller->texts, i));
        g_ptr_array_index(teller->texts, i) = text;
    }
    struct csv_row row = {teller->file, line, (const char *const *)teller->texts->pdata, teller->n};
    return teller->fn(&row, teller->user, error);
}

static bool tell_names(struct teller *teller, GError **error)
{
    for (int i = 0; i < teller->n; i++)
        g_ptr_array_add(teller->texts, g_strdup(teller->names[i] != NULL ? teller->names[i] : ""));
    struct csv_row row = {teller->file, 1, (const char *const *)teller->texts->pdata, teller->n};
    return teller->fn(&row, teller->user, error);
}

static bool read_document(struct teller *teller, FILE *stream, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char chunk[4096];
    for (size_t got; (got = fread(chunk, 1, sizeof chunk, stream)) > 0;) {
        g_string_append_len(text, chunk, (gssize)got);
        if (text->len > HISTORY_JSON_MAX)
            return wfm_fail(error, WFM_ERROR_TOO_LARGE,
                            "a JSON document has at most %u bytes; send CSV, or an object per line",
                            HISTORY_JSON_MAX);
    }
    if (ferror(stream))
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", teller->file, g_strerror(errno));
    json_error_t where;
    AUTO(json_t) document = json_loadb(text->str, text->len, FLAGS, &where);
    if (document == NULL)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:%d: not JSON: %s", teller->file, where.line, where.text);
    const json_t *rows = json_is_object(document) ? json_object_get(document, "rows") : document;
    if (!json_is_array(rows) || (json_is_object(document) && json_object_size(document) != 1))
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:1: a list of rows, or {\"rows\": [...]}", teller->file);
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!tell_row(teller, (long)i + 1, json_array_get(rows, i), error))
            return false;
    return true;
}

/* The next line, without its end; false at the end of the file or when it is too long. */
static bool next_line(FILE *stream, GString *line)
{
    int c;
    g_string_truncate(line, 0);
    while ((c = getc_unlocked(stream)) != EOF && c != '\n' && line->len <= LINE_BYTES_MAX)
        g_string_append_c(line, (gchar)c);
    return (c != EOF || line->len > 0) && line->len <= LINE_BYTES_MAX;
}

static bool read_lines(struct teller *teller, FILE *stream, GError **error)
{
    g_autoptr(GString) line = g_string_sized_new(1024);
    long number = 1;
    for (; next_line(stream, line); number++) {
        if (strspn(line->str, " \t\r") == line->len)
            continue;
        json_error_t where;
        AUTO(json_t) object = json_loadb(line->str, line->len, FLAGS, &where);
        if (object == NULL) {
            g_autofree char *detail = g_strdup_printf("not JSON: %s", where.text);
            if (!tell_bad(teller, number, NULL, NULL, detail, error))
                return false;
        } else if (!tell_row(teller, number, object, error)) {
            return false;
        }
    }
    if (line->len > LINE_BYTES_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:%ld: the line has more than %u bytes", teller->file,
                        number, LINE_BYTES_MAX);
    return !ferror(stream) || wfm_fail(error, WFM_ERROR_IO, "%s: %s", teller->file, g_strerror(errno));
}

bool history_json_read(const char *path, FILE *stream, bool lines, const char *const *names, int n,
                       csv_row_fn fn, history_json_bad_fn bad, void *user, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    struct teller teller = {path, names, n, fn, bad, user, texts};
    FILE *own = stream == NULL ? fopen(path, "rb") : NULL;
    if (stream == NULL && own == NULL)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    stream = stream != NULL ? stream : own;
    bool ok = tell_names(&teller, error) &&
              (lines ? read_lines(&teller, stream, error) : read_document(&teller, stream, error));
    if (own != NULL)
        fclose(own);
    return ok;
}
