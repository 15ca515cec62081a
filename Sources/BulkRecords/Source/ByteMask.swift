// The readers examine 16 or 64 bytes at once. A comparison gives a mask, which becomes one bit per
// byte. "Where is the next quote" is then a count of trailing zeros.
//
// The speed depends on two things. A comparison must name its mask type and compare two vectors
// (`let m: SIMDMask<SIMD16<Int8>> = v .== SIMD16(repeating: k)`). Otherwise Swift uses the generic,
// element-by-element overload, which is forty times slower. And the bits are gathered by one
// instruction if the processor has it (SSE2, part of every x86-64), otherwise by a multiplication.

#if arch(x86_64) && canImport(_Builtin_intrinsics)
    private import _Builtin_intrinsics.intel.sse2
#endif

typealias Bytes16 = SIMD16<UInt8>
typealias Mask16 = SIMDMask<SIMD16<Int8>>

/// Loads sixteen bytes from any address.
@inline(__always)
func load16(_ pointer: UnsafePointer<UInt8>) -> Bytes16 {
    UnsafeRawPointer(pointer).loadUnaligned(as: Bytes16.self)
}

/// Sixteen times the same byte.
@inline(__always)
func splat16(_ byte: UInt8) -> Bytes16 { Bytes16(repeating: byte) }

/// One bit for each byte of a mask; the lowest bit is the first byte.
@inline(__always)
func bits(_ mask: Mask16) -> UInt64 {
    #if arch(x86_64) && canImport(_Builtin_intrinsics)
        let word = _mm_movemask_epi8(unsafeBitCast(mask, to: SIMD2<Int64>.self))
        return UInt64(UInt32(bitPattern: word))
    #else
        let ones: UInt64 = 0x0101_0101_0101_0101
        let gather: UInt64 = 0x0102_0408_1020_4080
        let halves = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        let low = ((halves[0].littleEndian & ones) &* gather) >> 56
        let high = ((halves[1].littleEndian & ones) &* gather) >> 56
        return low | high << 8
    #endif
}

/// Whether any of sixteen bytes is not ASCII.
@inline(__always)
func hasHighBit(_ bytes: Bytes16) -> Bool {
    let words = unsafeBitCast(bytes, to: SIMD2<UInt64>.self)
    return (words[0] | words[1]) & 0x8080_8080_8080_8080 != 0
}
