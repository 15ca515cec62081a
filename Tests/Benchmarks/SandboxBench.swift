import MavaSandbox

import CLibrary

/// Loads the sandbox with updates by `wrk`, nginx answering nothing but 200 beside it.
///
/// `mava-bulk-bench sandbox [--tickets N | --workspace FILE] [--save FILE] [--seconds N] [--rounds N]
/// [--connections N]`; wrk and nginx must be installed. Rounds alternate between the two, so that both meet the same neighbours.
enum SandboxBench {
    /// Why the benchmark cannot run.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static func run(_ arguments: [String]) async throws {
        let tickets = try option("--tickets", arguments) ?? 100_000
        let seconds = try option("--seconds", arguments) ?? 5
        let rounds = try option("--rounds", arguments) ?? 3
        let connections = try option("--connections", arguments) ?? 64
        let folder = "/tmp/mava-bulk-bench-\(getpid())"
        guard mkdir(folder, 0o700) == 0 else { throw Failure(description: "cannot make \(folder)") }
        defer { _ = shell("rm -rf \(folder)") }

        let clock = ContinuousClock()
        let began = clock.now
        let workspace =
            try text("--workspace", arguments).map { try Workspace.load(path: $0) }
            ?? Workspace.generate(tickets: tickets, seed: 7)
        print("made \(workspace.ticketCount) tickets in \(clock.now - began); \(memory())")
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.savePath = try text("--save", arguments)
        configuration.quota = .unlimited
        let sandbox = try Sandbox.start(configuration)
        defer { sandbox.stop() }
        try write(script(sandbox), to: "\(folder)/put.lua")
        let nginx = try startNginx(folder)
        defer { _ = shell("kill $(cat \(folder)/nginx.pid)") }

        for round in 1...max(1, rounds) {
            let load = "wrk -t1 -c\(connections) -d\(seconds) -s \(folder)/put.lua"
            let before = (ours: processorTime(), nginx: nginxTime(folder))
            let ours = try rate(shell("\(load) \(sandbox.address)/api/ticket"))
            let oursTime = (processorTime() - before.ours) / ours / Double(seconds)
            let theirs = try rate(shell("\(load) \(nginx)/api/ticket"))
            let nginxTime = (nginxTime(folder) - before.nginx) / theirs / Double(seconds)
            print(
                "round \(round): sandbox \(Int(ours)) PUT/s at \(text(oursTime * 1e6)) µs of processor "
                    + "each, nginx \(Int(theirs)) PUT/s at \(text(nginxTime * 1e6)) µs, ratio "
                    + text(ours / theirs))
        }
        let stats = sandbox.stats
        print(
            "\(stats.count(route: "/api/ticket", status: 200)) updates answered 200, "
                + "\(stats.total - stats.count(status: 200)) otherwise, "
                + "\(stats.auditMessages) audit messages; \(memory())")
    }

    /// Updates that all change something: every ticket is resolved, and later opened again.
    private static func script(_ sandbox: Sandbox) -> String {
        let ids = sandbox.workspace.ticketIDs(limit: 2000).map { "'\($0)'" }
        return """
            local ids = {\(ids.joined(separator: ","))}
            local requests, place = {}, 0
            function init()
              local headers = {["x-auth-token"] = "\(sandbox.apiKeys[0])",
                ["Content-Type"] = "application/json"}
              for _, change in ipairs({'"status":"Resolved","priority":3',
                                       '"status":"Open","priority":1'}) do
                for _, id in ipairs(ids) do
                  requests[#requests + 1] = wrk.format("PUT", nil, headers,
                    '{"ticketId":"' .. id .. '",' .. change .. '}')
                end
              end
            end
            function request()
              place = place % #requests + 1
              return requests[place]
            end
            """
    }

    private static func startNginx(_ folder: String) throws -> String {
        // A port that was free a moment ago; nginx cannot be asked to choose one.
        let port = try Sandbox.start(
            SandboxConfiguration(workspace: try Workspace(json: Workspace.example))
        ).port
        try write(
            """
            pid \(folder)/nginx.pid;
            error_log \(folder)/error.log;
            worker_processes 1;
            events { worker_connections 1024; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              client_body_temp_path \(folder);
              server {
                listen 127.0.0.1:\(port);
                location / { default_type application/json;
                  return 200 '{"message":"Ticket updated"}'; }
              }
            }

            """, to: "\(folder)/nginx.conf")
        let output = shell("nginx -c \(folder)/nginx.conf -p \(folder) 2>&1")
        guard access("\(folder)/nginx.pid", R_OK) == 0 else {
            throw Failure(description: "nginx does not start: \(output)")
        }
        return "http://127.0.0.1:\(port)"
    }

    /// The requests a second that wrk reports.
    private static func rate(_ output: String) throws -> Double {
        for line in output.split(separator: "\n") where line.hasPrefix("Requests/sec:") {
            if let number = line.split(separator: " ").last.flatMap({ Double($0) }), number > 0 {
                if output.contains("Non-2xx") || output.contains("Socket errors") { print(output) }
                return number
            }
        }
        throw Failure(description: "wrk gave no figure: \(output)")
    }

    /// The processor time that this process has used, in seconds; wrk and nginx are others.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The processor time that nginx's worker has used, in seconds; 0 where there is no /proc.
    private static func nginxTime(_ folder: String) -> Double {
        let command =
            "cat /proc/$(pgrep -P $(cat \(folder)/nginx.pid))/stat 2>/dev/null "
            + "| awk -v tick=$(getconf CLK_TCK) '{print ($14 + $15) / tick}'"
        return Double(shell(command).filter { !$0.isWhitespace }) ?? 0
    }

    /// A number with two places.
    private static func text(_ value: Double) -> String {
        String((value * 100).rounded() / 100)
    }

    /// The greatest memory this process has held so far.
    private static func memory() -> String {
        var usage = rusage()
        getrusage(PlatformConstant.thisProcess, &usage)
        // In kilobytes on Linux, in bytes on Darwin (getrusage(2)).
        #if canImport(Darwin)
            let bytes = Int(usage.ru_maxrss)
        #else
            let bytes = Int(usage.ru_maxrss) * 1024
        #endif
        return "at most \(bytes / 1_000_000) MB resident so far"
    }

    private static func option(_ name: String, _ arguments: [String]) throws -> Int? {
        guard let text = try text(name, arguments) else { return nil }
        guard let value = Int(text), value > 0 else {
            throw Failure(description: "\(name) needs a number")
        }
        return value
    }

    private static func text(_ name: String, _ arguments: [String]) throws -> String? {
        guard let place = arguments.firstIndex(of: name) else { return nil }
        guard place + 1 < arguments.count else {
            throw Failure(description: "\(name) needs a value")
        }
        return arguments[place + 1]
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw Failure(description: "cannot write \(path)")
        }
        defer { fclose(file) }
        guard fputs(text, file) >= 0 else { throw Failure(description: "cannot write \(path)") }
    }

    /// Runs a command, and gives what it wrote.
    private static func shell(_ command: String) -> String {
        guard let pipe = popen(command, "r") else { return "" }
        var output: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&block, 1, block.count, pipe)
            guard count > 0 else { break }
            output += block[..<count]
        }
        pclose(pipe)
        return String(decoding: output, as: UTF8.self)
    }
}
