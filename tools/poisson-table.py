#!/usr/bin/env python3
"""Prints scheduler/staffing/poisson_table.h: coefficients of Temme's uniform expansion of the incomplete gamma
function (DLMF 8.12), made short over |eta| <= 0.75, and of exp(z^2) erfc(z) in pieces. Needs mpmath."""
from mpmath import bernoulli, cos, erfc, exp, lu_solve, matrix, mp, mpf, nstr, pi, sqrt

mp.dps = 60
TERMS = 70  # of the Taylor series worked with
LEAST = 20  # smallest shape the expansion is used for
REACH = mpf("0.75")
POWERS = 10  # of 1/shape
WIDTH = 18  # coefficients stored per power
PIECES, PIECE_DEGREE, SCALE = 8, 10, 3  # of erfcx, in t = SCALE / (SCALE + z)


def at(coefficients, x):
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def interpolate(f, low, high, degree):
    """Monomial coefficients, in units of the half-width around the middle, through the Chebyshev points."""
    n = degree + 1
    points = [cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    a = matrix(n, n)
    y = matrix(n, 1)
    for i, x in enumerate(points):
        y[i] = f((low + high) / 2 + (high - low) / 2 * x)
        for j in range(n):
            a[i, j] = x**j
    solution = lu_solve(a, y)
    return [solution[i] for i in range(n)]


def expansion():
    """Taylor coefficients in eta of C_0, C_1, ..."""
    mu = [mpf(0), mpf(1)]  # mu = lambda - 1, from mu mu' = eta (1 + mu)
    for n in range(2, TERMS + 12):
        mu.append((mu[n - 1] - sum(mu[i] * (n + 1 - i) * mu[n + 1 - i] for i in range(2, n))) / (n + 1))
    inverse = [mpf(1)]  # eta / mu
    for n in range(1, TERMS + 10):
        inverse.append(-sum(mu[i + 1] * inverse[n - i] for i in range(1, n + 1)))
    ln = [mpf(0)] * (POWERS + 2)  # ln of the scaled gamma function, by 1/shape
    for k in range(1, POWERS):
        if 2 * k - 1 < len(ln):
            ln[2 * k - 1] = bernoulli(2 * k) / (2 * k * (2 * k - 1))
    gamma = [mpf(1)]
    for n in range(1, POWERS + 1):
        gamma.append(sum(j * ln[j] * gamma[n - j] for j in range(1, n + 1)) / n)
    result = [[inverse[j + 1] for j in range(TERMS)]]
    for k in range(1, POWERS):
        last, g = result[-1], (-1) ** k * gamma[k]
        result.append([(n + 2) * last[n + 2] + g * inverse[n + 1] for n in range(len(last) - 2)])
    return gamma, result


def shorten(series, tolerance):
    for degree in range(1, WIDTH):
        short = interpolate(lambda x: at(series, x), -REACH, REACH, degree)
        short = [c / REACH**j for j, c in enumerate(short)]
        worst = max(abs(at(short, REACH * i / 37) - at(series, REACH * i / 37)) for i in range(-37, 38))
        if worst < tolerance:
            break
    return short


def erfcx_over_t(t):
    z = SCALE / t - SCALE
    if z < 100:
        return exp(z * z) * erfc(z) / t
    term = total = mpf(1)
    for k in range(1, 30):
        term *= -(2 * k - 1) / (2 * z * z)
        total += term
    return total / (z * sqrt(pi)) / t


def row(coefficients, width, pairs=False):
    padded = [nstr(c, 20, min_fixed=0, max_fixed=0) for c in coefficients] + ["0"] * (width - len(coefficients))
    if pairs:
        padded = ["{%s, %s}" % (a, b) for a, b in zip(padded[::2], padded[1::2])]
    return "    {" + ", ".join(padded) + "},"


def main():
    print("/* Made by tools/poisson-table.py. */")
    print("typedef double pair __attribute__((vector_size(16))); /* two at a time */\n")
    print("#define SERIES_POWERS %d\n#define SERIES_WIDTH %d" % (POWERS, WIDTH))
    print("#define SERIES_LEAST %d\n#define SERIES_REACH %s\n" % (LEAST, nstr(REACH, 4)))
    gamma, c = expansion()
    print("/* of 1/shape^j in the gamma function over Stirling's formula */")
    print("static const double series_gamma[SERIES_POWERS] =")
    print(row(gamma[:POWERS], POWERS).replace("},", "};"))
    print("\n/* of eta^j in C_k, row k, by pairs of j */")
    print("static const pair series_c[SERIES_POWERS][SERIES_WIDTH / 2] = {")
    for k, series in enumerate(c):
        print(row(shorten(series, mpf("2e-17") * mpf(LEAST) ** k), WIDTH, True))
    print("};\n\n#define ERFCX_PIECES %d\n#define ERFCX_DEGREE %d\n#define ERFCX_SCALE %d.0\n"
          % (PIECES, PIECE_DEGREE, SCALE))
    print("/* exp(z^2) erfc(z) / t by the distance from the middle of a piece of t, in its half-widths */")
    print("static const double erfcx_c[ERFCX_PIECES][ERFCX_DEGREE + 1] = {")
    for i in range(PIECES):
        print(row(interpolate(erfcx_over_t, mpf(i) / PIECES, mpf(i + 1) / PIECES, PIECE_DEGREE), PIECE_DEGREE + 1))
    print("};")


if __name__ == "__main__":
    main()
