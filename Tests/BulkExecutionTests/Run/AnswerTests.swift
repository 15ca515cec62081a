import BulkSystem
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("What an answer means for its row")
struct AnswerTests {
    static func response(
        _ status: Int, _ body: String, _ headers: [(name: String, value: String)] = []
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }

    @Test(
        "statuses and texts become verdicts",
        arguments: [
            (200, #"{"message":"Ticket updated"}"#, Answer.Verdict.accepted),
            (400, #"{"error":"Ticket not found"}"#, .refused(.ticketNotFound)),
            (400, #"{"error":"Category not found"}"#, .refused(.categoryNotFound)),
            (400, #"{"error":"Assignee not found"}"#, .refused(.assigneeNotFound)),
            (
                400, #"{"error":"Invalid status or priority"}"#,
                .refused(.invalidStatusOrPriority)
            ),
            (404, #"{"error":"x"}"#, .refused(.refused)),
            (404, "{}", .noAnswer(.unexpectedAnswer, mayHaveReachedServer: true)),
            (422, "x", .noAnswer(.unexpectedAnswer, mayHaveReachedServer: true)),
            (403, "<html>", .noAnswer(.unexpectedAnswer, mayHaveReachedServer: true)),
            (408, "", .noAnswer(.timedOut, mayHaveReachedServer: true)),
            (425, "x", .noAnswer(.timedOut, mayHaveReachedServer: true)),
            (421, "{}", .noAnswer(.timedOut, mayHaveReachedServer: true)),
            (204, "", .accepted), (202, "", .unconfirmed), (200, "{}", .unconfirmed),
            (401, #"{"error":"Unauthorized"}"#, .keyRejected), (403, "{}", .keyRejected),
            (429, "", .busy(retryAfter: nil)), (500, "{}", .serverError), (502, "", .serverError),
            (503, "", .serverError), (504, "", .serverError),
            (302, "", .noAnswer(.unexpectedAnswer, mayHaveReachedServer: true)),
            (200, "<html>", .noAnswer(.unexpectedAnswer, mayHaveReachedServer: true)),
        ])
    func verdicts(status: Int, body: String, verdict: Answer.Verdict) {
        let answer = Answer(UpdateAnswer(Self.response(status, body)))
        #expect(answer.verdict == verdict)
        #expect(answer.status == status)
        #expect((answer.message == nil) == (verdict == .accepted))
    }

    @Test("429 and 503 with a time are requests to wait", arguments: [429, 503])
    func busy(status: Int) {
        let answer = Answer(
            UpdateAnswer(Self.response(status, "", [("Retry-After", "7")])))
        #expect(answer.verdict == .busy(retryAfter: 7 * .second))
        #expect(answer.reading?.isBusy == true)
    }

    @Test("what headers say about the quota arrives with the answer")
    func hints() {
        let answer = Answer(
            UpdateAnswer(
                Self.response(
                    200, #"{"message":"Ticket updated"}"#,
                    [
                        ("RateLimit-Limit", "90"), ("RateLimit-Remaining", "12"),
                        ("RateLimit-Reset", "20"),
                    ])))
        #expect(
            answer.reading?.hints == [
                QuotaHint(limit: 90, remaining: 12, resetAfter: 20 * .second)
            ])
    }

    @Test(
        "a lost answer is told from a request that never arrived",
        arguments: TransportError.Code.allCases, [true, false])
    func noAnswer(code: TransportError.Code, reached: Bool) {
        let answer = Answer(
            TransportError(code: code, message: "no", mayHaveReachedServer: reached))
        switch answer.verdict {
        case .noAnswer(let failure, let mayHave):
            #expect(![.cancelled, .untrusted, .unavailable].contains(code))
            #expect(mayHave == reached)
            #expect((failure == .timedOut) == (code == .timeout))
        case .abandoned(let mayHave):
            #expect(code == .cancelled)
            #expect(mayHave == reached)
        case .untrusted: #expect(code == .untrusted)
        case .shortage: #expect(code == .localShortage)
        case .unsendable(let mayHave):
            #expect(code == .unavailable)
            #expect(mayHave == reached)
        default: Issue.record("\(answer.verdict)")
        }
    }
}
