"""The example queries and what they answer in a small world, as a page of the docs.

`python -m bwp_pipeline_tests.examples.example_queries` writes the page anew.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from bwp_pipeline.api.stock import ProductRef, ProductStock
from bwp_pipeline.api.stock_answers import keep_stock_answers
from bwp_pipeline.archive import ingest_days, open_archive
from bwp_pipeline.publishing.published_file import publish
from bwp_pipeline.sandbox import World, write_archive
from bwp_pipeline.sandbox.world.catalog import Product
from bwp_pipeline_tests.examples.warehouse_builds import Warehouse, snapshot

DOCS = Path(__file__).parents[2] / "docs"
QUERIES = DOCS / "examples"
PAGE = DOCS / "example-queries.md"
DAYS, ORDERS_PER_DAY = 28, 60
END = date(2026, 3, 15)

_HEAD = """# Example queries

Each is a file in [examples/](examples/); run one with `duckdb -readonly bwp.duckdb < FILE`.
The answers are those of a sandbox of 28 days with 60 orders a day. (This page is written by
`python -m bwp_pipeline_tests.examples.example_queries`; a test holds it to the queries.)
"""


def published_example(directory: Path) -> Path:
    """Publish a database of the example's world, made in `directory`."""
    world = World(seed=7, days=DAYS, orders_per_day=ORDERS_PER_DAY, end=END)
    archive_url = f"{(directory / 'archive').as_uri()}/"
    write_archive(world, archive_url)
    days = [END - timedelta(days=back) for back in range(DAYS, 0, -1)]
    it = Warehouse(directory, timezone="America/New_York")
    archive = open_archive(archive_url, "%Y/%m/%d/")
    ingest_days(archive, it.lake, days, "example", lambda _: None)
    at = datetime(END.year, END.month, END.day, tzinfo=UTC)
    store = {"business_product_id": world.stores[0].business_product_id}
    it.answer(
        END,
        [
            snapshot(world.order(order_id), order_id=order_id, at=at) | store
            for order_id in sorted(world.known_order_ids())
        ],
    )
    products = world.stores[0].catalog.products[:20]
    keep_stock_answers(it.lake, [_told(world, product, at) for product in products])
    it.build()
    path = directory / "published" / "bwp.duckdb"
    publish(it.path, path)
    return path


def _told(world: World, product: Product, at: datetime) -> ProductStock:
    """What the sandbox's API would tell of a product's stock."""
    store = world.stores[0]
    units = store.catalog.stock(product, int(at.timestamp()))
    ref = ProductRef(store.business_product_id, product.key, product.sku, product.product_id)
    return ProductStock(ref, at, Decimal(units), "BUYABLE")


def render(database: Path) -> str:
    """The page: every query, its question, and its answer."""
    parts = [_HEAD]
    with duckdb.connect(str(database), read_only=True) as connection:
        for path in sorted(QUERIES.glob("*.sql")):
            query = path.read_text(encoding="utf-8")
            question = " ".join(
                line.removeprefix("-- ") for line in query.splitlines() if line.startswith("-- ")
            )
            answer = _table(connection.execute(query))
            parts.append(f"## {question}\n\n```sql\n{query}```\n\n{answer}")
    return "\n".join(parts)


def _table(result: duckdb.DuckDBPyConnection) -> str:
    names = [column[0] for column in result.description or []]
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for row in result.fetchall():
        cells = ("" if value is None else str(value).replace("|", "\\|") for value in row)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    with TemporaryDirectory() as directory:
        PAGE.write_text(render(published_example(Path(directory))), encoding="utf-8")
