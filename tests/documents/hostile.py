"""A summary whose every text is hostile, and whose figures are of every kind."""

from datetime import UTC, datetime

from partnerhub.rules import periods, reconcile
from partnerhub.rules.reconcile import FormFacts
from partnerhub.rules.summary import ExpectedFigure, ObservationRow, Summary
from tests.rules.test_summary import Indicator

QUARTER = periods.parse("2022-23 Q1")
FORMULAS = (
    "=1+1", "+1", "-1+1|cmd", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM", "\t=1", "\r=1", "\n=1", "  =1", "\tx", "\rx", "\nx",
    '=HYPERLINK("http://example.org","x")', "=cmd|' /C calc'!A0",
)  # fmt: skip
ODD = ("<script>alert(1)</script>", "a\x00b\x08\x1f", "\ud800", "\ufffe", "https://example.org", "5", 'é "q" ; , \n x', "")

LIBRARY = {
    "count": Indicator("count", "sum"),
    "money": Indicator("money", "sum", "sum", "pounds", 2),
    "share": Indicator("share", "pooled_share", "pooled_share", "percent"),
}


def hostile_summary() -> Summary:
    """One line for each text, its name everywhere; and three lines of figures: negative, money, a share."""
    texts = (*FORMULAS, *ODD)
    expected = [
        ExpectedFigure(f"{text}", text, f"agreement {at}", text, f"text_{at}", text, 1, QUARTER.label, f"return {at}", "approved")
        for at, text in enumerate(texts)
    ]
    figures = (("count", -5, None), ("money", -1250, None), ("share", 17, 20))
    rows = [
        ObservationRow("Service", "Provider", "agreement", key, QUARTER.label, value, out_of, None, "approved")
        for key, value, out_of in figures
    ]
    return reconcile.summarise(
        programme="odd",
        title="=1+1\x00\ud800",
        period=QUARTER,
        expected=expected,
        observations=rows,
        indicators=LIBRARY,
        facts={"agreement": FormFacts()},
        generated_at=datetime(2023, 7, 14, 9, 30, tzinfo=UTC),
    )
