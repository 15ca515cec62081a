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
        .library(name: "MavaBulk", targets: ["MavaBulk"]),
    ],
    targets: [
        // The data's way through the program, one target a room: records <- planning <- execution <-
        // reporting. An arrow against that order is a mistake.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        // The processor's own SHA-256 and CRC-32C, which Swift cannot name: a plan's id costs a third of
        // planning without the one, and every line of a journal has the other.
        .target(name: "CChecksums"),
        .target(name: "BulkFiles", dependencies: ["CChecksums"]),
        .target(name: "BulkRecords", dependencies: ["BulkFiles"]),
        .target(name: "MavaAPI", dependencies: ["BulkFiles", "CCurl"]),
        .target(name: "BulkPlanning", dependencies: ["BulkFiles", "BulkRecords", "MavaAPI"]),
        .target(name: "BulkExecution", dependencies: ["BulkFiles", "BulkPlanning", "MavaAPI"]),
        .target(
            name: "BulkReporting",
            dependencies: ["BulkExecution", "BulkFiles", "BulkPlanning", "MavaAPI"]),
        .target(
            name: "MavaBulk",
            dependencies: [
                "BulkExecution", "BulkFiles", "BulkPlanning", "BulkRecords", "BulkReporting",
                "MavaAPI",
            ]),

        // A second, independent reading of the API contract: shares no code with the client.
        .target(name: "MavaSandbox", dependencies: ["CPoll"]),
        // Waiting for many sockets, to less than a millisecond, for the sandbox.
        .target(name: "CPoll"),

        .executableTarget(
            name: "mava-bulk",
            dependencies: [
                "BulkExecution", "BulkFiles", "BulkPlanning", "BulkRecords", "BulkReporting",
                "MavaAPI",
                "MavaBulk", "MavaSandbox",
            ]),
        .executableTarget(
            name: "mava-bulk-bench",
            dependencies: [
                "ExecutionSimulation", "BulkExecution", "BulkFiles", "BulkPlanning", "BulkRecords",
                "MavaAPI", "MavaBulk",
                "MavaSandbox",
            ]),

        // Fakes for the tests: a manual clock, a scripted transport, a seeded generator. No product.
        .target(name: "BulkTestSupport", dependencies: ["BulkFiles", "MavaAPI"]),
        // The execution's own state machines against a model of the server, event by event. No product.
        .target(
            name: "ExecutionSimulation",
            dependencies: ["BulkExecution", "BulkPlanning", "BulkTestSupport", "MavaAPI"]),
        .testTarget(name: "BulkFilesTests", dependencies: ["BulkFiles", "BulkTestSupport"]),
        .testTarget(name: "BulkRecordsTests", dependencies: ["BulkRecords", "BulkTestSupport"]),
        .testTarget(
            name: "MavaAPITests",
            dependencies: ["CCurl", "MavaAPI", "MavaSandbox", "BulkTestSupport"]),
        .testTarget(
            name: "BulkPlanningTests",
            dependencies: [
                "BulkFiles", "BulkPlanning", "BulkRecords", "MavaAPI", "MavaSandbox",
                "BulkTestSupport",
            ]),
        .testTarget(
            name: "BulkExecutionTests",
            dependencies: [
                "BulkExecution", "BulkFiles", "BulkPlanning", "MavaAPI", "MavaSandbox",
                "BulkTestSupport", "ExecutionSimulation",
            ]),
        .testTarget(
            name: "BulkReportingTests",
            dependencies: [
                "BulkExecution", "BulkFiles", "BulkPlanning", "BulkRecords", "BulkReporting",
                "MavaAPI",
                "BulkTestSupport",
            ]),
        .testTarget(name: "MavaSandboxTests", dependencies: ["MavaSandbox", "BulkTestSupport"]),
        .testTarget(
            name: "MavaBulkTests",
            dependencies: ["MavaBulk", "BulkExecution", "MavaSandbox", "BulkTestSupport"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["mava-bulk", "BulkPlanning", "MavaSandbox", "BulkTestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where !["CCurl", "CPoll", "CChecksums"].contains(target.name) {
    target.swiftSettings = [
        // `any` is written where a call is dispatched at run time, so that its cost is seen.
        .enableUpcomingFeature("ExistentialAny"),
        // What a target's public interface exposes of another target is said with `public import`.
        .enableUpcomingFeature("InternalImportsByDefault"),
        // A member is used only where its module is imported: no dependency by accident.
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}

// A request goes through several asynchronous functions, which go on where their caller runs instead of looking
// for its thread at each call. What does long work by itself stays off its caller's thread.
for target in package.targets where ["MavaAPI", "BulkExecution"].contains(target.name) {
    target.swiftSettings?.append(.enableUpcomingFeature("NonisolatedNonsendingByDefault"))
}
