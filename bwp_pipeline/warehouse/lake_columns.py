"""Which columns of the lake's tables the warehouse holds, and the SQL of computed ones.

Belongs here: names, types and expressions. Does not belong here: reading files (`loading.py`).
"""

COLUMNS = {
    "events": {
        "event_type": "varchar",
        "detail_type": "varchar",
        "message_id": "varchar",
        "event_time": "timestamp",
        "business_product_id": "varchar",
        "order_id": "varchar",
        "resource_type": "varchar",
        "resource_id": "varchar",
        "further_resources": "varchar[]",
        "told_buyability": "varchar",
        "object_key": "varchar",
    },
    "objects": {
        "object_key": "varchar",
        "events": "bigint",
        "others": "bigint",
        "unknown": "bigint",
        "quarantined": "bigint",
        "read_at": "timestamp",
        "run_id": "varchar",
    },
    "quarantine": {"object_key": "varchar", "reason": "varchar", "error": "varchar"},
    "order_snapshots": {
        "snapshot_number": "bigint",
        "business_product_id": "varchar",
        "order_id": "varchar",
        "fetched_at": "timestamp",
        "api_version": "varchar",
        "status": "varchar",
        "payload": "varchar",
        "has_payload": "boolean",
        "payload_sha256": "varchar",
        "run_id": "varchar",
    },
    "stock_answers": {
        "business_product_id": "varchar",
        "product_key": "varchar",
        "product_id": "varchar",
        "asked_at": "timestamp",
        "buyable_units": "double",
        "buyability": "varchar",
    },
}

# Columns that are in no lake file: records of no known kind; resources beyond the first, which few
# events have; the buyability that newer events tell; whether there is a payload, and a number to
# find it again by, so that payloads are only read when they are parsed.
COMPUTED = {
    "unknown": "coalesce(cast(other_kinds ->> '$.unknown' as bigint), 0)",
    "further_resources": "case when len(resources) > 1 then resources[2:] end",
    "told_buyability": (
        "case when event_type = 'BUYABILITY_CHANGED' and json_valid(detail)"
        " then detail ->> '$.data.product.buyability.status' end"
    ),
    "has_payload": "lake.payload is not null",
    "snapshot_number": "nextval('staging.snapshot_numbers')",
}
