"""`chainrule predict MODEL DATA`: use a kept model on the rows of a table."""

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console

from ..encoding import encode
from ..errors import InputError
from ..reading import read_table
from ..render import machine, terminal
from ..tables import Table
from ..words import counted

if TYPE_CHECKING:
    from ..model import Model


class Format(StrEnum):
    """How results are written."""

    csv = "csv"
    json = "json"


def predict(
    model: Annotated[str, typer.Argument(help="A file that `chainrule train -o` wrote.")],
    data: Annotated[str, typer.Argument(help="A table, '-' for stdin; the target may be absent.")],
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Add each class's probability.")
    ] = False,
    delimiter: Annotated[str | None, typer.Option(help="As for train; found if not given.")] = None,
    header: Annotated[
        bool | None, typer.Option("--header/--no-header", help="Found if not given.")
    ] = None,
    format: Annotated[Format, typer.Option(help="Of the result.")] = Format.csv,  # noqa: A002 - the option's name
) -> int:
    """Predict each row of a table: one line a row, in the order of the rows."""
    from ..modelfile import load  # only now: scikit-learn takes seconds to load

    kept = load(model)
    if probabilities and kept.target.classes is None:
        raise InputError("`--probabilities` needs a model for classes; this one predicts numbers.")
    table = read_table(data, delimiter, header)
    encoded = encode(table, kept.features, _columns(table, kept))
    if np.isnan(encoded).any():
        rows = counted(int(np.isnan(encoded).any(axis=1).sum()), "row")
        notice = f"cells without a value in {rows} are filled in with the mean of the training rows"
        terminal.notice(f"{notice}.", Console(stderr=True))
    values = kept.predict_encoded(encoded).tolist()
    shares = kept.probabilities_encoded(encoded) if probabilities else None
    if format is Format.json:
        print(machine.predictions(values, kept.target.classes, shares))
    else:
        print(machine.predictions_csv(kept.target.name, values, kept.target.classes, shares))
    return 0


def _columns(table: Table, model: "Model") -> list[int]:
    """Find the model's features: by name where the table and the model have names, else by place.

    A model trained without a header calls its columns "column 0", ….
    """
    names = [feature.name for feature in model.features]
    nameless = all(re.fullmatch(r"column \d+", name) for name in names)
    if table.has_header and nameless and not set(names) <= set(table.names):
        terminal.notice(
            f"{table.source} has a header, the model was trained without one: its columns are "
            "taken in their order.",
            Console(stderr=True),
        )
    elif table.has_header:
        absent = [name for name in names if name not in table.names]
        if absent:
            raise InputError(
                f"`{table.source}` lacks the column {absent[0]!r}; the model was trained on "
                f"{', '.join(names)}."
            )
        return [table.names.index(name) for name in names]
    if len(table.names) == len(names):
        return list(range(len(names)))
    if len(table.names) == len(names) + 1:
        return [column for column in range(len(table.names)) if column != model.target.place]
    raise InputError(
        f"`{table.source}` has {counted(len(table.names), 'column')}, taken in order; the "
        f"model was trained on {len(names)}, or {len(names) + 1} with the target."
    )
