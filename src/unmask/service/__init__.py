"""``unmask serve``: files come in by HTTP, wait in a queue, are examined by workers, and what is found is watched as it comes.

The server answers and never examines; workers are processes of their own, so that a film that brings one down costs
neither the page nor the others. Database and folder hold everything; processes may die at any moment.
"""
