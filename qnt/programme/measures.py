"""The measures of the programme, page by page, in the words of their definitions. What changes gets the next version here."""

from qnt.programme.definitions import Definition, Group, Kind

VISIT_YEAR = "The first day of the visit"
REVIEW = "review"
FIDELITY = tuple(
    Definition(code, title, Group.FIDELITY, Kind.SHARE, REVIEW, "reviews", numerator, denominator, source, VISIT_YEAR)
    for code, title, numerator, denominator, source in (
        ("FID_NOTICE", "Notice given in time", "Reviews whose service got at least the notice that their procedure asks for",
         "Reviews whose visit has begun", "Day of the notice, first day of the visit, the review's version of the procedure"),
        ("FID_TEAM", "Team complete in time",
         "Reviews whose last required place was filled by somebody cleared on or before the day that their procedure sets",
         "Reviews whose visit has begun", "Rulings on the members of the team"),
        ("FID_CONFLICTS", "Conflicts ruled on before papers",
         "Reviews of which every member was ruled on before preparing began, or, if asked later, before the visit",
         "Reviews whose visit has begun", "Rulings on conflicts of interest, the start of preparing, the start of the visit"),
        ("FID_PATIENTS", "The service's own patients heard", "Reviews with at least 1 view of a patient or carer that the team could read",
         "Reviews whose visit has begun", "Views of patients and carers that were shared with the team"),
        ("FID_INFORMAL", "Enough informal exchange", "Reviews that gave at least the informal minutes that their procedure sets",
         "Reviews whose informal minutes were recorded, or that planned none", "Minutes really given, session by session"),
        ("FID_FEEDBACK", "Feedback on the day", "Reviews whose service heard the agreed findings on a day of the visit",
         "Reviews whose visit is over", "The day on which feedback was given"),
        ("FID_LETTERS", "Letters sent in time", "Reviews whose letters about immediate risks and serious concerns all went by their days",
         "Reviews with such letters that are sent or due", "Letters with their due days"),
        ("FID_DRAFT", "Draft report on time", "Reviews whose draft went to the quality check by the day that their procedure sets",
         "Reviews whose draft is done or due", "The day on which the quality check was asked for"),
        ("FID_ACCURACY", "Factual accuracy check on time", "Reviews whose accuracy check ended by the day that their procedure sets",
         "Reviews whose check has ended or is due", "Answers to the factual accuracy check"),
        ("FID_FINAL", "Final report on time", "Reviews whose report was signed off by the day that their procedure sets",
         "Reviews whose report is signed off or due", "Sign-offs"),
    )
)  # fmt: skip
LEAD_TIMES = tuple(
    Definition(code, title, Group.LEAD_TIMES, Kind.MEDIAN, REVIEW, "working days", numerator, "", source, VISIT_YEAR, domain=domain)
    for code, title, numerator, source, domain in (
        ("LEAD_VISIT", "Decision to visit", "Working days from the decision in force (from opening, where a risk or the sample led to the "
         "review) to the first day of the visit", "Decisions and visits", ""),
        ("LEAD_DRAFT", "Visit to draft", "Working days from the last day of the visit to the day of the draft’s quality check",
         "Quality checks", ""),
        ("LEAD_FINAL", "Visit to final report", "Working days from the last day of the visit to the first sign-off", "Sign-offs", ""),
        ("LEAD_PUBLICATION", "Visit to publication",
         "Working days from the last day of the visit to the first decision whether to publish", "Publication decisions", "INFORMATIONAL"),
    )
)  # fmt: skip
ROUND_YEAR = "The year of the round"
BURDEN = tuple(
    Definition(code, title, Group.BURDEN, kind, "self-report", value_unit, numerator, denominator, source, ROUND_YEAR, domain=domain)
    for code, title, kind, value_unit, numerator, denominator, source, domain in (
        ("BURDEN_HOURS", "Hours of preparing", Kind.MEDIAN, "hours", "Hours that services say a declared self-report took", "",
         "Hours on self-reports", "ANTICIPATORY"),
        ("BURDEN_FILES", "New files", Kind.MEDIAN, "files", "Documents and links new in the year of the round and tied to an answer",
         "", "Evidence tied to answers", ""),
        ("BURDEN_PAGES", "New pages", Kind.MEDIAN, "pages",
         "Pages of the new PDFs and pictures tied to an answer; other files and links have no known pages", "",
         "Evidence tied to answers", ""),
        ("BURDEN_SAVED", "Saved by using evidence again", Kind.SHARE, "uses",
         "Uses of evidence under an answer that needed no new file", "All uses of evidence under answers", "Evidence tied to answers", ""),
    )
)  # fmt: skip
OPTIONS = Definition(
    "SPREAD_OPTIONS", "Options for services with like scores", Group.SPREAD, Kind.SPREAD, "decision", "decisions",
    "Decisions in force, by their options, among services whose frozen score lies in the same ten points", "",
    "Decisions with their frozen figures", ROUND_YEAR,
)  # fmt: skip
CATEGORIES = Definition(
    "SPREAD_CATEGORIES", "Categories for like findings", Group.SPREAD, Kind.SPREAD, "finding", "findings",
    "Findings that a team agreed, by category, among findings about the same indicator", "", "Agreed findings", VISIT_YEAR,
)  # fmt: skip
LEARNING = (
    Definition("LEARN_CARDS", "Learning cards shared", Group.LEARNING, Kind.TOTAL, "card", "cards",
               "Learning cards that their service agreed to share", "", "Learning cards", "The day on which the service agreed"),
    Definition("LEARN_UPTAKE", "Learning taken up elsewhere", Group.LEARNING, Kind.SHARE, "answer about a card", "answers",
               "Answers of other services that they try or have adopted a learning card", "All answers about learning cards",
               "Answers about learning cards", "The day of the answer", domain="LATERAL"),
    Definition("LEARN_EXCHANGES", "Exchanges that took place", Group.LEARNING, Kind.SHARE, "exchange", "exchanges",
               "Exchanges after a visit that took place", "Exchanges that services asked for", "Exchanges", "The day of asking",
               domain="LATERAL"),
    Definition("LEARN_PLEDGES", "Pledges kept", Group.LEARNING, Kind.SHARE, "pledge", "pledges",
               "Pledges of which their maker said: done", "Pledges whose makers were asked", "Pledges",
               "The day on which its maker was asked"),
)  # fmt: skip
ACCEPTED = "The day on which its owner accepted it"
THEMES = (
    Definition("THEMES_FOUND", "Themes found in three or more services", Group.THEMES, Kind.TOTAL, "theme", "themes",
               "Themes of compliance reviews that an owner outside the providers accepted and that still stand on findings of three or "
               "more services", "", "Themes", ACCEPTED, domain="SYSTEMIC", of_things=True),
    Definition("THEMES_DONE", "Themes with what was done", Group.THEMES, Kind.SHARE, "theme", "themes",
               "Themes whose owner said what was done", "Themes found in three or more services", "Themes", ACCEPTED,
               domain="SYSTEMIC", of_things=True),
)  # fmt: skip
DUE, DRAFTED = "The day on which the action was due", "The day on which the action was drafted"
DOMAINS = (
    Definition("ANT_SCORE", "Change in score up to the visit", Group.DOMAINS, Kind.MEDIAN, REVIEW, "points",
               "Percentage points from the score that the hub validated (else the self-assessed one) to the one that the review agreed; "
               "it holds what changed before the visit and where the two judge differently", "", "Scores of the service's self-report",
               VISIT_YEAR, domain="ANTICIPATORY"),
    Definition("ANT_CHALLENGES", "Indicators flagged as out of date", Group.DOMAINS, Kind.TOTAL, "challenge", "challenges",
               "Times that a service said that an indicator is out of date", "", "Challenges of indicators", "The day of the challenge",
               domain="ANTICIPATORY"),
    Definition("DIR_OWNED", "Actions with an owner who accepted", Group.DOMAINS, Kind.SHARE, "action", "actions",
               "Actions that their owner accepted", "Actions that were offered and whose time to answer is over, or that were accepted",
               "Actions", "The day of the offer", domain="DIRECTIVE"),
    Definition("DIR_ON_TIME", "Actions done on time", Group.DOMAINS, Kind.SHARE, "action", "actions",
               "Actions that their owner marked as done by their day", "Actions whose day has passed", "Actions", DUE, domain="DIRECTIVE"),
    Definition("DIR_BLOCKED", "Actions blocked by money or staff", Group.DOMAINS, Kind.SHARE, "action", "actions",
               "Actions whose owner said that they are blocked", "Actions that an owner accepted", "Actions",
               "The day on which the owner accepted", domain="DIRECTIVE"),
    Definition("ORG_OWN", "Actions that services began themselves", Group.DOMAINS, Kind.SHARE, "action", "actions",
               "Actions that neither a decision nor a finding called for", "All actions that were drafted", "Actions", DRAFTED,
               domain="ORGANISATIONAL"),
    Definition("INF_OPENED", "Reports opened by other organisations", Group.DOMAINS, Kind.SHARE, "receipt", "receipts",
               "People of organisations that do not run the service who opened the signed report",
               "People of such organisations who were issued it", "Receipts of reports", "The day of issue", domain="INFORMATIONAL"),
    Definition("STA_VIEWS", "Patients and carers heard", Group.DOMAINS, Kind.TOTAL, REVIEW, "views",
               "Views of patients and carers that the team could read, over all visits", "", "Views of patients and carers", VISIT_YEAR,
               domain="STAKEHOLDER"),
    Definition("STA_COMMISSIONER", "Commissioner actions done on time", Group.DOMAINS, Kind.SHARE, "action", "actions",
               "Actions for commissioners that were done by their day", "Actions for commissioners whose day has passed", "Actions", DUE,
               domain="STAKEHOLDER"),
    Definition("SYS_PACKS", "Packs issued to the regulator", Group.DOMAINS, Kind.TOTAL, "pack", "packs",
               "Packs on published reports that were issued to a regulator and whose file was made", "", "Packs for a regulator",
               "The day of issue", domain="SYSTEMIC", of_things=True),
)  # fmt: skip
DOMAIN_LABELS = {
    "ANTICIPATORY": "Anticipatory", "DIRECTIVE": "Directive", "ORGANISATIONAL": "Organisational", "RELATIONAL": "Relational",
    "INFORMATIONAL": "Informational", "STAKEHOLDER": "Stakeholder", "LATERAL": "Lateral", "SYSTEMIC": "Systemic",
}  # fmt: skip
CHANGES = tuple(
    Definition(f"CHANGE_{domain}", "Changes that services filed", Group.DOMAINS, Kind.TOTAL, "change", "changes",
               f"Changes after a visit that a service filed under {label}", "", "Impact of reviews", "The day of filing", domain=domain)
    for domain, label in DOMAIN_LABELS.items()
)  # fmt: skip
LEVELS = {
    "INDIVIDUAL": "Learning of individuals", "TEAM": "Learning of teams", "ORGANISATION": "Learning of organisations",
    "SYSTEM": "Learning of the wider system",
}  # fmt: skip
PRINCIPLES = {
    "RECIPROCAL": "Reciprocal learning", "EQUALITY": "Equality of status, knowledge and expertise", "VOLUNTARY": "Voluntary exchange",
    "COLLEGIAL": "Collegial learning without sanction", "TRUST": "Trust",
}  # fmt: skip
IMPACTS = {"MOTIVATION": "Motivation to change", "SUPPORT": "Marshalling support for change", "PRIORITIES": "Identifying priorities"}
ASKED = LEVELS | PRINCIPLES | IMPACTS
SURVEY_DOMAINS = {"ORGANISATION": "ORGANISATIONAL", "RECIPROCAL": "RELATIONAL", "TRUST": "RELATIONAL", "SYSTEM": "SYSTEMIC"}
ANSWER_DAY = "The day of the answer; it counts once its half-year is over"
SURVEY = (
    *(
        Definition(f"SURVEY_{about}", f"Survey: {label}", Group.LOGIC_MODEL, Kind.MEAN, "group of answers", "answers",
                   f"Answers from 1 to 5 about {label[:1].lower()}{label[1:]}, added up", "Answers in groups of 5 or more",
                   "Surveys of both sides after a visit", ANSWER_DAY, domain=SURVEY_DOMAINS.get(about, ""))
        for about, label in ASKED.items()
    ),
    Definition("SURVEY_BURDEN", "Survey: Hours of each person", Group.LOGIC_MODEL, Kind.MEAN, "group of answers", "answers",
               "Hours that people say a visit took them, added up", "Answers in groups of 5 or more",
               "Surveys of both sides after a visit", ANSWER_DAY),
)  # fmt: skip
DEFINITIONS: tuple[Definition, ...] = (
    *DOMAINS,
    *CHANGES,
    *FIDELITY,
    *LEAD_TIMES,
    *BURDEN,
    OPTIONS,
    CATEGORIES,
    *LEARNING,
    *THEMES,
    *SURVEY,
)
# Filter -> the measures whose rows belong to no single procedure or specification, so that the filter leaves nothing of them.
NOT_COUNTED_BY: dict[str, frozenset[str]] = {
    "procedure": frozenset(
        {"ANT_CHALLENGES", "THEMES_FOUND", "THEMES_DONE", "SYS_PACKS", OPTIONS.code, *(one.code for one in BURDEN)}
    ),
    "specification": frozenset({"THEMES_FOUND", "THEMES_DONE", "SYS_PACKS"}),
}  # fmt: skip
# What would fill a domain of which nothing is recorded.
FILLED_BY = {
    "ANTICIPATORY": "Hours on self-reports, judgements that a team agrees, and challenges of indicators.",
    "DIRECTIVE": "Actions that are offered, accepted and done.",
    "ORGANISATIONAL": "Actions that a service begins itself, and answers to the survey about the organisation.",
    "RELATIONAL": "Answers to the survey after a visit, from 5 or more people of a side.",
    "INFORMATIONAL": "Publication decisions, and reports that other organisations open.",
    "STAKEHOLDER": "Views of patients and carers, and actions that commissioners own.",
    "LATERAL": "Learning cards that other services take up, and exchanges after a visit.",
    "SYSTEMIC": "Themes that an owner outside the providers accepts, packs for the regulator, changes that services file as systemic, and "
    "answers to the survey about the wider system.",
}
