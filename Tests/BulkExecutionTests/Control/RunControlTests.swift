import BulkExecution
import Testing

@Suite("A run's control that obeys another one")
struct RunControlTests {
    @Test("the reason given first counts, whichever of the two was stopped")
    func firstReason() {
        let all = RunControl()
        let one = RunControl(obeying: all)
        all.stop(.interrupted(signal: 15))
        #expect(one.reason == .interrupted(signal: 15))
        // The task's cancellation does not know the signal.
        one.stopNow(.interrupted(signal: nil))
        #expect(one.reason == .interrupted(signal: 15) && one.isHard && !all.isHard)

        let other = RunControl(obeying: RunControl())
        other.stop(.canary)
        #expect(other.reason == .canary)
    }
}
