"""How a network learns: the PyTorch graph, one loop, early stopping and measures. torch, and no Qt."""
