"""`chainrule predict MODEL DATA`: use a kept model on the rows of a table."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ..encoding import UNSEEN
from ..errors import InputError
from ..formats import TableFormat
from ..missing import POLICIES
from ..reading import read_blocks
from ..render import predictions as written
from ..render import terminal
from ..words import counted
from .columns import find_columns
from .options import require_one_of
from .table_options import (
    Decimal,
    Delimiter,
    Encoding,
    Header,
    MissingWords,
    Thousands,
    table_format,
)

if TYPE_CHECKING:
    from ..facts import Predicted
    from ..kept import KeptNetwork
    from ..prediction import Tally
    from ..tables import Table

MOST_NOTICES = 5  # about the reading of a table: later blocks say the same of other lines
BLOCK = 16_384  # rows that are read, predicted and written at a time


class Format(StrEnum):
    """How results are written."""

    csv = "csv"
    json = "json"
    jsonl = "jsonl"


def predict(
    model: Annotated[str, typer.Argument(help="A file that `chainrule train -o` wrote.")],
    data: Annotated[str, typer.Argument(help="A table, '-' for stdin; the target may be absent.")],
    probabilities: Annotated[
        bool, typer.Option("--probabilities", help="Add each class's probability.")
    ] = False,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="COLUMN", help="Pass a column through; may be repeated."),
    ] = None,
    score: Annotated[
        bool, typer.Option("--score", help="Say how well the target in DATA is predicted.")
    ] = False,
    missing: Annotated[
        str | None,
        typer.Option(
            help="Cells without a value: refuse, mean, or drop (no prediction).",
            show_default="as in training",
        ),
    ] = None,
    unseen: Annotated[
        str | None,
        typer.Option(help="Unknown categories: error or ignore.", show_default="as in training"),
    ] = None,
    delimiter: Delimiter = None,
    header: Header = None,
    encoding: Encoding = None,
    decimal: Decimal = None,
    thousands: Thousands = None,
    na: MissingWords = None,
    format: Annotated[Format, typer.Option(help="Of the result.")] = Format.csv,  # noqa: A002 - the option's name
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write this file, whole or not at all.")
    ] = None,
) -> int:
    """Predict each row of a table: one line a row, in the order of the rows.

    Columns are found by name where the table has a header, else by place.
    """
    if missing is not None:
        require_one_of(missing, POLICIES, "--missing")
    if unseen is not None:
        require_one_of(unseen, UNSEEN, "--unseen")
    _refuse_replacing(output, model, data)
    from ..kept import read_kept
    from ..prediction import Rules, Tally, predict_blocks

    kept = read_kept(model)
    _require_one_target(kept, model, probabilities)
    said = table_format(delimiter, header, encoding, decimal, thousands, na, trained=kept.spelling)
    said = replace(said, known=tuple(feature.name for feature in kept.features))
    blocks = _telling(read_blocks(data, said, BLOCK))
    table = next(blocks)
    passed = [table.index_of(name, "--id") for name in ids or ()]
    found = find_columns(table, kept.features, kept.target, passed)
    if score and found.target is None:
        raise InputError(
            f"`--score` needs the target {kept.target.name!r}, which `{table.source}` lacks."
        )
    for notice in [*_spelling(said, kept), *found.notices]:
        _say(notice)
    rules, tally = Rules(missing or kept.missing, unseen or kept.unseen), Tally()
    predicted = predict_blocks(
        kept,
        chain([table], blocks),
        found.columns,
        rules,
        tally,
        target=found.target if score else None,
        ids=passed,
        probabilities=probabilities,
    )
    names = [table.names[index] for index in passed]
    _write(_parts(format, predicted, names, kept), output, tally)
    _say_after(tally, rules.missing, kept, score)
    return 0


def _telling(blocks: Iterator["Table"]) -> Iterator["Table"]:
    """Pass blocks on, and say what is to be said of their reading, each sentence once."""
    said: set[str] = set()
    for table in blocks:
        for notice in set(table.notices) - said:
            if len(said) < MOST_NOTICES:
                _say(notice)
            said.add(notice)
        yield table


def _refuse_replacing(output: Path | None, model: str, data: str) -> None:
    """Refuse to write over what is read."""
    if output is not None and output.resolve() in (Path(model).resolve(), Path(data).resolve()):
        raise InputError(f"`--output` {output} would replace what is read; name another file.")


def _require_one_target(kept: "KeptNetwork", model: str, probabilities: bool) -> None:
    if kept.target.classes is None and kept.network.layer_sizes[-1] > 1:
        raise InputError(
            f"`{model}` predicts {kept.network.layer_sizes[-1]} values a row, and a column of the "
            "result is for one; `load` it in Python."
        )
    if probabilities and kept.target.classes is None:
        raise InputError("`--probabilities` needs a model for classes; this one predicts numbers.")


def _parts(
    format_: Format, predicted: Iterable["Predicted"], names: Sequence[str], kept: "KeptNetwork"
) -> Iterator[str]:
    classes = kept.target.classes
    if format_ is Format.json:
        return written.json_object(predicted, names, classes)
    if format_ is Format.jsonl:
        return written.json_lines(predicted, names, classes)
    return written.csv_lines(predicted, names, kept.target.name, classes, _say)


def _write(parts: Iterator[str], output: Path | None, tally: "Tally") -> None:
    """Write to the file, whole or not at all, or to stdout as the rows come.

    Raises:
        InputError: for a row that cannot be predicted; the rows before it are on stdout.
    """
    encoded = (part.encode() for part in parts)
    if output is not None:
        from ..files import write_parts

        write_parts(output, encoded)
        _say(f"{counted(tally.rows, 'prediction')} are in {output}")
        return
    done = 0
    sys.stdout.flush()
    try:
        for part in encoded:
            sys.stdout.buffer.write(part)
            done = tally.rows
    except InputError as error:
        sys.stdout.buffer.flush()
        if not done:
            raise
        before = f"The predictions of the {counted(done, 'row')} before are on standard output."
        raise InputError(f"{error} {before}") from error
    sys.stdout.buffer.flush()


def _spelling(said: TableFormat, kept: "KeptNetwork") -> list[str]:
    """Say that numbers are read otherwise than with a decimal point, as in training."""
    usual = said.spelling.thousands is None and said.spelling.decimal == "."
    if usual or said.spelling != kept.spelling:
        return []
    grouped = f" and '{said.thousands}' between thousands" if said.thousands else ""
    return [f"numbers are read as in training, with '{said.decimal}' for the point{grouped}"]


def _say_after(tally: "Tally", missing: str, kept: "KeptNetwork", score: bool) -> None:
    if tally.unseen:
        rows = counted(tally.unseen, "row")
        _say(f"categories that no training row had are without effect in {rows}")
    if tally.filled:
        rows = counted(tally.filled, "row")
        if missing == "drop":
            _say(f"{rows} with a cell without a value got no prediction")
        else:
            _say(
                f"cells without a value in {rows} are filled in with the mean of the training rows"
            )
    if not score:
        return
    if kept.target.classes is not None:
        result = f"accuracy {100 * tally.accuracy:.1f} %"
    else:
        result = f"R² {tally.r2:.3f}, root mean squared error {tally.root_mean_square:.4g}"
    without = tally.rows - tally.scored
    left_out = f" ({counted(without, 'row')} without a target or a prediction left out)"
    _say(
        f"{result} on {counted(tally.scored, 'row')} of the target {kept.target.name!r}"
        f"{left_out if without else ''}"
    )


def _say(sentence: str) -> None:
    terminal.notice(f"{sentence}.", Console(stderr=True))
