#include "core/csv.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/text.h"

#define CHUNK (256u << 10)
#define ROW_MAX (1u << 20)
#define FIELDS_MAX 1000
#define ROW_NOT_BEGUN 0 /* libcsv's name of this state */

/* libcsv is fed one physical line at a time, so that the line of every field is known. */
struct reader {
    const char *file;
    csv_row_fn fn;
    void *user;
    GError **error;
    struct csv_parser parser;
    GString *text; /* fields of the row, each with its NUL */
    gsize *offset; /* FIELDS_MAX: of each field in text */
    const char **fields;
    int n;
    long line;     /* being fed */
    long row_line; /* on which the row started */
    bool stopped;
};

bool csv_fail(const struct csv_row *row, const char *column, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    if (column == NULL)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:%ld: %s", row->file, row->line, message);
    return wfm_fail(error, WFM_ERROR_INPUT, "%s:%ld: column %s: %s", row->file, row->line, column, message);
}

static void stop(struct reader *reader, long column, const char *what)
{
    if (reader->stopped)
        return;
    reader->stopped = true;
    if (column > 0)
        wfm_fail(reader->error, WFM_ERROR_INPUT, "%s:%ld:%ld: %s", reader->file, reader->line, column, what);
    else
        wfm_fail(reader->error, WFM_ERROR_INPUT, "%s:%ld: %s", reader->file, reader->row_line, what);
}

static void on_field(void *text, size_t length, void *user)
{
    struct reader *reader = user;
    if (reader->stopped)
        return;
    if (reader->n == FIELDS_MAX || reader->text->len + length > ROW_MAX) {
        stop(reader, 0, "the row has more than 1000 fields or 1 MiB; is a quote missing?");
        return;
    }
    reader->offset[reader->n++] = reader->text->len;
    g_string_append_len(reader->text, text, (gssize)length);
    g_string_append_c(reader->text, '\0');
}

static void on_row(int end, void *user)
{
    (void)end;
    struct reader *reader = user;
    if (!reader->stopped && reader->n > 0) {
        for (int i = 0; i < reader->n; i++)
            reader->fields[i] = reader->text->str + reader->offset[i];
        struct csv_row row = {reader->file, reader->row_line, reader->fields, reader->n};
        if (!reader->fn(&row, reader->user, reader->error))
            reader->stopped = true;
    }
    reader->n = 0;
    g_string_truncate(reader->text, 0);
    reader->row_line = reader->line;
}

static char detect_separator(const char *line, size_t length)
{
    static const char candidates[] = ",;\t|";
    size_t best = 0, best_count = 0;
    for (size_t c = 0; c < sizeof candidates - 1; c++) {
        size_t count = 0;
        bool quoted = false;
        for (size_t i = 0; i < length; i++) {
            quoted ^= line[i] == '"';
            count += !quoted && line[i] == candidates[c];
        }
        if (count > best_count) {
            best = c;
            best_count = count;
        }
    }
    return candidates[best];
}

/* One physical line, its newline included. */
static bool feed(struct reader *reader, const char *line, size_t length)
{
    reader->line++;
    if (reader->parser.pstate == ROW_NOT_BEGUN)
        reader->row_line = reader->line;
    const char *nul = memchr(line, '\0', length);
    const char *bad;
    if (nul != NULL)
        stop(reader, nul - line + 1, "a NUL byte; save the file as CSV text in UTF-8");
    else if (!g_utf8_validate(line, (gssize)length, &bad))
        stop(reader, bad - line + 1, "not UTF-8 text; save the file as UTF-8");
    if (reader->stopped)
        return false;
    size_t done = csv_parse(&reader->parser, line, length, on_field, on_row, reader);
    if (!reader->stopped && done < length)
        stop(reader, (long)done + 1,
             csv_error(&reader->parser) == CSV_EPARSE
                 ? "a quote inside a field; write \"…\" around it and double the quote"
                 : "out of memory");
    if (!reader->stopped && reader->parser.entry_pos > ROW_MAX)
        stop(reader, 0, "a field has more than 1 MiB; is a quote missing?");
    return !reader->stopped;
}

static const char bom[] = "\xEF\xBB\xBF";

/* Feeds the text, the whole of what there is of it when `end`, else all its whole lines; returns how much was
 * fed. */
