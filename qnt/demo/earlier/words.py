"""Invented words of earlier visits: why they were made, what teams found, what followed."""

from qnt.demo.texts import FindingText

REASONS = {
    "RISK": "The hub saw the same indicators missed twice and wanted to know why. (Illustrative)",
    "SAMPLE": "The service was drawn in the random sample of its region. (Illustrative)",
}
# By indicator, so that hubs and teams judge like things, and not always alike.
PRAISE = (
    FindingText(
        "GOOD_PRACTICE", "Patients who start treatment meet somebody who has been through it, and staff keep time for that.",
        "Interviews with seven patients and the rota of volunteers.", 8, tags=(("STAKEHOLDER", "Patients help patients"),),
    ),
    FindingText(
        "GOOD_PRACTICE", "Each shift begins with two minutes on what went well the day before; staff on three wards could give examples.",
        "Three handovers seen, and talks with nine nurses.", 2, tags=(("ORGANISATIONAL", "Reflection is part of each day"),),
    ),
    FindingText(
        "GOOD_PRACTICE", "The lead nurse keeps one list of patients on their way between sites, and nobody was lost from it in a year.",
        "The list, and ten referrals followed from desk to desk.", 3, tags=(("DIRECTIVE", "An earlier recommendation was carried out"),),
    ),
)  # fmt: skip
SHORTFALLS = (
    FindingText(
        "CONCERN", "What the indicator asks for was in place in 31 of 52 weeks; in the others nobody had said who stands in.",
        "Minutes of a year.", 2,
        "Name who stands in, and count the weeks.", tags=(("DIRECTIVE", "Somebody stands in"),),
    ),
    FindingText(
        "CONCERN", "What is written about this was agreed three years ago and names people who have left.",
        "The paper and the staff list.", 3,
        "Agree it anew, with a date and the names of posts, not of people.", tags=(("DIRECTIVE", "What is written gets a date"),),
    ),
    FindingText(
        "CONCERN", "Staff on two of three sites did not know how their patients come by what the indicator asks for.",
        "Interviews on three sites.", 4,
        "Tell every site how it is done, and look at the figures by site each quarter.",
        tags=(("ORGANISATIONAL", "Sites learn of each other"),),
    ),
    FindingText(
        "CONCERN", "What the indicator asks for waits on transport that is bought by the hour, and patients far away wait longest.",
        "The contract and its log.", 2,
        "Buy the journey home by the time that patients wait.", addressed_to="COMMISSIONER",
        tags=(("STAKEHOLDER", "The board that buys transport must act"),),
    ),
)  # fmt: skip
GRAVE = FindingText(
    "SERIOUS_CONCERN", "For eleven nights in a quarter nobody who could do what the indicator asks for was on site.",
    "Rotas of three months, and talks with the night team.", 4, "Fill the nights from the bank or from the partner trust from this week.",
    tags=(("DIRECTIVE", "The nights are filled"),),
)  # fmt: skip
POINTS = (
    FindingText("FURTHER_CONSIDERATION", "Leaflets say what the service does, and not what patients can ask for.", "Four leaflets.", 3),
    FindingText("FURTHER_CONSIDERATION", "The team talks about incidents when they happen, and seldom about those before.", "Minutes.", 2),
    FindingText("FURTHER_CONSIDERATION", "Two of the sites count the same thing in two ways.", "Two spreadsheets beside each other.", 4),
)
VIEWS = (
    "They explained my results in words that I understand.", "Somebody rang me the day after I went home.",
    "My husband could stay with me, and they asked him what he needed.", "The night staff knew why I was there.",
    "I was asked what matters to me before anything was decided.", "They said sorry when the appointment was moved.",
)  # fmt: skip
WISHES = ("Shorter waits for transport.", "One letter, not three.", "", "A place to talk that is not the corridor.", "", "")
ACTION = "Carry out the recommendation, name who watches over it, and report to the board after three months. (Illustrative)"
OWN_ACTION = "Try the handover sheet that our own night team drew up, and look at it together after six weeks. (Illustrative)"
BLOCKED = "The post was not funded until the autumn. (Illustrative)"
LETTER_ANSWERED = "The nights are filled from the bank since the day of the letter. (Illustrative)"
DONE = "Done as the plan says; minutes and rota are filed. (Illustrative)"
PUT_RIGHT = "Seen in the minutes of three months. (Illustrative)"
PLEDGES = (
    "Take the two-minute start of the shift to my own ward.", "Ask patients on my own unit what they would change first.",
    "Show our own list of referrals to a colleague from another trust.",
)  # fmt: skip
CAME_OF_IT = {
    "KEPT": "We do it each week now. (Illustrative)",
    "PARTLY": "It began well and stopped in the winter. (Illustrative)",
    "NOT_KEPT": "I changed post before I could begin. (Illustrative)",
}
EXCHANGES = ("A call about how the list is kept.", "The form that the night team uses.", "A day on the other ward, for two nurses.")
# Title, what, for whom, how.
CARDS = (
    (
        "Patients who have been through it", "People who had the treatment meet people who are about to start.",
        "Services whose patients start a long treatment.", "Volunteers are trained for a morning and come on clinic days.",
    ),
    (
        "Two minutes on what went well", "Each shift begins with what went well the day before.", "Any ward.",
        "The nurse in charge asks, anybody answers, nobody writes it down. It took a month to become a habit.",
    ),
    (
        "One list between two sites", "One nurse keeps one list of patients on their way from one site to another.",
        "Services on more than one site.", "The list hangs in both offices. Who sends a patient writes the line, who receives strikes it.",
    ),
    (
        "Questions that patients bring", "Before the first visit patients are sent three questions that others wished they had asked.",
        "Clinics with a long first visit.", "Six patients chose the questions. They go out with the letter and cost nothing.",
    ),
    (
        "A night’s learning at breakfast", "Night staff meet the day team over breakfast once a month and say what they saw.",
        "Wards whose night staff seldom meet the others.", "Nobody takes minutes; one change is tried each time.",
    ),
    (
        "The referral that rings back", "Whoever takes on a referral rings the sender the same day.",
        "Services that receive patients from several trusts.", "A shared telephone goes from shift to shift. It took two weeks to begin.",
    ),
)  # fmt: skip
CHANGES = (
    ("ORGANISATIONAL", "The night team looks at its own incidents each month now. (Illustrative)"),
    ("STAKEHOLDER", "Two patients sit on the group that writes our leaflets. (Illustrative)"),
    ("DIRECTIVE", "We named who stands in, and count the weeks. (Illustrative)"),
)
