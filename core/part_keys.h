/*
 * part_keys.h - private to core/part*.c: keys of the parts that operation.cfg does not hold.
 */
#ifndef WFM_CORE_PART_KEYS_H
#define WFM_CORE_PART_KEYS_H

#include "core/config_json.h"
#include "core/opfile_keys.h"

/* What a person writes of a wish, beside the preference it becomes. */
struct wish_form {
    struct preference preference; /* from_min and to_min as written; both 0: any start */
    int word;                     /* enum wish_word */
    double weight, price;         /* NAN: not given */
};

/* What is written of a special day. */
struct special_form {
    struct special_day day;
    char *id;
    double uplift_percent; /* NAN: none */
};

extern const struct cfg_key agent_keys[], time_off_keys[], special_day_keys[], wish_form_keys[],
    meeting_keys[];

void agent_defaults(void *agent);
void special_form_defaults(void *form);
void wish_form_defaults(void *form);

/* From and to what people write: `errors` get what is wrong, below the pointer. */
bool agent_settle(struct agent *agent, const char *pointer, json_t *errors);
bool special_form_settle(struct cfg_json *door, struct special_form *form, const char *pointer);
void special_form_unsettle(const struct operation *operation, struct special_form *form);
bool wish_form_settle(const struct operation *operation, struct wish_form *form, const char *pointer,
                      json_t *errors);
void wish_form_unsettle(struct wish_form *form);

#endif
