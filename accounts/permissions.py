"""Roles and what each grants: the one table behind rows, buttons and routes (design: who may do what)."""

from django.db import models


class Role(models.TextChoices):
    """What a person is in an organisation, between two dates."""

    NATIONAL_LEAD = "NATIONAL_LEAD", "National lead"
    HUB_MANAGER = "HUB_MANAGER", "Hub manager"
    HUB_OFFICER = "HUB_OFFICER", "Hub officer"
    SERVICE_LEAD = "SERVICE_LEAD", "Service lead"
    CONTRIBUTOR = "CONTRIBUTOR", "Contributor"
    EXECUTIVE = "EXECUTIVE", "Executive"
    NETWORK_LEAD = "NETWORK_LEAD", "Network lead"
    COMMISSIONER = "COMMISSIONER", "Commissioner"
    REVIEWER = "REVIEWER", "Reviewer"
    PATIENT_REVIEWER = "PATIENT_REVIEWER", "Patient reviewer"
    REGULATOR = "REGULATOR", "Regulator"


HUB_ROLES = frozenset({Role.HUB_MANAGER, Role.HUB_OFFICER})
REVIEWER_ROLES = frozenset({Role.REVIEWER, Role.PATIENT_REVIEWER})
# Roles that reach a service through a ServiceAssignment rather than through the organisation that they belong to.
ASSIGNED_ROLES = frozenset({Role.SERVICE_LEAD, Role.CONTRIBUTOR}) | REVIEWER_ROLES


class Permission(models.TextChoices):
    """One act on one kind of thing."""

    SERVICE_VIEW = "service.view", "Read a service's page"
    PROVIDER_VIEW = "provider.view", "Read a provider's page"
    INDICATOR_SET_VIEW = "indicator_set.view", "Read indicator sets"
    INDICATOR_SET_COMMENT = "indicator_set.comment", "Comment on an indicator set in consultation"
    INDICATOR_SET_MANAGE = "indicator_set.manage", "Write, consult on and publish indicator sets; answer challenges"
    INDICATOR_CHALLENGE = "indicator.challenge", "Say that an indicator is out of date"
    ROUND_VIEW = "round.view", "Read what came in for a round"
    ROUND_MANAGE = "round.manage", "Open, extend, reopen and close rounds"
    SELF_REPORT_VIEW = "self_report.view", "Read a self-report"
    SELF_REPORT_ANSWER = "self_report.answer", "Answer indicators"
    SELF_REPORT_SEND = "self_report.send", "Send a self-report to the executive"
    SELF_REPORT_DECLARE = "self_report.declare", "Declare a self-report or send it back"
    SELF_REPORT_CHECK = "self_report.check", "Check, query and accept a self-report"
    SERVICE_SUMMARY_VIEW = "service_summary.view", "Read a service's aggregated report"
    EVIDENCE_VIEW = "evidence.view", "Read evidence"
    EVIDENCE_ADD = "evidence.add", "Add evidence"
    DECISION_VIEW = "decision.view", "Read surveillance decisions"
    DECISION_PROPOSE = "decision.propose", "Propose a surveillance decision"
    DECISION_DECIDE = "decision.decide", "Record QNT's position and bring a decision into force"
    DECISION_RULES_MANAGE = "decision_rules.manage", "Edit and publish the rules that propose decisions"
    DECISION_COMMENT = "decision.comment", "Comment on a proposed decision for the service"
    POSITION_RECORD = "position.record", "Record a position for the provider or the commissioner"
    ACTION_VIEW = "action.view", "Read actions"
    ACTION_DRAFT = "action.draft", "Draft actions and offer them to an owner"
    ACTION_OWN = "action.own", "Accept, carry out or decline an action"
    ACTION_ASSIGN = "action.assign", "Choose an owner when nobody holds an action"
    ACTION_VERIFY = "action.verify", "Verify or return an action"
    PLAN_AGREE = "plan.agree", "Agree an action plan"
    PROCEDURE_VIEW = "procedure.view", "Read the procedures that reviews follow"
    PROCEDURE_COMMENT = "procedure.comment", "Comment on a procedure in consultation"
    PROCEDURE_MANAGE = "procedure.manage", "Write, consult on and publish procedures"
    REVIEW_VIEW = "review.view", "Read a peer review"
    REVIEW_PLAN = "review.plan", "Plan a peer review"
    REVIEW_RULE = "review.rule", "Rule on conflicts of interest"
    REVIEW_CAPTURE = "review.capture", "Write notes and findings"
    REVIEW_ANSWER = "review.answer", "Answer for the service about a review"
    REVIEW_REQUEST = "review.request", "Ask for a review for learning"
    LETTER_SEND = "letter.send", "Send letters about risks"
    FINDING_VIEW = "finding.view", "Read agreed findings"
    REPORT_VIEW = "report.view", "Read reports"
    REPORT_DRAFT = "report.draft", "Draft a report"
    REPORT_CHECK = "report.check", "Carry out an independent quality check"
    REPORT_ACCURACY = "report.accuracy", "Answer a factual accuracy check"
    REPORT_SIGN_OFF = "report.sign_off", "Sign off a report that someone else drafted"
    REPORT_CONSENT = "report.consent", "Say for the service whether the report of a review for learning is published"
    REPORT_PUBLISH = "report.publish", "Publish, withhold or withdraw a report that someone else signed off"
    LEARNING_VIEW = "learning.view", "Read learning cards"
    LEARNING_USE = "learning.use", "Answer for a service about learning cards"
    THEME_VIEW = "theme.view", "Read themes"
    THEME_MANAGE = "theme.manage", "Write themes and name their owners"
    THEME_OWN = "theme.own", "Accept a theme and say what was done about it"
    PROGRAMME_VIEW = "programme.view", "Read the programme evaluation and write its context notes"
    PROGRAMME_MANAGE = "programme.manage", "Publish the figures of a year and the report on it"
    TRAINING_VIEW = "training.view", "Read the register of training"
    TRAINING_RECORD = "training.record", "Record who completed a course"
    COURSE_MANAGE = "course.manage", "Add, change and retire courses"
    PACK_VIEW = "pack.view", "Read packs issued to one's organisation, or for one's region"
    PACK_ISSUE = "pack.issue", "Issue a pack to a regulator"
    PACK_RULE = "pack.rule", "Write the rule by which packs give lights"
    PEOPLE_MANAGE = "people.manage", "Invite people and end their access"
    BANK_HOLIDAY_MANAGE = "bank_holiday.manage", "Change the table of bank holidays"


