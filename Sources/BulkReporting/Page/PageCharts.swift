import BulkExecution
import BulkSystem

/// Drawings of a page. Each has its numbers beside it as text.
extension HTMLWriter {
    /// Appends a bar of counts with a legend.
    ///
    /// - Parameters:
    ///   - parts: The names, which are classes of the style too, and their counts; those of 0 are left out.
    ///   - label: What the bar shows.
    mutating func bar(_ parts: [(name: String, count: Int)], label: String) {
        let shown = parts.filter { $0.count > 0 }
        let all = shown.reduce(0) { $0 + $1.count }
        guard all > 0 else { return }
        markup(#"<svg class="bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img""#)
        attribute("aria-label", label)
        markup(">")
        // A part that is too small to be seen gets a visible width, and the largest pays for it.
        let least = 4.0
        var widths = shown.map { max(least, Double($0.count) / Double(all) * 1000) }
        if let largest = widths.indices.max(by: { widths[$0] < widths[$1] }) {
            widths[largest] -= widths.reduce(0, +) - 1000
        }
        var x = 0.0
        for (part, width) in zip(shown, widths) {
            markup("<rect y=\"0\" height=\"20\"")
            attribute("class", part.name)
            markup(" x=\"")
            coordinate(x)
            markup("\" width=\"")
            coordinate(width)
            markup("\"/>")
            x += width
        }
        markup("</svg>\n<ul class=\"legend\">\n")
        for part in shown {
            markup("<li><span")
            attribute("class", "key \(part.name)")
            markup("></span>")
            number(part.count)
            markup(" ")
            text(part.name)
            markup("</li>\n")
        }
        markup("</ul>\n")
    }

    /// Appends the section of requests over time.
    mutating func requests(_ timeline: RunTimeline, quota: Quota) {
        let window = Nanoseconds(quota.window).quotient(by: .millisecond)
        let counts = timeline.requestsInWindow(window)
        let waits = timeline.waits
        let top = Double(max(counts.max() ?? 0, quota.share, 1)) * 1.1
        let spanText = WindowText.span(window)
        markup(
            "<section aria-labelledby=\"requests\">\n<h2 id=\"requests\">Requests over time</h2>\n")
        markup("<div class=\"pair\">\n<div>\n<svg class=\"chart\" role=\"img\"")
        attribute("viewBox", "0 0 \(counts.count) 100")
        markup(" preserveAspectRatio=\"none\"")
        let most = counts.max() ?? 0
        attribute(
            "aria-label",
            "At most \(Words.counted(most, "request")) in \(spanText); the run may send \(Words.number(quota.share))."
        )
        markup(">")
        for wait in waits {
            markup("<rect class=\"wait\" y=\"0\" height=\"100\" x=\"")
            decimal(wait.lowerBound)
            markup("\" width=\"")
            decimal(wait.count)
            markup("\"/>")
        }
        for (index, count) in counts.enumerated() where count > 0 {
            rectangle("sent", index, Double(count) / top * 100)
        }
        for index in counts.indices where timeline.refusals[index] > 0 {
            rectangle("refused", index, 6)
        }
        let line = 100 - Double(quota.share) / top * 100
        markup("<line class=\"limit\" vector-effect=\"non-scaling-stroke\" x1=\"0\" x2=\"")
        decimal(counts.count)
        markup("\" y1=\"")
        coordinate(line)
        markup("\" y2=\"")
        coordinate(line)
        markup("\"/></svg>\n<p class=\"axis\"><span>0 s</span><span>")
        text(WindowText.span(timeline.length))
        markup("</span></p>\n<ul class=\"legend\">\n")
        key("sent", "requests in the last \(spanText)")
        key("limit", "the run's quota: \(quota)")
        if !waits.isEmpty { key("wait", "nothing sent") }
        if timeline.refusals.contains(where: { $0 > 0 }) {
            key("refused", "refused as too many (429)")
        }
        markup("</ul>\n</div>\n")
        requestTable(timeline, counts, waits)
        markup("</div>\n</section>\n")
    }

    private mutating func rectangle(_ name: String, _ index: Int, _ height: Double) {
        markup("<rect width=\"1\"")
        attribute("class", name)
        markup(" x=\"")
        decimal(index)
        markup("\" y=\"")
        coordinate(100 - height)
        markup("\" height=\"")
        coordinate(height)
        markup("\"/>")
    }

    private mutating func key(_ name: String, _ label: String) {
        markup("<li><span")
        attribute("class", "key \(name)")
        markup("></span>")
        text(label)
        markup("</li>\n")
    }

    private mutating func requestTable(
        _ timeline: RunTimeline, _ counts: [Int], _ waits: [Range<Int>]
    ) {
        let step = max(1, (counts.count + 11) / 12)
        markup(
            """
            <div class="beside">
            <div class="scroll tall" tabindex="0" role="region" aria-label="Requests over time, as a table">
            <table>
            <thead><tr><th scope="col">from</th><th scope="col" class="number">requests</th>
            <th scope="col" class="number">most in a window</th><th scope="col" class="number">refused</th></tr></thead>
            <tbody>

            """)
        for start in stride(from: 0, to: counts.count, by: step) {
            let range = start..<min(start + step, counts.count)
            markup("<tr><td>")
            text(WindowText.span(Int64(start) * timeline.width))
            markup("</td><td class=\"number\">")
            number(timeline.requests[range].reduce(0, +))
            markup("</td><td class=\"number\">")
            number(counts[range].max() ?? 0)
            markup("</td><td class=\"number\">")
            number(timeline.refusals[range].reduce(0, +))
            markup("</td></tr>\n")
        }
        markup("</tbody>\n</table>\n</div>\n")
        let waited = waits.reduce(0) { $0 + $1.count }
        if waited > 0 {
            markup("<p class=\"note\">Nothing was sent for ")
            text(WindowText.span(Int64(waited) * timeline.width))
            markup(" in ")
            text(waits.count == 1 ? "one stretch" : "\(Words.number(waits.count)) stretches")
            markup(".</p>\n")
        }
        if !timeline.parts.isEmpty {
            markup("<p class=\"note\">Resumed after ")
            text(timeline.parts.map(WindowText.span).joined(separator: ", "))
            markup(". Between two parts, at most a minute is shown.</p>\n")
        }
        markup("</div>\n")
    }

    /// Appends the section of latencies.
    mutating func latencies(_ timeline: RunTimeline) {
        let counts = timeline.latencies
        let all = counts.reduce(0, +)
        guard all > 0, let first = counts.firstIndex(where: { $0 > 0 }),
            let last = counts.lastIndex(where: { $0 > 0 })
        else { return }
        let range = max(0, first - 1)...min(counts.count - 1, last + 1)
        let most = Double(counts.max() ?? 1)
        markup("<section aria-labelledby=\"latency\">\n<h2 id=\"latency\">Time to an answer</h2>\n")
        markup("<div class=\"pair\">\n<div>\n<svg class=\"chart\" role=\"img\"")
        attribute("viewBox", "0 0 \(range.count) 100")
        markup(" preserveAspectRatio=\"none\"")
        let half = WindowText.latency(of: timeline.latencyBucket(covering: 0.5))
        attribute("aria-label", "Half of the requests were answered in \(half).")
        markup(">")
        for (place, index) in range.enumerated() where counts[index] > 0 {
            markup("<rect class=\"sent\" width=\"0.86\" x=\"")
            coordinate(Double(place) + 0.07)
            let height = max(1, Double(counts[index]) / most * 96)
            markup("\" y=\"")
            coordinate(100 - height)
            markup("\" height=\"")
            coordinate(height)
            markup("\"/>")
        }
        markup("</svg>\n<p class=\"axis\"><span>")
        text(WindowText.latency(of: range.lowerBound))
        markup("</span><span>")
        text(WindowText.latency(of: range.upperBound))
        markup("</span></p>\n<p class=\"note\">Half of the requests were answered in ")
        text(half)
        markup(", 95% in ")
        text(WindowText.latency(of: timeline.latencyBucket(covering: 0.95)))
        markup(".")
        if timeline.repeated > 0 {
            markup(" Left out: ")
            text(Words.rows(timeline.repeated))
            markup(" that needed more than one request.")
        }
        markup("</p>\n</div>\n")
        markup(
            """
            <div class="scroll" tabindex="0" role="region" aria-label="Time to an answer, as a table">
            <table>
            <thead><tr><th scope="col">answered in</th><th scope="col" class="number">requests</th>
            <th scope="col" class="number">share</th></tr></thead>
            <tbody>

            """)
        for index in range where counts[index] > 0 {
            markup("<tr><td>")
            text(WindowText.latency(of: index))
            markup("</td><td class=\"number\">")
            number(counts[index])
            markup("</td><td class=\"number\">")
            let thousandths = counts[index] * 1000 / all
            text("\(thousandths / 10).\(thousandths % 10)%")
            markup("</td></tr>\n")
        }
        markup("</tbody>\n</table>\n</div>\n</div>\n</section>\n")
    }
}

extension RunTimeline {
    /// Stretches of at least two buckets in which a run that had more to send sent nothing.
    var waits: [Range<Int>] {
        guard let last = requests.lastIndex(where: { $0 > 0 }) else { return [] }
        var waits: [Range<Int>] = []
        var start: Int?
        for index in 0...last {
            if requests[index] == 0 {
                start = start ?? index
            } else if let begin = start {
                if index - begin >= 2 { waits.append(begin..<index) }
                start = nil
            }
        }
        return waits
    }

    /// The bucket of latencies up to which a share of the requests was answered.
    func latencyBucket(covering share: Double) -> Int {
        let all = latencies.reduce(0, +)
        var sum = 0
        for (index, count) in latencies.enumerated() {
            sum += count
            if Double(sum) >= Double(all) * share { return index }
        }
        return latencies.count - 1
    }
}

/// Spans of time in words.
enum WindowText {
    /// For example `500 ms`, `30 s`, `12 min 5 s`, `3 h 20 min`.
    static func span(_ milliseconds: Int64) -> String {
        if milliseconds > 0, milliseconds < 1000 { return "\(milliseconds) ms" }
        let seconds = milliseconds / 1000
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
            (seconds % 60, "s"),
        ]
        let words = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
        return words.isEmpty ? "0 s" : words.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// What a bucket of latencies holds, such as `200 ms or less`.
    static func latency(of bucket: Int) -> String {
        let ends = RunTimeline.latencyEnds
        if bucket < ends.count { return span(Int64(ends[bucket])) + " or less" }
        return "more than " + span(Int64(ends[ends.count - 1]))
    }
}
