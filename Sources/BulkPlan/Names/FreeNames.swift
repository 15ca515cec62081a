/// Gives columns names that no other column has.
///
/// Names are compared byte for byte, as the columns of an input are.
package struct FreeNames {
    private var taken: Set<[UInt8]> = []

    /// Starts with the names that are taken.
    package init(taken names: some Sequence<String>) {
        for name in names { taken.insert(Array(name.utf8)) }
    }

    /// Whether no column has a name.
    package func isFree(_ name: String) -> Bool { !taken.contains(Array(name.utf8)) }

    /// Takes a name.
    ///
    /// - Parameter name: The name.
    /// - Returns: The name, with a number if it was taken: `Comment`, `Comment.2`.
    package mutating func take(_ name: String) -> String {
        if taken.insert(Array(name.utf8)).inserted { return name }
        var number = 2
        while !taken.insert(Array("\(name).\(number)".utf8)).inserted { number += 1 }
        return "\(name).\(number)"
    }
}
