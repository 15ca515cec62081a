/// An answer outside the API's contract.
///
/// It comes from a proxy, a firewall, a maintenance page, or an API that has changed.
struct ForeignAnswer {
    let status: Int
    let body: String
    /// Whether it says that the update was done, so that only an accepted request gets it.
    var isSuccess = false

    static let all = [
        ForeignAnswer(status: 204, body: "", isSuccess: true),
        ForeignAnswer(status: 200, body: #"{"message":" TICKET updated"}"#, isSuccess: true),
        ForeignAnswer(status: 200, body: "<html><title>Maintenance</title></html>"),
        ForeignAnswer(status: 200, body: ""), ForeignAnswer(status: 200, body: "{}"),
        ForeignAnswer(status: 200, body: #"{"message":"Ticket updated","error":"no"}"#),
        ForeignAnswer(status: 200, body: #"{"success":false,"message":"Ticket updated"}"#),
        ForeignAnswer(status: 201, body: ""), ForeignAnswer(status: 202, body: #"{"id":1}"#),
        ForeignAnswer(status: 206, body: "\u{0}\u{FFFD}"), ForeignAnswer(status: 302, body: ""),
        ForeignAnswer(status: 400, body: "<h1>Bad Request</h1>"),
        ForeignAnswer(status: 403, body: "<html>Forbidden"),
        ForeignAnswer(status: 404, body: "nope"),
        ForeignAnswer(status: 408, body: ""), ForeignAnswer(status: 421, body: "{}"),
        ForeignAnswer(status: 425, body: #"{"error":"Too early"}"#),
        ForeignAnswer(status: 413, body: ""),
    ]
}
