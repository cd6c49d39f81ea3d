"""What a foreign program computed, line by line: rewrite → trace → graph → replay.

`rewrite` turns a program's operations into calls of the helpers in `trace`; the `values` that
these give out note every operation in a `graph` through the one `recorder`; `replay` computes the
graph again and compares; `program` runs a script under all of this.  A program run here computes
what it computes alone.
"""
