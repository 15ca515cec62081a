import BulkRecords

do {
    var reader = try RecordReader(ByteSource(path: "handover.csv"))
    var counts: [String: Int] = [:]
    try reader.forEach { record in
        if let problem = record.problem {
            print("line \(record.position.line): \(problem.message)")
        } else {
            counts[record["assignedTo"] ?? "", default: 0] += 1
        }
    }
    print(counts)
} catch let error as ReadError {
    print(error)
}
