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

    /// This process's environment, without this program's own variables and those that are withheld.
    static var environment: [String] {
        let withheld = withheld.withLock { $0 }
        var variables: [String] = []
        var place = environ
        while let variable = place.pointee {
            let text = String(cString: variable)
            let name = text.prefix { $0 != "=" }
            if !name.hasPrefix("MAVA_"), !withheld.contains(String(name)) { variables.append(text) }
            place += 1
        }
        return variables
    }
}
