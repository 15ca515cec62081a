import BulkSystem

/// Random numbers that depend only on the seed, on every machine, with what tests ask of them.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix

    package init(seed: UInt64) { numbers = SplitMix(seed: seed) }

    package mutating func next() -> UInt64 { numbers.next() }

    /// A number from 0 up to but not including a bound.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// Returns true with a probability in percent.
    package mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// Picks one of several values.
    package mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }
}
