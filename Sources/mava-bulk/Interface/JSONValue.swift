import BulkSystem

/// A JSON value that keeps the order of its members.
enum JSONValue: Sendable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([JSONValue])
    case object([(name: String, value: JSONValue)])

    /// Strings as a list.
    static func texts(_ texts: [String]) -> JSONValue { .list(texts.map { .text($0) }) }

    /// The value on one line.
    var line: String { text(isOneLine: true) }

    /// The value with a line for each part that holds no further parts, so that a comparison shows what changed.
    var lines: String { text(isOneLine: false) + "\n" }

    private func text(isOneLine: Bool) -> String {
        var buffer = OutputBuffer()
        append(to: &buffer, margin: isOneLine ? nil : "")
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// How many lists and objects lie within each other, the value included.
    private var depth: Int {
        switch self {
        case .text, .number, .flag: 0
        case .list(let values): 1 + (values.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
        }
    }

    private func append(to buffer: inout OutputBuffer, margin: String?) {
        switch self {
        case .text(let text): buffer.append(jsonString: text)
        case .number(let number): buffer.append(decimal: number)
        case .flag(let flag): buffer.append(text: flag ? "true" : "false")
        case .list(let values):
            append("[", "]", values.count, to: &buffer, margin) { index, buffer, margin in
                values[index].append(to: &buffer, margin: margin)
            }
        case .object(let members):
            append("{", "}", members.count, to: &buffer, margin) { index, buffer, margin in
                buffer.append(jsonString: members[index].name)
                buffer.append(text: margin == nil ? ":" : ": ")
                members[index].value.append(to: &buffer, margin: margin)
            }
        }
    }

    private func append(
        _ start: String, _ end: String, _ count: Int, to buffer: inout OutputBuffer,
        _ margin: String?, _ part: (Int, inout OutputBuffer, String?) -> Void
    ) {
        let isSplit = margin != nil && depth > (start == "{" ? 2 : 1) && count > 0
        let inner = (margin ?? "") + "  "
        buffer.append(text: start)
        for index in 0..<count {
            if index > 0 { buffer.append(text: margin == nil || isSplit ? "," : ", ") }
            if isSplit { buffer.append(text: "\n" + inner) }
            part(index, &buffer, margin == nil ? nil : inner)
        }
        if isSplit { buffer.append(text: "\n" + (margin ?? "")) }
        buffer.append(text: end)
    }
}
