// Waiting for descriptors with a limit in nanoseconds. `ppoll` does that, but glibc and musl only declare
// it to programs that ask for GNU extensions, which Swift's own modules do not.

#ifndef CPOLL_H
#define CPOLL_H

#include <poll.h>
#include <stdint.h>

/// Waits as `poll` does, with the same result and the same errors in `errno`, for at most so many
/// nanoseconds. Where there is no `ppoll`, the limit is rounded up to a whole millisecond.
int cpoll_wait(struct pollfd *descriptors, uint64_t count, uint64_t nanoseconds);

/// Lets the waits of the calling thread end at their time: Linux lets them last up to 50 microseconds
/// longer unless it is asked not to.
void cpoll_make_exact(void);

#endif
