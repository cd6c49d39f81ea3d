# a report of a training that happened elsewhere
losses = [0.93, 0.71, 0.55, 0.48, 0.45]
for epoch, loss in enumerate(losses):
    print('epoch', epoch, 'loss', loss, '#' * int(40 * loss))
print('improved by', round(losses[0] - losses[-1], 2))
