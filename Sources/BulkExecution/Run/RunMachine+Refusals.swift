extension RunMachine {
    /// The number of refusals for an unknown reason, without any success, that ends a run.
    ///
    /// After so many the reason is most likely not in the rows, such as an account that is blocked.
    static let mostUnknownRefusals = 20

    /// Whether the run ends because every update was refused.
    var isRefused: Bool { unknownRefusals == Self.mostUnknownRefusals }

    /// Ends a run of which every update is refused for an unknown reason, unless it says how many rows may fail.
    mutating func noteRefusal(_ code: FailureCode) {
        guard let count = unknownRefusals, settings.maxFailures == nil else { return }
        unknownRefusals = code == .refused ? count + 1 : 0
        if unknownRefusals == Self.mostUnknownRefusals { stop(.tooManyFailures) }
    }
}
