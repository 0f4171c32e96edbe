"""Earlier visits of the demonstration: about two years of compliance reviews that ended before today, so that years can be compared.

They are written as rows, not carried day by day: nobody works on them any more, and what the programme counts of them has to spread.
Their reports draft themselves from the rows and are frozen and indexed by the same functions as every other report.
"""
