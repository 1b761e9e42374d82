"""Runs as files of other programs: a readable PyTorch script, ONNX, a program of torch.export, safetensors, and curves
as CSV or for TensorBoard. No Qt here."""
