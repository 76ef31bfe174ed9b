"""What a sandbox store sells and when it runs out: products, prices, stock-out episodes.

Nothing here knows of orders, events or the API. Everything follows from a seed alone.
Times are epoch seconds (UTC), as everywhere inside the sandbox; prices are per unit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, cycle

from bwp_pipeline.sandbox.world.dice import Dice

DAY = 86_400
PROMOTION = 5.0
"""How many times as much is ordered of a product while it is promoted."""
BLOCK_DAYS = 30
"""Episodes are drawn per block of this many days, the last block ending with the world."""

GOODS = {
    "Stoneware mug, sea blue": 18.5,
    "Linen apron, natural": 34.0,
    "Cast-iron skillet, 10 in": 42.0,
    "Bamboo cutting board": 24.95,
    "Pour-over coffee dripper": 27.0,
    "Coffee filters no. 2, 100 pieces": 7.95,
    "Walnut spice rack": 48.0,
    "Insulated water bottle, 32 oz": 29.95,
    "Wool camp blanket": 89.0,
    "Enamel stock pot, 5 qt": 54.5,
    "Beeswax candle, pair": 19.0,
    "Oat milk soap bar": 6.5,
    "Cedar shoe inserts": 16.0,
    "Merino beanie, charcoal": 32.0,
    "Trail running socks, M": 17.95,
    "Rechargeable headlamp": 39.95,
    "Folding camp stool": 36.0,
    "Titanium spork": 12.95,
    "Dry bag, 20 L": 26.5,
    "Pocket first-aid kit": 22.0,
    "Canvas tote, olive": 28.0,
    "Cork yoga mat": 68.0,
    "Dog leash, 6 ft": 21.95,
    "Catnip mouse, 2 pieces": 8.95,
    "Garden gloves, L": 14.5,
    "Copper plant mister": 31.0,
    "Heirloom seed box": 24.0,
    "Tea strainer, steel": 9.95,
    "Ceramic butter dish": 27.5,
    "Dotted notebook, A5": 13.95,
    "Fountain pen, fine": 46.0,
    "Bottled ink, midnight": 15.5,
    "Wool dryer balls, 6 pieces": 18.95,
    "Bath towel, organic cotton": 38.0,
    "Reusable produce bags, 9 pieces": 16.95,
    "Bike bell, brass": 23.5,
    "Rain cover for backpacks": 19.95,
    "Travel toiletry kit": 33.5,
    "Desk lamp, oak": 79.0,
    "Picnic cutlery set": 29.5,
}
"""What the store sells and for how much; further products are numbered editions of these."""

HOSTILE_TITLES = (
    "<script>alert(1)</script>",
    '=cmd|"/c calc"!A1',
    "Very long name " + "of a very useful thing " * 13,
    "Party pack 🎉👩‍👩‍👧 “2 for 1”",
    "\u202eabayah \u202c\u05e2\u05d1\u05e8\u05d9\u05ea العربية",
    "@SUM(1+1)*cmd",
    "O'Brien; drop table orders; --",
)
"""For tests: texts that break what takes a title for more than text."""

ALL_IDENTIFIERS = frozenset({"sku", "external_id", "amazon_sku"})
IDENTIFIERS_BY_TURN: dict[int, frozenset[str]] = {
    5: frozenset(),
    9: frozenset({"external_id"}),
    17: frozenset({"amazon_sku"}),
    18: frozenset(),
    22: frozenset({"external_id", "amazon_sku"}),
}
"""Which identifiers the products at these places of the title list have; the others have all."""
LATE_SKU_TURN = 20


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


@dataclass(frozen=True, slots=True)
class Season:
    """A launch and a promotion: what they do to the demand for two products."""

    launched: Product
    launch: int
    promoted: Product
    promotion: tuple[int, int]

    def pull(self, product: Product, at: int) -> float:
        """By how much more than usual the product is wanted; not at all before its launch."""
        if product == self.launched and at < self.launch:
            return 0.0
        first, end = self.promotion
        return PROMOTION if product == self.promoted and first <= at < end else 1.0


class Catalog:
    """The products and stock-outs of one store over the time `start` until `end`.

    `hostile` names some products by texts that are meant to break something; `seasonal` adds a
    launch and a promotion.
    """

    def __init__(
        self,
        seed: str,
        start: int,
        end: int,
        size: int = 40,
        *,
        hostile: bool = False,
        seasonal: bool = False,
    ) -> None:
        self.products = _products(Dice(f"{seed}/products"), size, start, end, hostile=hostile)
        self.season = _season(self.products, start, end) if seasonal else None
        self.episodes = _episodes(seed, self.products, start, end)
        self._episodes_of: dict[Product, list[Episode]] = {}
        for episode in self.episodes:
            self._episodes_of.setdefault(episode.product, []).append(episode)
        self._weights: dict[int, list[float]] = {}

    def pick(self, dice: Dice, at: int, count: int) -> list[Product]:
        """Up to `count` different products that are on sale on the day of `at`."""
        day = at // DAY
        if day not in self._weights:
            self._weights[day] = list(accumulate(self._pull(p, day * DAY) for p in self.products))
        picked = dice.choices(self.products, cum_weights=self._weights[day], k=count)
        return list(dict.fromkeys(picked))

    def _pull(self, product: Product, at: int) -> float:
        if self.is_hidden(product, at):
            return 0.0
        return product.weight * (self.season.pull(product, at) if self.season else 1.0)

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
        return Dice(f"{product.product_id}/{at // DAY}").randint(4, 250)


def _products(dice: Dice, size: int, start: int, end: int, *, hostile: bool) -> list[Product]:
    titles = list(GOODS)
    if hostile:
        titles[: len(HOSTILE_TITLES)] = HOSTILE_TITLES
    products = []
    for n in range(size):
        stem = f"{dice.getrandbits(32):08x}{n:03d}"
        edition, turn = n // len(titles) + 1, n % len(titles)
        known = IDENTIFIERS_BY_TURN.get(turn, ALL_IDENTIFIERS)
        sku = f"{n:06d}" if n % 11 == 0 else f"HT-{n:04d}"
        drawn = round(dice.lognormvariate(3.1, 0.6), 2 if n % 5 else 0)
        products.append(
            Product(
                product_id=f"bwp{stem}",
                title=titles[turn]
                + (f", edition {n // len(titles) + 1}" if n >= len(titles) else ""),
                price=GOODS.get(titles[turn], drawn) if edition == 1 else drawn,
                weight=dice.lognormvariate(0, 0.7),
                inventory_item_id=f"in{stem}",
                sku=sku if "sku" in known else None,
                external_id=f"ext-HT-{n:04d}" if "external_id" in known else None,
                amazon_sku=f"AMZ-HT-{n:04d}" if "amazon_sku" in known else None,
                sku_since=start + (end - start) // 4 if turn == LATE_SKU_TURN else 0,
            )
        )
    return products


def _season(products: list[Product], start: int, end: int) -> Season:
    """The bestseller is promoted for a week; the next one was launched shortly before."""
    promoted, launched = sorted(products, key=lambda p: -p.weight)[:2]
    length = end - start
    first = start + int(0.55 * length) // DAY * DAY
    return Season(
        launched=launched,
        launch=start + int(0.4 * length) // DAY * DAY,
        promoted=promoted,
        promotion=(first, first + 7 * DAY),
    )


def _episodes(seed: str, products: list[Product], start: int, end: int) -> list[Episode]:
    """About a quarter of the products have a stock-out in each block, of every kind."""
    episodes: list[Episode] = []
    block_end = end
    while block_end > start:
        block = max(start, block_end - BLOCK_DAYS * DAY)
        dice = Dice(f"{seed}/episodes/{(end - block_end) // DAY}")
        # Every fourth by demand, so that neither all nor none of the best sellers run out.
        ranked = sorted(products, key=lambda p: p.weight)
        chosen = ranked[dice.randrange(min(4, len(ranked))) :: 4]
        dice.shuffle(chosen)
        # The last block's stock-outs may still be going on.
        latest = None if block_end == end else block_end
        for product, kind in zip(chosen, cycle(EpisodeKind), strict=False):
            episodes += _course(dice, product, kind, block, block_end - block, latest)
        block_end = block
    return sorted(episodes, key=lambda e: (e.starts, e.product.product_id))


def _course(  # noqa: PLR0917 - one row of a table
    dice: Dice, product: Product, kind: EpisodeKind, block: int, length: int, latest: int | None
) -> Iterator[Episode]:
    """The episodes of a product within a block of `length` seconds."""

    def moment(low: float, high: float) -> int:
        return block + int(length * dice.uniform(low, high))

    if kind is EpisodeKind.ONGOING:
        yield Episode(product, kind, moment(0.8, 0.92), latest)
    elif kind is EpisodeKind.RECOVERED:
        starts = moment(0.2, 0.6)
        yield Episode(product, kind, starts, starts + int(length * dice.uniform(0.08, 0.16)))
    elif kind is EpisodeKind.INTERMITTENT:
        for part in (0.1, 0.45, 0.75):
            starts = moment(part, part + 0.1)
            yield Episode(product, kind, starts, starts + int(length * 0.05))
    else:
        starts = moment(0.4, 0.6)
        yield Episode(product, kind, starts, latest, hidden=starts + int(length * 0.1))
