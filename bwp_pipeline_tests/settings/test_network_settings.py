"""Proxies and certificates as the environment names them."""

from pathlib import Path

import pytest

from bwp_pipeline.settings import SettingsError
from bwp_pipeline.settings.network import check_network, proxy_for, trusted_certificates

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("url", "no_proxy", "direct"),
    [
        ("https://api.example.com/graphql", "", False),
        ("https://api.example.com/graphql", "example.com", True),
        ("https://api.example.com/graphql", ".example.com", True),
        ("https://api.example.com/graphql", "*.example.com", True),
        ("https://api.example.com/graphql", "ample.com", False),
        ("https://api.example.com/graphql", "other, api.example.com:443", True),
        ("https://api.example.com/graphql", "api.example.com:8443", False),
        ("https://api.example.com/graphql", "*", True),
        ("https://10.1.2.3/graphql", "10.0.0.0/8", True),
        ("https://10.1.2.3/graphql", "192.168.0.0/16", False),
        ("http://[::1]:8000/graphql", "[::1]", True),
        ("http://[::1]:8000/graphql", "::1", True),
        ("http://[::1]:8000/graphql", "[::1]:8000", True),
        ("http://[::1]:8000/graphql", "[::1]:9000", False),
        ("http://[fe80::1]:8000/graphql", "fe80::/10", True),
        ("https://api.example.com/graphql", "[::1],fe80::/10,[nonsense,10.0.0.0/99,:,[]", False),
    ],
)
def test_no_proxy_names_hosts_addresses_and_networks(
    url: str,
    no_proxy: str,
    direct: bool,  # noqa: FBT001 -- a parameter of the table above
) -> None:
    environ = {"HTTPS_PROXY": PROXY, "HTTP_PROXY": PROXY, "NO_PROXY": no_proxy}

    assert proxy_for(url, environ) == (None if direct else PROXY)


def test_the_schemes_own_proxy_goes_before_the_one_for_all() -> None:
    environ = {"ALL_PROXY": "http://all:1", "https_proxy": "own:2", "http_proxy": "http://plain:3"}

    assert proxy_for("https://api.example.com/", environ) == "http://own:2"
    assert proxy_for("https://api.example.com/", {"ALL_PROXY": "http://all:1"}) == "http://all:1"
    assert proxy_for("https://api.example.com/", {}) is None


@pytest.mark.parametrize(
    "value",
    [
        "ftp://user:hidden@proxy",
        "http://",
        "http://user:hidden@proxy:99999",
        "http://user:hidden@[::1",
        "socks5://user:hidden@proxy:1080",
    ],
)
@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy"])
def test_a_proxy_that_cannot_be_used_is_one_line_that_names_the_variable_only(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bwp_pipeline.settings.network.find_spec", lambda _: None)
    with pytest.raises(SettingsError) as raised:
        check_network(["https://api.example.com/"], {variable: value})

    assert raised.value.variable == variable
    assert "hidden" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_certificates_that_are_not_there_are_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    for variable, value in (
        ("SSL_CERT_FILE", tmp_path / "none.pem"),
        ("SSL_CERT_FILE", broken),
        ("SSL_CERT_FILE", tmp_path),
        ("SSL_CERT_DIR", tmp_path / "none"),
    ):
        with pytest.raises(SettingsError) as raised:
            trusted_certificates({variable: str(value)})
        assert raised.value.variable == variable
        assert "\n" not in str(raised.value)
