"""PyTorch's kernels for one step, in the fastest way there is; the same numbers as training/plain.py."""
