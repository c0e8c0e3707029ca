/*
 * file.h - whole files and whole directories.
 */
#ifndef WFM_CORE_FILE_H
#define WFM_CORE_FILE_H

#include <glib.h>
#include <stdbool.h>

/* Reads a file into *text (g_free, terminated by a NUL that *length does not count). WFM_ERROR_NOT_FOUND when
   it is not there, WFM_ERROR_LIMIT when memory is too small for it, else WFM_ERROR_IO; "operation.cfg: no
   such file". */
bool file_read(const char *path, char **text, gsize *length, GError **error);

/* May the file be written anew, beside and renamed over it? It may when nothing is there yet, or a plain file
 * (links are followed). WFM_ERROR_IO for anything else: a rename over a device, done by root, takes it from
 * the whole machine. */
bool file_replaceable(const char *path, GError **error);

/* Removes a file, or a directory with all it holds; links are removed, not followed. What cannot be removed
 * stays. */
void file_remove_tree(const char *path);

#endif
