"""Pages of the programme evaluation, one file an idea."""
