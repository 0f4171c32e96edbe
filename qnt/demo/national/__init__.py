"""A site of national size for measuring: invented throughout, written in bulk, without PDFs.

Seven regions, 42 boards, 200 trusts, 4,000 services, ten rounds with 30 indicators a set, 400 reviews a year (design,
"Numbers to design for"), and what the programme records around them: training, surveys, pledges, exchanges, cards, themes, checks of
reports, reviews for learning, published years (``sizes.py`` says where each number comes from). Rows are written in bulk and not
through the services, which take several statements for each answer; what they would have frozen (declarations, figures, summaries,
versions, years) is frozen here with the same hashes. Nothing lies ahead of the day of the seeding but visits that are planned.
"""
