// swift-tools-version: 6.3
import PackageDescription

// Programs that use mava-bulk as a library, from outside the package.
let package = Package(
    name: "samples",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "mava-bulk", path: "../..")],
    targets: [
        .executableTarget(
            name: "records", dependencies: [.product(name: "BulkRecords", package: "mava-bulk")]),
        .executableTarget(
            name: "tickets", dependencies: [.product(name: "MavaBulk", package: "mava-bulk")]),
        .executableTarget(
            name: "reassign", dependencies: [.product(name: "MavaBulk", package: "mava-bulk")]),
        .executableTarget(
            name: "model",
            dependencies: [
                .product(name: "MavaBulk", package: "mava-bulk"),
                .product(name: "MavaSandbox", package: "mava-bulk"),
            ]),
    ]
)
