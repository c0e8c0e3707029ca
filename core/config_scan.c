#include <string.h>

#include "core/config.h"
#include "core/error.h"

#define FILE_MAX (16u << 20)
#define DEPTH_MAX 16
#define PLAIN_DIGITS_MAX 9 /* libconfig cuts longer ones to 32 bits in silence */
#define LONG_DIGITS_MAX 18

struct scan {
    const char *file;
    unsigned line;
    int depth;
};

static bool word_char(char c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("_-*.+", c) != NULL);
}

/* A run of word characters that starts with a digit or a sign. */
static bool check_number(const struct scan *scan, const char *word, size_t length, GError **error)
{
    size_t sign = *word == '-' || *word == '+', end = sign;
    while (end < length && g_ascii_isdigit(word[end]))
        end++;
    size_t n = end - sign;
    int shown = (int)MIN(length, 40);
    if (n > 1 && word[sign] == '0' && end == length)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:%u: %.*s starts with 0; write the number without it",
                        scan->file, scan->line, shown, word);
    if (n > PLAIN_DIGITS_MAX && end == length)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "%s:%u: the integer %.*s has more than 9 digits; if it is meant, write an L behind it",
            scan->file, scan->line, shown, word);
    if (n > LONG_DIGITS_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:%u: the number %.*s is too long", scan->file, scan->line,
                        shown, word);
    return true;
}

/* Steps over a string or a comment, as libconfig's own scanner does; returns where it ends, p where there is
   none, NULL when it does not end. */
static const char *skip_quiet(const char *p)
{
    if (*p == '"') {
        for (p++; *p != '\0' && *p != '"'; p++)
            if (*p == '\\' && p[1] != '\0')
                p++;
        return *p == '"' ? p + 1 : NULL;
    }
    if (*p == '#' || (p[0] == '/' && p[1] == '/'))
        return p + strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        const char *end = strstr(p + 2, "*/");
        return end != NULL ? end + 2 : NULL;
    }
    return p;
}

static bool check_bracket(struct scan *scan, char c, GError **error)
{
    if (strchr("{[(", c) != NULL)
        scan->depth++;
    else if (strchr("}])", c) != NULL)
        scan->depth--;
    if (scan->depth > DEPTH_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:%u: brackets nested more than %d deep", scan->file,
                        scan->line, DEPTH_MAX);
    return true;
}

bool cfg_scan(const char *path, const char *text, size_t length, GError **error)
{
    struct scan scan = {.file = path, .line = 1};
    if (length > FILE_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: larger than %u MiB", path, FILE_MAX >> 20);
    const char *bad;
    if (!g_utf8_validate(text, (gssize)length, &bad)) {
        for (const char *p = text; p < bad; p++)
            scan.line += *p == '\n';
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "%s:%u: byte 0x%02x is not UTF-8 text; save the file as UTF-8", path, scan.line,
                        (unsigned char)*bad);
    }
    const char *include = strstr(text, "@include");
    if (include != NULL) {
        for (const char *p = text; p < include; p++)
            scan.line += *p == '\n';
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "%s:%u: @include is not supported; keep everything in one file", path, scan.line);
    }
    for (const char *p = text; *p != '\0';) {
        const char *end = skip_quiet(p);
        if (end == NULL) /* libconfig would lose the memory of it */
            return wfm_fail(error, WFM_ERROR_INPUT, "%s:%u: a %s starts here and never ends", path, scan.line,
                            *p == '"' ? "text in quotes" : "comment");
        if (end == p && word_char(*p)) {
            while (word_char(*end))
                end++;
            if ((g_ascii_isdigit(*p) || *p == '-' || *p == '+') &&
                !check_number(&scan, p, (size_t)(end - p), error))
                return false;
        } else if (end == p) {
            if (!check_bracket(&scan, *p, error))
                return false;
            end++;
        }
        for (; p < end; p++)
            scan.line += *p == '\n';
    }
    return true;
}
