/*
 * config_json_key.h - what reading and writing of config_json.h share.
 */
#ifndef WFM_CORE_CONFIG_JSON_KEY_H
#define WFM_CORE_CONFIG_JSON_KEY_H

#include <math.h>

#include "core/config_json.h"

#define CFG_WHOLE_MAX 9e15 /* doubles up to here hold every whole number */

/* Its name in JSON; g_free. */
char *cfg_json_name(const struct cfg_key *key);

static inline bool cfg_json_within(const struct cfg_key *key, double value)
{
    return isfinite(value) && (key->min == key->max || (value >= key->min && value <= key->max));
}

#endif
