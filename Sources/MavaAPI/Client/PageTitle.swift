/// The title of an HTML page: the shortest description of what answered instead of the API.
enum PageTitle {
    /// The number of bytes in which a page's title is looked for.
    private static let searched = 16 << 10

    /// Whether a body is an HTML page.
    static func isPage(_ body: [UInt8]) -> Bool {
        let beginning = String(decoding: body.prefix(1024), as: UTF8.self).lowercased()
        return ["<!doctype html", "<html", "<head", "<body", "<title"].contains {
            beginning.contains($0)
        }
    }

    /// A page's title in one line; `nil` when a body is not an HTML page.
    ///
    /// - Parameter body: The body.
    /// - Returns: The title, or that there is none; not yet fit for a message.
    static func find(in body: [UInt8]) -> String? {
        guard isPage(body) else { return nil }
        let text = String(decoding: body.prefix(searched), as: UTF8.self)
        guard let tag = text.firstMatch(of: /<title[^>]*>([^<]*)</.ignoresCase()) else {
            return "a page without a title"
        }
        let words = tag.1.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.isEmpty ? "a page without a title" : "\"\(words)\""
    }
}
