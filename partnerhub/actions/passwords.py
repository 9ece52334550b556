"""Passwords as they are kept: argon2id, with the same work whether there is an account or not."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from partnerhub.rules.numbers import ARGON2_LANES, ARGON2_MEMORY_KIB, ARGON2_ROUNDS, PASSWORD_LONGEST
from partnerhub.rules.passwords import as_typed


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(_bytes(password))


def is_right(password: str, kept: str | None) -> bool:
    """Does the password belong to `kept`? Where nothing is kept, as much work is done before saying no."""
    against = kept or _nobodys(_hasher())
    try:
        _hasher().verify(against, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None and len(password) <= PASSWORD_LONGEST


def is_outdated(kept: str) -> bool:
    """Was it made with other parameters than today's?"""
    return _hasher().check_needs_rehash(kept)


def _hasher() -> PasswordHasher:
    return _of(current_app.config["HUB"].hub_env == "test")


@cache
def _of(cheap: bool) -> PasswordHasher:
    """`cheap` is for tests, which sign in hundreds of times."""
    if cheap:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return PasswordHasher(time_cost=ARGON2_ROUNDS, memory_cost=ARGON2_MEMORY_KIB, parallelism=ARGON2_LANES)


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def _bytes(password: str) -> bytes:
    return as_typed(password[: PASSWORD_LONGEST + 1]).encode("utf-8", "surrogatepass")
