"""The names of all settings, to tell a typing mistake from another program's variable.

Belongs here: names alone; a test compares them with what the other modules read.
"""

NAMES = frozenset(
    (
        "BWP_API_BATCH",
        "BWP_API_CONCURRENCY",
        "BWP_API_HEADERS",
        "BWP_API_PRODUCT_IDENTIFIERS",
        "BWP_API_RATE",
        "BWP_API_REPLY_MB",
        "BWP_API_REPLY_SECONDS",
        "BWP_API_URL",
        "BWP_API_VERSION",
        "BWP_ARCHIVE_LAYOUT",
        "BWP_ARCHIVE_URL",
        "BWP_CLIENT_ID",
        "BWP_CLIENT_SECRET",
        "BWP_COLUMNAR_MEGABYTES",
        "BWP_DATA_DIR",
        "BWP_KEEP_DETAIL",
        "BWP_LAKE_URL",
        "BWP_LOCALE",
        "BWP_LOG_FORMAT",
        "BWP_LOOKBACK_DAYS",
        "BWP_MAIL_FROM",
        "BWP_MAIL_TO",
        "BWP_MEMORY_LIMIT",
        "BWP_METRICS_FILE",
        "BWP_OWNERS",
        "BWP_PING_URL",
        "BWP_RECORD_DAYS",
        "BWP_REPORTS_LINK",
        "BWP_REPORTS_URL",
        "BWP_REPORT_DAYS",
        "BWP_RUN_HOUR",
        "BWP_SERVE_AUTH",
        "BWP_SLACK_WEBHOOK",
        "BWP_SMTP_URL",
        "BWP_SOURCE_URL",
        "BWP_STOCK_PRODUCTS",
        "BWP_STORES_FILE",
        "BWP_TARGET_ID",
        "BWP_TIMEZONE",
        "BWP_TOKEN_URL",
    )
)
