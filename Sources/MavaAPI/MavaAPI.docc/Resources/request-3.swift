import Foundation
import MavaAPI

guard let key = APIKey(ProcessInfo.processInfo.environment["MAVA_API_KEY"] ?? "") else {
    fatalError("set MAVA_API_KEY")
}
let client = try MavaClient(key: key, transport: CurlTransport())
guard let id = TicketID("665f1c0ac2b9e4a1d8f10001") else { fatalError("no id") }
let answer = try await client.update(TicketUpdate(ticketID: id, priority: .high))
switch answer.meaning {
case .updated: print("done")
case .refused(let reason): print(reason.rawValue)
default: print(answer.message)
}
