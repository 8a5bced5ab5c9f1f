"""Moderated t-tests from the formulas of Smyth 2004, sections 3 and 6.2, for tests/analysis/moderated_test.cpp.

Prints prior degrees and variance, and for each difference its moderated variance, degrees and two-sided p. Needs numpy
alone: digamma and trigamma by their asymptotic series, Student's t by integration of its density, the inverse of
trigamma by bisection, so that nothing is shared with the program. Run: python3 tests/reference/moderated.py
"""
import math

import numpy as np


def digamma(x):
    shift = 0.0
    while x < 20:
        shift -= 1 / x
        x += 1
    return shift + math.log(x) - 1 / (2 * x) - 1 / (12 * x**2) + 1 / (120 * x**4) - 1 / (252 * x**6)


def trigamma(x):
    shift = 0.0
    while x < 20:
        shift += 1 / x**2
        x += 1
    return shift + 1 / x + 1 / (2 * x**2) + 1 / (6 * x**3) - 1 / (30 * x**5) + 1 / (42 * x**7)


def inverse_trigamma(value):
    low, high = 1e-6, 1e6
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if trigamma(middle) > value else (low, middle)
    return low


def p_of(t, degrees):
    x = np.linspace(0, math.atan(abs(t) / math.sqrt(degrees)), 200001)  # t = sqrt(degrees) tan x
    density = np.cos(x) ** (degrees - 1)
    inside = np.trapz(density, x)
    x = np.linspace(0, math.pi / 2, 200001)
    return 1 - inside / np.trapz(np.cos(x) ** (degrees - 1), x)


def fit(variances, degrees):
    e = [math.log(v) - digamma(degrees / 2) + math.log(degrees / 2) for v in variances]
    beyond = np.var(e, ddof=1) - trigamma(degrees / 2)
    if beyond <= 0:
        return math.inf, math.exp(np.mean(e))
    half = inverse_trigamma(beyond)
    return 2 * half, math.exp(np.mean(e) + digamma(half) - math.log(half))


def show(seeds):
    seeds = np.array(seeds)
    n = seeds.shape[1]
    variances = seeds.var(axis=1, ddof=1)
    prior_degrees, prior = fit(variances, n - 1)
    print(f"prior degrees {prior_degrees:.8f} variance {prior:.8f}")
    for row, v in zip(seeds, variances):
        total = prior_degrees + n - 1
        moderated = (prior_degrees * prior + (n - 1) * v) / total if math.isfinite(total) else prior
        t = row.mean() / math.sqrt(moderated / n)
        p = p_of(t, total) if math.isfinite(total) else math.erfc(abs(t) / math.sqrt(2))
        print(f"  own {v:.6f} moderated {moderated:.8f} degrees {total:.6f} t {t:.6f} p {p:.8f}")


# Six differences of three seeds, of very unequal spread; four of nearly equal spread.
show([[1.2, 0.4, 0.8], [3.0, -4.0, 2.0], [0.11, 0.10, 0.12], [2.0, 2.6, 1.4], [-0.9, 0.3, 0.6], [7.0, 1.0, 4.0]])
show([[1.0, 2.0, 3.0], [0.5, 1.4, 2.7], [-1.0, 0.1, 0.9], [2.0, 3.1, 4.2]])
