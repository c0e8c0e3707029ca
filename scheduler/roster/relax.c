#include "scheduler/roster/relax.h"

#include <stddef.h>
#include <string.h>

#include "core/member.h"

#define MINUTES_ANY 527040 /* of a year: what plan files hold at most */
#define DAYS_ANY 366
#define RUN_ANY 99

#define AT(field) .name = #field, .offset = offsetof(struct contract, field)
#define GUARD(field) .guard = offsetof(struct contract, field)
#define TOP(field) .top = offsetof(struct contract, field)

/* clang-format off */
static const struct relaxation table[] = {
    {CONTRACT_RULE_WEEK_MINUTES_MIN, AT(week_minutes_min), .step = -60},
    {CONTRACT_RULE_WEEK_MINUTES_MAX, AT(week_minutes_max), .step = 60, .none = WEEK_DAYS * DAY_MIN},
    {CONTRACT_RULE_WEEK_DAYS_MIN, AT(week_days_min), .step = -1},
    {CONTRACT_RULE_WEEK_DAYS_MAX, AT(week_days_max), .step = 1, .none = WEEK_DAYS},
    {CONTRACT_RULE_PERIOD_MINUTES_MIN, AT(period_minutes_min), .step = -60},
    {CONTRACT_RULE_PERIOD_MINUTES_MAX, AT(period_minutes_max), .step = 60, .none = MINUTES_ANY, .zero_none = true},
    {CONTRACT_RULE_PERIOD_DAYS_MIN, AT(period_days_min), .step = -1},
    {CONTRACT_RULE_PERIOD_DAYS_MAX, AT(period_days_max), .step = 1, .none = DAYS_ANY, .zero_none = true},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, AT(consecutive_days_min), .step = -1},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_MAX, AT(consecutive_days_max), .step = 1, .none = RUN_ANY},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN, AT(consecutive_days_off_min), .step = -1, .none = 1, .zero_none = true},
    {CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, AT(consecutive_days_off_max), .step = 1, .none = RUN_ANY, .zero_none = true},
    {CONTRACT_RULE_WINDOW_DAYS_MAX, AT(window_days_max), .step = 1, GUARD(window_days), TOP(window_days), .zero_none = true},
    {CONTRACT_RULE_WEEK_REST_MINUTES, AT(week_rest_minutes), .step = -60},
    {CONTRACT_RULE_DAY_OFF_MINUTES, AT(day_off_minutes), .step = -60},
    {CONTRACT_RULE_REST_MIN_MINUTES, AT(rest_min_minutes), .step = -60},
    {CONTRACT_RULE_START_DISTANCE_MINUTES, AT(start_distance_minutes), .step = -60},
    {CONTRACT_RULE_ROTATION, AT(rotation_tolerance_min), .step = 60, .none = DAY_MIN},
    {CONTRACT_RULE_WEEK_NIGHTS_MAX, AT(week_nights_max), .step = 1, .none = WEEK_DAYS},
    {CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX, AT(consecutive_nights_max), .step = 1, .none = RUN_ANY, .zero_none = true},
    {CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN, AT(days_off_after_nights_min), .step = -1},
    {CONTRACT_RULE_WEEKENDS_MAX, AT(weekends_max), .step = 1, TOP(weekends_of)},
    {CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX, AT(consecutive_weekends_max), .step = 1, .none = RUN_ANY, .zero_none = true},
    {CONTRACT_RULE_START_SPREAD, AT(start_spread_max_min), .step = 60, .none = DAY_MIN},
    {CONTRACT_RULE_WEEKEND_WHOLE, .name = "weekend_whole", .step = -1},
    {CONTRACT_RULE_SUCCESSION, .name = "successions", .step = -1},
    {CONTRACT_RULE_TEMPLATE_LIMIT, .name = "template_limits", .step = -1},
};
/* clang-format on */

int relaxations_n(void)
{
    return G_N_ELEMENTS(table);
}

const struct relaxation *relaxation_at(int i)
{
    return &table[i];
}

int relaxation_value(const struct relaxation *relaxation, const struct contract *contract)
{
    switch (relaxation->rule) {
    case CONTRACT_RULE_WEEKEND_WHOLE:
        return contract->weekend_whole;
    case CONTRACT_RULE_SUCCESSION:
        return contract->n_successions > 0;
    case CONTRACT_RULE_TEMPLATE_LIMIT:
        return contract->n_limits > 0;
    default:
        return member_int(contract, relaxation->offset);
    }
}

static int none_of(const struct relaxation *relaxation, const struct contract *contract)
{
    return relaxation->top != 0 ? member_int(contract, relaxation->top) : relaxation->none;
}

bool relaxation_active(const struct relaxation *relaxation, const struct contract *contract)
{
    int value = relaxation_value(relaxation, contract), none = none_of(relaxation, contract);
    if ((relaxation->zero_none && value == 0) ||
        (relaxation->guard != 0 && member_int(contract, relaxation->guard) == 0) ||
        (relaxation->rule == CONTRACT_RULE_ROTATION && !contract->rotation_forward))
        return false;
    return relaxation->step > 0 ? value < none : value > none;
}

int relaxation_steps(const struct relaxation *relaxation, const struct contract *contract)
{
    int step = ABS(relaxation->step);
    int way = ABS(none_of(relaxation, contract) - relaxation_value(relaxation, contract));
    return (way + step - 1) / step;
}

int relaxation_after(const struct relaxation *relaxation, const struct contract *contract, int steps)
{
    if (steps >= relaxation_steps(relaxation, contract))
        return none_of(relaxation, contract);
    return relaxation_value(relaxation, contract) + steps * relaxation->step;
}

void relaxation_set(const struct relaxation *relaxation, struct contract *contract, int value)
{
    switch (relaxation->rule) {
    case CONTRACT_RULE_WEEKEND_WHOLE:
        contract->weekend_whole = value != 0;
        break;
    case CONTRACT_RULE_SUCCESSION:
        contract->n_successions = value != 0 ? contract->n_successions : 0;
        break;
    case CONTRACT_RULE_TEMPLATE_LIMIT:
        contract->n_limits = value != 0 ? contract->n_limits : 0;
        break;
    default:
        memcpy((char *)contract + relaxation->offset, &value, sizeof value);
    }
}
