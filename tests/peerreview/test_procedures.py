"""Procedures: versions, rows, what stays, what must fit together, who comments, and that a review keeps its version."""

import datetime as dt
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.permissions import Permission, Role
from peerreview.forms.reviews import DatesForm
from peerreview.models import Procedure, ProcedureComment
from peerreview.procedure_parts import (
    CATEGORIES,
    CONFLICTS,
    FIXED_MILESTONES,
    MILESTONES,
    ROW_PARTS,
    SURVEY,
    TEAM,
    TIMETABLE,
    days_words,
    faults_of,
    mark_of,
    place_words,
    row_of,
)
from peerreview.queries import procedures as queries
from peerreview.queries.conflicts import bar_words
from peerreview.queries.findings import findings_by_category
from peerreview.queries.teams import tie_lines
from peerreview.queries.waiting_procedures import procedure_items
from peerreview.services import dates
from peerreview.services import procedure_consultation as consultation
from peerreview.services import procedures as services
from peerreview.services.procedure_publishing import publish_procedure
from reports.blocks.findings import provider_findings
from surveillance.services.clash import AlreadyDone, SomeoneElseChanged
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.peerreview import Visit, make_visit
from work.models import DigestEntry
from work.status import InvalidTransition

pytestmark = pytest.mark.django_db
Status = Procedure.Status


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def national():
    return person(Role.NATIONAL_LEAD, OrganisationFactory(national=True), name="Nat Lead")


@pytest.fixture
def published() -> Procedure:
    return Procedure.objects.get(code="SMALL_NETWORK")


@pytest.fixture
def draft(published, national) -> Procedure:
    return services.make_new_version(procedure_id=published.pk, by=national)


def publish(procedure: Procedure, by: object, **fields: object) -> Procedure:
    return publish_procedure(procedure_id=procedure.pk, change_note="Why", by=by, **fields)


def change(procedure: Procedure, part: object, code: str, by: object, **changed: object) -> dict:
    procedure.refresh_from_db()
    facts = {name: value for name, value in (row_of(procedure, part, code) | changed).items() if name != "code"}
    return services.change_row(procedure_id=procedure.pk, part=part, code=code, facts=facts, by=by)


# What ships -----------------------------------------------------------------------------------------------------------
def test_shipped_procedures_hold_every_part_and_fit_together():
    shipped = list(Procedure.objects.order_by("code"))

    assert [one.code for one in shipped] == ["DEEP_DIVE", "LARGE_NETWORK", "RAPID", "SMALL_NETWORK", "VIRTUAL"]
    assert {one.code: faults_of(one) for one in shipped} == {one.code: [] for one in shipped}
    assert all(one.purpose and one.is_default for one in shipped)
    assert all({row["code"] for row in one.milestones} == FIXED_MILESTONES for one in shipped)
    assert {one.code: max(row["day"] for row in one.timetable) for one in shipped} == {
        "DEEP_DIVE": 3, "LARGE_NETWORK": 2, "RAPID": 1, "SMALL_NETWORK": 1, "VIRTUAL": 1,
    }  # fmt: skip
    assert {one.code: (one.informal_planned, one.informal_minutes) for one in shipped} == {
        "DEEP_DIVE": (210, 180), "LARGE_NETWORK": (165, 120), "RAPID": (60, 60), "SMALL_NETWORK": (105, 90), "VIRTUAL": (60, 60),
    }  # fmt: skip
    assert [row["about"] for row in shipped[0].survey] == [
        "INDIVIDUAL", "TEAM", "ORGANISATION", "SYSTEM", "RECIPROCAL", "EQUALITY", "VOLUNTARY", "COLLEGIAL", "TRUST", "TRUST",
        "MOTIVATION", "SUPPORT", "PRIORITIES", "BURDEN", "OPEN",
    ]  # fmt: skip
    for one, part in product(shipped, ROW_PARTS.values()):
        codes = [row["code"] for row in getattr(one, part.column)]
        assert len(set(codes)) == len(codes)
        assert all(len(part.words(row)) == len(part.headers.split("|")) for row in queries.rows_of(one, part))


