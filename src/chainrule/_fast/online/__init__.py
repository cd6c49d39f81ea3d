"""Small networks trained online, one row an update, by a program made for their shape.

Such a step is a few hundred multiplications, each waiting for others: what a loop over layers, a
call or a weight fetched from memory takes is as much again.  So the step is written out for the
network's sizes, activations and loss, and LLVM compiles it, in about a tenth of a second: it is
part of Numba, whose own compiler would take six times as long for the same.

- `vectors`: arithmetic in Python that becomes machine code; `exponentials`, `activations`,
  `losses`: functions in it.
- `arrangements`: how layers lie in vectors, one network's units side by side or eight networks
  abreast; `steps`: the step, written once for both; `programs`: its loop over rows.
- `machine`: compiles a program; `shelf`: keeps it on disk; `running`: hands it the arrays;
  `shaped`, `lanes`: what trains.
"""
