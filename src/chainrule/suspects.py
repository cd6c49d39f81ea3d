"""What may keep a training from moving: every cause that is known, before its consequences.

Nothing is accused here: `diagnosis` tries the changes.
"""

from collections.abc import Callable

from . import network_suspects, step_suspects
from .evidence import Evidence, Suspect

_SUSPECTS: tuple[Callable[[Evidence], Suspect | None], ...] = (
    network_suspects.dead_output,
    network_suspects.target_out_of_range,
    network_suspects.unscaled_inputs,
    network_suspects.unscaled_targets,
    network_suspects.symmetric_start,
    network_suspects.start_weights,
    step_suspects.penalty,
    step_suspects.clipped,
    step_suspects.step_too_large,
    step_suspects.vanishing,
    step_suspects.step_too_small,
    network_suspects.too_small,
    step_suspects.stopped_early,
    step_suspects.too_few_steps,
)


def suspects(evidence: Evidence) -> list[Suspect]:
    """Return what the numbers suggest, causes before their consequences."""
    found = (suspect(evidence) for suspect in _SUSPECTS)
    return [suspect for suspect in found if suspect is not None]
