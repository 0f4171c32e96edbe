"""The regional pack: what it counts and lists, whose it is, its one page, its file, and that nothing of learning is in it."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from accounts.permissions import Role
from peerreview.models import Finding, FindingAction, Letter, Procedure, Review
from rendering.pdf import Metadata, render_pdf
from reports.packs import MOST_ON_PAPER, pack_html
from reports.queries.packs import pack_rows, region_pack
from surveillance.models import Action, Position, SurveillanceDecision
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.decisions import make_decision, make_owned_action, make_place
from work import jobs
from work.models import Job

pytestmark = pytest.mark.django_db
CANARY = "Canary of learning"


@pytest.fixture
def region():
    return OrganisationFactory(hub=True, name="Illustrative North")


def put_in_force(place, **options):
    decision = make_decision(place, **options)
    SurveillanceDecision.objects.filter(pk=decision.pk).update(
        status="IN_FORCE", in_force_at=timezone.now(), in_force_by=place.manager
    )  # fmt: skip
    return decision


def make_finding(place, *, category="IMMEDIATE_RISK", purpose="COMPLIANCE", status="OPEN", what="Seen"):
    review = Review.objects.create(
        title=what,
        purpose=purpose,
        origin="REQUEST" if purpose == "IMPROVEMENT" else "RISK",
        procedure=Procedure.objects.first(),
        region=place.service.region,
        opened_by=place.officer,
    )
    topic = review.topics.create(position=1, title=what)
    return Finding.objects.create(
        review=review, service=place.service, topic=topic, category=category, status=status, what_was_seen=what, basis=what,
        recommendation=what, recorded_by=place.officer, agreed_at=timezone.now(), agreed_by=place.officer,
    )  # fmt: skip


def make_late(place, **fields):
    return make_owned_action(place, due_date=timezone.localdate() - dt.timedelta(days=9), **fields)


def add_learning(place):
    """A review for learning with an open danger, a late action from it, and texts that must never leave."""
    finding = make_finding(place, purpose="IMPROVEMENT", what=CANARY)
    FindingAction.objects.create(finding=finding, action=make_late(place, what=CANARY))


def cells(pack):
    return [[line.cells[1] for line in part.lines] for part in pack.parts]


def test_pack_counts_options_and_lists_what_is_open(region):
    enhanced, routine, visited, undecided = (make_place(region=region) for _ in range(4))
    decision = put_in_force(enhanced, needs_commissioner_action=True)
    put_in_force(routine, is_routine=True, needs_provider_action=False)
    put_in_force(visited, needs_peer_review=True)
    put_in_force(make_place())  # another region
    Position.objects.filter(decision=decision, party="COMMISSIONER").update(
        view="DISAGREE", note="No money", given_at=timezone.now(), given_by=enhanced.commissioner
    )
    risk = make_finding(enhanced)
    Letter.objects.create(finding=risk, to_name="Chief executive", due_date=dt.date(2027, 5, 4))
    make_finding(enhanced, category="SERIOUS_CONCERN")
    make_finding(enhanced, category="CONCERN")
    make_finding(enhanced, status="CLOSED")
    make_late(enhanced, what="Appoint a nurse")
    make_owned_action(undecided)

    pack = region_pack(region, most=(9, 9, 9))

    assert pack.option_rows == [
        ("Option 1, routine", "1 of 4 services (25%)"),
        ("Option 2, enhanced: provider action", "2 of 4 services (50%)"),
        ("Option 2, enhanced: commissioner action", "1 of 4 services (25%)"),
        ("Option 3, peer review", "1 of 4 services (25%)"),
        ("No decision in force", "1 of 4 services (25%)"),
    ]
    assert cells(pack) == [["Due 4 May 2027", "No letter"], ["Appoint a nurse"], ["Option 2, enhanced (provider and commissioner)"]]
    assert [part.sentence for part in pack.parts] == [
        "2 open immediate risks and serious concerns.", "1 late action.", "1 recorded disagreement.",
    ]  # fmt: skip
    assert [line.cells[2] for line in pack.parts[0].lines] == ["Immediate risk", "Serious concern"]
    assert pack.parts[1].lines[0].cells[2] == enhanced.service.provider.name


def test_nothing_of_a_review_for_learning_is_in_page_paper_or_file(region, signed_in):
    place = make_place(region=region)
    add_learning(place)
    make_late(place, what="Of compliance")

    pack = region_pack(region, most=(9, 9, 9))
    html, _ = pack_html(region)
    page = signed_in(place.officer).get("/reports/pack/").content.decode()
    rows = [str(row) for row in pack_rows(region)]

    assert cells(pack) == [[], ["Of compliance"], []]
    assert [text for text in (html, page, *rows) if CANARY in text] == []
    assert "Of compliance" in html


def test_paper_is_one_page_when_every_list_is_long(region, tmp_path):
    name = "Specialised service with a long name " * 3
    place = make_place(region=region)
    place.service.name = name
    place.service.save()
    for number in range(max(MOST_ON_PAPER) + 3):
        make_finding(place)
        make_late(place, what="Agree cover for the indicators that were not met, with a named person and a date for each one. " * 3)
        other = make_place(region=region)
        decision = put_in_force(other, needs_commissioner_action=True, needs_peer_review=True)
        other.service.name = f"{name}{number}"
        other.service.save()
        Position.objects.filter(decision=decision, party="PROVIDER").update(
            view="DISAGREE", note="No", given_at=timezone.now(), given_by=other.executive
        )
    place.service.provider.name = "Illustrative University Hospitals Foundation Trust of the Whole County"
    place.service.provider.save()

    html, content_hash = pack_html(region)
    pdf = render_pdf(html, tmp_path / "pack.pdf", metadata=Metadata(subject="Pack", identifier=content_hash))

    assert pdf.page_count == 1
    assert f"The first {MOST_ON_PAPER[1]} stand here; the CSV file has all." in html


def test_hub_makes_its_own_pack_and_finds_the_pdf_in_its_files(region, signed_in, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    officer = make_place(region=region).officer
    client = signed_in(officer)

    response = client.post("/reports/pack/", {"region": region.code})
    again = client.post("/reports/pack/")
    jobs.run_pending()

    job = Job.objects.get()
    assert (response["Location"], again["Location"]) == (f"/reports/pack/?region={region.code}",) * 2
    assert (job.status, job.result_name, job.sentence) == ("DONE", f"surveillance-pack-{region.code}.pdf", "The PDF is ready.")
    assert f"surveillance-pack-{region.code}.pdf" in client.get("/reports/pack/").content.decode()
    assert b"".join(client.get(f"/files/{job.pk}/").streaming_content).startswith(b"%PDF")


def test_another_regions_pack_is_a_missing_page_and_a_lost_right_stops_the_job(region, signed_in):
    place, foreign = make_place(region=region), make_place()
    client = signed_in(place.officer)
    code = foreign.service.region.code

    codes = [
        client.get(f"/reports/pack/?region={code}").status_code, client.post("/reports/pack/", {"region": code}).status_code,
        client.get(f"/reports/pack.csv?region={code}").status_code,
    ]  # fmt: skip
    client.post("/reports/pack/")
    place.officer.memberships.all().delete()
    jobs.run_pending()

    assert codes == [404, 404, 404]
    assert (Job.objects.get().status, Job.objects.get().error) == ("FAILED", "You cannot read this region's pack any more.")


def test_national_team_chooses_a_region_first(region, signed_in):
    make_place(region=region)
    other = make_place().service.region
    client = signed_in(person(Role.NATIONAL_LEAD))

    page = client.get("/reports/pack/").content.decode()

    assert f'href="?region={region.code}"' in page
    assert "Make the PDF" not in page
    assert "Make the PDF" in client.get(f"/reports/pack/?region={other.code}").content.decode()


def test_file_has_every_row(region, signed_in):
    place = make_place(region=region)
    put_in_force(place)
    make_finding(place)
    make_late(place, what="=Appoint a nurse")

    response = signed_in(place.officer).get("/reports/pack.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))

    assert [(row["part"], row["what"], row["status"]) for row in rows] == [
        ("option", "option 2, enhanced (provider)", "In force"), ("finding", "Immediate risk", "Open"),
        ("late_action", "'=Appoint a nurse", "Accepted by owner"),
    ]  # fmt: skip
    assert {row["service_id"] for row in rows} == {str(place.service.pk)}


@pytest.mark.parametrize("count", [1, 4])
def test_page_costs_the_same_for_one_and_for_many(region, signed_in, django_assert_num_queries, count):
    for _ in range(count):
        place = make_place(region=region)
        put_in_force(place)
        make_finding(place)
        make_late(place)
    client = signed_in(person(Role.HUB_OFFICER, region))
    client.get("/reports/pack/")

    with django_assert_num_queries(13):
        assert client.get("/reports/pack/").status_code == 200
    assert Action.objects.count() == count
