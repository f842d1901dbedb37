"""How other programs read a release: each reader's facts beside those of the release, file by file."""
