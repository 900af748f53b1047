"""The commands of `spm`, one file a group; `streams/cli.py` names them."""
