"""The losses of the table as loops: total[0] = Σ_rows w ℓ, and d = w × ∂ℓ/∂prediction.

Parameters are pointers: prediction and target, rows × units; weight, rows; d, rows × units.
"""

import math

import numpy as np

from ..losses import EXP_ENDS, HUBER_DELTA, SOFTPLUS_TAIL
from .compiled import Numbers
from .exponentials import exp, log1p


def half_squared_error(
    a: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            error = a[j] - y[j]
            loss += 0.5 * error * error
            d[j] = w[row] * error
        total[0] += w[row] * loss


def sum_squared_error(
    a: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            error = a[j] - y[j]
            loss += error * error
            d[j] = w[row] * 2 * error
        total[0] += w[row] * loss


def mean_squared_error(
    a: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            error = a[j] - y[j]
            loss += error * error
            d[j] = w[row] * 2 * error / units
        total[0] += w[row] * loss / units


def absolute_error(
    a: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            error = a[j] - y[j]
            loss += abs(error)
            d[j] = w[row] * np.sign(error)
        total[0] += w[row] * loss


def huber(
    a: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            error = a[j] - y[j]
            slope = min(HUBER_DELTA, max(-HUBER_DELTA, error))
            loss += slope * (error - 0.5 * slope)
            d[j] = w[row] * slope
        total[0] += w[row] * loss


def binary_cross_entropy(
    a: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            loss -= (y[j] * math.log(a[j]) if y[j] != 0 else 0) + (
                (1 - y[j]) * math.log1p(-a[j]) if y[j] != 1 else 0
            )
            slope = a[j] * (1 - a[j])
            if slope == 0 and a[j] == y[j]:  # a rounded to 0 or 1, where the limit is 1 or −1
                d[j] = w[row] * (1 - 2 * y[j])
            else:
                d[j] = w[row] * (a[j] - y[j]) / slope
        total[0] += w[row] * loss


def softmax_categorical_cross_entropy(
    z: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    none = total[0]  # a sum of the numbers' own type: another would be slow
    for row in range(rows):
        at = row * units
        largest, product = z[at], none
        for j in range(at, at + units):
            largest = max(largest, z[j])
        for j in range(at, at + units):
            d[j] = z[j] - largest
            product += y[j] * d[j] if y[j] != 0 else none  # −∞ × 0 is no number
        total[0] -= w[row] * product
    for j in range(rows * units):  # not row by row: ten units fill no vector
        d[j] = exp(d[j])
    for row in range(rows):
        exponentials = share = none
        for j in range(row * units, (row + 1) * units):
            exponentials += d[j]
            share += y[j]
        total[0] += w[row] * (math.log(exponentials) * share)
        factor = w[row] * share / exponentials
        for j in range(row * units, (row + 1) * units):
            d[j] = d[j] * factor - w[row] * y[j]


def logistic_binary_cross_entropy(
    z: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            power = exp(-abs(z[j]))
            loss += max(z[j], 0) + log1p(power) - y[j] * z[j]
            d[j] = w[row] * ((1 if z[j] >= 0 else power) / (1 + power) - y[j])
        total[0] += w[row] * loss


def exponential_poisson(
    z: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            a = exp(z[j])
            loss += a - y[j] * min(z[j], EXP_ENDS) + math.lgamma(y[j] + 1)
            d[j] = w[row] * (a - y[j])
        total[0] += w[row] * loss


def softplus_poisson(
    z: Numbers, y: Numbers, w: Numbers, d: Numbers, total: Numbers, rows: int, units: int
) -> None:
    total[0] = 0
    for row in range(rows):
        loss = 0.0
        for j in range(row * units, (row + 1) * units):
            near = max(z[j], SOFTPLUS_TAIL)
            power = exp(-abs(near))
            a = max(near, 0) + log1p(power)
            slope = (1 if near > 0 else power) / (1 + power)
            log_a = math.log(a) + (z[j] - near)  # in the tail log a is z
            here = a if near == z[j] else exp(z[j])
            loss += here - y[j] * log_a + math.lgamma(y[j] + 1)
            d[j] = w[row] * ((slope if near == z[j] else here) - y[j] * (slope / a))
        total[0] += w[row] * loss


LOSS_LOOPS = {
    "half_squared_error": half_squared_error,
    "sum_squared_error": sum_squared_error,
    "mean_squared_error": mean_squared_error,
    "absolute_error": absolute_error,
    "huber": huber,
    "binary_cross_entropy": binary_cross_entropy,
}
FUSED_LOOPS = {
    ("softmax", "categorical_cross_entropy"): softmax_categorical_cross_entropy,
    ("logistic", "binary_cross_entropy"): logistic_binary_cross_entropy,
    ("exponential", "poisson"): exponential_poisson,
    ("softplus", "poisson"): softplus_poisson,
}
