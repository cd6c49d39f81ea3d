"""Benchmarks: chainrule against others that do the same work, checked by their equal results.

`python -m benchmarks`, run where this folder lies, prints them.  `tasks` says what is trained,
`peers` by whom; each of them is a `worker`, a `crew` of which does the work in `turns`.
"""
