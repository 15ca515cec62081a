import BulkSystem

/// The program in which a person reads a text that is longer than the terminal.
struct Pager {
    private let program: ExternalProgram
    private let arguments: [String]
    /// Whether it shows colours: `less` does with `-R`, of others that is not known.
    let takesColour: Bool
    /// The variables that it gets.
    private let variables: [String]

    /// Finds the pager: MAVA_BULK_PAGER, else PAGER, else `less -FRX`; `nil` for none.
    ///
    /// No shell reads the variable: its words are the program and its arguments. An empty variable, and `cat`, mean
    /// that there is none.
    ///
    /// - Parameter environment: The environment's variables.
    init?(_ environment: [String: String]) {
        let text = environment["MAVA_BULK_PAGER"] ?? environment["PAGER"] ?? "less -FRX"
        let words = text.split(separator: " ").map(String.init)
        guard let name = words.first, name != "cat" else { return nil }
        let found: ExternalProgram? =
            name.hasPrefix("/") ? ExternalProgram(path: name) : ExternalProgram(named: name)
        guard let found else { return nil }
        program = found
        arguments = Array(words.dropFirst())
        // The text is UTF-8 in every locale.
        variables = environment["LESSCHARSET"] == nil ? ["LESSCHARSET=utf-8"] : []
        let options = arguments + (environment["LESS"] ?? "").split(separator: " ").map(String.init)
        takesColour =
            name.split(separator: "/").last == "less"
            && options.contains { option in
                option.wholeMatch(of: /-?[A-Za-z]*[rR][A-Za-z]*/) != nil
                    || ["--RAW-CONTROL-CHARS", "--raw-control-chars"].contains(option)
            }
    }

    /// Shows a text until the person closes the pager.
    ///
    /// - Parameter text: The text, without characters that control a terminal.
    /// - Returns: Whether the pager could show it.
    /// - Throws: A `CancellationError` when the command was asked to end.
    func shows(_ text: String) throws -> Bool {
        do {
            return try program.show(Array(text.utf8), arguments, variables: variables) == 0
        } catch let error as CancellationError {
            throw error
        } catch {
            // The text is printed instead.
            return false
        }
    }
}
