"""Damaged objects of every kind, at random: nothing crashes, hangs, or loses account of records.

    BWP_TEST_FUZZ_SECONDS=600 pytest bwp_pipeline_tests/archive/test_archive_fuzz.py

runs it for ten minutes. A failure names the seed; `damaged(seed)` is its object.
"""

import itertools
import os
import resource
import time

from bwp_pipeline_tests.archive.archive_damage import damaged
from bwp_pipeline_tests.examples.archive_samples import read

SECONDS = float(os.environ.get("BWP_TEST_FUZZ_SECONDS", "5"))
LIMIT = 5_000_000


def test_damaged_objects_are_read_in_bounded_time_and_memory_with_nothing_unaccounted() -> None:
    started = time.monotonic()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in itertools.count(int(os.environ.get("BWP_TEST_FUZZ_SEED", "0"))):
        if time.monotonic() - started > SECONDS:
            break
        content = damaged(seed)
        begun = time.monotonic()
        try:
            counts, events, quarantine = read(content, limit=LIMIT)
            total = counts.events + counts.quarantined + counts.others.total()
            assert total > 0
            indexes = [row["record_index"] for row in (*events, *quarantine)]
            assert len(set(indexes)) == len(indexes)
            assert all(0 <= index < total for index in indexes)
            if len(content) < 10_000:
                again = read(content, 1 + seed % 997, limit=LIMIT)
                assert again[1:] == (events, quarantine)
                assert again[0] == counts
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
        assert time.monotonic() - begun < 20, f"seed {seed} takes long"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300_000
