internal import BulkSystem

extension RunDirectory {
    /// What the run's journal says; `nil` when there is none, or when a crash came before its first line
    /// was whole, so that nothing was sent.
    ///
    /// - Throws: A ``JournalError`` when it cannot be continued, for example when there is none although the
    ///   run has ended before; a `FileError` when it cannot be read.
    func readJournal() throws -> JournalIndex? {
        if FilePath.isTaken(journal), try journalHasFirstLine() {
            return try JournalIndex.read(journal)
        }
        // These are written when the journal has its first line.
        guard let result = [report, summary, revised].first(where: FilePath.isTaken) else {
            return nil
        }
        throw JournalError(missing: journal, because: FilePath.name(of: result))
    }

    /// How many requests of the run's last part are missing from the journal.
    func requestsMissing(in journal: JournalIndex?) throws -> Int {
        try SummaryFile.updatesMissing(at: summary, beyond: journal?.requests ?? 0)
    }

    /// Removes a journal that was made but never begun.
    func removeUnbegunJournal() throws {
        guard FilePath.exists(journal), try !journalHasFirstLine() else { return }
        try POSIXFileSystem().remove(journal)
    }

    /// The first line is on the disk before anything is sent.
    private func journalHasFirstLine() throws(FileError) -> Bool {
        var reader = try FileReader(ofRun: journal)
        return try reader.read(upTo: 64 << 10).contains(UInt8(ascii: "\n"))
    }
}
