import BulkSystem

/// An approval that counted, as previews, `run.json` and `summary.json` name it.
public struct ApprovalRecord: Codable, Hashable, Sendable {
    /// Who approved: the principal of the signature where it was verified, else what the file says.
    public var who: String
    /// When, in RFC 3339 and UTC.
    public var at: String
    /// When it ends, in RFC 3339 and UTC.
    public var expires: String
    /// What the person added; may be empty.
    public var note: String
    /// Whether a signature proves who it was.
    public var verified: Bool

    /// Makes a record from its parts.
    package init(who: String, at: String, expires: String, note: String, verified: Bool) {
        self.who = who
        self.at = at
        self.expires = expires
        self.note = note
        self.verified = verified
    }

    /// For example `ada@desk (not verified)`, safe for a terminal.
    public var name: String { ApprovalWords.name(who) + (verified ? "" : " (not verified)") }

    /// Who approved, when, until when that counts, and what the person added.
    ///
    /// For example `approved by ada@desk 10 minutes ago (not verified), until 2026-11-28T10:00:00Z: "checked"`.
    ///
    /// - Parameter now: The current time in milliseconds since 1970; `nil` to name the time of the approval.
    /// - Returns: One line, safe for a terminal.
    public func text(now: Int64?) -> String {
        let moment = microsecondsSince1970(at).map { $0 / 1000 }
        let when: String
        if let now, let moment {
            when = ApprovalWords.ago(from: moment, to: now)
        } else {
            when = "at \(ApprovalWords.name(at))"
        }
        return "approved by \(ApprovalWords.name(who)) \(when)"
            + (verified ? "" : " (not verified)")
            + ", until \(ApprovalWords.name(expires))"
            + (note.isEmpty ? "" : ": \(quoted(note, limit: 200))")
    }
}

/// The words of messages about approvals.
enum ApprovalWords {
    /// A name from a file, safe for a terminal.
    static func name(_ text: String) -> String { HiddenCharacter.escaped(text, limit: 80) }

    /// For example `at 2026-11-27T10:00:00.000Z`: what is kept names the time itself.
    static func at(_ moment: Int64) -> String {
        "at \(CivilTime.iso8601(millisecondsSince1970: moment))"
    }

    /// For example `10 minutes ago`.
    static func ago(from moment: Int64, to now: Int64) -> String {
        let seconds = Int((now - moment) / 1000)
        switch seconds {
        case ..<0: return at(moment)
        case ..<60: return "just now"
        case ..<7200: return "\(Words.counted(seconds / 60, "minute")) ago"
        case ..<172_800: return "\(seconds / 3600) hours ago"
        default: return "\(Words.number(seconds / 86_400)) days ago"
        }
    }
}
