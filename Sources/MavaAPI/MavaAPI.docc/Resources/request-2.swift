import Foundation
import MavaAPI

guard let key = APIKey(ProcessInfo.processInfo.environment["MAVA_API_KEY"] ?? "") else {
    fatalError("set MAVA_API_KEY")
}
let client = try MavaClient(key: key, transport: CurlTransport())
for agent in try await client.agents().elements {
    print(agent.id, agent.username ?? "-")
}
