#include "wfm/output.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <xlsxwriter.h>

#include "core/error.h"
#include "core/file.h"

struct cell {
    char *text; /* NULL for numbers and empty cells */
    double number;
};

struct table {
    const struct column *columns;
    int n_columns;
    GArray *cells; /* struct cell, row-major */
    bool exact;
};

static void clear_cell(void *data)
{
    g_free(((struct cell *)data)->text);
}

struct table *table_new(const struct column *columns)
{
    struct table *table = g_new0(struct table, 1);
    table->columns = columns;
    while (columns[table->n_columns].key != NULL)
        table->n_columns++;
    table->cells = g_array_new(FALSE, TRUE, sizeof(struct cell));
    g_array_set_clear_func(table->cells, clear_cell);
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    g_array_unref(table->cells);
    g_free(table);
}

static enum column_kind next_kind(const struct table *table)
{
    return table->columns[table->cells->len % (guint)table->n_columns].kind;
}

static void add(struct table *table, const char *text, double number)
{
    struct cell cell = {.text = g_strdup(text), .number = number};
    for (char *c = cell.text; c != NULL && *c != '\0'; c++)
        if (g_ascii_iscntrl(*c))
            *c = '?';
    g_array_append_val(table->cells, cell);
}

void table_text(struct table *table, const char *text)
{
    assert(next_kind(table) == COLUMN_TEXT);
    add(table, text, NAN);
}

void table_int(struct table *table, int64_t value)
{
    assert(next_kind(table) == COLUMN_INT);
    add(table, NULL, (double)value);
}

void table_real(struct table *table, double value)
{
    assert(next_kind(table) != COLUMN_TEXT && next_kind(table) != COLUMN_INT);
    add(table, NULL, value);
}

int table_rows(const struct table *table)
{
    return (int)table->cells->len / table->n_columns;
}

static const struct cell *cell_at(const struct table *table, int row, int column)
{
    return &g_array_index(table->cells, struct cell, (guint)(row * table->n_columns + column));
}

int text_width(const char *text)
{
    int width = 0;
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar letter = g_utf8_get_char(c);
        if (!g_unichar_iszerowidth(letter))
            width += g_unichar_iswide(letter) ? 2 : 1;
    }
    return width;
}

/* A cell for people. g_free. */
static char *cell_shown(const struct column *column, const struct cell *cell)
{
    if (column->kind == COLUMN_TEXT)
        return cell->text != NULL ? g_utf8_make_valid(cell->text, -1) : g_strdup("");
    if (isnan(cell->number))
        return g_strdup("-");
    switch (column->kind) {
    case COLUMN_INT:
        return g_strdup_printf("%.0f", cell->number);
    case COLUMN_SHARE:
        return g_strdup_printf("%.*f %%", column->decimals, 100 * cell->number);
    case COLUMN_POINTS:
        return g_strdup_printf("%+.*f", column->decimals, 100 * cell->number);
    case COLUMN_REAL:
    case COLUMN_TEXT:
        break;
    }
    return g_strdup_printf("%.*f", column->decimals, cell->number);
}

static void pad(GString *out, int n)
{
    for (int i = 0; i < n; i++)
        g_string_append_c(out, ' ');
}

static void append_aligned(GString *out, const char *text, int width, bool right, bool last)
{
    int missing = width - text_width(text);
    if (right)
        pad(out, missing);
    g_string_append(out, text);
    if (!right && !last)
        pad(out, missing);
    g_string_append(out, last ? "\n" : "  ");
}

/* Columns people see: their numbers into `shown`, returns how many. */
static int columns_shown(const struct table *table, int *shown)
{
    int n = 0;
    for (int c = 0; c < table->n_columns; c++)
        if (table->columns[c].title != NULL)
            shown[n++] = c;
    return n;
}

static void format_table(const struct table *table, GString *out)
{
    g_autofree int *shown = g_new(int, (gsize)table->n_columns);
    int n = columns_shown(table, shown), rows = table_rows(table);
    g_autofree int *width = g_new(int, (gsize)n);
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    for (int c = 0; c < n; c++)
        width[c] = text_width(table->columns[shown[c]].title);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < n; c++) {
            char *text = cell_shown(&table->columns[shown[c]], cell_at(table, r, shown[c]));
            g_ptr_array_add(cells, text);
            width[c] = MAX(width[c], text_width(text));
        }
    for (int c = 0; c < n; c++)
        append_aligned(out, table->columns[shown[c]].title, width[c],
                       table->columns[shown[c]].kind != COLUMN_TEXT, c == n - 1);
    for (int c = 0; c < n; c++) {
        for (int i = 0; i < width[c]; i++)
            g_string_append(out, "─");
        g_string_append(out, c == n - 1 ? "\n" : "  ");
    }
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < n; c++)
            append_aligned(out, g_ptr_array_index(cells, (guint)(r * n + c)), width[c],
                           table->columns[shown[c]].kind != COLUMN_TEXT, c == n - 1);
}

static void append_quoted(GString *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, '"');
}

