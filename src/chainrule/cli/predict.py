"""`chainrule predict MODEL DATA`: use a kept model on the rows of a table."""

from enum import StrEnum
from typing import Annotated

import typer

from ..encoding import encode
from ..errors import InputError
from ..formats import TableFormat
from ..reading import read_table
from ..render import machine
from .columns import feature_columns, notice_missing


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
    table = read_table(data, TableFormat(delimiter, header))
    encoded = encode(table, kept.features, feature_columns(table, kept.features, kept.target))
    notice_missing(encoded)
    values = kept.predict_encoded(encoded).tolist()
    shares = kept.probabilities_encoded(encoded) if probabilities else None
    if format is Format.json:
        print(machine.predictions(values, kept.target.classes, shares))
    else:
        print(machine.predictions_csv(kept.target.name, values, kept.target.classes, shares))
    return 0
