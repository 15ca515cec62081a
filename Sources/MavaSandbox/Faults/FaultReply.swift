/// The answers that faults give instead of the contract's.
enum FaultReply {
    /// The answer of a fault that prevents execution, or nil for a fault that allows it.
    ///
    /// - Parameters:
    ///   - fault: The fault.
    ///   - target: The request's target as it was sent, path and query.
    ///   - host: The sandbox's own scheme, host and port.
    ///   - plan: The plan, for its settings.
    ///   - wall: Milliseconds since 1970.
    /// - Returns: The answer.
    static func before(
        _ fault: Fault, target: some Collection<UInt8>, host: String, plan: FaultPlan, wall: Int64
    ) -> Reply? {
        switch fault {
        case .unauthorized: return .unauthorized
        case .unauthorizedBasic:
            var reply = Reply.unauthorized
            reply.fields = Array("WWW-Authenticate: Basic realm=\"Mava\"\r\n".utf8)
            return reply
        case .redirectSame: return redirect(to: host, target)
        case .redirectOther: return redirect(to: plan.redirectTarget, target)
        case .tooManyRequests: return .tooManyRequests
        case .errorBefore: return .internalError("a fault of the plan")
        case .unavailable: return Reply(503, error: "Service unavailable")
        case .unavailableUntil:
            var reply = Reply(503, error: "Service unavailable")
            reply.fields = Array("Retry-After: ".utf8)
            let ahead = Int64(plan.retryAfter.nanoseconds / 1_000_000)
            // The time is rounded up to whole seconds, because the date has no fractions.
            Timestamp(milliseconds: (wall + ahead + 999) / 1000 * 1000)
                .appendHTTPDate(to: &reply.fields)
            reply.fields += "\r\n".utf8
            return reply
        case .notJSON:
            var reply = Reply(
                200, body: Array("<!DOCTYPE html><title>Log in to the network</title>\n".utf8))
            reply.contentType = "text/html; charset=utf-8"
            return reply
        case .dropBeforeRead, .errorAfter, .dropAfterCommit, .dropMidReply, .slowDrip,
            .truncatedBody, .wrongLength, .shortLength, .gzipBomb, .hugeHeaders:
            return nil
        }
    }

    /// The contract's answer to an executed request, as the fault changes it.
    static func after(_ fault: Fault, _ reply: Reply) -> Reply {
        var changed = reply
        switch fault {
        case .errorAfter:
            let error = Reply.internalError("a fault of the plan")
            (changed.status, changed.body, changed.reason) = (500, error.body, error.reason)
        case .truncatedBody: changed.body = Array(reply.body.prefix(reply.body.count / 2))
        case .gzipBomb:
            changed.body = GzipBomb.bytes
            changed.fields += "Content-Encoding: gzip\r\n".utf8
        case .hugeHeaders:
            let line = "X-Padding: \(String(repeating: "x", count: 8179))\r\n"
            for _ in 0..<128 { changed.fields += line.utf8 }
        default: break
        }
        return changed
    }

    private static func redirect(to host: String, _ target: some Collection<UInt8>) -> Reply {
        var reply = Reply(307, body: [])
        reply.fields = Array("Location: \(host)".utf8)
        reply.fields += target
        reply.fields += "\r\n".utf8
        return reply
    }
}
