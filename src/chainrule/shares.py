"""From a network's outputs to probabilities: what makes a distribution of any outputs."""

import numpy as np

from .chain import Array


def shares_of(outputs: Array, one_unit: bool) -> Array:
    """Return the classes' probabilities, (rows, classes), of the outputs, (rows, n_outputs).

    `one_unit` says that the only output is the second of two classes' probability.  Outputs that
    are no distribution (a squared error's) are cut off at 0 and divided by their sum; in a row
    without a positive output the largest has all, equals share it.

    >>> shares_of(np.array([[0.25]]), one_unit=True), shares_of(np.array([[2.0, -1.0]]), False)
    (array([[0.75, 0.25]]), array([[1., 0.]]))
    """
    if one_unit:
        return np.hstack([1 - outputs, outputs])
    largest = outputs.max(axis=1, keepdims=True)
    shares = np.where(largest > 0, np.maximum(outputs, 0), outputs == largest)
    shares = shares.astype(outputs.dtype, copy=False)
    return shares / shares.sum(axis=1, keepdims=True)
