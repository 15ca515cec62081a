import BulkPlan
import BulkSystem
import BulkRecords
import MavaAPI

import CLibrary

/// The input of a plan, which is read twice: once to decide, once to write the rows with their cells.
///
/// What can be read once only (standard input, a pipe) is kept in a temporary file that has no name, so
/// that it is gone when the process is, however that ends.
final class InputFile {
    let input: PlanInput
    private let limits: RecordLimits
    /// How many bytes the file has; `nil` for what can be read once only.
    let size: Int?
    /// The input's first bytes, for errors about its header.
    private var beginning: [UInt8] = []
    private static let beginningSize = 16 << 10
    private var spool: OpenFile?
    private var spoolFailure: FileError?
    /// The hashes of the first reading's bytes before they are decoded.
    ///
    /// It is unchecked because it belongs to one thread at a time: to the pipe's until the pipe is closed, then to the
    /// caller's.
    private final class Hash: @unchecked Sendable {
        var digest = SHA256()
        var print: Fingerprint

        init(seed: UInt64) { print = Fingerprint(seed: seed) }

        func update(_ bytes: UnsafeRawBufferPointer) {
            digest.update(bytes)
            print.update(bytes)
        }
    }
    private let hash: Hash
    private let hashing: BytePipe
    private var unhashed = OutputBuffer()
    private static let hashedAtOnce = 256 << 10
    /// The fingerprints of the bytes after they are decoded.
    ///
    /// Of the first reading's, it is only computed where they are decoded at all.
    private var firstPrint: Fingerprint
    private var secondPrint: Fingerprint

    /// How the input is written and delimited, found by the first reading.
    private(set) var format: RecordFormat?
    private var delimiter: UInt8?
    private var findings: ByteSource.Findings?
    /// Where the blocks of the input start, found by the first reading.
    var blockStarts = BlockStarts()

    init(_ input: PlanInput, _ limits: RecordLimits) throws(FileError) {
        self.input = input
        self.limits = limits
        let seed = UInt64.random(in: .min ... .max)
        let hash = Hash(seed: seed)
        self.hash = hash
        hashing = BytePipe { bytes in
            bytes.withUnsafeBytes { hash.update($0) }
            bytes.removeAll()
        }
        firstPrint = Fingerprint(seed: seed)
        secondPrint = Fingerprint(seed: seed)
        size = input.bytes?.count ?? input.rows?.size ?? Self.size(ofPlainFile: input.path)
        if size == nil { spool = try Self.unnamedFile() }
    }

    deinit {
        hashing.close()
        if let spool { POSIXFileSystem().close(spool) }
    }

    /// Opens the input for its first reading.
    func firstReader() throws(ReadError) -> RecordReader {
        var source = try openSource()
        findings = source.findings
        source.encoding = input.encoding
        source.originalObserver = { [self] bytes in
            unhashed.append(bytes)
            if unhashed.count >= Self.hashedAtOnce { hashing.put(&unhashed) }
        }
        source.observer = { [self] bytes in
            if findings?.encoding != nil { firstPrint.update(bytes) }
            keep(bytes)
            if beginning.count < Self.beginningSize {
                beginning += bytes.prefix(Self.beginningSize)
            }
        }
        let reader: RecordReader
        do throws(ReadError) {
            reader = try RecordReader(
                source, format: input.format, delimiter: input.delimiter,
                limits: limits, isTicketColumn: Self.isTicketColumn)
        } catch {
            try refusePlan()
            if error.code == .headerMalformed, findings?.encoding == nil,
                let foreign = ForeignEncoding.header(Array(beginning.dropFirst(hasMark ? 3 : 0)))
            {
                throw foreign.error(input.path, findings, hasMark: hasMark)
            }
            throw error
        }
        format = reader.format
        delimiter = reader.delimiter
        try refusePlan()
        return reader
    }

    /// Refuses a saved plan that cannot be opened as one: read as rows, it would not be what was approved.
    private func refusePlan() throws(ReadError) {
        let isPlan =
            PlanHeader.beginning.utf8.elementsEqual(
                beginning.drop { [0xEF, 0xBB, 0xBF].contains($0) }
                    .prefix(PlanHeader.beginning.utf8.count))
        guard isPlan || beginning.split(separator: 0x0A).contains(where: Self.isPlanRow) else {
            return
        }
        let advice: String
        if size == nil {
            advice =
                "this is a saved plan, and one is opened by its file's name: save it to a file first"
        } else if findings?.isGzip == true {
            advice = "this is a saved plan that is compressed: unpack it first"
        } else {
            advice = "this is a saved plan that was damaged or rewritten: make the plan again"
        }
        throw ReadError(code: .formatUnsupported, message: advice, inputName: input.path)
    }

