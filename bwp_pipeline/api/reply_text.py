r"""From a reply's bytes to JSON text that every later reader accepts.

Belongs here: encodings and characters that break readers. Does not belong here: what the JSON says.

What is broken is replaced by U+FFFD: bytes that are not UTF-8, half a surrogate pair (`\ud83d`
alone) and the NUL character, at which some readers end a text.
"""

import json
import re

_SUSPECT = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_ESCAPE = re.compile(
    r"\\(?:"
    r"(?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<broken>u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))"
    r"|.)",
    re.DOTALL,
)


def reply_text(content: bytes) -> str:
    """The text of a reply, without a byte order mark and with broken characters replaced."""
    encoding = json.detect_encoding(content)
    text = content.decode(encoding, errors="replace").removeprefix("\ufeff")
    if _SUSPECT.search(text):
        text = _ESCAPE.sub(lambda found: r"\ufffd" if found["broken"] else found[0], text)
    return text
