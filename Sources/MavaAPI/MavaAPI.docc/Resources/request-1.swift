import Foundation
import MavaAPI

guard let key = APIKey(ProcessInfo.processInfo.environment["MAVA_API_KEY"] ?? "") else {
    fatalError("set MAVA_API_KEY")
}
let client = try MavaClient(key: key, transport: CurlTransport())
print(client.baseURL)
