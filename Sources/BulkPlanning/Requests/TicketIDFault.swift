import BulkPlan
import BulkSystem
import MavaAPI

// Why texts cannot be tickets' ids. In the first reading of an input it is enough that there is a reason, and in the
// second one a million texts can have one each. So texts of ASCII are looked at by their bytes, and the checks that
// need a String are made only where a look at the bytes leaves them open.

/// Why a text cannot be a ticket's id, whatever the other ids are.
enum TicketIDFault {
    /// A spreadsheet turned an id into a number.
    case lostDigits
    /// A spreadsheet's error value.
    case spreadsheetError
    case date
    /// What is written for a missing value.
    case placeholder
    /// There are ids inside, and other text.
    case inside([String])
    /// A link to something else.
    case link
    /// A number of 20 to 23 digits, of an id that began with zeros.
    case lostZeros
    case number
    /// Hexadecimal digits, but not 24.
    case digitCount
    /// Not 1 to 128 visible characters.
    case invisible

    /// Finds the fault of a text without what a cell may have around it; `nil` when it may be an id.
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        let signs = Signs(text)
        guard signs.areASCII else {
            self.init(String(decoding: text, as: UTF8.self))
            return
        }
        let startsWithDigit = text.first.map(TicketIDText.isDigit) ?? false
        lazy var string = String(decoding: text, as: UTF8.self)
        if startsWithDigit, text.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }),
            TicketIDText.isScientific(string)
        {
            self = .lostDigits
            return
        }
        let inside = signs.mayHoldIDs ? TicketIDText.idsInside(string) : []
        if inside.contains(where: TicketIDText.isRounded) {
            self = .lostDigits
        } else if text.first == UInt8(ascii: "#"), TicketIDText.isSpreadsheetError(string) {
            self = .spreadsheetError
        } else if startsWithDigit, TicketIDText.isDate(string) {
            self = .date
        } else if TicketIDText.mayBePlaceholder(ascii: text), TicketIDText.isPlaceholder(string) {
            self = .placeholder
        } else if !inside.isEmpty {
            self = .inside(inside)
        } else if signs.hasColon, TicketIDText.namesScheme(string) {
            self = .link
        } else if TicketIDText.isNumber(ascii: text) {
            let isWhole = text.allSatisfy(TicketIDText.isDigit)
            self = isWhole && Self.countsOfLostZeros ~= text.count ? .lostZeros : .number
        } else if signs.areHexDigits, Self.digitCounts ~= text.count {
            self = .digitCount
        } else if !signs.areVisible || !(1...128 ~= text.count) {
            self = .invisible
        } else {
            return nil
        }
    }

    /// The same for a text of any characters.
    init?(_ text: String) {
        let inside = TicketIDText.idsInside(text)
        if TicketIDText.isScientific(text) || inside.contains(where: TicketIDText.isRounded) {
            self = .lostDigits
        } else if TicketIDText.isSpreadsheetError(text) {
            self = .spreadsheetError
        } else if TicketIDText.isDate(text) {
            self = .date
        } else if TicketIDText.isPlaceholder(text) {
            self = .placeholder
        } else if !inside.isEmpty {
            self = .inside(inside)
        } else if TicketIDText.namesScheme(text) {
            self = .link
        } else if TicketIDText.isNumber(text) {
            let isWhole = text.allSatisfy(\.isNumber)
            self = isWhole && Self.countsOfLostZeros ~= text.utf8.count ? .lostZeros : .number
        } else if Self.digitCounts ~= text.utf8.count,
            text.allSatisfy({ $0.isASCII && $0.isHexDigit })
        {
            self = .digitCount
        } else if TicketID(text) == nil {
            self = .invisible
        } else {
            return nil
        }
    }

    private static let countsOfLostZeros = 20...23
    private static let digitCounts = 20...28

    /// What the bytes of a text show at one look.
    private struct Signs {
        private(set) var areASCII = true
        private(set) var areVisible = true
        private(set) var areHexDigits: Bool
        private(set) var hasColon = false
        /// Whether there can be an id inside: as many digits in a row, or digits written as percent escapes.
        private(set) var mayHoldIDs: Bool

        init(_ text: UnsafeBufferPointer<UInt8>) {
            var digits = 0
            var mostDigits = 0
            var hasPercent = false
            for byte in text {
                if TicketIDText.isHexDigit(byte) {
                    digits += 1
                    continue
                }
                mostDigits = max(mostDigits, digits)
                digits = 0
                switch byte {
                case UInt8(ascii: ":"): hasColon = true
                case UInt8(ascii: "%"): hasPercent = true
                case 0x21...0x7E: break
                case 0x80...: areASCII = false
                default: areVisible = false
                }
            }
            areHexDigits = digits == text.count
            mayHoldIDs = text.count >= 24 && (max(mostDigits, digits) >= 24 || hasPercent)
        }
    }
}

