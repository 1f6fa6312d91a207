"""What the service keeps: rows in a database, media and results in a folder. Processes may die between any two lines."""
