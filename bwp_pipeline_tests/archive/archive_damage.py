"""Objects as an archive may hold them, damaged in a few places, the same again for a seed."""

import random

from bwp_pipeline_tests.archive.archive_wrappings import COMPRESSIONS, FRAMINGS, WRAPPERS
from bwp_pipeline_tests.examples.archive_samples import body, event

TOKENS = [
    b"{", b"}", b"[", b"]", b'"', b"\\", b"\\n", b"}{", b"}\n{", b",", b":", b"\0", b"\n", b"\xff",
    b"\xef\xbb\xbf", b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"\xff\x06\x00\x00sNaPpY",
    b"PAR1", b"ORC", b'{"detail-type":', b'{"Records":[', b'"body":', b"\x00\x00\x00\x01",
    b"\\ud800", b"1e999", b"2026-11-19T04:05:06Z ", b"{" * 2_000, b"[" * 2_000,
    b'{"a":' * 2_000, b" " * 5_000,
]  # fmt: skip


def damaged(seed: int) -> bytes:
    """An object as an archive may hold it, then damaged in a few places."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    count = chance.choice([0, 1, 2, 5, 50, 200])
    records: list[object] = [
        event(number, detail=chance.choice([{}, body(number), None, "{"]))
        for number in range(count)
    ]
    wrap, framed = chance.choice([*WRAPPERS.values()]), chance.choice([*FRAMINGS.values()])
    compress = chance.choice([*COMPRESSIONS.values()])
    content = framed(wrap(records))
    if chance.random() < 0.7:
        content = _damage(content, chance)
    content = compress(content)
    if chance.random() < 0.5:
        content = _damage(content, chance)
    return content


def _damage(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice([1, 1, 2, 5])):
        start = chance.randint(0, len(content))
        end = min(len(content), start + chance.choice([0, 1, 1, 4, 64, 100_000]))
        new = chance.choice(
            [b"", chance.randbytes(chance.choice([1, 4, 64])), chance.choice(TOKENS)]
        )
        if chance.random() < 0.2:
            new = content[chance.randint(0, len(content)) :]
        content = content[:start] + new + content[end:]
    return content
