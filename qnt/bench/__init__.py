"""Measurements: what an act costs, as a ratio to a floor that is measured in the same run.

Seconds differ between machines and from minute to minute; how many times longer a page takes than the least that could
be done does not. Each file holds the benchmarks of one idea; ``registry.py`` says how to write one, ``docs/performance.md``
how to read them. ``manage.py bench`` runs them on a database made for it.
"""
