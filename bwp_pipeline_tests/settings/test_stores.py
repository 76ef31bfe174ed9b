import json
from pathlib import Path

import pytest

from bwp_pipeline.settings import Settings
from bwp_pipeline.settings.stores import StoresFileError, read_stores_file, with_credentials


def stores_file(directory: Path, text: str) -> Path:
    path = directory / "stores.yaml"
    path.write_text(text)
    return path


TWO_STORES = """
stores:
  bp-a:
    client_id: ${A_ID}
    client_secret: ${A_SECRET}
    name: Mugs & more
    rate: 5
  bp-b:
    secret: bwp/store-b
    target_id: other-target
"""


def test_credentials_come_from_variables_or_from_a_secret(tmp_path: Path) -> None:
    path = stores_file(tmp_path, TWO_STORES)

    stores = with_credentials(
        read_stores_file(path, {"A_ID": "a", "A_SECRET": "sa"}),
        {"bwp/store-b": json.dumps({"client_id": "b", "client_secret": "sb"})}.__getitem__,
    )

    a, b = stores["bp-a"], stores["bp-b"]
    assert (a.client_id, a.client_secret.get_secret_value()) == ("a", "sa")
    assert (a.target_id, a.name, a.rate) == ("bp-a", "Mugs & more", 5.0)
    assert (b.client_id, b.client_secret.get_secret_value()) == ("b", "sb")
    assert (b.target_id, b.name, b.rate) == ("other-target", "bp-b", None)
    assert "sa" not in repr(a).replace("bp-a", "")


def test_with_a_stores_file_the_single_store_variables_are_not_needed(tmp_path: Path) -> None:
    path = stores_file(tmp_path, "stores: {bp-a: {client_id: a, client_secret: b}}")

    it = Settings.from_environ({"BWP_ARCHIVE_URL": "s3://events/", "BWP_STORES_FILE": str(path)})

    assert list(it.stores) == ["bp-a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stores: [", "is not YAML"),
        ("shops: {}", "must have a mapping 'stores'"),
        ("stores: {bp-a: {client_id: x}}", "needs client_id and client_secret, or secret"),
        ("stores: {bp-a: {secret: x, colour: red}}", "unknown key 'colour'"),
        ("stores: {bp-a: {secret: x, rate: none}}", "needs a rate above 0"),
        (
            "stores: {bp-a: {client_id: '${NOT_SET}', client_secret: x}}",
            "NOT_SET, which is not set",
        ),
    ],
)
def test_a_wrong_stores_file_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StoresFileError, match=message):
        read_stores_file(stores_file(tmp_path, text), {})


@pytest.mark.parametrize("text", ["no json", "[]", '{"client_id": "only"}'])
def test_a_secret_of_another_form_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    stores = read_stores_file(stores_file(tmp_path, "stores: {bp-b: {secret: s}}"), {})

    with pytest.raises(StoresFileError) as raised:
        with_credentials(stores, lambda _: text)

    assert text not in str(raised.value)
