"""The one error of all channels."""


class NotificationError(Exception):
    """A message could not be sent; the text names where to and what was answered, no secret."""
