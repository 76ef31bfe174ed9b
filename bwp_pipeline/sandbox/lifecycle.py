"""How an order comes about and what happens to it: allocation, shortage, requests, shipping.

One function, `make_order`: the same catalog, number and random source give the same order. It is
the only place where rates of cancellation, shortage and the like are set.
"""

import random

from bwp_pipeline.sandbox import identifiers
from bwp_pipeline.sandbox.catalog import DAY, Catalog
from bwp_pipeline.sandbox.orders import Cancellation, Contents, Delivery, Line, Order, Refund
from bwp_pipeline.sandbox.returns import HOUR, make_return
from bwp_pipeline.sandbox.state_machine import Reason

MINUTE = 60
SHORT_IN_EPISODE = 0.9
"""Share of a product's lines that can't be filled while it is out of stock."""
SHORT_ANYWAY = 0.003
"""The same at any other time: stock misplaced, an address that can't be served."""
REQUEST_RATE = 0.04
UNDELIVERABLE_RATE = 0.008
RETURN_RATE = 0.05
SHOPPER_REASONS = (
    ("ORDERED_BY_MISTAKE", 30), ("ITEMS_ARRIVING_LATE", 20), ("INCORRECT_SHIPPING_ADDRESS", 15),
    ("PAYMENT_ISSUE", 8), ("OTHER", 17), (None, 10),
)  # fmt: skip
COMMENTS = ('=HYPERLINK("x")', "Found it <b>cheaper</b> elsewhere", "too late 😞", None)


def make_order(
    rng: random.Random,
    catalog: Catalog,
    business_product_id: str,
    number: int,
    order_id: str,
    placed: int,
) -> Order:
    """The order placed at that time, with all that ever happens to it."""
    lines = _lines(rng, catalog, placed)
    order = Order(
        id=order_id,
        number=number,
        business_product_id=business_product_id,
        placed=placed,
        currency="CAD" if rng.random() < 0.03 else "USD",
        lines=lines,
        deliveries=[],
        promised=(placed + 2 * DAY, placed + rng.choice((3, 4, 5)) * DAY),
    )
    short = {
        line.id: units for line in lines if (units := _short_units(rng, catalog, line, placed))
    }
    request = _request(rng, order, bool(short))
    groups = _allocate(rng, lines)
    for contents in groups:
        _move(rng, order, contents, short, request)
    if rng.random() < 0.0015:
        _contradict(rng, order)
    return order


def _lines(rng: random.Random, catalog: Catalog, placed: int) -> list[Line]:
    products = catalog.pick(rng, placed, rng.choices((1, 2, 3, 4), weights=(62, 24, 9, 5))[0])
    lines = []
    for product in products:
        units = rng.choices((1, 2, 3, 5, 10), weights=(72, 17, 7, 3, 1))[0]
        line = Line(f"li-{rng.getrandbits(32):08x}", product, units, product.price)
        if rng.random() < 0.001:
            line.product_known = False
            line.alias = ("SKU", product.key) if rng.random() < 0.5 else None
        lines.append(line)
    return lines


def _short_units(rng: random.Random, catalog: Catalog, line: Line, placed: int) -> int:
    rate = SHORT_IN_EPISODE if catalog.is_short(line.product, placed) else SHORT_ANYWAY
    if rng.random() >= rate:
        return 0
    return rng.randint(1, line.units - 1) if line.units > 1 and rng.random() < 0.4 else line.units


def _allocate(rng: random.Random, lines: list[Line]) -> list[Contents]:
    """Lines to packages: mostly together, sometimes each alone, sometimes a line over two."""
    if rng.random() < 0.75:
        groups: list[Contents] = [[(line, line.units) for line in lines]]
    else:
        groups = [[(line, line.units)] for line in lines]
    line, units = groups[0][0]
    if units > 1 and rng.random() < 0.15:
        apart = rng.randint(1, units - 1)
        groups[0][0] = (line, units - apart)
        groups.append([(line, apart)])
    return groups


