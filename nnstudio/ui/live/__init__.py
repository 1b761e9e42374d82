"""What is kept true to a training while it goes on: curves, boundary, gradients, weights, the slider of epochs."""