static size_t feed_lines(struct reader *reader, const char *text, size_t length, bool end,
                         const struct csv_options *options)
{
    size_t at = 0;
    while (at < length && !reader->stopped) {
        const char *newline = memchr(text + at, '\n', length - at);
        if (newline == NULL && !end)
            break;
        size_t n = newline != NULL ? (size_t)(newline - (text + at)) + 1 : length - at;
        const char *line = text + at;
        at += n;
        if (reader->line == 0) {
            if (n >= 3 && memcmp(line, bom, 3) == 0) {
                line += 3;
                n -= 3;
            }
            char separator = options != NULL ? options->separator : '\0';
            csv_set_delim(&reader->parser,
                          (unsigned char)(separator != '\0' ? separator : detect_separator(line, n)));
        }
        feed(reader, line, n);
    }
    return at;
}

/* Reads the stream in chunks and keeps the incomplete last line for the next round. */
static void feed_stream(struct reader *reader, FILE *stream, const struct csv_options *options)
{
    g_autofree char *buffer = g_malloc(CHUNK + ROW_MAX);
    size_t kept = 0;
    for (bool end = false; !end && !reader->stopped;) {
        size_t got = fread(buffer + kept, 1, CHUNK, stream);
        if (got < CHUNK && ferror(stream)) {
            reader->stopped = true;
            wfm_fail(reader->error, WFM_ERROR_IO, "%s: %s", reader->file, g_strerror(errno));
            return;
        }
        end = got < CHUNK;
        size_t length = kept + got;
        size_t fed = feed_lines(reader, buffer, length, end, options);
        kept = length - fed;
        if (kept >= ROW_MAX && !reader->stopped) {
            reader->line++;
            reader->row_line = reader->line;
            stop(reader, 0, "the line has more than 1 MiB");
            return;
        }
        memmove(buffer, buffer + fed, kept);
    }
}

static bool read_stream(const char *file, FILE *stream, const struct csv_options *options, csv_row_fn fn,
                        void *user, GError **error)
{
    struct reader reader = {.file = file, .fn = fn, .user = user, .error = error};
    if (csv_init(&reader.parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "%s: libcsv cannot start", file);
    reader.text = g_string_sized_new(ROW_MAX / 64);
    reader.offset = g_new(gsize, FIELDS_MAX);
    reader.fields = g_new(const char *, FIELDS_MAX);
    feed_stream(&reader, stream, options);
    if (!reader.stopped && csv_fini(&reader.parser, on_field, on_row, &reader) != 0)
        stop(&reader, 0, "the row has a quoted field that never ends");
    csv_free(&reader.parser);
    g_string_free(reader.text, TRUE);
    g_free(reader.offset);
    g_free(reader.fields);
    return !reader.stopped;
}

bool csv_read(const char *path, const struct csv_options *options, csv_row_fn fn, void *user, GError **error)
{
    if (options != NULL && options->stream != NULL)
        return read_stream(path, options->stream, options, fn, user, error);
    if (strcmp(path, "-") == 0)
        return read_stream("standard input", stdin, options, fn, user, error);
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return wfm_fail(error, errno == ENOENT ? WFM_ERROR_NOT_FOUND : WFM_ERROR_IO, "%s: %s", path,
                        g_strerror(errno));
    bool ok = read_stream(path, stream, options, fn, user, error);
    fclose(stream);
    return ok;
}

static bool unknown_column(const struct csv_row *row, const struct csv_column *columns, int n,
                           const char *name, GError **error)
{
    g_autofree const char **names = g_new(const char *, n);
    for (int i = 0; i < n; i++)
        names[i] = columns[i].name;
    g_autofree char *near = text_nearest(name, names, n);
    return csv_fail(row, NULL, error, "unknown column \"%.64s\"; the nearest known ones are %s", name, near);
}

bool csv_header(const struct csv_row *row, const struct csv_column *columns, int n, bool strict, int *index,
                GError **error)
{
    for (int i = 0; i < n; i++)
        index[i] = -1;
    for (int field = 0; field < row->n; field++) {
        int i = 0;
        while (i < n &&
               (columns[i].name == NULL || g_ascii_strcasecmp(columns[i].name, row->fields[field]) != 0))
            i++;
        if (i == n && strict)
            return unknown_column(row, columns, n, row->fields[field], error);
        if (i == n)
            continue;
        if (index[i] >= 0)
            return csv_fail(row, columns[i].name, error, "stands twice in the header, as column %d and %d",
                            index[i] + 1, field + 1);
        index[i] = field;
    }
    for (int i = 0; i < n; i++)
        if (columns[i].required && index[i] < 0)
            return csv_fail(row, NULL, error, "the header has no column \"%s\"", columns[i].name);
    return true;
}
