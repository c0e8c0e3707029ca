/*
 * body_reader.h - private to api/body*.c: where a reader of a body is, and its plain values.
 */
#ifndef WFM_API_BODY_READER_H
#define WFM_API_BODY_READER_H

#include "api/body.h"

/* Where the reader is. */
struct reader {
    struct api_call *call;
    GString *pointer; /* of the value being read */
};

/* Remembers what is wrong with the value being read. Returns false. */
bool reader_wrong(struct reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* One step down; returns the length to go back to with reader_leave. */
size_t reader_enter(struct reader *reader, const char *member);
size_t reader_enter_element(struct reader *reader, size_t index);
void reader_leave(struct reader *reader, size_t before);

/* A value of a kind that is neither object nor list of objects nor list of plain values, into *at. */
bool read_plain(struct reader *reader, const struct body_field *field, const json_t *value, void *at);

#endif
