# a three-layer network without biases, in the manner of the digit-reading books
import numpy as np


class NeuralNetwork:

    def __init__(self, input_nodes, hidden_nodes, output_nodes, learning_rate, rng):
        self.lr = learning_rate
        self.wih = rng.normal(0.0, pow(input_nodes, -0.5), (hidden_nodes, input_nodes))
        self.who = rng.normal(0.0, pow(hidden_nodes, -0.5), (output_nodes, hidden_nodes))
        self.activation_function = lambda x: 1.0 / (1.0 + np.exp(-x))

    def train(self, inputs_list, targets_list):
        inputs = np.array(inputs_list, ndmin=2).T
        targets = np.array(targets_list, ndmin=2).T
        hidden_inputs = np.dot(self.wih, inputs)
        hidden_outputs = self.activation_function(hidden_inputs)
        final_inputs = np.dot(self.who, hidden_outputs)
        final_outputs = self.activation_function(final_inputs)

        # error is (target - actual)
        output_errors = targets - final_outputs
        # hidden error: the output error with its slope, recombined at the hidden nodes
        hidden_errors = np.dot(self.who.T, output_errors * final_outputs * (1.0 - final_outputs))
        self.who += self.lr * np.dot(output_errors * final_outputs * (1.0 - final_outputs), np.transpose(hidden_outputs))
        self.wih += self.lr * np.dot(hidden_errors * hidden_outputs * (1.0 - hidden_outputs), np.transpose(inputs))

    def query(self, inputs_list):
        inputs = np.array(inputs_list, ndmin=2).T
        hidden_outputs = self.activation_function(np.dot(self.wih, inputs))
        return self.activation_function(np.dot(self.who, hidden_outputs))


def make_records(rng):
    patterns = {0: [0.9, 0.2, 0.1, 0.6, 0.3], 1: [0.1, 0.8, 0.4, 0.2, 0.7], 2: [0.5, 0.3, 0.9, 0.8, 0.15]}
    records = []
    for _ in range(12):
        for label in patterns:
            records.append((label, np.clip(patterns[label] + rng.normal(0.0, 0.12, 5), 0.01, 1.0)))
    return records


if __name__ == '__main__':
    rng = np.random.RandomState(9)
    n = NeuralNetwork(5, 7, 3, 0.4, rng)
    records = make_records(rng)
    for e in range(60):
        for label, pixels in records:
            targets = np.zeros(3) + 0.01
            targets[label] = 0.99
            n.train(pixels, targets)
    scorecard = []
    for label, pixels in records:
        scorecard.append(1 if np.argmax(n.query(pixels)) == label else 0)
    print('performance =', sum(scorecard) / len(scorecard))
