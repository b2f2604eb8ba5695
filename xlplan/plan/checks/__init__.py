"""What a plan's rows tell when they are looked at together: the lints, and what they rest on."""
