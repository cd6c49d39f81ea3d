"""JAX: its autodiff, all updates of all epochs in one compiled `lax.scan`; folds by `vmap`."""

from functools import partial
from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..task import RATES, Task
from . import Train, Trained


def _loss(task: Task, layers: Any, X: Any, y: Any) -> Any:
    a = X
    for W, b in layers:
        z = a @ W + b
        a = jax.nn.sigmoid(z) if task.tiny else jnp.maximum(z, 0)
    if task.tiny:
        target = jax.nn.one_hot(y, task.sizes[-1], dtype=z.dtype)
        return 0.5 * jnp.sum((a - target) ** 2) / len(a)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1))


def _step(task: Task, state: Any, gradient: Any) -> Any:
    layers, first, second, t = state
    rate, of = RATES[task.solver], jax.tree.map
    t = t + 1
    if task.solver == "sgd":
        layers = of(lambda p, g: p - rate * g, layers, gradient)
    elif task.solver == "momentum":
        first = of(lambda v, g: 0.9 * v + g, first, gradient)
        layers = of(lambda p, v: p - rate * v, layers, first)
    else:
        first = of(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = of(lambda s, g: 0.999 * s + 0.001 * g * g, second, gradient)
        rate = rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        layers = of(lambda p, m, s: p - rate * m / (jnp.sqrt(s) + 1e-8), layers, first, second)
    return layers, first, second, t


def _train(task: Task, state: Any, X: Any, y: Any, batches: Any) -> Any:
    value_and_gradient = jax.value_and_grad(partial(_loss, task))

    def update(state: Any, rows: Any) -> Any:
        loss, gradient = value_and_gradient(state[0], X[rows], y[rows])
        return _step(task, state, gradient), loss

    return jax.lax.scan(update, state, batches)


def _state(task: Task) -> Any:
    layers = [(jnp.array(W), jnp.array(b)) for W, b in task.start()]
    first, second = (jax.tree.map(jnp.zeros_like, layers) for _ in range(2))
    return layers, first, second, jnp.zeros((), task.dtype)


def prepare(task: Task) -> Train:
    """Return the training, compiled for its first epoch and for the others."""
    jax.config.update("jax_enable_x64", task.dtype == "float64")
    X, y = (jnp.asarray(array) for array in task.data())
    batches = jnp.arange(task.rows, dtype=jnp.int32).reshape(-1, task.batch)
    others = jnp.tile(batches, (task.epochs, 1))
    abreast = task.folds > 1
    every = jax.vmap(partial(_train, task), (0, None, None, None)) if abreast else None
    run = jax.jit(every or partial(_train, task), donate_argnums=(0,))

    def start() -> Any:
        starts = [_state(one) for one in task.alone()]
        return jax.tree.map(lambda *arrays: jnp.stack(arrays), *starts) if abreast else starts[0]

    first_epoch = run.lower(start(), X, y, batches).compile()
    later_epochs = run.lower(start(), X, y, others).compile()

    def train() -> Trained:
        state, _ = jax.block_until_ready(first_epoch(start(), X, y, batches))
        begun = perf_counter()
        state, _ = jax.block_until_ready(later_epochs(state, X, y, others))
        seconds = perf_counter() - begun
        return Trained([(np.asarray(W), np.asarray(b)) for W, b in state[0]], seconds)

    return train
