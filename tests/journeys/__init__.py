"""The twelve journeys of the cycle in Debian's Chromium, against real processes: web server, worker, beat."""
