"""The same thing computed by PyTorch: one file an operation, each answer a records.proofs.Proof.

`operations` works from the definition, in numpy and float64. What stands here feeds the same numbers to
torch.nn.functional (or autograd) in float64 and says how far apart the two lie.
"""
