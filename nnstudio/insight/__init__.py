"""What a network does inside: one sample, one layer, one unit at a time. With torch, without Qt."""
