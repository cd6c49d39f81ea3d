"""What a file holds that is no model, told by how it begins."""

import re
from collections.abc import Sequence

PICKLE = (
    "a pickle (of pickle, joblib or an older PyTorch); reading one runs whatever code it holds, so "
    "it is never opened"
)

_BEGINNINGS: Sequence[tuple[bytes, str]] = (
    (rb"\x80[\x02-\x05]", PICKLE),
    (rb"\x93NUMPY", "a NumPy array (.npy)"),
    (rb"PK\x03\x04.{22}.{4}[^/]+\.npy", "NumPy arrays (.npz)"),
    (rb"PK\x03\x04.{22}.{4}[^/]+/data\.pkl", "a PyTorch file, which is a pickle in a zip archive"),
    (rb"PK\x03\x04.{26}schema\.json", "a skops file"),
    (rb"PK\x03\x04", "a zip archive"),
    (
        rb"\x1f\x8b|\x78[\x01\x5e\x9c\xda]|BZh\d1AY|\xfd7zXZ|\x28\xb5\x2f\xfd",
        "compressed; unpack it",
    ),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes"),
    (rb"GGUF", "a GGUF file"),
    (rb"PAR1", "a Parquet table"),
    # its first field is the version of the format, its second a name or another version
    (rb"\x08[\x01-\x1f][\x10\x12\x1a\x22\x28\x32\x3a\x42]", "an ONNX model, which is only written"),
)


def kind_of(data: bytes) -> str:
    r"""Say what the beginning of a file shows it to be, "" where it does not tell.

    >>> kind_of(b""), kind_of(b"x,y\n1,2\n"), kind_of(b"\x93NUMPY\x01")
    ('empty', 'text, such as a table', 'a NumPy array (.npy)')
    """
    if not data:
        return "empty"
    if _is_text(data):
        return "JSON" if data.lstrip()[:1] in (b"{", b"[") else "text, such as a table"
    found = (kind for mark, kind in _BEGINNINGS if re.match(mark, data, re.DOTALL))
    return next(found, "")


def _is_text(data: bytes) -> bool:
    """Whether it is UTF-8 without control characters; the last character may be cut off."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return False
        text = data[: error.start].decode("utf-8")
    return not re.search("[\x00-\x08\x0e-\x1f]", text)
