"""Records as JSON text, which has no NaN and no infinity: such a number is null, "no number"."""

import json
import math
from typing import Any


def json_text(record: dict[str, Any]) -> str:
    """Return a record as one JSON object.

    >>> print(json_text({"loss": math.nan}))
    {
      "loss": null
    }
    """
    return json.dumps(_finite(record), ensure_ascii=False, indent=2, allow_nan=False)


def _finite(value: Any) -> Any:
    """Return the value with null where a number in it is not finite."""
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
