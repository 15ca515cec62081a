/// Stops the run when something does not hold; unlike `precondition` it says what, optimised too.
func hold(_ isTrue: Bool, _ what: String, line: Int = #line) {
    if !isTrue { fatalError("\(what) (line \(line))") }
}
