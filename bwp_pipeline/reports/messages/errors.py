"""The one error of all channels."""


class NotificationError(Exception):
    """A message could not be sent; the text says where to and why, without secrets."""
