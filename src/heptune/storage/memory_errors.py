"""Want of memory, as the system, its allocators and libraries put it."""

# CPUs (Unix, Windows), GPUs and their libraries, oneDNN, the loader of shared objects; most of it is a plain
# RuntimeError, and that of the loader an ImportError.
_WORDS = (
    "out of memory",
    "can't allocate memory",
    "Cannot allocate memory",
    "not enough memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "could not create a primitive",
    "failed to map segment from shared object",
)


def is_want_of_memory(error: Exception) -> bool:
    """Return whether an error says that there is not enough memory."""
    return isinstance(error, MemoryError) or any(words in str(error) for words in _WORDS)
