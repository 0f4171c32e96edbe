"""Every decision and write of peer review, one file an idea."""
