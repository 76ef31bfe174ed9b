"""The one source of chance in a sandbox: seeded, so that the same world comes again.

Nothing here knows what is thrown for; rates belong to the modules that use them.
"""

import random


class Dice(random.Random):
    """Random numbers that follow from a seed: an integer, or a text such as `7/products`."""

    def happens(self, rate: float) -> bool:
        """True in that share of throws."""
        return self.random() < rate

    def uuid(self) -> str:
        """A version 4 UUID."""
        digits = f"{self.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def hex64(self) -> str:
        """64 hexadecimal digits, as refunds are named."""
        return f"{self.getrandbits(256):064x}"
