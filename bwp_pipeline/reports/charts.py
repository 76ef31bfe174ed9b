"""Where a chart's points lie: from figures to coordinates in an SVG's own units.

Here belong scales and paths. Colours, text and tags are the templates'; what the figures mean is
decided before they come here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from bwp_pipeline.demand.control_charts import Point
from bwp_pipeline.reports.language import number, percent

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 28, 18, 52
_MOST_TOLD, _LABEL, _STEP, _LINE = 3, 240, 60, 16
"""How many points have words, and how long, far apart and high these are, in drawing units."""
_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where it stands and what it says."""

    at: float
    label: str


@dataclass(frozen=True)
class Mark:
    """A point worth its own sign, with the words that name it and the side they stand on."""

    x: float
    y: float
    label: str
    anchor: str = "start"
    is_told: bool = False


@dataclass(frozen=True)
class ControlChart:
    """The drawing of a p' chart: limits as a band, the rate as a line, signals as marks."""

    band: str
    edges: str
    line: str
    dots: str
    centre: float
    signals: tuple[Mark, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Funnel:
    """The drawing of a funnel plot: products by orders and rate, and those that stand out."""

    dots: str
    centre: float
    outside: tuple[Mark, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]


def control_chart(
    centre: float, points: Sequence[Point], labels: Sequence[str], causes: Sequence[str]
) -> ControlChart:
    """Draw a p' chart; `labels` name the points' periods, `causes` what happened in them."""
    top = _ceiling(max(point.rate or 0, point.high) for point in points)
    xs = [_x(index + 0.5, len(points)) for index in range(len(points))]
    seen = [
        (x, _y(point.rate, top), point, f"{label}: {cause}" if cause else label)
        for x, point, label, cause in zip(xs, points, labels, causes, strict=True)
        if point.rate is not None
    ]
    upper = [(x, _y(point.high, top)) for x, point in zip(xs, points, strict=True)]
    lower = [(x, _y(point.low, top)) for x, point in zip(xs, points, strict=True)]
    every = ceil(len(points) / 6)
    return ControlChart(
        band=f"{_path([*upper, *reversed(lower)])}z",
        edges=f"{_path(upper)} {_path(lower)}",
        line=_path([(x, y) for x, y, _, _ in seen]),
        dots=_dots((x, y) for x, y, point, _ in seen if not point.is_signal),
        centre=_y(centre, top),
        signals=_marks((x, y, label) for x, y, point, label in seen if point.is_signal),
        y_ticks=_y_ticks(top),
        x_ticks=tuple(
            Tick(x, label)
            for index, (x, label) in enumerate(zip(xs, labels, strict=True))
            if (len(points) - 1 - index) % every == 0
        ),
    )


def funnel(
    products: Sequence[tuple[str, float, float]], centre: float, named: Sequence[bool]
) -> Funnel:
    """Draw products (name, events, trials); `named` are those that stand out."""
    most = max(n for _, _, n in products)
    top = _ceiling(x / n for _, x, n in products)
    where = [(_x(n, most), _y(min(x / n, top), top)) for _, x, n in products]
    return Funnel(
        dots=_dots(at for at, is_named in zip(where, named, strict=True) if not is_named),
        centre=_y(centre, top),
        outside=tuple(
            Mark(*at, name)
            for at, is_named, (name, _, _) in zip(where, named, products, strict=True)
            if is_named
        ),
        y_ticks=_y_ticks(top),
        x_ticks=_x_ticks(most),
    )


def _marks(points: Iterable[tuple[float, float, str]]) -> tuple[Mark, ...]:
    """Sign points; words stand beside the highest ones that leave each other room."""
    signed = list(points)
    told: list[tuple[float, float]] = []
    for x, y, _ in sorted(signed, key=lambda point: point[1]):
        apart = [(abs(x - other_x), abs(y - other_y)) for other_x, other_y in told]
        has_room = all(dx > _LABEL or (dx > _STEP and dy > _LINE) for dx, dy in apart)
        if len(told) < _MOST_TOLD and has_room:
            told.append((x, y))
    return tuple(
        Mark(x, y, label, "end" if x > 2 * WIDTH / 3 else "start", (x, y) in told)
        for x, y, label in signed
    )


def bars(values: Sequence[float], height: int = 16) -> str:
    """Draw a row of bars 6 apart as strokes of one path, the tallest as high as `height`."""
    most = max(values, default=0)
    if not most:
        return ""
    return "".join(
        f"M{6 * index + 2} {height}V{height - max(1, round(height * value / most))}"
        for index, value in enumerate(values)
        if value > 0
    )


def _ceiling(rates: Iterable[float]) -> float:
    most = min(max(rates, default=0.0) * 1.05, 1.0)
    step = next((step for step in _STEPS if most / step <= 5), 0.5)  # noqa: PLR2004 -- at most five lines
    return min(max(ceil(most / step), 1) * step, 1.0)


def _y_ticks(top: float) -> tuple[Tick, ...]:
    step = next((step for step in _STEPS if top / step <= 5), 0.5)  # noqa: PLR2004 -- as in _ceiling
    digits = 1 if step < 0.01 else 0  # noqa: PLR2004 -- half percents need their digit
    return tuple(
        Tick(_y(index * step, top), percent(index * step, digits))
        for index in range(round(top / step) + 1)
    )


def _x_ticks(most: float) -> tuple[Tick, ...]:
    magnitude = 10 ** floor(log10(max(most, 1)))
    step = next(
        size * magnitude
        for size in (0.1, 0.2, 0.25, 0.5, 1, 2)
        if most / (size * magnitude) <= 6 and size * magnitude >= 1  # noqa: PLR2004 -- at most six
    )
    return tuple(
        Tick(_x(index * step, most), number(index * step))
        for index in range(floor(most / step) + 1)
    )


def _x(value: float, most: float) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * value / most, 1)


def _y(rate: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * rate / top, 1)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _dots(points: Iterable[tuple[float, float]]) -> str:
    # Zero-length strokes with round caps: a few bytes for each of thousands of products.
    return "".join(
        f"M{x:.0f} {y:.0f}h0" for x, y in dict.fromkeys((round(x), round(y)) for x, y in points)
    )
