#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CPoll.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

struct CPollSet {
    // The epoll set; -1 where the entries are polled.
    int epoll;
    // Whether the kernel does not know, or a sandbox around the process does not allow, epoll_pwait2.
    int lacksExactEpoll;
    struct pollfd *entries;
    int count, capacity;
    // The index of each descriptor among the entries, by its number; -1 for those that have none.
    int *places;
    int placeCount;
    // The entry to begin with when the next ready ones are looked for.
    int next;
};

CPollSet *cpoll_new(CPollWay way) {
    CPollSet *set = calloc(1, sizeof *set);
    if (set == NULL) return NULL;
    set->epoll = -1;
#if defined(__linux__)
    if (way != CPOLL_PORTABLE) set->epoll = epoll_create1(EPOLL_CLOEXEC);
    set->lacksExactEpoll = way == CPOLL_EARLIER;
#endif
    return set;
}

void cpoll_free(CPollSet *set) {
    if (set->epoll >= 0) close(set->epoll);
    free(set->entries);
    free(set->places);
    free(set);
}

// Waits as poll does.
static int wait_exactly(struct pollfd *entries, int count, uint64_t nanoseconds) {
#if defined(__linux__)
    struct timespec limit = {
        .tv_sec = (time_t)(nanoseconds / 1000000000),
        .tv_nsec = (long)(nanoseconds % 1000000000),
    };
    return ppoll(entries, (nfds_t)count, &limit, NULL);
#else
    uint64_t milliseconds = nanoseconds / 1000000 + (nanoseconds % 1000000 != 0);
    return poll(entries, (nfds_t)count, milliseconds > INT_MAX ? INT_MAX : (int)milliseconds);
#endif
}

// MARK: Polled entries

static int grow(void **memory, int *capacity, int needed, size_t size) {
    if (needed <= *capacity) return 0;
    int larger = needed > 2 * *capacity ? needed : 2 * *capacity;
    void *moved = realloc(*memory, (size_t)larger * size);
    if (moved == NULL) return -1;
    *memory = moved;
    *capacity = larger;
    return 0;
}

static int watch_entry(CPollSet *set, int descriptor, short events) {
    int known = set->placeCount;
    if (grow((void **)&set->places, &set->placeCount, descriptor + 1, sizeof *set->places) != 0)
        return -1;
    for (int number = known; number < set->placeCount; number++) set->places[number] = -1;
    int place = set->places[descriptor];
    if (place < 0) {
        if (grow((void **)&set->entries, &set->capacity, set->count + 1, sizeof *set->entries) != 0)
            return -1;
        place = set->count++;
        set->places[descriptor] = place;
    }
    set->entries[place] = (struct pollfd){.fd = descriptor, .events = events};
    return 0;
}

static void forget_entry(CPollSet *set, int descriptor) {
    int place = descriptor < set->placeCount ? set->places[descriptor] : -1;
    if (place < 0) return;
    set->places[descriptor] = -1;
    struct pollfd last = set->entries[--set->count];
    if (place == set->count) return;
    set->entries[place] = last;
    set->places[last.fd] = place;
}

static int wait_entries(CPollSet *set, CPollReady *ready, int capacity, uint64_t nanoseconds) {
    int left = wait_exactly(set->entries, set->count, nanoseconds);
    int found = 0;
    for (int step = 0; step < set->count && left > 0 && found < capacity; step++) {
        if (set->next >= set->count) set->next = 0;
        struct pollfd entry = set->entries[set->next++];
        if (entry.revents == 0) continue;
        left--;
        ready[found++] = (CPollReady){.descriptor = entry.fd, .events = entry.revents};
    }
    return left < 0 ? -1 : found;
}

// MARK: Either

int cpoll_watch(CPollSet *set, int descriptor, short events) {
#if defined(__linux__)
    if (set->epoll >= 0) {
        struct epoll_event event = {.data.fd = descriptor};
        if (events & POLLIN) event.events |= EPOLLIN;
        if (events & POLLOUT) event.events |= EPOLLOUT;
        if (epoll_ctl(set->epoll, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
        if (errno != ENOENT) return -1;
        return epoll_ctl(set->epoll, EPOLL_CTL_ADD, descriptor, &event);
    }
#endif
    return watch_entry(set, descriptor, events);
}

void cpoll_forget(CPollSet *set, int descriptor) {
#if defined(__linux__)
    if (set->epoll >= 0) {
        epoll_ctl(set->epoll, EPOLL_CTL_DEL, descriptor, NULL);
        return;
    }
#endif
    forget_entry(set, descriptor);
}

#if defined(__linux__)
// Waits for an epoll set, to the nanosecond.
static int wait_epoll(CPollSet *set, struct epoll_event *events, int most, uint64_t nanoseconds) {
#if defined(SYS_epoll_pwait2)
    // The kernel's own way, since Linux 5.11; called by its number, because musl does not name it.
    if (!set->lacksExactEpoll) {
        int64_t limit[2] = {
            (int64_t)(nanoseconds / 1000000000), (int64_t)(nanoseconds % 1000000000)};
        long count = syscall(SYS_epoll_pwait2, set->epoll, events, most, limit, NULL, 0);
        if (count >= 0 || (errno != ENOSYS && errno != EPERM)) return (int)count;
        set->lacksExactEpoll = 1;
    }
#endif
    // The set is itself a descriptor, and epoll_wait counts in milliseconds.
    struct pollfd whole = {.fd = set->epoll, .events = POLLIN};
    if (nanoseconds > 0 && wait_exactly(&whole, 1, nanoseconds) < 0) return -1;
    return epoll_wait(set->epoll, events, most, 0);
}
#endif

int cpoll_wait(CPollSet *set, CPollReady *ready, int capacity, uint64_t nanoseconds) {
#if defined(__linux__)
    if (set->epoll >= 0) {
        struct epoll_event events[128];
        int most = capacity < 128 ? capacity : 128;
        int count = wait_epoll(set, events, most, nanoseconds);
        for (int index = 0; index < count; index++) {
            uint32_t what = events[index].events;
            short as = 0;
            if (what & EPOLLIN) as |= POLLIN;
            if (what & EPOLLOUT) as |= POLLOUT;
            if (what & EPOLLERR) as |= POLLERR;
            if (what & EPOLLHUP) as |= POLLHUP;
            ready[index] = (CPollReady){.descriptor = events[index].data.fd, .events = as};
        }
        return count;
    }
#endif
    return wait_entries(set, ready, capacity, nanoseconds);
}

void cpoll_make_exact(void) {
#if defined(__linux__)
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
#endif
}
