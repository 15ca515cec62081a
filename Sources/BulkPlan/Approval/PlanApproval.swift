import BulkSystem

/// One person's decision about a saved plan: a line of the file of approvals beside it.
///
/// A line has exactly one form: these members, in this order, without blanks, with strings escaped as this
/// program escapes them. A reader writes each line again from what it has read, and refuses the line when the
/// bytes differ. So there is one meaning for every line, and the bytes that a signature covers are the line's
/// own bytes without its last member.
public struct PlanApproval: Hashable, Sendable {
    /// What was decided.
    public enum Decision: String, CaseIterable, Hashable, Sendable {
        /// The plan may be applied.
        case approve
        /// The plan must not be applied.
        case decline
    }

    /// The id of the plan: 64 hexadecimal digits.
    public var plan: String
    /// What was decided.
    public var decision: Decision
    /// Who decided, as they say themselves: `login@host`.
    public var who: String
    /// When, in milliseconds since 1970.
    public var at: Int64
    /// When an approval ends, in milliseconds since 1970; `nil` for a decline, which does not end.
    public var expires: Int64?
    /// What the person adds; may be empty.
    public var note: String
    /// The armoured SSH signature of ``signedBytes``; `nil` without one.
    public var signature: String?

    /// The longest name of a person, in bytes.
    package static let longestName = 255
    /// The longest note, in bytes.
    package static let longestNote = 2000
    /// The longest signature, in bytes.
    package static let longestSignature = 16 << 10
    /// The namespace of the signatures, which keeps those of other programs from counting here.
    package static let namespace = "mava-bulk"
    /// The version of the format that this library writes, and the newest that it reads.
    static let currentVersion = 1

    /// Makes an unsigned decision.
    ///
    /// - Parameters:
    ///   - plan: The id of the plan.
    ///   - decision: What was decided.
    ///   - who: Who decided.
    ///   - at: When, in milliseconds since 1970.
    ///   - expires: When an approval ends, in milliseconds since 1970; `nil` for a decline.
    ///   - note: What the person adds.
    package init(
        plan: String, decision: Decision, who: String, at: Int64, expires: Int64?, note: String
    ) {
        self.plan = plan
        self.decision = decision
        self.who = who
        self.at = at
        self.expires = expires
        self.note = note
    }

    /// The bytes that a signature covers: the line without the member `signature` and without its newline.
    package var signedBytes: [UInt8] {
        var copy = self
        copy.signature = nil
        return copy.line
    }

    /// The line, without its newline.
    package var line: [UInt8] {
        var buffer = OutputBuffer()
        buffer.append(#"{"format":"mava-bulk-approval","version":1,"plan":"#)
        buffer.append(jsonString: plan)
        buffer.append(#","decision":"#)
        buffer.append(jsonString: decision.rawValue)
        buffer.append(#","who":"#)
        buffer.append(jsonString: who)
        buffer.append(#","at":"#)
        buffer.append(jsonString: CivilTime.iso8601(millisecondsSince1970: at))
        if let expires {
            buffer.append(#","expires":"#)
            buffer.append(jsonString: CivilTime.iso8601(millisecondsSince1970: expires))
        }
        buffer.append(#","note":"#)
        buffer.append(jsonString: note)
        if let signature {
            buffer.append(#","signature":"#)
            buffer.append(jsonString: signature)
        }
        buffer.append("}")
        return buffer.withUnsafeBytes { Array($0) }
    }
}
