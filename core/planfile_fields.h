/*
 * planfile_fields.h - the fields of an operation and of a shift as a plan file has them. Private to
 * core/planfile.c.
 */
#ifndef WFM_CORE_PLANFILE_FIELDS_H
#define WFM_CORE_PLANFILE_FIELDS_H

#include "core/plan.h"
#include "core/record.h"

extern const struct rec_field operation_fields[]; /* of struct operation */
extern const struct rec_field shift_fields[];     /* of struct shift */

#endif
