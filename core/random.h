/*
 * random.h - the one source of chance: xoshiro256** seeded by splitmix64 (Blackman & Vigna 2018). Same seed,
 * same numbers, on every machine. A struct random is owned by one thread.
 */
#ifndef WFM_CORE_RANDOM_H
#define WFM_CORE_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t s[4];
};

static inline void random_seed(struct random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        random->s[i] = z ^ (z >> 31);
    }
}

static inline uint64_t random_rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static inline uint64_t random_next(struct random *random)
{
    uint64_t *s = random->s;
    uint64_t result = random_rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = random_rotate(s[3], 45);
    return result;
}

/* [0, 1) with 53 bits. */
static inline double random_uniform(struct random *random)
{
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

/* The number at a place of a stream: no state, so any part of it can be had in any order by any thread.
   splitmix64's mixing of all three. */
static inline uint64_t random_at(uint64_t seed, uint64_t stream, uint64_t place)
{
    const uint64_t parts[] = {seed, stream, place};
    uint64_t z = 0;
    for (int i = 0; i < 3; i++) {
        z += UINT64_C(0x9e3779b97f4a7c15) + parts[i];
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
    }
    return z;
}

/* The same in [0, 1) with 53 bits. */
static inline double random_uniform_at(uint64_t seed, uint64_t stream, uint64_t place)
{
    return (double)(random_at(seed, stream, place) >> 11) * 0x1p-53;
}

/* A random order of the n entries. */
static inline void random_shuffle(struct random *random, int *order, int n)
{
    for (int i = n - 1; i > 0; i--) {
        int j = (int)(random_next(random) % (uint64_t)(i + 1)), swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
}

#endif
