"""`chainrule derive`: a formula's derivative, or a network's update rules, step by step."""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from ..render.characters import printable
from .options import one_or_each
from .output import write_text
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


class ProgramLanguage(StrEnum):
    """What a network's program is written in."""

    python = "python"
    numpy = "numpy"


def derive(
    formula: Annotated[
        str | None,
        typer.Argument(metavar="FORMULA", help="As in 'x*tanh(log(1+exp(x)))'; '-' for stdin."),
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(
            metavar="SIZES",
            help="Instead of FORMULA, a network's update rules: inputs and units, as in 7-5-3.",
        ),
    ] = None,
    activation: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Of the network's hidden layers, logistic without it: a name or a formula of x, "
            "or one a layer, as in relu,tanh.",
        ),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of the network, squared_error without it."),
    ] = None,
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
            help="Of the network; or for a formula that is a loss of a prediction: what makes it "
            "from the net input z, as logistic.",
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
    emit: Annotated[
        ProgramLanguage | None,
        typer.Option(
            metavar="LANGUAGE",
            help="Instead, the network as a program from scratch, in python or numpy.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the derivation, or the program, to this file."),
    ] = None,
) -> None:
    """Differentiate a formula, or a network's loss by its weights, step by step.

    The formula is read, never executed: + - * / ^, comparisons in where(x>0,x,0), and
    functions such as exp, log, tanh, sigmoid, softplus, relu, erf, abs, max.  Each step that
    applies the chain rule is marked.
    """
    if network is not None:
        _refuse_of_formulas({"FORMULA": formula, "--by": by, "--set": set_, "--code": code})
        given = {"activation": activation, "loss": loss, "output_activation": output_activation}
        settings = {name: value for name, value in given.items() if value is not None}
        if emit is not None:
            _write(_program(network, settings, format, emit), output, "program")
            return
        _write(_update_rules(network, settings, format, _stands_out(output)), output)
        return
    formula = _only_formula(formula, {"--activation": activation, "--loss": loss, "--emit": emit})
    from ..derivation.deriving import derive as derivation_of  # only now: it loads SymPy

    if code is not None:
        if output_activation is not None or format is not Format.text:
            raise InputError(
                "`--code` writes a function of one variable, in its language; leave "
                "`--output-activation` and `--format` out, or `--code`."
            )
        _write(_code(formula, by, set_ or [], code), output)
        return
    found = derivation_of(formula, by, output_activation=output_activation, **_numbers(set_ or []))
    if format is Format.text:
        from ..render.derivation_text import derivation_text

        text = derivation_text(found, _stands_out(output))
    elif format is Format.json:
        from ..render.derivation_machine import as_json

        text = as_json(found)
    elif format is Format.latex:
        text = found.latex
    else:
        from ..render.derivation_html import page

        text = page(found)
    _write(text, output)


def _refuse_of_formulas(given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if value not in (None, []):
            raise InputError(
                f"`{name}` is of a formula's derivative, `--network` asks for a network's update "
                "rules; leave one of the two out."
            )


def _only_formula(formula: str | None, of_networks: Mapping[str, str | None]) -> str:
    """Return the formula to derive, from stdin if that is where it is."""
    for name, value in of_networks.items():
        if value is not None:
            hint = " For a loss there is `--output-activation`." if name == "--activation" else ""
            raise InputError(
                f"`{name}` is of a network, as in --network 7-5-3; without `--network` leave it "
                f"out.{hint}"
            )
    if formula is None:
        raise InputError(
            "derive needs FORMULA, as in 'x*tanh(x)', or `--network`, as in --network 7-5-3."
        )
    return _of_standard_input() if formula == "-" else formula


def _of_standard_input() -> str:
    if sys.stdin is None:
        raise InputError("standard input is closed; name a formula, or send it there.")
    try:
        return sys.stdin.read().strip()
    except UnicodeDecodeError as error:
        raise InputError(f"standard input is no text in {error.encoding}.") from error


def _update_rules(network: str, settings: dict[str, Any], form: Format, bold: bool) -> str:
    from ..update_rules.deriving import derive_network

    if "activation" in settings:
        settings["activation"] = one_or_each(settings["activation"])
    found = derive_network(network, **settings)
    if form is Format.text:
        from ..render.update_rules_text import update_rules_text

        return update_rules_text(found, bold)
    if form is Format.json:
        from ..render.update_rules_machine import as_json

        return as_json(found)
    if form is Format.latex:
        return found.latex
    from ..render.update_rules_html import page

    return page(found)


def _program(
    network: str, settings: dict[str, Any], form: Format, language: ProgramLanguage
) -> str:
    if form is not Format.text:
        raise InputError("`--emit` writes a program, in its language; leave `--format` out.")
    from ..emitted.emitting import emit

    if "activation" in settings:
        settings["activation"] = one_or_each(settings["activation"])
    return emit(network, **settings, language=language.value).rstrip()


def _stands_out(output: Path | None) -> bool:
    """Whether what is printed goes to a terminal that shows bold text."""
    return output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _code(formula: str, by: str | None, given: list[str], language: Language) -> str:
    """Return the source, and say on stderr how exact it was found to be."""
    from ..derivation.code import code_for

    made = code_for(formula, by, **_numbers(given))
    say(made.remark_on(language.value))
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


def _write(text: str, output: Path | None, what: str = "derivation") -> None:
    if output is None:
        print(text)
        return
    if output.is_dir() or not output.parent.is_dir():
        raise InputError(f"`--output` {output} is a folder, or in one that does not exist.")
    write_text(text, output)
    say(f"the {what} is in {printable(str(output))}.")
