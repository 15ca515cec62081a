import BulkSystem
import CCurl
import Synchronization

/// The system's libcurl, loaded when the first request is made.
struct CurlLibrary: Sendable {
    /// The loaded library's functions; constant once it is loaded, so any thread may read it.
    nonisolated(unsafe) let functions: OpaquePointer
    /// libcurl's version as 0xXXYYZZ.
    let version: UInt32

    /// The library that every transport of the program shares: loaded once, never unloaded.
    ///
    /// A failure is not kept: a machine that was short of descriptors may have some later.
    static var shared: Result<CurlLibrary, TransportError> {
        loaded.withLock { loaded in
            if let loaded { return .success(loaded) }
            return Result { () throws(TransportError) in
                let library = try CurlLibrary(names: systemNames)
                loaded = library
                return library
            }
        }
    }

    private static let loaded = Mutex<CurlLibrary?>(nil)

    /// The oldest version that is taken: that of the oldest systems still cared for (Ubuntu 20.04).
    static let minimumVersion: UInt32 = 0x07_44_00
    /// The first version that reports when a request is about to be written (`CURLOPT_PREREQFUNCTION`).
    static let prereqVersion: UInt32 = 0x07_50_00

    /// Names of the library, in the order they are tried.
    ///
    /// Debian's `libcurl-gnutls.so.4` has the same interface and comes with Git, so a machine without
    /// `libcurl4` often has it.
    static var systemNames: [String] {
        #if canImport(Darwin)
            ["libcurl.4.dylib", "/usr/lib/libcurl.4.dylib"]
        #else
            ["libcurl.so.4", "libcurl.so", "libcurl-gnutls.so.4"]
        #endif
    }

    /// Loads the first library that can be loaded and is new enough.
    ///
    /// - Parameters:
    ///   - names: The libraries' names, in the order they are tried.
    ///   - minimumVersion: The oldest version that is taken, as 0xXXYYZZ.
    /// - Throws: ``TransportError/Code/unavailable``, naming the package to install.
    init(names: [String], minimumVersion: UInt32 = Self.minimumVersion) throws(TransportError) {
        var reasons: [String] = []
        for name in names {
            var message = [CChar](repeating: 0, count: 512)
            if let functions = ccurl_open(name, minimumVersion, &message, message.count) {
                self.functions = functions
                version = ccurl_version_number(functions)
                return
            }
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            reasons.append(String(decoding: text, as: UTF8.self))
        }
        // The loader reports this for a library that exists but does not fit.
        if reasons.contains(where: Self.tellsOfMemory) {
            throw TransportError(
                code: .unavailable,
                message: "libcurl cannot be loaded, because memory is short "
                    + "(\(reasons.joined(separator: "; "))): raise the limit on memory (ulimit -v).",
                mayHaveReachedServer: false)
        }
        if DescriptorLimit.isReached {
            throw CurlHandle.shortage("this process may open no more files (ulimit -n)")
        }
        throw TransportError(
            code: .unavailable,
            message: """
                libcurl 7.68 or newer is needed to reach the API and was not found \
                (\(reasons.joined(separator: "; "))). Install it: `apt install libcurl4` on Debian \
                and Ubuntu, `dnf install libcurl` on Fedora and RHEL, `apk add libcurl` on Alpine, \
                `brew install curl` on macOS.
                """,
            mayHaveReachedServer: false)
    }

    /// Whether the reason why a library was not loaded is that memory is short: in the words of glibc and musl.
    static func tellsOfMemory(_ reason: String) -> Bool {
        let reason = reason.lowercased()
        return [
            "cannot allocate memory", "out of memory", "failed to map segment",
            "cannot create shared object descriptor", "cannot create capability list",
            "cannot change memory protections", "cannot allocate symbol search list",
        ].contains { reason.contains($0) }
    }

    /// libcurl's own words for a result.
    func text(of result: Int32) -> String {
        ccurl_easy_error_text(functions, result).map { String(cString: $0) } ?? "error \(result)"
    }
}
