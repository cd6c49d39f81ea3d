"""What a model's file holds as JSON."""

from dataclasses import asdict

from ..facts import ModelFacts
from .json_text import json_text


def model_record(facts: ModelFacts) -> str:
    """Return what the file holds as one JSON object of schema `chainrule.inspect/1`."""
    record = asdict(facts)
    record["network"]["parameters"] = facts.network.n_parameters
    file = {"schema": "chainrule.inspect/1", "file": record.pop("path")}
    return json_text(file | {"file_schema": record.pop("schema")} | record)
