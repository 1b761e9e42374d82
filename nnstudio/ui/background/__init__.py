"""What runs on threads: the one kind of thread, and the only doors to torch and the data libraries."""
