"""Could these measurements have come about as their records say? What a person should look at."""
