"""Recipes that make the files in the folder of weights again."""
