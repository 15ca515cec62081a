// Waiting for many descriptors, with a limit in nanoseconds.
//
// On Linux a round costs what is ready, however many descriptors are watched (epoll); elsewhere, or where the
// system has no epoll set to give, it costs what is watched (poll). Swift's own modules show neither epoll
// nor ppoll, which glibc and musl only declare to programs that ask for GNU extensions.

#ifndef CPOLL_H
#define CPOLL_H

#include <poll.h>
#include <stdint.h>

/// Descriptors that are waited for together.
typedef struct CPollSet CPollSet;

/// A descriptor that something can be done with.
typedef struct {
    int descriptor;
    /// POLLIN, POLLOUT, POLLERR and POLLHUP, as poll reports them.
    short events;
} CPollReady;

/// How a set waits.
typedef enum {
    /// The best way that there is.
    CPOLL_BEST,
    /// The best way that Linux had before 5.11; elsewhere the best one.
    CPOLL_EARLIER,
    /// As all systems can.
    CPOLL_PORTABLE,
} CPollWay;

/// Makes a set; null when there is no memory for it.
CPollSet *cpoll_new(CPollWay way);

/// Ends a set; the descriptors stay open.
void cpoll_free(CPollSet *set);

/// Watches a descriptor for POLLIN, POLLOUT, both or nothing, in place of what it was watched for before;
/// for errors and the other side's going it is watched always.
///
/// The result is 0, or -1 with the reason in `errno`.
int cpoll_watch(CPollSet *set, int descriptor, short events);

/// Watches a descriptor no more. To be called before it is closed.
void cpoll_forget(CPollSet *set, int descriptor);

/// Waits for at most so many nanoseconds until something is ready, and writes down at most `capacity` of the
/// descriptors that are; the others' turn comes at the next call.
///
/// The result is their number, or -1 with the reason in `errno`. Where there is no ppoll, the limit is
/// rounded up to a whole millisecond.
int cpoll_wait(CPollSet *set, CPollReady *ready, int capacity, uint64_t nanoseconds);

/// Lets the waits of the calling thread end at their time: Linux lets them last up to 50 microseconds
/// longer unless it is asked not to.
void cpoll_make_exact(void);

#endif
