"""The forward and the backward pass of a block of rows, as loops over layers in flat vectors."""

from . import places as at
from .compiled import Numbers, Words, call, numbers, place, words

MANY = 2**14  # numbers to go through, some 2 µs: then threads share them
FUNCTION, FROM, TO, UNITS = range(at.GIVEN, at.GIVEN + 4)


def forward(frame: Words, flat: Numbers, rows: int) -> None:
    """z = a_prev @ W + b and a = f(z), layer by layer; VALUES begins with the inputs."""
    layout, values = words(frame[at.LAYOUT]), numbers(frame[at.VALUES], flat)
    vectors = place(frame, 0), place(flat, 0)
    for layer in range(1, frame[at.LAYERS] + 1):
        row = layer * at.COLUMNS
        before = row - at.COLUMNS
        n_in, n_out = layout[before + at.UNITS], layout[row + at.UNITS]
        a_prev, z = place(values, layout[before + at.OUT]), place(values, layout[row + at.Z])
        W, b = place(flat, layout[row + at.W]), place(flat, layout[row + at.B])
        call(frame[at.TIMES], (place(frame, 0), a_prev, W, b, z, rows, n_in, n_out))
        a = place(values, layout[row + at.A])
        call(frame[at.APPLY], (*vectors, layout[row + at.VALUE], z, a, rows, n_out))
        if layout[row + at.MASK] >= 0:
            call(frame[at.DROP], (place(frame, 0), place(flat, 0), layer, rows * n_out))


def drop(frame: Words, like: Numbers, layer: int, n: int) -> None:
    """Keep what a new mask leaves of n activations of a layer."""
    layout, row = words(frame[at.LAYOUT]), layer * at.COLUMNS
    masks, values = numbers(frame[at.MASKS], like), numbers(frame[at.VALUES], like)
    mask = numbers(place(masks, layout[row + at.MASK]), like)
    a = numbers(place(values, layout[row + at.A]), like)
    left = numbers(place(values, layout[row + at.OUT]), like)
    shares, draws = numbers(frame[at.SHARES], like), layout[row + at.DRAWS]
    share = place(shares, 2 * layer)
    call(layout[row + at.DRAW], (place(mask, 0), share, n, frame[at.SEED], layer, draws))
    layout[row + at.DRAWS] = draws + 1
    for i in range(n):
        left[i] = a[i] * mask[i]


def backward(frame: Words, flat: Numbers, rows: int) -> None:
    """The chain rule, last layer first; COTANGENTS holds ∂J/∂a of the last layer."""
    layout, values = words(frame[at.LAYOUT]), numbers(frame[at.VALUES], flat)
    cotangents, gradient = numbers(frame[at.COTANGENTS], flat), numbers(frame[at.GRADIENT], flat)
    here, masks = place(frame, 0), numbers(frame[at.MASKS], flat)
    vectors = here, place(flat, 0)
    for layer in range(frame[at.LAYERS], 0, -1):
        row = layer * at.COLUMNS
        before = row - at.COLUMNS
        n_in, n_out = layout[before + at.UNITS], layout[row + at.UNITS]
        dz = numbers(place(cotangents, layout[row + at.DZ]), flat)  # ∂J/∂a until the pullback
        db = numbers(place(gradient, layout[row + at.B]), flat)
        if layout[row + at.MASK] >= 0:
            mask = numbers(place(masks, layout[row + at.MASK]), flat)
            for i in range(rows * n_out):
                dz[i] *= mask[i]
        saved = place(values, layout[row + at.SAVED])
        call(
            frame[at.APPLY], (*vectors, layout[row + at.PULLBACK], saved, place(dz, 0), rows, n_out)
        )
        a_prev, dW = place(values, layout[before + at.OUT]), place(gradient, layout[row + at.W])
        call(frame[at.TRANSPOSED_TIMES], (here, a_prev, place(dz, 0), dW, rows, n_in, n_out))
        for j in range(n_out):
            db[j] = 0
        for i in range(rows):
            for j in range(n_out):
                db[j] += dz[i * n_out + j]
        if layer > 1:
            W, da_prev = place(flat, layout[row + at.W]), place(cotangents, layout[before + at.DZ])
            call(frame[at.TIMES_TRANSPOSED], (here, place(dz, 0), W, da_prev, rows, n_out, n_in))


def apply(
    frame: Words, _like: Numbers, function: int, x: int, y: int, rows: int, units: int
) -> None:
    """Call an activation or its pullback, by its address, with x and y, addresses."""
    if frame[at.THREADS] == 1 or rows * units < MANY:
        call(function, (x, y, rows, units))
        return
    frame[FUNCTION], frame[FROM], frame[TO], frame[UNITS] = function, x, y, units
    frame[at.TASK] = frame[at.ACTIVATE]
    call(frame[at.SHARE], (place(frame, 0), rows, 1))


def activate(frame: Words, like: Numbers, lo: int, hi: int) -> None:
    """As `apply` says, for the rows lo … hi − 1."""
    units = frame[UNITS]
    x, y = numbers(frame[FROM], like), numbers(frame[TO], like)
    call(frame[FUNCTION], (place(x, lo * units), place(y, lo * units), hi - lo, units))
