import BulkSystem
import BulkPlan
import BulkPlanning

/// A command line after parsing: which command, its operands, and its options' values as written.
struct ParsedArguments: Sendable {
    var command: CommandSpecification
    var operands: [String] = []
    var values: [OptionID: String] = [:]
    /// The values of options that can be given several times, in their order.
    var lists: [OptionID: [String]] = [:]

    /// Parses getopt-style: `--name value`, `--name=value`, `--` ends the options, `-` is an operand.
    ///
    /// Given twice, the last one counts, except for options that take a list.
    init(command: CommandSpecification, arguments: [String]) throws {
        self.command = command
        var rest = arguments[...]
        var optionsEnded = false
        while let argument = rest.popFirst() {
            if optionsEnded || argument == "-" || !argument.hasPrefix("-") {
                operands.append(argument)
            } else if argument == "--" {
                optionsEnded = true
            } else {
                try parse(option: argument, &rest)
            }
        }
        // An empty operand is not a file: it usually comes from an unset variable in a script.
        if operands.contains("") {
            throw CommandFailure.usage(
                "an operand is empty; see `mava-bulk help \(command.name)`")
        }
        let required = command.operands.filter { !$0.hasPrefix("[") }
        guard (required.count...command.operands.count).contains(operands.count) else {
            let wanted =
                command.operands.isEmpty ? "no operand" : command.operands.joined(separator: " ")
            throw CommandFailure.usage(
                "\(command.name) takes \(wanted), not \(operands.count) \(operands.count == 1 ? "operand" : "operands"); "
                    + "see `mava-bulk help \(command.name)`")
        }
    }

    private mutating func parse(option argument: String, _ rest: inout ArraySlice<String>) throws {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0].drop(while: { $0 == "-" }))
        guard argument.hasPrefix("--"), let id = OptionID(rawValue: name),
            command.options.contains(id)
        else {
            throw CommandFailure.usage(unknown(String(parts[0]), name))
        }
        let specification = OptionTable.specification(id, of: command)
        let attached = parts.count == 2 ? String(parts[1]) : nil
        switch specification.argument {
        case .none:
            guard attached == nil else {
                throw CommandFailure.usage("--\(name) is a switch and takes no value")
            }
            values[id] = ""
        case .value(let placeholder):
            guard let value = attached ?? rest.popFirst(), !value.isEmpty else {
                throw CommandFailure.usage("--\(name) needs a value: \(placeholder)")
            }
            values[id] = value
        case .list(let placeholder):
            guard let value = attached ?? rest.popFirst(), !value.isEmpty else {
                throw CommandFailure.usage("--\(name) needs a value: \(placeholder)")
            }
            lists[id, default: []].append(value)
        case .choice(let words):
            guard let value = attached ?? rest.popFirst(), words.contains(value) else {
                throw CommandFailure.usage("--\(name) takes \(words.joined(separator: " or "))")
            }
            values[id] = value
        }
    }

    private func unknown(_ written: String, _ name: String) -> String {
        let meant = closest(to: name, among: command.options.map(\.rawValue)) { $0 }
        let hint = meant.map { "did you mean --\($0)?" } ?? "see `mava-bulk help \(command.name)`"
        return "\(command.name) has no option \(written); \(hint)"
    }
}

extension ParsedArguments {
    /// An option's value as written; `nil` when it is not given.
    subscript(_ id: OptionID) -> String? { values[id] }

    /// The values of an option that can be given several times.
    func list(_ id: OptionID) -> [String] { lists[id] ?? [] }

    /// Whether a switch is given.
    func has(_ id: OptionID) -> Bool { values[id] != nil }

    /// The first of some options that is given.
    func firstGiven(of options: [OptionID]) -> OptionID? {
        options.first { has($0) || !list($0).isEmpty }
    }

    /// All options that are given, with their values as written, in the order of their names.
    var given: [(id: OptionID, value: String)] {
        let all =
            values.map { ($0.key, [$0.value]) } + lists.map { ($0.key, $0.value) }
        return all.sorted { $0.0.rawValue < $1.0.rawValue }
            .flatMap { id, values in values.map { (id, $0) } }
    }

    /// A plan's id, or its first eight or more digits; `nil` when the option is not given.
    func planID(_ id: OptionID) throws -> String? {
        guard let text = values[id] else { return nil }
        guard (8...64).contains(text.utf8.count), text.allSatisfy({ $0.isASCII && $0.isHexDigit })
        else {
            throw CommandFailure.usage(
                "--\(id.rawValue) takes a plan's id or at least its first 8 digits, not `\(text)`")
        }
        return text
    }

    /// A whole number within bounds; `nil` when the option is not given.
    func integer(_ id: OptionID, in bounds: ClosedRange<Int>) throws -> Int? {
        guard let text = values[id] else { return nil }
        guard let value = Int(text), bounds.contains(value) else {
            let range =
                bounds.upperBound == .max
                ? "from \(bounds.lowerBound)" : "from \(bounds.lowerBound) to \(bounds.upperBound)"
            throw CommandFailure.usage(
                "--\(id.rawValue) takes a whole number \(range), not `\(text)`")
        }
        return value
    }

    /// A percentage from 0 to 100, with or without `%`; `nil` when the option is not given.
    func percent(_ id: OptionID) throws -> Double? {
        guard let text = values[id] else { return nil }
        let number = text.hasSuffix("%") ? String(text.dropLast()) : text
        // `Double` reads hexadecimal numbers, too.
        guard number.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || 0x30...0x39 ~= $0 }),
            let value = Double(number), (0...100).contains(value)
        else {
            throw CommandFailure.usage(
                "--\(id.rawValue) takes a percentage from 0 to 100, not `\(text)`")
        }
        return value
    }

    /// A span of time such as `500ms`, `30s`, `5m` or `2h`; `nil` when the option is not given.
    func duration(_ id: OptionID) throws -> Duration? {
        guard let text = values[id] else { return nil }
        guard let value = Duration(option: text), value > .zero else {
            throw CommandFailure.usage(
                "--\(id.rawValue) takes a time such as 500ms, 30s, 5m or 2h, not `\(text)`")
        }
        return value
    }
}

extension Duration {
    /// Reads a whole number with a unit `ms`, `s`, `m` or `h`.
    init?(option text: String) {
        guard let span = WrittenSpan(text, units: [.milliseconds, .seconds, .minutes, .hours]),
            span.parts == 1
        else { return nil }
        self = .milliseconds(span.milliseconds)
    }
}