# Versions -------------------------------------------------------------------------------------------------------------
def test_a_new_version_is_a_draft_with_everything_copied(published, draft, national):
    assert (draft.version, draft.status, draft.drafted_by, draft.is_default) == (2, "DRAFT", national, True)
    assert queries.differences(published, draft) == []
    assert {part.standing for part in queries.parts_of(draft)} == {"Our default. To be confirmed."}


def test_while_one_is_being_written_no_other_begins(published, draft, national):
    with pytest.raises(services.NewerVersionExists, match="Version 2 of this procedure is a draft already") as error:
        services.make_new_version(procedure_id=published.pk, by=national)

    assert error.value.newer == draft


def test_the_database_holds_one_in_use_and_one_being_written(published, draft):
    for status, version in (("PUBLISHED", 7), ("IN_CONSULTATION", 8)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Procedure.objects.create(code=published.code, version=version, status=status, name="X", milestones=[], categories=[])


@pytest.mark.parametrize(("before", "after"), list(product(Status, Status)))
def test_only_allowed_moves_are_in_the_table(draft, before, after):
    allowed = {
        (Status.DRAFT, Status.IN_CONSULTATION), (Status.DRAFT, Status.PUBLISHED), (Status.IN_CONSULTATION, Status.DRAFT),
        (Status.IN_CONSULTATION, Status.PUBLISHED), (Status.PUBLISHED, Status.RETIRED),
    }  # fmt: skip
    draft.status = before

    if (before, after) in allowed:
        draft.check_may_become(after)
    else:
        with pytest.raises(InvalidTransition):
            draft.check_may_become(after)


@pytest.mark.parametrize("status", ["IN_CONSULTATION", "PUBLISHED", "RETIRED"])
def test_what_is_no_draft_never_changes(draft, national, status):
    Procedure.objects.filter(code=draft.code).exclude(pk=draft.pk).update(status="RETIRED")
    Procedure.objects.filter(pk=draft.pk).update(status=status)
    before = Procedure.objects.values().get(pk=draft.pk)
    general = {name: before[name] for name in ("name", "purpose", "topics_max_count", "informal_minutes", "day_starts_at")}
    acts = (
        lambda: services.change_general(procedure_id=draft.pk, facts=general | {"name": "Other"}, by=national),
        lambda: services.add_row(procedure_id=draft.pk, part=TEAM, facts={"role": "MEMBER", "label": "N", "count": 1}, by=national),
        lambda: change(draft, MILESTONES, "NOTICE", national, working_days=-1),
        lambda: services.remove_row(procedure_id=draft.pk, part=SURVEY, code="MORE", by=national),
        lambda: services.move_row(procedure_id=draft.pk, part=SURVEY, code="MORE", steps=-1, by=national),
    )

    for act in acts:
        with pytest.raises(InvalidTransition):
            act()
    assert Procedure.objects.values().get(pk=draft.pk) == before


# Rows -----------------------------------------------------------------------------------------------------------------
def test_rows_are_added_changed_moved_and_removed(draft, national):
    facts = {"label": "Context card read", "holder": "Lead reviewer", "anchor": "VISIT", "working_days": -10}
    made = services.add_row(procedure_id=draft.pk, part=MILESTONES, facts=facts, by=national)
    services.move_row(procedure_id=draft.pk, part=MILESTONES, code="TEAM", steps=-1, by=national)
    change(draft, MILESTONES, "EVIDENCE", national, working_days=-20)
    draft.refresh_from_db()

    assert made == {"code": "OWN_1"} | facts
    assert [row["code"] for row in draft.milestones][:3] == ["TEAM", "NOTICE", "TOPICS"]
    assert place_words(draft, MILESTONES, "TEAM") == "Team and conflicts of interest settled is now 1 of 21"
    assert (draft.working_days("EVIDENCE"), draft.milestones[-1], draft.revision) == (-20, made, 4)

    services.remove_row(procedure_id=draft.pk, part=MILESTONES, code="OWN_1", by=national)
    draft.refresh_from_db()
    assert not draft.has_milestone("OWN_1")


@pytest.mark.parametrize(
    ("part", "code"), [(MILESTONES, "NOTICE"), (MILESTONES, "PROGRESS_6"), (CATEGORIES, "CONCERN"), (CONFLICTS, "EMPLOYED")]
)
def test_rows_that_the_service_needs_stay(draft, national, part, code):
    with pytest.raises(InvalidTransition, match="cannot be removed"):
        services.remove_row(procedure_id=draft.pk, part=part, code=code, by=national)


def test_no_category_is_added(draft, national):
    with pytest.raises(InvalidTransition, match="A category cannot be added"):
        services.add_row(procedure_id=draft.pk, part=CATEGORIES, facts={"label": "Worry", "definition": "A worry"}, by=national)


def test_sessions_stand_by_day_and_move_within_it(national):
    deep = services.make_new_version(procedure_id=Procedure.objects.get(code="DEEP_DIVE").pk, by=national)
    first_of_day_two = next(row["code"] for row in deep.timetable if row["day"] == 2)
    facts = {"day": 1, "title": "Dinner", "minutes": 90, "is_informal": True}
    made = services.add_row(procedure_id=deep.pk, part=TIMETABLE, facts=facts, by=national)
    services.move_row(procedure_id=deep.pk, part=TIMETABLE, code=first_of_day_two, steps=-1, by=national)
    deep.refresh_from_db()

    days = [row["day"] for row in deep.timetable]
    assert days == sorted(days)
    assert [row["code"] for row in deep.timetable if row["day"] == 1][-1] == made["code"]
    assert [row["code"] for row in deep.timetable if row["day"] == 2][0] == first_of_day_two
    assert place_words(deep, TIMETABLE, made["code"]) == "Dinner is now 8 of 8 on day 1"
    assert deep.informal_planned == 300


def test_years_of_work_at_a_provider_are_one_number(draft, national):
    change(draft, CONFLICTS, "EMPLOYED", national, years=5)
    draft.refresh_from_db()

    assert draft.bar_years_count == 5
    assert row_of(draft, CONFLICTS, "EMPLOYED")["years"] == 5
    assert draft.conflict_rules[0]["years"] is None
    assert tie_lines(draft)[0] == (
        "Say yes if you worked there in the last 5 years; or have a close personal tie with someone there; "
        "or have an active dispute with someone there. The procedure does not allow it."
    )


# Two editors ----------------------------------------------------------------------------------------------------------
def test_two_edits_of_one_row_meet_and_two_of_different_rows_do_not(draft, national):
    opened = mark_of(row_of(draft, MILESTONES, "NOTICE"))
    facts = {"label": "Notice", "holder": "Hub", "anchor": "VISIT", "working_days": -40}
    change(draft, MILESTONES, "TEAM", national, working_days=-30)

    services.change_row(procedure_id=draft.pk, part=MILESTONES, code="NOTICE", facts=facts, by=national, opened=opened)

    with pytest.raises(SomeoneElseChanged):
        services.change_row(procedure_id=draft.pk, part=MILESTONES, code="NOTICE", facts=facts, by=national, opened=opened)
    with pytest.raises(SomeoneElseChanged):
        publish(draft, national, revision=1)


def test_a_row_that_went_meanwhile_is_said(draft, national):
    services.remove_row(procedure_id=draft.pk, part=SURVEY, code="MORE", by=national)

    with pytest.raises(InvalidTransition, match="Someone else removed this"):
        services.change_row(procedure_id=draft.pk, part=SURVEY, code="MORE", facts={}, by=national)


# Fitting together -----------------------------------------------------------------------------------------------------
def test_parts_that_do_not_fit_are_said_and_refused(draft, national):
    change(draft, MILESTONES, "NOTICE", national, working_days=-20)
    change(draft, MILESTONES, "FINAL", national, working_days=30)
    change(draft, TIMETABLE, "SESSION_3", national, is_informal=False)
    change(draft, TEAM, "PLACE_1", national, count=2)
    services.remove_row(procedure_id=draft.pk, part=TEAM, code="PLACE_3", by=national)
    draft.refresh_from_db()

    assert faults_of(draft) == [
        "“Team and conflicts of interest settled” is due before the service is told of the visit.",
        "“Focus topics and evidence request agreed” is due before the service is told of the visit.",
        "The final report is due 30 working days after the visit, but the draft, its quality check and the factual accuracy check take 35.",
        "The team needs exactly 1 lead reviewer.",
        "The team needs a patient or carer reviewer.",
        "Informal exchange: 75 of at least 90 minutes. Add 15 more to the timetable, or ask for fewer.",
    ]
    with pytest.raises(InvalidTransition, match="exactly 1 lead reviewer"):
        publish(draft, national)


# Publishing -----------------------------------------------------------------------------------------------------------
def test_published_after_consultation_it_is_confirmed_and_takes_the_place_of_the_one_in_use(published, draft, national):
    change(draft, MILESTONES, "EVIDENCE", national, working_days=-20)
    consultation.open_consultation(procedure_id=draft.pk, last_date=in_days(10), by=national)
    commenting = person(Role.REVIEWER)
    consultation.add_comment(procedure_id=draft.pk, part="team", text="One more nurse.", by=commenting)
    publish(draft, national)
    for one in (published, draft):
        one.refresh_from_db()

    assert (published.status, draft.status, draft.is_default, draft.published_by, draft.change_note) == (
        "RETIRED", "PUBLISHED", False, national, "Why",
    )  # fmt: skip
    assert {part.standing for part in queries.parts_of(draft)} == {"Confirmed"}
    assert list(DigestEntry.objects.values_list("user", "sentence")) == [
        (commenting.pk, "Version 2 of the procedure Small clinical network is published. You commented on it.")
    ]

    third = services.make_new_version(procedure_id=draft.pk, by=national)
    change(third, TEAM, "PLACE_2", national, count=3)
    third.refresh_from_db()
    standings = {part.code: part.standing for part in queries.parts_of(third)}
    assert standings == dict.fromkeys(standings, "Confirmed") | {"team": "Changed. To be confirmed."}


def test_published_without_consultation_it_is_still_to_be_confirmed(draft, national):
    publish(draft, national)
    draft.refresh_from_db()

    assert (draft.status, draft.is_default) == ("PUBLISHED", True)


def test_what_a_version_changes_is_said_part_by_part(published, draft, national):
    change(draft, MILESTONES, "EVIDENCE", national, working_days=-20)
    services.move_row(procedure_id=draft.pk, part=SURVEY, code="LEARNT_TEAM", steps=-1, by=national)
    services.remove_row(procedure_id=draft.pk, part=SURVEY, code="MORE", by=national)
    facts = {"name": "Small network", "purpose": draft.purpose, "topics_max_count": 3, "informal_minutes": 90}
    services.change_general(procedure_id=draft.pk, facts=facts | {"day_starts_at": dt.time(9, 0)}, by=national)
    draft.refresh_from_db()

    found = [(title, [(one.what, one.old, one.new) for one in changes]) for title, changes in queries.differences(published, draft)]

    assert found[:2] == [
        ("Name, purpose and numbers", [
            ("Name", "Small clinical network", "Small network"), ("Focus topics", "At most 5", "At most 3"),
            ("A day begins at", "9:30am", "9am"),
        ]),
        ("Milestones", [("Evidence filed", "Evidence filed. Service lead. 15 working days before the visit",
                         "Evidence filed. Service lead. 20 working days before the visit")]),
    ]  # fmt: skip
    assert [title for title, _ in found] == ["Name, purpose and numbers", "Milestones", "Survey"]
    assert [change[0] for change in found[2][1]] == ["Is there anything that you want to add?", "The order"]


# Reviews --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def visit() -> Visit:
    made = make_visit()
    made.open()
    return made


def test_a_review_keeps_the_version_that_it_began_with(visit, national):
    old = visit.procedure
    draft = services.make_new_version(procedure_id=old.pk, by=national)
    change(draft, MILESTONES, "NOTICE", national, working_days=-59)
    publish(draft, national)
    review = visit.review
    review.refresh_from_db()

    form = DatesForm(keeps=review.procedure_id)
    labels = [form.fields["procedure"].label_from_instance(one) for one in form.fields["procedure"].queryset if one.code == old.code]
    dates.plan_dates(review_id=review.pk, procedure_id=old.pk, starts_date=review.starts_date, ends_date=review.ends_date, by=visit.manager)
    review.refresh_from_db()

    assert (review.procedure_id, review.procedure.working_days("NOTICE")) == (old.pk, -50)
    assert labels == [
        "Small clinical network (our default, to be confirmed)", "Small clinical network, version 1, which this review began with",
    ]  # fmt: skip
    assert queries.keeping_if_published(draft) == ["1 review keeps version 1; new reviews use version 2."]


def test_no_review_goes_over_to_a_version_that_is_not_in_use(visit, national):
    virtual = Procedure.objects.get(code="VIRTUAL")
    publish(services.make_new_version(procedure_id=virtual.pk, by=national), national)
    days = {"starts_date": visit.review.starts_date, "ends_date": visit.review.ends_date}

    with pytest.raises(InvalidTransition, match="Virtual review, version 1 is not in use. Select the version that is."):
        dates.plan_dates(review_id=visit.review.pk, procedure_id=virtual.pk, by=visit.manager, **days)


def test_reviews_for_learning_are_counted_apart(visit, national):
    visit.review.__class__.objects.create(
        title="Learning",
        purpose="IMPROVEMENT",
        origin="REQUEST",
        procedure=visit.procedure,
        region=visit.review.region,
        opened_by=visit.manager,
    )
    draft = services.make_new_version(procedure_id=visit.procedure.pk, by=national)

    assert queries.keeping_if_published(draft) == [
        "1 review keeps version 1; new reviews use version 2.",
        "1 review for learning keeps version 1.",
    ]


def test_a_review_uses_the_words_and_rules_of_its_procedure(visit):
    procedure = visit.procedure
    procedure.categories = [row | {"label": "Shortfall"} if row["code"] == "CONCERN" else row for row in procedure.categories]
    procedure.conflict_rules = [row | {"ruling": "DECLARE"} for row in procedure.conflict_rules]
    visit.review.procedure = procedure
    finding = visit.review.findings.model(category="CONCERN")
    place = visit.review.team.model(review=visit.review, user=visit.lead)
    visit.lead.reviewer_profile.employer = visit.scene.service.provider

    assert [group.label for group in findings_by_category(visit.review, [finding])] == ["Shortfall"]
    assert [group["label"] for group in provider_findings(visit.review)["services"][0]["groups"]] == [
        "Good practice", "Immediate risks", "Serious concerns", "Shortfall", "Further consideration",
    ]  # fmt: skip
    assert bar_words(place, [visit.scene.service]) == ""
    procedure.conflict_rules = [row | {"ruling": "BAR"} for row in procedure.conflict_rules]
    assert bar_words(place, [visit.scene.service]).endswith("The procedure does not allow work there in the last 3 years.")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"anchor": "VISIT", "working_days": -1}, "1 working day before the visit"),
        ({"anchor": "FINAL", "working_days": 10}, "10 working days after the final report"),
        ({"anchor": "FINAL", "months": 1}, "1 month after the final report"),
    ],
)
def test_days_are_said_in_words(entry, words):
    assert days_words(entry) == words


