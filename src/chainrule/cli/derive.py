"""`chainrule derive FORMULA`: a formula's derivative, step by step by the chain rule."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError
from ..render.characters import printable
from .streams import say


class Format(StrEnum):
    """How the derivation is written."""

    text = "text"
    json = "json"
    latex = "latex"
    html = "html"


class Language(StrEnum):
    """What code is written in."""

    numpy = "numpy"
    numba = "numba"
    python = "python"
    c = "c"


def derive(
    formula: Annotated[
        str, typer.Argument(metavar="FORMULA", help="As in 'x*tanh(log(1+exp(x)))'; '-' for stdin.")
    ],
    by: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The variable; without it x, or the only name there is."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=NUMBER", help="The number of a name; repeatable."),
    ] = None,
    output_activation: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="For a loss of a prediction: what makes it from the net input z, as logistic.",
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(metavar="FORM", help="text, json, latex or html.")
    ] = Format.text,
    code: Annotated[
        Language | None,
        typer.Option(
            metavar="LANGUAGE",
            help="Instead, a function of value and derivative in numpy, numba, python or c.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the derivation to this file.")
    ] = None,
) -> None:
    """Differentiate a formula step by step, and mark where the chain rule is applied.

    The formula is read, never executed: + - * / ^, comparisons in where(x > 0, x, 0), and
    functions such as exp, log, tanh, sigmoid, softplus, relu, erf, abs, max.
    """
    from ..derivation.deriving import derive as derivation_of  # only now: it loads SymPy

    if formula == "-":
        formula = sys.stdin.read().strip()
    if code is not None:
        if output_activation is not None or format is not Format.text:
            raise InputError(
                "`--code` writes a function of one variable, in its language; leave "
                "`--output-activation` and `--format` out, or `--code`."
            )
        _write(_code(formula, by, set_ or [], code), output)
        return
    found = derivation_of(formula, by, output_activation=output_activation, **_numbers(set_ or []))
    bold = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    if format is Format.text:
        from ..render.derivation_text import derivation_text

        text = derivation_text(found, bold)
    elif format is Format.json:
        from ..render.derivation_machine import as_json

        text = as_json(found)
    elif format is Format.latex:
        text = found.latex
    else:
        from ..render.derivation_html import page

        text = page(found)
    _write(text, output)


def _code(formula: str, by: str | None, given: list[str], language: Language) -> str:
    """Return the source, and say on stderr how exact it was found to be."""
    from ..derivation.code import code_for

    made = code_for(formula, by, **_numbers(given))
    say(made.remark)
    return made.source(language.value).rstrip()


def _numbers(given: list[str]) -> dict[str, str]:
    """Return what --set gives: "alpha=0.1" means alpha is 0.1."""
    numbers = {}
    for one in given:
        name, sign, number = one.partition("=")
        if not sign:
            raise InputError(f"`--set` must be NAME=NUMBER, as in alpha=0.1; got {one!r}.")
        if name.strip() in ("text", "by", "output_activation"):
            raise InputError(f"`{name.strip()}` is no name for a number here; take another.")
        numbers[name.strip()] = number.strip()
    return numbers


def _write(text: str, output: Path | None) -> None:
    if output is None:
        print(text)
        return
    if output.is_dir() or not output.parent.is_dir():
        raise InputError(f"`--output` {output} is a folder, or in one that does not exist.")
    output.write_text(text + "\n", encoding="utf-8", errors="replace")
    say(f"the derivation is in {printable(str(output))}.")
