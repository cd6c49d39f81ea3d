"""Where compiled functions find what: places in a frame, in a row of its layout, in small arrays.

A frame is an array of words, addresses among them.  A matrix lies row by row; a block is a batch,
or 4,096 rows of a larger one.  Threads that share the work have a frame each, one after the other;
they differ in SIZES, PARTIAL, SQUARES and what comes after THREADS.
"""

(
    LAYERS,  # how many, without the inputs
    LAYOUT,  # where the parts of each layer lie, (layers + 1, COLUMNS)
    X, TARGETS, ROW_WEIGHTS,  # the rows (n, n_in), their targets (n, n_out), their weights (n,)
    ORDER,  # in which they are taken, (n,)
    BATCH,  # rows an update
    VALUES,  # inputs, pre-activations and activations of a block
    COTANGENTS,  # ∂J/∂z of each layer
    MASKS,  # of dropout
    SHARES,  # of dropout, two numbers a layer, see `dropout`
    SEED,  # of dropout
    FLAT,  # the parameters
    TARGET,  # of a block, (rows, n_out)
    WEIGHT,  # of a block, as shares of J: w / Σ w, (rows,)
    TOTAL,  # J of a block, without the penalty, one number
    GRADIENT,  # of J
    SUMS,  # the same, added block by block
    FIRST, SECOND,  # velocity, or Adam's mean and square
    SETTINGS,  # of the step: RATE_NOW, ALPHA_NOW and what else an optimizer takes
    SQUARES,  # Σ W² and Σ b², as the step finds them
    RATES,  # six numbers, see below
    RESULTS,  # four numbers, see below
    WHOLE,  # 1 if the gradient is wanted with the penalty's before the step
    GEMM,  # the address of BLAS's product
    SIZES, LETTERS, ONE_ZERO,  # what it wants pointers to
    PARTIAL,  # room for a product over some of the inner dimension, where threads share it
    LOSS, STEP,  # from here on functions
    TAKE_ROWS, FORWARD, DROP, BACKWARD, BACKPROPAGATE, GRADIENT_OF_ROWS, MAKE_WHOLE, MOVE,
    TIMES, TRANSPOSED_TIMES, TIMES_TRANSPOSED, PRODUCT, MULTIPLY, BATCHES,
    SHARE, TAKE_INPUTS, APPLY, ACTIVATE, STEP_PART,
    THREADS, STATE, TASK, LO, HI, PARTS,  # of a team, see `team`
    GIVEN,  # what a task is about, up to twelve words
) = range(58)  # fmt: skip
LENGTH = GIVEN + 12

COLUMNS = 13
UNITS, W, B, Z, A, SAVED, OUT, DZ, MASK, DRAW, DRAWS, VALUE, PULLBACK = range(COLUMNS)
FUNCTIONS = [VALUE, PULLBACK]
"""Of a layer in a layout, the inputs' first.

UNITS: how many.  W, B: where its weights and biases lie in the flat vector.  Z, A, OUT: where in
VALUES its z, its a, and what is left of a after dropout (the same as a without); SAVED: that of z
and a in which its derivative is written.  DZ: its ∂J/∂z in COTANGENTS.  MASK: its mask in MASKS,
−1 without dropout; DRAW: the address of what draws it; DRAWS: how many were drawn.  VALUE,
PULLBACK: addresses of its activation.
"""

RATE_NOW, ALPHA_NOW = range(2)
"""In SETTINGS: the learning rate, corrected for the number of the step, and α / Σ w."""

ALPHA, MAX_NORM, DECAY, RATE, BETA_1, BETA_2 = range(6)
"""In RATES: the penalty's strength; what a gradient is shortened to; what of W is taken off with
each step; the learning rate; Adam's, else 0."""

OBJECTIVE, SUMMED, SEEN, STEPS = range(4)
"""In RESULTS: J of the last batch; Σ J × rows and Σ rows of an epoch; steps taken in all."""
