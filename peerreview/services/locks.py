"""Rows locked for a change: the review first, then what belongs to it, so that two changes never wait for each other."""

from peerreview.models import Finding, Letter, Review, TeamMember


def locked_review(review_id: int) -> Review:
    """The review, locked until the transaction ends."""
    return Review.objects.select_for_update(of=("self",)).select_related("procedure").get(pk=review_id)


def locked_member(member_id: int) -> TeamMember:
    """A place on a team, locked with its review."""
    review_id = TeamMember.objects.values_list("review", flat=True).get(pk=member_id)
    review = locked_review(review_id)
    member = TeamMember.objects.select_for_update(of=("self",)).select_related("user").get(pk=member_id)
    member.review = review
    return member


def locked_finding(finding_id: int) -> Finding:
    """A finding, locked with its review."""
    review_id = Finding.objects.values_list("review", flat=True).get(pk=finding_id)
    review = locked_review(review_id)
    finding = Finding.objects.select_for_update(of=("self",)).select_related("service").get(pk=finding_id)
    finding.review = review
    return finding


def locked_letter(letter_id: int) -> Letter:
    """A letter, locked with its finding's review."""
    finding_id = Letter.objects.values_list("finding", flat=True).get(pk=letter_id)
    finding = locked_finding(finding_id)
    letter = Letter.objects.select_for_update(of=("self",)).select_related("sent_by", "answered_by").get(pk=letter_id)
    letter.finding = finding
    return letter
