"""Limits, threads, whom to trust and where things lie, read once from the environment and a TOML file.

Order of precedence: ``UNMASK_*`` variables, then ``unmask.toml`` in the user's configuration folder
(``UNMASK_CONFIG`` names another file), then the defaults below.
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from unmask.errors import UsageError

WEBHOOK = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?([/?][!$-~]*)?", re.ASCII)
"""Where a webhook may lie: no user, no password, no fragment."""


class ServiceSettings(BaseModel):
    """What an operator of `unmask serve` may change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path | None = Field(
        default=None, description="Where media and results lie; without it a folder among the user's data."
    )
    database: str | None = Field(
        default=None, pattern="^postgresql", description="postgresql://…; without it a file in the folder."
    )
    storage: str | None = Field(
        default=None, description="s3://BUCKET/PREFIX or file:///FOLDER for media and results; without it the folder."
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=8420, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    hosts: tuple[str, ...] = Field(default=(), description="Further names under which the service is reached.")
    workers: int = Field(default=1, ge=0, le=64, description="Processes that examine files.")
    upload_stall_seconds: float = Field(default=30.0, gt=0, description="Longest wait for the next bytes of a file.")
    upload_least_rate: float = Field(
        default=10_000.0, ge=0, description="Bytes a second that an upload keeps up after its first minute."
    )
    request_seconds: float = Field(default=20.0, gt=0, description="Longest wait for a request to come, files apart.")
    connections: int = Field(default=500, ge=1, description="Most connections at once; listeners hold one each.")
    lease_seconds: float = Field(
        default=30.0, gt=0, description="A worker silent for so long loses the file that it examines."
    )
    grace_seconds: float = Field(default=20.0, ge=0, description="What workers have to lay down their work at the end.")
    keep_days: float | None = Field(
        default=None, gt=0, description="Days after which files are dropped, not their results; None keeps them."
    )
    behind_tls_proxy: bool = Field(
        default=False, description="Whether a proxy before the service speaks TLS; needed where others reach it."
    )
    requests_per_second: float = Field(
        default=500.0, gt=0, description="Requests that a key, or an address without one, may make; files count for 5."
    )
    most_waiting: int = Field(default=1000, ge=1, description="Checks of one key that may wait at once.")
    webhooks: tuple[Annotated[str, Field(max_length=2000)], ...] = Field(
        default=(), max_length=8, description="http(s)://… of programs that are told when a check is over."
    )
    webhook_secret: SecretStr | None = Field(
        default=None,
        min_length=16,
        validate_default=True,
        description="By which they know that the service tells them.",
    )
    webhooks_private: bool = Field(default=False, description="Whether webhooks may lie in the operator's own network.")

    @field_validator("folder", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        """As for the files that the settings name."""
        return _named_path(value)

    @field_validator("storage")
    @classmethod
    def _given(cls, value: str | None) -> str | None:
        """An empty variable names no place."""
        return value or None

    @field_validator("webhooks")
    @classmethod
    def _reachable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for url in value:
            if WEBHOOK.fullmatch(url) is None:
                raise ValueError("write http(s)://HOST/PATH, in ASCII and without a password or a fragment")
            if urlsplit(url).port == 0:  # of other ports that are none, urlsplit says so itself
                raise ValueError("port 0 cannot be reached")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _needed(cls, value: SecretStr | None, given: Any) -> SecretStr | None:
        if value is None and given.data.get("webhooks"):
            raise ValueError("webhooks are set, which need a secret of at least 16 characters")
        return value

    @property
    def names(self) -> tuple[str, ...]:
        """Names and addresses under which requests may ask for the service."""
        return ("127.0.0.1", "::1", "localhost", self.host, *self.hosts)


class Settings(BaseSettings):
    """What a user or an operator may change; passed on as a value, never looked up from inside."""

    model_config = SettingsConfigDict(env_prefix="UNMASK_", env_nested_delimiter="__", extra="forbid", frozen=True)

    max_bytes: int = Field(default=4 * 1024**3, gt=0, description="Largest file, bytes.")
    max_pixels: int = Field(default=4096 * 2304, gt=0, description="Largest video frame, pixels.")
    max_image_pixels: int = Field(default=64_000_000, gt=0, description="Largest still, pixels.")
    max_seconds: float = Field(default=2 * 3600.0, gt=0, description="Longest film, seconds.")
    decode_memory_bytes: int = Field(default=2 * 1024**3, ge=1024**3, description="Memory of the decoding process.")
    decode_wall_seconds: float = Field(default=4 * 3600.0, gt=0, description="Longest time one file may decode.")
    stall_seconds: float = Field(default=60.0, gt=0, description="Longest wait for the next frame.")
    sandbox: str = Field(
        default="auto", pattern="^(auto|bubblewrap|landlock|limits)$", description="Least level wanted."
    )
    threads: int = Field(default=0, ge=0, description="Threads of the decoder; 0 lets it choose by picture size.")
    max_people: int = Field(default=8, gt=0, description="People followed at once; the largest faces are.")
    fast: bool = Field(default=False, description="Few views of a face, and nothing of what changes between frames.")
    trust: Path | None = Field(default=None, description="PEM file of the certificates whose signers are trusted.")
    keys: Path | None = Field(default=None, description="Key folder of the institution whose marks are looked for.")
    profile: Path | None = Field(default=None, description="Profile of the user's own real clips to judge by.")
    models: Path | None = Field(
        default=None, description="Folder of the models that the user brought; without it one among the user's data."
    )
    serve: ServiceSettings = Field(default=ServiceSettings(), description="Of `unmask serve`.")

    @field_validator("trust", "keys", "profile", "models", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        """An empty variable names no file; a tilde is the user's home, as in a shell."""
        return _named_path(value)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over TOML over defaults."""
        path = config_path()
        readable = os.path.exists(path)  # False, not an error, where the folder is not ours to look into
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path if readable else None)


def _named_path(value: object) -> object:
    if not isinstance(value, str):
        return value
    return Path(value).expanduser() if value else None


def config_path() -> Path:
    """Where the user's TOML file is looked for."""
    named = os.environ.get("UNMASK_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("unmask") / "unmask.toml"


def models_folder(settings: Settings) -> Path:
    """Where the user's own models lie; it need not be there."""
    return settings.models or platformdirs.user_data_path("unmask") / "models"


def service_folder(settings: Settings) -> Path:
    """Where media and results of `unmask serve` lie; it need not be there."""
    return settings.serve.folder or platformdirs.user_data_path("unmask") / "service"


def with_service(chosen: Settings, given: Mapping[str, object]) -> Settings:
    """The settings with what a call names for the service instead; None is not named.

    Raises:
        UsageError: A value is out of range.
    """
    named = {name: value for name, value in given.items() if value is not None}
    try:
        serve = ServiceSettings.model_validate({**chosen.serve.model_dump(), **named})
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"--{first['loc'][0]} is {first.get('input')!r}: {first['msg']}.") from error
    return chosen.model_copy(update={"serve": serve})


@cache
def settings() -> Settings:
    """The settings of this process, read once.

    Raises:
        UsageError: A value is out of range or a name unknown.
    """
    try:
        return Settings()
    except (OSError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise UsageError(
                f"The settings in {config_path()} cannot be read: {error}. Mend or remove the file."
            ) from error
        first = error.errors()[0]
        named = [str(part) for part in first["loc"] if not isinstance(part, int)]
        value = "not taken" if named[-1].endswith("secret") else repr(first.get("input"))
        raise UsageError(
            f"The setting '{'.'.join(named)}' is {value}: {first['msg']}. "
            f"Change UNMASK_{'__'.join(named).upper()} or {config_path()}."
        ) from error
