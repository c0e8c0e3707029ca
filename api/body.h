/*
 * body.h - JSON bodies of requests, read by a table into a struct. Everything that is wrong is found in one
 * go: each error has a JSON pointer, and they go into `errors` of the problem (422):
 *
 *   {"type": "urn:wfm:problem:invalid-input", "errors": [{"pointer": "/skills/2/queue", "detail": "…"}], …}
 *
 *   struct queue_body { char *name; int priority; char **languages; int n_languages; bool has_name; };
 *   static const struct body_field fields[] = {
 *       {"name", BODY_TEXT, BODY_AT(queue_body, name), .flags = BODY_REQUIRED, .max = 100},
 *       {"priority", BODY_INT, BODY_AT(queue_body, priority), .min = 0, .max = 9},
 *       {"languages", BODY_TEXTS, BODY_AT(queue_body, languages), BODY_COUNT(queue_body, n_languages), .max =
 * 20},
 *       {.name = NULL},
 *   };
 *   struct queue_body body = {.priority = 5};           // defaults first: what is not sent stays
 *   bool ok = body_read(call, fields, &body, error) && …;
 *   body_clear(fields, &body);                           // always
 *
 * A member that is no row is an error, so that a misspelt one is not silently nothing. Pure but for the call.
 */
#ifndef WFM_API_BODY_H
#define WFM_API_BODY_H

#include <stddef.h>

#include "api/call.h"

#define BODY_DEPTH_MAX 16  /* objects and lists in each other */
#define BODY_ERRORS_MAX 50 /* of one answer */
#define BODY_LIST_MAX 1000 /* elements of a list without .max */
#define BODY_TEXT_MAX 200  /* characters of a text without .max */

enum body_kind {
    BODY_TEXT,    /* char *; 1..max characters (min may say 0), valid UTF-8 without control characters */
    BODY_ID,      /* char *; an id as in core/operation.h */
    BODY_CODE,    /* char[4]: three capital letters, a currency */
    BODY_INT,     /* int, within min..max; both 0: any */
    BODY_INT64,   /* int64_t, within min..max; both 0: 1 and more (the number of something) */
    BODY_REAL,    /* double, finite, within min..max; both 0: any */
    BODY_SHARE,   /* double, 0..1 */
    BODY_BOOL,    /* bool */
    BODY_INSTANT, /* int64_t; RFC 3339 with offset, years 1900..2199 */
    BODY_DAY,     /* int32_t; "2026-11-23" */
    BODY_WEEK,    /* int32_t, its Monday; "2026-W48" */
    BODY_CLOCK,   /* int, minutes after midnight; "08:30", up to "24:00"; .max in minutes (2880: "48:00") */
    BODY_ZONE,    /* char *; an IANA zone that exists */
    BODY_CHOICE,  /* int: position in .choices */
    BODY_FLAGS,   /* unsigned: a list of names of .choices, each once, as bits 1 << position */
    BODY_TEXTS,   /* char **, count: texts as above; .max elements */
    BODY_IDS,     /* char **, count: ids, each once */
    BODY_INTS,    /* int *, count; 0 and more */
    BODY_INT64S,  /* int64_t *, count; 1 and more, each once */
    BODY_REALS,   /* double *, count; finite */
    BODY_OBJECT,  /* .fields at .offset of the same struct (their offsets count from there) */
    BODY_LIST,    /* array of .size bytes each, count: objects read by .fields; .max elements */
    BODY_JSON,    /* json_t *, any value */
    BODY_IGNORED, /* what only answers have ("created"): taken, so that a GET can be sent back, and not read
                   */
};

enum body_flag {
    BODY_REQUIRED = 1 << 0,
    BODY_NULLABLE = 1 << 1, /* null is taken, and leaves the field as it is in `out`; see .given */
    BODY_LINES = 1 << 2,    /* BODY_TEXT: line breaks and tabs are fine */
};

struct body_field {
    const char *name; /* NULL ends a table */
    enum body_kind kind;
    size_t offset;
    size_t count;   /* offset of an int: elements of a list */
    unsigned flags; /* enum body_flag */
    double min, max;
    const char *const *choices; /* NULL-terminated */
    const struct body_field *fields;
    size_t size;
    size_t given; /* offset of a bool: the member is there, null or not; 0: nobody asks */
    /* A check of its own of a text, or of each of a list of texts: false with what is wrong with it, static
       or interned ("is not a language"). */
    bool (*check)(const char *text, const char **why);
};

#define BODY_AT(type, member) .offset = offsetof(struct type, member)
#define BODY_COUNT(type, member) .count = offsetof(struct type, member)
#define BODY_GIVEN(type, member) .given = offsetof(struct type, member)

/* Reads the body of the request, which must be a JSON object. `out` holds the defaults; what a text field
   held is not freed, so it is NULL. WFM_ERROR_MEDIA_TYPE (415) unless Content-Type is application/json
   (UTF-8) or, for PATCH, application/merge-patch+json; WFM_ERROR_USAGE (400) when it is not JSON, has a key
   twice, a NUL in a text or is nested too deep; WFM_ERROR_INPUT (422) for its members. Clear `out` whatever
   the result. */
bool body_read(struct api_call *call, const struct body_field *fields, void *out, GError **error);
void body_clear(const struct body_field *fields, void *out);

/* JSON merge patch (RFC 7396): `current`, as GET shows it (borrowed; members that only answers have are
   BODY_IGNORED rows), with the body laid over it, read as a whole. A member set to null is as if it were not
   there: it gets its default. */
bool body_read_patch(struct api_call *call, const json_t *current, const struct body_field *fields, void *out,
                     GError **error);

/* The body as a checked JSON value (errors as above), json_decref; NULL on failure. For what no table reads.
 */
json_t *body_json(struct api_call *call, GError **error);
/* RFC 7396: a new reference to target with the patch laid over it. Members that are null in the target stay.
 */
json_t *body_merged(const json_t *target, const json_t *patch);
/* A JSON object that did not come as the body. */
bool body_read_json(struct api_call *call, const json_t *json, const struct body_field *fields, void *out,
                    GError **error);

/* For a handler's own checks: remembers an error at a JSON pointer. `pointer` may be "" (the whole). */
void body_wrong(struct api_call *call, const char *pointer, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* False with WFM_ERROR_INPUT when anything was remembered; the first one is its message. */
bool body_right(struct api_call *call, GError **error);

#endif
