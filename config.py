"""Settings: what differs by machine or by office, read once from the environment into a frozen value."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
UNSAFE_KEY = "only for development: change me before anybody else can reach this hub"
INVENTED = ("office_telephone", "office_email", "mail_from")  # their defaults belong to nobody


class UnsafeSettings(RuntimeError):
    """The hub refuses to start with these settings; the message names each fault."""


@dataclass(frozen=True, slots=True)
class Settings:
    hub_env: str = "development"  # development | test | production
    secret_key: str = UNSAFE_KEY
    database_url: str = f"sqlite:///{ROOT / 'instance' / 'partnerhub.db'}"
    public_url: str = "http://127.0.0.1:8000"
    instance_folder: str = str(ROOT / "instance")
    proxies: int = 0  # how many proxies in front may be believed about the caller's address
    office_name: str = "Partner hub"
    office_colour: str = "#1d4f91"
    office_telephone: str = "0116 555 0100"
    office_email: str = "grants@office.example"
    office_hours: str = "Monday to Friday, 9am to 5pm"
    smtp_host: str = ""  # empty: mail lands as files under the instance folder
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: bool = True
    scanner: str = ""  # a clamd that files are checked with: host:port, or the path of its socket; empty: they are not
    mail_from: str = "no-reply@office.example"
    max_form: int = 2 * 1024 * 1024  # everything typed in one request
    max_body: int = 30 * 1000 * 1000  # with a file
    flask_debug: str = ""  # Flask reads it by itself: whoever meets an error would be shown the program

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ, overrides: Mapping[str, object] | None = None) -> Settings:
        """Every field is an environment variable of the same name in capitals; `overrides` win, those of other names are left to Flask."""
        read: dict[str, object] = {field.name: environ[field.name.upper()] for field in fields(cls) if field.name.upper() in environ}
        kinds = {field.name: field.type for field in fields(cls)}
        read.update({key.lower(): value for key, value in (overrides or {}).items() if key.lower() in kinds})
        values = {name: _as(str(kinds[name]), name, value) for name, value in read.items()}
        return replace(cls(), **values)

    @property
    def production(self) -> bool:
        return self.hub_env == "production"

    @property
    def office(self) -> dict[str, str]:
        """What pages and letters say about the office."""
        return {each: getattr(self, f"office_{each}") for each in ("name", "colour", "telephone", "email", "hours")}

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    @property
    def files_folder(self) -> Path:
        """Where files that people send lie."""
        return Path(self.instance_folder, "files")

    @property
    def sqlalchemy_url(self) -> str:
        """SQLAlchemy's spelling: plain `postgresql://` means psycopg 3 here."""
        for prefix in ("postgres://", "postgresql://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url[len(prefix) :]
        return self.database_url

    def faults(self) -> list[str]:
        """Why these settings must not be used."""
        found = []
        if self.hub_env not in ("development", "test", "production"):
            found.append(f"HUB_ENV is {self.hub_env!r}: use development, test or production")
        if re.fullmatch("#[0-9a-fA-F]{6}", self.office_colour) is None:
            found.append(f"OFFICE_COLOUR is {self.office_colour!r}: write it like #1d4f91, a # and six of 0-9 and a-f")
        if self.scanner and re.fullmatch(r"/.+|.+:[0-9]{1,5}", self.scanner) is None:
            found.append(f"SCANNER is {self.scanner!r}: write it like 127.0.0.1:3310, or like /run/clamav/clamd.ctl")
        if re.match(r"sqlite:///|postgres(ql)?(\+psycopg)?://", self.database_url) is None:
            found.append("DATABASE_URL must begin with postgresql:// or sqlite:///")
        elif not _is_read_by(make_url, self.database_url):
            found.append("DATABASE_URL cannot be read: write it like postgresql://hub@localhost/hub")
        if not _is_read_by(urlsplit, self.public_url) or not self.public_host:
            found.append(f"PUBLIC_URL is {self.public_url!r}: write it like https://hub.your-office.org")
        return found + self._unsafe_here()

    def _unsafe_here(self) -> list[str]:
        if self.hub_env == "development" and self.https:
            return ["HUB_ENV is development, where anybody can read the mail, but PUBLIC_URL is that of a real hub: set HUB_ENV=production"]
        if not self.production:
            return []
        found = []
        if self.flask_debug.lower() not in ("", "0", "false", "no"):  # as Flask understands it
            found.append("FLASK_DEBUG is on")
        if self.secret_key == UNSAFE_KEY or len(self.secret_key.encode()) < 32:
            found.append("SECRET_KEY must be set, at least 32 bytes long and known to nobody")
        if not self.https:
            found.append("PUBLIC_URL must be set and begin with https://, so that cookies never travel in the clear")
        if self.database_url.startswith("sqlite") and _on_network_disk(self.database_url):
            found.append("DATABASE_URL points at SQLite on a network disk, where locks cannot be trusted: use PostgreSQL")
        return found

    def warnings(self) -> list[str]:
        """What is safe and still not ready for real people."""
        found = [
            f"{name.upper()} should be set: what it is now was invented"
            for name in INVENTED
            if getattr(self, name) == getattr(Settings(), name)
        ]
        if not self.smtp_host:
            found.append("SMTP_HOST should be set: until then letters are written to files and reach nobody")
        return found


def _as(kind: str, name: str, value: object) -> object:
    if kind == "int":
        try:
            return int(str(value))
        except ValueError:
            raise UnsafeSettings(f"{name.upper()} must be a whole number, not {value!r}") from None
    if kind == "bool":
        return value if isinstance(value, bool) else str(value).strip().lower() in ("1", "true", "yes", "on")
    try:
        str(value).encode()
    except UnicodeError:
        raise UnsafeSettings(f"{name.upper()} must be text in UTF-8") from None
    return str(value)


def _is_read_by(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except (ValueError, ArgumentError):
        return False
    return True


NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "sshfs", "fuse.sshfs", "glusterfs", "ceph", "9p"}


def _on_network_disk(url: str) -> bool:
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return False
    place = str(Path(url.removeprefix("sqlite:///")).resolve())
    found = [line.split()[1:3] for line in mounts.read_text().splitlines() if len(line.split()) > 2]
    inside = [(mount, kind) for mount, kind in found if place == mount or place.startswith(mount.rstrip("/") + "/")]
    return bool(inside) and max(inside, key=lambda pair: len(pair[0]))[1] in NETWORK_FILESYSTEMS
