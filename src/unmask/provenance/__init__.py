"""Where a file comes from: keys, Content Credentials, and keyed marks in picture and sound."""
