#include "core/part_keys.h"

#include <math.h>
#include <stdlib.h>

BY_NUMBER(activity_kind)
BY_NUMBER(special_scope)
BY_NUMBER(special_kind)

static const struct cfg_key skill_keys[] = {
    {"queue", CFG_REF, AT(skill, queue), .required = true, .ref = PART_QUEUE},
    {"proficiency", CFG_REAL, AT(skill, proficiency), .min = 1e-9, .max = 10, .unit = "(1 is average)"},
    {"level", CFG_INT, AT(skill, overflow), .min = 1, .max = OVERFLOW_MAX + 1,
     .unit = "(1 is the first choice)", .bias = 1},
    END,
};

static void skill_defaults(void *element)
{
    struct skill *skill = element;
    skill->proficiency = 1;
}

const struct cfg_key agent_keys[] = {
    {"id", CFG_TEXT, AT(agent, id), .required = true},
    {"name", CFG_TEXT, AT(agent, name)},
    {"site", CFG_REF, AT(agent, site), .required = true, .ref = PART_SITE},
    {"contract", CFG_REF, AT(agent, contract), .required = true, .ref = PART_CONTRACT},
    {"skills", CFG_LIST, AT(agent, skills), COUNT(agent, n_skills), .required = true, .keys = skill_keys,
     .size = sizeof(struct skill), .init = skill_defaults, .planner = true},
    {"available", CFG_LIST, AT(agent, available), COUNT(agent, n_available), .keys = span_keys,
     .size = sizeof(struct week_span)},
    {"employed_from", CFG_DATE, AT(agent, employed_from), .none_day = INT32_MIN},
    {"employed_to", CFG_DATE, AT(agent, employed_to), .none_day = INT32_MAX},
    {"lead", CFG_BOOL, AT(agent, lead)},
    {"rank", CFG_INT, AT(agent, rank), .min = 1, .max = 1000000, .planner = true},
    {"optional", CFG_BOOL, AT(agent, optional), .planner = true},
    {"hire_price", CFG_REAL, AT(agent, hire_price), .max = MONEY_MAX, .unit = IN_CURRENCY, .planner = true},
    END,
};

void agent_defaults(void *element)
{
    struct agent *agent = element;
    agent->employed_from = INT32_MIN;
    agent->employed_to = INT32_MAX;
}

/* Places are those of the JSON, so they are looked at before skills are sorted. */
bool agent_settle(struct agent *agent, const char *pointer, json_t *errors)
{
    bool ok = true;
    if (agent->name == NULL)
        agent->name = g_strdup(agent->id);
    for (int i = 0; i < agent->n_skills; i++)
        for (int k = 0; k < i; k++)
            if (agent->skills[k].queue == agent->skills[i].queue) {
                g_autofree char *where = g_strdup_printf("%s/skills/%d/queue", pointer, i);
                ok = cfg_json_fault(errors, where, "the queue is listed twice");
                break;
            }
    if (agent->n_skills > 1)
        qsort(agent->skills, (size_t)agent->n_skills, sizeof *agent->skills, skill_compare);
    return ok;
}

const struct cfg_key meeting_keys[] = {
    {"id", CFG_TEXT, AT(meeting, id), .required = true},
    {"name", CFG_TEXT, AT(meeting, name)},
    {"kind", CFG_ENUM, AT(meeting, kind), .enum_name = activity_kind_at, .enum_n = ACTIVITY_N},
    {"minutes", CFG_MINUTES, AT(meeting, length_min), .required = true, .min = 1, .max = DAY_MIN,
     .unit = "minutes"},
    {"from", CFG_WHEN, AT(meeting, from_ts), .required = true},
    {"to", CFG_WHEN, AT(meeting, to_ts), .required = true, .end = true},
    {"together", CFG_BOOL, AT(meeting, together)},
    {"price", CFG_REAL, AT(meeting, price), .required = true, .max = MONEY_MAX, .unit = IN_CURRENCY},
    {"agents", CFG_REFS, AT(meeting, agents), COUNT(meeting, n_agents), .required = true, .ref = PART_AGENT},
    END,
};

const struct cfg_key time_off_keys[] = {
    {"agent", CFG_REF, AT(time_off, agent), .required = true, .ref = PART_AGENT},
    {"start", CFG_WHEN, AT(time_off, start_ts), .required = true},
    {"end", CFG_WHEN, AT(time_off, end_ts), .required = true, .end = true},
    {"kind", CFG_TEXT, AT(time_off, kind)},
    {"credit_minutes", CFG_MINUTES, AT(time_off, credit_min), .max = DAY_MIN, .unit = "minutes"},
    END,
};

/* --- special days */

const struct cfg_key special_day_keys[] = {
    {"scope", CFG_ENUM, AT(special_form, day.scope), .required = true, .enum_name = special_scope_at,
     .enum_n = SCOPE_N},
    {"id", CFG_TEXT, AT(special_form, id)},
    {"date", CFG_DATE, AT(special_form, day.day), .required = true, .none_day = INT32_MIN},
    {"name", CFG_TEXT, AT(special_form, day.name), .required = true},
    {"kind", CFG_ENUM, AT(special_form, day.kind), .required = true, .enum_name = special_kind_at,
     .enum_n = SPECIAL_N},
    {"uplift_percent", CFG_REAL, AT(special_form, uplift_percent), .min = -100, .max = 10000, .unit = "%"},
    {"open", CFG_CLOCKS, AT(special_form, day.open_from_min), COUNT(special_form, day.open_to_min)},
    END,
};

