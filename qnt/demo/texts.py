"""Invented words of the demonstration's reviews: topics, notes, findings with their recommendations."""

from dataclasses import dataclass

CATEGORIES = ("IMMEDIATE_RISK", "SERIOUS_CONCERN", "CONCERN", "FURTHER_CONSIDERATION", "GOOD_PRACTICE")


@dataclass(frozen=True)
class FindingText:
    """A finding as a team would write it; ``indicator`` counts from 1 in the set of the service."""

    category: str
    seen: str
    basis: str
    indicator: int
    recommendation: str = ""
    others: str = ""
    addressed_to: str = "PROVIDER"
    tags: tuple[tuple[str, str], ...] = ()


MAIN_FINDINGS = (
    FindingText(
        "GOOD_PRACTICE",
        "Every patient whom the team met knew their named nurse and held a written plan that they had helped to write.",
        "Ten sets of notes, interviews with eight patients and two carers, and the clinic observed on the first day.",
        8,
        others="The plan is one page, reviewed at each quarterly visit, and printed from the record.",
        tags=(
            ("STAKEHOLDER", "Patients helped to write the plan that staff follow"),
            ("LATERAL", "The one-page plan can be used elsewhere as it is"),
        ),
    ),
    FindingText(
        "GOOD_PRACTICE",
        "The nurses run a fortnightly session in which each unplanned start is retold as the patient lived it, and changes follow.",
        "Minutes of four sessions and the session on the second day.",
        17,
        others="A patient chairs every second session.",
        tags=(
            ("ORGANISATIONAL", "The team changes its practice without being told to"),
            ("RELATIONAL", "Patient and staff speak as equals"),
        ),
    ),
    FindingText(
        "IMMEDIATE_RISK",
        "Two dialysis machines on the satellite site had passed their electrical safety date and were in use on both days.",
        "Labels seen on both machines; the asset register; the ward manager confirmed it at 11am on the first day.",
        5,
        "Take both machines out of use today, and check every machine on every site within 48 hours.",
        tags=(("DIRECTIVE", "The machines were taken out of use the same day"),),
    ),
    FindingText(
        "SERIOUS_CONCERN",
        "Nobody covers access surgery when the one surgeon is away; four patients waited over 90 days last year.",
        "Theatre lists for twelve months, the partner trust's rota, and interviews with both clinical directors.",
        15,
        "Agree cover for access surgery with the partner trust, in writing, with the names of the surgeons.",
        others="A neighbouring network shares one list across three trusts and publishes its waits each month.",
        tags=(("DIRECTIVE", "The trusts must agree cover"), ("LATERAL", "Two trusts share the list")),
    ),
    FindingText(
        "CONCERN",
        "A psychologist sees patients on one site only, and staff on the other sites did not know how to refer.",
        "The referral log and interviews on three sites.",
        4,
        "Open the psychologist's clinic to all sites, in person or by video, and tell staff how to refer.",
        tags=(("ORGANISATIONAL", "Referral becomes part of every site's routine"),),
    ),
    FindingText(
        "CONCERN",
        "Fewer than half of the patients who started dialysis last year had a recorded shared decision about their treatment.",
        "An audit of 40 sets of notes by two reviewers.",
        9,
        "Record the shared decision in the clinic letter, and audit 20 sets of notes each quarter.",
        tags=(("STAKEHOLDER", "Patients say what matters to them before treatment is settled"),),
    ),
    FindingText(
        "CONCERN",
        "Patients on the coast wait up to three hours for transport home, and the contract measures arrival only.",
        "Transport log, the contract, and what six patients told the patient reviewer.",
        12,
        "Add the journey home to the measures of the transport contract, with a limit of one hour.",
        addressed_to="COMMISSIONER",
        tags=(("STAKEHOLDER", "The board that buys transport must act"), ("SYSTEMIC", "The same contract serves the whole region")),
    ),
    FindingText(
        "FURTHER_CONSIDERATION",
        "The operational policy is agreed but names people who have left; staff use a shorter page that they wrote themselves.",
        "Both documents, and interviews with the lead nurse and two ward sisters.",
        3,
        others="Keep the staff's page, and make it the front of the policy.",
        tags=(("INFORMATIONAL", "Staff use the page that they can find"),),
    ),
    FindingText(
        "FURTHER_CONSIDERATION",
        "Two thirds of the nurses hold the renal qualification, and those who do not work at the satellite sites.",
        "The training record by site.",
        6,
        others="Swap places for a month, so that each site has qualified nurses on each shift.",
    ),
)
SHORT_FINDINGS = (
    FindingText(
        "GOOD_PRACTICE",
        "Staff on every shift could say what the service had learnt from its last three incidents.",
        "Interviews with eleven members of staff.",
        2,
        tags=(("ORGANISATIONAL", "Learning reaches every shift"),),
    ),
    FindingText(
        "CONCERN",
        "The audit behind one indicator covers four months of the year, and nobody was named to finish it.",
        "The audit file and an interview with the clinical lead.",
        5,
        "Name a person for the audit, and report the whole year by the end of the quarter.",
        tags=(("DIRECTIVE", "The audit gets an owner"),),
    ),
    FindingText(
        "FURTHER_CONSIDERATION",
        "Families would like to meet the team before admission, and two neighbouring units already offer this.",
        "Views of seven families.",
        3,
        tags=(("LATERAL", "Neighbouring units can show how"),),
    ),
)
TOPICS = (
    ("Staffing and cover", "Who covers when somebody is away, and do staff know?", (1, 2, 4)),
    ("What patients decide", "How do patients take part in the choice of treatment?", (3, 5)),
    ("Getting there and back", "What do journeys cost patients, and who can change them?", (6, 7)),
)
NOTES = (
    "Ward sister describes how shifts are covered from the bank; two gaps last month.",
    "Patient says that the plan was written with her and that she keeps it in her bag.",
    "Asset labels photographed by the ward manager for the register.",
    "Clinical director: cover is agreed in principle, nothing is signed.",
)
