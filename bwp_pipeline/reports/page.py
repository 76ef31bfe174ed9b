"""A page of the report: what it holds, and which of it is shown.

Here belongs the shape of a page. It is put together in `pages`, and drawn by the templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import quote

from bwp_pipeline.reports.language import say
from bwp_pipeline.reports.reading.data import Window
from bwp_pipeline.reports.reading.rows import (
    CancelledOrder,
    Check,
    Coverage,
    DeliveryTimes,
    FailedReturn,
    GradedReturns,
    ProductPerformance,
    ReturnFailure,
)
from bwp_pipeline.reports.sections.actions import SHOWN, Task
from bwp_pipeline.reports.sections.causes import Cause
from bwp_pipeline.reports.sections.figures import Figure
from bwp_pipeline.reports.sections.glossary import definitions
from bwp_pipeline.reports.sections.headline import Answer, due_elsewhere
from bwp_pipeline.reports.sections.history import RateHistory
from bwp_pipeline.reports.sections.order_lines import (
    OrderLine,
    SupplierOrder,
    supplier_orders,
    to_order,
)
from bwp_pipeline.reports.sections.reliability import (
    Reliability,
    ShopperChoices,
)
from bwp_pipeline.reports.sections.restock import Restock
from bwp_pipeline.reports.sections.scorecard import Scorecard
from bwp_pipeline.reports.sections.signals import Signal
from bwp_pipeline.reports.stock.files import FileProblem

ROWS_SHOWN, ROWS_LISTED = 15, 500
TASKS_LISTED = 20
ORDERS_LISTED = 200
DAYS_OF_A_WEEK = 7


SECTIONS = {
    "restock": "What to restock",
    "order_list": "What to order",
    "running_out": "Runs out next",
    "scorecard": "How the advice held",
    "figures": "Key figures",
    "history": "Cancellation rate",
    "causes": "Causes",
    "reliability": "Unreliable products",
    "shopper": "Cancelled by shoppers",
    "deliveries": "Deliveries",
    "returns": "Returns",
    "orders": "Orders",
    "quality": "Data quality",
    "definitions": "Definitions",
}


@dataclass(frozen=True)
class Week:
    """A week by which causes are shown; partial where the archive covers a part of it only."""

    start: date
    is_partial: bool


@dataclass(frozen=True)
class Page:
    """The figures of one store in one currency; `tasks` is empty where nothing asks for action.

    `queries` are those of the key figures: the metric, the figure's name, the SQL that gives it.
    `is_main_currency` is whether most of the store's items are sold in it.
    `order_names` are those of all stores' purchase orders, by supplier.
    Without a scorecard, `scorecard_from` is the first last day of which there will be one.
    """

    business_product_id: str
    store_name: str
    currency_code: str | None
    window: Window
    is_stale: bool
    coverage: Coverage | None
    problems: tuple[FileProblem, ...]
    coverage_note: str | None
    verdict: str
    answers: list[Answer]
    tasks: list[Task]
    figures: list[Figure]
    queries: list[tuple[str, str, str]]
    signals: list[Signal]
    history: RateHistory
    causes: list[Cause]
    week_heads: list[Week]
    cause_weeks: list[tuple[str, list[float | None]]]
    restock: list[Restock]
    order_lines: list[OrderLine]
    order_names: Mapping[str | None, str]
    running_out: list[OrderLine]
    not_asked: int
    scorecard: Scorecard | None
    scorecard_from: date | None
    reliability: Reliability | None
    shopper: ShopperChoices
    failed: list[ProductPerformance]
    deliveries: list[DeliveryTimes]
    return_failures: list[ReturnFailure]
    returns: list[FailedReturn]
    graded: list[GradedReturns]
    orders: list[CancelledOrder]
    quality: list[Check]
    notes: list[str]
    has_stock: bool
    is_main_currency: bool

    rows_shown = ROWS_SHOWN
    rows_listed = ROWS_LISTED
    orders_listed = ORDERS_LISTED
    tasks_shown = SHOWN
    tasks_listed = TASKS_LISTED

    @property
    def sections(self) -> list[tuple[str, str]]:
        """The page's sections in order, by id and name."""
        return [(section, say(name)) for section, name in SECTIONS.items()]

    @property
    def has_quantities(self) -> bool:
        """Whether anything is known of how products are bought."""
        bought = [line.purchase for line in self.order_lines]
        bought += [product.purchase for product in self.restock if product.purchase]
        return any(known.order_up_to is not None for known in bought)

    @property
    def today(self) -> date:
        """The day after the window: the one on which it is read, and orders are placed."""
        return self.window.last_day + timedelta(days=1)

    @property
    def to_order(self) -> list[OrderLine]:
        """The products with something to order, the most money at risk first."""
        return to_order(self.order_lines, self.today)

    @property
    def has_costs(self) -> bool:
        """Whether unit costs are known and can be set against this page's prices.

        Costs are in the merchant's own currency, which is taken to be the store's main one.
        """
        return self.is_main_currency and any(
            line.purchase.cost is not None for line in self.to_order
        )

    @property
    def supplier_orders(self) -> list[SupplierOrder]:
        """What to order, by supplier."""
        return supplier_orders(self.to_order, self.order_names)

    @property
    def restock_heads(self) -> list[tuple[str, str]]:
        """The columns of the restock list; those of numbers are of class n."""
        stock = [(say("Stock, units"), "n"), (say("Cover, days"), "n")] if self.has_stock else []
        order = [(say("Order, units"), "n"), (say("Order by"), "n")] if self.has_quantities else []
        return [
            (say("Product"), ""),
            (say("Do"), ""),
            (say("Status"), ""),
            *stock,
            *order,
            (say("Unfulfilled, units"), "n"),
            (say("Unfulfilled, orders"), "n"),
            (say("Lost sales") + self.in_currency, "n"),
            (say("At risk") + self.in_currency, "n"),
        ]

    @property
    def definitions(self) -> dict[str, str]:
        """What the page's figures mean."""
        return definitions()

    @property
    def due(self) -> list[Restock]:
        """The products that need restocking."""
        return [product for product in self.restock if product.is_due]

    @property
    def rows_led_to(self) -> dict[str, str]:
        """The ids of the restock list's rows to which a task of today leads, by product key."""
        listed = {product.row.product_key for product in self.restock[: self.rows_listed]}
        return {
            key: f"product-{quote(key, safe='')}"
            for task in self.tasks[: self.tasks_listed]
            if (key := task.product_key) in listed and key and task.section == "restock"
        }

    def place_of(self, task: Task) -> str:
        """The id of what a task leads to on this page: its product's row, else its section."""
        row = self.rows_led_to.get(task.product_key or "") if task.section == "restock" else None
        return row or task.section

    @property
    def due_elsewhere(self) -> str | None:
        """Which page tells what to restock, where this one doesn't."""
        return due_elsewhere(self.restock)

    @property
    def in_currency(self) -> str:
        """What a column of money adds to its head, for amounts in it carry no currency."""
        return f", {self.currency_code}" if self.currency_code else ""

    @property
    def cancelled_units(self) -> Decimal:
        """Units cancelled in the window, whatever the cause."""
        return sum((cause.cancelled_units for cause in self.causes), Decimal(0))

    @property
    def most_in_a_week(self) -> float:
        """The most units that one cause cancelled in a week: the darkest cell."""
        return max((units or 0.0 for _, weeks in self.cause_weeks for units in weeks), default=0.0)
