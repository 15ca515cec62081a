import BulkPlan

extension ApprovalError.Code {
    /// What the code means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .approval, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .missing:
            (
                "The plan has fewer approvals of other people than --require-approvals asks for.",
                "Let more people approve it with `mava-bulk plan approve PLAN`."
            )
        case .declined:
            (
                "Somebody declined the plan and has not approved it since.",
                "Talk to them. The plan can be applied when they approve it."
            )
        case .fileUnusable:
            (
                "The file of approvals beside the plan cannot be read, or one of its lines was changed.",
                "Put the file back as it was, or remove it and have the plan approved again."
            )
        case .signersUnusable:
            (
                "The file of --allowed-signers cannot be read.",
                "Write a file of allowed signers as `man ssh-keygen` describes it."
            )
        case .programMissing:
            (
                "Signatures need `ssh-keygen`, which is not installed.",
                "Install OpenSSH, in Debian the package openssh-client."
            )
        case .programFailed:
            (
                "The program `ssh-keygen` did not sign or verify.",
                "Read its message, which follows the code."
            )
        }
    }
}
