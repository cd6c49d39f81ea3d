"""`chainrule inspect MODEL`: print what a model's file holds."""

from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How it is written."""

    text = "text"
    json = "json"


def inspect(
    model: Annotated[str, typer.Argument(help="A file that `chainrule train -o` or `save` wrote.")],
    format: Annotated[Format, typer.Option(help="Of what is printed.")] = Format.text,  # noqa: A002 - the option's name
) -> int:
    """Print what a model's file holds: network, columns, target, scores, settings.

    Also the versions of the programs that wrote it, and its digest, which is verified first.
    """
    from ..inspection import inspect as facts_of

    facts = facts_of(model)
    if format is Format.json:
        from ..render.model_machine import model_record

        print(model_record(facts))
    else:
        from ..render.model_text import model_text

        print(model_text(facts))
    return 0
