"""The programme looks at itself: what is counted of each year, by definitions that carry a version, and who may see how much of it."""
