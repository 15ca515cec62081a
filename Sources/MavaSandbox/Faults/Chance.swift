import CLibrary

/// Pseudorandom numbers from a seed (SplitMix64).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    /// Starts a sequence.
    ///
    /// - Parameters:
    ///   - seed: The seed of the sequence.
    ///   - stream: Selects one of the seed's sequences, for example by the number of a request.
    init(seed: UInt64, stream: UInt64 = 0) {
        state = seed &+ stream &* 0xD134_2543_DE82_EF95
        // Without this, the first numbers of neighbouring streams would be similar.
        _ = next()
        state ^= stream
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number from 0 up to but not including 1.
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number of the normal distribution with mean 0 and deviation 1 (Box and Muller).
    mutating func normal() -> Double {
        let radius = (2 * exponential()).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    /// A number of the exponential distribution with mean 1.
    mutating func exponential() -> Double {
        -log(1 - unit())
    }

    /// A whole number from 0 up to but not including a bound.
    mutating func below(_ bound: Int) -> Int {
        Int(next() % UInt64(max(1, bound)))
    }
}