def _request(rng: random.Random, order: Order, is_short: bool) -> Cancellation | None:  # noqa: FBT001
    """The request that succeeds, if any; those that do not are only noted on the order."""
    by_merchant = is_short and rng.random() < 0.12
    if not by_merchant and rng.random() >= REQUEST_RATE:
        return None
    created = order.placed + rng.randint(2 * MINUTE, 2 * HOUR)
    if by_merchant:
        reason, asked_by = "OUT_OF_STOCK", "MERCHANT"
    else:
        reason = rng.choices([r for r, _ in SHOPPER_REASONS], [w for _, w in SHOPPER_REASONS])[0]
        asked_by = rng.choices(
            ("SHOPPER", "MERCHANT", "BWP_CUSTOMER_SERVICE_AGENT"), weights=(80, 10, 10)
        )[0]
    some = len(order.lines) > 1 and not by_merchant and rng.random() < 0.15
    lines = [rng.choice(order.lines)] if some else order.lines
    fate = (
        "SUCCESS"
        if by_merchant
        else rng.choices(("SUCCESS", "REJECTED", "PENDING"), (78, 19, 3))[0]
    )
    request = Cancellation(
        reason=reason,
        requested_by=asked_by,
        created=created,
        decided=None if fate == "PENDING" else created + rng.randint(MINUTE, 40 * MINUTE),
        outcome=fate,
        covers=[(line, line.units) for line in lines],
        comment=rng.choice(COMMENTS) if reason == "OTHER" else None,
    )
    if fate == "SUCCESS" and request.decided and rng.random() < 0.05:
        # Asked twice: the first try came to nothing.
        first = Cancellation(
            "OTHER", asked_by, created - MINUTE, created, "REJECTED", request.covers
        )
        order.cancellations.append(first)
    order.cancellations.append(request)
    return request if fate == "SUCCESS" else None


