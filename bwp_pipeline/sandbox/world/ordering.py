"""How an order begins: its lines, what is missing of them, how they are packed, who cancels.

What then happens to the packages is in `lifecycle`. The rates of shortages and of cancellation
requests are set here. Times are epoch seconds.
"""

from typing import TypeVar

from bwp_pipeline.sandbox.world.catalog import Catalog
from bwp_pipeline.sandbox.world.dice import Dice
from bwp_pipeline.sandbox.world.order_history import Cancellation, Contents, Line, Order
from bwp_pipeline.sandbox.world.returns import HOUR

T = TypeVar("T")

MINUTE = 60
SHORT_IN_EPISODE = 0.92
"""Share of a product's lines that can't be filled while it is out of stock."""
SHORT_ANYWAY = 0.003
"""The same at any other time: stock misplaced, an address that can't be served."""
SHOPPER_REQUEST_RATE = 0.04
MERCHANT_REQUEST_RATE = 0.12
"""Share of orders with a shortage that the merchant notices first."""
WITHOUT_PRODUCT_RATE = 0.001
PACKED_TOGETHER_RATE = 0.75
LINE_COUNTS = {1: 62, 2: 24, 3: 9, 4: 5}
UNIT_COUNTS = {1: 72, 2: 17, 3: 7, 5: 3, 10: 1}
REASONS: dict[str | None, int] = {
    "ORDERED_BY_MISTAKE": 30,
    "ITEMS_ARRIVING_LATE": 20,
    "INCORRECT_SHIPPING_ADDRESS": 15,
    "PAYMENT_ISSUE": 8,
    "OTHER": 17,
    None: 10,
}
REQUESTERS = {"SHOPPER": 80, "MERCHANT": 10, "BWP_CUSTOMER_SERVICE_AGENT": 10}
OUTCOMES = {"SUCCESS": 78, "REJECTED": 19, "PENDING": 3}
COMMENTS = ('=HYPERLINK("x")', "Found it <b>cheaper</b> elsewhere", "too late 😞", None)


def draw_lines(dice: Dice, catalog: Catalog, placed: int) -> list[Line]:
    """One to four lines of different products; few are shown without their product."""
    lines = []
    for product in catalog.pick(dice, placed, _weighted(dice, LINE_COUNTS)):
        units = _weighted(dice, UNIT_COUNTS)
        line = Line(f"li-{dice.getrandbits(32):08x}", product, units, product.price)
        if dice.happens(WITHOUT_PRODUCT_RATE):
            line.product_known = False
            line.alias = ("SKU", product.key) if dice.happens(0.5) else None
        lines.append(line)
    return lines


def short_units(dice: Dice, catalog: Catalog, line: Line, placed: int) -> int:
    """The units of a line that can't be had: none, some or all."""
    rate = SHORT_IN_EPISODE if catalog.is_short(line.product, placed) else SHORT_ANYWAY
    if not dice.happens(rate):
        return 0
    some = line.units > 1 and dice.happens(0.4)
    return dice.randint(1, line.units - 1) if some else line.units


def pack(dice: Dice, lines: list[Line]) -> list[Contents]:
    """Lines to packages: mostly together, sometimes each alone, sometimes a line over two."""
    whole: Contents = [(line, line.units) for line in lines]
    groups = [whole] if dice.happens(PACKED_TOGETHER_RATE) else [[part] for part in whole]
    line, units = groups[0][0]
    if units > 1 and dice.happens(0.15):
        apart = dice.randint(1, units - 1)
        groups[0][0] = (line, units - apart)
        groups.append([(line, apart)])
    return groups


def request_cancellation(dice: Dice, order: Order, *, is_short: bool) -> Cancellation | None:
    """Adds the order's requests, if any, and returns the one that succeeds, if any."""
    by_merchant = is_short and dice.happens(MERCHANT_REQUEST_RATE)
    if not by_merchant and not dice.happens(SHOPPER_REQUEST_RATE):
        return None
    created = order.placed + dice.randint(2 * MINUTE, 2 * HOUR)
    reason = "OUT_OF_STOCK" if by_merchant else _weighted(dice, REASONS)
    requested_by = "MERCHANT" if by_merchant else _weighted(dice, REQUESTERS)
    outcome = "SUCCESS" if by_merchant else _weighted(dice, OUTCOMES)
    some = len(order.lines) > 1 and not by_merchant and dice.happens(0.15)
    request = Cancellation(
        reason=reason,
        requested_by=requested_by,
        created=created,
        decided=None if outcome == "PENDING" else created + dice.randint(MINUTE, 40 * MINUTE),
        outcome=outcome,
        covers=[
            (line, line.units) for line in ([dice.choice(order.lines)] if some else order.lines)
        ],
        comment=dice.choice(COMMENTS) if reason == "OTHER" else None,
    )
    if outcome == "SUCCESS" and dice.happens(0.05):
        # Asked twice: the first try came to nothing.
        tried = created - MINUTE
        order.cancellations.append(
            Cancellation("OTHER", requested_by, tried, created, "REJECTED", request.covers)
        )
    order.cancellations.append(request)
    return request if outcome == "SUCCESS" else None


def _weighted(dice: Dice, weights: dict[T, int]) -> T:
    return dice.choices(list(weights), list(weights.values()))[0]
