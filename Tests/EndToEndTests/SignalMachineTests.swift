import BulkSystem
import BulkExecution
import BulkTestSupport
import Testing

@testable import mava_bulk

@Suite("What a signal means")
struct SignalMachineTests {
    private static let second = Nanoseconds.second
    private static let start = 100 * Nanoseconds.second

    @Test(
        "The first, the second and the third, in each phase",
        arguments: [
            (SignalMachine.Phase.preparing, [SignalMachine.Action.cancel, .leave, .leave]),
            (.sending, [.drain, .giveUp, .leave]), (.finishing, [.cancel, .leave, .leave]),
        ])
    func actions(phase: SignalMachine.Phase, expected: [SignalMachine.Action]) {
        var machine = SignalMachine(drain: 10 * Self.second)
        let actions = (0..<3).map { index in
            machine.handle(15, at: Self.start + 2 * index * Self.second, in: phase)
        }
        #expect(actions == expected)
    }

    @Test("A signal within a second of one that counted is the same request, whichever it is")
    func sameRequest() {
        for phase in SignalMachine.Phase.allCases {
            var machine = SignalMachine(drain: 10 * Self.second)
            _ = machine.handle(15, at: Self.start, in: phase)
            for time in [0, 1, Self.second / 2, Self.second] {
                #expect(machine.handle(2, at: Self.start + time, in: phase) == .ignore)
            }
            #expect(machine.first == 15)
            // Ignored signals do not delay the second one.
            let second = machine.handle(2, at: Self.start + Self.second + 1, in: phase)
            #expect(second == (phase == .sending ? .giveUp : .leave))
            #expect(machine.first == 15)
        }
    }

    @Test("A phase that ends between two signals counts the ones before it")
    func phases() {
        var machine = SignalMachine(drain: 10 * Self.second)
        #expect(machine.handle(2, at: Self.start, in: .sending) == .drain)
        #expect(machine.handle(2, at: Self.start + 3 * Self.second, in: .finishing) == .leave)
        machine = SignalMachine(drain: 10 * Self.second)
        #expect(machine.handle(2, at: Self.start, in: .preparing) == .cancel)
        #expect(machine.handle(2, at: Self.start + 3 * Self.second, in: .sending) == .giveUp)
    }

    @Test("After the first signal the program ends within a bound, which no later one moves on")
    func bounds() {
        var machine = SignalMachine(drain: 7 * Self.second)
        for phase in SignalMachine.Phase.allCases { #expect(machine.leavesAt(in: phase) == nil) }
        _ = machine.handle(15, at: Self.start, in: .sending)
        #expect(machine.leavesAt(in: .sending) == Self.start + 17 * Self.second)
        #expect(machine.leavesAt(in: .finishing) == Self.start + 17 * Self.second)
        _ = machine.handle(15, at: Self.start + 2 * Self.second, in: .sending)
        #expect(machine.leavesAt(in: .finishing) == Self.start + 12 * Self.second)
        machine = SignalMachine(drain: 7 * Self.second)
        _ = machine.handle(15, at: Self.start, in: .preparing)
        #expect(machine.leavesAt(in: .preparing)! < Self.start + Self.second)
        machine = SignalMachine(drain: 7 * Self.second)
        _ = machine.handle(15, at: Self.start, in: .finishing)
        #expect(machine.leavesAt(in: .finishing) == Self.start + 10 * Self.second)
    }
}
