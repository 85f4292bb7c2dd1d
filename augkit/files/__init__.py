"""The only place where files are touched: finding, decoding, encoding and writing pictures."""
