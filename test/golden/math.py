#!/usr/bin/env python3
"""High-precision values of the functions in src/core/math.ts, gamma.ts, studentT.ts and poisson.ts, and of the activations.

Usage: python3 math.py OUT.json      (needs mpmath)
Each function maps to pairs [x, f(x)]: x is a float64, f(x) the float64 nearest to the value at 60 digits.
Arguments: a sweep over every decade of the function's range in both signs, and the places where it changes its method.
"""
import json, random, sys
from mpmath import mp, mpf, betainc, cosh, erfc, exp, expm1, log, log1p, loggamma, sqrt, tanh, sinpi, cospi

mp.dps = 60
random.seed(20260101)


def decades(low, high, each):
    """Numbers of both signs, `each` to a decade from 10^low to 10^high."""
    sizes = [random.uniform(1, 10) * 10.0 ** k for k in range(low, high) for _ in range(each)]
    return [s * x for x in sizes for s in (1, -1)]


def positive(xs):
    return [x for x in xs if x > 0]


def within(bound, xs):
    return [x for x in xs if abs(x) <= bound]


def around(*places):
    return [p + d for p in places for d in (-1e-3, -1e-9, 0.0, 1e-9, 1e-3)]


uniform = lambda low, high, n: [random.uniform(low, high) for _ in range(n)]
functions = {
    "exp": (exp, within(700, decades(-20, 3, 6) + uniform(-700, 700, 150) + around(0.34657359027997264, -0.34657359027997264))),
    "expm1": (expm1, within(700, decades(-20, 3, 6) + uniform(-3, 3, 150) + around(0.34657359027997264, -0.34657359027997264))),
    "expm1MinusX": (lambda x: exp(x) - 1 - x, within(700, decades(-12, 3, 6) + uniform(-3, 3, 150) + around(0.5, -0.5))),
    "log": (log, positive(decades(-307, 308, 1)) + uniform(0.5, 2, 150) + around(0.7071067811865476, 1.4142135623730951) + [5e-324, 1e-310]),
    "log1p": (log1p, [x for x in decades(-20, 20, 3) if x > -1] + uniform(-0.999, 3, 150) + around(-0.29, 0.41)),
    "tanh": (tanh, decades(-20, 2, 6) + uniform(-5, 5, 150) + around(20.0, -20.0)),
    "sinPi": (sinpi, decades(-12, 3, 3) + uniform(-2, 2, 150)),
    "cosPi": (cospi, decades(-12, 3, 3) + uniform(-2, 2, 150)),
    "normalPdf": (lambda x: exp(-x * x / 2) / sqrt(2 * mp.pi), decades(-12, 1, 3) + uniform(-37, 37, 150)),
    "normalCdf": (lambda x: erfc(-x / sqrt(mpf(2))) / 2, decades(-12, 1, 3) + uniform(-37, 9, 200) + around(-2.5, 2.5, -4.0, 4.0)),
    "lgamma": (loggamma, positive(decades(-20, 10, 4)) + uniform(0, 20, 100) + around(1.0, 2.0, 10.0) + [1e-300, 1e300]),
    "lgammaHalfStep": (lambda x: loggamma(x + mpf("0.5")) - loggamma(x), positive(decades(-20, 20, 3)) + uniform(0, 60, 100) + around(50.0)),
}


# activations and their derivatives, each of these over the same arguments (which no other function's draws depend on)
rng = random.Random(3)
tails = [rng.uniform(1, 10) * 10.0 ** k * s for k in range(-12, 4) for _ in range(3) for s in (1, -1)]
tails += [rng.uniform(-40, 40) for _ in range(100)] + [rng.uniform(-760, 760) for _ in range(40)]
tails += [s * x for x in (1e-300, 1.5, 2.5, 10.0, 20.0, 30.0, 36.0, 38.0, 40.0, 100.0, 700.0, 745.0, 800.0, 1e4) for s in (1, -1)] + [0.0]
phi, Phi = (lambda x: exp(-x * x / 2) / sqrt(2 * mp.pi)), (lambda x: erfc(-x / sqrt(mpf(2))) / 2)
logistic = lambda x: 1 / (1 + exp(-x))
activations = {
    "tanh": (tanh, lambda x: 1 / cosh(x) ** 2),
    "sigmoid": (logistic, lambda x: logistic(x) * logistic(-x)),
    "softplus": (lambda x: log1p(exp(x)), logistic),
    "silu": (lambda x: x * logistic(x), lambda x: logistic(x) + x * logistic(x) * logistic(-x)),
    "gelu": (lambda x: x * Phi(x), lambda x: Phi(x) + x * phi(x)),
    "elu": (lambda x: x if x > 0 else expm1(x), lambda x: mpf(1) if x > 0 else exp(x)),
}
for name, (f, df) in activations.items():
    functions[f"activation/{name}"] = (f, tails)
    functions[f"activation/{name}/derivative"] = (df, tails)


# Student's distribution function, by the incomplete beta function of whichever tail is the smaller
def student_cdf(df):
    def cdf(t):
        tail = betainc(mpf(df) / 2, mpf("0.5"), 0, df / (df + t * t), regularized=True) / 2
        return tail if t < 0 else 1 - tail
    return cdf


rng = random.Random(5)
for df in (2.001, 3.0, 4.0, 7.5, 30.0, 1000.0, 1000000.0):
    ts = [s * rng.uniform(1, 10) * 10.0 ** k for k in range(-8, 3) for s in (1, -1)] + [rng.uniform(-8, 8) for _ in range(40)]
    # beyond 40 there is nothing left of it for many degrees of freedom
    functions[f"studentTCdf/{df}"] = (student_cdf(df), (within(40, ts) if df >= 1000 else ts) + [0.0])


# the Poisson distribution function at the logarithm of its rate, as a sum; below 1e-300 there is nothing to compare
def poisson_cdf(log_rate):
    rate = exp(mpf(log_rate))
    return lambda k: exp(-rate) * sum(rate ** j / mp.factorial(j) for j in range(int(k) + 1))


rng = random.Random(6)
for log_rate in (-30.0, -1.5, 0.0, 0.7, 3.0, 6.9):
    ks = {float(k) for k in range(4)} | {float(rng.randrange(int(3 * 2.72 ** log_rate) + 10)) for _ in range(15)}
    functions[f"poissonCdf/{log_rate}"] = (poisson_cdf(log_rate), sorted(ks))

# and at large rates, within 7 standard deviations of them, as an incomplete gamma function
def large_poisson_cdf(log_rate):
    return lambda k: mp.gammainc(k + 1, exp(mpf(log_rate)), mp.inf, regularized=True)


for log_rate in (18.5, 20.0, 25.0):
    rate = 2.718281828459045 ** log_rate
    ks = sorted(float(round(rate + z * rate ** 0.5)) for z in (-7, -5, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 5, 7))
    functions[f"poissonCdf/{log_rate}"] = (large_poisson_cdf(log_rate), ks)

table = {name: [[x, float(f(mpf(x)))] for x in xs] for name, (f, xs) in functions.items()}
json.dump({"source": "mpmath, 60 digits", "functions": table}, open(sys.argv[1], "w"))
print({name: len(pairs) for name, pairs in table.items()})
