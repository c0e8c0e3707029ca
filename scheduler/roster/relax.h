/*
 * relax.h - the rules of a contract one can loosen: which number it is, in which direction, by what step, and
 * where it stops being a rule. For conflicts (the least change that leaves a legal roster) and explanations
 * (what a step would save).
 */
#ifndef WFM_SCHEDULER_ROSTER_RELAX_H
#define WFM_SCHEDULER_ROSTER_RELAX_H

#include "core/plan.h"

struct relaxation {
    enum contract_rule rule;
    const char *name; /* of the field, as struct contract has it */
    int step;         /* in the unit of the field; + raises a maximum, - lowers a minimum */
    size_t offset;    /* of an int in struct contract */
    size_t guard;     /* of an int that must not be 0 for the rule to be one; 0 = none */
    size_t top;       /* of an int at which it stops being a rule; 0 = `none` says */
    int none;         /* value at which it stops being a rule */
    bool zero_none;   /* 0 is no rule, too */
};

/* Rules that are not one number, loosened as a whole: their "value" is 1 in force, 0 not. step is -1. */
int relaxations_n(void);
const struct relaxation *relaxation_at(int i);

/* Is the rule in force in the contract (set, and short of where it stops being one)? */
bool relaxation_active(const struct relaxation *relaxation, const struct contract *contract);

int relaxation_value(const struct relaxation *relaxation, const struct contract *contract);
/* Steps from the contract's value to no rule, >= 1 for an active one. */
int relaxation_steps(const struct relaxation *relaxation, const struct contract *contract);
/* The value after `steps` steps. */
int relaxation_after(const struct relaxation *relaxation, const struct contract *contract, int steps);
/* Sets the value; of a rule that is no number, 0 takes it out. The contract's lists are only shortened. */
void relaxation_set(const struct relaxation *relaxation, struct contract *contract, int value);

#endif
