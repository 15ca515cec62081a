extension Console {
    /// Begins the work of a command whose options are understood: from now on, each of its ends is reported.
    ///
    /// It comes before the key is read, so that a missing key is reported, too.
    ///
    /// - Parameter arguments: The command line, with what an earlier run's settings add.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    func begin(_ arguments: ParsedArguments) throws {
        try CommandConnection.requireUsable(arguments)
        _ = try AcceptedFailures(arguments)
        // The profile of an earlier run can have hooks and addresses; those of a pipe cannot be read twice.
        if !arguments.configured.isProfileChosen { try connectEvents(by: arguments) }
        events?.begin()
    }
}
