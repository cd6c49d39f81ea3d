"""The update rules of one network, derived: from its loss to each delta and each weight.

`architecture` is what the network is made of, each part with its derivative found by the rules of
`derivation`.
"""