extension TicketIDText {
    /// Finds out why a text cannot be a ticket's id, whatever the other ids are; `nil` when it may be one.
    ///
    /// - Parameters:
    ///   - found: The text after unwrapping.
    ///   - column: The column's name.
    /// - Returns: The issue, with the id that is most likely meant.
    static func issue(_ found: String, column: String?) -> RowIssue? {
        var text = found
        return text.withUTF8(TicketIDFault.init(_:)).map { issue($0, found, column: column) }
    }

    /// The issue of a text that cannot be a ticket's id.
    static func issue(_ fault: TicketIDFault, _ found: String, column: String?) -> RowIssue {
        var suggestion: String?
        let wording: RowIssue.Wording
        switch fault {
        case .lostDigits: wording = .value(before: Texts.otherSource, after: Texts.lostDigits)
        case .spreadsheetError:
            wording = .value(before: Texts.formula, after: Texts.spreadsheetError)
        case .date: wording = .value(before: Texts.useID, after: Texts.date)
        case .placeholder: wording = .value(before: Texts.useID, after: Texts.placeholder)
        case .inside(let ids):
            suggestion = ids.joined(separator: " or ")
            wording = .suggestion(after: Texts.notAlone)
        case .link: wording = .value(before: Texts.useID, after: Texts.link)
        case .lostZeros:
            let digits = found.utf8.count
            suggestion = String(repeating: "0", count: 24 - digits) + found
            wording = .suggestion(after: Texts.lostZeros[digits])
        case .number: wording = .value(before: Texts.useID, after: Texts.number)
        case .digitCount:
            wording = .value(before: Texts.useID, after: Texts.counts[found.utf8.count])
        case .invisible: wording = .value(before: Texts.useAnyID, after: Texts.invisible)
        }
        return RowIssue(
            code: .ticketIDInvalid, wording, column: column, value: found, suggestion: suggestion)
    }

    /// The issue for an id that is unlike the other ids of its input.
    static func unlikeOthers(_ found: String, column: String?) -> RowIssue {
        let isHex = found.allSatisfy { $0.isASCII && $0.isHexDigit }
        let count = found.unicodeScalars.count
        return RowIssue(
            code: .ticketIDInvalid,
            message: "use the ticket's id in Mava, 24 hexadecimal digits like the other ids here: "
                + quoted(found) + (isHex ? " has \(count)" : " is not one"),
            column: column, value: found)
    }

    /// What messages about ids have in common, before and after the quoted text.
    private enum Texts {
        static let useID = RowIssue.FixedText(
            "use the ticket's id in Mava, 24 hexadecimal digits: ")
        static let useAnyID = RowIssue.FixedText("use the ticket's id in Mava: ")
        static let otherSource = RowIssue.FixedText(
            "take the ids from the file as it was before, or from links to the tickets: ")
        static let formula = RowIssue.FixedText("correct the formula of this cell: ")

        static let lostDigits = RowIssue.FixedText(
            " is an id that a spreadsheet turned into a number, and its digits are lost")
        static let spreadsheetError = RowIssue.FixedText(" is a spreadsheet's error")
        static let date = RowIssue.FixedText(" is a date")
        static let placeholder = RowIssue.FixedText(" is written where there is no value")
        static let notAlone = RowIssue.FixedText(" is not the ticket's id alone")
        static let link = RowIssue.FixedText(" is a link, and not one to a ticket")
        static let number = RowIssue.FixedText(" is a number, as other systems count tickets")
        static let invisible = RowIssue.FixedText(
            " cannot be one, which has 1 to 128 visible characters without blanks")
        /// By the number of digits.
        static let lostZeros = (0...24).map { digits in
            RowIssue.FixedText(
                " has \(digits) digits where ids have 24: a spreadsheet dropped leading zeros")
        }
        /// By the number of digits.
        static let counts = (0...28).map { RowIssue.FixedText(" has \($0)") }
    }
}
