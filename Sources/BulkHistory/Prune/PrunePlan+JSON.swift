import BulkReporting

extension PrunePlan {
    /// What pruning is going to do or has done, for programs; the keys are described in docs/runs.md.
    private struct Document: Encodable {
        let format = "mava-bulk-prune"
        let version = 1
        let directory: String
        let isDone: Bool
        let bytes: Int
        let runs: [Line]
        let kept: [Stay]

        struct Line: Encodable {
            let name, path: String
            let bytes: Int
            let isPruned: Bool
            let problem: String?
            let otherFiles: [String]
        }

        struct Stay: Encodable {
            let name, reason: String
            let of, problem: String?
        }
    }

    /// The plan, or what became of it, as one JSON object with a newline at its end.
    ///
    /// - Parameters:
    ///   - directory: The directory of the runs.
    ///   - results: What became of each run; `nil` when nothing was removed yet.
    /// - Returns: The object, its keys in alphabetical order.
    public func json(directory: String, results: [PruneResult]? = nil) -> String {
        let lines =
            results?.map {
                Document.Line(
                    name: $0.run.name, path: $0.run.path, bytes: $0.bytes,
                    isPruned: $0.problem == nil, problem: $0.problem, otherFiles: $0.otherFiles)
            }
            ?? removed.map {
                Document.Line(
                    name: $0.run.name, path: $0.run.path, bytes: $0.bytes, isPruned: false,
                    problem: nil, otherFiles: [])
            }
        let bytes =
            results.map { $0.filter { $0.problem == nil }.reduce(0) { $0 + $1.bytes } } ?? bytes
        return ReadableJSON.text(
            Document(
                directory: directory, isDone: results != nil, bytes: bytes, runs: lines,
                kept: kept.map {
                    Document.Stay(
                        name: $0.run.name, reason: $0.reason.code.rawValue, of: $0.reason.link,
                        problem: $0.reason.problem)
                }))
    }
}

extension PrunePlan.Reason {
    /// The reasons without what they carry, as programs read them.
    package enum Code: String, CaseIterable, Hashable, Sendable {
        case running
        case resumable
        case unreadable
        case notOurs = "not_ours"
        case undoable
        case last
        case recent
        case ageUnknown = "age_unknown"
        case linked
    }

    /// The reason without what it carries.
    package var code: Code {
        switch self {
        case .running: .running
        case .resumable: .resumable
        case .unreadable: .unreadable
        case .notOurs: .notOurs
        case .undoable: .undoable
        case .last: .last
        case .recent: .recent
        case .ageUnknown: .ageUnknown
        case .linked: .linked
        }
    }

    /// The run with which it is linked; `nil` for another reason.
    fileprivate var link: String? {
        if case .linked(let name) = self { name } else { nil }
    }

    /// What is wrong with the directory; `nil` for another reason.
    fileprivate var problem: String? {
        if case .notOurs(let problem) = self { problem } else { nil }
    }

    /// The reason in words, after "kept:".
    public var text: String {
        switch self {
        case .running: "it is running"
        case .resumable: "it can be resumed"
        case .unreadable: "its files cannot be read"
        case .notOurs(let problem): problem
        case .undoable: "it is the newest that can be undone"
        case .last: "it is one of the last runs"
        case .recent: "it ended a short time ago"
        case .ageUnknown: "it does not say when it ended"
        case .linked(let name): "it belongs to \(name), which is kept"
        }
    }
}
