"""A declined applicant with a small phone reads why; the same without JavaScript."""

from __future__ import annotations

import pytest

from tests.journeys.looking import PHONE


@pytest.mark.parametrize("javascript", [True, False], ids=["", "without JavaScript"])
def test_a_declined_applicant_reads_why(visitor, javascript):
    applicant = visitor("lead@patrol.example", javascript=javascript)
    applicant.page.set_viewport_size(PHONE)
    applicant.follows("Applications")
    applicant.sees("Declined")
    applicant.presses("Look")
    applicant.sees("We are sorry that the answer is no")
    applicant.looks("application, declined")
    applicant.follows("Read the letter")
    for words in ("The line was drawn at 65%", "the average of the 6 applications", "What was good", "What to improve", "Applying again"):
        applicant.sees(words)
    applicant.sees_no("Assessor")
    applicant.looks("letter that says no")
    with applicant.page.expect_download() as paper:
        applicant.page.get_by_role("link", name="This letter as a PDF").click()
    assert paper.value.suggested_filename.endswith("-letter.pdf")