def _move(
    rng: random.Random,
    order: Order,
    contents: Contents,
    short: dict[str, int],
    request: Cancellation | None,
) -> None:
    """One package from PENDING to wherever it gets, divided on the way where it must be."""
    covered = {line.id for line, _ in request.covers} if request else set()
    parts: dict[str, Contents] = {"request": [], "short": [], "ship": []}
    for line, units in contents:
        missing = min(units, short.get(line.id, 0))
        if line.id in covered:
            # Rarely the shortage came first, and the request succeeded all the same.
            part = "short" if missing == units and request and rng.random() < 0.05 else "request"
            parts[part].append((line, units))
            continue
        if missing:
            short[line.id] -= missing
            parts["short"].append((line, missing))
        if units > missing:
            parts["ship"].append((line, units - missing))
    if parts["short"] and parts["ship"] and rng.random() < 0.3:
        # What is missing takes along what is not.
        parts = {
            "request": parts["request"],
            "short": [*parts["short"], *parts["ship"]],
            "ship": [],
        }
        parts["short"] = _merged(parts["short"])
    filled = [(fate, part) for fate, part in parts.items() if part]
    appears = order.placed
    if len(filled) > 1:
        appears = order.placed + rng.randint(MINUTE, 5 * MINUTE // 3)
        whole = Delivery(identifiers.uuid(rng), contents, order.placed, vanishes=appears)
        order.deliveries.append(whole)
        if rng.random() < 0.05:
            order.contradicted.append((order.placed + 6 * HOUR, whole.id))
    for fate, part in filled:
        delivery = Delivery(identifiers.uuid(rng), part, appears)
        order.deliveries.append(delivery)
        if fate == "request" and request and request.decided:
            _cancel(
                rng,
                order,
                delivery,
                request.decided + rng.randint(1, 90),
                Reason.CUSTOMER_REQUESTED,
            )
        elif fate == "short":
            when = order.placed + int(rng.triangular(5 * HOUR, 30 * HOUR, 13 * HOUR))
            _cancel(rng, order, delivery, when, Reason.UNFULFILLABLE)
        else:
            _ship(rng, order, delivery)


def _merged(contents: Contents) -> Contents:
    units: dict[str, tuple[Line, int]] = {}
    for line, count in contents:
        units[line.id] = (line, count + units.get(line.id, (line, 0))[1])
    return list(units.values())


def _ship(rng: random.Random, order: Order, delivery: Delivery) -> None:
    oddity = rng.random()
    if oddity < 0.0012:
        # A reason that is missing, or one that nobody has documented.
        reason = None if oddity < 0.0008 else "RECALLED"
        _cancel(rng, order, delivery, order.placed + rng.randint(5 * HOUR, 30 * HOUR), reason)
        return
    shipped = order.placed + min(6 * DAY, 4 * HOUR + int(rng.lognormvariate(10.4, 0.7)))
    delivery.shipped = shipped
    delivery.tracking_number = identifiers.tracking_number(order.number, len(order.deliveries))
    travel = int(rng.triangular(DAY, 6 * DAY, 2 * DAY))
    delivery.milestones = [(shipped, "IN_TRANSIT")]
    if rng.random() < UNDELIVERABLE_RATE:
        lost = rng.choice(("LOST", "RETURN_TO_SENDER", "UNDELIVERABLE", "EXCEPTION"))
        ends = shipped + travel + rng.randint(DAY, 4 * DAY)
        delivery.milestones.append((ends - HOUR, lost))
        _cancel(rng, order, delivery, ends, Reason.UNDELIVERABLE)
        return
    if rng.random() < 0.06:
        delivery.milestones.append(
            (shipped + travel, rng.choice(("DELAYED", "DELIVERY_ATTEMPTED")))
        )
        travel += rng.randint(6 * HOUR, 3 * DAY)
    delivery.delivered = shipped + travel
    delivery.milestones += [
        (delivery.delivered - rng.randint(HOUR, 9 * HOUR), "OUT_FOR_DELIVERY"),
        (delivery.delivered, "DELIVERED"),
    ]
    if rng.random() < RETURN_RATE:
        _send_back(rng, order, delivery, delivery.delivered)


def _send_back(rng: random.Random, order: Order, delivery: Delivery, delivered: int) -> None:
    kept = delivery.contents if rng.random() < 0.5 else [rng.choice(delivery.contents)]
    back = make_return(rng, [(line.id, units) for line, units in kept], delivered)
    order.returns.append(back)
    if back.graded is not None:
        _refund(rng, order, kept, back.graded + rng.randint(MINUTE, HOUR), "RETURN_RECEIVED")


def _cancel(
    rng: random.Random, order: Order, delivery: Delivery, when: int, reason: str | None
) -> None:
    delivery.cancelled, delivery.reason = when, reason
    lost = reason == Reason.UNDELIVERABLE
    # Orders that were never charged get no refund.
    if lost or rng.random() < 0.6:
        why = "LOST_IN_TRANSIT" if lost else "CANCELLED_ORDER"
        _refund(rng, order, delivery.contents, when + rng.randint(1, 5 * MINUTE), why)


def _refund(rng: random.Random, order: Order, covers: Contents, created: int, why: str) -> None:
    outcome = rng.choices(("SUCCESS", "PARTIAL", "FAILURE"), weights=(95, 3, 2))[0]
    done = None if rng.random() < 0.04 else created + rng.randint(HOUR, 2 * DAY)
    order.refunds.append(Refund(identifiers.refund_id(rng), why, created, done, outcome, covers))


def _contradict(rng: random.Random, order: Order) -> None:
    """A package that arrives after all, though an event called it cancelled."""
    for delivery in order.deliveries:
        if delivery.delivered is not None and delivery.shipped is not None:
            when = rng.randint(delivery.shipped + 1, delivery.delivered)
            order.contradicted.append((when, delivery.id))
            return
