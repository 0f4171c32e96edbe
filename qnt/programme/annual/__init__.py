"""The annual programme report: drafted from a year's published figures, edited, published by a second person, read by everybody."""
