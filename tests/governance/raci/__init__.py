"""Tests of the RACI."""
