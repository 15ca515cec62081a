import BulkSystem
import MavaBulk

/// `mava-bulk plan diff`: what differs between two saved plans.
enum PlanDiffCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        try PlanArguments.refuseTwoForms(arguments)
        let (a, b) = (arguments.operands[0], arguments.operands[1])
        let diff = try PlanCommand.opened(a) { a in
            try PlanCommand.opened(b) { b in try PlanDiff(a, b) }
        }
        if arguments.has(.json) {
            try console.data(diff.json() + "\n", as: .json)
        } else if arguments.has(.markdown) {
            try console.data(diff.markdown())
        } else {
            let size = console.terminalSize
            let more = "mava-bulk plan diff \(ShellWord.operand(a)) \(ShellWord.operand(b)) | more"
            try console.data(
                diff.text(width: size.columns, height: size.lines, moreCommand: more))
        }
        return diff.differs ? .changes : .success
    }
}
