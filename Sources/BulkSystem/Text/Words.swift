/// Numbers in a readable form.
package enum Words {
    /// For example `1,902`.
    package static func number(_ value: Int) -> String {
        if value.magnitude < 1000 { return String(value) }
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// For example `1 ticket`, `1,902 tickets`.
    package static func tickets(_ count: Int) -> String { counted(count, "ticket") }
    /// For example `1 row`, `1,902 rows`.
    package static func rows(_ count: Int) -> String { counted(count, "row") }

    /// The length of a wait, rounded up to a readable unit.
    ///
    /// For example `61 s`, `20 min`, `9 hours`, `364 days`, and `more than a year` for anything
    /// longer.
    package static func wait(seconds: Int64) -> String {
        func up(_ unit: Int64) -> Int { Int((seconds - 1) / unit + 1) }
        switch seconds {
        case ..<120: return "\(max(0, seconds)) s"
        case ...7200: return "\(up(60)) min"
        case ...172_800: return "\(up(3600)) hours"
        case ...31_622_400: return "\(up(86_400)) days"
        default: return "more than a year"
        }
    }

    /// A number with its noun.
    package static func counted(_ count: Int, _ noun: String) -> String {
        "\(number(count)) \(noun)\(count == 1 ? "" : noun.hasSuffix("y") ? "" : "s")"
    }
}
