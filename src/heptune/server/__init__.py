"""Answering over HTTP: texts of many callers scored together."""
