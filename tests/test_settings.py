from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from unmask.errors import UsageError
from unmask.settings import ServiceSettings, Settings, config_path, models_folder, settings


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A configuration file of this test's own, not yet there."""
    monkeypatch.setenv("UNMASK_CONFIG", str(tmp_path / "unmask.toml"))
    settings.cache_clear()
    yield tmp_path / "unmask.toml"
    settings.cache_clear()


def test_without_a_file_or_a_variable_the_defaults_hold() -> None:
    assert settings() == Settings()
    assert settings().max_people == 8


def test_the_file_overrides_the_defaults(own_settings: Path) -> None:
    own_settings.write_text('max_people = 3\nsandbox = "limits"\n')
    assert (settings().max_people, settings().sandbox) == (3, "limits")


def test_a_variable_overrides_the_file(own_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_settings.write_text("max_people = 3\n")
    monkeypatch.setenv("UNMASK_MAX_PEOPLE", "5")
    assert settings().max_people == 5


def test_they_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings()
    monkeypatch.setenv("UNMASK_MAX_PEOPLE", "5")
    assert settings() is first


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_PEOPLE", "0"),
        ("MAX_PEOPLE", "many"),
        ("MAX_SECONDS", "-1"),
        ("SANDBOX", "none"),
        ("THREADS", "-2"),
        ("DECODE_MEMORY_BYTES", "1000"),
    ],
)
def test_a_value_out_of_range_is_a_usage_error_with_name_value_and_way_out(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"UNMASK_{name}", value)
    with pytest.raises(UsageError) as caught:
        settings()
    assert f"'{name.lower()}' is '{value}'" in str(caught.value)
    assert f"Change UNMASK_{name} or " in str(caught.value)


def test_an_unknown_name_in_the_file_is_a_usage_error(own_settings: Path) -> None:
    own_settings.write_text("max_peple = 3\n")
    with pytest.raises(UsageError, match="max_peple"):
        settings()


def test_files_to_trust_and_keys_are_named_by_variable_or_file(
    own_settings: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own_settings.write_text('trust = "anchors.pem"\nkeys = "~/keys"\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    assert (settings().trust, settings().keys) == (Path("anchors.pem"), tmp_path / "keys")
    settings.cache_clear()
    monkeypatch.setenv("UNMASK_KEYS", "")
    assert settings().keys is None


def test_the_folder_of_models_is_named_by_variable_or_lies_among_the_users_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("UNMASK_MODELS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert models_folder(settings()) == tmp_path / "unmask" / "models"
    settings.cache_clear()
    monkeypatch.setenv("UNMASK_MODELS", str(tmp_path / "mine"))
    assert models_folder(settings()) == tmp_path / "mine"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().max_people = 3


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_file_is_where_the_variable_says(own_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config_path() == own_settings
    monkeypatch.delenv("UNMASK_CONFIG")
    assert config_path().name == "unmask.toml"


def test_a_file_of_settings_that_is_no_text_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "unmask.toml"
    broken.write_bytes(b"\xff\xfe[")
    monkeypatch.setenv("UNMASK_CONFIG", str(broken))
    settings.cache_clear()
    with pytest.raises(UsageError, match="cannot be read"):
        settings()


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://a.example/",
            "a.example",
            "https://",
            "https:///x",
            "https://a.example:0/",
            "https://a.example:99999/",
        ),
        *("https://user:word@a.example/", "https://a.example/#x", "https://a.example/\r\nx: y", "https://ä.example/"),
        *(
            "https://a.example /",
            "https://[::1/",
            "https://[:::]/",
            "javascript:x",
            "",
            "https://a.example/" + "x" * 2000,
        ),
    ],
)
def test_an_address_that_no_webhook_can_have_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="webhooks"):
        ServiceSettings.model_validate({"webhooks": [url], "webhook_secret": "s" * 16})


@pytest.mark.parametrize("url", ["https://a.example", "http://a.example:81/x?y=z", "https://[2001:db8::1]:8/x"])
def test_an_address_that_a_webhook_can_have_is_taken(url: str) -> None:
    made = ServiceSettings.model_validate({"webhooks": [url], "webhook_secret": "s" * 16})
    assert made.webhooks == (url,)


def test_webhooks_need_a_secret_and_are_at_most_eight() -> None:
    with pytest.raises(ValidationError, match="need a secret"):
        ServiceSettings.model_validate({"webhooks": ["https://a.example"]})
    with pytest.raises(ValidationError, match="at most 8"):
        ServiceSettings.model_validate({"webhooks": ["https://a.example"] * 9, "webhook_secret": "s" * 16})
    assert ServiceSettings().webhooks == ()


def test_a_secret_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNMASK_SERVE__WEBHOOK_SECRET", "sesame")
    with pytest.raises(UsageError, match=r"'serve\.webhook_secret' is not taken: .*at least 16") as error:
        settings()
    assert "sesame" not in str(error.value)
    assert "sesame" not in repr(ServiceSettings.model_validate({"webhook_secret": "open sesame, open"}))
