/*
 * member.h - what lies behind an offset in a struct, for tables that describe structs by offsetof. Private to
 * those who read and write by such tables; through memcpy, as nothing is known of types and alignment.
 */
#ifndef WFM_CORE_MEMBER_H
#define WFM_CORE_MEMBER_H

#include <stddef.h>
#include <string.h>

static inline const void *member_at(const void *base, size_t offset)
{
    return (const char *)base + offset;
}

static inline void *member_at_mut(void *base, size_t offset)
{
    return (char *)base + offset;
}

static inline int member_int(const void *base, size_t offset)
{
    int value;
    memcpy(&value, member_at(base, offset), sizeof value);
    return value;
}

static inline double member_real(const void *base, size_t offset)
{
    double value;
    memcpy(&value, member_at(base, offset), sizeof value);
    return value;
}

static inline const void *member_pointer(const void *base, size_t offset)
{
    const void *value;
    memcpy(&value, member_at(base, offset), sizeof value);
    return value;
}

#endif
