"""Limits, threads, whom to trust and where things lie, read once from the environment and a TOML file.

Order of precedence: ``UNMASK_*`` variables, then ``unmask.toml`` in the user's configuration folder
(``UNMASK_CONFIG`` names another file), then the defaults below.
"""

import os
from functools import cache
from pathlib import Path

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from unmask.errors import UsageError


class Settings(BaseSettings):
    """What a user or an operator may change; passed on as a value, never looked up from inside."""

    model_config = SettingsConfigDict(env_prefix="UNMASK_", extra="forbid", frozen=True)

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

    @field_validator("trust", "keys", "profile", "models", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        """An empty variable names no file; a tilde is the user's home, as in a shell."""
        if not isinstance(value, str):
            return value
        return Path(value).expanduser() if value else None

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


def config_path() -> Path:
    """Where the user's TOML file is looked for."""
    named = os.environ.get("UNMASK_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("unmask") / "unmask.toml"


def models_folder(settings: Settings) -> Path:
    """Where the user's own models lie; it need not be there."""
    return settings.models or platformdirs.user_data_path("unmask") / "models"


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
        name = "".join(str(part) for part in first["loc"][:1])
        raise UsageError(
            f"The setting '{name}' is {first.get('input')!r}: {first['msg']}. Change UNMASK_{name.upper()} or {config_path()}."
        ) from error
