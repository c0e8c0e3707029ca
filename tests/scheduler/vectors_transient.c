#include "tests/scheduler/staffing_vectors_internal.h"

void vectors_transient(struct vectors *file)
{
    vectors_unknown(file, "days of changing load");
}
