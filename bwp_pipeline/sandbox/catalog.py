"""What a sandbox store sells and when it runs out: products, prices, stock-out episodes.

Nothing here knows of orders, events or the API. Everything follows from a seed alone.
Times are epoch seconds (UTC), as everywhere inside the sandbox; prices are per unit.
"""

import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

DAY = 86_400
BLOCK_DAYS = 30
"""Episodes are drawn per block of this many days, the last block ending with the world."""

TITLES = (
    "Blue mug", "T-shirt, M", "Red cap", "Linen apron", "Trail bottle 1 L", "Desk lamp",
    "Bamboo board", "Oat soap", "Beard oil", "Yoga mat", "Cork coaster, 4 pieces",
    "Enamel pot", "Running socks", "Merino beanie", "Dog leash", "Cat toy", "Garden gloves",
    "Seed box", "Spice rack", "Tea strainer", "Coffee filter 02", "Rain cover", "Bike bell",
    "Camp stove", "Head torch", "Notebook A5", "Fountain pen", "Ink, black", "Wool blanket",
    "Pillow case", "Candle, fig", "Room spray", "Travel kit",
)  # fmt: skip

NASTY_TITLES = (
    "<script>alert(1)</script>",
    '=cmd|"/c calc"!A1',
    "Very long name " + "of a very useful thing " * 13,
    "Party pack 🎉👩‍👩‍👧 “2 for 1”",
    "\u202eabayah \u202cעברית العربية",
    "@SUM(1+1)*cmd",
    "O'Brien; drop table orders; --",
)


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the store lists it; only `product_id` and `title` are always there."""

    product_id: str
    title: str
    price: float
    weight: float
    inventory_item_id: str
    sku: str | None = None
    external_id: str | None = None
    amazon_sku: str | None = None
    sku_since: int = 0
    """Before this moment orders were written without the sku."""

    @property
    def key(self) -> str:
        """What the product is grouped by: sku, else external id, else Amazon sku, else id."""
        return self.sku or self.external_id or self.amazon_sku or self.product_id


class EpisodeKind(StrEnum):
    """How a stock-out goes on."""

    ONGOING = "ONGOING"
    RECOVERED = "RECOVERED"
    INTERMITTENT = "INTERMITTENT"
    SILENT = "SILENT"


@dataclass(frozen=True, slots=True)
class Episode:
    """A product is short from `starts` until `ends`; from `hidden` on nobody can order it."""

    product: Product
    kind: EpisodeKind
    starts: int
    ends: int | None
    hidden: int | None = None

    def covers(self, at: int) -> bool:
        """Whether it goes on at that time."""
        return self.starts <= at and (self.ends is None or at < self.ends)


class Catalog:
    """The products and stock-outs of one store over the time `start` until `end`."""

    def __init__(self, seed: str, start: int, end: int, size: int = 40) -> None:
        self.products = _products(random.Random(f"{seed}/products"), size, start, end)  # noqa: S311 - a simulation
        self.episodes = _episodes(seed, self.products, start, end)
        self._episodes_of: dict[Product, list[Episode]] = {}
        for episode in self.episodes:
            self._episodes_of.setdefault(episode.product, []).append(episode)
        self._weights: dict[int, list[float]] = {}

    def pick(self, rng: random.Random, at: int, count: int) -> list[Product]:
        """Up to `count` different products that are on sale on the day of `at`."""
        day = at // DAY
        if day not in self._weights:
            shown = (0.0 if self.is_hidden(p, day * DAY) else p.weight for p in self.products)
            self._weights[day] = list(accumulate(shown))
        picked = rng.choices(self.products, cum_weights=self._weights[day], k=count)
        return list(dict.fromkeys(picked))

    def is_short(self, product: Product, at: int) -> bool:
        """Whether a stock-out of the product is going on."""
        return any(e.covers(at) for e in self._episodes_of.get(product, ()))

    def is_hidden(self, product: Product, at: int) -> bool:
        """Whether the product can't be ordered since its stock-out turned silent."""
        episodes = self._episodes_of.get(product, ())
        return any(e.hidden is not None and e.hidden <= at and e.covers(at) for e in episodes)

    def stock(self, product: Product, at: int) -> int:
        """Units that Amazon says it can sell. Episodes that come and go are hidden by it."""
        short = [e for e in self._episodes_of.get(product, ()) if e.covers(at)]
        if any(e.kind is not EpisodeKind.INTERMITTENT for e in short):
            return 0
        return random.Random(f"{product.product_id}/{at // DAY}").randint(4, 250)  # noqa: S311


def _products(rng: random.Random, size: int, start: int, end: int) -> list[Product]:
    products = []
    for n in range(size):
        title = [*NASTY_TITLES, *TITLES][n % (len(NASTY_TITLES) + len(TITLES))]
        if n >= len(NASTY_TITLES) + len(TITLES):
            title = f"{title} no. {n}"
        stem = f"{rng.getrandbits(32):08x}"
        code = f"SBX-{n:04d}"
        # Most have every identifier, some one of them, a few none, one got its sku late.
        has = (
            "none" if n % 13 == 5 else "external" if n % 13 == 9 else "amazon" if n == 17 else "all"
        )
        products.append(
            Product(
                product_id=f"bwp{stem}{n:03d}",
                title=title,
                price=round(rng.lognormvariate(3.1, 0.6), 2)
                if n % 5
                else float(rng.randint(5, 60)),
                weight=rng.lognormvariate(0, 0.7),
                inventory_item_id=f"inv{stem}{n:03d}",
                sku=(f"00{n:04d}" if n % 11 == 3 else code) if has == "all" else None,
                external_id=f"ext-{code}" if has in {"all", "external"} else None,
                amazon_sku=f"AMZ-{code}" if has in {"all", "amazon"} else None,
                sku_since=start + (end - start) // 4 if n % 13 == 7 else 0,
            )
        )
    return products


def _episodes(seed: str, products: list[Product], start: int, end: int) -> list[Episode]:
    """About a quarter of the products have a stock-out in each block, of every kind."""
    episodes: list[Episode] = []
    block_end = end
    while block_end > start:
        block = max(start, block_end - BLOCK_DAYS * DAY)
        length = block_end - block
        rng = random.Random(f"{seed}/episodes/{(end - block_end) // DAY}")  # noqa: S311
        kinds = list(EpisodeKind)
        chosen = rng.sample(products, max(1, len(products) // 4))
        for n, product in enumerate(chosen):
            kind = kinds[n % len(kinds)]
            last = block_end == end
            if kind is EpisodeKind.ONGOING:
                starts = block_end - int(length * rng.uniform(0.08, 0.2))
                stop = None if last else block_end
                episodes.append(Episode(product, kind, starts, stop))
            elif kind is EpisodeKind.RECOVERED:
                starts = block + int(length * rng.uniform(0.2, 0.6))
                stop = starts + int(length * rng.uniform(0.08, 0.16))
                episodes.append(Episode(product, kind, starts, stop))
            elif kind is EpisodeKind.INTERMITTENT:
                for part in (0.1, 0.45, 0.75):
                    starts = block + int(length * (part + rng.uniform(0, 0.1)))
                    stop = starts + int(length * 0.05)
                    episodes.append(Episode(product, kind, starts, stop))
            else:
                starts = block + int(length * rng.uniform(0.4, 0.6))
                hidden = starts + int(length * 0.1)
                stop = None if last else block_end
                episodes.append(Episode(product, kind, starts, stop, hidden))
        block_end = block
    return sorted(episodes, key=lambda e: (e.starts, e.product.product_id))
