extension JSONScanner {
    /// Skips an object or array, including its brackets.
    ///
    /// - Parameter depth: How many levels it may have, including itself.
    /// - Returns: `false` when it is not valid.
    mutating func skipNested(depth: Int) -> Bool {
        var levels = NestingLevels()
        var isEscaped = false
        while true {
            // A value is expected here.
            skipBlanks()
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard levels.count < depth else { return fail(.nestingTooDeep) }
                let isObject = byte == UInt8(ascii: "{")
                levels.push(isObject)
                at += 1
                skipBlanks()
                if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    at += 1
                    levels.pop()
                } else {
                    if isObject { guard skipKey() else { return false } }
                    continue
                }
            } else {
                guard skipLeaf(isEscaped: &isEscaped) else { return false }
            }
            // A value has ended: close every container that ends here.
            while true {
                if levels.count == 0 { return true }
                skipBlanks()
                if byte == UInt8(ascii: ",") {
                    at += 1
                    if levels.isObject {
                        skipBlanks()
                        guard skipKey() else { return false }
                    }
                    break
                }
                let closing = levels.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
                guard byte == closing else { return fail(.invalidJSON) }
                at += 1
                levels.pop()
            }
        }
    }

    /// Skips a key and the colon after it.
    mutating func skipKey() -> Bool {
        guard byte == 0x22 else { return fail(.invalidJSON) }
        var isEscaped = false
        guard skipString(isEscaped: &isEscaped) else { return false }
        skipBlanks()
        guard byte == UInt8(ascii: ":") else { return fail(.invalidJSON) }
        at += 1
        return true
    }

    private mutating func skipLeaf(isEscaped: inout Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "\""): skipString(isEscaped: &isEscaped)
        case UInt8(ascii: "n"): skipWord("null")
        case UInt8(ascii: "t"): skipWord("true")
        case UInt8(ascii: "f"): skipWord("false")
        default: skipNumber()
        }
    }
}

/// Which of the open levels are objects, one bit each.
private struct NestingLevels {
    private(set) var count = 0
    private var top: UInt64 = 0
    private var below: [UInt64] = []

    /// Whether the innermost level is an object.
    var isObject: Bool { top & 1 == 1 }

    mutating func push(_ isObject: Bool) {
        if count > 0, count % 64 == 0 {
            below.append(top)
            top = 0
        }
        top = top << 1 | (isObject ? 1 : 0)
        count += 1
    }

    mutating func pop() {
        top >>= 1
        count -= 1
        if count > 0, count % 64 == 0 { top = below.removeLast() }
    }
}
