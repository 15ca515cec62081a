import BulkSystem
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkExecution

@Suite("What a run makes of a server that refuses everything, or closes connections")
struct RunMachineTroubleTests {
    @Test("a run of which every update is refused for an unknown reason ends after 20")
    func refusedAltogether() throws {
        func sent(_ most: Int?, _ answer: (Int) -> Answer.Verdict) throws -> Int {
            var settings = RunMachine.Settings()
            settings.maxFailures = most
            var machine = RunMachine(settings)
            for row in 1...60 {
                guard machine.step(at: 0) == .pull else { return row - 1 }
                machine.feed(try RunMachineTests.objectJob(row))
                guard machine.step(at: 0) == .send else { return row - 1 }
                let job = machine.begin(at: 0)
                _ = machine.complete(job, Answer(answer(row)), at: 0, roll: 0)
            }
            return 60
        }
        #expect(try sent(nil) { _ in .refused(.refused) } == 20)
        #expect(try sent(59) { _ in .refused(.refused) } == 60)
        #expect(try sent(nil) { _ in .refused(.ticketNotFound) } == 60)
        #expect(try sent(nil) { $0 == 20 ? .refused(.ticketNotFound) : .refused(.refused) } == 40)
        #expect(try sent(nil) { $0 == 3 ? .accepted : .refused(.refused) } == 60)
    }

    @Test("a server that closes connections between requests uses up no retries of the run")
    func closedConnections() throws {
        for isOfReused in [true, false] {
            var machine = RunMachine(RunMachine.Settings())
            var failed = 0
            for row in 1...60 {
                #expect(machine.step(at: 0) == .pull)
                machine.feed(try RunMachineTests.objectJob(row))
                var now: Nanoseconds = 0
                // The first request of each row is lost, the second is answered.
                var answer = Answer(
                    TransportError(
                        code: .connectionLost, message: "closed", mayHaveReachedServer: true))
                answer.isOfReusedConnection = isOfReused
                for _ in 1...2 {
                    while case .wait(let until?, _) = machine.step(at: now) { now = until }
                    guard machine.step(at: now) == .send else { break }
                    let job = machine.begin(at: now)
                    if case .done(.unknown, _) = machine.complete(job, answer, at: now, roll: 0) {
                        failed += 1
                        break
                    }
                    answer = Answer(.accepted)
                }
            }
            #expect((failed > 0) == !isOfReused, "\(failed)")
        }
    }
}
