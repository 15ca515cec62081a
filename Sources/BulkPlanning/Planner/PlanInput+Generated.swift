package import BulkPlan
import BulkRecords

extension PlanInput {
    /// Creates an input from rows that the program made, in the format of an earlier input.
    ///
    /// - Parameters:
    ///   - name: What previews and reports call the input.
    ///   - rows: The rows, as a file of that format with a header would have them.
    ///   - input: The earlier input.
    package init(name: String, rows: GeneratedRows, like input: PlanHeader.Input) {
        self.init(name: name, rows: rows)
        format = input.format == "jsonl" ? .jsonLines : .csv
        delimiter = input.delimiter?.utf8.first
    }
}
