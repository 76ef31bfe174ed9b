"""What the merchant or Amazon says of a product's stock, and how the product is bought.

Here belong the shapes. The files they come from are read in `files`, what follows for
ordering is in `purchases`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SERVICE_LEVEL = 0.95
REVIEW_DAYS = 7.0


@dataclass(frozen=True)
class Holding:
    """Units on hand and on their way: a row of inventory.csv, or what Amazon says it can sell.

    `inbound` is None where nobody says what is on its way.
    """

    on_hand: Decimal
    inbound: Decimal | None = None
    is_amazons: bool = False


@dataclass(frozen=True)
class Terms:
    """A row of overrides.csv: how a product is bought, and what the merchant decided on it.

    Times are days. `lead_time_sd` is the standard deviation of the lead time, `service_level` the
    share of order cycles that are to end without running out; None where the default holds.
    """

    lead_time: float | None = None
    lead_time_sd: float = 0.0
    review_days: float | None = None
    minimum_order: Decimal | None = None
    case_pack: Decimal | None = None
    unit_cost: Decimal | None = None
    supplier: str | None = None
    service_level: float | None = None
    snooze_until: date | None = None
    is_discontinued: bool = False
