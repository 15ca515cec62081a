#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CPoll.h"

#include <limits.h>
#include <time.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

int cpoll_wait(struct pollfd *descriptors, uint64_t count, uint64_t nanoseconds) {
#if defined(__linux__)
    struct timespec limit = {
        .tv_sec = (time_t)(nanoseconds / 1000000000),
        .tv_nsec = (long)(nanoseconds % 1000000000),
    };
    return ppoll(descriptors, (nfds_t)count, &limit, NULL);
#else
    uint64_t milliseconds = nanoseconds / 1000000 + (nanoseconds % 1000000 != 0);
    return poll(
        descriptors, (nfds_t)count, milliseconds > INT_MAX ? INT_MAX : (int)milliseconds);
#endif
}

void cpoll_make_exact(void) {
#if defined(__linux__)
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
#endif
}
