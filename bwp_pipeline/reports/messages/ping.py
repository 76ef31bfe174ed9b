"""A sign of life to an address that raises the alarm when none arrives.

Here belongs asking that address. Who watches it, and when it alarms, is set there.
"""

from urllib.parse import urlsplit, urlunsplit

import httpx


def ping(url: str, *, has_failed: bool) -> str | None:
    """Ask the address with GET, with `/fail` appended to its path after a failed run.

    Returns:
        What went wrong, without the address, which is a secret; None when all is well.
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/") + "/fail" if has_failed else parts.path
    try:
        answer = httpx.get(urlunsplit(parts._replace(path=path)), timeout=10)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"BWP_PING_URL could not be reached: {type(error).__name__}"
    return f"BWP_PING_URL answered {answer.status_code}" if answer.is_error else None
