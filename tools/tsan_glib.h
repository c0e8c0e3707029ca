/*
 * tsan_glib.h - tells ThreadSanitizer of the locks of GLib, which is not built with it: its mutexes are
 * futexes of its own, so that every access they guard would be reported. Included before every file by
 * tools/sanitized-service, never otherwise.
 */
#ifndef WFM_TOOLS_TSAN_GLIB_H
#define WFM_TOOLS_TSAN_GLIB_H

#define _GNU_SOURCE
#include <glib.h>
#include <sanitizer/tsan_interface.h>

static inline void tsan_mutex_lock(GMutex *mutex)
{
    g_mutex_lock(mutex);
    __tsan_acquire(mutex);
}

static inline gboolean tsan_mutex_trylock(GMutex *mutex)
{
    gboolean locked = g_mutex_trylock(mutex);
    if (locked)
        __tsan_acquire(mutex);
    return locked;
}

static inline void tsan_mutex_unlock(GMutex *mutex)
{
    __tsan_release(mutex);
    g_mutex_unlock(mutex);
}

static inline void tsan_cond_wait(GCond *cond, GMutex *mutex)
{
    __tsan_release(mutex);
    g_cond_wait(cond, mutex);
    __tsan_acquire(mutex);
}

static inline gboolean tsan_cond_wait_until(GCond *cond, GMutex *mutex, gint64 until)
{
    __tsan_release(mutex);
    gboolean woken = g_cond_wait_until(cond, mutex, until);
    __tsan_acquire(mutex);
    return woken;
}

/* What is handed to a pool of threads was written before. */
static inline gboolean tsan_pool_push(GThreadPool *pool, gpointer data, GError **error)
{
    __tsan_release(data);
    return g_thread_pool_push(pool, data, error);
}

/* Whoever finds it done sees what was done. */
static inline gboolean tsan_once_enter(volatile void *location)
{
    gboolean first = (g_once_init_enter)(location);
    if (!first)
        __tsan_acquire((void *)(guintptr)location);
    return first;
}

static inline void tsan_once_leave(volatile void *location, gsize result)
{
    __tsan_release((void *)(guintptr)location);
    (g_once_init_leave)(location, result);
}

#undef g_once_init_enter
#undef g_once_init_leave
#define g_once_init_enter tsan_once_enter
#define g_once_init_leave(location, result) tsan_once_leave(location, (gsize)(result))
#define g_mutex_lock tsan_mutex_lock
#define g_mutex_trylock tsan_mutex_trylock
#define g_mutex_unlock tsan_mutex_unlock
#define g_cond_wait tsan_cond_wait
#define g_cond_wait_until tsan_cond_wait_until
#define g_thread_pool_push tsan_pool_push

#endif
