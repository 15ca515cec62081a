/// Characters that look like Latin letters, or like nothing, and are others.
package enum LookalikeLetters {
    /// Cyrillic and Greek letters, each before the Latin letter that it looks like.
    private static let pairs =
        "аaеeоoрpсcуyхxіiѕsјjһhԁdɡgгrкkмmтtАAВBЕEКKМMНHОOРPСCТTХXУYІIЅSЈJ"
        + "αaοoνvρpτtιiκkυuΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX"

    private static let table: [Unicode.Scalar: Unicode.Scalar] = {
        let letters = Array(pairs.unicodeScalars)
        return Dictionary(
            stride(from: 0, to: letters.count, by: 2).map { (letters[$0], letters[$0 + 1]) },
            uniquingKeysWith: { first, _ in first })
    }()

    /// The text with Latin letters in their place, and without what cannot be seen.
    ///
    /// - Parameter text: The text.
    /// - Returns: The text itself where it has no such character.
    package static func replaced(in text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let letter = meaning(of: scalar) { result.append(contentsOf: letter) }
        }
        return String(result)
    }

    /// The characters of a text that are not what they look like, for a message.
    ///
    /// - Parameter text: The text.
    /// - Returns: The first three of them by their code points, such as `U+0430`.
    package static func list(in text: String) -> String {
        let found = text.unicodeScalars.filter { scalar in meaning(of: scalar) != [scalar] }
        return found.prefix(3).map { scalar in
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }.joined(separator: ", ")
    }

    private static func meaning(of scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
        if let letter = table[scalar] { return [letter] }
        // Full-width forms of ASCII.
        if (0xFF01...0xFF5E).contains(scalar.value) {
            return Unicode.Scalar(scalar.value - 0xFEE0).map { [$0] }
        }
        return scalar.properties.isDefaultIgnorableCodePoint ? nil : [scalar]
    }
}
