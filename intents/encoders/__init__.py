"""Texts to vectors: published weights as ONNX graphs, and what reads two texts together."""
