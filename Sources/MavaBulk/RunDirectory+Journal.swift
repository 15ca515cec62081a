internal import BulkSystem

extension RunDirectory {
    /// What the run's journal says; `nil` when there is none, or when a crash came before its first line
    /// was whole, so that nothing was sent.
    func readJournal() throws -> JournalIndex? {
        guard FilePath.exists(journal), try journalHasFirstLine() else { return nil }
        return try JournalIndex.read(journal)
    }

    /// Removes a journal that was made but never begun.
    func removeUnbegunJournal() throws {
        guard FilePath.exists(journal), try !journalHasFirstLine() else { return }
        try POSIXFileSystem().remove(journal)
    }

    /// The first line is on the disk before anything is sent.
    private func journalHasFirstLine() throws(FileError) -> Bool {
        var reader = try FileReader(journal)
        return try reader.read(upTo: 64 << 10).contains(UInt8(ascii: "\n"))
    }
}
