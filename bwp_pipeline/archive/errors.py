"""What an error of the store means to whoever runs the pipeline.

Belongs here: the error that ends a run, and the words that say what to do.
Does not belong here: errors of records, which are quarantined.
"""


class ArchiveUnreachable(Exception):  # noqa: N818 - the name says what is wrong
    """The archive itself can't be listed or read; the text says what was tried and what to do."""


def unreachable(attempt: str, error: Exception) -> ArchiveUnreachable:
    """The one-line error for a failed attempt at the archive, with what to do about it."""
    # The rest repeats this as a dump of the library's own structures.
    text = " ".join(str(error).partition("Debug source:")[0].split())
    return ArchiveUnreachable(f"can't {attempt}: {remedy(error)} ({text[:500]})")


def remedy(error: Exception) -> str:
    """What to do about an error of the store."""
    text = str(error)
    known = (advice for sign, advice in _REMEDIES if sign in text)
    return next(known, "check BWP_ARCHIVE_URL, AWS_ENDPOINT_URL_S3 and the network")


_DENIED = "access denied: allow s3:ListBucket and s3:GetObject"
_REMEDIES = (
    ("NoSuchBucket", "the bucket does not exist: check BWP_ARCHIVE_URL"),
    ("InvalidAccessKeyId", "the access key is unknown: check the AWS credentials"),
    ("SignatureDoesNotMatch", "the secret key is wrong: check the AWS credentials"),
    ("ExpiredToken", "the AWS credentials have expired: renew them"),
    ("kms:", "decryption denied: allow kms:Decrypt on the bucket's key"),
    ("KMS.", "decryption denied: allow kms:Decrypt on the bucket's key, which must be enabled"),
    ("equester", "the requester pays: set AWS_REQUEST_PAYER=requester"),
    ("configured region", "the bucket is in another region: set AWS_REGION"),
    ("PermanentRedirect", "the bucket is in another region: set AWS_REGION"),
    ("AuthorizationHeaderMalformed", "the bucket is in another region: set AWS_REGION"),
    ("AccessDenied", f"{_DENIED}, for another account's bucket in its policy too"),
    ("403", _DENIED),
    ("SlowDown", "the endpoint is throttling requests: run again later"),
)
