"""Codecs of Android packages: the zip directory, strings of DEX files, signature blocks. Standard library only.

They run in a child process on untrusted files (`fanzha.read._android.contents`) and start within milliseconds.
"""
