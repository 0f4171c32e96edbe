"""The last member judges an indicator, the judgements open, and the lead reviewer records what the team agreed."""

from collections.abc import Callable

from tests.journeys.person import Person
from tests.journeys.site import Row, Site


def judged(site: Site) -> Row:
    """The review whose report is with the service: one indicator still waits for its patient reviewer alone."""
    report = site.one("report", status="FACTUAL_ACCURACY")
    return next(row for row in site.objects["review"] if row["service"] == report["service"] and row["status"] == "REPORTING")


def test_last_judgement_opens_and_the_lead_records_the_agreed_one(site: Site, person: Callable[..., Person]) -> None:
    review = judged(site)
    names = [user.split("@")[0] for user in review["team"]]
    last = person(next(name for name in names if name.startswith("patient.")))
    last.visit(f"/reviews/{review['pk']}/judgements/")
    waiting = last.page.locator("main tbody tr").filter(has_text="of 3)").filter(has_text="(2 ")
    address = waiting.locator("a").first.get_attribute("href")
    assert address
    last.shoot("judgements")

    last.visit(address)
    assert last.reads("Hidden until everyone has given theirs (2 of 3)")
    last.press("Save judgement")
    assert last.reads("Select met, not met or not seen")
    last.tick("Not met")
    last.fill("Why? (optional)", "Two patients told us that nobody came at night.")
    last.shoot("judgement")
    last.press("Save judgement")
    last.visit(address)
    assert last.reads("when everyone had given theirs")
    last.shoot("judgement-open")

    lead = next(one for name in names if name.startswith("reviewer") and leads(one := person(name), address))
    lead.visit(address)
    lead.follow("Record the agreed judgement")
    lead.tick("Not met")
    lead.fill("Why?", "Cover stops at 8pm.", exact=True)
    lead.shoot("judgement-agree")
    lead.press("Save the agreed judgement")
    assert lead.reads("Agreed judgement")
    last.visit(f"/reviews/{review['pk']}/judgements/")
    assert last.reads("Agreed: not met")


def leads(member: Person, address: str) -> bool:
    """Whether this member may record what the team agreed."""
    return member.get(f"{address}agree/")[0] == 200
