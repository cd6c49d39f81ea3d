# the perceptron rule: a step function in the forward pass, the difference of labels in the update
rows = [([2.0, 1.1], 1), ([0.3, -1.2], 0), ([1.5, 0.4], 1), ([-0.7, 0.6], 0), ([1.1, 1.9], 1), ([-1.3, -0.4], 0), ([0.2, 0.5], 0)]
weights = [0.0, 0.0]
bias = 0.0
for epoch in range(12):
    mistakes = 0
    for x, label in rows:
        total = bias
        for i in range(2):
            total += weights[i] * x[i]
        output = 1 if total >= 0 else 0
        error = label - output
        mistakes += error != 0
        bias += 0.1 * error
        for i in range(2):
            weights[i] += 0.1 * error * x[i]
    print('epoch', epoch, 'mistakes', mistakes)
