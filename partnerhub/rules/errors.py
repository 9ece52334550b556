"""What can go wrong, as sentences that the person at the keyboard can read."""

from dataclasses import dataclass


class Refusal(Exception):
    """Something was not done; `sentence` says what happened, that the work is safe, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class BadAnswer(Refusal):
    """What was typed could not be read. It is kept, and does not count."""


class BadFile(BadAnswer):
    """A file that is not taken. Those that were sent before stay."""


class NotAllowed(Refusal):
    """This person may never do this."""


class NotNow(Refusal):
    """This person may do this, but not while things stand as they do."""


class OutOfOrder(Refusal):
    """The hub itself cannot do this at the moment; whoever asked did nothing wrong."""


class Withheld(Refusal):
    """A file is not handed out, though this person may read it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a definition: in which file, where in it, and what is wrong."""

    file: str
    place: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.text) if part)


class BadDefinition(Refusal):
    """A questionnaire, indicator library or import that does not hold together; names every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults
