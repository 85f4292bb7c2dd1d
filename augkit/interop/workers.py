"""What a bridge sees to where it runs as somebody's worker."""

import sys

import cv2


def leave_threads_alone() -> None:
    """Keep OpenCV from starting threads in a worker of PyTorch's loader, of which each has one processor at best.

    Zero, not one: told one in a forked process, OpenCV waits for ever for threads that only its parent has.
    """
    data = sys.modules.get("torch.utils.data")  # who has workers of it has imported it
    if data is not None and data.get_worker_info() is not None and cv2.getNumThreads() > 1:
        cv2.setNumThreads(0)
