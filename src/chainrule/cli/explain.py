"""`chainrule explain MODEL [DATA]`: open the gradient of a weight into its factors."""

from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console

from ..errors import InputError
from ..formats import TableFormat
from ..render import terminal
from ..words import listed
from . import table_options as said
from .options import positive
from .output import write_text

if TYPE_CHECKING:
    from ..cases import Case
    from ..factors import Explanation
    from ..kept import KeptNetwork
    from ..reports import ExplainReport


class Format(StrEnum):
    """How the answer is written."""

    text = "text"
    json = "json"
    latex = "latex"
    html = "html"


_what = partial(typer.Option, rich_help_panel="What to explain")
_of_output = partial(typer.Option, rich_help_panel="Output")


def explain(
    model: Annotated[str, typer.Argument(help="A file that `chainrule train -o` wrote.")],
    data: Annotated[
        str | None,
        typer.Argument(help="A table with the target, '-' for stdin; or the rows kept in MODEL."),
    ] = None,
    weight: Annotated[
        str | None,
        _what(metavar="NAME", help="A weight, 'W2[3, 1]', or a bias, 'b1[0]'."),
    ] = None,
    row: Annotated[
        int | None, _what(help="One row, by its line in the table; without it, all rows.")
    ] = None,
    largest: Annotated[
        int | None, _what(min=1, metavar="N", help="The N largest gradients instead of a weight.")
    ] = None,
    vanished: Annotated[
        int | None, _what(min=1, metavar="N", help="The N gradients of which least is left.")
    ] = None,
    step: Annotated[
        bool, _what("--step", help="Trace one step of training instead: every number of it.")
    ] = False,
    learning_rate: Annotated[
        float | None,
        _what(callback=positive, help="Of --step: plain descent, not the model's own solver."),
    ] = None,
    top: Annotated[int, _what(min=1, metavar="N", help="How many paths and rows to list.")] = 5,
    delimiter: said.Delimiter = None,
    header: said.Header = None,
    encoding: said.Encoding = None,
    decimal: said.Decimal = None,
    thousands: said.Thousands = None,
    na: said.MissingWords = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format, _of_output(metavar="FORM", help="text, json, latex or html.")
    ] = Format.text,
    output: Annotated[
        Path | None, _of_output("--output", "-o", help="Write the answer to this file.")
    ] = None,
    svg: Annotated[
        Path | None, _of_output(help="Draw the network with the largest paths into this file.")
    ] = None,
) -> int:
    """Say which factors make a weight's gradient what it is.

    Its gradient is a sum over paths to the loss, each a product of local derivatives.

    As in: chainrule explain model.chain DATA.csv --row 7 --weight "W1[0, 2]"
    """
    _refuse_contradictions(weight, largest, vanished, step)
    _refuse_idle(step, learning_rate, svg)
    for name, file in (("--output", output), ("--svg", svg)):
        _require_writable(name, file, model, data)
    if output is not None and svg is not None and output.resolve() == svg.resolve():
        raise InputError(f"`--output` and `--svg` are both {output}; name two files.")
    from ..kept import read_kept

    kept = read_kept(model)
    cells = decimal, thousands, na
    written = said.table_format(delimiter, header, encoding, *cells, trained=kept.spelling)
    case = _case(kept, model, data, written)
    if row is not None:
        case = case.one(_place(case, row, data or model, data is not None))
    if step:
        return _step(kept, case, learning_rate, format, output)
    report = _report(kept, case, model, data, row, _explained(case, weight, largest, vanished, top))
    if svg is not None:
        from ..render.path_drawing import path_drawing

        _write(path_drawing(report.explanations[0], alone=True), svg)
    rendered = _rendered(report, format, top, output)
    _put(rendered, output)
    return 0


def _step(
    kept: "KeptNetwork",
    case: "Case",
    learning_rate: float | None,
    form: Format,
    output: Path | None,
) -> int:
    """Trace a step instead of a gradient."""
    from ..render import step_text
    from ..step_trace import trace

    if form in (Format.latex, Format.html):
        raise InputError(f"`--step` is written as text or json, not as {form}.")
    if form is Format.text and case.parameters.flat.size > step_text.MOST:
        raise InputError(
            f"`--step` lists every parameter, and the network has {case.parameters.flat.size}, "
            f"more than {step_text.MOST}: take `--format json`."
        )
    traced = trace(case, kept.settings, learning_rate)
    if form is Format.json:
        from ..render.step_machine import step_trace

        _put(step_trace(traced), output)
    else:
        _put(step_text.step_trace(traced, _console(output)), output)
    return 0


def _console(output: Path | None) -> Console:
    return Console(width=80, color_system=None) if output else Console()


def _put(text: str, output: Path | None) -> None:
    if output is None:
        print(text)
    else:
        _write(text, output)


