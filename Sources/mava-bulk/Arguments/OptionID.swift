/// Every option of every command; the raw value is its name after `--`.
enum OptionID: String, CaseIterable, Sendable {
    // Every command.
    case help
    case verbose
    case quiet
    case noInput = "no-input"
    case noPager = "no-pager"
    case manual = "man"
    // The connection.
    case baseURL = "base-url"
    case apiKeyFile = "api-key-file"
    case caFile = "ca-file"
    case allowHTTP = "allow-http"
    case sandbox
    case timeout
    case profile
    case profiles
    case profilesAtOnce = "profiles-at-once"
    case color
    case logFormat = "log-format"
    // The input.
    case delimiter
    case encoding
    case column
    case only
    case ignore
    // The rows and their values.
    case `where`
    case shard
    case unmapped
    case fallback = "default"
    // The plan.
    case snapshot
    case read
    case noRead = "no-read"
    case onDuplicate = "on-duplicate"
    case allowAIHandoff = "allow-ai-handoff"
    case maxChanges = "max-changes"
    case maxChangePercent = "max-change-percent"
    case guards
    case waive
    case strict
    case unread
    case allowEmpty = "allow-empty"
    case output
    case force
    case markdown
    case html
    case json
    case rows
    case detailedExitCode = "detailed-exitcode"
    // The edit of a plan.
    case drop
    case dropWhere = "drop-where"
    case dropFile = "drop-file"
    case keepWhere = "keep-where"
    // The undo.
    case dryRun = "dry-run"
    // The approvals of a plan.
    case note
    case expires
    case sign
    case requireApprovals = "require-approvals"
    case allowedSigners = "allowed-signers"
    case appliedBy = "applied-by"
    // The run.
    case runDirectory = "run-dir"
    case runsDirectory = "runs-dir"
    case label
    case yes
    case confirm
    case quota
    case quotaShare = "quota-share"
    case concurrency
    case expectPlan = "expect-plan"
    case onConflict = "on-conflict"
    case maxFailures = "max-failures"
    case acceptFailures = "accept-failures"
    case giveUpAfter = "give-up-after"
    case window
    case notWindow = "not-window"
    case outside
    case deadline
    case drain
    case canary
    case metricsFile = "metrics-file"
    case events
    // What runs when something happens.
    case on
    case hookTimeout = "hook-timeout"
    case requireHook = "require-hook"
    case notify
    case notifyFile = "notify-file"
    case ping
    case pingFile = "ping-file"
    // The history.
    case all
    case outcome
    case code
    case withRetries = "with-retries"
    case keepLast = "keep-last"
    case keepWithin = "keep-within"
    // The export.
    case assignee
    case category
    case status
    case tag
    case origin
    case csat
    case idle
    case older
    case since
    case until
    case idFile = "id-file"
    case limit
    case sample
    case columns
    case format
    case bom
    case set
    case unset
    case lookups
    case count
    case map
    case csv
    // The sandbox.
    case listen
    case port
    case initialize = "init"
    case tickets
    case seed
    case save
    case log
    case quotaWindow = "quota-window"
    case quotaHeaders = "quota-headers"
    case retryAfter = "retry-after"
    case faults
}
