/*
 * forecast_picture.h - a forecast explained in pictures: on a terminal, and as an SVG file.
 */
#ifndef WFM_WFM_FORECAST_PICTURE_H
#define WFM_WFM_FORECAST_PICTURE_H

#include <stdio.h>

#include "wfm/pipeline.h"

/* What can be shown where something is printed. */
struct terminal {
    int width;   /* columns */
    bool utf8;   /* blocks; else plain ASCII */
    bool colour; /* escape sequences */
};

/* Of a stream: the width of its terminal (COLUMNS before that; 100 where there is none), UTF-8 by LC_ALL,
   LC_CTYPE or LANG, colours on a terminal unless NO_COLOR is set or TERM is dumb. */
struct terminal terminal_of(FILE *out);

/* The last weeks and the forecast by day with its 80 % band, and a working day by time. g_free. */
char *forecast_picture(const struct explained_forecast *explained, const struct terminal *terminal);

/* The same as SVG: with 95 % band, last year and the stored forecast where it differs. Replaces the file when
   all of it is written. WFM_ERROR_IO. */
bool forecast_svg_write(const struct planning *planning, const struct explained_forecast *explained,
                        const char *path, GError **error);

#endif
