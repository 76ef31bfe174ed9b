"""`bwp doctor`: whether everything that a daily run needs is there, and what to do if not.

Belongs here: the order of the examinations and what a person reads. Does not belong here: the
examinations, a module for each kind of thing, or mending anything.
"""

from collections.abc import Callable, Iterator, Sequence

from bwp_pipeline.api import FetchStoppedError
from bwp_pipeline.archive import ArchiveUnreachable
from bwp_pipeline.commands.arguments import OneLineParser
from bwp_pipeline.commands.doctor import accounts, machine, stored
from bwp_pipeline.commands.doctor.finding import Finding, Level
from bwp_pipeline.commands.exits import Exit
from bwp_pipeline.defs.resources import Installation
from bwp_pipeline.reports.messages.telling import send_test
from bwp_pipeline.settings import Settings, SettingsError
from bwp_pipeline.settings.stores import StoresFileError

EXAMINATIONS: dict[str, Callable[[Installation], Iterator[Finding]]] = {
    "settings": machine.settings_known,
    "live page": machine.live_page,
    "archive": stored.archive,
    "API": accounts.credentials,
    "network": accounts.network,
    "lake": stored.lake,
    "stores": stored.stores,
    "clock": machine.clock,
    "disk": machine.disk,
    "permissions": machine.permissions,
    "messages": accounts.channels,
}


def main(words: Sequence[str]) -> int:
    """Examine what a daily run needs, a line for each finding; fails if one is wrong."""
    parser = OneLineParser(
        prog="bwp doctor",
        description=(
            "Check settings, archive, API credentials, lake, disk and channels. Whatever is not"
            " well has a line that says what to do."
        ),
    )
    parser.add_argument(
        "--send-test", action="store_true", help="also send a test by e-mail and to Slack"
    )
    arguments = parser.parse_args(words)
    return examine(Settings.from_environ(), try_channels=arguments.send_test)


def examine(settings: Settings, *, try_channels: bool = False) -> int:
    """Examine everything and print a line for each finding.

    Returns:
        `Exit.DONE` if a daily run can work, even if there is something to look at.
    """
    installation = Installation(lambda: settings)
    is_well = True
    for name, examination in EXAMINATIONS.items():
        for finding in _findings(examination, installation):
            print(f"{finding.level:<5} {name}: {finding.words}", flush=True)
            is_well = is_well and finding.level is not Level.WRONG
    for channel, problem in send_test(settings.channels) if try_channels else ():
        level = Level.WRONG if problem else Level.OK
        print(f"{level:<5} {channel}: {problem or 'a test was sent'}")
        is_well = is_well and problem is None
    return Exit.DONE if is_well else Exit.FAILED


def _findings(
    examination: Callable[[Installation], Iterator[Finding]], installation: Installation
) -> Iterator[Finding]:
    """The findings; an error that ends an examination is one too, so the others go on."""
    try:
        yield from examination(installation)
    except (ArchiveUnreachable, FetchStoppedError, StoresFileError, SettingsError) as error:
        yield Finding(Level.WRONG, str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        yield Finding(Level.WRONG, f"{place}{error.strerror or error}")
