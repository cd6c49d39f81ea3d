"""docs/when-something-goes-wrong.md: each message is what the file above it is answered with."""

import re
from pathlib import Path

import pytest
from commands import called

PAGE = Path(__file__).resolve().parents[1] / "docs" / "when-something-goes-wrong.md"
EXAMPLES = re.findall(
    r"```csv(.*?)\n(.*?)```\n\n```console\n\$ chainrule train a.csv(.*?)\n(.*?)```",
    PAGE.read_text(encoding="utf-8"),
    re.DOTALL,
)


@pytest.mark.parametrize(("written", "text", "options", "messages"), EXAMPLES)
def test_a_message_is_what_the_file_is_answered_with(
    written: str, text: str, options: str, messages: str, tmp_path: Path
) -> None:
    if "repeated" in written:  # ten times, the first column counting on where it counts
        header, *rows = text.splitlines()
        lines = rows * 10
        if header.startswith("id,"):
            lines = [f"{at},{line.partition(',')[2]}" for at, line in enumerate(lines, 1)]
        text = "\n".join([header, *lines, ""])
    encoding = "latin-1" if "latin-1" in written else "utf-8"
    (tmp_path / "a.csv").write_bytes(text.replace("␀", "\0").encode(encoding))
    result = called("train", "a.csv", *options.split(), "--epochs", "1", cwd=tmp_path)
    assert result.returncode == (0 if "repeated" in written else 2), result.stderr
    for message in messages.splitlines():
        assert message in result.stderr.splitlines()


def test_every_console_of_the_page_is_asked_for() -> None:
    assert len(EXAMPLES) == PAGE.read_text(encoding="utf-8").count("```console") > 10
