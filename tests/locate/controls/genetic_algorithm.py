"""A genetic algorithm that breeds bit strings towards a target sum."""
import random

random.seed(8)
values = [random.randint(3, 40) for _ in range(14)]
goal = sum(values) // 2


def fitness(bits):
    return -abs(goal - sum(v for v, b in zip(values, bits) if b))


population = [[random.randint(0, 1) for _ in values] for _ in range(20)]
for generation in range(40):
    population.sort(key=fitness, reverse=True)
    parents = population[:8]
    children = []
    while len(children) < 12:
        a, b = random.sample(parents, 2)
        cut = random.randrange(1, len(values))
        child = a[:cut] + b[cut:]
        if random.random() < 0.3:
            k = random.randrange(len(values))
            child[k] = 1 - child[k]
        children.append(child)
    population = parents + children
print('best', fitness(population[0]), population[0])
