// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "mava-bulk",
    // `Mutex` of the Synchronization module needs this one.
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "mava-bulk", targets: ["mava-bulk"]),
        .library(name: "BulkRecords", targets: ["BulkRecords"]),
        .library(name: "MavaAPI", targets: ["MavaAPI"]),
        // With the modules that it exports, so that .ci/api-changes compares these too.
        .library(
            name: "MavaBulk",
            targets: [
                "MavaBulk", "BulkExecution", "BulkHistory", "BulkPlan", "BulkPlanning",
                "BulkReporting", "BulkTickets",
            ]),
        .library(name: "MavaSandbox", targets: ["MavaSandbox"]),
    ],
    targets: [
        // What Swift cannot name: libcurl at run time, the processor's SHA-256 and CRCs, epoll.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "CChecksums"),
        .target(name: "CPoll"),
        // The C library, whatever the platform calls it.
        .target(name: "CLibrary"),

        // The data's way through the program, one target a room. a test of EndToEndTests holds these arrows.
        .target(name: "BulkSystem", dependencies: ["CChecksums", "CLibrary"]),
        .target(name: "BulkRecords", dependencies: ["BulkSystem", "CLibrary"]),
        .target(name: "MavaAPI", dependencies: ["BulkSystem", "CCurl", "CLibrary"]),
        .target(
            name: "BulkPlan", dependencies: ["BulkSystem", "BulkRecords", "CLibrary", "MavaAPI"]),
        .target(
            name: "BulkTickets", dependencies: ["BulkPlan", "BulkSystem", "MavaAPI"]),
        .target(
            name: "BulkPlanning",
            dependencies: ["BulkPlan", "BulkSystem", "BulkRecords", "CLibrary", "MavaAPI"]),
        .target(
            name: "BulkExecution", dependencies: ["BulkPlan", "BulkSystem", "CLibrary", "MavaAPI"]),
        .target(
            name: "BulkReporting",
            dependencies: ["BulkExecution", "BulkPlan", "BulkSystem", "MavaAPI"]),
        .target(
            name: "BulkHistory",
            dependencies: [
                "BulkExecution", "BulkPlan", "BulkPlanning", "BulkReporting", "BulkSystem",
                "CLibrary", "MavaAPI",
            ]),
        .target(
            name: "MavaBulk",
            dependencies: [
                "BulkExecution", "BulkHistory", "BulkSystem", "BulkPlan", "BulkPlanning",
                "BulkRecords",
                "BulkReporting", "BulkTickets",
                "CLibrary", "MavaAPI",
            ]),

        // A second, independent reading of the API contract: shares no code with the client.
        .target(name: "MavaSandbox", dependencies: ["CLibrary", "CPoll"]),

        .executableTarget(
            name: "mava-bulk",
            dependencies: [
                "BulkExecution", "BulkHistory", "BulkSystem", "BulkPlan", "BulkPlanning",
                "BulkRecords", "CLibrary", "MavaAPI", "MavaBulk", "MavaSandbox",
            ],
            // A statically linked program otherwise exports its own symbols and keeps code that it never calls. The
            // toolchain's linker can make one of functions with the same instructions.
            linkerSettings: [
                .unsafeFlags(["-Xlinker", "--no-export-dynamic"], .when(platforms: [.linux])),
                .unsafeFlags(
                    ["-use-ld=lld", "-Xlinker", "--icf=all"],
                    .when(platforms: [.linux], configuration: .release)),
            ]),

        // For the tests: a manual clock, a scripted transport, a seeded generator, failing files.
        .target(
            name: "BulkTestSupport", dependencies: ["BulkSystem", "CLibrary", "MavaAPI"],
            path: "Tests/Support", exclude: ["Planning"]),
        // An input, a snapshot and the plan made of them, for the tests of planning and of what follows it.
        .target(
            name: "BulkPlanningTestSupport",
            dependencies: ["BulkPlan", "BulkPlanning", "BulkTestSupport", "MavaAPI"],
            path: "Tests/Support/Planning"),
        // The execution's own state machines against a model of the server, event by event.
        .target(
            name: "ExecutionSimulation",
            dependencies: [
                "BulkExecution", "BulkPlan", "BulkPlanning", "BulkSystem", "BulkTestSupport",
                "MavaAPI",
            ],
            path: "Tests/Simulation"),
        // The benchmarks of docs/benchmarks.md.
        .executableTarget(
            name: "mava-bulk-bench",
            dependencies: [
                "ExecutionSimulation", "BulkExecution", "BulkSystem", "BulkPlan", "BulkPlanning",
                "BulkRecords", "BulkTickets", "CLibrary", "MavaAPI", "MavaBulk",
                "MavaSandbox",
            ],
            path: "Tests/Benchmarks", exclude: ["Peers"]),

        .testTarget(
            name: "BulkSystemTests",
            dependencies: ["BulkRecords", "BulkSystem", "BulkTestSupport", "CLibrary"]),
        .testTarget(
            name: "BulkRecordsTests",
            dependencies: ["BulkRecords", "BulkSystem", "BulkTestSupport", "CLibrary"]),
        .testTarget(
            name: "MavaAPITests",
            dependencies: [
                "CCurl", "BulkSystem", "CLibrary", "MavaAPI", "MavaSandbox", "BulkTestSupport",
            ]),
        .testTarget(
            name: "BulkPlanTests",
            dependencies: [
                "BulkPlan", "BulkPlanning", "BulkPlanningTestSupport", "BulkRecords", "BulkSystem",
                "BulkTestSupport", "CLibrary", "MavaAPI",
            ]),
        .testTarget(
            name: "BulkTicketsTests",
            dependencies: [
                "BulkPlan", "BulkRecords", "BulkSystem", "BulkTestSupport", "BulkTickets",
                "MavaAPI",
            ]),
        .testTarget(
            name: "BulkPlanningTests",
            dependencies: [
                "BulkPlan", "BulkPlanning", "BulkPlanningTestSupport", "BulkRecords",
                "BulkReporting", "BulkSystem", "BulkTestSupport", "CLibrary", "MavaAPI",
                "MavaSandbox",
            ]),
        .testTarget(
            name: "BulkExecutionTests",
            dependencies: [
                "BulkExecution", "BulkSystem", "BulkPlan", "BulkPlanning", "CLibrary", "MavaAPI",
                "MavaSandbox",
                "BulkTestSupport", "ExecutionSimulation",
            ]),
        .testTarget(
            name: "BulkReportingTests",
            dependencies: [
                "BulkExecution", "BulkPlan", "BulkPlanning", "BulkPlanningTestSupport",
                "BulkRecords", "BulkReporting", "BulkSystem", "BulkTestSupport", "CLibrary",
                "MavaAPI",
            ]),
        .testTarget(
            name: "BulkHistoryTests",
            dependencies: [
                "BulkExecution", "BulkHistory", "BulkPlan", "BulkPlanning",
                "BulkPlanningTestSupport", "BulkReporting", "BulkSystem", "BulkTestSupport",
                "CLibrary", "MavaAPI", "MavaSandbox",
            ]),
        .testTarget(
            name: "MavaSandboxTests", dependencies: ["MavaSandbox", "BulkTestSupport", "CLibrary"]),
        .testTarget(
            name: "MavaBulkTests",
            dependencies: [
                "MavaBulk", "BulkExecution", "BulkPlan", "BulkSystem", "CLibrary", "MavaSandbox",
                "BulkTestSupport",
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "mava-bulk", "BulkExecution", "BulkHistory", "BulkPlan", "BulkPlanning",
                "BulkSystem",
                "CLibrary", "MavaAPI", "MavaBulk", "MavaSandbox", "BulkTestSupport",
            ]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets
where !["CCurl", "CPoll", "CChecksums", "CLibrary"].contains(target.name) {
    target.swiftSettings = [
        // `any` is written where a call is dispatched at run time, so that its cost is seen.
        .enableUpcomingFeature("ExistentialAny"),
        // What a target's public interface exposes of another target is said with `public import`.
        .enableUpcomingFeature("InternalImportsByDefault"),
        // A member is used only where its module is imported: no dependency by accident.
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}

// `MAVA_BULK_TEST_TARGETS=BulkSystemTests,MavaAPITests` leaves the other test targets out: a build with a sanitizer
// compiles every line once more.
if let chosen = Context.environment["MAVA_BULK_TEST_TARGETS"]?.split(separator: ",") {
    package.targets.removeAll { $0.type == .test && !chosen.contains($0.name[...]) }
}

// `MAVA_BULK_BUILT_ONCE=1` is for builds that are made once, as in .ci/run. In debug builds, modules are compiled as a
// whole, and without debug information, which takes less of the processor. In release builds, each function has a
// section of its own, so that the linker leaves out those that are not called, and what does little for each row is
// small rather than fast.
if Context.environment["MAVA_BULK_BUILT_ONCE"] != nil {
    for target in package.targets {
        target.swiftSettings?.append(
            .unsafeFlags(
                ["-whole-module-optimization", "-num-threads", "2", "-gnone"],
                .when(configuration: .debug)))
        target.swiftSettings?.append(
            .unsafeFlags(
                ["-Xfrontend", "-function-sections"], .when(configuration: .release)))
    }
    let small = [
        "BulkExecution", "BulkHistory", "BulkReporting", "BulkTickets", "MavaAPI", "MavaBulk",
        "MavaSandbox", "mava-bulk",
    ]
    for target in package.targets where small.contains(target.name) {
        target.swiftSettings?.append(
            .unsafeFlags(["-Osize"], .when(configuration: .release)))
    }
}

// A request goes through several asynchronous functions, which go on where their caller runs instead of looking
// for its thread at each call. A closure that a library calls runs there, too, so that a program can pass one from
// its main actor. What does long work by itself stays off its caller's thread.
let stayingWithTheCaller = ["BulkExecution", "BulkTickets", "MavaAPI", "MavaBulk", "MavaSandbox"]
for target in package.targets where stayingWithTheCaller.contains(target.name) {
    target.swiftSettings?.append(.enableUpcomingFeature("NonisolatedNonsendingByDefault"))
}
