"""One limit for all who ask the API for a store, on however many machines.

Belongs here: giving each a part.
Does not belong here: keeping to it (`pace.py`), knowing the others (`bwp_pipeline/lease.py`).
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import quote

from obstore.exceptions import BaseError

from bwp_pipeline.api.pace import Pace
from bwp_pipeline.lake import Lake
from bwp_pipeline.lease import Lease

# Renewing takes a while too, and the others must have renewed theirs by then.
_GRACE = 2.0


@asynccontextmanager
async def shared(pace: Pace, lake: Lake, store_id: str) -> AsyncIterator[None]:
    """Keep `pace` at an equal part of its limit while others ask for the same store.

    A newcomer waits until the others know about it. A process that can't renew its lease for long
    starts no more requests until it can.

    Args:
        pace: What keeps requests apart.
        lake: Where all who share the limit meet.
        store_id: The store's business product id.
    """
    lease = Lease(lake.store, f"api/{quote(store_id, safe='')}")
    holders = await asyncio.to_thread(lease.renew)
    pace.share(holders)
    if holders > 1:
        await asyncio.sleep(lease.renewed_every + _GRACE)
    renewing = asyncio.create_task(_renew(pace, lease))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(BaseError, OSError):
            await asyncio.to_thread(lease.end)


async def _renew(pace: Pace, lease: Lease) -> None:
    renewed_at = time.monotonic()
    while True:
        await asyncio.sleep(lease.renewed_every)
        begun = time.monotonic()
        try:
            pace.share(await asyncio.to_thread(lease.renew))
        except (BaseError, OSError):
            if time.monotonic() - renewed_at > lease.ends_after - lease.renewed_every - _GRACE:
                pace.hold(2 * lease.renewed_every)
        else:
            if begun - renewed_at > lease.ends_after:
                # It had ended, and the others do not know yet that it is there again.
                pace.hold(lease.renewed_every + _GRACE)
            renewed_at = begun
