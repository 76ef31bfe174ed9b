"""Identifiers that tell which order they belong to: order ids, external ids, tracking numbers.

Order ids look like production's and hide the order's number reversibly, so that an order can be
made again from its id alone and a world of any size needs no index.
"""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 10
_MODULUS = 1 << 5 * _LENGTH
_FACTOR = 0x2545F4914F6CD
_INVERSE = pow(_FACTOR, -1, _MODULUS)
_FIRST_EXTERNAL = 100_000


def order_id(number: int, salt: int) -> str:
    """The id of the order with that number: 322-XXXX-XXXXXX; `salt` varies it by world."""
    mixed = (number * _FACTOR + salt) % _MODULUS
    text = "".join(_ALPHABET[mixed >> shift & 31] for shift in range(0, 5 * _LENGTH, 5))
    return f"322-{text[:4]}-{text[4:]}"


def order_number(text: str, salt: int) -> int | None:
    """The number behind an order id; None for a text that can't be one."""
    body = text[4:].replace("-", "")
    if not text.startswith("322-") or len(body) != _LENGTH or not _VALUES.keys() >= set(body):
        return None
    mixed = sum(_VALUES[letter] << 5 * n for n, letter in enumerate(body))
    return (mixed - salt) * _INVERSE % _MODULUS


def external_id(number: int) -> str:
    """The shop's own name for an order, its alias of type EXTERNAL_ID."""
    return f"web-{_FIRST_EXTERNAL + number}"


def externally_named(text: str) -> int | None:
    """The number of the order with that external id."""
    digits = text.removeprefix("web-")
    return int(digits) - _FIRST_EXTERNAL if digits.isdecimal() else None


def tracking_number(number: int, part: int) -> str:
    """A carrier's number for a parcel of the order with that number."""
    return f"1ZSBX{number:011d}{part:02d}"


def tracked(text: str) -> int | None:
    """The number of the order that a tracking number belongs to."""
    digits = text[5:16]
    return int(digits) if text.startswith("1ZSBX") and digits.isdecimal() else None
