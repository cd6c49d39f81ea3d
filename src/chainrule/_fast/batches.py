"""The loop over batches: rows, forward, loss, backward, step."""

import math

from ..network import BLOCK
from . import places as at
from .compiled import Numbers, Words, call, doubles, numbers, place, words
from .denormals import FLUSHED, control
from .passes import MANY
from .products import GRAIN

FIRST, ROWS = at.GIVEN, at.GIVEN + 1


def take_rows(frame: Words, like: Numbers, start: int, rows: int) -> None:
    """Copy rows in their order, their targets, and their weights as shares of TOTAL."""
    layout, order = words(frame[at.LAYOUT]), words(frame[at.ORDER])
    n_in, n_out = layout[at.UNITS], layout[frame[at.LAYERS] * at.COLUMNS + at.UNITS]
    frame[FIRST], frame[ROWS], frame[at.TASK] = start, rows, frame[at.TAKE_INPUTS]
    if frame[at.THREADS] == 1 or rows * n_in < MANY:
        call(frame[at.TASK], (place(frame, 0), place(like, 0), 0, n_in))
    else:
        call(frame[at.SHARE], (place(frame, 0), n_in, GRAIN))
    y, target = numbers(frame[at.TARGETS], like), numbers(frame[at.TARGET], like)
    w, weight = numbers(frame[at.ROW_WEIGHTS], like), numbers(frame[at.WEIGHT], like)
    divisor = numbers(frame[at.TOTAL], like)[0]
    for i in range(rows):
        row = order[start + i]
        for j in range(n_out):
            target[i * n_out + j] = y[row * n_out + j]
        weight[i] = w[row] / divisor


def take_inputs(frame: Words, like: Numbers, lo: int, hi: int) -> None:
    """Copy the columns lo … hi − 1 of rows; a thread takes what it multiplies later."""
    order, n_in = words(frame[at.ORDER]), words(frame[at.LAYOUT])[at.UNITS]
    x, values = numbers(frame[at.X], like), numbers(frame[at.VALUES], like)
    for i in range(frame[ROWS]):
        row = order[frame[FIRST] + i]
        for j in range(lo, hi):
            values[i * n_in + j] = x[row * n_in + j]


def backpropagate(frame: Words, flat: Numbers, start: int, rows: int) -> None:
    """Write the gradient of a block's part of J, and that part into TOTAL, without the penalty."""
    here, parameters = place(frame, 0), place(flat, 0)
    layout, last = words(frame[at.LAYOUT]), frame[at.LAYERS] * at.COLUMNS
    call(frame[at.TAKE_ROWS], (here, parameters, start, rows))
    call(frame[at.FORWARD], (here, parameters, rows))
    prediction = place(numbers(frame[at.VALUES], flat), layout[last + at.A])
    error = place(numbers(frame[at.COTANGENTS], flat), layout[last + at.DZ])
    total, units = frame[at.TOTAL], layout[last + at.UNITS]
    call(
        frame[at.LOSS], (prediction, frame[at.TARGET], frame[at.WEIGHT], error, total, rows, units)
    )
    if math.isfinite(numbers(total, flat)[0]):
        call(frame[at.BACKWARD], (here, parameters, rows))


def gradient_of_rows(frame: Words, flat: Numbers, start: int, rows: int, n: int) -> None:
    """Write the gradient of J by n parameters, added block by block, and J into OBJECTIVE.

    Without the penalty.  TOTAL holds the weight of the rows.
    """
    total, objective = numbers(frame[at.TOTAL], flat), doubles(frame[at.RESULTS])
    gradient, sums = numbers(frame[at.GRADIENT], flat), doubles(frame[at.SUMS])
    several, weight = rows > BLOCK, total[0]
    objective[at.OBJECTIVE] = 0
    if several:
        for i in range(n):
            sums[i] = 0
    for first in range(start, start + rows, BLOCK):
        total[0] = weight
        some = min(BLOCK, start + rows - first)
        call(frame[at.BACKPROPAGATE], (place(frame, 0), place(flat, 0), first, some))
        objective[at.OBJECTIVE] += total[0]
        if several:
            for i in range(n):
                sums[i] += gradient[i]
    if several:
        for i in range(n):
            gradient[i] = sums[i]


def make_whole(frame: Words, flat: Numbers, n: int) -> None:
    """Add the penalty's gradient, shorten the gradient of n parameters, let weights decay.

    Σ W² before goes into SQUARES.
    """
    layout, rates = words(frame[at.LAYOUT]), doubles(frame[at.RATES])
    gradient, squares = numbers(frame[at.GRADIENT], flat), numbers(frame[at.SQUARES], flat)
    settings = numbers(frame[at.SETTINGS], flat)
    alpha, left = settings[at.ALPHA_NOW], 1 - rates[at.DECAY]
    total = norm = 0.0
    for layer in range(1, frame[at.LAYERS] + 1):
        row = layer * at.COLUMNS
        for i in range(layout[row + at.W], layout[row + at.B]):
            total += flat[i] * flat[i]
            gradient[i] += alpha * flat[i]
            flat[i] *= left
    for i in range(n):
        norm += gradient[i] * gradient[i]
    norm = math.sqrt(norm)
    if norm > rates[at.MAX_NORM]:
        for i in range(n):
            gradient[i] *= rates[at.MAX_NORM] / norm
    squares[0] = total


