"""What was measured, as text tables that can stand in README.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.measuring import Line
from benchmarks.summary_query import Timing

MOST_RATIO = 1.3
MOST_ASSETS = 50_000

# CPU per request of the two nearest public systems on two such cores at 2,000 submissions, as measured for this project's plan.
ELSEWHERE = (
    ("a recipient's page", 100, 170, ("provider home", "return section of 150 cells")),
    ("saving an answer or a draft", 88, 90, ("save one answer",)),
    ("the staff list", 950, 824, ("officer's list",)),
)


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table in Markdown, its columns lined up; the first to the left, the others to the right."""
    texts = [[str(each) for each in row] for row in (heads, *rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(heads))]

    def line(row: Sequence[str]) -> str:
        return "| " + " | ".join(text.ljust(width) if at == 0 else text.rjust(width) for at, (text, width) in enumerate(zip(row, widths, strict=True))) + " |"  # fmt: skip  # noqa: E501

    ruler = "|" + "|".join("-" * (width + 2) if at == 0 else "-" * (width + 1) + ":" for at, width in enumerate(widths)) + "|"
    return "\n".join([line(texts[0]), ruler, *map(line, texts[1:])])


def pages(lines: Sequence[Line], statements: dict[str, int]) -> str:
    """Each page beside its floor."""
    heads = ("page", "kB", "a second", "floor", "share", "(rounds)", "goal", "p50 ms", "p95 ms", "CPU ms", "floor CPU", "database CPU", "statements")  # fmt: skip  # noqa: E501
    return table(heads, [_page(each, statements.get(each.page.name, 0)) for each in lines])


def _page(line: Line, statements: int) -> tuple[Any, ...]:
    goal = line.page.goal
    met = "" if goal is None else f"{goal:.0%} {'met' if line.share >= goal else 'MISSED'}"
    return (
        line.page.name,
        f"{line.size / 1000:.1f}",
        f"{line.of('per_second'):,.0f}",
        f"{line.of('per_second', floor=True):,.0f}",
        f"{line.share:.1%}",
        f"{min(line.shares):.1%} to {max(line.shares):.1%}",
        met,
        f"{line.of('p50'):.1f}",
        f"{line.of('p95'):.1f}",
        f"{line.of('cpu'):.2f}",
        f"{line.of('cpu', floor=True):.2f}",
        f"{line.of('database_cpu'):.2f}",
        statements,
    )


def queries(found: Sequence[tuple[str, int, Timing]]) -> str:
    """The summary's statement beside the one written by hand, by database and size."""
    heads = ("database", "figures", "period", "rows", "by hand ms", "the hub's ms", "ratio", "goal", "all statements and rows ms")
    rows = [
        (
            database,
            f"{size:,}",
            each.period,
            f"{each.rows:,}",
            f"{each.by_hand:.2f}",
            f"{each.statement:.2f}",
            f"{each.ratio:.2f}",
            f"{MOST_RATIO} {'met' if each.ratio <= MOST_RATIO else 'MISSED'}",
            f"{each.everything:.2f}",
        )
        for database, size, each in found
    ]
    return table(heads, rows)


def elsewhere(lines: Sequence[Line]) -> str:
    """CPU per request beside the two nearest public systems; the aim is a tenth."""
    by_name = {each.page.name: each for each in lines}
    rows = []
    for what, funding_service, hypha, ours in ELSEWHERE:
        here = ", ".join(f"{name} {by_name[name].of('cpu') + by_name[name].of('database_cpu'):.1f}" for name in ours if name in by_name)
        rows.append((what, funding_service, hypha, here))
    return table(("CPU ms for each request", "MHCLG Funding Service", "Hypha", "here, with the database"), rows)


def assets(sizes: dict[str, int]) -> str:
    """Compressed bytes of a first visit."""
    rows = [(name, f"{size:,}") for name, size in sizes.items()]
    whole = sum(size for name, size in sizes.items() if name != "the page itself")
    rows.append(("assets together", f"{whole:,} of at most {MOST_ASSETS:,}{'' if whole <= MOST_ASSETS else ' MISSED'}"))
    return table(("first visit to the sign-in page", "bytes"), rows)
