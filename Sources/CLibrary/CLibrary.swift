// The C library of the platform. All other files import this module instead of naming a platform.

#if canImport(Glibc)
    @_exported public import Glibc
#elseif canImport(Musl)
    @_exported public import Musl
#else
    @_exported public import Darwin
#endif

extension stat {
    /// When the file's contents, owner, mode or name last changed.
    public var changedAt: timespec {
        #if canImport(Darwin)
            st_ctimespec
        #else
            st_ctim
        #endif
    }
}

/// Constants whose types differ between the platforms.
public enum PlatformConstant {
    #if canImport(Glibc)
        /// The type of a stream socket, for `socket` and `socketpair`.
        public static let streamSocket = Int32(SOCK_STREAM.rawValue)
        /// The limit on open descriptors, for `getrlimit` and `setrlimit`.
        public static let descriptorLimit = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        /// The limit on address space, for `getrlimit`.
        public static let memoryLimit = __rlimit_resource_t(RLIMIT_AS.rawValue)
        /// This process, for `getrusage`.
        public static let thisProcess = __rusage_who_t(RUSAGE_SELF.rawValue)
    #else
        /// The type of a stream socket, for `socket` and `socketpair`.
        public static let streamSocket = SOCK_STREAM
        /// The limit on open descriptors, for `getrlimit` and `setrlimit`.
        public static let descriptorLimit = RLIMIT_NOFILE
        /// The limit on address space, for `getrlimit`.
        public static let memoryLimit = RLIMIT_AS
        /// This process, for `getrusage`.
        public static let thisProcess = RUSAGE_SELF
    #endif
    #if canImport(Darwin)
        /// The flag of `send` that prevents SIGPIPE; Darwin has a socket option instead.
        public static let noSignal: Int32 = 0
    #else
        /// The flag of `send` that prevents SIGPIPE.
        public static let noSignal = Int32(MSG_NOSIGNAL)
    #endif
    #if canImport(Darwin)
        /// The flag POSIX_SPAWN_SETSID, which the C library does not declare to all programs.
        public static let spawnInSession: Int16 = 0x0400
    #else
        /// The flag POSIX_SPAWN_SETSID, which the C libraries do not declare to all programs.
        public static let spawnInSession: Int16 = 0x80
    #endif
}
