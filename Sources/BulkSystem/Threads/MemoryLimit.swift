import CLibrary

/// How much memory this process may use (`ulimit -v`).
///
/// Neither the runtime nor the allocator reports a shortage: a thread that cannot be started is waited for
/// without end, and memory that cannot be had ends the process. So it is found out before anything begins.
package enum MemoryLimit {
    /// Makes the most of a limited address space: with glibc, all threads take their memory from one place.
    ///
    /// Otherwise each thread reserves 64 MiB for itself, and what is left is too little for the next thread. Without
    /// a limit nothing is changed. Must come before any thread is started.
    package static func economize() {
        var limit = rlimit()
        // No limit is the largest number, or on Darwin half of it.
        guard getrlimit(PlatformConstant.memoryLimit, &limit) == 0,
            limit.rlim_cur < rlim_t(Int64.max)
        else { return }
        // Of glibc's <malloc.h>; other systems have no such function, and need none.
        guard let program = dlopen(nil, RTLD_NOW), let symbol = dlsym(program, "mallopt") else {
            return
        }
        let set = unsafeBitCast(symbol, to: (@convention(c) (CInt, CInt) -> CInt).self)
        let mostArenas: CInt = -8
        _ = set(mostArenas, 1)
    }

    /// Whether so much address space is left.
    ///
    /// - Parameter bytes: How much is wanted.
    /// - Returns: Whether it can be had; nothing is kept of it.
    package static func hasRoom(for bytes: Int) -> Bool {
        let room = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let room, room != MAP_FAILED else { return false }
        munmap(room, bytes)
        return true
    }
}
