# exponential moving average of a noisy signal
import random

random.seed(1)
value, alpha = 0.0, 0.15
history = []
for t in range(60):
    observed = 2.0 + 0.02 * t + random.gauss(0, 0.3)
    error = observed - value
    value += alpha * error
    history.append(value)
print([round(v, 2) for v in history[::10]])
