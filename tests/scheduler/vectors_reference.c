#include "tests/scheduler/staffing_vectors_internal.h"

void vectors_reference(struct vectors *file)
{
    vectors_unknown(file, "published simulations");
}
