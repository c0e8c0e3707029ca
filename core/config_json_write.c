#include <math.h>
#include <string.h>

#include "core/config_json_key.h"
#include "core/member.h"
#include "core/text.h"

json_t *cfg_json_number(double value)
{
    return value == floor(value) && fabs(value) < CFG_WHOLE_MAX ? json_integer((json_int_t)value)
                                                                : json_real(value);
}

static json_t *clock_json(int minute)
{
    return json_sprintf("%02d:%02d", minute / 60, minute % 60);
}

static json_t *write_whole(const struct cfg_key *key, int stored)
{
    double value = (double)stored + key->bias;
    return cfg_json_within(key, value) ? json_integer((json_int_t)value) : json_null();
}

static json_t *write_text(const char *text)
{
    return text == NULL || *text == '\0' ? json_null() : json_string(text);
}

static json_t *write_shares(const struct cfg_key *key, const void *base)
{
    const struct shrinkage_part *parts = member_pointer(base, key->parts_offset);
    int n = member_int(base, key->count_offset);
    if (n == 0)
        return cfg_json_number(member_real(base, key->offset));
    json_t *object = json_object();
    for (int i = 0; i < n; i++)
        json_object_set_new(object, parts[i].name, cfg_json_number(parts[i].share));
    return object;
}

static json_t *write_list(const struct cfg_json *door, const struct cfg_key *key, const void *base)
{
    json_t *list = json_array();
    int n = member_int(base, key->count_offset);
    const char *items = key->max_n > 0 ? member_at(base, key->offset) : member_pointer(base, key->offset);
    for (int i = 0; i < n; i++)
        json_array_append_new(list, cfg_json_write(door, key->keys, items + (size_t)i * key->size));
    return list;
}

static json_t *write_refs(const struct cfg_json *door, const struct cfg_key *key, const void *base)
{
    json_t *list = json_array();
    const int *indices = member_pointer(base, key->offset);
    for (int i = 0; i < member_int(base, key->count_offset); i++)
        json_array_append_new(list, json_string(part_id(door->operation, key->ref, indices[i])));
    return list;
}

static json_t *write_reals(const struct cfg_key *key, const void *base)
{
    json_t *list = json_array();
    const double *values = member_pointer(base, key->offset);
    for (int i = 0; values != NULL && i < member_int(base, key->count_offset); i++)
        json_array_append_new(list, cfg_json_number(values[i]));
    return list;
}

/* A group whose required part is not there says nothing. */
static json_t *write_group(const struct cfg_json *door, const struct cfg_key *key, const void *base)
{
    json_t *object = cfg_json_write(door, key->keys, base);
    for (const struct cfg_key *part = key->keys; part->name != NULL; part++) {
        g_autofree char *name = cfg_json_name(part);
        const json_t *value = json_object_get(object, name);
        if (part->required && json_is_null(value)) {
            json_decref(object);
            return json_null();
        }
        if (key->sparse && json_is_number(value) && json_number_value(value) == 0)
            json_object_del(object, name);
    }
    return object;
}

static json_t *write_span(int from_min, int to_min)
{
    if (from_min == 0 && to_min == 0)
        return json_null();
    return json_sprintf("%02d:%02d-%02d:%02d", from_min / 60, from_min % 60, to_min / 60, to_min % 60);
}

static json_t *write_day(int32_t day)
{
    g_autofree char *text = day_format(day);
    return json_string(text);
}

static json_t *write_when(const struct cfg_json *door, int64_t ts)
{
    g_autofree char *text = time_format(ts, door->zone);
    return json_string(text);
}

static json_t *write_value(const struct cfg_json *door, const struct cfg_key *key, const void *base)
{
    const void *from = member_at(base, key->offset);
    switch (key->type) {
    case CFG_TEXT:
        return write_text(member_pointer(base, key->offset));
    case CFG_CODE:
        return write_text(from);
    case CFG_INT:
    case CFG_MINUTES:
        return write_whole(key, member_int(base, key->offset));
    case CFG_REAL:
    case CFG_SECONDS:
        return cfg_json_within(key, member_real(base, key->offset))
                   ? cfg_json_number(member_real(base, key->offset))
                   : json_null();
    case CFG_BOOL:
        return json_boolean(*(const bool *)from);
    case CFG_CLOCK:
        return clock_json(member_int(base, key->offset));
    case CFG_DAYS: {
        g_autofree char *days = weekdays_format(*(const uint8_t *)from);
        return write_text(days);
    }
    case CFG_ENUM:
        return json_string(key->enum_name(member_int(base, key->offset)));
    case CFG_REF: {
        int index = member_int(base, key->offset);
        return index < 0 ? json_null() : json_string(part_id(door->operation, key->ref, index));
    }
    case CFG_REFS:
        return write_refs(door, key, base);
    case CFG_GROUP:
        return write_group(door, key, base);
    case CFG_LIST:
        return write_list(door, key, base);
    case CFG_REALS:
        return write_reals(key, base);
    case CFG_SHARES:
        return write_shares(key, base);
    case CFG_DATE:
        return member_int(base, key->offset) == key->none_day ? json_null()
                                                              : write_day(member_int(base, key->offset));
    case CFG_WHEN: {
        int64_t ts;
        memcpy(&ts, from, sizeof ts);
        return write_when(door, ts);
    }
    case CFG_CLOCKS:
        return write_span(member_int(base, key->offset), member_int(base, key->count_offset));
    }
    return json_null();
}

json_t *cfg_json_write(const struct cfg_json *door, const struct cfg_key *keys, const void *base)
{
    json_t *object = json_object();
    for (const struct cfg_key *key = keys; key->name != NULL; key++) {
        if (key->planner && !door->planner)
            continue;
        g_autofree char *name = cfg_json_name(key);
        json_object_set_new(object, name, write_value(door, key, base));
    }
    return object;
}
