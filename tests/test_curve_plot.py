import io

from rich.console import Console

from chainrule.observed import SeenEpoch
from chainrule.render.axes import axis_of, tick_text
from chainrule.render.curve_plot import HEIGHT, CurvePlot, plot_lines


def seen(number: int, trained: float, held_out: float | None) -> SeenEpoch:
    return SeenEpoch(number, trained, None, 0.0, trained, None, held_out)


def plotted() -> CurvePlot:
    plot = CurvePlot()
    for label, shift in (("fold 1 of 2", 0.0), ("fold 2 of 2", 0.2)):
        plot.begin(label)
        for number in range(1, 31):
            plot.epoch(label, seen(number, 1 / number + shift, 1 / number + 0.3 + shift))
        plot.end(label)
    plot.begin("all rows")
    plot.epoch("all rows", seen(1, 1.0, None))
    return plot


def shown(what: object, width: int = 80, encoding: str = "utf-8", colour: bool = False) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding, newline="\n")
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
    )
    console.print(what)
    stream.flush()
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode(encoding)


def test_the_means_of_the_folds_are_drawn() -> None:
    text = shown(plotted().averaged)
    lines = text.rstrip("\n").split("\n")
    assert len(lines) == HEIGHT + 3
    assert max(map(len, lines)) <= 80
    assert "mean of 2 folds" in lines[0]
    assert "t training" in lines[0]
    assert "h held out" in lines[0]
    assert lines[-1].endswith("epoch 30")
    for name, ends in (("t", 1 / 30 + 0.1), ("h", 1 / 30 + 0.4)):
        rows = [k for k, line in enumerate(lines[1 : HEIGHT + 1]) if line.rstrip()[-1:] == name]
        axis = axis_of([1.1, 1.4, 1 / 30 + 0.1])
        assert rows[-1] == round((1 - axis.place(ends)) * (HEIGHT - 1))


def test_an_ascii_terminal_gets_ascii() -> None:
    text = shown(plotted().averaged, encoding="ascii")
    text.encode("ascii")
    assert "?" not in text


def test_colours_tell_fine_lines_apart() -> None:
    text = shown(plotted().averaged, colour=True)
    assert any("\u2800" < character < "\u28ff" for character in text)
    assert "\x1b[" in text


def test_a_narrow_terminal_gets_a_narrow_plot() -> None:
    assert max(map(len, shown(plotted().averaged, width=40).split("\n"))) <= 40


def test_while_it_goes_on_the_training_is_drawn_that_does() -> None:
    assert "t training" in shown(plotted())
    assert "held out" not in shown(plotted())
    assert shown(CurvePlot()).strip() == ""


def test_nothing_to_draw_is_nothing_drawn() -> None:
    assert plot_lines("", {"training": []}, 80, False) == []
    plot = CurvePlot()
    plot.begin("a")
    plot.epoch("a", seen(1, float("inf"), float("nan")))
    assert shown(plot.averaged).strip() == ""


def test_axes_count_in_decades_where_numbers_span_them() -> None:
    axis = axis_of([1e-9, 1.0])
    assert axis.log
    assert axis.place(axis.low) == 0
    assert axis.place(axis.high) == 1
    assert not axis.holds(0.0)
    assert len(axis.ticks) <= 7
    assert axis_of([2.0, 2.0]).ticks[0] < 2 < axis_of([2.0, 2.0]).ticks[-1]
    assert axis_of([]).high > axis_of([]).low
    assert axis_of([-0.5, 900.0]).log is False
    assert tick_text(0.5, percent=True) == "50 %"
