#!/bin/sh
# Fuzzes the sandbox's request parser and its workspace reader, the address sanitizer watching.
#
#   Tests/Fuzz/sandbox.sh [SECONDS]      per target; 60 unless given
#
# New inputs go to a copy of the corpus; a crash leaves crash-* in the build folder and fails.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
build=.build/fuzz
mkdir -p "$build"
for target in SandboxRequest SandboxWorkspace; do
    swiftc -swift-version 6 -O -wmo -suppress-warnings -parse-as-library -package-name mava_bulk \
        -module-name "$target" -sanitize=fuzzer,address -o "$build/$target" \
        "Tests/Fuzz/$target/Fuzz$target.swift" $(find Sources/MavaSandbox -name '*.swift')
    rm -rf "$build/$target-corpus"
    cp -R "Tests/Fuzz/$target/corpus" "$build/$target-corpus"
    if ! "$build/$target" "$build/$target-corpus" -max_total_time="$seconds" -max_len=20000 \
        -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="$build/$target-" >"$build/$target.log" 2>&1; then
        tail -n 40 "$build/$target.log"
        exit 1
    fi
    echo "$target: $(grep number_of_executed_units "$build/$target.log")"
done
