/*
 * engines.h - what the service is given of this floor (api/engines.h).
 */
#ifndef WFM_WFM_ENGINES_H
#define WFM_WFM_ENGINES_H

#include "api/engines.h"

extern const struct api_engines wfm_engines;

#endif
