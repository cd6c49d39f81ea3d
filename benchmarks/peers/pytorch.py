"""PyTorch on the processor: autograd and its own optimizers, eager or through `torch.compile`."""

import os
from time import perf_counter
from typing import Any

import numpy as np
import torch

from ..task import RATES, Task
from . import Train, Trained


def eager(task: Task) -> Train:
    """Return the training as it is commonly written."""
    return _prepare(task, lambda loss: loss)


def compiled(task: Task) -> Train:
    """Return the same with network and loss compiled, forward and backward."""
    torch._dynamo.reset()  # else the second size met makes it compile for all sizes
    return _prepare(task, lambda loss: torch.compile(loss, dynamic=False))


def _network(task: Task) -> Any:
    modules: list[Any] = []
    for W, b in task.start():
        linear = torch.nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W.T.copy()))
            linear.bias.copy_(torch.from_numpy(b))
        modules += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


def _optimizer(task: Task, network: Any) -> Any:
    if task.solver == "adam":
        return torch.optim.Adam(network.parameters(), lr=RATES["adam"])
    momentum = 0.9 if task.solver == "momentum" else 0.0
    return torch.optim.SGD(network.parameters(), lr=RATES[task.solver], momentum=momentum)


def _prepare(task: Task, translated: Any) -> Train:
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    X, y = (torch.from_numpy(array) for array in task.data())
    batches = torch.arange(task.rows).reshape(-1, task.batch)
    network, criterion = _network(task), torch.nn.CrossEntropyLoss()
    loss_of = translated(lambda inputs, target: criterion(network(inputs), target))
    start = {name: value.clone() for name, value in network.state_dict().items()}

    def one_epoch(optimizer: Any) -> None:
        total = torch.zeros(())
        for rows in batches:
            optimizer.zero_grad()
            loss = loss_of(X[rows], y[rows])
            loss.backward()
            optimizer.step()
            total += loss.detach()

    def train() -> Trained:
        network.load_state_dict(start)
        optimizer = _optimizer(task, network)
        one_epoch(optimizer)
        begun = perf_counter()
        for _ in range(task.epochs):
            one_epoch(optimizer)
        seconds = perf_counter() - begun
        linear = network[::2]
        arrays = [np.array(part.detach()) for one in linear for part in (one.weight.T, one.bias)]
        return Trained(list(zip(arrays[::2], arrays[1::2], strict=True)), seconds)

    loss_of(X[batches[0]], y[batches[0]]).backward()
    return train
