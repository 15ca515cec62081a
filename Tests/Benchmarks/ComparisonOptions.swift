/// What a benchmark that compares us with peers on generated files is told.
///
///     [--shape NAME,NAME] [--rows N] [--repeats N] [--directory DIR] [--peers PYTHON SCRIPT]
///     [--only NAME,NAME] [--program PATH] [--baseline PATH]
struct ComparisonOptions {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// How many rows the files have.
    var rows = 1_000_000
    /// How often each contender has its turn.
    var repeats: Int
    /// Where the files are.
    var directory = "/tmp"
    /// A Python that has `Tests/Benchmarks/Peers/requirements.txt` installed, and what it is to run.
    var peers: (python: String, script: String)?
    /// The parts to run; `nil` for all.
    var only: [String]?
    /// What the files look like; `nil` for the usual.
    var shapes: [String]?
    /// The program that is measured: the one beside this one, unless given.
    var program = "mava-bulk"
    /// Another build of it to compare with.
    var baseline: String?

    init(_ arguments: [String], repeats: Int) throws {
        self.repeats = repeats
        if let slash = CommandLine.arguments[0].lastIndex(of: "/") {
            program = CommandLine.arguments[0][...slash] + "mava-bulk"
        }
        var rest = arguments[...]
        func value(_ option: String) throws -> String {
            guard let value = rest.popFirst() else {
                throw Failure(description: "\(option) wants a value")
            }
            return value
        }
        func number(_ option: String) throws -> Int {
            guard let number = try Int(value(option)), number > 0 else {
                throw Failure(description: "\(option) wants a number")
            }
            return number
        }
        while let option = rest.popFirst() {
            switch option {
            case "--rows": rows = try number(option)
            case "--repeats": self.repeats = try number(option)
            case "--directory": directory = try value(option)
            case "--peers": peers = (try value(option), try value(option))
            case "--only": only = try value(option).split(separator: ",").map(String.init)
            case "--shape": shapes = try value(option).split(separator: ",").map(String.init)
            case "--program": program = try value(option)
            case "--baseline": baseline = try value(option)
            default: throw Failure(description: "no such option: \(option)")
            }
        }
    }
}
