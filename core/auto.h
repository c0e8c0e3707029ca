/*
 * auto.h - g_autoptr for plain structs without typedefs.
 *
 * `AUTO_DEFINE(zone, zone_free)` after the free function; then `AUTO(zone) zone = zone_new(name, error);`
 * frees it at the end of the scope. The free function must accept NULL. g_steal_pointer() lets the value out.
 */
#ifndef WFM_CORE_AUTO_H
#define WFM_CORE_AUTO_H

#define AUTO_DEFINE(type, free_fn)                                                                           \
    static inline void type##_auto(struct type **p)                                                          \
    {                                                                                                        \
        free_fn(*p);                                                                                         \
    }                                                                                                        \
    struct type /* takes the semicolon */

#define AUTO(type) __attribute__((cleanup(type##_auto))) struct type *

#endif
