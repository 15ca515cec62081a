/// A span of time as it is written: whole numbers with units, such as `30s`, `14d` or `2h30m`.
package struct WrittenSpan: Hashable, Sendable {
    /// A unit of time.
    package enum Unit: String, CaseIterable, Hashable, Sendable {
        case milliseconds = "ms"
        case seconds = "s"
        case minutes = "m"
        case hours = "h"
        case days = "d"
        case weeks = "w"
        /// 365 days.
        case years = "y"

        fileprivate var length: Int64 {
            switch self {
            case .milliseconds: 1
            case .seconds: 1000
            case .minutes: 60_000
            case .hours: 3_600_000
            case .days: 86_400_000
            case .weeks: 7 * 86_400_000
            case .years: 365 * 86_400_000
            }
        }
    }

    /// How long it lasts, in milliseconds.
    package var milliseconds: Int64
    /// The number of parts; `2h30m` has two.
    package var parts: Int

    /// Why a text is no span of time.
    package enum Problem: Error, Hashable, CustomStringConvertible {
        /// A number is expected where this text is.
        case notANumber(String)
        /// This number has no unit.
        case noUnit(String)
        /// This is not one of the units.
        case wrongUnit(String, Set<Unit>)
        /// The span is longer than 292 million years.
        case tooLong

        package var description: String {
            switch self {
            case .notANumber(let text) where text.isEmpty: return "a number is missing"
            case .notANumber(let text): return "`\(text)` is not a number"
            case .noUnit(let number): return "\(number) has no unit"
            case .wrongUnit(let text, let units):
                let names = Unit.allCases.filter(units.contains).map(\.rawValue)
                return "`\(text)` is not a unit (\(names.joined(separator: ", ")))"
            case .tooLong: return "it is too long"
            }
        }
    }

    /// Reads a span; the result is `nil` when the text is none, or one of more than 292 million years.
    ///
    /// - Parameters:
    ///   - text: The span, with its units in lower case.
    ///   - units: The units that may be used.
    ///   - takesFractions: Whether `1.5h` is a span; what is shorter than a millisecond is cut off.
    package init?(_ text: String, units: Set<Unit>, takesFractions: Bool = false) {
        do throws(Problem) {
            try self.init(reading: text, units: units, takesFractions: takesFractions)
        } catch {
            return nil
        }
    }

    /// Reads a span, and says what is wrong with another text.
    ///
    /// - Parameters:
    ///   - text: The span, with its units in lower case.
    ///   - units: The units that may be used.
    ///   - takesFractions: Whether `1.5h` is a span; what is shorter than a millisecond is cut off.
    /// - Throws: Why the text is none.
    package init(
        reading text: String, units: Set<Unit>, takesFractions: Bool = true
    ) throws(Problem) {
        var rest = text.utf8[...]
        milliseconds = 0
        parts = 0
        repeat {
            let digits = Self.digits(&rest)
            var decimals: Substring.UTF8View?
            if takesFractions, rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                let found = Self.digits(&rest)
                guard (1...6).contains(found.count) else { throw .notANumber(text) }
                decimals = found
            }
            let letters = String(Substring(rest.prefix { !(0x30...0x39 ~= $0) }))
            rest = rest.dropFirst(letters.utf8.count)
            guard let number = Int64(String(Substring(digits))) else {
                throw digits.isEmpty ? .notANumber(letters) : .tooLong
            }
            guard !letters.isEmpty else {
                throw .noUnit(
                    String(Substring(digits)) + (decimals.map { "." + String(Substring($0)) } ?? "")
                )
            }
            guard let unit = Unit(rawValue: letters), units.contains(unit) else {
                throw .wrongUnit(letters, units)
            }
            let (whole, isTooLong) = number.multipliedReportingOverflow(by: unit.length)
            let (sum, isSumTooLong) = milliseconds.addingReportingOverflow(whole)
            guard !isTooLong, !isSumTooLong else { throw .tooLong }
            milliseconds = sum
            if let decimals, let fraction = Int64(String(Substring(decimals))) {
                let scale = (0..<decimals.count).reduce(Int64(1)) { product, _ in product * 10 }
                let (all, isOver) = milliseconds.addingReportingOverflow(
                    fraction * unit.length / scale)
                guard !isOver else { throw .tooLong }
                milliseconds = all
            }
            parts += 1
        } while !rest.isEmpty
    }

    private static func digits(_ rest: inout Substring.UTF8View) -> Substring.UTF8View {
        let digits = rest.prefix { 0x30...0x39 ~= $0 }
        rest = rest.dropFirst(digits.count)
        return digits
    }
}
