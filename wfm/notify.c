#include "wfm/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void notify_manager(const char *text)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = path != NULL ? strlen(path) : 0;
    if (length < 2 || length >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') /* the abstract name space */
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    /* a manager that does not listen is no reason not to serve */
    ssize_t sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    (void)sent;
    close(fd);
}

void notify_reloading(void)
{
    g_autofree char *text =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());
    notify_manager(text);
}

gint64 notify_watchdog_us(void)
{
    const char *us = g_getenv("WATCHDOG_USEC"), *pid = g_getenv("WATCHDOG_PID");
    if (us == NULL || (pid != NULL && g_ascii_strtoll(pid, NULL, 10) != getpid()))
        return 0;
    return g_ascii_strtoll(us, NULL, 10) / 2;
}
