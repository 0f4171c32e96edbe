"""Summaries of the demonstration's reports in words of their own, as the drafter writes them for patients: by the place of the service.

Each says what was good, what must change and what happens next, and repeats no finding literally. Invented throughout.
"""

SUMMARIES = {
    0: (
        "Patients here know who looks after them and have a say in their own plan, and staff learn from what went wrong together with "
        "the people it happened to. Two machines were overdue for a safety test and came out of use while the team was there; nobody "
        "stands in for the surgeon, and that must be settled first. Help from the psychologist, a recorded choice of treatment and the "
        "journey home must get better too. The trust and its commissioner have agreed who does what by when, and the hub looks again at "
        "each point. (Illustrative)"
    ),
    6: (
        "Whoever you ask on this service, at whatever hour, can tell you what changed after things went wrong. One audit stopped part of "
        "the way through the year and must be finished by somebody who is named for it. That has an owner and a date now, and the hub "
        "looks again when it is done. (Illustrative)"
    ),
    12: (
        "Lessons reach the night staff here as well as the day staff, which many services would like to be able to say. What is counted, "
        "though, covers a third of a year only, so nobody can be sure of the rest. The service reports the whole year next; it also "
        "thinks about letting families get to know the staff beforehand. (Illustrative)"
    ),
    16: (
        "The team met staff who talk openly about mistakes and change their work because of them. The service must finish a count that "
        "it left off, and say whose task that is. Families asked for a chance to get to know the staff before a stay, and the service "
        "can learn from its neighbours how to offer it. The hub checks what was done and says so. (Illustrative)"
    ),
    17: (
        "Staff of every shift knew what had been learnt lately, and that keeps patients safer. One figure could not be relied on, since "
        "the work behind it was never completed. The service has said who completes it and by when, and the hub asks for the result. "
        "(Illustrative)"
    ),
    18: (
        "This service learns from what goes wrong, and everybody who works there can say how. It had lost sight of one of its audits; "
        "somebody must own that and bring it up to date. Once the hub has seen the full year, this review ends, and the next one is "
        "planned. (Illustrative)"
    ),
}
