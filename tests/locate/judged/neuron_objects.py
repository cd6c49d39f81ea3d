"""Neurons and layers as objects; every partial derivative is a method of its own."""
import math
import random


class Neuron:
    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def calculate_output(self, inputs):
        self.inputs = inputs
        self.output = self.squash(self.calculate_total_net_input())
        return self.output

    def calculate_total_net_input(self):
        total = self.bias
        for i in range(len(self.inputs)):
            total += self.inputs[i] * self.weights[i]
        return total

    def squash(self, total_net_input):
        return 1 / (1 + math.exp(-total_net_input))

    def calculate_error(self, target):
        return 0.5 * (target - self.output) ** 2

    def calculate_pd_error_wrt_output(self, target):
        return -(target - self.output)

    def calculate_pd_output_wrt_total_net_input(self):
        return self.output * (1 - self.output)

    def calculate_pd_total_net_input_wrt_weight(self, index):
        return self.inputs[index]

    def calculate_pd_error_wrt_total_net_input(self, target):
        return self.calculate_pd_error_wrt_output(target) * self.calculate_pd_output_wrt_total_net_input()


class NeuronLayer:
    def __init__(self, num_neurons, num_inputs):
        self.neurons = []
        for _ in range(num_neurons):
            weights = [random.uniform(-1, 1) for _ in range(num_inputs)]
            self.neurons.append(Neuron(weights, random.uniform(-0.5, 0.5)))

    def feed_forward(self, inputs):
        outputs = []
        for neuron in self.neurons:
            outputs.append(neuron.calculate_output(inputs))
        return outputs


class NeuralNetwork:
    LEARNING_RATE = 0.5

    def __init__(self, num_inputs, num_hidden, num_outputs):
        self.hidden_layer = NeuronLayer(num_hidden, num_inputs)
        self.output_layer = NeuronLayer(num_outputs, num_hidden)

    def feed_forward(self, inputs):
        return self.output_layer.feed_forward(self.hidden_layer.feed_forward(inputs))

    def train(self, training_inputs, training_outputs):
        self.feed_forward(training_inputs)

        # 1. output neuron deltas
        pd_errors_wrt_output_net = [0] * len(self.output_layer.neurons)
        for o, neuron in enumerate(self.output_layer.neurons):
            pd_errors_wrt_output_net[o] = neuron.calculate_pd_error_wrt_total_net_input(training_outputs[o])

        # 2. hidden neuron deltas
        pd_errors_wrt_hidden_net = [0] * len(self.hidden_layer.neurons)
        for h, neuron in enumerate(self.hidden_layer.neurons):
            d_error_wrt_hidden_output = 0
            for o, after in enumerate(self.output_layer.neurons):
                d_error_wrt_hidden_output += pd_errors_wrt_output_net[o] * after.weights[h]
            pd_errors_wrt_hidden_net[h] = d_error_wrt_hidden_output * neuron.calculate_pd_output_wrt_total_net_input()

        # 3. weights and biases, output layer first
        for o, neuron in enumerate(self.output_layer.neurons):
            for w in range(len(neuron.weights)):
                pd_error_wrt_weight = pd_errors_wrt_output_net[o] * neuron.calculate_pd_total_net_input_wrt_weight(w)
                neuron.weights[w] -= self.LEARNING_RATE * pd_error_wrt_weight
            neuron.bias -= self.LEARNING_RATE * pd_errors_wrt_output_net[o]
        for h, neuron in enumerate(self.hidden_layer.neurons):
            for w in range(len(neuron.weights)):
                pd_error_wrt_weight = pd_errors_wrt_hidden_net[h] * neuron.calculate_pd_total_net_input_wrt_weight(w)
                neuron.weights[w] -= self.LEARNING_RATE * pd_error_wrt_weight
            neuron.bias -= self.LEARNING_RATE * pd_errors_wrt_hidden_net[h]

    def calculate_total_error(self, training_sets):
        total_error = 0
        for inputs, outputs in training_sets:
            self.feed_forward(inputs)
            for o, neuron in enumerate(self.output_layer.neurons):
                total_error += neuron.calculate_error(outputs[o])
        return total_error


if __name__ == '__main__':
    random.seed(42)
    training_sets = [([0.1, 0.9, -0.4], [0.9, 0.1]), ([0.8, -0.3, 0.5], [0.2, 0.8]), ([-0.7, 0.4, 0.6], [0.85, 0.7]),
                     ([0.5, 0.7, 0.3], [0.3, 0.2]), ([-0.2, -0.8, 0.9], [0.1, 0.95])]
    nn = NeuralNetwork(3, 4, 2)
    for i in range(400):
        for inputs, outputs in training_sets:
            nn.train(inputs, outputs)
        if i % 80 == 0:
            print(i, round(nn.calculate_total_error(training_sets), 6))
    print('end', round(nn.calculate_total_error(training_sets), 6))
