"""Stores: which credentials belong to which business product.

Belongs here: the stores file and what it may say. Does not belong here: fetching a secret from
AWS (the caller brings a function that can) or asking for tokens (`api/auth.py`).
"""

import json
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_KEYS = frozenset({"client_id", "client_secret", "secret", "target_id", "name", "rate"})


class _UniqueKeys(yaml.SafeLoader):
    """Refuses duplicate keys: YAML would keep the last one, and a store would be lost."""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 -- as yaml calls it
    ) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise StoresFileError(f"contains the key {str(key)[:80]!r} twice")
        return super().construct_mapping(node, deep)


class StoresFileError(ValueError):
    """The stores file or a secret that it names can't be used; one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One store's access to the API.

    `secret` names an entry of AWS Secrets Manager that holds the credentials; then `client_id` and
    `client_secret` are empty until `with_credentials` has filled them. `rate` is requests a second.
    """

    business_product_id: str
    client_id: str
    client_secret: SecretStr
    target_id: str
    name: str
    rate: float | None
    secret: str | None = None


def read_stores_file(path: Path, variables: Mapping[str, str]) -> dict[str, Store]:
    """Read the stores by business product id; `${NAME}` in a value is taken from `variables`.

    Raises:
        StoresFileError: When the file is missing, not YAML, or a store in it is incomplete.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)  # noqa: S506 -- a safe loader
    except OSError as error:
        raise StoresFileError(f"can't be read: {path}: {error.strerror}") from None
    except StoresFileError:
        raise
    except (yaml.YAMLError, ValueError, RecursionError):
        # A YAML error quotes the line, which may hold a secret.
        raise StoresFileError(f"is not YAML: {path}") from None
    stores = content.get("stores") if isinstance(content, dict) else None
    if not isinstance(stores, dict) or not stores:
        raise StoresFileError(f"must have a mapping 'stores' with at least one store: {path}")
    for key in stores:
        if not isinstance(key, str) or not key.isprintable():
            raise StoresFileError(f"needs the store's id in quotes: {str(key)[:80]!r}")
    return {key: _store(key, value, variables) for key, value in stores.items()}


def with_credentials(
    stores: Mapping[str, Store], read_secret: Callable[[str], str]
) -> dict[str, Store]:
    """Fill in the credentials of stores that name a secret.

    Args:
        stores: Stores by business product id.
        read_secret: Gives a secret's text, JSON with `client_id` and `client_secret`, by its name.

    Raises:
        StoresFileError: When a secret's text is not of that form.
    """
    return {key: _filled(store, read_secret) for key, store in stores.items()}


def _filled(store: Store, read_secret: Callable[[str], str]) -> Store:
    if store.secret is None:
        return store
    text = read_secret(store.secret)
    try:
        credentials = json.loads(text)
        client_id, client_secret = credentials["client_id"], credentials["client_secret"]
    except (ValueError, KeyError, TypeError):
        raise StoresFileError(
            f"the secret {store.secret!r} must be JSON with client_id and client_secret"
        ) from None
    return replace(store, client_id=str(client_id), client_secret=SecretStr(str(client_secret)))


def _store(key: str, entry: Any, variables: Mapping[str, str]) -> Store:  # noqa: ANN401 -- YAML
    if not isinstance(entry, dict):
        raise StoresFileError(f"store {key} must be a mapping")
    unknown = sorted(set(map(str, entry)) - _KEYS)
    if unknown:
        raise StoresFileError(f"store {key} has an unknown key {unknown[0]!r}")
    for name, value in entry.items():
        is_text = isinstance(value, str) or value is None
        if not is_text and not (name == "rate" and type(value) in {int, float}):
            # YAML reads 0123 as 83: what it made of a text is not the text.
            raise StoresFileError(f"store {key} needs its {name} in quotes")
    values = {
        name: _expanded(key, str(text), variables)
        for name, text in entry.items()
        if text is not None
    }
    if not values.get("name", key).isprintable():
        raise StoresFileError(f"store {key} needs a name of printable characters")
    secret = values.get("secret")
    if secret is None and not (values.get("client_id") and values.get("client_secret")):
        raise StoresFileError(f"store {key} needs client_id and client_secret, or secret")
    return Store(
        business_product_id=key,
        client_id=values.get("client_id", ""),
        client_secret=SecretStr(values.get("client_secret", "")),
        target_id=values.get("target_id", key),
        name=values.get("name", key),
        rate=_rate(key, values.get("rate")),
        secret=secret,
    )


def _rate(key: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < float("inf"):
        raise StoresFileError(f"store {key} needs a rate above 0, not {text!r}")
    return rate


def _expanded(key: str, text: str, variables: Mapping[str, str]) -> str:
    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if not variables.get(name):
            raise StoresFileError(f"store {key} refers to the variable {name}, which is not set")
        return variables[name]

    return _VARIABLE.sub(value_of, text)
