"""Albumentations both ways: their transforms in our pipelines, ours in theirs, their saved pipelines as recipes."""

import os

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # else importing it asks the network for a newer version

from augkit.interop.albumentations.as_text import to_text as to_text
from augkit.interop.albumentations.ours import ToAlbumentations as ToAlbumentations
from augkit.interop.albumentations.recipe import from_albumentations as from_albumentations
from augkit.interop.albumentations.recipe import translate as translate
from augkit.interop.albumentations.theirs import Theirs as Theirs

__all__ = ["ToAlbumentations", "from_albumentations"]  # the rest is asked for by other rooms
