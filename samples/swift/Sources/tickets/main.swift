// Lists the tickets of the last year by status, within the quota.
// usage: MAVA_API_KEY=… tickets [BASE_URL]

import Foundation
import MavaBulk

guard let key = APIKey(ProcessInfo.processInfo.environment["MAVA_API_KEY"] ?? "") else {
    print("set MAVA_API_KEY")
    exit(2)
}
let connection = try MavaConnection(
    baseURL: CommandLine.arguments.dropFirst().first ?? MavaClient.defaultBaseURL, key: key)

let now = Date()
var counts: [String: Int] = [:]
for try await page in connection.reader.pages(TicketQuery(start: now - 31_536_000, end: now)) {
    for ticket in page.tickets { counts[ticket.status ?? "none", default: 0] += 1 }
}
for (status, count) in counts.sorted(by: { $0.key < $1.key }) { print("\(status): \(count)") }