    private func openSource() throws(ReadError) -> ByteSource {
        if let rows = input.rows { return rows.source() }
        if let bytes = input.bytes { return ByteSource(bytes: bytes, name: input.path) }
        return try ByteSource(path: input.path)
    }

    /// Whether a line is a plan's row.
    private static func isPlanRow(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts(with: #"{"row":"#.utf8)
            && line.firstRange(of: Array(#","ticketId":"#.utf8)) != nil
            && line.firstRange(of: Array(#","do":""#.utf8)) != nil
    }

    /// Opens the input for its second reading; only after the first one came to its end.
    func secondReader() throws -> RecordReader {
        try readAgain { [self] bytes in secondPrint.update(bytes) }
    }

    private func readAgain(
        _ observer: ((UnsafeRawBufferPointer) -> Void)?
    ) throws -> RecordReader {
        if let spoolFailure { throw spoolFailure }
        var source: ByteSource
        if let spool {
            guard lseek(spool.descriptor, 0, SEEK_SET) == 0 else {
                throw FileError.last(.read, spool.path)
            }
            // What was kept is not compressed any more, whatever the pipe is called.
            let isGzip = input.path.lowercased().hasSuffix(".gz")
            source = ByteSource(
                fileDescriptor: spool.descriptor,
                name: isGzip ? String(input.path.dropLast(3)) : input.path)
        } else {
            source = try openSource()
            source.encoding = input.encoding
        }
        source.observer = observer
        return try RecordReader(
            source, format: format, delimiter: delimiter, limits: limits,
            isTicketColumn: Self.isTicketColumn)
    }

    /// Refuses an input with rows that are not UTF-8 if the whole input reads as Windows-1252.
    ///
    /// To be called after the first reading, when a row was not UTF-8.
    func refuseForeignEncoding() throws {
        guard input.encoding == nil, findings?.encoding == nil else { return }
        var reader = try readAgain(nil)
        while try reader.advance() {
            guard reader.record.problem?.code == .invalidUTF8 else { continue }
            let raw = Array(reader.record.rawBytes)
            guard
                let foreign =
                    format == .csv
                    ? ForeignEncoding.row(
                        raw, columns: reader.columns, delimiter: delimiter ?? UInt8(ascii: ","))
                    : ForeignEncoding.line(raw, number: reader.record.position.line),
                try isWholeForeign()
            else { return }
            throw foreign.error(input.path, findings, hasMark: hasMark)
        }
    }

    private var hasMark: Bool { beginning.starts(with: [0xEF, 0xBB, 0xBF]) }

    /// Whether no byte sequence of the input is text in UTF-8 beyond ASCII, and every byte is one of Windows-1252.
    private func isWholeForeign() throws -> Bool {
        var check = ForeignEncoding.Check()
        var markLength = hasMark ? 3 : 0
        var reader = try readAgain { bytes in
            check.update(bytes.dropFirst(markLength))
            markLength = max(0, markLength - bytes.count)
        }
        while try reader.advance() {}
        return check.isForeign
    }

    private static func isTicketColumn(_ name: String) -> Bool {
        ColumnRole(columnName: name) == .ticketID
    }

    /// An error of the columns, with the file and the likely cause.
    func explained(_ error: ColumnError) -> ColumnError {
        var error = error
        let likely =
            isJSON ? nil : HeaderTrouble.cause(of: String(decoding: beginning, as: UTF8.self))
        let place = input.path == "-" ? "standard input" : input.path
        error.message = "\(place): " + (likely.map { "\($0): " } ?? "") + error.message
        if likely == nil, !isJSON, error.columns.count == 1 {
            error.message += "; is the delimiter right?"
        } else if error.code == .ticketIDColumnMissing,
            error.columns.contains(where: Self.isTicketInApostrophes)
        {
            error.message +=
                "; its texts are in '…', which is part of them here: save it with \" around texts"
        } else if likely == nil, error.code == .ticketIDColumnMissing,
            let column = ticketColumn(error.columns)
        {
            error.message +=
                "; is it the column \(quoted(column))? Then add "
                + "\(SettingName.column(column, meaning: ColumnRole.ticketID.names[0]))"
        }
        return error
    }

    /// The column that most likely names the tickets: the first with a value that has the form of an id, else one
    /// that has nearly the right name.
    private func ticketColumn(_ columns: [String]) -> String? {
        let separator = delimiter.map { Character(Unicode.Scalar($0)) } ?? ","
        let lines = String(decoding: beginning, as: UTF8.self).split { $0.isNewline }
        for line in lines.dropFirst().prefix(20) {
            let fields = line.split(separator: separator, omittingEmptySubsequences: false)
            guard fields.count == columns.count else { continue }
            // The id of a category or an agent looks like that of a ticket.
            for (name, field) in zip(columns, fields)
            where Self.isTicket(field) && ColumnRole(columnName: name).isPassive { return name }
        }
        return columns.first { name in
            ColumnRole(columnName: name) == .unknown
                && ColumnRole.closestName(to: name).map { ColumnRole(columnName: $0) } == .ticketID
        }
    }

    /// Whether a name is that of the ticket's column in apostrophes.
    private static func isTicketInApostrophes(_ name: String) -> Bool {
        name.count > 2 && name.hasPrefix("'") && name.hasSuffix("'")
            && isTicketColumn(String(name.dropFirst().dropLast()))
    }

    /// Whether a field holds a ticket's id, or a link to a ticket.
    private static func isTicket(_ field: Substring) -> Bool {
        let text = field.filter { $0 != "\"" && !$0.isWhitespace }
        return (try? TicketID(written: text))?.isObjectID == true
    }

    /// A note that proposes another column for the ticket's, where that one holds no ids and the other one nothing else.
    func ticketColumnNote(_ columns: ColumnMap) -> String? {
        guard !isJSON, let present = columns.ticketColumn else { return nil }
        let separator = delimiter.map { Character(Unicode.Scalar($0)) } ?? ","
        let lines = String(decoding: beginning, as: UTF8.self).split { $0.isNewline }
        let rows = lines.dropFirst().prefix(20).map {
            $0.split(separator: separator, omittingEmptySubsequences: false)
        }.filter { $0.count == columns.names.count }
        let place = columns.names.indices.first { column in
            columns.roles[column] == .unknown && !rows.isEmpty
                && rows.allSatisfy { Self.isTicket($0[column]) }
        }
        guard let name = place.map({ columns.names[$0] }) else { return nil }
        return
            "the column \(quoted(name)) holds ids of Mava's form, and \(quoted(present)), which is read, none: "
            + "to read the other one, add \(SettingName.column(name, meaning: ColumnRole.ticketID.names[0]))"
    }

    /// The SHA-256 of the input, once it was read.
    func sha256() -> String {
        finishHashing()
        return hash.digest.hexDigest()
    }

    private func finishHashing() {
        hashing.close()
        unhashed.withUnsafeBytes { hash.update($0) }
        unhashed.removeAll()
    }

    /// Whether the input is JSON Lines; known after the first reading.
    var isJSON: Bool { format == .jsonLines }

    /// How the input is written, by its usual file name ending.
    var formatName: String { format?.rawValue ?? "" }

    /// Notes how the input is written, so that a file of its failed rows can be written likewise.
    func describe(_ input: inout PlanHeader.Input) {
        input.delimiter = delimiter.map { String(UnicodeScalar($0)) }
        // What was decoded is written in UTF-8, and with a mark read as that, whatever the options say.
        input.hasMark =
            hasMark || self.input.encoding != nil && self.input.encoding != .utf8
        if let end = beginning.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            let hasFeed = end + 1 < beginning.count && beginning[end + 1] == 0x0A
            input.lineEnd = beginning[end] == 0x0A ? .lf : hasFeed ? .crlf : .cr
        }
    }

    /// Whether both readings saw the same bytes.
    var isUnchanged: Bool {
        finishHashing()
        return (findings?.encoding == nil ? hash.print : firstPrint) == secondPrint
    }

    var changed: PlanError {
        PlanError(
            code: .inputChanged,
            message: "the file changed while it was being planned: wait until it is written, then "
                + "plan again", path: input.path)
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        guard let spool, spoolFailure == nil else { return }
        do throws(FileError) {
            try POSIXFileSystem().writeAll(spool, bytes)
        } catch {
            spoolFailure = error
        }
    }

    private static func size(ofPlainFile path: String) -> Int? {
        var information = stat()
        guard path != "-", stat(path, &information) == 0,
            information.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Int(information.st_size)
    }

    private static func unnamedFile() throws(FileError) -> OpenFile {
        let name = "mava-bulk-\(FilePath.randomSuffix)"
        let path = FilePath.joining(FilePath.temporaryDirectory, name)
        let system = POSIXFileSystem()
        let file = try system.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        try system.remove(path)
        return file
    }
}
