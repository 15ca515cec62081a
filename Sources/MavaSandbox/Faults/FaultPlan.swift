/// Which faults occur and when: by probability from a seed, or by request number.
///
/// Requests to the API are numbered from 1 as their heads arrive. The fault of a request depends
/// only on the seed and its number. The same requests in the same order therefore meet the same
/// faults.
public struct FaultPlan: Hashable, Sendable {
    /// When a fault hits.
    package enum Trigger: Hashable, Sendable {
        /// Each request with this probability, from 0 to 1.
        case probability(Double)
        /// The requests with these numbers.
        case requests(ClosedRange<Int>)
        /// Every request whose number is a multiple of this.
        case every(Int)
    }

    /// A fault and its trigger.
    package struct Rule: Hashable, Sendable {
        /// The fault.
        package var fault: Fault
        /// The trigger.
        package var trigger: Trigger

        /// Makes a rule.
        package init(_ fault: Fault, _ trigger: Trigger) {
            self.fault = fault
            self.trigger = trigger
        }
    }

    /// Which requests are numbered and can be hit.
    package enum Scope: String, Hashable, Sendable {
        /// All requests to the API.
        case all
        /// Updates.
        case put
        /// Reads.
        case get
    }

    /// The seed of all random decisions.
    package var seed: UInt64 = 1
    /// Which requests are numbered and can be hit.
    package var scope = Scope.all
    /// The faults.
    package var rules: [Rule] = []
    /// How long answers are delayed; several delays add up.
    package var latencies: [Latency] = []
    /// The time between two bytes of a slow drip.
    package var drip: Duration = .milliseconds(10)
    /// How many tickets others change, create or delete after each page of tickets.
    package var moving = 0
    /// Where `redirect-other` points: scheme and host, without a path.
    package var redirectTarget = "http://other-host.invalid"
    /// How far in the future the date of `503-date` is.
    package var retryAfter: Duration = .seconds(2)

    /// Makes a plan without faults.
    public init() {}
}
