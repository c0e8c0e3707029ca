#include "wfm/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

#define SAME_REQUEST_S 1 /* Ctrl-C and its like may reach a process twice at once: that is asking once */

static volatile sig_atomic_t count;
static volatile time_t last_s;
static int depth;
static volatile sig_atomic_t hangups;

static void on_signal(int number)
{
    struct timespec now;
    (void)number;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (count > 0 && now.tv_sec - last_s <= SAME_REQUEST_S)
        return;
    last_s = now.tv_sec;
    count++;
}

static void handle(void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

void interrupt_catch(void)
{
    sigset_t both;
    if (depth++ > 0)
        return;
    count = 0;
    handle(on_signal);
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    sigprocmask(SIG_UNBLOCK, &both, NULL);
}

void interrupt_release(void)
{
    if (--depth == 0)
        handle(SIG_DFL);
}

int interrupt_count(void)
{
    return count;
}

static void on_hangup(int number)
{
    (void)number;
    hangups++;
}

void interrupt_catch_hangups(void)
{
    struct sigaction action = {.sa_handler = on_hangup};
    sigset_t set;
    sigemptyset(&action.sa_mask);
    sigaction(SIGHUP, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int interrupt_hangups(void)
{
    return hangups;
}
