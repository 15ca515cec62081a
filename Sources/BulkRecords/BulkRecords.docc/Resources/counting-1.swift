import BulkRecords

let reader = try RecordReader(ByteSource(path: "handover.csv"))
print(reader.columns)