void special_form_defaults(void *element)
{
    struct special_form *form = element;
    form->uplift_percent = NAN;
}

static const enum part special_owner[SCOPE_N] = {
    [SCOPE_CLIENT] = PART_CLIENT, [SCOPE_QUEUE] = PART_QUEUE, [SCOPE_SITE] = PART_SITE};

bool special_form_settle(struct cfg_json *door, struct special_form *form, const char *pointer)
{
    g_autofree char *where = g_strconcat(pointer, "/id", NULL);
    form->day.has_uplift = !isnan(form->uplift_percent);
    form->day.uplift = form->day.has_uplift ? form->uplift_percent / 100 : 0;
    if (form->day.scope == SCOPE_ALL)
        return form->id == NULL ||
               cfg_json_fault(door->errors, where, "\"%.64s\" with scope all; leave it out", form->id);
    enum part owner = special_owner[form->day.scope];
    if (form->id == NULL)
        return cfg_json_fault(door->errors, where, "is missing; it says which %s", part_what(owner));
    form->day.index = door->find(door->user, owner, form->id);
    return form->day.index >= 0 ||
           cfg_json_fault(door->errors, where, "there is no %s \"%.64s\"", part_what(owner), form->id);
}

void special_form_unsettle(const struct operation *operation, struct special_form *form)
{
    /* ten digits of percent are those of the share */
    form->uplift_percent = form->day.has_uplift ? round(form->day.uplift * 1e10) / 1e8 : NAN;
    form->id = form->day.scope == SCOPE_ALL
                   ? NULL
                   : g_strdup(part_id(operation, special_owner[form->day.scope], form->day.index));
}

/* --- wishes */

enum wish_word { WISH_OFF, WISH_ON, WISH_START, WISH_WORD_N };

static const char *wish_word_at(int value)
{
    static const char *const names[WISH_WORD_N] = {"off", "on", "start"};
    return names[value];
}

const struct cfg_key wish_form_keys[] = {
    {"agent", CFG_REF, AT(wish_form, preference.agent), .required = true, .ref = PART_AGENT},
    {"day", CFG_DATE, AT(wish_form, preference.day), .required = true, .none_day = INT32_MIN},
    {"wish", CFG_ENUM, AT(wish_form, word), .required = true, .enum_name = wish_word_at,
     .enum_n = WISH_WORD_N},
    {"template", CFG_REF, AT(wish_form, preference.tmpl), .ref = PART_TEMPLATE},
    {"start", CFG_CLOCKS, AT(wish_form, preference.from_min), COUNT(wish_form, preference.to_min)},
    {"weight", CFG_REAL, AT(wish_form, weight), .min = 1, .max = WISH_WEIGHT_MAX},
    {"price", CFG_REAL, AT(wish_form, price), .max = MONEY_MAX, .unit = IN_CURRENCY},
    END,
};

void wish_form_defaults(void *element)
{
    struct wish_form *form = element;
    form->preference.tmpl = -1;
    form->weight = form->price = NAN;
}

static bool settle_price(const struct operation *operation, struct wish_form *form, const char *pointer,
                         json_t *errors)
{
    g_autofree char *price = g_strconcat(pointer, "/price", NULL);
    if (!isnan(form->price) && !isnan(form->weight))
        return cfg_json_fault(errors, price, "%g, but there is a weight too; keep one of the two",
                              form->price);
    form->preference.price = form->price;
    if (!isnan(form->price))
        return true;
    if (operation->wishes.price <= 0)
        return cfg_json_fault(errors, price,
                              "is missing, and the operation's wishes.price does not say what a wish of "
                              "weight 1 costs");
    form->preference.price =
        wish_price(operation, form->preference.agent, isnan(form->weight) ? 1 : form->weight);
    return true;
}

bool wish_form_settle(const struct operation *operation, struct wish_form *form, const char *pointer,
                      json_t *errors)
{
    struct preference *wish = &form->preference;
    bool any = wish->from_min == 0 && wish->to_min == 0;
    if (any)
        wish->to_min = DAY_MIN;
    wish->off = form->word != WISH_ON;
    if (form->word == WISH_START && wish->from_min == 0 && wish->to_min == DAY_MIN) {
        g_autofree char *where = g_strconcat(pointer, "/start", NULL);
        return cfg_json_fault(errors, where, "is missing, but the wish is about the start, like 06:00-10:00");
    }
    if (form->word == WISH_START)
        wish_outside(wish);
    return settle_price(operation, form, pointer, errors);
}

void wish_form_unsettle(struct wish_form *form)
{
    struct preference *wish = &form->preference;
    form->price = wish->price;
    form->weight = NAN;
    form->word = wish->off ? WISH_OFF : WISH_ON;
    if (wish->from_min == 0 && wish->to_min == DAY_MIN)
        wish->to_min = 0;
}
