/// What goes wrong, and when: by probability from a seed, or by the requests' numbers.
///
/// Requests to the API are numbered from 1 as their heads arrive. What happens to a request depends on
/// the seed and its number alone, so the same requests in the same order meet the same fate.
public struct FaultPlan: Hashable, Sendable {
    /// When a fault hits.
    package enum Trigger: Hashable, Sendable {
        /// Each request with this probability, from 0 to 1.
        case probability(Double)
        /// The requests with these numbers.
        case requests(ClosedRange<Int>)
        /// Every request whose number is a multiple.
        case every(Int)
    }

    /// A fault and when it hits.
    package struct Rule: Hashable, Sendable {
        /// What goes wrong.
        package var fault: Fault
        /// When.
        package var trigger: Trigger

        /// Makes a rule.
        package init(_ fault: Fault, _ trigger: Trigger) {
            self.fault = fault
            self.trigger = trigger
        }
    }

    /// Which requests are numbered and hit.
    package enum Scope: String, Hashable, Sendable {
        /// All requests to the API.
        case all
        /// Updates.
        case put
        /// Reads.
        case get
    }

    /// What all chances follow from.
    package var seed: UInt64 = 1
    /// Which requests are numbered and hit.
    package var scope = Scope.all
    /// The faults.
    package var rules: [Rule] = []
    /// How long answers are held back; several add up.
    package var latencies: [Latency] = []
    /// The time between two bytes of a slow drip.
    package var drip: Duration = .milliseconds(10)
    /// Where `redirect-other` points: scheme and host, without a path.
    package var redirectTarget = "http://other-host.invalid"
    /// How far ahead the date of `503-date` lies.
    package var retryAfter: Duration = .seconds(2)

    /// Nothing goes wrong.
    public init() {}
}
