// The CRC-32 of gzip by carry-less multiplication (x86-64), 64 bytes at a time, or by the CRC
// instructions of ARMv8. On any other processor `ccrc32_available` says no, and the caller's
// portable code does the work.
//
// Source of the folding and its constants: Gopal and others, "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ Instruction" (Intel, 2009), for the reflected polynomial 0x04C11DB7.

#include "CChecksums.h"

#include <string.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

int ccrc32_available(void) {
    unsigned a, b, c, d;
    // SSE 4.1 and PCLMULQDQ.
    return __get_cpuid(1, &a, &b, &c, &d) && (c >> 19) & 1 && (c >> 1) & 1;
}

#define TARGET __attribute__((target("sse4.1,pclmul")))

TARGET static inline __m128i load(const uint8_t *bytes) {
    return _mm_loadu_si128((const __m128i *)bytes);
}

// Moves 16 bytes of the remainder forward by the distance that the constants are for, and adds those that
// are there.
TARGET static inline __m128i fold(__m128i rest, __m128i constants, __m128i next) {
    const __m128i low = _mm_clmulepi64_si128(rest, constants, 0x00);
    const __m128i high = _mm_clmulepi64_si128(rest, constants, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

TARGET uint32_t ccrc32_blocks(uint32_t state, const uint8_t *bytes, size_t count) {
    const __m128i by512 = _mm_set_epi64x(0x01c6e41596, 0x0154442bd4);
    const __m128i by128 = _mm_set_epi64x(0x00ccaa009e, 0x01751997d0);
    const __m128i by64 = _mm_set_epi64x(0, 0x0163cd6124);
    const __m128i polynomial = _mm_set_epi64x(0x01f7011641, 0x01db710641);
    const __m128i lower = _mm_setr_epi32(~0, 0, ~0, 0);
    __m128i rest[4];
    for (int i = 0; i < 4; i++) rest[i] = load(bytes + 16 * i);
    rest[0] = _mm_xor_si128(rest[0], _mm_cvtsi32_si128((int)state));
    for (count--, bytes += 64; count > 0; count--, bytes += 64) {
        for (int i = 0; i < 4; i++) rest[i] = fold(rest[i], by512, load(bytes + 16 * i));
    }
    __m128i all = rest[0];
    for (int i = 1; i < 4; i++) all = fold(all, by128, rest[i]);
    // 128 bits become 96, and those 64.
    all = _mm_xor_si128(_mm_srli_si128(all, 8), _mm_clmulepi64_si128(all, by128, 0x10));
    all = _mm_xor_si128(
        _mm_srli_si128(all, 4), _mm_clmulepi64_si128(_mm_and_si128(all, lower), by64, 0x00));
    // Barrett's reduction leaves 32.
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(all, lower), polynomial, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, lower), polynomial, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(all, quotient), 1);
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)

#include <arm_acle.h>

int ccrc32_available(void) { return 1; }

uint32_t ccrc32_blocks(uint32_t state, const uint8_t *bytes, size_t count) {
    for (count *= 8; count > 0; count--, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        state = __crc32d(state, word);
    }
    return state;
}

#else

int ccrc32_available(void) { return 0; }

uint32_t ccrc32_blocks(uint32_t state, const uint8_t *bytes, size_t count) {
    (void)bytes;
    (void)count;
    return state;
}

#endif
