"""The option that says what is done about categories that no row of the training had."""

from typing import Annotated

import typer

Unseen = Annotated[
    str,
    typer.Option(
        "--unseen",
        help="A category that no row has, in predict: error or ignore.",
        rich_help_panel="Table",
    ),
]