# Consultation ---------------------------------------------------------------------------------------------------------
def test_drafts_are_for_those_who_write_procedures(draft, national):
    view, manage = Permission.PROCEDURE_VIEW, Permission.PROCEDURE_MANAGE

    def statuses(user, permission):
        return sorted(set(Procedure.objects.for_user(user, permission).values_list("status", flat=True)))

    assert statuses(national, view) == ["DRAFT", "PUBLISHED"]
    assert statuses(person(Role.REVIEWER), view) == ["PUBLISHED"]
    assert statuses(person(Role.REVIEWER), manage) == []
    assert statuses(person(Role.COMMISSIONER), view) == []


def test_consultation_runs_as_on_indicator_sets(draft, national):
    consultation.open_consultation(procedure_id=draft.pk, last_date=in_days(5), by=national)
    consultation.extend_consultation(procedure_id=draft.pk, last_date=in_days(9), by=national)
    reviewer = person(Role.REVIEWER)
    first = consultation.add_comment(procedure_id=draft.pk, part="survey", text="Shorter. ", by=reviewer)
    again = consultation.add_comment(procedure_id=draft.pk, part="survey", text="Shorter.", by=reviewer)
    consultation.reply_to_comment(comment_id=first.pk, procedure_id=draft.pk, reply="It is.", by=national)

    assert again == first
    with pytest.raises(AlreadyDone, match="Nat Lead replied at"):
        consultation.reply_to_comment(comment_id=first.pk, procedure_id=draft.pk, reply="Again.", by=national)
    with pytest.raises(InvalidTransition, match="The new last day must be after"):
        consultation.extend_consultation(procedure_id=draft.pk, last_date=in_days(9), by=national)
    with pytest.raises(InvalidTransition, match="Comments closed on"):
        consultation.add_comment(procedure_id=draft.pk, text="Late.", by=reviewer, at=timezone.now() + dt.timedelta(days=11))
    consultation.take_back_to_draft(procedure_id=draft.pk, by=national)
    with pytest.raises(InvalidTransition, match="This procedure is now draft, so it is not in consultation"):
        consultation.add_comment(procedure_id=draft.pk, text="Late.", by=reviewer)
    draft.refresh_from_db()
    assert (draft.status, draft.comments.count()) == ("DRAFT", 1)


