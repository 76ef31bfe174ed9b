"""Identifiers as production's look: order ids, UUIDs, refund ids, tracking numbers.

Order ids hide the order's number reversibly, so that an order can be made again from its id alone
and a world of any size needs no index.
"""

import random

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
_BITS = 50
_MASK = (1 << _BITS) - 1
_FACTOR = 0x2545F4914F6CD | 1
_INVERSE = pow(_FACTOR, -1, 1 << _BITS)


def order_id(number: int, salt: int) -> str:
    """The id of the order with that number: 322-XXXX-XXXXXX; `salt` varies it by world."""
    mixed = (number * _FACTOR + salt) & _MASK
    text = "".join(_ALPHABET[(mixed >> shift) & 31] for shift in range(0, _BITS, 5))
    return f"322-{text[:4]}-{text[4:]}"


def order_number(text: str, salt: int) -> int | None:
    """The number behind an order id; None for a text that can't be one."""
    first, _, rest = text.partition("-")
    body = rest.replace("-", "")
    if first != "322" or len(body) != _BITS // 5 or any(c not in _ALPHABET for c in body):
        return None
    mixed = sum(_ALPHABET.index(c) << (5 * n) for n, c in enumerate(body))
    return ((mixed - salt) * _INVERSE) & _MASK


def uuid(rng: random.Random) -> str:
    """A version 4 UUID."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def refund_id(rng: random.Random) -> str:
    """64 hexadecimal digits."""
    return f"{rng.getrandbits(256):064x}"


def tracking_number(number: int, part: int) -> str:
    """A carrier's number for a parcel of the order with that number."""
    return f"1ZSBX{number:011d}{part:02d}"


def tracked_order(text: str) -> int | None:
    """The number of the order that a tracking number belongs to."""
    digits = text[5:16]
    return int(digits) if text.startswith("1ZSBX") and digits.isdecimal() else None
