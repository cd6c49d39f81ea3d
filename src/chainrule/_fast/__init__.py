"""The compiled engine: what `training`, `activations`, `losses` and `optimizers` do, by Numba.

Each name is that of the reference, whose tests hold it: `chain.py` says what backpropagation is,
`passes.py` says it once more in loops over one flat vector, without a Python object on the way.
"""
