extension SandboxStats {
    /// The statistics as the JSON answer of `/_sandbox/stats`.
    ///
    /// - Parameter tickets: How many PUTs each ticket had, or nil to leave that out.
    /// - Returns: The JSON text.
    func json(tickets: [(id: String, count: Int)]?) -> [UInt8] {
        var output = JSONOutput()
        output.raw("{\"total\":")
        output.number(total)
        output.raw(",\"requests\":[")
        for (index, entry) in requests.enumerated() {
            output.raw(index > 0 ? ",{\"route\":" : "{\"route\":")
            output.string(entry.route)
            output.raw(",\"method\":")
            output.string(entry.method)
            output.raw(",\"status\":")
            output.number(entry.status)
            output.raw(",\"count\":")
            output.number(entry.count)
            output.raw("}")
        }
        output.raw("],\"auditMessages\":")
        output.number(auditMessages)
        output.raw(",\"ticketsChanged\":")
        output.number(ticketsChanged)
        output.raw(",\"peak\":")
        output.number(peak)
        output.raw(",\"peakIsLowerBound\":")
        output.bool(peakIsLowerBound)
        output.raw(",\"requestsPerTicket\":{")
        for (index, entry) in requestsPerTicket.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { output.raw(",") }
            output.string(String(entry.key))
            output.raw(":")
            output.number(entry.value)
        }
        output.raw("},\"faults\":{")
        for (index, entry) in faults.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { output.raw(",") }
            output.string(entry.key)
            output.raw(":")
            output.number(entry.value)
        }
        output.raw("},\"connections\":")
        output.number(connections)
        output.raw(",\"refusedConnections\":")
        output.number(refusedConnections)
        output.raw(",\"malformedRequests\":")
        output.number(malformedRequests)
        if let tickets {
            output.raw(",\"tickets\":{")
            for (index, entry) in tickets.enumerated() {
                if index > 0 { output.raw(",") }
                output.string(entry.id)
                output.raw(":")
                output.number(entry.count)
            }
            output.raw("}")
        }
        output.raw("}")
        return output.bytes
    }
}
