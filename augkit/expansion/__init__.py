"""From a folder of images to a larger, balanced one: balance and plan (pure), manifest, run, verify."""
