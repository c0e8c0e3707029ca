/*
 * assets.h - files embedded at build by api/embed.sh: the pages (api/web/) and the contract
 * (api/openapi.yaml).
 */
#ifndef WFM_API_ASSETS_H
#define WFM_API_ASSETS_H

#include <stddef.h>

struct asset {
    const char *name; /* "index.html": without folder */
    const char *content_type;
    const unsigned char *bytes;
    size_t length;
};
extern const struct asset api_assets[];
extern const int api_n_assets;

/* NULL when there is none of that name. */
const struct asset *asset_find(const char *name);

#endif
