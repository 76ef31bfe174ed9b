"""What is sent to people, and when: the report's digest and the outcome of a run.

Here belong why something is sent, the words, and the sending, a module a channel. What a digest
holds is `reports.digest`'s; credentials come from the caller and never appear in an error.
"""

from bwp_pipeline.reports.messages.outcome import Outcome, Trouble
from bwp_pipeline.reports.messages.sent import Sent
from bwp_pipeline.reports.messages.telling import send_test, tell_digest, tell_pause, tell_run

__all__ = ["Outcome", "Sent", "Trouble", "send_test", "tell_digest", "tell_pause", "tell_run"]