def _refuse_contradictions(
    weight: str | None, largest: int | None, vanished: int | None, step: bool
) -> None:
    given = {
        "--weight": weight,
        "--largest": largest,
        "--vanished": vanished,
        "--step": step or None,
    }
    named = [f"`{name}`" for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise InputError(f"{' and '.join(named)} exclude each other: take one of them.")


def _refuse_idle(step: bool, learning_rate: float | None, svg: Path | None) -> None:
    """Refuse an option that would change nothing."""
    if learning_rate is not None and not step:
        raise InputError("`--learning-rate` is of a step of training: add `--step`.")
    if svg is not None and step:
        raise InputError("`--svg` draws the paths of a weight, not a step; leave one of them out.")


def _require_writable(option: str, file: Path | None, model: str, data: str | None) -> None:
    """Refuse before the work what would replace what is read, or cannot be written."""
    if file is None:
        return
    if file.is_dir() or not file.parent.is_dir():
        raise InputError(f"`{option}` {file} is a folder, or in one that does not exist.")
    read = [Path(name).resolve() for name in (model, data) if name]
    if file.resolve() in read:
        raise InputError(f"`{option}` {file} would replace what is read; name another file.")


def _case(kept: "KeptNetwork", model: str, data: str | None, written: TableFormat) -> "Case":
    """Return the rows of DATA, or those kept with the model, with the network."""
    if data is None:
        case = kept.case_of_rows()
        if case is None:
            raise InputError(
                f"`{model}` keeps no rows, and a gradient is one over rows: name a table of the "
                f"same columns, as in `chainrule explain {model} DATA.csv`, or train with "
                "`--keep-rows 20`."
            )
        return case
    from ..encoding import encode, target_values
    from ..reading import read_table
    from .columns import feature_columns, notice_missing

    known = tuple(feature.name for feature in kept.features)
    table = read_table(data, replace(written, known=known))
    columns = feature_columns(table, kept.features, kept.target)
    index = _target_column(kept, table.names, table.has_header, table.source)
    encoded = encode(table, kept.features, columns, kept.unseen)
    notice_missing(encoded)
    places = [table.row_name(row) for row in range(len(table))]
    y = target_values(table, index, kept.target)
    if y.dtype.kind == "f" and np.isnan(y).any():
        raise InputError(
            f"{table.place(int(np.isnan(y).argmax()), index)}: the target is missing, and a loss "
            "needs it; leave the row out."
        )
    return kept.case(encoded, y, places)


def _target_column(
    kept: "KeptNetwork", names: tuple[str, ...], has_header: bool, source: str
) -> int:
    """Find the target: by its name where there are names, else by its place."""
    if has_header and kept.target.name in names:
        return names.index(kept.target.name)
    if len(names) == len(kept.features) + 1:
        return kept.target.place
    raise InputError(
        f"`{source}` lacks the target {kept.target.name!r}: a gradient is one of the loss, which "
        f"compares with it; the columns are {listed(names)}."
    )


def _place(case: "Case", row: int, source: str, of_table: bool) -> int:
    """Return the place of a row that is named by its line."""
    numbers = [name.split()[-1] for name in case.row_names]
    if str(row) in numbers:
        return numbers.index(str(row))
    word = case.row_names[0].split()[0]
    if len(numbers) > 12:
        numbers = [*numbers[:5], "…", *numbers[-2:]]
    others = "" if of_table else " Any other row is opened from its table: add DATA."
    raise InputError(
        f"`--row` {row} is no row of {source}; its rows are {word} {', '.join(numbers)}.{others}"
    )


def _explained(
    case: "Case", weight: str | None, largest: int | None, vanished: int | None, top: int
) -> "tuple[Explanation, ...]":
    from ..explanation import chosen_weights, explain_weights

    chosen = chosen_weights(case, weight, largest, vanished, "--weight")
    return tuple(explain_weights(case, chosen, top))


def _report(
    kept: "KeptNetwork",
    case: "Case",
    model: str,
    data: str | None,
    row: int | None,
    explanations: "tuple[Explanation, ...]",
) -> "ExplainReport":
    from ..reports import ExplainReport
    from ..summary import summarize

    return ExplainReport(
        model=model,
        data="standard input" if data == "-" else data or "",
        place="" if row is None else case.row_name(0),
        n_rows=len(case),
        network=summarize(kept.network, case.parameters.flat.dtype),
        explanations=explanations,
    )


def _rendered(report: "ExplainReport", form: Format, top: int, output: Path | None) -> str:
    """Return the report in a form; each renderer is loaded only when it is asked for."""
    if form is Format.json:
        from ..render.explanation_machine import explain_report as as_json

        return as_json(report)
    if form is Format.latex:
        from ..render.explanation_latex import explanations_latex

        return explanations_latex(report.explanations, top)
    if form is Format.html:
        from ..render.explanation_html import page

        return page(report, top)
    from ..render.explanation_text import explain_report

    return explain_report(report, _console(output), top)


def _write(text: str, file: Path) -> None:
    write_text(text, file)
    terminal.notice(f"written: {file}.", Console(stderr=True))
