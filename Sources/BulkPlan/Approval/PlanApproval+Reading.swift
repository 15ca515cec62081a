import BulkSystem

extension PlanApproval {
    /// Why a line is none.
    struct LineProblem: Error {
        var message: String
    }

    /// Reads a line.
    ///
    /// - Parameter line: The line's bytes, without the newline.
    /// - Throws: A ``LineProblem`` when they are not exactly what is written.
    init(line: UnsafeRawBufferPointer) throws(LineProblem) {
        var fields = Fields()
        var cursor = JSONCursor(line)
        let whole: Void? = cursor.object { key, value in fields.parse(key, &value) }
        guard fields.format == "mava-bulk-approval" else {
            throw LineProblem(message: "this is not an approval of a plan")
        }
        if let version = fields.version, version > Self.currentVersion {
            throw LineProblem(
                message: "the approval has format version \(version), and this program knows "
                    + "\(Self.currentVersion): apply the plan with a newer mava-bulk")
        }
        guard whole != nil, let approval = fields.approval, approval.isPlausible,
            line.elementsEqual(approval.line)
        else {
            throw LineProblem(
                message: "the approval is not as it was written: take the line out, and ask for "
                    + "the approval again")
        }
        self = approval
    }

    /// Whether the values can be ones that were written.
    private var isPlausible: Bool {
        let digits = plan.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
        guard digits, plan.utf8.count == 64, (1...Self.longestName).contains(who.utf8.count),
            note.utf8.count <= Self.longestNote
        else { return false }
        if let signature {
            let isShort = signature.utf8.count <= Self.longestSignature
            guard isShort, Self.isArmoured(signature) else { return false }
        }
        switch decision {
        case .approve: return expires.map { $0 > at } ?? false
        case .decline: return expires == nil
        }
    }

    /// Whether a text looks like an SSH signature; only ssh-keygen knows whether it is one.
    package static func isArmoured(_ text: String) -> Bool {
        text.hasPrefix("-----BEGIN SSH SIGNATURE-----\n")
            && text.hasSuffix("\n-----END SSH SIGNATURE-----\n")
    }

    /// The members as they are read.
    private struct Fields {
        var format: String?
        var version: Int?
        var plan: String?
        var decision: Decision?
        var who: String?
        var at: Int64?
        var expires: Int64?
        var note: String?
        var signature: String?

        /// Reads one member; the comparison with the written line finds what is doubled or out of order.
        mutating func parse(_ key: String, _ value: inout JSONCursor) -> Bool {
            switch key {
            case "format": format = value.string()
            case "version": version = value.integer()
            case "plan": plan = value.string()
            case "decision": decision = value.string().flatMap(Decision.init)
            case "who": who = value.string()
            case "at": at = value.string().flatMap(Self.milliseconds)
            case "expires": expires = value.string().flatMap(Self.milliseconds)
            case "note": note = value.string()
            case "signature": signature = value.string()
            default: return value.skip()
            }
            return true
        }

        private static func milliseconds(_ text: String) -> Int64? {
            microsecondsSince1970(text).map { $0 / 1000 }
        }

        var approval: PlanApproval? {
            guard let plan, let decision, let who, let at, let note else { return nil }
            var approval = PlanApproval(
                plan: plan, decision: decision, who: who, at: at, expires: expires, note: note)
            approval.signature = signature
            return approval
        }
    }
}
