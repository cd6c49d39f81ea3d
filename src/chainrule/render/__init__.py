"""Records to displays: the only place that makes text for people or machines."""
