/// The options whose values can be secrets: addresses whose path is a password, and commands with such an address.
///
/// Their values are in no file of a run and in no suggested command.
enum SecretOptions {
    private static let all: [OptionID] = [.notify, .ping, .on]

    /// What is written for a value in a suggested command, where it has to be put in again.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - option: Its option.
    /// - Returns: For example `URL` or `finished=COMMAND`; `nil` where the value is no secret.
    static func placeholder(for value: String, of option: OptionID) -> String? {
        switch option {
        case .notify, .ping: "URL"
        case .on: event(of: value) + "COMMAND"
        default: nil
        }
    }

    /// A command line without the secrets in it.
    ///
    /// - Parameter words: The words of the command line.
    /// - Returns: The words for a file or a message.
    static func removed(from words: [String]) -> [String] {
        func hidden(_ value: String, of option: OptionID) -> String {
            (option == .on ? event(of: value) : "") + "<redacted>"
        }
        var next: OptionID?
        return words.map { word in
            if let option = next {
                next = nil
                return hidden(word, of: option)
            }
            next = all.first { word == "--\($0.rawValue)" }
            guard let option = all.first(where: { word.hasPrefix("--\($0.rawValue)=") }) else {
                return word
            }
            let start = "--\(option.rawValue)="
            return start + hidden(String(word.dropFirst(start.count)), of: option)
        }
    }

    /// The event of a hook with its `=`; nothing where the value has none.
    private static func event(of value: String) -> String {
        let event = value.prefix { $0 != "=" }
        return HookEvent(rawValue: String(event)) == nil ? "" : event + "="
    }
}
