"""Reading loss curves: what went wrong in a training, why, and what to do."""
