"""The demonstration: invented organisations whose cycle is carried by the same services that the pages call.

No real organisation ever carries invented answers or findings: every code begins with ZZ and every name says
Illustrative. Dates are relative to the day of the first seeding.
"""