def move(frame: Words, flat: Numbers) -> None:
    """Take a step, layer by layer; Σ W² before goes into SQUARES."""
    layout = words(frame[at.LAYOUT])
    settings, squares = numbers(frame[at.SETTINGS], flat), numbers(frame[at.SQUARES], flat)
    here, parameters, alpha = place(frame, 0), place(flat, 0), settings[at.ALPHA_NOW]
    for t in range(frame[at.THREADS]):
        squares[2 * t] = 0
    first, second, gradient = frame[at.FIRST], frame[at.SECOND], frame[at.GRADIENT]
    vectors = (parameters, gradient, first, second, frame[at.SETTINGS])
    frame[at.TASK] = frame[at.STEP_PART]
    for layer in range(1, frame[at.LAYERS] + 1):
        row = layer * at.COLUMNS
        weights, biases = layout[row + at.W], layout[row + at.B]
        settings[at.ALPHA_NOW] = alpha
        frame[FIRST] = weights
        if frame[at.THREADS] == 1 or biases - weights < MANY:
            call(frame[at.TASK], (here, parameters, 0, biases - weights))
        else:
            units = layout[row + at.UNITS]
            call(frame[at.SHARE], (here, biases - weights, GRAIN * units))
        settings[at.ALPHA_NOW] = 0
        end = biases + layout[row + at.UNITS]
        call(frame[at.STEP], (*vectors, place(squares, 1), biases, end))
    for t in range(1, frame[at.THREADS]):
        squares[0] += squares[2 * t]


def step_part(frame: Words, flat: Numbers, lo: int, hi: int) -> None:
    """Take a step for some weights of a layer; a thread takes those whose rows it multiplies."""
    vectors = place(flat, 0), frame[at.GRADIENT], frame[at.FIRST], frame[at.SECOND]
    squares, start = frame[at.SQUARES], frame[FIRST]
    call(frame[at.STEP], (*vectors, frame[at.SETTINGS], squares, start + lo, start + hi))


def undisturbed(frame: Words, flat: Numbers, begin: int, end: int, n: int) -> None:
    """As `batches`, with numbers taken for 0 that are too small for full precision."""
    before = control(FLUSHED)
    call(frame[at.BATCHES], (place(frame, 0), place(flat, 0), begin, end, n))
    control(before)


def batches(frame: Words, flat: Numbers, begin: int, end: int, n: int) -> None:
    """Take a step of n parameters for each batch of the rows begin … end − 1.

    What came of them is added to RESULTS.  A batch whose J is not finite, which OBJECTIVE then is,
    is the last, and takes no step.
    """
    order, weights = words(frame[at.ORDER]), numbers(frame[at.ROW_WEIGHTS], flat)
    rates, results = doubles(frame[at.RATES]), doubles(frame[at.RESULTS])
    settings, squares = numbers(frame[at.SETTINGS], flat), numbers(frame[at.SQUARES], flat)
    here, parameters, size = place(frame, 0), place(flat, 0), frame[at.BATCH]
    for start in range(begin, end, size):
        rows, divisor = min(size, end - start), 0.0
        for i in range(start, start + rows):
            divisor += weights[order[i]]
        if divisor == 0:
            continue  # rows of weight 0 say nothing
        numbers(frame[at.TOTAL], flat)[0] = divisor
        call(frame[at.GRADIENT_OF_ROWS], (here, parameters, start, rows, n))
        if not math.isfinite(results[at.OBJECTIVE]):
            return
        results[at.STEPS] += 1
        step = results[at.STEPS]
        # Adam's correction, 1 for others
        correction = math.sqrt(1 - rates[at.BETA_2] ** step) / (1 - rates[at.BETA_1] ** step)
        settings[at.RATE_NOW] = rates[at.RATE] * correction
        settings[at.ALPHA_NOW] = rates[at.ALPHA] / divisor
        if frame[at.WHOLE]:
            call(frame[at.MAKE_WHOLE], (here, parameters, n))
            penalty = squares[0]
            settings[at.ALPHA_NOW] = 0
            call(frame[at.MOVE], (here, parameters))
        else:
            call(frame[at.MOVE], (here, parameters))
            penalty = squares[0]
        results[at.OBJECTIVE] += 0.5 * rates[at.ALPHA] / divisor * penalty
        results[at.SUMMED] += results[at.OBJECTIVE] * rows
        results[at.SEEN] += rows