@pytest.mark.parametrize(
    "role", [Role.SERVICE_LEAD, Role.NETWORK_LEAD, Role.HUB_OFFICER, Role.HUB_MANAGER, Role.REVIEWER, Role.PATIENT_REVIEWER]
)
def test_services_hubs_and_reviewers_are_asked_until_they_comment(draft, national, role):
    consultation.open_consultation(procedure_id=draft.pk, last_date=in_days(5), by=national)
    asked = person(role)

    def waiting(user):
        return [(item.task, item.due, item.status) for item in procedure_items(user)]

    assert waiting(asked) == [("Comment on the procedure Small clinical network, version 2", in_days(5), "Not yet started")]
    consultation.add_comment(procedure_id=draft.pk, text="Good.", by=asked)
    assert waiting(asked) == []
    assert [task for task, _, _ in waiting(national)] == ["Answer 1 comment on the procedure Small clinical network"]
    ProcedureComment.objects.update(reply="Yes.", replied_by=national, replied_at=timezone.now())
    assert waiting(national) == []


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.EXECUTIVE, Role.COMMISSIONER, Role.REGULATOR])
def test_others_are_not_asked(draft, national, role):
    consultation.open_consultation(procedure_id=draft.pk, last_date=in_days(5), by=national)

    assert procedure_items(person(role)) == []
