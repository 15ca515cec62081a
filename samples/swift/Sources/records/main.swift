// Reads a CSV or JSON Lines file and counts the values of its first column.
// usage: records FILE

import BulkRecords
import Foundation

guard CommandLine.arguments.count == 2 else {
    print("usage: records FILE")
    exit(2)
}

var reader = try RecordReader(ByteSource(path: CommandLine.arguments[1]))
var rows = 0
var problems = 0
var counts: [String: Int] = [:]
try reader.forEach { record in
    if let problem = record.problem {
        problems += 1
        print("line \(record.position.line): \(problem.message)")
        return
    }
    rows += 1
    if record.count > 0 { counts[record.text(of: 0), default: 0] += 1 }
}
print("\(rows) rows, \(problems) problems, columns: \(reader.columns.joined(separator: ", "))")
print("\(counts.count) different values of the first column")
