"""What the environment says about the way to a server: proxies and trusted certificates.

Belongs here: reading `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and
`SSL_CERT_DIR`. Does not belong here: connecting.
"""

import ssl
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import httpx

from bwp_pipeline.settings.environ import SettingsError

_PORTS = {"http": 80, "https": 443}
_SCHEMES = ("http", "https", "socks5", "socks5h")
_EXAMPLE = "http://proxy.example.com:3128"


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as httpx matches them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def check_network(urls: Iterable[str], environ: Mapping[str, str]) -> None:
    """Check that these URLs can be asked for as the environment wants.

    Raises:
        SettingsError: A proxy or the certificates can't be used.
    """
    for url in urls:
        proxy_for(url, environ)
    if any(environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")):
        trusted_certificates(environ)


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """The proxy through which this URL is asked for, None where it is asked directly.

    `NO_PROXY` names hosts (with their subdomains), IPv4 and IPv6 addresses, with or without
    brackets, networks such as `fe80::/10`, each with or without a port, or `*`.

    Raises:
        SettingsError: The variable that applies is not a usable proxy URL.
    """
    target = urlsplit(url)
    names = (f"{target.scheme}_proxy", "all_proxy")
    variable = next((v for n in names for v in (n, n.upper()) if environ.get(v, "").strip()), None)
    if variable is None or _is_direct(target, environ):
        return None
    value = environ[variable].strip()
    proxy = value if "://" in value else f"http://{value}"
    # A proxy's URL may hold a password, so it is not shown.
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
        httpx.Proxy(proxy)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise SettingsError(variable, "is not a usable proxy URL", _EXAMPLE)
    if parts.scheme.startswith("socks") and find_spec("socksio") is None:
        raise SettingsError(
            variable,
            "names a SOCKS proxy, which needs another package (pip install socksio)",
            _EXAMPLE,
        )
    return proxy


def trusted_certificates(environ: Mapping[str, str]) -> ssl.SSLContext:
    """The certificates that a server's is checked against.

    Raises:
        SettingsError: `SSL_CERT_FILE` or `SSL_CERT_DIR` names no usable certificates.
    """
    file, directory = (environ.get(name, "").strip() for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
    if file:
        try:
            return ssl.create_default_context(cafile=file)
        except (OSError, ValueError):
            raise SettingsError(
                "SSL_CERT_FILE",
                f"names {file!r}, which can't be read as certificates (PEM)",
                "/etc/ssl/certs/ca-certificates.crt",
            ) from None
    if directory:
        if not Path(directory).is_dir():
            raise SettingsError(
                "SSL_CERT_DIR", f"names {directory!r}, which is not a directory", "/etc/ssl/certs"
            )
        return ssl.create_default_context(capath=directory)
    return _usual_certificates()


@cache
def _usual_certificates() -> ssl.SSLContext:
    """Those that come with httpx and don't change; reading them takes as long as some requests."""
    return httpx.create_ssl_context(trust_env=False)


def _is_direct(target: SplitResult, environ: Mapping[str, str]) -> bool:
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    return any(_covers(entry.strip().lower(), target) for entry in listed.split(","))


def _covers(entry: str, target: SplitResult) -> bool:
    host = (target.hostname or "").lower()
    if entry == "*":
        return True
    name, port = _split_port(entry)
    if not name or (port and port != str(target.port or _PORTS.get(target.scheme))):
        return False
    try:
        address = ip_address(host)
    except ValueError:
        name = name.lstrip("*").lstrip(".")
        return bool(name) and (host == name or host.endswith(f".{name}"))
    try:
        return address in ip_network(name, strict=False)
    except ValueError:
        return False


def _split_port(entry: str) -> tuple[str, str]:
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, rest.removeprefix(":")
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, port
    # No port, or an IPv6 address without brackets.
    return entry, ""
