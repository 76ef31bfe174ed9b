"""What happens to an order's packages: divided, cancelled, shipped, delivered, sent back.

`make_order` makes a whole order: the same catalog, number and dice give the same one. Moves are
those that `state_machine` tells of. Times are epoch seconds.
"""

from bwp_pipeline.sandbox.world import identifiers, ordering
from bwp_pipeline.sandbox.world.catalog import DAY, Catalog
from bwp_pipeline.sandbox.world.dice import Dice
from bwp_pipeline.sandbox.world.order_history import (
    Cancellation,
    Contents,
    Delivery,
    Line,
    Order,
    Refund,
)
from bwp_pipeline.sandbox.world.ordering import MINUTE
from bwp_pipeline.sandbox.world.returns import HOUR, make_return
from bwp_pipeline.sandbox.world.state_machine import Reason

CANADIAN_RATE = 0.03
COLLATERAL_RATE = 0.3
"""Share of mixed packages in which what is missing takes along what is not."""
UNDELIVERABLE_RATE = 0.008
DELAY_RATE = 0.06
RETURN_RATE = 0.05
CHARGED_RATE = 0.6
"""Share of cancelled packages that had been paid for, so that money goes back."""
NO_REASON_RATE = 0.0008
NEW_REASON_RATE = 0.0004
CONTRADICTED_RATE = 0.0015


def make_order(  # noqa: PLR0917 - everything that an order follows from
    dice: Dice,
    catalog: Catalog,
    business_product_id: str,
    number: int,
    order_id: str,
    placed: int,
) -> Order:
    """The order placed at that time, with all that ever happens to it."""
    lines = ordering.draw_lines(dice, catalog, placed)
    order = Order(
        id=order_id,
        number=number,
        business_product_id=business_product_id,
        placed=placed,
        currency="CAD" if dice.happens(CANADIAN_RATE) else "USD",
        lines=lines,
        deliveries=[],
        promised=(placed + 2 * DAY, placed + dice.choice((3, 4, 5)) * DAY),
    )
    short = {x.id: ordering.short_units(dice, catalog, x, placed) for x in lines}
    request = ordering.request_cancellation(dice, order, is_short=any(short.values()))
    for contents in ordering.pack(dice, lines):
        _handle(dice, order, contents, short, request)
    if dice.happens(CONTRADICTED_RATE):
        _contradict(dice, order)
    return order


def _handle(
    dice: Dice,
    order: Order,
    contents: Contents,
    short: dict[str, int],
    request: Cancellation | None,
) -> None:
    """One package from PENDING to wherever it gets, divided on the way where it must be."""
    called_off, missing, ready = _sort(dice, contents, short, request)
    if missing and ready and dice.happens(COLLATERAL_RATE):
        missing, ready = _merged([*missing, *ready]), []
    parts = [part for part in (called_off, missing, ready) if part]
    appears = order.placed
    if len(parts) > 1:
        appears += dice.randint(30, 2 * MINUTE)
        whole = Delivery(dice.uuid(), contents, order.placed, vanishes=appears)
        order.deliveries.append(whole)
        if dice.happens(0.05):
            # An event still names the package that no longer exists.
            order.contradicted.append((order.placed + 6 * HOUR, whole.id))
    for part in parts:
        delivery = Delivery(dice.uuid(), part, appears)
        order.deliveries.append(delivery)
        if part is called_off and request and request.decided:
            when = request.decided + dice.randint(1, 90)
            _cancel(dice, order, delivery, when, Reason.CUSTOMER_REQUESTED)
        elif part is missing:
            when = order.placed + int(dice.triangular(5 * HOUR, 30 * HOUR, 13 * HOUR))
            _cancel(dice, order, delivery, when, Reason.UNFULFILLABLE)
        else:
            _ship(dice, order, delivery)


