"""Which transforms will cost accuracy on this data: neighbour agreement, dry run, colliding classes."""
