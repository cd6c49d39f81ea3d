"""A network as a program from scratch, in plain Python or NumPy: `chainrule derive --emit`.

`plan` decides what the program is made of; `expressions` writes formulas, `functions` and `losses`
what the program defines by them; `arrays` and `neurons` write the two programs, `samples` their
data, `heading` says what they are, `layout` sets the lines.  `emitting` puts all in order.
"""
