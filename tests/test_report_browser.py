"""The page of a training in a real browser: it shows something, complains of nothing, and fits."""

import json
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from commands import called

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BROWSER, reason="needs Chromium"),
]
SCHEMES = {"light": 1, "dark": 0}  # as the browser's setting counts them
LIGHT, DARK = (255, 255, 255), (21, 23, 26)  # the paper of each

PROBE = """<script>
addEventListener("load", () => {
  const wide = [...document.querySelectorAll("main, main > *, main > section > *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML);
  document.documentElement.dataset.found = JSON.stringify({
    inner: innerWidth, width: document.documentElement.scrollWidth, wide: wide.slice(0, 3),
    charts: [...document.querySelectorAll("svg.chart")]
      .map(one => one.getBoundingClientRect().width),
  });
});
</script>"""
"""What is added to a page to learn how it is laid out; the page itself has no script."""


@pytest.fixture(scope="module", params=["classes", "quantity", "many", "diverged"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    rng = np.random.default_rng(0)
    if request.param == "many":
        rows = [
            [*rng.normal(k % 5, 1, 3).round(2), f"kind {k:02}"] for k in range(50) for _ in "1234"
        ]
    else:
        rows = [[*(x := rng.normal(size=3).round(2)), x[0] * 40 - x[1]] for _ in range(90)]
    text = "\n".join(",".join(map(str, row)) for row in [["a", "b", "c", "kind"], *rows])
    (folder / "data.csv").write_text(text, encoding="utf-8")
    options = {
        "classes": [],
        "diverged": ["data.csv", "--solver", "sgd", "--learning-rate", "1e5"],
    }.get(request.param, ["data.csv"])
    quick = ("--folds", 2, "--epochs", 30, "--report", "report.html")
    result = called("train", *options, *quick, cwd=folder)
    assert result.returncode == (request.param == "diverged"), result.stderr
    return folder / "report.html"


def browse(page: Path, *options: str) -> str:
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += ["--enable-logging=stderr", f"--user-data-dir={page.parent / 'profile'}"]
    result = subprocess.run(
        [*command, *options, page.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=page.parent,
    )
    assert "CONSOLE" not in result.stderr, result.stderr
    return result.stdout


def pixels(file: Path) -> np.ndarray:
    """Return a PNG's pixels, (rows, columns, channels), of 8 bits a channel."""
    data = file.read_bytes()
    width, height, depth, kind = (
        int.from_bytes(data[at : at + size]) for at, size in ((16, 4), (20, 4), (24, 1), (25, 1))
    )
    assert depth == 8
    channels, at, packed = {2: 3, 6: 4}[kind], 8, b""
    while at < len(data):
        length = int.from_bytes(data[at : at + 4])
        packed += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += length + 12
    lines = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, -1)
    above = np.zeros((width, channels), np.uint8)
    rows = []
    for line in lines:
        raw = line[1:].reshape(width, channels)
        above = unfiltered(int(line[0]), raw, above)
        rows.append(above)
    return np.array(rows)


def unfiltered(kind: int, raw: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Undo what PNG does to a line before packing it."""
    if kind == 0:
        return raw
    if kind == 2:
        return raw + above
    if kind == 1:
        return np.cumsum(raw, axis=0, dtype=np.uint8)
    line, left, corner = raw.astype(int), np.zeros(raw.shape[1], int), np.zeros(raw.shape[1], int)
    for place, up in enumerate(above.astype(int)):
        guess = (left + up) // 2
        if kind == 4:
            far = [abs(left + up - corner - one) for one in (left, up, corner)]
            guess = np.where(
                (far[0] <= far[1]) & (far[0] <= far[2]),
                left,
                np.where(far[1] <= far[2], up, corner),
            )
        left = line[place] = (line[place] + guess) % 256
        corner = up
    return line.astype(np.uint8)


@pytest.mark.parametrize(
    ("scheme", "paper", "width"), [("light", LIGHT, 1200), ("dark", DARK, 700)]
)
def test_it_shows_a_page_in_the_colours_asked_for(
    page: Path, scheme: str, paper: tuple[int, int, int], width: int
) -> None:
    shot = page.parent / "shot.png"
    scheme_option = f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}"
    small = "--force-device-scale-factor=0.4"
    browse(page, scheme_option, small, f"--window-size={width},1000", f"--screenshot={shot}")
    colours = pixels(shot)[:, :, :3].astype(int)
    blank = (abs(colours - paper) <= 1).all(axis=2)
    assert 0.6 < blank.mean() < 0.99
    for band in np.array_split(blank, 4):  # no screen of it is empty
        assert not band.all()


@pytest.mark.parametrize("width", [375, 500, 1200])
def test_it_fits_into_the_window(page: Path, width: int) -> None:
    """A window has at least 500 pixels there, so that a phone's is a frame in it."""
    html = page.read_text(encoding="utf-8")
    probed = page.parent / "probed.html"
    probed.write_text(html.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    framed = page.parent / "framed.html"
    frame = f'<iframe src="probed.html" style="width:{width}px;height:3000px;border:0"></iframe>'
    copied = (
        "<script>addEventListener('load', () => { document.documentElement.dataset.found = "
        "document.querySelector('iframe').contentDocument.documentElement.dataset.found })</script>"
    )
    framed.write_text(f"<!doctype html><body style='margin:0'>{frame}{copied}", encoding="utf-8")
    options = ("--allow-file-access-from-files", "--window-size=1300,3200", "--dump-dom")
    dom = browse(framed, *options)
    (found,) = re.findall(r'data-found="(.*?)"', dom.split("<body", 1)[0])
    layout = json.loads(found.replace("&quot;", '"').replace("&lt;", "<").replace("&amp;", "&"))
    assert layout["inner"] == width
    assert layout["width"] <= width, layout["wide"]
    assert all(chart >= min(300, 0.85 * width) for chart in layout["charts"])
