"""What the linter sees of dbt's cross-database macros."""


def dateadd(part: str, number: object, day: str) -> str:
    """A day so many days later."""
    return f"date_add({day}, {number}, '{part}')"


def date_trunc(part: str, day: str) -> str:
    """The first day of a period."""
    return f"date_trunc('{part}', {day})"


def datediff(first: str, last: str, part: str) -> str:
    """Days or seconds between two."""
    return f"date_diff('{part}', {first}, {last})"
