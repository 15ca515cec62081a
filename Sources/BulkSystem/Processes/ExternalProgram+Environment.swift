import CLibrary
import Synchronization

extension ExternalProgram {
    private static let withheld = Mutex<Set<String>>([])

    /// Keeps variables from all programs that are started later, because they hold a secret.
    ///
    /// - Parameter names: The variables' names.
    package static func withhold(_ names: some Sequence<String>) {
        withheld.withLock { $0.formUnion(names) }
    }

    /// This process's environment.
    ///
    /// - Parameter withOwn: Whether it has the variables that may hold the API key: this program's own, and those
    ///   that are withheld.
    /// - Returns: The variables, such as `NAME=value`.
    static func environment(withOwn: Bool) -> [String] {
        let withheld = withheld.withLock { $0 }
        var variables: [String] = []
        var place = environ
        while let variable = place.pointee {
            let text = String(cString: variable)
            let name = text.prefix { $0 != "=" }
            if withOwn || !name.hasPrefix("MAVA_") && !withheld.contains(String(name)) {
                variables.append(text)
            }
            place += 1
        }
        return variables
    }
}