def _sort(
    dice: Dice, contents: Contents, short: dict[str, int], request: Cancellation | None
) -> tuple[Contents, Contents, Contents]:
    """A package's contents: called off by a request, missing, ready to ship."""
    covered = {line.id for line, _ in request.covers} if request else set()
    called_off: Contents = []
    missing: Contents = []
    ready: Contents = []
    for line, units in contents:
        lacking = min(units, short[line.id])
        # Rarely the shortage was found first, and the request succeeded all the same.
        if line.id in covered and not (lacking == units and dice.happens(0.05)):
            called_off.append((line, units))
            continue
        short[line.id] -= lacking
        if lacking:
            missing.append((line, lacking))
        if units > lacking:
            ready.append((line, units - lacking))
    return called_off, missing, ready


def _merged(contents: Contents) -> Contents:
    units: dict[str, tuple[Line, int]] = {}
    for line, count in contents:
        units[line.id] = (line, count + units.get(line.id, (line, 0))[1])
    return list(units.values())


def _ship(dice: Dice, order: Order, delivery: Delivery) -> None:
    oddity = dice.random()
    if oddity < NO_REASON_RATE + NEW_REASON_RATE:
        when = order.placed + dice.randint(5 * HOUR, 30 * HOUR)
        reason = None if oddity < NO_REASON_RATE else "RECALLED"
        _cancel(dice, order, delivery, when, reason)
        return
    shipped = order.placed + min(6 * DAY, 4 * HOUR + int(dice.lognormvariate(10.4, 0.7)))
    delivery.shipped = shipped
    delivery.tracking_number = identifiers.tracking_number(order.number, len(order.deliveries))
    delivery.milestones = [(shipped, "IN_TRANSIT")]
    arrives = shipped + int(dice.triangular(DAY, 6 * DAY, 2 * DAY))
    if dice.happens(UNDELIVERABLE_RATE):
        lost = dice.choice(("LOST", "RETURN_TO_SENDER", "UNDELIVERABLE", "EXCEPTION"))
        given_up = arrives + dice.randint(DAY, 4 * DAY)
        delivery.milestones.append((given_up - HOUR, lost))
        _cancel(dice, order, delivery, given_up, Reason.UNDELIVERABLE)
        return
    if dice.happens(DELAY_RATE):
        delivery.milestones.append((arrives, dice.choice(("DELAYED", "DELIVERY_ATTEMPTED"))))
        arrives += dice.randint(10 * HOUR, 3 * DAY)
    delivery.delivered = arrives
    delivery.milestones += [
        (arrives - dice.randint(HOUR, 9 * HOUR), "OUT_FOR_DELIVERY"),
        (arrives, "DELIVERED"),
    ]
    if dice.happens(RETURN_RATE):
        _send_back(dice, order, delivery, arrives)


def _send_back(dice: Dice, order: Order, delivery: Delivery, delivered: int) -> None:
    kept = delivery.contents if dice.happens(0.5) else [dice.choice(delivery.contents)]
    back = make_return(dice, [(line.id, units) for line, units in kept], delivered)
    order.returns.append(back)
    if back.graded is not None:
        _refund(dice, order, kept, back.graded + dice.randint(MINUTE, HOUR), "RETURN_RECEIVED")


def _cancel(dice: Dice, order: Order, delivery: Delivery, when: int, reason: str | None) -> None:
    delivery.cancelled, delivery.reason = when, reason
    lost = reason == Reason.UNDELIVERABLE
    if lost or dice.happens(CHARGED_RATE):
        why = "LOST_IN_TRANSIT" if lost else "CANCELLED_ORDER"
        _refund(dice, order, delivery.contents, when + dice.randint(1, 5 * MINUTE), why)


def _refund(dice: Dice, order: Order, covers: Contents, created: int, why: str) -> None:
    outcome = dice.choices(("SUCCESS", "PARTIAL", "FAILURE"), weights=(95, 3, 2))[0]
    done = None if dice.happens(0.04) else created + dice.randint(HOUR, 2 * DAY)
    order.refunds.append(Refund(dice.hex64(), why, created, done, outcome, covers))


def _contradict(dice: Dice, order: Order) -> None:
    """A package that arrives after all, though an event called it cancelled."""
    for delivery in order.deliveries:
        if delivery.delivered is not None and delivery.shipped is not None:
            when = dice.randint(delivery.shipped + 1, delivery.delivered)
            order.contradicted.append((when, delivery.id))
            return
