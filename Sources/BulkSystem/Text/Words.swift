/// Numbers as people read them.
package enum Words {
    /// For example `1,902`.
    package static func number(_ value: Int) -> String {
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

    /// A number with its noun.
    package static func counted(_ count: Int, _ noun: String) -> String {
        "\(number(count)) \(noun)\(count == 1 ? "" : noun.hasSuffix("y") ? "" : "s")"
    }
}
