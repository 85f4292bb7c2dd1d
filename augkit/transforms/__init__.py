"""The transforms: one file a family; `catalog` finds them all."""
