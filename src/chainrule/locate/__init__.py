"""What a foreign program computed, line by line: rewrite → trace → graph → replay.

`rewrite` turns a program's operations into calls of `helpers`; `tracked` values note every
operation in a `graph` through the one `recorder`; `replay` computes the graph again and compares;
`program` runs a script under all of this.  A program run here computes what it computes alone.
"""
