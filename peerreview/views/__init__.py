"""Pages of peer review, one file an idea."""
