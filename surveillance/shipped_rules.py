"""The first version of the rules, as the first migration writes it. Our defaults, to be confirmed; edited in the browser."""

PROVIDER, VISIT = "PROVIDER_ACTION", "PEER_REVIEW"

SHIPPED_LEVELS: dict[str, dict[str, object]] = {
    "ALL_MET": {"options": ["ROUTINE"], "number": None},
    "UNDER_100": {"options": [PROVIDER], "number": None},
    "UNDER_THRESHOLD": {"options": [PROVIDER], "number": None},
    "UNDER_VISIT_LEVEL": {"options": [PROVIDER, VISIT], "number": None},
    "IMMEDIATE_RISK": {"options": [PROVIDER, VISIT], "number": None},
    "KEY_INDICATOR": {"options": [PROVIDER], "number": None},
    "KPI_AGAIN": {"options": [PROVIDER], "number": "2"},
    "PLAN_LATE": {"options": [PROVIDER], "number": "3"},
    "NOT_DECLARED": {"options": [PROVIDER], "number": None},
    "DOUBT": {"options": [VISIT], "number": "3"},
    "SAMPLE": {"options": [VISIT], "number": None},
}
