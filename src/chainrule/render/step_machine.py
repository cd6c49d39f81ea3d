"""One step of training as JSON, schema `chainrule.step/1`: numbers that any language can read."""

from dataclasses import asdict

from ..reports import StepTrace
from .json_text import json_text


def step_trace(trace: StepTrace) -> str:
    """Return every number of a step; arrays are lists of rows, W is (n_in, n_out)."""
    return json_text({"schema": "chainrule.step/1", **asdict(trace)})
