/// What goes wrong, and when.
package struct FaultPlan: Hashable, Sendable {
    /// Nothing goes wrong.
    package init() {}
}
