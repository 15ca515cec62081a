import CLibrary

/// The user who runs this process, as the system knows them.
package enum ProcessOwner {
    /// The login name; the user's number where the system has no name for it.
    ///
    /// Variables such as `USER` are not asked, because anyone can set them.
    package static var login: String {
        let user = geteuid()
        guard let entry = getpwuid(user), let name = entry.pointee.pw_name else {
            return String(user)
        }
        let text = String(cString: name)
        return text.isEmpty ? String(user) : text
    }

    /// The home directory; `nil` where neither `HOME` nor the system names one by its absolute path.
    ///
    /// A service, cron or `sudo` can start a program without `HOME`, and the system still knows the directory.
    ///
    /// - Parameter variable: The value of `HOME`; a relative path is ignored.
    /// - Returns: The directory's path.
    package static func home(_ variable: String?) -> String? {
        if let variable, variable.hasPrefix("/") { return variable }
        guard let entry = getpwuid(geteuid()), let directory = entry.pointee.pw_dir else {
            return nil
        }
        let path = String(cString: directory)
        return path.hasPrefix("/") ? path : nil
    }

    /// The machine's name; `localhost` where it has none.
    package static var host: String {
        var name = [CChar](repeating: 0, count: 257)
        guard gethostname(&name, 256) == 0 else { return "localhost" }
        let text = String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? "localhost" : text
    }

    /// For example `ada@desk`.
    package static var loginAtHost: String { "\(login)@\(host)" }
}