P = Permission
_READS = {P.SERVICE_VIEW, P.INDICATOR_SET_VIEW}
_SAYS_OF_PROCEDURES = {P.PROCEDURE_VIEW, P.PROCEDURE_COMMENT}
_CONTRIBUTOR = _READS | {
    P.INDICATOR_SET_COMMENT, P.INDICATOR_CHALLENGE, P.SELF_REPORT_VIEW, P.SELF_REPORT_ANSWER, P.EVIDENCE_VIEW, P.EVIDENCE_ADD,
    P.ACTION_VIEW, P.ACTION_OWN, P.LEARNING_VIEW, P.THEME_VIEW,
}  # fmt: skip
_SERVICE_LEAD = _CONTRIBUTOR | _SAYS_OF_PROCEDURES | {
    P.SELF_REPORT_SEND, P.SERVICE_SUMMARY_VIEW, P.DECISION_VIEW, P.DECISION_COMMENT, P.ACTION_DRAFT, P.REVIEW_VIEW, P.REVIEW_ANSWER,
    P.REVIEW_REQUEST, P.FINDING_VIEW, P.REPORT_VIEW, P.REPORT_ACCURACY, P.REPORT_CONSENT, P.PEOPLE_MANAGE, P.LEARNING_USE,
}  # fmt: skip
_EXECUTIVE = _READS | {
    P.PROVIDER_VIEW, P.SELF_REPORT_VIEW, P.SELF_REPORT_DECLARE, P.SERVICE_SUMMARY_VIEW, P.EVIDENCE_VIEW, P.DECISION_VIEW, P.POSITION_RECORD,
    P.ACTION_VIEW, P.ACTION_OWN, P.ACTION_ASSIGN, P.PLAN_AGREE, P.PROCEDURE_VIEW, P.REVIEW_VIEW, P.FINDING_VIEW, P.REPORT_VIEW,
    P.REPORT_ACCURACY, P.REPORT_CONSENT, P.PEOPLE_MANAGE,
}  # fmt: skip
_NETWORK_LEAD = _CONTRIBUTOR | _SAYS_OF_PROCEDURES | {
    P.SELF_REPORT_SEND, P.SERVICE_SUMMARY_VIEW, P.REVIEW_VIEW, P.REVIEW_ANSWER, P.REVIEW_REQUEST, P.FINDING_VIEW, P.REPORT_VIEW,
    P.LEARNING_USE, P.THEME_OWN,
}  # fmt: skip
_COMMISSIONER = _READS | {
    P.PROVIDER_VIEW, P.SELF_REPORT_VIEW, P.SERVICE_SUMMARY_VIEW, P.DECISION_VIEW, P.POSITION_RECORD, P.ACTION_VIEW, P.ACTION_OWN,
    P.ACTION_ASSIGN, P.REPORT_VIEW, P.REPORT_ACCURACY, P.THEME_VIEW, P.THEME_OWN,
}  # fmt: skip
_REVIEWER = _SAYS_OF_PROCEDURES | {
    P.INDICATOR_SET_VIEW, P.INDICATOR_SET_COMMENT, P.REVIEW_VIEW, P.REVIEW_CAPTURE, P.EVIDENCE_VIEW, P.EVIDENCE_ADD, P.FINDING_VIEW,
    P.REPORT_VIEW, P.REPORT_CHECK, P.LEARNING_VIEW, P.THEME_VIEW,
}  # fmt: skip
_HUB_OFFICER = _READS | _SAYS_OF_PROCEDURES | {
    P.INDICATOR_SET_COMMENT, P.PROVIDER_VIEW, P.ROUND_VIEW, P.SELF_REPORT_VIEW, P.SELF_REPORT_CHECK, P.SERVICE_SUMMARY_VIEW,
    P.EVIDENCE_VIEW, P.DECISION_VIEW, P.DECISION_PROPOSE, P.ACTION_VIEW, P.ACTION_DRAFT, P.ACTION_VERIFY, P.PLAN_AGREE, P.REVIEW_VIEW,
    P.REVIEW_PLAN, P.FINDING_VIEW, P.REPORT_VIEW, P.REPORT_DRAFT, P.REPORT_CHECK, P.LEARNING_VIEW, P.PACK_VIEW, P.THEME_VIEW,
    P.TRAINING_VIEW,
}  # fmt: skip
_HUB_MANAGER = _HUB_OFFICER | {
    P.DECISION_DECIDE, P.REVIEW_RULE, P.LETTER_SEND, P.REPORT_SIGN_OFF, P.PEOPLE_MANAGE, P.PACK_ISSUE, P.THEME_MANAGE,
    P.PROGRAMME_VIEW, P.TRAINING_RECORD,
}  # fmt: skip
_NATIONAL_LEAD = _HUB_MANAGER | {
    P.DECISION_RULES_MANAGE, P.INDICATOR_SET_MANAGE, P.PROCEDURE_MANAGE, P.ROUND_MANAGE, P.REPORT_PUBLISH, P.BANK_HOLIDAY_MANAGE,
    P.THEME_OWN, P.PACK_RULE, P.PROGRAMME_MANAGE, P.COURSE_MANAGE,
}  # fmt: skip

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.NATIONAL_LEAD: frozenset(_NATIONAL_LEAD),
    Role.HUB_MANAGER: frozenset(_HUB_MANAGER),
    Role.HUB_OFFICER: frozenset(_HUB_OFFICER),
    Role.SERVICE_LEAD: frozenset(_SERVICE_LEAD),
    Role.CONTRIBUTOR: frozenset(_CONTRIBUTOR),
    Role.EXECUTIVE: frozenset(_EXECUTIVE),
    Role.NETWORK_LEAD: frozenset(_NETWORK_LEAD),
    Role.COMMISSIONER: frozenset(_COMMISSIONER),
    Role.REVIEWER: frozenset(_REVIEWER),
    Role.PATIENT_REVIEWER: frozenset(_REVIEWER),
    Role.REGULATOR: frozenset({P.PACK_VIEW}),
}


def roles_granting(permission: Permission) -> frozenset[str]:
    """Every role whose holder has ``permission`` somewhere."""
    return frozenset(role for role, granted in ROLE_PERMISSIONS.items() if permission in granted)
