"""Augmented copies led by SMOTE: candidates are tried on thumbnails, the one nearest to the synthetic point is made."""