/* Digits a number is written with: 12, or as many as bring the same number back. */
static int digits_of(const struct table *table, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    for (int digits = 12; table->exact && digits < 17; digits++) {
        g_snprintf(text, sizeof text, "%%.%dg", digits);
        char written[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd(written, sizeof written, text, number);
        double back = g_ascii_strtod(written, NULL);
        if (memcmp(&back, &number, sizeof back) == 0)
            return digits;
    }
    return table->exact ? 17 : 12;
}

static void append_number(GString *out, const struct table *table, const struct column *column, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE], format[8] = "%.0f";
    if (column->kind != COLUMN_INT)
        g_snprintf(format, sizeof format, "%%.%dg", digits_of(table, number));
    g_string_append(out, g_ascii_formatd(text, sizeof text, format, number));
}

static void format_csv(const struct table *table, GString *out)
{
    int n = table->n_columns;
    for (int c = 0; c < n; c++)
        g_string_append_printf(out, "%s%s", table->columns[c].key, c == n - 1 ? "\n" : ",");
    for (int r = 0; r < table_rows(table); r++)
        for (int c = 0; c < n; c++) {
            const struct cell *cell = cell_at(table, r, c);
            if (cell->text != NULL)
                append_quoted(out, cell->text);
            else if (!isnan(cell->number))
                append_number(out, table, &table->columns[c], cell->number);
            g_string_append_c(out, c == n - 1 ? '\n' : ',');
        }
}

static json_t *cell_json(const struct column *column, const struct cell *cell)
{
    if (cell->text != NULL) {
        g_autofree char *valid = g_utf8_make_valid(cell->text, -1);
        return json_string(valid);
    }
    if (!isfinite(cell->number))
        return json_null();
    return column->kind == COLUMN_INT ? json_integer((json_int_t)cell->number) : json_real(cell->number);
}

static void append_json(GString *out, const struct table *table, int r, int c)
{
    const struct column *column = &table->columns[c];
    const struct cell *cell = cell_at(table, r, c);
    json_t *value = cell_json(column, cell);
    size_t flags = JSON_ENCODE_ANY;
    if (json_is_real(value))
        flags |= JSON_REAL_PRECISION((size_t)digits_of(table, cell->number));
    char *text = json_dumps(value, flags);
    g_string_append_printf(out, "%s\"%s\":%s", c > 0 ? "," : "", column->key, text);
    free(text);
    json_decref(value);
}

static void format_json(const struct table *table, GString *out)
{
    g_string_append(out, "[");
    for (int r = 0; r < table_rows(table); r++) {
        g_string_append_printf(out, "%s\n {", r > 0 ? "," : "");
        for (int c = 0; c < table->n_columns; c++)
            append_json(out, table, r, c);
        g_string_append_c(out, '}');
    }
    g_string_append(out, "\n]\n");
}

char *table_format(const struct table *table, enum format format)
{
    assert(table->cells->len % (guint)table->n_columns == 0);
    static void (*const formats[])(const struct table *, GString *) = {
        [FORMAT_TABLE] = format_table, [FORMAT_CSV] = format_csv, [FORMAT_JSON] = format_json};
    GString *out = g_string_new(NULL);
    formats[format](table, out);
    return g_string_free(out, FALSE);
}

void table_exact(struct table *table)
{
    table->exact = true;
}

void table_print(const struct table *table, enum format format, FILE *out)
{
    g_autofree char *text = table_format(table, format);
    fputs(text, out);
}

static void write_sheet(const struct table *table, lxw_worksheet *sheet, lxw_format *head)
{
    worksheet_freeze_panes(sheet, 1, 0);
    for (int c = 0; c < table->n_columns; c++)
        worksheet_write_string(
            sheet, 0, (lxw_col_t)c,
            table->columns[c].title != NULL ? table->columns[c].title : table->columns[c].key, head);
    for (int r = 0; r < table_rows(table); r++)
        for (int c = 0; c < table->n_columns; c++) {
            const struct cell *cell = cell_at(table, r, c);
            lxw_row_t row = (lxw_row_t)r + 1;
            if (cell->text != NULL) {
                g_autofree char *valid = g_utf8_make_valid(cell->text, -1);
                worksheet_write_string(sheet, row, (lxw_col_t)c, valid, NULL);
            } else if (isfinite(cell->number)) {
                worksheet_write_number(sheet, row, (lxw_col_t)c, cell->number, NULL);
            }
        }
}

bool table_write_xlsx(const struct table *table, const char *sheet, const char *path, GError **error)
{
    lxw_workbook_options settings = {.constant_memory = LXW_TRUE};
    g_autofree char *part = g_strdup_printf("%s.part", path);
    if (!file_replaceable(path, error))
        return false;
    FILE *probe = fopen(part, "wb"); /* the library would print its own words on standard error */
    if (probe == NULL)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    fclose(probe);
    lxw_workbook *book = workbook_new_opt(part, &settings);
    lxw_worksheet *page = workbook_add_worksheet(book, sheet);
    lxw_format *head = workbook_add_format(book);
    format_set_bold(head);
    for (int c = 0; c < table->n_columns; c++)
        worksheet_set_column(page, (lxw_col_t)c, (lxw_col_t)c,
                             table->columns[c].kind == COLUMN_TEXT ? 22 : 12, NULL);
    write_sheet(table, page, head);
    lxw_error failed = workbook_close(book);
    if (failed == LXW_NO_ERROR && rename(part, path) == 0)
        return true;
    wfm_fail(error, WFM_ERROR_IO, "%s: %s", path,
             failed != LXW_NO_ERROR ? lxw_strerror(failed) : g_strerror(errno));
    remove(part);
    return false;
}
