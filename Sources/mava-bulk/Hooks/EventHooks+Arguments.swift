import BulkSystem

extension EventHooks {
    /// Prepares the hooks of a command line and its configuration; `nil` where there are none.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - warn: Reports a hook that failed.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    convenience init?(
        _ arguments: ParsedArguments, warn: @escaping @Sendable (String) -> Void
    ) throws {
        let limit = try arguments.duration(.hookTimeout, from: "1ms", to: "1h")
        let hooks = try arguments.list(.on).map { text throws(CommandFailure) in
            do throws(Hook.Problem) {
                return try Hook(text)
            } catch {
                throw CommandFailure.usage("--on \(error.text)")
            }
        }
        guard !hooks.isEmpty else {
            if let option = arguments.firstGiven(of: [.hookTimeout, .requireHook]) {
                throw CommandFailure.usage(
                    "--\(option.rawValue) is about hooks: give --on EVENT=COMMAND as well")
            }
            return nil
        }
        self.init(
            hooks, limit: limit.map { Nanoseconds($0) } ?? Self.defaultLimit,
            isRequired: arguments.has(.requireHook), warn: warn)
    }
}
