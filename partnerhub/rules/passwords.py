"""What a password must not be: short, common, or a name that everybody knows."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable

from partnerhub.rules.numbers import PASSWORD_LONGEST, PASSWORD_SHORTEST

# Words that people make passwords of. A password whose letters are one or two of these, with digits and signs around, is refused.
_WORDS = """
    abc abcdef access account admin administrator arsenal autumn baseball batman biscuit blink butterfly celtic charlie chelsea chocolate
    christmas computer cookie default demo derby donald dragon england everton flower football forest foxes friday freedom fuckoff grant
    grants guest hello hockey holiday home house hub iloveyou internet january july june killer king leicester leicestershire letmein
    lincoln liverpool login london love manchester master michael mickey midlands monday monitoring monkey mother mypass mypassword naruto
    ninja november office october partner pass passw passwort password passphrase please police pokemon prince princess qazwsx qwer qwert
    qwerty qwertyuiop qwertyuiopasdfghjkl rainbow rangers return returns rutland samsung secret security september service shadow snoopy
    solo soccer spring starwars summer sunday sunshine superman system temp temporary test tester testing tiger tottenham trustno united
    user username welcome whatever winter work zaq zaqwsx zxcvbn zxcvbnm asdf asdfgh asdfghjkl
"""
COMMON_WORDS = frozenset(_WORDS.split())
LOOKALIKES = str.maketrans("013457@$!€", "oieastasie")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "01234567890123456789012345678901234567890",
)
FEWEST_SIGNS = 5

TOO_COMMON = (
    "This password is one of the first that somebody would guess. Choose another, for example three words that do not belong together."
)
TOO_PLAIN = (
    "This password repeats a few signs or follows the keyboard. Choose another, for example three words that do not belong together."
)
KNOWN = "This password is a name or address that others know. Choose another, for example three words that do not belong together."


def as_typed(password: str) -> str:
    """The same password from every keyboard (NIST SP 800-63B, 3.1.1.2: one Unicode form before it is hashed)."""
    return unicodedata.normalize("NFKC", password) if len(password) <= 8 * PASSWORD_LONGEST else password


def fault_of(password: str, known: Iterable[str] = ()) -> str:
    """Why this may not be somebody's password, as a sentence; empty when it may. `known`: their names, their address, the office."""
    password = as_typed(password)
    if not password:
        return "Enter a password"
    if len(password) < PASSWORD_SHORTEST:
        return (
            f"Password must be at least {PASSWORD_SHORTEST} characters long. Three words that do not belong together are easy to remember."
        )
    if len(password) > PASSWORD_LONGEST:
        return f"Password must be {PASSWORD_LONGEST} characters or fewer"
    if any(unicodedata.category(each) in ("Cc", "Cs") for each in password):
        return "Password has a character that no keyboard types. Type it, or paste it without line breaks."
    folded = password.casefold()
    if len(set(folded)) < FEWEST_SIGNS or any(folded in row or folded in row[::-1] for row in ROWS):
        return TOO_PLAIN
    if _bare(folded) in {_bare(part) for each in known for part in (each, each.partition("@")[0])} - {""}:
        return KNOWN
    core = folded.strip(string.digits + string.punctuation)
    if _is_common(_bare(folded)) or _is_common(_bare(core.translate(LOOKALIKES))):
        return TOO_COMMON
    return ""


def _bare(text: str) -> str:
    """The letters only; digits where there is no letter."""
    letters = "".join(each for each in text.casefold() if each.isalpha())
    return letters or "".join(each for each in text if each.isdigit())


def _is_common(letters: str) -> bool:
    """One common word or two of them, or the same one any number of times."""
    if not letters:
        return False
    if letters in COMMON_WORDS or any(letters[:cut] in COMMON_WORDS and letters[cut:] in COMMON_WORDS for cut in range(3, len(letters))):
        return True
    return any(len(letters) % len(word) == 0 and letters == word * (len(letters) // len(word)) for word in COMMON_WORDS)
