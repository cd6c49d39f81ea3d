"""Benchmarks: chainrule against others that do the same work, checked by their equal results.

`python -m benchmarks`, run where this folder lies, prints them.
"""
