// The SHA-256 instructions of x86-64 and ARMv8, which Swift cannot name. One step of the hardware does
// two rounds (x86) or four (ARM); the message schedule is kept in four vectors of four words. On any
// other processor `csha256_available` says no, and the caller's portable code does the work.

#include "CChecksums.h"

#if defined(__x86_64__) || (defined(__aarch64__) && defined(__ARM_FEATURE_SHA2))
static const uint32_t constants[64] __attribute__((aligned(16))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
#endif

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

int csha256_available(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    // SSSE3 and SSE4.1 for the shuffles around the hash instructions.
    if (!(c & (1u << 9)) || !(c & (1u << 19))) return 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    return (b >> 29) & 1;
}

__attribute__((target("sha,ssse3,sse4.1")))
void csha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t count) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    // The instructions want the words as (a b e f) and (c d g h), highest first.
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    __m128i abef = _mm_alignr_epi8(low, high, 8);
    __m128i cdgh = _mm_blend_epi16(high, low, 0xF0);

    for (; count > 0; count--, bytes += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i words[4];
        for (int i = 0; i < 4; i++) {
            const __m128i raw = _mm_loadu_si128((const __m128i *)(bytes + 16 * i));
            words[i] = _mm_shuffle_epi8(raw, swap);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            const __m128i word = words[i & 3];
            const __m128i sum =
                _mm_add_epi32(word, _mm_load_si128((const __m128i *)(constants + 4 * i)));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
            if (i < 12) {
                // The four words that come sixteen rounds later take this vector's place.
                const __m128i last = words[(i + 3) & 3];
                const __m128i middle = _mm_alignr_epi8(last, words[(i + 2) & 3], 4);
                const __m128i early = _mm_sha256msg1_epu32(word, words[(i + 1) & 3]);
                words[i & 3] = _mm_sha256msg2_epu32(_mm_add_epi32(early, middle), last);
            }
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }

    const __m128i first = _mm_shuffle_epi32(abef, 0x1B);
    const __m128i second = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(first, second, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(second, first, 8));
}

#elif defined(__aarch64__) && defined(__ARM_FEATURE_SHA2)

#include <arm_neon.h>

int csha256_available(void) { return 1; }

void csha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t count) {
    uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
    for (; count > 0; count--, bytes += 64) {
        const uint32x4_t abcd_before = abcd, efgh_before = efgh;
        uint32x4_t words[4];
        for (int i = 0; i < 4; i++) {
            words[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * i)));
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            const uint32x4_t word = words[i & 3];
            const uint32x4_t sum = vaddq_u32(word, vld1q_u32(constants + 4 * i));
            const uint32x4_t abcd_last = abcd;
            abcd = vsha256hq_u32(abcd, efgh, sum);
            efgh = vsha256h2q_u32(efgh, abcd_last, sum);
            if (i < 12) {
                const uint32x4_t early = vsha256su0q_u32(word, words[(i + 1) & 3]);
                words[i & 3] = vsha256su1q_u32(early, words[(i + 2) & 3], words[(i + 3) & 3]);
            }
        }
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(state, abcd);
    vst1q_u32(state + 4, efgh);
}

#else

int csha256_available(void) { return 0; }

void csha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t count) {
    (void)state;
    (void)bytes;
    (void)count;
}

#endif
