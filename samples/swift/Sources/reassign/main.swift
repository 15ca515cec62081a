// Sets the priority of tickets that are named on standard input, one id a line, and shows what happens.
// usage: MAVA_API_KEY=… reassign BASE_URL < ids

import Foundation
import MavaBulk

guard CommandLine.arguments.count == 2,
    let key = APIKey(ProcessInfo.processInfo.environment["MAVA_API_KEY"] ?? "")
else {
    print("usage: MAVA_API_KEY=… reassign BASE_URL < ids")
    exit(2)
}

var ids: [String] = []
while let line = readLine() { ids.append(line) }
let input = PlanInput(rows: ids.map { TicketChange(ticketID: $0, priority: .high) })

var run = BulkRun(try MavaConnection(baseURL: CommandLine.arguments[1], key: key))
let events = RunEvents()
run.observer = events
let bulk = run

async let end = bulk.apply(input) { plan in
    print(plan.summary.text())
    return plan.header.requests <= 100
}
for await event in events {
    switch event {
    case .began(let directory): print("sending; the run is kept in \(directory)")
    case .progress(let progress) where progress.failed > 0: print("\(progress.failed) failed")
    default: break
    }
}
guard case .ran(let result) = try await end else {
    print("nothing was sent")
    exit(7)
}
for row in try result.outcomes() {
    print(row.entry.ticketID ?? "-", row.outcome.outcome.rawValue)
}
exit(result.isSuccess ? 0 : 1)
