import CLibrary

/// How much memory this process may use (`ulimit -v`).
///
/// Neither the runtime nor the allocator reports a shortage. If a thread cannot be started, the
/// program waits for it forever. If memory cannot be allocated, the process ends. The program
/// therefore checks the limit before it begins.
package enum MemoryLimit {
    /// Saves address space under a limit: with glibc, all threads then allocate from one arena.
    ///
    /// Otherwise each thread reserves 64 MiB for itself, and too little is left for the next
    /// thread. Without a limit nothing is changed. Call this before any thread is started.
    package static func economize() {
        var limit = rlimit()
        // "No limit" is the largest number, or half of it on Darwin.
        guard getrlimit(PlatformConstant.memoryLimit, &limit) == 0,
            limit.rlim_cur < rlim_t(Int64.max)
        else { return }
        // The function is from glibc's <malloc.h>. Other systems have no such function and need
        // none.
        guard let program = dlopen(nil, RTLD_NOW), let symbol = dlsym(program, "mallopt") else {
            return
        }
        let set = unsafeBitCast(symbol, to: (@convention(c) (CInt, CInt) -> CInt).self)
        let mostArenas: CInt = -8
        _ = set(mostArenas, 1)
    }

    /// Whether this much address space is left.
    ///
    /// - Parameter bytes: The bytes needed.
    /// - Returns: Whether they can be reserved; the reservation is released at once.
    package static func hasRoom(for bytes: Int) -> Bool {
        let room = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let room, room != MAP_FAILED else { return false }
        munmap(room, bytes)
        return true
    }
}
